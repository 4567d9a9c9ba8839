"""Exact identity for all sizes: two readings of a derivation's expressions put side by side.

Names are left standing as long as both sides have them: a claimed adjoint or a definition is put in
only where one side mentions it and the other does not.  So a proof stays as local as the step that
it is about, however deep the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from sympy import Expr

from symback.algebra.equality import Equality
from symback.algebra.monomials import Polynomial, TooManyTermsError
from symback.algebra.polynomial import Algebra
from symback.verification.identity.meaning import Claims, Meaning

__all__ = ["Identity", "Side"]

MAX_PUT_IN = 12
"""So many definitions are put in, one after the other, before an equality is given up."""

Side: TypeAlias = Expr | Callable[[Meaning], Polynomial]
"""One side of an equality: an expression, or what a reading makes of something else."""


class Identity:
    """Decides equalities about one model and its claimed adjoints.

    Args:
        claims: the model and the adjoints claimed for it.
        sizes: sizes of the ranges over which sums are written out.
        total: whether every partial is a total derivative, as in the working of one weight.
        at_loss: whether every claimed adjoint is put in from the start.
        cut: quantities through which the loss's derivatives by what comes before are found.
    """

    def __init__(
        self,
        claims: Claims,
        sizes: Mapping[str, int] | None = None,
        total: bool = False,
        at_loss: bool = False,
        cut: frozenset[str] = frozenset(),
    ) -> None:
        self.claims = claims
        self.sizes = dict(sizes or {})
        self.total = total
        self.cut = cut
        self._claimed = frozenset(claims.adjoints)
        self._first = self._claimed if at_loss else frozenset[str]()
        self.algebra = Algebra(claims.unit_sums)
        self._known: dict[tuple[Side, Side], Equality] = {}
        self._readings: dict[tuple[frozenset[str], frozenset[str]], Meaning] = {}

    def reading(self, entries: frozenset[str], adjoints: frozenset[str]) -> Meaning:
        """The reading in which these definitions and these claimed adjoints are put in."""
        key = entries, adjoints
        if key not in self._readings:
            self._readings[key] = Meaning(
                self.claims, entries, adjoints, self.algebra, self.sizes, self.total, self.cut
            )
            self._readings[key].prepare()
        return self._readings[key]

    def compare(self, left: Side, right: Side) -> Equality:
        """Decide whether two sides are equal, given the definitions and the claims."""
        if isinstance(left, Expr) and left == right:
            return Equality.EQUAL
        found = self._known.get((left, right))
        if found is None:
            try:
                found = self._compare(left, right)
            except (TooManyTermsError, ZeroDivisionError, TypeError):
                # A TypeError says that there is no normal form: a sum from 2, an index n - 1.
                found = Equality.NOT_SHOWN
            self._known[left, right] = found
        return found

    def _compare(self, left: Side, right: Side) -> Equality:
        entries, adjoints = self.claims.transparent, self._first
        while True:
            reading = self.reading(entries, adjoints)
            sides = read(left, reading), read(right, reading)
            if sides[0].text == sides[1].text:
                return Equality.EQUAL
            one_sided = _one_sided(sides, "adjoint") & self._claimed - adjoints
            if not one_sided:
                break
            # The one farthest from the loss: what it stands for may mention the others.
            adjoints |= {min(one_sided, key=self.claims.order.__getitem__)}
        found = reading.compare_read(*sides)
        if found is not Equality.EQUAL:
            for put_in in self._definitions_for(sides, entries):
                reading = self.reading(put_in, adjoints)
                sides = read(left, reading), read(right, reading)
                if sides[0].text == sides[1].text:
                    return Equality.EQUAL
            found = reading.compare_read(*sides)
        return found

    def _definitions_for(
        self, sides: tuple[Polynomial, Polynomial], entries: frozenset[str]
    ) -> Iterator[frozenset[str]]:
        """More and more definitions to put in: first of what one side mentions, then of all."""
        defined = frozenset(self.claims.model.definitions)
        mentioned = _names(sides[0], "entry") | _names(sides[1], "entry")
        one_sided = _one_sided(sides, "entry") & defined - entries
        for _ in range(MAX_PUT_IN):
            candidates = one_sided or mentioned & defined - entries
            if not candidates:
                return
            chosen = max(candidates, key=self.claims.order.__getitem__)
            entries |= {chosen}
            yield entries
            uses = frozenset(self.claims.model.definitions[chosen].mentions)
            mentioned |= uses
            one_sided = (one_sided | uses if one_sided else one_sided) & defined - entries


def _names(side: Polynomial, kind: str) -> frozenset[str]:
    return frozenset(name[1] for name in side.names if name[0] == kind)


def _one_sided(sides: tuple[Polynomial, Polynomial], kind: str) -> frozenset[str]:
    return _names(sides[0], kind) ^ _names(sides[1], kind)


def read(side: Side, reading: Meaning) -> Polynomial:
    """One side's polynomial in a reading."""
    return reading.read(side) if isinstance(side, Expr) else side(reading)
