"""Numbers modulo a prime, and functions of which nothing is known but that they are functions.

A generic function's value at a point is drawn at random once and then kept, and so is that of each
of its derivatives; so an identity that holds for all functions holds here, and one that does not
fails but for an accident whose probability is below the degree of the expressions over the prime.
"""

from __future__ import annotations

from math import gcd
from random import Random
from typing import Any

__all__ = ["PRIME", "Field", "NoValueError", "Number"]

Number = Any
"""A residue, or a decimal of `symback.verification.oracle.decimals`."""

PRIME = 2305843009213690799
"""The largest prime below 2^61 that is -1 modulo 840, so that 2, 3, …, 10 are squares.

So half of all numbers have a square root, one root of a square has one again, and cube, fifth and
seventh roots always exist and are unique.
"""


class NoValueError(ArithmeticError):
    """A denominator is zero or a root does not exist: other random values are wanted."""


class Field:
    """One draw of random values.

    Args:
        seed: of the draw; the same seed gives the same values.
        formal: whether a root that does not exist is an unknown.  What is equal then is equal; what
            differs may do so only because the power of the unknown is not what it is a root of.

    Attributes:
        is_formal: whether there is such an unknown, or an order of residues was asked for; then
            what differs need not differ in real numbers.
        has_order: whether an order was asked for.
    """

    def __init__(self, seed: int, formal: bool = False) -> None:
        self._formal = formal
        self.is_formal = self.has_order = False
        self._seed = seed
        self._random = Random(seed)
        self._functions: dict[tuple[str, int, int], int] = {}
        self.pi = self.draw() ** 2 % PRIME  # a square, since its root is wanted

    def draw(self) -> int:
        """A new random number, not zero."""
        return self._random.randrange(1, PRIME)

    def draw_positive(self) -> Number:
        """A new random number for what is known to be positive."""
        return self.draw()

    def draw_index(self, name: str, position: int, count: int) -> int:
        """An entry of an array of indices, from 1 to a count: each array has its own."""
        return Random(f"{self._seed} {name} {position}").randrange(count) + 1

    def reduced(self, value: Number) -> Number:
        """A sum or a product of numbers as a number again."""
        return value % PRIME

    def number(self, numerator: int, denominator: int = 1) -> Number:
        """A rational number."""
        if denominator == 1:
            return numerator % PRIME
        return numerator * self.inverse(denominator) % PRIME

    def same(self, left: Number, right: Number) -> bool:
        """Whether two numbers are the same."""
        return bool((left - right) % PRIME == 0)

    def ordered(self, value: Number) -> Number:
        """What a number is ordered by: residues have no order, and any will do once."""
        self.is_formal = self.has_order = True
        value %= PRIME
        return value - PRIME if value > PRIME // 2 else value

    def real_power(self, base: Number, exponent: Number) -> Number:
        """A power that is neither whole nor a root.

        Raises:
            NoValueError: always, of residues.
        """
        raise NoValueError

    def inverse(self, value: int) -> int:
        """The reciprocal."""
        if value % PRIME == 0:
            raise NoValueError
        return pow(value, -1, PRIME)

    def power(self, base: int, top: int, bottom: int = 1) -> int:
        """``base ** (top / bottom)``."""
        if bottom != 1:
            base = self._root(base % PRIME, bottom)
        return pow(base, top, PRIME) if top >= 0 else pow(self.inverse(base), -top, PRIME)

    def _root(self, base: int, degree: int) -> int:
        root, halvings = base, (degree & -degree).bit_length() - 1
        for _ in range(halvings):
            # Of the two roots the one that is a square, so that it has a root as well.
            root = pow(root, (PRIME + 1) // 4, PRIME)
        odd = degree >> halvings
        if gcd(odd, PRIME - 1) == 1:
            root = pow(root, pow(odd, -1, PRIME - 1), PRIME)
            if pow(root, degree, PRIME) == base:
                return root
        if not self._formal:
            raise NoValueError
        self.is_formal = True
        return self.generic(f"root {degree}", 0, base)

    def generic(self, name: str, order: int, argument: int) -> int:
        """A function that is only known by name: one random number for each point."""
        key = (name, order, argument)
        if key not in self._functions:
            self._functions[key] = self.draw()
        return self._functions[key]

    def exp(self, argument: int) -> int:
        """An exponential: ``exp(-u)`` is ``1/exp(u)``, and nothing else is known of it."""
        if argument == 0:
            return 1
        if argument > PRIME // 2:
            return self.inverse(self.generic("exp", 0, PRIME - argument))
        return self.generic("exp", 0, argument)

    def log(self, argument: int) -> int:
        """A logarithm, of which nothing is used."""
        return self.generic("log", 0, argument)

    def erf(self, argument: int) -> int:
        """The error function, of which nothing is used."""
        return self.generic("erf", 0, argument)

    def tanh(self, argument: int) -> int:
        """The hyperbolic tangent, by the exponential."""
        square = self.exp(argument) ** 2
        return (square - 1) * self.inverse(square + 1) % PRIME

    def circle(self, argument: int) -> tuple[int, int]:
        """Sine and cosine: a point of the unit circle, mirrored for the opposite angle."""
        mirrored = argument > PRIME // 2
        t = self.generic("half-angle", 0, PRIME - argument if mirrored else argument)
        scale = self.inverse(1 + t * t)
        sine = 2 * t * scale % PRIME
        return (PRIME - sine if mirrored else sine), (1 - t * t) * scale % PRIME

    def sign(self, argument: int) -> int:
        """An odd function; nothing else is used of a sign, and so either branch is covered."""
        if argument > PRIME // 2:
            return PRIME - self.generic("sign", 0, PRIME - argument)
        return self.generic("sign", 0, argument)
