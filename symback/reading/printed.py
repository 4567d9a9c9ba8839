"""Lines of numbers, judged by the digits they print.

Every printed decimal stands for all numbers that round to it; whole numbers are exact. Both sides
are worked out as intervals, so that carried rounding never makes a right line wrong.
"""

from __future__ import annotations

from fractions import Fraction as Rational

from .names import everything
from .syntax import Brace, Fraction, Group, Node, Number, Operator, Power, Product, Sum
from .verdict import Verdict
from .verdicts import Status, Witness

__all__ = ["compared_as_printed", "interval"]

_ALLOWED = (Number, Group, Brace, Sum, Product, Fraction, Power)
Interval = tuple[Rational, Rational]


def compared_as_printed(left: Node, right: Node) -> Verdict | None:
    """Compare two sides that are made of numbers alone; None for anything else."""
    for side in (left, right):
        if not all(isinstance(node, _ALLOWED) for node in everything(side)):
            return None
    one, other = interval(left), interval(right)
    if one is None or other is None:
        return None
    if one == other and one[0] == one[1]:
        return Verdict(Status.PROVED, "arithmetic")
    if one[0] <= other[1] and other[0] <= one[1]:
        return Verdict(Status.AGREES, "printed-digits")
    witness = Witness({}, f"{float(sum(one) / 2):.9g}", f"{float(sum(other) / 2):.9g}")
    return Verdict(Status.REFUTED, "printed-digits", witness=witness)


def interval(node: Node) -> Interval | None:
    """The numbers that an expression may stand for; None where it cannot be told."""
    if isinstance(node, Number):
        value = node.value
        if node.digits.isdecimal():
            return value, value
        places = len(node.digits.partition(".")[2].rstrip("eE+-"))
        half = Rational(1, 2 * 10 ** min(places, 60))
        return value - half, value + half
    if isinstance(node, Group | Brace):
        return interval(node.body)
    if isinstance(node, Sum):
        total: Interval | None = (Rational(0), Rational(0))
        for sign, term in zip(node.signs, node.terms, strict=True):
            inner = interval(term)
            if inner is None or total is None:
                return None
            low, high = inner if sign > 0 else (-inner[1], -inner[0])
            total = total[0] + low, total[1] + high
        return total
    if isinstance(node, Product):
        result = interval(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            inner = interval(factor)
            if operator is Operator.SLASH:
                inner = _inverse(inner)
            result = _times(result, inner)
        return result
    if isinstance(node, Fraction):
        return _times(interval(node.numerator), _inverse(interval(node.denominator)))
    if isinstance(node, Power):
        base, exponent = interval(node.base), interval(node.exponent)
        if base is None or exponent is None or exponent[0] != exponent[1]:
            return None
        if exponent[0] not in (1, 2, 3):
            return None
        result = base
        for _ in range(int(exponent[0]) - 1):
            result = _times(result, base)
        return result
    return None


def _times(one: Interval | None, other: Interval | None) -> Interval | None:
    if one is None or other is None:
        return None
    corners = [a * b for a in one for b in other]
    return min(corners), max(corners)


def _inverse(one: Interval | None) -> Interval | None:
    if one is None or one[0] <= 0 <= one[1]:
        return None
    return 1 / one[1], 1 / one[0]
