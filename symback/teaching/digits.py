"""Numbers as people print them: read with the interval that their digits stand for, and written."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from symback.errors import InputError, quote
from symback.records import dataclass

__all__ = ["MAX_LENGTH", "Printed", "read_number", "round_to", "written"]

MAX_LENGTH = 60
"""No value that a person writes down is longer."""

_SIGNS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "－": "-", "＋": "+", "\u00a0": " ",
                        "\u202f": " ", "·": "*", "×": "*", "⋅": "*"})  # fmt: skip
_HIGH = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_DECIMAL = re.compile(
    r"([+-]?)\s*([0-9]*)(?:[.,]([0-9]*))?(?:(?:[eE]|\s*[*x]\s*10\s*\^?\s*)[({]?\s*([+-]?[0-9]{1,3})[)}]?)?"
)
LARGEST = 300
"""No number has more digits before its point."""

_EXACT = re.compile(
    r"([+-]?)\s*\(?\s*([0-9]*)\s*(?:/\s*([0-9]+))?\s*\)?"
    r"\s*\*?\s*(?:(?:ln|log)\s*\(?\s*([0-9]+)\s*(?:/\s*([0-9]+))?\s*\)?)?"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it was printed.

    Attributes:
        text: the digits as they were typed.
        value: what they say.
        half: half a unit of the last digit: the number may be that far away; 0 where it is exact.
    """

    text: str
    value: Any
    half: Any


def read_number(text: str) -> Printed:
    """Read a number in any of the ways in which people write one.

    A decimal point or comma, a minus sign of any kind, ``1.3e-4``, ``1,3·10^-4``, ``1/3``, ``2 ln
    2``, ``4/3 ln 2``.

    Raises:
        InputError: for anything else, with the text.
    """
    plain = text.strip().translate(_SIGNS)
    if len(plain) > MAX_LENGTH:
        raise InputError(f"{quote(text)} is too long for a number")
    if any(c in "⁰¹²³⁴⁵⁶⁷⁸⁹" for c in plain):
        plain = re.sub("10([⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "10^" + m[1].translate(_HIGH), plain)
    found = _DECIMAL.fullmatch(plain)
    if found and (found[2] or found[3]):
        return _decimal(text, found)
    found = _EXACT.fullmatch(plain)
    if found and (found[2] or found[4]):
        return _exact(text, found)
    raise InputError(f"{quote(text)} is no number")


def _decimal(text: str, found: re.Match[str]) -> Printed:
    sign, whole, part, power = found.groups()
    if int(power or 0) + len(whole or "") > LARGEST:
        raise InputError(f"{quote(text)} is too large for a number")
    unit = Fraction(10) ** (int(power or 0) - len(part or ""))
    value = int((whole or "") + (part or "")) * unit * (-1 if sign == "-" else 1)
    # `1e2` is a whole number, and was not rounded to hundreds.
    return Printed(text.strip(), value, min(unit, Fraction(1)) / 2)


def _exact(text: str, found: re.Match[str]) -> Printed:
    sign, above, below, log, log_below = found.groups()
    if "0" in (below or "1", log_below or "1") or not int(below or 1) or not int(log_below or 1):
        raise InputError(f"{quote(text)} divides by zero")
    value: Any = Fraction(int(above or 1), int(below or 1)) * (-1 if sign == "-" else 1)
    if log is not None:
        argument = Fraction(int(log), int(log_below or 1))
        if argument <= 0:
            raise InputError(f"{quote(text)} has the logarithm of zero")
        value = float(value) * math.log(argument)
        return Printed(text.strip(), value, abs(value) * 1e-15)
    return Printed(text.strip(), value, Fraction(0))


def round_to(value: Any, digits: int) -> Fraction:
    """A number rounded to so many decimals, halves away from zero."""
    if isinstance(value, int | Fraction):
        scaled = Fraction(value) * 10**digits
        whole = math.floor(abs(scaled) + Fraction(1, 2))
        return Fraction(whole if scaled >= 0 else -whole, 10**digits)
    exact = Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return Fraction(exact)


def written(value: Any, digits: int, *, strict: bool = False) -> str:
    """A number to so many decimals, without zeros at the end where it is exact.

    Args:
        value: an integer, a fraction or a float.
        digits: the decimals.
        strict: no more decimals, even where a small number then shows fewer than three digits.
    """
    if hasattr(value, "written"):
        return str(value.written())
    if value == 0:
        return "0"
    if isinstance(value, int | Fraction) and (10**digits * Fraction(value)).denominator == 1:
        return _trimmed(Decimal(int(value * 10**digits)).scaleb(-digits))
    size = abs(float(value))
    if size and not strict and size < 10.0 ** (2 - digits):
        digits = min(2 - math.floor(math.log10(size)), 30)
        if abs(round_to(value, digits)) * 10**digits >= 1000:  # it was rounded up to a fourth
            digits -= 1
    if size >= 1e12 or (size and size < 1e-25):
        return f"{float(value):.6e}"
    rounded = round_to(value, digits)
    sign = "-" if rounded < 0 else ""
    whole = abs(int(rounded * 10**digits))
    text = str(whole).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else f"{sign}{text}"


def _trimmed(number: Decimal) -> str:
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text
