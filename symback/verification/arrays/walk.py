"""A walk over the equations of a model, forwards, and over claimed adjoints, as arrays.

Everything is evaluated for all units at once; what a function's value is, is decided by the
subclasses.  Nothing here knows the chain rule over a network: a tangent is carried forwards from
equation to equation.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, NumberSymbol, Pow, Rational, Sum, Symbol

from symback.algebra.expressions import (
    EVERY,
    Apply,
    Marked,
    OfVectors,
    Partial,
    fresh,
    indices_of,
    name_of,
)
from symback.algebra.sums import limits_of
from symback.model.equations import Equation, Model, Quantity
from symback.verification.arrays.slopes import slope_of
from symback.verification.arrays.tensor import Arithmetic, IllFormedError, Shape, Tensor

__all__ = ["UnknownKindError", "Walk", "model_sizes"]


class UnknownKindError(TypeError):
    """A kind of expression that has no value here."""


def model_sizes(model: Model) -> dict[str, int]:
    """The size of every range, by its name.

    A batch has no size of its own: it is given a small one that no other range has, so that the
    two cannot be mistaken for each other.
    """
    sizes = {r.name: r.size for q in model.quantities.values() for r in q.ranges}
    for name, size in sizes.items():
        if not size:
            sizes[name] = next(n for n in count(2) if n not in sizes.values())
    return sizes


class Walk:
    """One model with numbers in it.

    Args:
        model: the equations.
        arithmetic: what a number is.
        sizes: how many values each range has, by its name.

    Attributes:
        values: every quantity's entries.
        directions: for each quantity that moves by itself, one array for each of its indices: it
            moves along their outer product, which is not written out for a parameter.  A defined
            quantity moves so beside what its equation does to it.
        tangents: how every defined quantity changes; what does not is missing.
        adjoints: the claimed adjoints, as far as they have been evaluated.
    """

    def __init__(self, model: Model, arithmetic: Arithmetic, sizes: Mapping[str, int]) -> None:
        self.model = model
        self.arithmetic = arithmetic
        self.sizes = sizes
        self.values: dict[str, Any] = {}
        self.directions: dict[str, list[Any]] = {}
        self.tangents: dict[str, Any] = {}
        self.adjoints: dict[str, Any] = {}
        self._scope: dict[Symbol, int] = {}

    # What a subclass decides --------------------------------------------------------------------

    @abstractmethod
    def apply(self, node: Apply) -> Tensor:
        """A function, or one of its derivatives, at an argument."""

    @abstractmethod
    def root(self, node: Pow) -> Tensor:
        """A power that is not whole."""

    @abstractmethod
    def constant(self, node: NumberSymbol) -> Tensor:
        """A number with a name: pi."""

    @abstractmethod
    def vectors(self, node: OfVectors) -> Tensor:
        """A generic function of whole vectors."""

    @abstractmethod
    def partial_of_vectors(self, node: OfVectors, by: Indexed) -> Tensor:
        """Its partial by an entry of one of them."""

    # Quantities ---------------------------------------------------------------------------------

    def shape(self, quantity: Quantity) -> Shape:
        """How many entries a quantity has along each index."""
        return tuple(self.sizes[r.name] for r in quantity.ranges)

    def limits(self, node: Sum) -> dict[Symbol, int]:
        """A sum's indices and the sizes of their ranges."""
        found = {}
        for index, first, last in limits_of(node):
            if first != 1 or not (last.is_Integer or last.is_Symbol):
                raise UnknownKindError(f"a sum over a part of a range: {node}")
            found[index] = self.size(last)
        self._scope |= found
        return found

    def size(self, upper: Expr) -> int:
        """The size of a range, as a number."""
        return int(upper) if upper.is_Integer else self.sizes[upper.name]

    def define(self, equations: Iterable[Equation] | None = None) -> None:
        """Work out what equations define, and its tangent where it depends on what moves.

        Args:
            equations: in their order; left out, all of the model's.
        """
        for equation in self.model.equations if equations is None else equations:
            quantity = equation.quantity
            name, indices, shape = quantity.name, quantity.indices, self.shape(quantity)
            self.values[name] = self.placed(self.value(equation.expression), indices, shape)
            tangent = None
            if any(map(self.moves, equation.mentions)):
                tangent = self.tangent(equation.expression)
            if name in self.directions:
                own = self.direction(quantity)
                tangent = own if tangent is None else self.arithmetic.add([tangent, own])
            if tangent is not None:
                self.tangents[name] = self.placed(tangent, indices, shape)

    def moves(self, name: str) -> bool:
        """Whether a quantity changes along the direction."""
        return name in self.directions or name in self.tangents

    def placed(self, tensor: Tensor, indices: tuple[Symbol, ...], shape: Shape) -> Any:
        """An array's entries, laid out in a quantity's own indices.

        Raises:
            IllFormedError: for another free index, or a range of another size.
        """
        sizes = dict(zip(indices, shape, strict=True))
        for index, size in zip(tensor.axes, tensor.shape, strict=True):
            if sizes.get(index) != size:
                raise IllFormedError(f"index {index.name} is not one of the quantity's own")
        return self.arithmetic.laid_out(tensor, indices, shape).data

    def entry(self, node: Expr, entries: Mapping[str, Any]) -> Tensor:
        """A quantity's entries, with the indices of an expression for axes."""
        name, indices = name_of(node), indices_of(node)
        if name not in entries:
            raise UnknownKindError(f"{name} has no value here")
        shape = self.shape(self.model.quantities[name])
        named = {
            fresh("named"): (int(index), size)
            for index, size in zip(indices, shape, strict=True)
            if index.is_Integer
        }
        spare = iter(named)
        axes = tuple(next(spare) if index.is_Integer else index for index in indices)
        if not all(isinstance(index, Symbol) for index in axes):
            raise UnknownKindError(f"an index of {name} is no letter")
        if len(set(axes)) != len(axes):
            raise IllFormedError(f"two indices of {name} are the same")
        whole = Tensor(axes, shape, entries[name])
        if not named:
            return whole
        for position, size in named.values():
            if not 1 <= position <= size:
                raise IllFormedError(f"{name} has no entry {position}")
        chosen = [self._one_of(axis, *place) for axis, place in named.items()]
        limits = {axis: size for axis, (_, size) in named.items()}
        return self.arithmetic.product([whole, *chosen], limits)

    def _one_of(self, axis: Symbol, position: int, size: int) -> Tensor:
        return Tensor((axis,), (size,), self.arithmetic.one_of(size, position))

    def delta(self, left: Expr, right: Expr) -> Tensor:
        """Kronecker's delta of an index and a number."""
        index, position = (right, left) if left.is_Integer else (left, right)
        if not position.is_Integer or index not in self._scope:
            raise UnknownKindError("a delta of two letters")
        return self._one_of(index, int(position), self._scope[index])

    # Values -------------------------------------------------------------------------------------

    def value(self, node: Expr) -> Tensor:
        """What an expression comes to, for all values of its free indices.

        Raises:
            IllFormedError: when an index runs over ranges of two sizes.
            NoValueError: when a denominator is zero.
            UnknownKindError: for a kind of expression that is not known here.
        """
        if isinstance(node, Indexed):
            return self.entry(node, self.values)
        if isinstance(node, Mul):
            return self.arithmetic.product([self.value(part) for part in node.args], {})
        if isinstance(node, Add):
            return self.arithmetic.add([self.value(part) for part in node.args])
        if isinstance(node, Rational):
            return self.arithmetic.number(int(node.p), int(node.q))
        if isinstance(node, Apply):
            return self.apply(node)
        if isinstance(node, Sum):
            limits = self.limits(node)  # first: a delta in the body asks for them
            factors = [self.value(part) for part in Mul.make_args(node.function)]
            return self.arithmetic.product(factors, limits)
        if isinstance(node, Partial):
            return self.partial(node)
        if isinstance(node, Pow):
            if not node.exp.is_Integer:
                return self.root(node)
            return self.arithmetic.power(self.value(node.base), int(node.exp), node.base)
        if isinstance(node, Symbol):
            if node.name in self.sizes and node.is_integer:
                return self.arithmetic.number(self.sizes[node.name])
            return self.entry(node, self.values)
        if isinstance(node, OfVectors):
            return self.vectors(node)
        if isinstance(node, NumberSymbol):
            return self.constant(node)
        if isinstance(node, Marked):
            return self.value(node.body)
        if isinstance(node, KroneckerDelta):
            return self.delta(*node.args)
        raise UnknownKindError(f"no value is known for {type(node).__name__}")

    def partial(self, node: Partial) -> Tensor:
        """A claimed adjoint, or a generic function's own partial."""
        if node.of == self.model.loss.at() and name_of(node.by) in self.adjoints:
            return self.entry(node.by, self.adjoints)
        of = node.of
        if of == self.model.loss.at() and not isinstance(self._definition(of), OfVectors):
            raise IllFormedError(f"the adjoint of {name_of(node.by)} is not known yet")
        if not isinstance(of, OfVectors):
            of = self._definition(of)
            if not isinstance(of, OfVectors):
                raise UnknownKindError("a partial of what is not a generic function")
        return self.partial_of_vectors(of, node.by)

    def _definition(self, node: Expr) -> Expr | None:
        """The right side of a quantity's equation at an entry's indices."""
        equation = self.model.definitions.get(name_of(node))
        if equation is None:
            return None
        at = dict(zip(equation.quantity.indices, indices_of(node), strict=True))
        return equation.expression.xreplace(at)

    def argument(self, node: OfVectors, by: Expr) -> int:
        """Which argument of a generic function of vectors an entry belongs to."""
        for position, vector in enumerate(node.arguments):
            if name_of(vector) == name_of(by):
                pairs = zip(indices_of(vector), indices_of(by), strict=True)
                if all(own in (EVERY, other) for own, other in pairs):
                    return position
        raise IllFormedError(f"{node.name} does not depend on {name_of(by)} there")

    # Tangents -----------------------------------------------------------------------------------

    def tangent(self, node: Expr) -> Tensor | None:
        """How an expression changes along the direction; None where it does not."""
        if isinstance(node, Indexed):
            changes = self._changes(node)
            return None if changes is None else self.arithmetic.product(changes, {})
        if isinstance(node, Mul):
            return self._product_rule(node.args, {})
        if isinstance(node, Add):
            return self._added([self.tangent(part) for part in node.args])
        if isinstance(node, Sum):
            return self._product_rule(Mul.make_args(node.function), self.limits(node))
        if isinstance(node, Apply):
            inner = self.tangent(node.argument)
            return None if inner is None else self._times(self.value(slope_of(node)), inner)
        if isinstance(node, Pow):
            inner = self.tangent(node.base)
            if inner is None:
                return None
            return self._times(self.value(node.exp * node.base ** (node.exp - 1)), inner)
        if isinstance(node, OfVectors):
            return self._added([self._through_vector(node, part) for part in node.arguments])
        if isinstance(node, Symbol):
            changes = self._changes(node)
            return None if changes is None else changes[0]
        if isinstance(node, Rational | NumberSymbol):
            return None
        raise UnknownKindError(f"no tangent is known for {type(node).__name__}")

    def _changes(self, node: Expr) -> list[Tensor] | None:
        """Factors whose product is an expression's tangent; those of an outer product apart."""
        if not isinstance(node, Indexed | Symbol):
            changed = self.tangent(node)
            return None if changed is None else [changed]
        name = name_of(node)
        if name in self.tangents:
            return [self.entry(node, self.tangents)]
        return self._direction(node) if name in self.directions else None

    def direction(self, quantity: Quantity) -> Tensor:
        """What a quantity moves along by itself, written out."""
        return self.arithmetic.product(self._direction(quantity.entry), {})

    def _direction(self, node: Expr) -> list[Tensor]:
        whole = self.entry(node, self.directions)
        if not whole.axes:
            return [Tensor((), (), whole.data[0])]
        parts = zip(whole.axes, whole.shape, whole.data, strict=True)
        return [Tensor((axis,), (size,), data) for axis, size, data in parts]

    def _times(self, left: Tensor, right: Tensor) -> Tensor:
        return self.arithmetic.product([left, right], {})

    def _added(self, parts: list[Tensor | None]) -> Tensor | None:
        terms = [part for part in parts if part is not None]
        return self.arithmetic.add(terms) if terms else None

    def _product_rule(
        self, factors: tuple[Expr, ...], limits: Mapping[Symbol, int]
    ) -> Tensor | None:
        terms: list[Tensor | None] = []
        for position, factor in enumerate(factors):
            changes = self._changes(factor)
            if changes is not None:
                rest = [self.value(f) for n, f in enumerate(factors) if n != position]
                terms.append(self.arithmetic.product([*changes, *rest], limits))
        return self._added(terms)

    def _through_vector(self, node: OfVectors, vector: Expr) -> Tensor | None:
        changes = self._changes(vector)
        if changes is None:
            return None
        summed = {i: n for t in changes for i, n in zip(t.axes, t.shape, strict=True) if i == EVERY}
        slope = self.partial_of_vectors(node, vector)
        return self.arithmetic.product([slope, *changes], summed)

    # Claims -------------------------------------------------------------------------------------

    def claim(self, quantity: Quantity, result: Expr) -> None:
        """Evaluate a claimed adjoint and keep it for the claims that mention it."""
        shape = self.shape(quantity)
        self._scope = dict(zip(quantity.indices, shape, strict=True))
        tensor = self.value(result)
        self.adjoints[quantity.name] = self.placed(tensor, quantity.indices, shape)

    def along(self, quantity: Quantity, result: Expr) -> Tensor:
        """A claimed adjoint's inner product with the direction of its quantity.

        The sum is taken factor by factor, so that the gradient of a matrix of weights is never
        written out.
        """
        own = dict(zip(quantity.indices, self.shape(quantity), strict=True))
        self._scope = dict(own)
        direction = self._direction(quantity.entry)
        terms = []
        for term in Add.make_args(result):
            factors, limits = list(direction), dict(own)
            for factor in Mul.make_args(term):
                inner = self.limits(factor) if isinstance(factor, Sum) else {}
                if isinstance(factor, Sum) and limits.keys().isdisjoint(inner):
                    limits.update(inner)
                    factors += [self.value(part) for part in Mul.make_args(factor.function)]
                else:
                    factors.append(self.value(factor))
            terms.append(self.arithmetic.product(factors, limits))
        found = self.arithmetic.add(terms)
        if found.axes:
            raise IllFormedError(f"index {found.axes[0].name} is not one of the quantity's own")
        return found
