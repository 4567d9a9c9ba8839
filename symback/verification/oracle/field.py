"""Numbers modulo a prime, and functions of which nothing is known but that they are functions.

A generic function's value at a point is drawn at random once and then kept, and so is that of each
of its derivatives; so an identity that holds for all functions holds here, and one that does not
fails but for an accident whose probability is below the degree of the expressions over the prime.
"""

from __future__ import annotations

from random import Random

__all__ = ["PRIME", "Field", "NoValueError"]

PRIME = 2305843009213690799
"""The largest prime below 2^61 that is -1 modulo 840, so that 2, 3, …, 10 are squares."""


class NoValueError(ArithmeticError):
    """A denominator is zero or a square root does not exist: other random values are wanted."""


class Field:
    """One draw of random values.

    Args:
        seed: of the draw; the same seed gives the same values.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._functions: dict[tuple[str, int, int], int] = {}
        self.pi = self.draw() ** 2 % PRIME  # a square, since its root is wanted

    def draw(self) -> int:
        """A new random number, not zero."""
        return self._random.randrange(1, PRIME)

    def inverse(self, value: int) -> int:
        """The reciprocal."""
        if value % PRIME == 0:
            raise NoValueError
        return pow(value, -1, PRIME)

    def power(self, base: int, top: int, bottom: int = 1) -> int:
        """``base ** (top / bottom)`` for square roots and whole powers."""
        if bottom == 2:
            root = pow(base, (PRIME + 1) // 4, PRIME)
            if root * root % PRIME != base % PRIME:
                raise NoValueError
            base = root
        elif bottom != 1:
            return self.generic(f"power {top}/{bottom}", 0, base)
        return pow(base, top, PRIME) if top >= 0 else pow(self.inverse(base), -top, PRIME)

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
