"""A network of a few units with random numbers in it, and what every expression comes to there.

Sizes are small and unequal, so that a wrong index, layer, range or transposition shows.  A local
derivative is found by differentiating one equation's right side forwards (a value and its
derivatives by every entry it mentions, worked out together): no chain rule over the network is in
here, and none of the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, Rational, Sum, Symbol, pi

from symback.algebra.expressions import EVERY, Apply, Marked, OfVectors, Partial, name_of
from symback.model.equations import Model, Quantity, Role
from symback.verification.oracle.field import PRIME, Field
from symback.verification.oracle.functions import ELEMENTARY, INPUT, catalogue_formula

__all__ = ["Instance", "Place"]

Place = tuple[str, tuple[int, ...]]
"""One entry of a quantity: its name and its indices."""

Bindings = Mapping[Symbol, int]
Dual = tuple[int, dict[Place, int]]
"""A value, and its derivatives by whatever it depends on."""


class Instance:
    """A model at definite sizes with random entries.

    Args:
        model: the equations.
        sizes: how many units each range has here, by its name.
        seed: of the random numbers.
        formal: whether roots that do not exist are unknowns.

    Raises:
        NoValueError: where a denominator is zero or a root does not exist.

    Attributes:
        numbering: for a range that is smaller here, which unit stands for which of the units that
            an expression names.
        values: every entry's value, given or worked out forwards.
        jacobian: for each entry that an equation defines, the derivatives of the equation's right
            side by the entries that it mentions.
    """

    def __init__(
        self, model: Model, sizes: Mapping[str, int], seed: int = 1, formal: bool = False
    ) -> None:
        self.model = model
        self.sizes = dict(sizes)
        self.field = Field(seed, formal)
        self.numbering: Mapping[str, Mapping[int, int]] = {}
        self.values: dict[Place, int] = {}
        self.jacobian: dict[Place, dict[Place, int]] = {}
        for quantity in model.given:
            self._draw(quantity)
        for equation in model.equations:
            letters = equation.quantity.indices
            for place in self.places(equation.quantity):
                bindings = dict(zip(letters, place[1], strict=True))
                value, derivatives = self.dual(equation.expression, bindings, _itself)
                self.values[place] = value
                self.jacobian[place] = derivatives

    def places(self, quantity: Quantity) -> Iterator[Place]:
        """Every entry of a quantity."""
        axes = (range(1, self.sizes[r.name] + 1) for r in quantity.ranges)
        return ((quantity.name, indices) for indices in product(*axes))

    def _draw(self, quantity: Quantity) -> None:
        sums_to_one = quantity.role is Role.TARGET and "targets-sum-to-one" in self.model.facts
        last = self.sizes[quantity.ranges[-1].name] if quantity.ranges else 0
        total = 0
        for place in self.places(quantity):
            value = self.field.draw()
            if sums_to_one and place[1][-1] == last:
                value, total = (1 - total) % PRIME, 0
            elif sums_to_one:
                total += value
            self.values[place] = value

    # Values -------------------------------------------------------------------------------------

    def value(self, node: Expr, at: Bindings, partial: Callable[[Partial, Bindings], int]) -> int:
        """What an expression comes to.

        Args:
            node: the expression.
            at: the value of each free index.
            partial: what a partial derivative comes to; that is for the caller to say.

        Raises:
            KeyError: for an entry that does not exist at these sizes.
            TypeError: for a kind of expression that is not known here.
        """
        if isinstance(node, Indexed):
            return self.values[self.place(node, at)]
        if isinstance(node, Mul):
            result = 1
            for part in node.args:
                result = result * self.value(part, at, partial) % PRIME
            return result
        if isinstance(node, Add):
            return sum(self.value(part, at, partial) for part in node.args) % PRIME
        if isinstance(node, Rational):
            return _number(node)
        if isinstance(node, Apply):
            return self.apply(node.name, node.order, self.value(node.argument, at, partial))
        if isinstance(node, Sum):
            return self._sum(node, at, partial)
        if isinstance(node, Partial):
            return partial(node, at)
        if isinstance(node, Pow):
            base = self.value(node.base, at, partial)
            return self.field.power(base, *_exponent(node))
        if isinstance(node, Symbol):
            return self._symbol(node, at)
        if isinstance(node, KroneckerDelta):
            return int(self.index(node.args[0], at) == self.index(node.args[1], at))
        if isinstance(node, OfVectors):
            return self.field.generic(node.name, -1, 0)
        if isinstance(node, Marked):
            return self.value(node.body, at, partial)
        if node == pi:
            return self.field.pi
        raise TypeError(f"no value is known for {type(node).__name__}: {node!r}")

    def index(self, index: Expr, at: Bindings) -> int:
        """An index's value."""
        if index.is_Integer:
            return int(index)
        return at[index]

    def place(self, node: Indexed, at: Bindings) -> Place:
        """Which entry an expression names."""
        name = name_of(node)
        if not self.numbering:
            return name, tuple(self.index(index, at) for index in node.indices)
        return name, tuple(
            self.numbering.get(r.name, {}).get(int(index), int(index))
            if index.is_Integer
            else self.index(index, at)
            for index, r in zip(node.indices, self.model.quantities[name].ranges, strict=True)
        )

    def _symbol(self, node: Symbol, at: Bindings) -> int:
        if node in at and node == INPUT:
            return at[node]
        if node.is_integer:
            return self.sizes[node.name]
        return self.values[(node.name, ())]

    def size(self, upper: Expr) -> int:
        """The size of a range here."""
        return int(upper) if upper.is_Integer else self.sizes[upper.name]

    def _sum(self, node: Sum, at: Bindings, partial: Callable[[Partial, Bindings], int]) -> int:
        """A sum of products, one index after the other, each factor only where it matters."""
        sizes = {index: self.size(upper) for index, _, upper in node.limits}
        tables: list[_Table] = []
        scale = 1
        for factor in Mul.make_args(node.function):
            scope = tuple(index for index in sizes if factor.has(index))
            if not scope:
                scale = scale * self.value(factor, at, partial) % PRIME
                continue
            choices = product(*(range(1, sizes[index] + 1) for index in scope))
            tables.append(
                (
                    scope,
                    {
                        choice: self.value(
                            factor, {**at, **dict(zip(scope, choice, strict=True))}, partial
                        )
                        for choice in choices
                    },
                )
            )
        left = list(sizes)
        while left:
            index = min(left, key=lambda i: len(_neighbours(i, tables)))
            left.remove(index)
            involved = [table for table in tables if index in table[0]]
            if not involved:
                scale = scale * sizes[index] % PRIME
                continue
            tables = [table for table in tables if index not in table[0]]
            tables.append(_eliminate(index, involved, sizes))
        for _, entries in tables:
            scale = scale * entries[()] % PRIME
        return scale

    # Derivatives of one right side --------------------------------------------------------------

    def dual(self, node: Expr, at: Bindings, of: Callable[[Place], Mapping[Place, int]]) -> Dual:
        """An expression's value and its derivatives, given those of the entries it mentions."""
        if isinstance(node, Indexed):
            place = self.place(node, at)
            return self.values[place], dict(of(place))
        if isinstance(node, Mul):
            value, slope = 1, dict[Place, int]()
            for part in node.args:
                other, change = self.dual(part, at, of)
                slope = _combine(slope, other, change, value)
                value = value * other % PRIME
            return value, slope
        if isinstance(node, Add):
            value, slope = 0, {}
            for part in node.args:
                other, change = self.dual(part, at, of)
                slope = _combine(slope, 1, change, 1)
                value = (value + other) % PRIME
            return value, slope
        if isinstance(node, Sum):
            value, slope = 0, {}
            indices = [index for index, _, _ in node.limits]
            axes = [range(1, self.size(upper) + 1) for _, _, upper in node.limits]
            for choice in product(*axes):
                inner = {**at, **dict(zip(indices, choice, strict=True))}
                other, change = self.dual(node.function, inner, of)
                slope = _combine(slope, 1, change, 1)
                value = (value + other) % PRIME
            return value, slope
        if isinstance(node, Apply):
            inside, change = self.dual(node.argument, at, of)
            value = self.apply(node.name, node.order, inside)
            slope_at = self.apply(node.name, node.order + 1, inside) if change else 0
            return value, _combine({}, 1, change, slope_at)
        if isinstance(node, Pow):
            base, change = self.dual(node.base, at, of)
            top, bottom = _exponent(node)
            value = self.field.power(base, top, bottom)
            if not change:
                return value, {}
            # As a power of the root, which is one number; and without dividing by a zero base.
            lower = self.field.power(base, top - bottom, bottom)
            factor = top * self.field.inverse(bottom) * lower % PRIME
            return value, _combine({}, 1, change, factor)
        if isinstance(node, OfVectors):
            return self._loss(node, at, of)
        if isinstance(node, Marked):
            return self.dual(node.body, at, of)
        if isinstance(node, Symbol) and not node.is_integer and node not in at:
            place = (node.name, ())
            return self.values[place], dict(of(place))
        if isinstance(node, Symbol) and node == INPUT:
            return at[node], {("", ()): 1}
        if node == pi or isinstance(node, Symbol | Rational | KroneckerDelta):
            return self.value(node, at, _no_partial), {}
        raise TypeError(f"no derivative is known for {type(node).__name__}: {node!r}")

    def _loss(
        self, node: OfVectors, at: Bindings, of: Callable[[Place], Mapping[Place, int]]
    ) -> Dual:
        """A generic function of vectors: one random slope for each entry of an argument."""
        slope: dict[Place, int] = {}
        for position, argument in enumerate(node.arguments):
            for place in self.spread(argument, at):
                slope = _combine(slope, 1, of(place), self.slope(node, position, place, at))
        return self.value(node, at, _no_partial), slope

    def slope(self, node: OfVectors, position: int, place: Place, at: Bindings) -> int:
        """What stands for a generic function's slope by an entry of one of its vectors.

        It is named by the function, by all that it is a function of, and by the vector's place.
        """
        whole = [[*self.spread(argument, at)] for argument in node.arguments]
        return self.field.generic(f"{node.name} of {whole} by {position} {place}", 1, 0)

    def spread(self, argument: Expr, at: Bindings) -> Iterator[Place]:
        """The entries that an argument such as ``yhat[:]`` stands for."""
        if not isinstance(argument, Indexed):
            yield argument.name, ()
            return
        name = name_of(argument)
        ranges = self.model.quantities[name].ranges
        axes = [
            range(1, self.sizes[r.name] + 1) if index == EVERY else (self.index(index, at),)
            for index, r in zip(argument.indices, ranges, strict=True)
        ]
        yield from ((name, indices) for indices in product(*axes))

    # Functions ----------------------------------------------------------------------------------

    def apply(self, name: str, order: int, argument: int) -> int:
        """A function or one of its derivatives at a point.

        Elementary functions and those of the catalogue that have a formula are what they are, and
        their first derivatives come from the formula; all others are generic.
        """
        if name in ELEMENTARY and order <= 1:
            return ELEMENTARY[name](self.field, argument)[order] % PRIME
        formula = catalogue_formula(name)
        if formula is None or order > 1:
            return self.field.generic(name, order, argument)
        value, slope = self.dual(formula, {INPUT: argument}, _itself)
        return value if order == 0 else slope.get(("", ()), 0)


_Table = tuple[tuple[Symbol, ...], dict[tuple[int, ...], int]]


def _neighbours(index: Symbol, tables: list[_Table]) -> set[Symbol]:
    """The indices that stand together with one in some factor."""
    return {other for scope, _ in tables if index in scope for other in scope}


def _eliminate(index: Symbol, tables: list[_Table], sizes: Mapping[Symbol, int]) -> _Table:
    """Sum the product of some factors over one index."""
    scope = tuple(dict.fromkeys(i for own, _ in tables for i in own if i != index))
    result: dict[tuple[int, ...], int] = {}
    for choice in product(*(range(1, sizes[i] + 1) for i in scope)):
        at = dict(zip(scope, choice, strict=True))
        total = 0
        for value in range(1, sizes[index] + 1):
            at[index] = value
            term = 1
            for own, entries in tables:
                term = term * entries[tuple(at[i] for i in own)] % PRIME
            total += term
        result[choice] = total % PRIME
    return scope, result


def _combine(
    slope: Mapping[Place, int], scale: int, change: Mapping[Place, int], factor: int
) -> dict[Place, int]:
    """``scale * slope + factor * change``, derivative by derivative."""
    result = {place: scale * value % PRIME for place, value in slope.items()}
    for place, value in change.items():
        result[place] = (result.get(place, 0) + factor * value) % PRIME
    return result


def _itself(place: Place) -> Mapping[Place, int]:
    return {place: 1}


def _no_partial(node: Partial, at: Bindings) -> int:
    raise TypeError(f"a partial derivative stands in an equation: {node!r}")


def _number(node: Rational) -> int:
    return int(node.p) * pow(int(node.q), -1, PRIME) % PRIME


def _exponent(node: Pow) -> tuple[int, int]:
    if not isinstance(node.exp, Rational):
        raise TypeError(f"no value is known for a power that is not a number: {node!r}")
    return int(node.exp.p), int(node.exp.q)
