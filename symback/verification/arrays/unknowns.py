"""A walk in which every function is an unknown: one random number for each application.

What ``f(u)`` and ``f'(u)`` come to is drawn once for each expression ``u`` and each index, and
never looked up by the value of ``u``, so that two applications share a number only where they are
the same formula.  An identity that holds for all functions holds between such numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from itertools import permutations, product
from typing import Any

from sympy import Expr, Indexed, NumberSymbol, Pow, Symbol

from symback.algebra.expressions import Apply, OfVectors, indices_of, name_of
from symback.algebra.sums import name_bound
from symback.model.equations import Model, Role
from symback.verification.arrays.slopes import ELEMENTARY_SLOPES, in_signs, taught_slope
from symback.verification.arrays.tensor import Arithmetic, IllFormedError, Shape, Tensor
from symback.verification.arrays.walk import UnknownKindError, Walk

__all__ = ["Unknowns"]


class Unknowns(Walk):
    """One draw of weights, inputs, targets, functions and direction.

    Args:
        model: the equations.
        arithmetic: residues, or degrees.
        sizes: how many values each range has, by its name.
        moving: the quantities that the direction has a part in.

    Attributes:
        has_roots: whether a root was met; it is drawn like any function, and that its power is
            what it is a root of is not known here.
    """

    def __init__(
        self,
        model: Model,
        arithmetic: Arithmetic,
        sizes: Mapping[str, int],
        moving: Collection[str],
    ) -> None:
        super().__init__(model, arithmetic, sizes)
        self.has_roots = False
        self._drawn: dict[Hashable, Any] = {}
        self._keys: dict[Expr, tuple[Hashable, tuple[Symbol, ...]]] = {}
        for quantity in model.given:
            shape = self.shape(quantity)
            sum_to_one = quantity.role is Role.TARGET and "targets-sum-to-one" in model.facts
            draw = arithmetic.draw_unit_rows if sum_to_one else arithmetic.draw
            self.values[quantity.name] = draw(shape)
        for name in moving:
            shape = self.shape(model.quantities[name])
            each: list[Shape] = [(size,) for size in shape] or [()]
            self.directions[name] = [arithmetic.draw(axis) for axis in each]
        self.define()

    # Functions ----------------------------------------------------------------------------------

    def apply(self, node: Apply) -> Tensor:
        """A function at an argument: by the catalogue where it is rational, else an unknown."""
        name, order, argument = node.name, node.order, node.argument
        self.has_roots = self.has_roots or name == "sqrt"
        apart = in_signs(node)
        if apart is not None:
            return self.value(apart)
        if order == 1:
            if name in ELEMENTARY_SLOPES:
                return self.value(ELEMENTARY_SLOPES[name](argument))
            taught = taught_slope(Apply(name, argument))
            if taught is not None:
                return self.value(taught)
        if name == "sign" and _turned(argument) != argument:
            return self.value(-Apply(name, _turned(argument)))
        return self.unknown((name, order), argument)

    def unknown(self, function: Hashable, argument: Expr) -> Tensor:
        """The random number of each application of a function to an expression."""
        key, axes = self._key(argument)
        sizes = self._ranges(argument)
        shape = tuple(sizes[index] for index in axes)
        full = (function, key)
        if full not in self._drawn:
            self._drawn[full] = self.arithmetic.draw(shape)
        return Tensor(axes, shape, self._drawn[full])

    def root(self, node: Pow) -> Tensor:
        """A power that is not whole: the whole power of an unknown root."""
        if not node.exp.is_Rational:
            raise UnknownKindError("an exponent is not a number")
        self.has_roots = True
        root = self.unknown(("root", int(node.exp.q)), node.base)
        return self.arithmetic.power(root, int(node.exp.p), (node.base, node.exp.q))

    def constant(self, node: NumberSymbol) -> Tensor:
        """A number with a name, of which nothing is used: an unknown."""
        return self.unknown("constant", node)

    def vectors(self, node: OfVectors) -> Tensor:
        """A generic function of vectors: an unknown."""
        axes = tuple(sorted(node.free_symbols & _leading(node), key=lambda index: index.name))
        sizes = self._ranges(node)
        shape = tuple(sizes[index] for index in axes)
        key = (node.name, *(name_of(vector) for vector in node.arguments))
        if key not in self._drawn:
            self._drawn[key] = self.arithmetic.draw(shape)
        return Tensor(axes, shape, self._drawn[key])

    def partial_of_vectors(self, node: OfVectors, by: Indexed) -> Tensor:
        """Its partial by an entry: an unknown for each argument and index."""
        position = self.argument(node, by)
        if len(set(indices_of(by))) != len(indices_of(by)):
            raise IllFormedError(f"two indices of {name_of(by)} are the same")
        shape = self.shape(self.model.quantities[name_of(by)])
        key = (node.name, position, *(name_of(vector) for vector in node.arguments))
        if key not in self._drawn:
            self._drawn[key] = self.arithmetic.draw(shape)
        return Tensor(indices_of(by), shape, self._drawn[key])

    # The name of an application -----------------------------------------------------------------

    def _key(self, argument: Expr) -> tuple[Hashable, tuple[Symbol, ...]]:
        """An expression with the letters of its indices forgotten, and its indices in order."""
        if isinstance(argument, Indexed):
            indices = indices_of(argument)
            if len(set(indices)) == len(indices) and all(i.is_Symbol for i in indices):
                return name_of(argument), indices
        if argument not in self._keys:
            self._keys[argument] = self._forget_letters(argument)
        return self._keys[argument]

    def _forget_letters(self, argument: Expr) -> tuple[Hashable, tuple[Symbol, ...]]:
        """Of all ways to number the indices of each range, the one that sorts first."""
        by_range: dict[str, list[Symbol]] = {}
        for index, name in self._range_names(argument).items():
            by_range.setdefault(name, []).append(index)
        choices = [
            [tuple(zip(order, _slots(name), strict=False)) for order in permutations(indices)]
            for name, indices in sorted(by_range.items())
        ]
        best: tuple[str, Expr, tuple[Symbol, ...]] | None = None
        for chosen in product(*choices):
            slots = dict(pair for group in chosen for pair in group)
            written = _evened(name_bound(argument.xreplace(slots), {}))
            text = str(written)
            if best is None or text < best[0]:
                best = text, written, tuple(slots)
        assert best is not None
        return best[1], best[2]

    def _range_names(self, expression: Expr) -> dict[Symbol, str]:
        """The range of each free index of an expression, by its name."""
        free = expression.free_symbols
        found: dict[Symbol, str] = {}
        for node in sorted(expression.atoms(Indexed), key=str):
            quantity = self.model.quantities[name_of(node)]
            for index, own in zip(indices_of(node), quantity.ranges, strict=True):
                if index not in free:
                    continue
                if not index.is_Symbol:
                    raise UnknownKindError(f"an index of {quantity.name} is a number")
                if found.setdefault(index, own.name) != own.name:
                    raise IllFormedError(f"index {index.name} runs over two ranges")
        return found

    def _ranges(self, expression: Expr) -> dict[Symbol, int]:
        return {i: self.sizes[name] for i, name in self._range_names(expression).items()}


def _slots(name: str) -> list[Symbol]:
    return [Symbol(f"_{name}_{position}", integer=True) for position in range(4)]


def _leading(node: OfVectors) -> set[Symbol]:
    """The indices of a generic function of vectors itself: those of its rows."""
    return {i for vector in node.arguments for i in indices_of(vector) if i.is_integer}


def _turned(expression: Expr) -> Expr:
    """Of an expression and its negative, always the same one."""
    return min(expression, -expression, key=str)


def _evened(expression: Expr) -> Expr:
    """The same with every ``|u|`` written for the same one of ``u`` and ``-u``."""
    sizes = [node for node in expression.atoms(Apply) if node.name == "abs"]
    return expression.xreplace({node: Apply("abs", _turned(node.argument)) for node in sizes})
