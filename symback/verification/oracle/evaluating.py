"""What expressions come to at definite numbers, with derivatives worked out forwards beside them.

A local derivative is found by differentiating one expression forwards: a value and its derivatives
by every entry it mentions, together.  No chain rule over a model is in here, and none of the
engine's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, Rational, Symbol, pi
from sympy import Sum as SymPySum

from symback.algebra.expressions import Apply, Marked, OfVectors, Partial, Sum
from symback.algebra.indexing import (
    Bracket,
    Divides,
    Extreme,
    IntegerEntry,
    Product,
    Stop,
    is_index,
)
from symback.verification.oracle.elimination import Table, eliminate, neighbours
from symback.verification.oracle.field import Field, Number
from symback.verification.oracle.functions import (
    BENDS,
    ELEMENTARY,
    INPUT,
    catalogue_formula,
    catalogue_slope,
)

__all__ = ["Bindings", "Evaluator", "Place", "Slopes", "itself", "no_partial"]

Place = tuple[str, tuple[int, ...]]
"""One entry of a quantity: its name and its indices."""

Bindings = Mapping[Symbol, int]
Slopes = dict[Place, Number]
Dual = tuple[Number, Slopes]
"""A value, and its derivatives by whatever it depends on."""

Chosen = Callable[[Place], Mapping[Place, Number]]
Adjoints = Callable[[Partial, Bindings], Number]


class Evaluator(ABC):
    """Works out expressions, by the entries and indices that whoever inherits it has.

    Attributes:
        field: what a number is.
        sizes: what each size comes to here, by its name.
        values: every entry's value.
    """

    field: Field
    sizes: Mapping[str, int]
    values: dict[Place, Number]

    @abstractmethod
    def entry(self, place: Place) -> Number:
        """An entry's value."""

    @abstractmethod
    def index(self, index: Expr, at: Bindings) -> int:
        """An index expression's value."""

    @abstractmethod
    def place(self, node: Indexed, at: Bindings) -> Place:
        """Which entry an expression names."""

    @abstractmethod
    def limits(self, node: Expr, at: Bindings) -> Iterator[Bindings]:
        """The bindings under a sum or a product: one for each choice of its indices."""

    @abstractmethod
    def spread(self, argument: Expr, at: Bindings) -> Iterator[Place]:
        """The entries that an argument such as ``yhat[:]`` stands for."""

    # Values -------------------------------------------------------------------------------------

    def value(self, node: Expr, at: Bindings, partial: Adjoints) -> Number:
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
            return self.entry(self.place(node, at))
        if isinstance(node, Mul):
            return self._product(node, at, partial)
        if isinstance(node, Add):
            return self.field.reduced(sum(self.value(part, at, partial) for part in node.args))
        if isinstance(node, Rational):
            return self.field.number(int(node.p), int(node.q))
        if isinstance(node, Apply):
            return self.apply(node.name, node.order, self.value(node.argument, at, partial))
        if isinstance(node, SymPySum):
            return self._sum(node, at, partial)
        if isinstance(node, Partial):
            return partial(node, at)
        if isinstance(node, Pow):
            return self._power(node, at, lambda part, here: self.value(part, here, partial))
        if isinstance(node, Symbol):
            return self._symbol(node, at)
        if isinstance(node, KroneckerDelta):
            return int(self.index(node.args[0], at) == self.index(node.args[1], at))
        if isinstance(node, OfVectors):
            return self.field.generic(node.name, -1, 0)
        if isinstance(node, Marked | Stop):
            return self.value(node.body, at, partial)
        if isinstance(node, Bracket):
            return self._bracket(node, at, partial)
        if isinstance(node, Extreme):
            index, value = self._chosen(node, at, partial)
            return index if is_index(node) else value
        if isinstance(node, Product):
            result: Number = 1
            for inner in self.limits(node, at):
                result = self.field.reduced(result * self.value(node.body, inner, partial))
            return result
        if node == pi:
            return self.field.pi
        return self.index(node, at)

    def _product(self, node: Mul, at: Bindings, partial: Adjoints) -> Number:
        """A product; where one factor is 0 another need not exist, as beyond the end of time."""
        result: Number = 1
        missing: KeyError | None = None
        for part in node.args:
            try:
                result = self.field.reduced(result * self.value(part, at, partial))
            except KeyError as error:
                missing = error
            if result == 0:
                return result
        if missing is not None:
            raise missing
        return result

    def _power(self, node: Pow, at: Bindings, value: Callable[[Expr, Bindings], Number]) -> Number:
        exponent = self._exponent(node, at)
        base = value(node.base, at)
        if exponent is None:
            return self.field.real_power(base, value(node.exp, at))
        return self.field.power(base, *exponent)

    def _exponent(self, node: Pow, at: Bindings) -> tuple[int, int] | None:
        if isinstance(node.exp, Rational):
            return int(node.exp.p), int(node.exp.q)
        return (self.index(node.exp, at), 1) if is_index(node.exp) else None

    def _bracket(self, node: Bracket, at: Bindings, partial: Adjoints) -> int:
        if is_index(node.left) and is_index(node.right):
            left: Number = self.index(node.left, at)
            right: Number = self.index(node.right, at)
            ordered = left
            other = right
        else:
            left = self.value(node.left, at, partial)
            right = self.value(node.right, at, partial)
            ordered, other = self.field.ordered(left), self.field.ordered(right)
        match node.relation:
            case "==":
                return int(left == right)
            case "!=":
                return int(left != right)
            case "<=":
                return int(ordered <= other)
        return int(ordered < other)

    def _chosen(self, node: Extreme, at: Bindings, partial: Adjoints) -> tuple[int, Number]:
        """At which index an extreme is reached, and its value: the first of several."""
        sign = 1 if node.kind.endswith("max") else -1
        best: tuple[Any, int, Number] | None = None
        for inner in self.limits(node, at):
            value = self.value(node.body, inner, partial)
            key = sign * self.field.ordered(value)
            if best is None or key > best[0]:
                best = key, inner[node.limit[0]], value
        if best is None:
            raise KeyError(node)
        return best[1], best[2]

    def _symbol(self, node: Symbol, at: Bindings) -> Number:
        if node in at:
            return at[node]
        if node.is_integer:
            return self.sizes[node.name]
        return self.entry((node.name, ()))

    def _sum(self, node: Sum, at: Bindings, partial: Adjoints) -> Number:
        """A sum of products, one index after the other, each factor only where it matters."""
        indices = [index for index, _, _ in node.limits]
        ends = [end for limit in node.limits for end in limit[1:]]
        if any(end.has(*indices) for end in ends) or node.function.has(Bracket, KroneckerDelta):
            return self._written_out(node, at, partial)
        ranges = {
            index: range(self.index(first, at), self.index(last, at) + 1)
            for index, first, last in node.limits
        }
        tables: list[Table] = []
        scale: Number = 1
        try:
            for factor in Mul.make_args(node.function):
                scope = tuple(index for index in ranges if factor.has(index))
                if not scope:
                    scale = self.field.reduced(scale * self.value(factor, at, partial))
                    continue
                choices = product(*(ranges[index] for index in scope))
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
        except KeyError:  # a factor that does not exist everywhere; perhaps another is 0 there
            return self._written_out(node, at, partial)
        left = list(ranges)
        reduced = self.field.reduced
        while left:
            index = min(left, key=lambda i: len(neighbours(i, tables)))
            left.remove(index)
            involved = [table for table in tables if index in table[0]]
            if not involved:
                scale = reduced(scale * len(ranges[index]))
                continue
            tables = [table for table in tables if index not in table[0]]
            tables.append(eliminate(index, involved, ranges, reduced))
        for _, entries in tables:
            scale = reduced(scale * entries[()])
        return scale

    def _written_out(self, node: Sum, at: Bindings, partial: Adjoints) -> Number:
        total: Number = 0
        for inner in self.limits(node, at):
            total += self.value(node.function, inner, partial)
        return self.field.reduced(total)

    # Derivatives of one right side --------------------------------------------------------------

    def dual(self, node: Expr, at: Bindings, of: Chosen) -> Dual:
        """An expression's value and its derivatives, given those of the entries it mentions."""
        reduced = self.field.reduced
        if isinstance(node, IntegerEntry):
            return self.index(node, at), {}
        if isinstance(node, Indexed):
            place = self.place(node, at)
            value = self.entry(place)
            return value, dict(of(place)) if place in self.values else {}
        if isinstance(node, Mul):
            # Conditions first: where one fails, the rest need not exist.
            first = [part for part in node.args if isinstance(part, _CONDITIONS)]
            if any(self.value(part, at, no_partial) == 0 for part in first):
                return 0, {}
            return self._dual_product(self.dual(part, at, of) for part in node.args)
        if isinstance(node, Add):
            return self._dual_sum(self.dual(part, at, of) for part in node.args)
        if isinstance(node, SymPySum):
            return self._dual_sum(self.dual(node.function, i, of) for i in self.limits(node, at))
        if isinstance(node, Product):
            return self._dual_product(self.dual(node.body, i, of) for i in self.limits(node, at))
        if isinstance(node, Apply):
            inside, change = self.dual(node.argument, at, of)
            value = self.apply(node.name, node.order, inside)
            slope_at = self.apply(node.name, node.order + 1, inside) if change else 0
            return value, {place: reduced(slope_at * s) for place, s in change.items()}
        if isinstance(node, Pow):
            return self._dual_power(node, at, of)
        if isinstance(node, OfVectors):
            return self._loss(node, at, of)
        if isinstance(node, Marked):
            return self.dual(node.body, at, of)
        if isinstance(node, Extreme) and not is_index(node):
            index, _ = self._chosen(node, at, no_partial)
            return self.dual(node.body, {**at, node.limit[0]: index}, of)
        if isinstance(node, Symbol) and not node.is_integer and node not in at:
            place = (node.name, ())
            return self.entry(place), dict(of(place))
        if isinstance(node, Symbol) and node == INPUT:
            return at[node], {("", ()): 1}
        return self.value(node, at, no_partial), {}

    def _dual_sum(self, parts: Iterator[Dual]) -> Dual:
        value: Number = 0
        slopes: Slopes = {}
        for other, change in parts:
            value += other
            for place, slope in change.items():
                slopes[place] = slopes.get(place, 0) + slope
        reduced = self.field.reduced
        return reduced(value), {place: reduced(slope) for place, slope in slopes.items()}

    def _dual_product(self, parts: Iterator[Dual]) -> Dual:
        reduced = self.field.reduced
        value: Number = 1
        slopes: Slopes = {}
        for other, change in parts:
            slopes = {place: reduced(slope * other) for place, slope in slopes.items()}
            for place, slope in change.items():
                slopes[place] = reduced(slopes.get(place, 0) + slope * value)
            value = reduced(value * other)
        return value, slopes

    def _dual_power(self, node: Pow, at: Bindings, of: Chosen) -> Dual:
        reduced, field = self.field.reduced, self.field
        base, change = self.dual(node.base, at, of)
        exponent = self._exponent(node, at)
        if exponent is None:
            power, steeper = self.dual(node.exp, at, of)
            value = field.real_power(base, power)
            slopes = {p: value * power / base * s for p, s in change.items()}
            for place, slope in steeper.items():
                slopes[place] = slopes.get(place, 0) + value * field.log(base) * slope
            return value, slopes
        top, bottom = exponent
        value = field.power(base, top, bottom)
        if not change:
            return value, {}
        # As a power of the root, which is one number; and without dividing by a zero base.
        lower = field.power(base, top - bottom, bottom) if top else 0
        factor = reduced(field.number(top, bottom) * lower)
        return value, {place: reduced(factor * slope) for place, slope in change.items()}

    def _loss(self, node: OfVectors, at: Bindings, of: Chosen) -> Dual:
        """A generic function of vectors: one random slope for each entry of an argument."""
        slopes: Slopes = {}
        for position, argument in enumerate(node.arguments):
            for place in self.spread(argument, at):
                own = self.slope(node, position, place, at)
                for other, slope in of(place).items():
                    slopes[other] = self.field.reduced(slopes.get(other, 0) + own * slope)
        return self.value(node, at, no_partial), slopes

    def slope(self, node: OfVectors, position: int, place: Place, at: Bindings) -> Number:
        """What stands for a generic function's slope by an entry of one of its vectors.

        It is named by the function, by all that it is a function of, and by the vector's place.
        """
        whole = [[*self.spread(argument, at)] for argument in node.arguments]
        return self.field.generic(f"{node.name} of {whole} by {position} {place}", 1, 0)

    # Functions ----------------------------------------------------------------------------------

    def apply(self, name: str, order: int, argument: Number) -> Number:
        """A function or one of its derivatives at a point.

        Elementary functions and those of the catalogue that have a formula are what they are, and
        their first two derivatives come from the formula; all others are generic.
        """
        if name in ELEMENTARY and order <= 1:
            return self.field.reduced(ELEMENTARY[name](self.field, argument)[order])
        if order == 2:
            if name in BENDS:
                return self.field.reduced(BENDS[name](self.field, argument))
            formula, order = catalogue_slope(name), 1
            if formula is None:
                return self.field.generic(name, 2, argument)
        else:
            formula = catalogue_formula(name)
        if formula is None or order > 1:
            return self.field.generic(name, order, argument)
        value, slope = self.dual(formula, {INPUT: argument}, itself)
        return value if order == 0 else slope.get(("", ()), 0)


_CONDITIONS = (KroneckerDelta, Bracket, Divides)


def itself(place: Place) -> Mapping[Place, Number]:
    """An entry's derivative by itself."""
    return {place: 1}


def no_partial(node: Partial, at: Bindings) -> Number:
    """Refuses a partial derivative, which no equation has."""
    raise TypeError(f"a partial derivative stands in an equation: {node!r}")
