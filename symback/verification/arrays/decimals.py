"""Arrays of decimals of sixty digits and more, as integers scaled by a power of two.

Sums and products are those of integers, so that a network of a hundred thousand weights is worked
out in some milliseconds; only functions go through mpmath.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from itertools import repeat
from math import prod
from random import Random
from typing import Any

from symback.verification.arrays.lists import Lists
from symback.verification.arrays.tensor import NoValueError, Shape, Tensor

__all__ = ["BITS", "DIGITS", "Decimals"]

DIGITS = 60
"""As many digits are wanted after a difference has been divided by its step's square."""

BITS = 256
"""The places after the binary point."""

ONE = 1 << BITS
GUARD = 24


class Decimals(Lists):
    """Arithmetic on scaled integers; an entry ``n`` stands for ``n / 2**256``.

    Args:
        seed: of what is drawn.
    """

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def number(self, numerator: int, denominator: int = 1) -> Tensor:
        """A rational number, as an array without axes."""
        return Tensor((), (), [(numerator << BITS) // denominator])

    def draw(self, shape: Shape) -> list[int]:
        """Random numbers between -1 and 1."""
        return self.between(-1, 1, shape)

    def between(self, low: Fraction | int, high: Fraction | int, shape: Shape) -> list[int]:
        """Random numbers between two bounds."""
        start, width = int(low * ONE), int((high - low) * ONE)
        draw = self._random.getrandbits
        return [start + (width * draw(64) >> 64) for _ in range(prod(shape))]

    def choices(self, values: Sequence[int], shape: Shape) -> list[int]:
        """Random choices among a few whole numbers."""
        return [self._random.choice(values) << BITS for _ in range(prod(shape))]

    def draw_unit_rows(self, shape: Shape) -> list[int]:
        """Random positive numbers whose sum over the last axis is one."""
        entries, width = self.between(Fraction(1, 4), 1, shape), shape[-1]
        for start in range(0, len(entries), width):
            row = entries[start : start + width]
            row = [(value << BITS) // sum(row) for value in row[:-1]]
            entries[start : start + width] = [*row, ONE - sum(row)]
        return entries

    def reduced(self, products: Iterable[int]) -> list[int]:
        """Sums of products of two entries, brought back to scale."""
        return [value >> BITS for value in products]

    def reciprocal(self, value: int) -> int:
        """The reciprocal of one entry."""
        if not value:
            raise NoValueError
        return (1 << 2 * BITS) // value

    def mapped(self, function: Callable[[Any], Any], tensor: Tensor) -> Tensor:
        """A function of one number, entry by entry.

        Args:
            function: of an mpmath number; a complex or infinite value means that it is not
                defined there.
            tensor: its arguments.

        Raises:
            NoValueError: where it is not defined.
        """
        return tensor._replace(data=list(map(_scaled, repeat(function), tensor.data)))


@cache
def context() -> Any:
    """An mpmath of our own, so that nobody else's precision is changed."""
    from mpmath import MPContext

    own = MPContext()
    own.prec = BITS + GUARD
    return own


def _scaled(function: Callable[[Any], Any], value: int) -> int:
    own = context()
    try:
        result = function(own.ldexp(value, -BITS))
        return int(own.ldexp(own.mpf(result), BITS))  # a complex value is refused
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        raise NoValueError from None
