"""How numbers are shown and carried."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from symback.records import dataclass
from symback.teaching.digits import round_to, written

__all__ = ["Policy"]

EVEN = 1e-13
"""So near to a number with few decimals a float is that number."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How numbers are shown and carried.

    Attributes:
        digits: decimals.
        carried: whether a value is rounded before it is used, or only where it is shown.
        negative_delta: whether the letter for a unit's error is the negative gradient.
        exact: whether fractions are shown as fractions.
    """

    digits: int = 4
    carried: bool = False
    negative_delta: bool = False
    exact: bool = False

    @property
    def code(self) -> str:
        """The code of what is said about it."""
        return "exact" if self.exact else "carried" if self.carried else "shown"

    @property
    def rounded(self) -> Any:
        """What is done to a value before it is carried on; None for nothing."""
        if not self.carried:
            return None
        return lambda value: round_to(value, self.digits)

    def shown(self, value: Any) -> str:
        """The digits of a value: few where it comes out even, whatever function it comes from."""
        if self.exact and isinstance(value, Fraction):
            return str(value)
        if isinstance(value, float) and not self.carried and math.isfinite(value):
            short = round_to(value, self.digits)
            if abs(value - short) < EVEN * max(1.0, abs(value)):
                value = short
        return written(value, self.digits, strict=self.carried)

    def stated(self, value: Any) -> str:
        """The digits of a given value: all of them."""
        if self.exact and isinstance(value, Fraction):
            return str(value)
        return written(value, max(self.digits, 12))
