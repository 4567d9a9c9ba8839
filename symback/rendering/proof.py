"""What was proved, as a document tells it: claims counted by kind, witnesses, and failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symback.records import dataclass

if TYPE_CHECKING:
    from symback.verification.report import Check, Report

__all__ = ["Proof", "Tally"]

Place = tuple[Any, ...]

_COUNTED = {
    "proved": "proved",
    "agrees": "agreed",
    "refuted": "refuted",
    "inherited": "inherited",
    "undecided": "undecided",
}
"""Each verdict with the field of a tally that counts it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many claims of one kind there are, and how many of them hold.

    Attributes:
        claim: the code of the kind.
        count: how many were checked.
        proved: how many are proved by exact identity.
        agreed: how many more agree at small sizes.
        refuted: how many are wrong.
        inherited: how many are wrong only because they build on what is.
        undecided: of how many no witness could say.
    """

    claim: str
    count: int
    proved: int
    agreed: int
    refuted: int = 0
    inherited: int = 0
    undecided: int = 0


class Proof:
    """A report, arranged for reading."""

    def __init__(self, report: Report) -> None:
        self.report = report

    @property
    def ok(self) -> bool:
        """Whether every claim was shown."""
        return self.report.ok

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """The claims counted by kind, in the order in which they were made."""
        counts: dict[str, list[str]] = {}
        for check in self.report.checks:
            counts.setdefault(str(check.claim), []).append(str(check.verdict))
        return tuple(
            Tally(
                claim, len(found), **{field: found.count(word) for word, field in _COUNTED.items()}
            )
            for claim, found in counts.items()
        )

    @property
    def agreed(self) -> int:
        """How many claims hold at small sizes and were not shown for all."""
        return sum(tally.agreed for tally in self.tallies)

    @property
    def kinds_agreed(self) -> tuple[tuple[str, int], ...]:
        """The kinds of these, each with how many there are of it."""
        return tuple((tally.claim, tally.agreed) for tally in self.tallies if tally.agreed)

    @cached_property
    def exact(self) -> int:
        """How many claims are shown by exact identity."""
        return sum(map(_is_identity, self.report.checks))

    @cached_property
    def kinds_drawn(self) -> tuple[tuple[str, int], ...]:
        """The kinds of those that hold at numbers that were drawn, each with how many."""
        return _counted(check for check in self.report.checks if _is_drawn(check))

    @cached_property
    def drawn_bits(self) -> int:
        """An error in these is less likely than two to the minus this; 0 where nothing says so."""
        spoke = {w for c in self.report.checks if _is_drawn(c) for w in c.witnesses}
        bits = [t.error_bits for t in self.report.testimonies if t.witness in spoke]
        return min(bits, default=0)

    @cached_property
    def of_equations(self) -> Proof:
        """The claims about equations, without those about worked entries."""
        return self._of(check for check in self.report.checks if not check.location.unit)

    @cached_property
    def of_workings(self) -> Proof:
        """The claims about worked entries."""
        return self._of(check for check in self.report.checks if check.location.unit)

    def _of(self, checks: Iterable[Check]) -> Proof:
        return Proof(replace(self.report, checks=tuple(checks)))

    def covers(self, claim: str) -> bool:
        """Whether any claim of a kind was checked."""
        return any(tally.claim == claim for tally in self.tallies)

    @cached_property
    def wrong(self) -> int:
        """How many claims do not hold, by themselves or by what they build on."""
        return sum(str(check.verdict) in ("refuted", "inherited") for check in self.failures)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The claims that were not shown."""
        return self.report.failures

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where the closed forms are from."""
        return self.report.sources or {}

    @property
    def published(self) -> list[tuple[str, list[str]]]:
        """The same, each work once with what is taken from it."""
        found: dict[str, list[str]] = {}
        for where in self.sources.values():
            work, colon, part = where.partition(": ")
            if not colon:
                work, _, part = where.rpartition(", ")
            known = found.setdefault(work or where, [])
            if work and part not in known:
                known.append(part)
        return list(found.items())

    @cached_property
    def verdicts(self) -> Mapping[Place, str]:
        """The verdict on each link of each step, chain and working."""
        return {(str(c.claim), *_where(c)): str(c.verdict) for c in self.report.checks}

    def verdict(self, claim: str, quantity: str, *place: Any) -> str | None:
        """The verdict on one claim about one place, if it was checked."""
        return self.verdicts.get((claim, quantity, *place))


def _is_identity(check: Check) -> bool:
    return str(check.verdict) == "proved" and "identity" in map(str, check.witnesses)


def _is_drawn(check: Check) -> bool:
    """Whether what is proved of a claim is that it holds at random numbers modulo a prime."""
    return str(check.verdict) == "proved" and not _is_identity(check)


def _counted(checks: Iterable[Check]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for check in checks:
        counts[str(check.claim)] = counts.get(str(check.claim), 0) + 1
    return tuple(counts.items())


def _where(check: Check) -> tuple[Any, ...]:
    location = check.location
    return location.quantity, location.unit, location.chain, location.link
