"""What was proved, as a document tells it: claims counted by kind, witnesses, and failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symback.verification.report import Check, Report

__all__ = ["Proof", "Tally"]

Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many claims of one kind there are, and how many of them hold.

    Attributes:
        claim: the code of the kind.
        count: how many were checked.
        proved: how many are proved by exact identity.
        agreed: how many more agree at small sizes.
    """

    claim: str
    count: int
    proved: int
    agreed: int

    @property
    def failed(self) -> int:
        """How many were not shown."""
        return self.count - self.proved - self.agreed


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
            Tally(claim, len(found), found.count("proved"), found.count("agrees"))
            for claim, found in counts.items()
        )

    def covers(self, claim: str) -> bool:
        """Whether any claim of a kind was checked."""
        return any(tally.claim == claim for tally in self.tallies)

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


def _where(check: Check) -> tuple[Any, ...]:
    location = check.location
    return location.quantity, location.unit, location.chain, location.link
