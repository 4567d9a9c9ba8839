"""Numbers with sixty digits, for what residues modulo a prime cannot say.

Residues know no order and of an exponential nothing but that it is a function: a maximum, a
condition on data, ``exp(a) exp(b) = exp(a + b)``.  What differs here differs.
"""

from __future__ import annotations

from random import Random
from typing import Any

from mpmath import MPContext

from symback.verification.oracle.field import Field, NoValueError, Number

__all__ = ["AGREED", "DIGITS", "Decimals"]

DIGITS = 60
"""Numbers are worked out with so many digits."""

AGREED = 40
"""Two numbers that agree to so many are taken for the same."""

TINY = 1e-9
"""A number that is nearer to a kink or to a pole than this is drawn anew."""


class Decimals(Field):
    """One draw of random values.

    Args:
        seed: of the draw; the same seed gives the same values.
        positive: whether every number is drawn positive, for logarithms and roots of what is given.
    """

    def __init__(self, seed: int, positive: bool = False) -> None:
        self._context: Any = MPContext()
        self._context.dps = DIGITS
        self._positive = positive
        super().__init__(seed)
        self.pi = self._context.pi + 0
        self._near = self._context.mpf(10) ** -AGREED

    def draw(self) -> Number:
        """A new random number, between -1.5 and 1.5 and not near 0."""
        size = self.draw_positive()
        return size if self._positive or self._random.random() < 0.5 else -size

    def draw_positive(self) -> Number:
        """A new random number between 0.25 and 1.5."""
        return self._context.mpf(self._random.getrandbits(64)) / 2**64 * 1.25 + 0.25

    def reduced(self, value: Number) -> Number:
        """The number itself."""
        return value

    def number(self, numerator: int, denominator: int = 1) -> Number:
        """A rational number."""
        return numerator if denominator == 1 else self._context.mpf(numerator) / denominator

    def same(self, left: Number, right: Number) -> bool:
        """Whether two numbers agree to forty digits."""
        return bool(abs(left - right) <= self._near * (1 + abs(left) + abs(right)))

    def ordered(self, value: Number) -> Number:
        """The number itself."""
        return value

    def inverse(self, value: Number) -> Number:
        """The reciprocal."""
        if abs(value) < TINY:
            raise NoValueError
        return 1 / self._context.mpf(value)

    def power(self, base: Number, top: int, bottom: int = 1) -> Number:
        """``base ** (top / bottom)``."""
        if bottom == 1:
            return base**top if top >= 0 else self.inverse(base) ** -top
        return self.real_power(base, self._context.mpf(top) / bottom)

    def real_power(self, base: Number, exponent: Number) -> Number:
        """A power of a positive number."""
        if base < TINY:
            raise NoValueError
        return self._context.mpf(base) ** exponent

    def generic(self, name: str, order: int, argument: Number) -> Number:
        """A function of which only the name is known: a sine and a square, and its derivatives."""
        draw = Random(f"{self._seed} {name}")
        # Products of floats would be rounded to sixteen digits, and slopes differ from differences.
        scale, speed, start, bend = (self._context.mpf(draw.uniform(0.5, 1.5)) for _ in range(4))
        turned = speed * argument + start + max(order, 0) * self.pi / 2
        value = scale * speed ** max(order, 0) * self._context.sin(turned)
        if order < 1:
            return value + bend * argument * argument
        return value + (2 * bend * argument if order == 1 else 2 * bend if order == 2 else 0)

    def exp(self, argument: Number) -> Number:
        """The exponential."""
        return self._context.exp(argument)

    def log(self, argument: Number) -> Number:
        """The logarithm of a positive number."""
        if argument < TINY:
            raise NoValueError
        return self._context.log(argument)

    def erf(self, argument: Number) -> Number:
        """The error function."""
        return self._context.erf(argument)

    def tanh(self, argument: Number) -> Number:
        """The hyperbolic tangent."""
        return self._context.tanh(argument)

    def circle(self, argument: Number) -> tuple[Number, Number]:
        """Sine and cosine."""
        return self._context.sin(argument), self._context.cos(argument)

    def sign(self, argument: Number) -> Number:
        """1 or -1, away from the kink."""
        if abs(argument) < TINY:
            raise NoValueError
        return 1 if argument > 0 else -1
