"""Waivers in the text: a comment beside a formula says that a finding is known, and why.

    % symback: ignore SB102 -- the loss is defined in the appendix
    <!-- symback: ignore SB011, SB101 -- an exercise: the slip is to be found -->

A waiver names its codes.  It holds for formulas on its own line, or else for the next formula below
it, which within a display of several rows is the next row; one that nothing needs any more is a
finding itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from symback.reading.finding.excerpt import Problem
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.rendering.check.report import Entry

__all__ = ["STALE", "WITHOUT_CODE", "Waiver", "find_waivers", "waived"]

STALE = "waiver-stale"
WITHOUT_CODE = "waiver-without-code"

_WAIVER = re.compile(r"(?:%|<!--|\.\.|#|//)[ \t]*symback:[ \t]*ignore\b(?P<rest>[^\n]*)")
_CODE = re.compile(r"SB\d{3}\b")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One comment.

    Attributes:
        line: on which it stands, from 1.
        column: where it begins, from 1.
        codes: of the findings that it waives.
    """

    line: int
    column: int
    codes: tuple[str, ...]


def find_waivers(text: str) -> Iterator[Waiver]:
    """The waivers of a document, in order."""
    if "symback:" not in text:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _WAIVER.finditer(line):
            named = match["rest"].partition("--")[0]
            yield Waiver(number, match.start() + 1, tuple(_CODE.findall(named)))


def waived(
    text: str, entries: Sequence[Entry], codes: Mapping[int, str]
) -> tuple[set[int], list[Problem]]:
    """Which findings a document's waivers take back, and what is wrong with waivers.

    Args:
        text: the document.
        entries: its statements, by line.
        codes: the code of each finding among them, by its place.
    """
    taken: set[int] = set()
    problems: list[Problem] = []
    for waiver in find_waivers(text):
        if not waiver.codes:
            problems.append(Problem(WITHOUT_CODE, "SB102", waiver.line, waiver.column))
            continue
        places = _covered(waiver, entries)
        for code in waiver.codes:
            found = [place for place in places if codes.get(place) == code]
            taken.update(found)
            if not found:
                problems.append(Problem(STALE, code, waiver.line, waiver.column))
    return taken, problems


def _covered(waiver: Waiver, entries: Sequence[Entry]) -> list[int]:
    """The places of what a waiver is about: its own line, or else the next formula.

    Between the rows of a display the next formula is the next row.
    """
    begins = [_first_line(entry) for entry in entries]
    lines = [entry.line for entry in entries]
    here = waiver.line
    for places in (
        [at for at, line in enumerate(lines) if here in (line, begins[at])],
        _next([line if begins[at] < here else 0 for at, line in enumerate(lines)], here),
        _next(begins, here),
    ):
        if places:
            return places
    return []


def _next(lines: Sequence[int], here: int) -> list[int]:
    """The places of the first of the lines that come after a line."""
    first = min((line for line in lines if line > here), default=0)
    return [at for at, line in enumerate(lines) if line == first > 0]


def _first_line(entry: Entry) -> int:
    """The line on which the formula of an entry begins."""
    return entry.judgement.statement.excerpt.line if entry.judgement else entry.line
