"""Who decides an equality for all sizes: a quick normal form, or one that knows conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr

from symback.algebra.equality import Equality
from symback.model.equations import Range
from symback.verification.allsizes.identity import AllSizes
from symback.verification.identity.claims import Claims
from symback.verification.identity.identity import Identity

__all__ = ["Deciding"]


class Deciding:
    """Decides equalities about a model and its claimed adjoints.

    The quick normal form knows whole ranges only.  Models with starts, limits, shifts or lookups
    are decided by the other one alone, and so is what the quick one does not show of equations
    that were given as such.

    Args:
        claims: the model and its claimed adjoints.
    """

    def __init__(self, claims: Claims) -> None:
        self.claims = claims
        self._quick = Identity(claims) if claims.model.is_plain else None
        self._thorough = AllSizes(claims.model, claims.adjoints)
        self._is_given = claims.model.source is None

    def compare(
        self, left: Any, right: Any, letters: Mapping[Expr, Range] | None = None
    ) -> Equality:
        """Decide whether two sides are equal for all sizes, letters being in their ranges."""
        found = Equality.NOT_SHOWN if self._quick is None else self._quick.compare(left, right)
        if found is not Equality.EQUAL and (self._is_given or self._quick is None):
            # What is different with names left standing can be equal with more of them put in.
            thorough = self._thorough.compare(left, right, letters)
            return thorough if thorough is Equality.EQUAL else found
        return found
