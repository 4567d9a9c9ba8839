"""Lines of numbers, judged by the digits they print.

Every printed decimal stands for all numbers that round to it; whole numbers are exact, and so is
what was given. Both sides are worked out as intervals, entry by entry where they are matrices, so
that carried rounding never makes a right line wrong; a result may also have been cut off instead of
rounded. A factor of one or two digits that no earlier line has found was given, and not rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction as Rational
from functools import partial

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
from symback.reading.meaning.intervals import (
    FUNCTIONS,
    SLOPES,
    Figures,
    Interval,
    NoValueError,
    absolute,
    enclosed,
    entrywise,
    increasing,
    inverse,
    logarithm,
    mapped,
    matrix_inverse,
    matrix_product,
    of_interval,
    plus,
    times,
)
from symback.reading.network.places import Function
from symback.reading.statements.verdicts import Status, Witness
from symback.reading.verdict import Verdict
from symback.records import dataclass

__all__ = [
    "Numbers",
    "compared",
    "compared_as_printed",
    "exactly",
    "holds_as_printed",
    "holds_if_rounded",
    "is_literal",
    "is_logistic",
    "other_bases",
    "printed_value",
    "printed_with",
]

_ENTRYWISE = frozenset([Operator.ODOT, Operator.CIRC, Operator.OTIMES, Operator.STAR])
_CUT = Rational(999_999, 1_000_000)
"""How much of a unit of the last digit is cut off at most: 0.9 is cut off to no 0.8."""
_MOST = 400  # the largest power of ten that is worked out


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is known of the numbers of an example.

    Attributes:
        values: the value of each symbol, call and derivative that has one.
        found: results, which later lines may carry on with fewer digits.
        euler: whether the letter e is Euler's number.
        pi: whether the letter pi is the number of the circle.
        logistic: names of functions that are the logistic one.
        base: the base of a logarithm that has none; None for Euler's number.
        exact: a number with at most so many digits, that no line has found, was not rounded.
        kept: the numbers of the link before, which stand for the same where they stand again.
    """

    values: Mapping[Node, Figures] = field(default_factory=dict)
    found: Sequence[Rational] = ()
    euler: bool = True
    pi: bool = True
    logistic: frozenset[str] = frozenset()
    base: int | None = None
    exact: int = 2
    kept: frozenset[Rational] = frozenset()

    def carried(self, low: Rational, high: Rational) -> Interval:
        """What a printed number stands for, and the results that it can be, cut off."""
        least, most = _as_result((low, high))
        results = [found for found in self.found if least <= found <= most]
        slack = (high - low) / 10  # a result was rounded itself, to more digits
        return min([low, *(x - slack for x in results)]), max([high, *(x + slack for x in results)])

    def is_carried(self, low: Rational, high: Rational) -> bool:
        """Say whether a printed number can be a result that was found before, with fewer digits."""
        least, most = _as_result((low, high))
        return any(least <= found <= most for found in self.found)


def compared_as_printed(left: Node, right: Node, numbers: Numbers) -> Verdict | None:
    """Compare two sides that are made of numbers alone; None for anything else."""
    alone = replace(numbers, values={})
    one = printed_value(left, alone)
    other = printed_value(right, alone)
    if one is None or other is None:
        return None
    if _is_exact(one, right) or _is_exact(other, left):
        return Verdict(Status.PROVED, "arithmetic")
    found = compared(one, other)
    if found is not None and found.status is Status.REFUTED:
        going_on = printed_value(right, _behind(left, alone))
        again = compared(one, going_on) if going_on is not None else None
        if again is not None and again.status is not Status.REFUTED:
            return again
        if holds_if_rounded(left, right, alone):
            return Verdict(Status.UNDECIDED, "too-close-to-call")
        for based in other_bases(numbers, left, right):
            if holds_as_printed(left, right, replace(based, values={})):
                return Verdict(Status.UNDECIDED, "undeclared", {"symbol": "log"})
    return found


def _behind(node: Node, numbers: Numbers) -> Numbers:
    """What is known of the numbers of the next link: parts of this one, with fewer digits.

    Of `6 - 0.00005 * 41.7 = 6 - 0.002` the last number is rounded, and 6 stands for itself.
    """
    values = (printed_value(part, numbers) for part in node.walk())
    found = (point for value in values if value is not None for point in value.points)
    kept = frozenset(part.value for part in node.walk() if isinstance(part, Number))
    return replace(numbers, found=(*numbers.found, *found), kept=kept)


def holds_as_printed(left: Node, right: Node, numbers: Numbers) -> bool:
    """Say whether two sides have values that can be of one number."""
    one, other = printed_value(left, numbers), printed_value(right, numbers)
    found = compared(one, other) if one is not None and other is not None else None
    return found is not None and found.status is not Status.REFUTED


def holds_if_rounded(left: Node, right: Node, numbers: Numbers) -> bool:
    """Say whether two sides agree where factors of two digits, as `0.53`, were rounded as well.

    Of which line such a factor is a result is not always seen. Terms of sums show how they were
    rounded.
    """
    if any(isinstance(n, Sum) and len(n.terms) > 1 for s in (left, right) for n in s.walk()):
        return False
    return holds_as_printed(left, right, replace(numbers, exact=1))


def other_bases(numbers: Numbers, *nodes: Node) -> Iterator[Numbers]:
    """The other bases that a logarithm without one may have: bits have 2, decibels 10."""
    calls = (node for side in nodes for node in side.walk() if isinstance(node, Call))
    if any(call.function.name == "log" for call in calls):
        yield from (replace(numbers, base=base) for base in (2, 10))


def _is_exact(value: Figures, literal: Node) -> bool:
    """Say whether a value without any rounding in it is the very number that is printed."""
    own = exactly(literal)
    if own is None or own.items != value.items:
        return False
    return all(low == high and low.denominator == 1 for low, high in value.items)


def compared(one: Figures, other: Figures) -> Verdict | None:
    """Compare two values by what their printed digits can stand for."""
    if (one.rows, one.columns) != (other.rows, other.columns):
        if len(one.items) != len(other.items) or 1 not in (one.rows, one.columns):
            return None
    if one.items == other.items and all(low == high for low, high in one.items):
        return Verdict(Status.PROVED, "arithmetic")
    shown = zip(one.points, other.points, strict=True)
    for first, second, points in zip(one.items, other.items, shown, strict=True):
        apart = first[0] > second[1] or second[0] > first[1]
        # Two roundings that have an end in common, as of 3 and 2, are of no one number.
        touch = first != second and (first[0] == second[1] or second[0] == first[1])
        wide = first[0] < first[1] and second[0] < second[1]
        if apart or (touch and wide):
            witness = Witness({}, *(f"{float(point):.9g}" for point in points))
            return Verdict(Status.REFUTED, "printed-digits", witness=witness)
    return Verdict(Status.AGREES, "printed-digits")


def _as_result(interval: Interval) -> Interval:
    """What a printed result stands for: its last digit may be cut off, a whole one is rounded."""
    low, high = interval
    if low == high:
        half = Rational(1, 2)
        return low - half, high + half
    unit, middle = high - low, (low + high) / 2
    cut = unit * _CUT
    if middle == 0:
        return -cut, cut
    return (low, middle + cut) if middle > 0 else (middle - cut, high)


def is_literal(node: Node) -> bool:
    """Say whether an expression is printed numbers as they stand, and nothing is worked out."""
    node = stripped(node)
    while isinstance(node, Brace):
        node = stripped(node.body)
    if isinstance(node, Sum):
        return len(node.terms) == 1 and is_literal(node.terms[0])
    if isinstance(node, Transpose):
        return is_literal(node.body)
    if isinstance(node, Matrix | Tuple):
        return all(map(is_literal, node.children()))
    return isinstance(node, Number)


def printed_value(node: Node, numbers: Numbers) -> Figures | None:
    """The numbers that an expression may stand for; None where it cannot be told.

    Args:
        node: the expression; where it is a printed number, what was rounded or cut off to it.
        numbers: what is known of its symbols.
    """
    try:
        if is_literal(node):
            literal = _Evaluator(numbers, rounded=True).value(node)
            items = tuple(map(_as_result, literal.items))
            return replace(literal, items=items, shown=literal.points)
        return _Evaluator(numbers).value(node)
    except (NoValueError, OverflowError, ZeroDivisionError, ValueError):
        return None


def printed_with(literal: Node, before: Node | None = None) -> Figures:
    """What printed numbers stand for, that may have been rounded from others already.

    Args:
        literal: printed numbers.
        before: the numbers with more decimals that they were rounded from.
    """
    own = _Evaluator(Numbers(), rounded=True).value(literal)
    if before is None:
        return own
    other = _Evaluator(Numbers(), rounded=True).value(before)
    if len(other.items) != len(own.items):
        return own
    items = []
    for at, fine in zip(own.items, other.items, strict=True):
        low, high = _as_result(at)
        once = (fine[1] - fine[0]) / 2
        items.append((low - once, high + once) if 2 * once < at[1] - at[0] else (low, high))
    return replace(own, items=tuple(items), shown=own.points)


def is_logistic(function: Function, numbers: Numbers) -> bool:
    """Say whether a function that a document writes out is the logistic one, by its values."""
    for at, wanted in ((1, 0.7310585786300049), (-2, 0.11920292202211755)):
        exact = Rational(at)
        values: dict[Node, Figures] = {function.variable: Figures(1, 1, ((exact, exact),))}
        found = printed_value(function.body, replace(numbers, values=values))
        if found is None or abs(float(found.items[0][0]) - wanted) > 1e-9:
            return False
    return True


def exactly(node: Node) -> Figures | None:
    """The printed numbers themselves, as what is given stands for; None for anything else."""
    if not is_literal(node):
        return None
    try:
        value = _Evaluator(Numbers(), rounded=True).value(node)
    except NoValueError:
        return None
    return replace(value, items=tuple((point, point) for point in value.points), shown=())


class _Evaluator:
    """Works expressions out in intervals."""

    def __init__(self, numbers: Numbers, *, rounded: bool = False) -> None:
        self.numbers = numbers
        self.rounded = rounded
        self.given = {
            low
            for figures in numbers.values.values()
            for low, high in figures.items
            if low == high and not numbers.is_carried(low, high)
        }

    def value(self, node: Node) -> Figures:
        rule = _RULES.get(type(node))
        if rule is None:
            raise NoValueError
        return rule(self, node)

    def number(self, node: Node) -> Interval:
        return self._single(node).items[0]

    def _single(self, node: Node) -> Figures:
        found = self.value(node)
        if not found.is_number:
            raise NoValueError
        return found

    def _number(self, node: Number) -> Figures:
        value = node.value
        if node.digits.isdecimal():
            return of_interval((value, value))
        mantissa, _, exponent = node.digits.lower().partition("e")
        places = len(mantissa.partition(".")[2]) - int(exponent or 0)
        half = Rational(1, 2) / Rational(10) ** max(-60, min(places, 60))
        if not self.rounded:
            digits = mantissa.replace(".", "").lstrip("0")
            short = len(digits) <= self.numbers.exact and (
                value in self.numbers.kept
                or not self.numbers.is_carried(value - half, value + half)
            )
            if short or value in self.given:
                return of_interval((value, value))
        printed = value - half, value + half
        return of_interval(printed if self.rounded else self.numbers.carried(*printed))

    def _symbol(self, node: Symbol) -> Figures:
        if node == Symbol("pi") and self.numbers.pi:
            return of_interval(enclosed(math.pi))
        return self._known(node)

    def _known(self, node: Node) -> Figures:
        found = self.numbers.values.get(node)
        if found is None:
            raise NoValueError
        return found

    def _inside(self, node: Group | Brace) -> Figures:
        return self.value(node.body)

    def _sum(self, node: Sum) -> Figures:
        total: Figures | None = None
        for sign, term in zip(node.signs, node.terms, strict=True):
            inner = self.value(term)
            if sign < 0:
                inner = mapped(inner, lambda x: (-x[1], -x[0]))
            total = inner if total is None else entrywise(total, inner, plus)
        assert total is not None
        return total

    def _product(self, node: Product) -> Figures:
        result = self.value(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            inner = self.value(factor)
            if operator is Operator.SLASH:
                result = entrywise(result, mapped(inner, inverse), times)
            elif result.is_number or inner.is_number or operator in _ENTRYWISE:
                result = entrywise(result, inner, times)
            else:
                result = matrix_product(result, inner)
        return result

    def _fraction(self, node: Fraction) -> Figures:
        above, below = self.value(node.numerator), self.value(node.denominator)
        return entrywise(above, mapped(below, inverse), times)

    def _power(self, node: Power) -> Figures:
        low, high = self.number(node.exponent)
        base = stripped(node.base)
        if base == Symbol("e") and self.numbers.euler and base not in self.numbers.values:
            return mapped(self._single(node.exponent), increasing(math.exp))
        value = self.value(node.base)
        if low != high or low.denominator != 1 or abs(low) > _MOST:
            raise NoValueError
        count = abs(int(low))
        if min(value.rows, value.columns) > 1 and low not in (0, 1):
            if low != -1:
                raise NoValueError  # each entry's power, or that of the matrix
            return matrix_inverse(value)
        if value.is_number and value.items[0][0] == value.items[0][1]:
            exact = value.items[0][0] ** int(low)
            return of_interval((exact, exact))
        if count > 8:
            raise NoValueError
        result = mapped(value, lambda _: (Rational(1), Rational(1)))
        for _ in range(count):
            result = entrywise(result, value, times)
        if count % 2 == 0:
            result = mapped(result, lambda x: (max(x[0], Rational(0)), x[1]))
        return mapped(result, inverse) if low < 0 else result

    def _sqrt(self, node: Sqrt) -> Figures:
        if node.degree is not None:
            raise NoValueError
        return mapped(self._single(node.body), increasing(math.sqrt))

    def _abs(self, node: Abs) -> Figures:
        return mapped(self._single(node.body), absolute)

    def _transpose(self, node: Transpose) -> Figures:
        body = self.value(node.body)
        order = [
            row * body.columns + column
            for column in range(body.columns)
            for row in range(body.rows)
        ]
        items, points = body.items, body.points
        return Figures(
            body.columns, body.rows, tuple(items[at] for at in order),
            tuple(points[at] for at in order),
        )  # fmt: skip

    def _matrix(self, node: Matrix) -> Figures:
        width = len(node.rows[0])
        if any(len(row) != width for row in node.rows):
            raise NoValueError
        return self._entries(len(node.rows), width, [entry for row in node.rows for entry in row])

    def _tuple(self, node: Tuple) -> Figures:
        return self._entries(1, len(node.items), node.items)

    def _entries(self, rows: int, columns: int, entries: Sequence[Node]) -> Figures:
        found = [self._single(entry) for entry in entries]
        items = tuple(each.items[0] for each in found)
        return Figures(rows, columns, items, tuple(each.points[0] for each in found))

    def _call(self, node: Call) -> Figures:
        if node in self.numbers.values:
            return self.numbers.values[node]
        name = " ".join([*node.function.accents, node.function.name])
        if len(node.arguments) != 1 or node.order > 1:
            raise NoValueError
        if name in self.numbers.logistic:
            name = "sigmoid"
        rule = (SLOPES if node.order else FUNCTIONS).get(name)
        if rule is None:
            raise NoValueError
        if name == "log" and self.numbers.base is not None:
            rule = increasing(partial(logarithm, self.numbers.base))
        return mapped(self.value(node.arguments[0]), rule)


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
