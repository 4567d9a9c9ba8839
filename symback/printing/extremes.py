"""The larger and the smaller of two, as they were written.

In formulas ``max(a, b)`` is ``a + max(0, b - a)``, and ``min(a, b)`` is ``a - max(0, a - b)``, so
that only one function has a kink. Here the two sides are found again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from sympy import Add, Expr, Rational, S

from symback.algebra.expressions import Apply, Extremum
from symback.records import dataclass

__all__ = ["EXTREMES", "Extreme", "extreme_among", "put_together"]

T = TypeVar("T", bound=Hashable)
Terms = Mapping[T, Rational]

EXTREMES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "positive": (("max", 0),),
    "clip": (("min", 1), ("max", -1)),
}
"""Functions that are the larger or smaller of a number and their argument, from the inside out."""


@dataclass(frozen=True, slots=True)
class Extreme(Generic[T]):
    """``factor * max(first, second)``, or with ``min``.

    Attributes:
        factor: a number.
        name: ``max`` or ``min``.
        first: the first side's terms, each with its number.
        second: the second side's.
        used: what of the terms around it went into the two sides.
    """

    factor: Rational
    name: str
    first: Terms[T]
    second: Terms[T]
    used: Terms[T]

    @property
    def sides(self) -> tuple[Terms[T], Terms[T]]:
        """The two sides, in the order in which they were written."""
        return self.first, self.second

    @property
    def turned(self) -> Extreme[T]:
        """The same with all signs turned: ``-min(-a, -b)``."""
        first, second = ({t: -number for t, number in side.items()} for side in self.sides)
        name = "min" if self.name == "max" else "max"
        return Extreme(-self.factor, name, first, second, self.used)

    def without(self, around: Terms[T]) -> dict[T, Rational]:
        """The terms that remain beside it."""
        left = {term: number - self.used.get(term, S.Zero) for term, number in around.items()}
        return {term: number for term, number in left.items() if number is not S.Zero}


def extreme_among(rest: Terms[T], number: Rational, argument: Terms[T]) -> Extreme[T] | None:
    """The larger or smaller of two that a sum ``rest + number * max(0, argument)`` holds.

    Of the other terms those belong to it with which the second side is simpler than the argument:
    ``x`` in ``1 + x + max(0, -x)``, which is ``1 + max(x, 0)``. Nothing where there are none.
    """
    size, sign = abs(number), S.One if number.is_positive else S.NegativeOne
    first = {
        term: rest[term] / size
        for term, inner in argument.items()
        if term in rest and _cost(rest[term] / size + sign * inner) < _cost(inner)
    }
    if not first:
        return None
    sums = {term: first.get(term, S.Zero) + sign * inner for term, inner in argument.items()}
    second = {term: inner for term, inner in sums.items() if inner is not S.Zero}
    used = {term: number * size for term, number in first.items()}
    name = "max" if sign is S.One else "min"
    found = Extreme(size, name, first, second, used)
    # 1 - max(x, 0), not 1 + min(-x, 0); but by itself max(-1, -x), not -min(1, x).
    others = found.without(rest)
    return found.turned if others and not any(map(_is_positive, found.sides)) else found


def _cost(number: Rational) -> int:
    """How much there is to read of a number."""
    return int(abs(number.p) + number.q)


def _is_positive(terms: Terms[T]) -> bool:
    return any(number.is_positive for number in terms.values())


def put_together(terms: Iterable[Expr]) -> list[Expr]:
    """The terms of a sum, with one `Extremum` for those that make one."""
    rest = _numbered(terms)
    # The outer of two comes first: what it compares is not yet put together.
    kinks = sorted(filter(_has_kink, rest), key=lambda term: -len(term.atoms(Apply)))
    for node in kinks:
        if node not in rest:
            continue
        around = {term: number for term, number in rest.items() if term != node}
        found = extreme_among(around, rest[node], _numbered(Add.make_args(node.args[1])))
        if found is not None:
            sides = (Add(*(number * t for t, number in side.items())) for side in found.sides)
            rest = {**found.without(around), Extremum(found.name, *sides): found.factor}
    return [number * term for term, number in rest.items()]


def _numbered(terms: Iterable[Expr]) -> dict[Expr, Rational]:
    """Terms, each with the number before it; a number is so many times 1."""
    pairs = (term.as_coeff_Mul(rational=True) for term in terms)
    return {body: number for number, body in pairs}


def _has_kink(term: Expr) -> bool:
    return isinstance(term, Apply) and term.name == "positive" and term.order == 0
