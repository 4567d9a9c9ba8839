"""What marking says of a sheet: each value with what it is worth, and why."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Any

from symback.records import dataclass
from symback.teaching.blocks import Say

__all__ = ["GENERIC", "Judged", "Marked", "Outcome"]


class Outcome(StrEnum):
    """What a value is worth."""

    RIGHT = "right"
    FOLLOWS = "follows"  # right for what stands above it, which is not
    LAST_DIGIT = "last-digit"  # rounded the wrong way: harmless
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    MISSING = "missing"  # asked for, and not answered
    UNFINISHED = "unfinished"  # a formula that is true, and not carried to its end
    OPEN = "open"  # a formula that was not decided: for the marker to see


GENERIC = (
    "negated", "doubled", "halved", "copying", "arithmetic", "other-value", "unexplained",
    "other-answer", "other-formula", "factor-missing", "factor-extra", "wrong-index",
    "other-gradient", "slope-for-function",
)  # fmt: skip
"""What is said of a wrong value that no slip of the catalogue gives."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One value of a sheet.

    Attributes:
        key: which.
        text: what was written.
        outcome: what it is worth.
        expected: what follows from the values above it; a text where a letter or a count is asked.
        slips: codes of what explains a wrong value: several where several do.
        where: the key at which the slip was made, which may be a value that is not on the sheet.
        marks: given, out of
        of: so many.
        kind: ``A`` for a right value, ``ft`` for one that follows, ``M`` for the method alone.
        hint: what should stand where, in a formula that is wrong.
        why: why a formula was not decided.
    """

    key: str
    text: str
    outcome: Outcome
    expected: Any
    slips: tuple[str, ...] = ()
    where: str = ""
    marks: Fraction = Fraction(0)
    of: Fraction = Fraction(1)
    kind: str = ""
    hint: Say | None = None
    why: Say | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked sheet.

    Attributes:
        student: whose.
        judged: each of its values, in the order of the work.
    """

    student: str
    judged: tuple[Judged, ...]

    @property
    def marks(self) -> Fraction:
        """All marks given."""
        return sum((value.marks for value in self.judged), Fraction(0))

    @property
    def of(self) -> Fraction:
        """All marks that could be given."""
        return sum((value.of for value in self.judged), Fraction(0))

    @property
    def first_wrong(self) -> Judged | None:
        """The first value that is wrong by itself."""
        return next((value for value in self.judged if value.outcome is Outcome.WRONG), None)
