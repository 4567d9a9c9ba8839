"""Lines of numbers, judged by the digits they print.

Every printed decimal stands for all numbers that round to it; whole numbers are exact. Both sides
are worked out as intervals, entry by entry where they are matrices, so that carried rounding never
makes a right line wrong; a result may also have been cut off instead of rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction as Rational

from symback.reading.formula.syntax import (
    Abs,
    Brace,
    Call,
    Derivative,
    Fraction,
    Group,
    Matrix,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Sqrt,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)  # fmt: skip
from symback.reading.statements.verdicts import Status, Witness
from symback.reading.verdict import Verdict

__all__ = ["Figures", "Values", "compared", "compared_as_printed", "printed_value"]

Interval = tuple[Rational, Rational]
_ENTRYWISE = frozenset([Operator.ODOT, Operator.CIRC, Operator.OTIMES, Operator.STAR])
_MOST = 400  # the largest power of ten that is worked out
_LARGE = 700  # where exp leaves the range of a float
_SMALL = Rational(1, 10**12)


@dataclass(frozen=True, slots=True)
class Figures:
    """A matrix of intervals, row by row; a number is one of one entry."""

    rows: int
    columns: int
    items: tuple[Interval, ...]

    @property
    def is_number(self) -> bool:
        """Whether it is one entry."""
        return len(self.items) == 1


Values = Mapping[Node, Figures]
"""The value of each symbol, call and derivative that has one."""


def compared_as_printed(
    left: Node, right: Node, logistic: frozenset[str] = frozenset()
) -> Verdict | None:
    """Compare two sides that are made of numbers alone; None for anything else."""
    one, other = printed_value(left, {}, logistic), printed_value(right, {}, logistic)
    if one is None or other is None:
        return None
    return compared(one, other)


def compared(one: Figures, other: Figures) -> Verdict | None:
    """Compare two values by what their printed digits can stand for."""
    if (one.rows, one.columns) != (other.rows, other.columns):
        if len(one.items) != len(other.items) or 1 not in (one.rows, one.columns):
            return None
    if one.items == other.items and all(low == high for low, high in one.items):
        return Verdict(Status.PROVED, "arithmetic")
    for first, second in zip(one.items, other.items, strict=True):
        # A cut-off last digit is as good as a rounded one.
        slack = max(_width(first), _width(second)) / 2
        if first[0] > second[1] + slack or second[0] > first[1] + slack:
            witness = Witness({}, f"{_middle(first):.9g}", f"{_middle(second):.9g}")
            return Verdict(Status.REFUTED, "printed-digits", witness=witness)
    return Verdict(Status.AGREES, "printed-digits")


def _width(interval: Interval) -> Rational:
    """How far a value can be from what is printed: a whole number may be rounded too."""
    low, high = interval
    return high - low if high > low else Rational(low.denominator == 1)


def printed_value(
    node: Node, values: Values, logistic: frozenset[str] = frozenset()
) -> Figures | None:
    """The numbers that an expression may stand for; None where it cannot be told.

    Args:
        node: the expression.
        values: what its symbols stand for.
        logistic: names of functions that are the logistic one.
    """
    try:
        return _Evaluator(values, logistic).value(node)
    except (_Unknown, OverflowError, ZeroDivisionError, ValueError):
        return None


class _Unknown(Exception):
    """Something has no value."""


class _Evaluator:
    """Works expressions out in intervals."""

    def __init__(self, values: Values, logistic: frozenset[str]) -> None:
        self.values = values
        self.logistic = logistic

    def value(self, node: Node) -> Figures:
        rule = _RULES.get(type(node))
        if rule is None:
            raise _Unknown
        return rule(self, node)

    def number(self, node: Node) -> Interval:
        found = self.value(node)
        if not found.is_number:
            raise _Unknown
        return found.items[0]

    def _number(self, node: Number) -> Figures:
        value = node.value
        if node.digits.isdecimal():
            return _one((value, value))
        mantissa, _, exponent = node.digits.lower().partition("e")
        places = len(mantissa.partition(".")[2]) - int(exponent or 0)
        half = Rational(1, 2) / Rational(10) ** max(-60, min(places, 60))
        return _one((value - half, value + half))

    def _symbol(self, node: Symbol) -> Figures:
        if node == Symbol("pi"):
            return _one(_float(math.pi))
        return self._known(node)

    def _known(self, node: Node) -> Figures:
        found = self.values.get(node)
        if found is None:
            raise _Unknown
        return found

    def _inside(self, node: Group | Brace) -> Figures:
        return self.value(node.body)

    def _sum(self, node: Sum) -> Figures:
        total: Figures | None = None
        for sign, term in zip(node.signs, node.terms, strict=True):
            inner = self.value(term)
            if sign < 0:
                inner = _map(inner, lambda x: (-x[1], -x[0]))
            total = inner if total is None else _entrywise(total, inner, _plus)
        assert total is not None
        return total

    def _product(self, node: Product) -> Figures:
        result = self.value(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            inner = self.value(factor)
            if operator is Operator.SLASH:
                result = _entrywise(result, _map(inner, _inverse), _times)
            elif result.is_number or inner.is_number or operator in _ENTRYWISE:
                result = _entrywise(result, inner, _times)
            else:
                result = _matrix_product(result, inner)
        return result

    def _fraction(self, node: Fraction) -> Figures:
        above, below = self.value(node.numerator), self.value(node.denominator)
        return _entrywise(above, _map(below, _inverse), _times)

    def _power(self, node: Power) -> Figures:
        low, high = self.number(node.exponent)
        base = stripped(node.base)
        if base == Symbol("e"):
            return _one(_monotone(math.exp, (low, high)))
        value = self.value(node.base)
        if low != high or low.denominator != 1 or abs(low) > _MOST:
            raise _Unknown
        times = abs(int(low))
        if value.is_number and value.items[0][0] == value.items[0][1]:
            exact = value.items[0][0] ** int(low)
            return _one((exact, exact))
        if times > 8:
            raise _Unknown
        result = _map(value, lambda _: (Rational(1), Rational(1)))
        for _ in range(times):
            result = _entrywise(result, value, _times)
        if times % 2 == 0:
            result = _map(result, lambda x: (max(x[0], Rational(0)), x[1]))
        return _map(result, _inverse) if low < 0 else result

    def _sqrt(self, node: Sqrt) -> Figures:
        if node.degree is not None:
            raise _Unknown
        return _one(_monotone(math.sqrt, self.number(node.body)))

    def _abs(self, node: Abs) -> Figures:
        low, high = self.number(node.body)
        least = Rational(0) if low <= 0 <= high else min(abs(low), abs(high))
        return _one((least, max(abs(low), abs(high))))

    def _transpose(self, node: Transpose) -> Figures:
        body = self.value(node.body)
        items = tuple(
            body.items[row * body.columns + column]
            for column in range(body.columns)
            for row in range(body.rows)
        )
        return Figures(body.columns, body.rows, items)

    def _matrix(self, node: Matrix) -> Figures:
        width = len(node.rows[0])
        if any(len(row) != width for row in node.rows):
            raise _Unknown
        items = tuple(self.number(entry) for row in node.rows for entry in row)
        return Figures(len(node.rows), width, items)

    def _tuple(self, node: Tuple) -> Figures:
        return Figures(1, len(node.items), tuple(map(self.number, node.items)))

    def _call(self, node: Call) -> Figures:
        if node in self.values:
            return self.values[node]
        name = " ".join([*node.function.accents, node.function.name])
        if len(node.arguments) != 1 or node.order > 1:
            raise _Unknown
        if name in self.logistic:
            name = "sigmoid"
        rule = (_SLOPES if node.order else _FUNCTIONS).get(name)
        if rule is None:
            raise _Unknown
        return _map(self.value(node.arguments[0]), rule)


def _one(interval: Interval) -> Figures:
    return Figures(1, 1, (interval,))


def _map(value: Figures, rule: Callable[[Interval], Interval]) -> Figures:
    return Figures(value.rows, value.columns, tuple(map(rule, value.items)))


def _entrywise(
    left: Figures, right: Figures, rule: Callable[[Interval, Interval], Interval]
) -> Figures:
    if left.is_number and not right.is_number:
        return _map(right, lambda x: rule(left.items[0], x))
    if right.is_number:
        return _map(left, lambda x: rule(x, right.items[0]))
    if (left.rows, left.columns) != (right.rows, right.columns):
        raise _Unknown
    return Figures(left.rows, left.columns, tuple(map(rule, left.items, right.items)))


def _matrix_product(left: Figures, right: Figures) -> Figures:
    if left.columns != right.rows:
        if (left.rows, left.columns) == (right.rows, right.columns):
            return _entrywise(left, right, _times)
        raise _Unknown
    items = []
    for row in range(left.rows):
        for column in range(right.columns):
            total: Interval = (Rational(0), Rational(0))
            for inner in range(left.columns):
                one = left.items[row * left.columns + inner]
                total = _plus(total, _times(one, right.items[inner * right.columns + column]))
            items.append(total)
    return Figures(left.rows, right.columns, tuple(items))


def _plus(one: Interval, other: Interval) -> Interval:
    return one[0] + other[0], one[1] + other[1]


def _times(one: Interval, other: Interval) -> Interval:
    corners = [a * b for a in one for b in other]
    return min(corners), max(corners)


def _inverse(one: Interval) -> Interval:
    if one[0] <= 0 <= one[1]:
        raise _Unknown
    return 1 / one[1], 1 / one[0]


def _float(value: float) -> Interval:
    exact = Rational(value)
    slack = abs(exact) * _SMALL + _SMALL / 1000
    return exact - slack, exact + slack


def _monotone(function: Callable[[float], float], at: Interval) -> Interval:
    if max(map(abs, at)) > _LARGE:
        raise _Unknown
    return _float(function(float(at[0])))[0], _float(function(float(at[1])))[1]


def _middle(interval: Interval) -> float:
    return float(sum(interval) / 2)


def _logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _bell(slope: Callable[[float], float]) -> Callable[[Interval], Interval]:
    """A slope that is largest at 0 and falls on both sides."""

    def rule(at: Interval) -> Interval:
        ends = [_float(slope(float(end))) for end in at]
        top = _float(slope(0.0)) if at[0] <= 0 <= at[1] else max(ends)
        return min(ends)[0], max(top, *ends)[1]

    return rule


def _increasing(function: Callable[[float], float]) -> Callable[[Interval], Interval]:
    return lambda at: _monotone(function, at)


_FUNCTIONS: dict[str, Callable[[Interval], Interval]] = {
    "exp": _increasing(math.exp),
    "log": _increasing(math.log),
    "ln": _increasing(math.log),
    "sqrt": _increasing(math.sqrt),
    "tanh": _increasing(math.tanh),
    "sigmoid": _increasing(_logistic),
    "ReLU": lambda at: (max(at[0], Rational(0)), max(at[1], Rational(0))),
    "relu": lambda at: (max(at[0], Rational(0)), max(at[1], Rational(0))),
}

_SLOPES: dict[str, Callable[[Interval], Interval]] = {
    "exp": _increasing(math.exp),
    "tanh": _bell(lambda z: 1 - math.tanh(z) ** 2),
    "sigmoid": _bell(lambda z: _logistic(z) * (1 - _logistic(z))),
}

_RULES: dict[type[Node], Callable[..., Figures]] = {
    Number: _Evaluator._number,
    Symbol: _Evaluator._symbol,
    Group: _Evaluator._inside,
    Brace: _Evaluator._inside,
    Sum: _Evaluator._sum,
    Product: _Evaluator._product,
    Fraction: _Evaluator._fraction,
    Power: _Evaluator._power,
    Sqrt: _Evaluator._sqrt,
    Abs: _Evaluator._abs,
    Transpose: _Evaluator._transpose,
    Matrix: _Evaluator._matrix,
    Tuple: _Evaluator._tuple,
    Call: _Evaluator._call,
    Derivative: _Evaluator._known,
}
