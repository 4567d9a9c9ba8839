"""Numbers that are fractions, or fractions times products of logarithms: no rounding, one answer.

``sigma(m ln 2) = 2^m/(1 + 2^m)``, so integer matrices times ``ln 2`` keep every value exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symback.teaching.terms import FLOATS, Functions

__all__ = ["EXACT", "Exact", "log_of"]

Monomial = tuple[int, ...]
"""The primes whose logarithms are multiplied, sorted; empty for 1."""


class Exact:
    """A sum of fractions times products of logarithms of primes."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {key: value for key, value in sorted(terms.items()) if value}

    @staticmethod
    def of(value: Any) -> Exact | None:
        """An exact number from an integer or a fraction; None from a float."""
        if isinstance(value, Exact):
            return value
        if isinstance(value, int | Fraction):
            return Exact({(): Fraction(value)})
        return None

    def simple(self) -> Any:
        """The fraction that it is, or itself."""
        if not self.terms:
            return Fraction(0)
        return self.terms[()] if set(self.terms) == {()} else self

    def __add__(self, other: Any) -> Any:
        right = Exact.of(other)
        if right is None:
            return float(self) + other
        terms = dict(self.terms)
        for key, value in right.terms.items():
            terms[key] = terms.get(key, Fraction(0)) + value
        return Exact(terms).simple()

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        right = Exact.of(other)
        if right is None:
            return float(self) * other
        terms: dict[Monomial, Fraction] = {}
        for own, a in self.terms.items():
            for its, b in right.terms.items():
                key = tuple(sorted(own + its))
                terms[key] = terms.get(key, Fraction(0)) + a * b
        return Exact(terms).simple()

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return self * -1

    def __sub__(self, other: Any) -> Any:
        return self + (-1 * other)

    def __rsub__(self, other: Any) -> Any:
        return (self * -1) + other

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, int | Fraction):
            return self * (Fraction(1) / other)
        return float(self) / float(other)

    def __rtruediv__(self, other: Any) -> Any:
        return float(other) / float(self)

    def __pow__(self, exponent: int) -> Any:
        result: Any = Fraction(1)
        for _ in range(exponent):
            result = result * self
        return result

    def __float__(self) -> float:
        return math.fsum(
            float(value) * math.prod(math.log(p) for p in key) for key, value in self.terms.items()
        )

    def __abs__(self) -> Any:
        return self if float(self) >= 0 else self * -1

    def __eq__(self, other: object) -> bool:
        right = Exact.of(other)
        return right is not None and self.terms == right.terms

    def __hash__(self) -> int:
        return hash(tuple(self.terms.items()))

    def __lt__(self, other: Any) -> bool:
        return float(self) < float(other)

    def __gt__(self, other: Any) -> bool:
        return float(self) > float(other)

    def __le__(self, other: Any) -> bool:
        return float(self) <= float(other)

    def __ge__(self, other: Any) -> bool:
        return float(self) >= float(other)

    def __repr__(self) -> str:
        return f"Exact({self.written()})"

    def to_decimal(self, own: Any) -> Any:
        """The number in an mpmath context."""
        return own.fsum(
            own.mpf(v.numerator) / v.denominator * own.fprod(own.log(p) for p in key)
            for key, v in self.terms.items()
        )

    def written(self) -> str:
        """As it is printed: ``4/3 ln 2``, ``1/2 - 2 ln 3``."""
        text = ""
        for key, value in self.terms.items():
            size = abs(value)
            front = "" if key and size == 1 else str(size)
            logs = f"ln {' '.join(map(str, key))}" if key else ""
            term = " ".join(filter(None, (front, logs)))
            if not text:
                text = f"-{term}" if value < 0 else term
            else:
                text += f" - {term}" if value < 0 else f" + {term}"
        return text or "0"


def log_of(value: Fraction, scale: Fraction = Fraction(1)) -> Any:
    """A fraction times the logarithm of a positive fraction, by its primes."""
    terms: dict[Monomial, Fraction] = {}
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        rest, prime = number, 2
        while rest > 1:
            if prime * prime > rest:
                prime = rest
            while rest % prime == 0:
                terms[(prime,)] = terms.get((prime,), Fraction(0)) + sign * scale
                rest //= prime
            prime += 1
    return Exact(terms).simple()


def _power(value: Any, times: int = 1) -> Fraction | None:
    """``exp(times * value)`` where that is a fraction."""
    if value == 0:
        return Fraction(1)
    if not isinstance(value, Exact):
        return None
    result = Fraction(1)
    for key, factor in value.terms.items():
        exponent = factor * times
        if len(key) != 1 or exponent.denominator != 1 or abs(exponent) > 40:
            return None
        result *= Fraction(key[0]) ** int(exponent)
    return result


def _exp(z: Any) -> Any:
    power = _power(z)
    return math.exp(float(z)) if power is None else power


def _sigmoid(z: Any) -> Any:
    power = _power(z)
    return FLOATS["sigmoid"](float(z)) if power is None else power / (1 + power)


def _tanh(z: Any) -> Any:
    power = _power(z, 2)
    return math.tanh(float(z)) if power is None else (power - 1) / (power + 1)


def _softmax(position: int, row: list[Any]) -> Any:
    powers = [_power(z) for z in row]
    if any(power is None for power in powers):
        return FLOATS["softmax"](position, [float(z) for z in row])
    known = [power for power in powers if power is not None]
    return known[position] / sum(known)


def _log(z: Any) -> Any:
    if isinstance(z, int | Fraction) and z > 0 and max(Fraction(z).as_integer_ratio()) < 10**9:
        return log_of(Fraction(z))
    return math.log(float(z))


EXACT: Functions = {
    **FLOATS,
    "exp": _exp,
    "log": _log,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "softmax": _softmax,
    "sqrt": lambda z: math.sqrt(float(z)),
    "sin": lambda z: math.sin(float(z)),
    "cos": lambda z: math.cos(float(z)),
    "erf": lambda z: math.erf(float(z)),
    "softplus": lambda z: FLOATS["softplus"](float(z)),
}
"""Exact where that goes on, floats beyond: after a step of descent, say."""
