"""A document's own lines as a report shows them: what cannot be seen made visible, cut, underlined.

A place in a file is a line and a column of characters; a place on a screen is a column of cells.
A combining accent fills no cell, a Chinese letter two, an escaped control character four: carets
are counted in cells, so that they stand under what they mean.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cached_property

from symback.reading.finding import Lines
from symback.records import dataclass

__all__ = ["Source", "Strip", "Visible", "strip", "visible"]

_AROUND = 2_000
"""So many characters on each side of a place are looked at, however long its line is."""


@dataclass(frozen=True)
class Source:
    """The text of a document, by lines as an editor counts them."""

    text: str

    @cached_property
    def lines(self) -> Lines:
        """Where each line starts."""
        return Lines.of(self.text)

    @property
    def count(self) -> int:
        """How many lines there are; a line end at the very end begins no other."""
        starts = self.lines.starts
        return len(starts) - (starts[-1] == len(self.text))

    def line(self, number: int) -> str:
        """One line without its end; the empty string where there is none of this number."""
        starts = self.lines.starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def offset(self, line: int, column: int) -> int:
        """The offset of a place."""
        return self.lines.starts[line - 1] + column - 1


@dataclass(frozen=True, slots=True)
class Visible:
    """One character as it is shown, and how many cells it fills."""

    text: str
    width: int


def visible(character: str, *, ascii_only: bool = False) -> Visible:
    """What to show for a character of a file: itself, or its escape where it cannot be seen."""
    if character == "\t":
        return Visible(" ", 1)
    if character.isascii() and character.isprintable():
        return Visible(character, 1)
    if ascii_only or not character.isprintable():
        shown = ascii(character)[1:-1]
        return Visible(shown, len(shown))
    if unicodedata.combining(character):
        return Visible(character, 0)
    return Visible(character, 2 if unicodedata.east_asian_width(character) in "WF" else 1)


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of one line, cut to a width, and the line of carets under it."""

    shown: str
    carets: str


def strip(
    line: str,
    marks: Iterable[tuple[int, int]],
    width: int,
    *,
    ascii_only: bool = False,
) -> Strip:
    """Cut a line to a width around its first mark and underline every mark.

    Args:
        line: one line of a file, of any length.
        marks: columns from 1, each mark from its first up to, not including, its second.
        width: the number of cells.
        ascii_only: whether to do without Unicode.
    """
    ordered = sorted(marks) or [(1, 1)]
    first = min(max(ordered[0][0], 1), len(line) + 1)
    around = min(_AROUND, 4 * max(width, 1))  # of what is seen, with room for accents
    begin, end = max(0, first - 1 - around), min(len(line), first + around)
    indent = 0 if begin else len(line) - len(line.lstrip())
    if indent < first:
        begin = max(begin, indent)
    cells = [visible(character, ascii_only=ascii_only) for character in line[begin:end]]
    dots = "..." if ascii_only else "…"
    start, stop = _window([cell.width for cell in cells], first - 1 - begin, width, len(dots))
    left = dots if start or begin > indent else ""
    right = dots if stop < len(cells) or end < len(line) else ""
    shown = left + "".join(cell.text for cell in cells[start:stop]) + right
    under = [" "] * (len(left) + sum(cell.width for cell in cells[start:stop]) + 1)
    for one, two in ordered:
        low, high = one - 1 - begin - start, max(two, one + 1) - 1 - begin - start
        if high <= 0 or low > stop - start:
            continue
        low, high = max(low, 0), min(high, stop - start + 1)
        at = len(left) + sum(cell.width for cell in cells[start : start + low])
        span = max(1, sum(cell.width for cell in cells[start + low : start + high]))
        under[at : at + span] = "^" * span
    return Strip(shown, "".join(under).rstrip())


def _window(widths: list[int], first: int, width: int, dots: int) -> tuple[int, int]:
    """Which cells fit: all of them, or as many around the first mark as there is room for."""
    if sum(widths) <= width:
        return 0, len(widths)
    room = max(width - 2 * dots, 1)
    start = 0
    # A third of the room is for what stands before the mark.
    before = sum(widths[:first])
    if before > room * 2 // 3:
        keep = room // 3
        start = first
        while start > 0 and keep - widths[start - 1] >= 0:
            start -= 1
            keep -= widths[start]
        if sum(widths[start:]) < room:  # near the end there is room for more before it
            spare = room - sum(widths[start:])
            while start > 0 and spare - widths[start - 1] >= 0:
                start -= 1
                spare -= widths[start]
    stop, filled = start, 0
    while stop < len(widths) and filled + widths[stop] <= room:
        filled += widths[stop]
        stop += 1
    return start, stop
