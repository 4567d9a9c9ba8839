"""Intervals, which rounded figures may stand for, matrices of them, and functions of both."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import field
from fractions import Fraction as Rational

from symback.records import dataclass

__all__ = [
    "FUNCTIONS",
    "SLOPES",
    "Figures",
    "Interval",
    "NoValueError",
    "absolute",
    "enclosed",
    "entrywise",
    "increasing",
    "inverse",
    "logarithm",
    "mapped",
    "matrix_inverse",
    "matrix_product",
    "of_interval",
    "plus",
    "times",
]

Interval = tuple[Rational, Rational]
_LARGE = 700  # where exp leaves the range of a float
_SMALL = Rational(1, 10**12)


@dataclass(frozen=True, slots=True)
class Figures:
    """A matrix of intervals, row by row; a number is one of one entry.

    Attributes:
        rows: how many rows it has.
        columns: how many columns.
        items: what each entry may stand for.
        shown: the entries themselves, worked out with the digits as they are printed; without
            them the middle of each interval.
    """

    rows: int
    columns: int
    items: tuple[Interval, ...]
    shown: tuple[Rational, ...] = field(default=(), compare=False)

    @property
    def is_number(self) -> bool:
        """Whether it is one entry."""
        return len(self.items) == 1

    @property
    def points(self) -> tuple[Rational, ...]:
        """The entries as they are shown."""
        return self.shown or tuple(map(_middle, self.items))


class NoValueError(Exception):
    """Something has no value."""


def of_interval(interval: Interval) -> Figures:
    """A number that may be any of an interval."""
    return Figures(1, 1, (interval,))


def mapped(value: Figures, rule: Callable[[Interval], Interval]) -> Figures:
    """A function of every entry."""
    shown = tuple(_middle(rule((point, point))) for point in value.points)
    return Figures(value.rows, value.columns, tuple(map(rule, value.items)), shown)


def entrywise(
    left: Figures, right: Figures, rule: Callable[[Interval, Interval], Interval]
) -> Figures:
    """A function of the entries in the same places; a number goes with every entry."""
    if left.is_number and not right.is_number:
        left = _repeated(left, right)
    elif right.is_number and not left.is_number:
        right = _repeated(right, left)
    if (left.rows, left.columns) != (right.rows, right.columns):
        raise NoValueError
    items = tuple(map(rule, left.items, right.items))
    shown = (rule((a, a), (b, b)) for a, b in zip(left.points, right.points, strict=True))
    return Figures(left.rows, left.columns, items, tuple(map(_middle, shown)))


def _repeated(number: Figures, beside: Figures) -> Figures:
    """A number in every entry of a matrix."""
    count = len(beside.items)
    return Figures(beside.rows, beside.columns, number.items * count, number.points * count)


def matrix_product(left: Figures, right: Figures) -> Figures:
    """The product of two matrices; entry by entry where it is none and shapes are the same."""
    if left.columns != right.rows:
        if (left.rows, left.columns) == (right.rows, right.columns):
            return entrywise(left, right, times)
        raise NoValueError
    items, shown = [], []
    for row in range(left.rows):
        for column in range(right.columns):
            total: Interval = (Rational(0), Rational(0))
            point = Rational(0)
            for inner in range(left.columns):
                here, there = row * left.columns + inner, inner * right.columns + column
                total = plus(total, times(left.items[here], right.items[there]))
                point += left.points[here] * right.points[there]
            items.append(total)
            shown.append(point)
    return Figures(left.rows, right.columns, tuple(items), tuple(shown))


def matrix_inverse(value: Figures) -> Figures:
    """The inverse of a square matrix of exact numbers.

    Raises:
        NoValueError: for one of rounded numbers, that is not square, or that has none.
    """
    size = value.rows
    if size != value.columns or any(low != high for low, high in value.items):
        raise NoValueError
    rows = [
        [value.items[row * size + column][0] for column in range(size)]
        + [Rational(int(row == column)) for column in range(size)]
        for row in range(size)
    ]
    for at in range(size):
        pivot = next((row for row in range(at, size) if rows[row][at] != 0), None)
        if pivot is None:
            raise NoValueError
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [entry / rows[at][at] for entry in rows[at]]
        for other in range(size):
            if other != at:
                factor = rows[other][at]
                rows[other] = [x - factor * y for x, y in zip(rows[other], rows[at], strict=True)]
    found = tuple(entry for row in rows for entry in row[size:])
    return Figures(size, size, tuple((entry, entry) for entry in found), found)


def plus(one: Interval, other: Interval) -> Interval:
    """The sums of the numbers of two intervals."""
    return one[0] + other[0], one[1] + other[1]


def times(one: Interval, other: Interval) -> Interval:
    """The products of the numbers of two intervals."""
    corners = [a * b for a in one for b in other]
    return min(corners), max(corners)


def inverse(one: Interval) -> Interval:
    """The reciprocals of an interval without 0."""
    if one[0] <= 0 <= one[1]:
        raise NoValueError
    return 1 / one[1], 1 / one[0]


def absolute(one: Interval) -> Interval:
    """The absolute values of an interval."""
    low, high = one
    least = Rational(0) if low <= 0 <= high else min(abs(low), abs(high))
    return least, max(abs(low), abs(high))


def enclosed(value: float) -> Interval:
    """An interval that holds what a float was rounded from."""
    exact = Rational(value)
    slack = abs(exact) * _SMALL + _SMALL / 1000
    return exact - slack, exact + slack


def _monotone(function: Callable[[float], float], at: Interval) -> Interval:
    if max(map(abs, at)) > _LARGE:
        raise NoValueError
    return enclosed(function(float(at[0])))[0], enclosed(function(float(at[1])))[1]


def _middle(interval: Interval) -> Rational:
    return (interval[0] + interval[1]) / 2


def logarithm(base: int, x: float) -> float:
    """The logarithm to a base."""
    return math.log(x, base)


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _bell(slope: Callable[[float], float]) -> Callable[[Interval], Interval]:
    """A slope that is largest at 0 and falls on both sides."""

    def rule(at: Interval) -> Interval:
        ends = [enclosed(slope(float(end))) for end in at]
        top = enclosed(slope(0.0)) if at[0] <= 0 <= at[1] else max(ends)
        return min(ends)[0], max(top, *ends)[1]

    return rule


def increasing(function: Callable[[float], float]) -> Callable[[Interval], Interval]:
    """The values of an increasing function on an interval, of one where floats can hold them."""
    return lambda at: _monotone(function, at)


FUNCTIONS: dict[str, Callable[[Interval], Interval]] = {
    "exp": increasing(math.exp),
    "log": increasing(math.log),
    "ln": increasing(math.log),
    "sqrt": increasing(math.sqrt),
    "tanh": increasing(math.tanh),
    "sigmoid": increasing(_logistic),
    "ReLU": lambda at: (max(at[0], Rational(0)), max(at[1], Rational(0))),
    "relu": lambda at: (max(at[0], Rational(0)), max(at[1], Rational(0))),
}


SLOPES: dict[str, Callable[[Interval], Interval]] = {
    "exp": increasing(math.exp),
    "tanh": _bell(lambda z: 1 - math.tanh(z) ** 2),
    "sigmoid": _bell(lambda z: _logistic(z) * (1 - _logistic(z))),
}
