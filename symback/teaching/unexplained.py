"""What is said of a wrong value that no slip of the catalogue gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from symback.errors import InputError
from symback.teaching.digits import Printed, read_number

__all__ = ["half_of", "is_cut", "is_fine", "unexplained"]

DISTINCT = 4
"""With fewer digits a value could be that of something else by chance."""

FINE = Fraction(1, 2000)
"""Half a unit of the third digit behind the point."""

SMALL = 0.02
"""A relative distance below which an error is one of arithmetic."""


def half_of(printed: Printed) -> float:
    """How far the true value may be from a printed one.

    Half a unit of its last digit; but a whole number was hardly rounded to one: 3 is not 2.6.
    """
    return 0.005 if printed.half == Fraction(1, 2) else float(printed.half)


def is_fine(printed: Printed) -> bool:
    """Whether a value has so many digits that its last one can be off by rounding on the way.

    Three significant digits, or three behind the point: 0.1 for 0.02 is another number.
    """
    return bool(printed.half) and (_digits(printed.text) >= 3 or printed.half <= FINE)


def is_cut(printed: Printed) -> bool:
    """Whether a value of two significant digits may have been cut off where it was to be rounded.

    Asked only where no slip gives the value: 0.12 for 0.1291.
    """
    return printed.half < Fraction(1, 2) and _digits(printed.text) >= 2


def unexplained(
    printed: Printed, expected: float, reach: float, others: Iterable[float] = ()
) -> str:
    """What is said of a wrong value that no slip of the catalogue gives.

    Args:
        printed: the value.
        expected: what follows from those above it.
        reach: how far the true value may be from that.
        others: the right values of everything else in the problem.
    """
    value, half = float(printed.value), half_of(printed)

    def near(other: float) -> bool:
        return abs(value - other) <= half + 2 * reach

    if expected and near(-expected):
        return "negated"
    if expected and near(2 * expected):
        return "doubled"
    if expected and near(expected / 2):
        return "halved"
    if _is_copying(printed, expected, reach):
        return "copying"
    if abs(value - expected) <= SMALL * abs(expected) + 20 * half:
        return "arithmetic"
    if _digits(printed.text) >= DISTINCT and any(abs(value - other) <= half for other in others):
        return "other-value"
    return "unexplained"


def _digits(text: str) -> int:
    """The significant digits of a number as it is typed."""
    return len(re.sub(r"[^0-9]", "", re.split("[eE]", text)[0]).lstrip("0"))


def _is_copying(printed: Printed, expected: float, reach: float) -> bool:
    """Whether two neighbouring digits were exchanged."""
    text = printed.text
    half = half_of(printed)
    for place in range(len(text) - 1):
        left, right = text[place], text[place + 1]
        if left.isdigit() and right.isdigit() and left != right:
            other = text[:place] + right + left + text[place + 2 :]
            try:
                value = float(read_number(other).value)
            except InputError:
                continue
            if abs(value - expected) <= half + reach:
                return True
    return False
