"""A model of a few units with random numbers in it, and what every expression comes to there.

Sizes are small and unequal, so that a wrong index, layer, range, limit or transposition shows.

An entry is worked out when it is first asked for, so that a recursion runs in whichever direction
its equations say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from sympy import Add, Expr, Indexed, Mul, Symbol
from sympy import Sum as SymPySum

from symback.algebra.expressions import EVERY, name_of
from symback.algebra.indexing import (
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    Largest,
    Smallest,
    is_index,
)
from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.verification.oracle.evaluating import (
    Bindings,
    Evaluator,
    Place,
    Slopes,
    itself,
    no_partial,
)
from symback.verification.oracle.field import Field, Number

__all__ = ["Bindings", "Instance", "Place", "letters_at"]


class Instance(Evaluator):
    """A model at definite sizes with random entries.

    Args:
        model: the equations.
        sizes: what each size comes to here, by its name.
        seed: of the random numbers.
        formal: whether roots that do not exist are unknowns.
        field: what a number is; residues modulo a prime where it is left out.

    Raises:
        NoValueError: where a denominator is zero or a root does not exist.
        KeyError: where an equation reads an entry that does not exist at these sizes.

    Attributes:
        helper: what an entry comes to that the model does not have, or has not at these indices:
            what claims about the model define; None where that is not known either.
        numbering: for a range that is smaller here, which unit stands for which of the units that
            an expression names.
        values: every entry's value, given or worked out forwards; what an equation defines follows
            what it was worked out from.
        jacobian: for each entry that an equation defines, the derivatives of the equation's right
            side by the entries that it mentions.
    """

    def __init__(
        self,
        model: Model,
        sizes: Mapping[str, int],
        seed: int = 1,
        formal: bool = False,
        field: Field | None = None,
    ) -> None:
        self.model = model
        self.sizes = dict(sizes)
        self.field = field or Field(seed, formal)
        self.numbering: Mapping[str, Mapping[int, int]] = {}
        self.values: dict[Place, Number] = {}
        self.jacobian: dict[Place, Slopes] = {}
        self.helper: Callable[[Place], Number | None] = lambda place: None
        self._under_way: set[Place] = set()
        for quantity in model.given:
            self._draw(quantity)
        for equation in model.equations:
            for place in self.defined_by(equation):
                if place not in self.values:
                    self._define(place, equation)

    # Entries ------------------------------------------------------------------------------------

    def bounds(self, index_range: Range) -> tuple[int, int]:
        """The first and the last value of a range here."""
        return self.index(index_range.first, {}), self.index(index_range.upper, {})

    def places(self, quantity: Quantity) -> Iterator[Place]:
        """Every entry of a quantity's ranges."""
        axes = (range(first, last + 1) for first, last in map(self.bounds, quantity.ranges))
        return ((quantity.name, indices) for indices in product(*axes))

    def entries(self, quantity: Quantity) -> list[Place]:
        """Every entry of a quantity: those of its ranges, starts and ends."""
        found = dict.fromkeys(self.places(quantity))
        for equation in self.model.boundaries.get(quantity.name, ()):
            found |= dict.fromkeys(self.defined_by(equation))
        return list(found)

    def defined_by(self, equation: Equation) -> Iterator[Place]:
        """The entries that an equation defines: a start's are single ones."""
        quantity = equation.quantity
        if not equation.is_boundary:
            yield from self.places(quantity)
            return
        axes = []
        for index, r in zip(equation.at, quantity.ranges, strict=True):
            first, last = self.bounds(r)
            is_letter = index in quantity.indices
            axes.append(range(first, last + 1) if is_letter else (self.index(index, {}),))
        yield from ((quantity.name, indices) for indices in product(*axes))

    def _define(self, place: Place, equation: Equation) -> None:
        """Work out an entry, what it is made of first."""
        if place in self._under_way:
            raise KeyError(place)
        self._under_way.add(place)
        value, slopes = self.dual(equation.expression, letters_at(equation, place), itself)
        self.values[place] = value
        self.jacobian[place] = slopes
        self._under_way.discard(place)

    def entry(self, place: Place) -> Number:
        """An entry's value; beyond a quantity's ranges that of a start or end, or of its padding.

        Raises:
            KeyError: for an entry that does not exist at these sizes.
        """
        found = self.values.get(place)
        if found is not None:
            return found
        quantity = self.model.quantities.get(place[0])
        if quantity is not None:
            equation = self._defining(place, quantity)
            if equation is not None:
                self._define(place, equation)
                return self.values[place]
            if quantity.outside is not None and not self.is_entry(place):
                return self.dual(quantity.outside, {}, itself)[0]
        found = self.helper(place)
        if found is None:
            raise KeyError(place)
        return found

    def _defining(self, place: Place, quantity: Quantity) -> Equation | None:
        """The equation of an entry: a start or an end before the general one."""
        for equation in self.model.boundaries.get(quantity.name, ()):
            if place in self.defined_by(equation):
                return equation
        return (
            self.model.definitions.get(quantity.name) if self.is_inside(place, quantity) else None
        )

    def is_inside(self, place: Place, quantity: Quantity) -> bool:
        """Whether indices lie in a quantity's ranges."""
        pairs = zip(place[1], map(self.bounds, quantity.ranges), strict=True)
        return all(first <= index <= last for index, (first, last) in pairs)

    def is_entry(self, place: Place) -> bool:
        """Whether a quantity has an entry at these indices, given or defined."""
        quantity = self.model.quantities[place[0]]
        return self.is_inside(place, quantity) or any(
            place in self.defined_by(e) for e in self.model.boundaries.get(quantity.name, ())
        )

    def _draw(self, quantity: Quantity) -> None:
        sums_to_one = quantity.role is Role.TARGET and "targets-sum-to-one" in self.model.facts
        last = self.bounds(quantity.ranges[-1])[1] if quantity.ranges else 0
        total: Number = 0
        for position, place in enumerate(self.places(quantity)):
            if quantity.role is Role.INTEGER:
                # The first two are the same: a lookup that is repeated.
                count = self.index(quantity.counts, {}) if quantity.counts is not None else 1
                key = quantity.name, max(position, 1)
                self.values[place] = self.field.draw_index(*key, count)
                continue
            value = self.field.draw_positive() if quantity.is_positive else self.field.draw()
            if sums_to_one and place[1][-1] == last:
                value, total = self.field.reduced(1 - total), 0
            elif sums_to_one:
                total += value
            self.values[place] = value

    # Indices ------------------------------------------------------------------------------------

    def index(self, index: Expr, at: Bindings) -> int:
        """An index expression's value.

        Raises:
            KeyError: for a letter that nothing is known of.
            TypeError: for a kind of expression that is no index.
        """
        if index.is_Integer:
            return int(index)
        if isinstance(index, Symbol):
            found = at.get(index)
            return self.sizes[index.name] if found is None else found
        if isinstance(index, Add):
            return sum(self.index(part, at) for part in index.args)
        if isinstance(index, Mul):
            result: Any = 1
            for part in index.args:
                result *= part if part.is_Rational else self.index(part, at)
            return int(result)
        if isinstance(index, Indexed):
            return int(self.entry(self.place(index, at)))
        if isinstance(index, Largest):
            return max(self.index(part, at) for part in index.args)
        if isinstance(index, Smallest):
            return min(self.index(part, at) for part in index.args)
        if isinstance(index, FloorOf):
            return self.index(index.numerator, at) // self.index(index.divisor, at)
        if isinstance(index, CeilingOf):
            return -(-self.index(index.numerator, at) // self.index(index.divisor, at))
        if isinstance(index, Divides):
            return int(self.index(index.args[1], at) % self.index(index.args[0], at) == 0)
        if isinstance(index, Extreme) and is_index(index):
            return self._chosen(index, at, no_partial)[0]
        raise TypeError(f"not an index: {index!r}")

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

    def limits(self, node: Expr, at: Bindings) -> Iterator[Bindings]:
        """The bindings under a sum or a product: one for each choice of its indices."""
        limits = node.limits if isinstance(node, SymPySum) else (node.limit,)
        found: list[Bindings] = [at]
        # The last limit is the outermost in SymPy; an inner one may mention its index.
        for index, first, last in reversed(limits):
            found = [
                {**each, index: value}
                for each in found
                for value in range(self.index(first, each), self.index(last, each) + 1)
            ]
        return iter(found)

    def spread(self, argument: Expr, at: Bindings) -> Iterator[Place]:
        """The entries that an argument such as ``yhat[:]`` stands for."""
        if not isinstance(argument, Indexed):
            yield argument.name, ()
            return
        name = name_of(argument)
        axes: list[range | tuple[int]] = []
        for index, r in zip(argument.indices, self.model.quantities[name].ranges, strict=True):
            first, last = self.bounds(r)
            axes.append(range(first, last + 1) if index == EVERY else (self.index(index, at),))
        yield from ((name, indices) for indices in product(*axes))


def letters_at(equation: Equation, place: Place) -> dict[Symbol, int]:
    """What the letters of an equation's left side come to at one of its entries."""
    pairs = zip(equation.indices, place[1], strict=True)
    return {i: value for i, value in pairs if isinstance(i, Symbol) and not i.is_positive}
