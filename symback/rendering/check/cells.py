"""The cells of a notebook: where a place in its file stands, as its reader sees it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from symback.reading.finding.notebook import cells_of
from symback.records import dataclass

__all__ = ["Cells", "InCell"]


@dataclass(frozen=True, slots=True)
class InCell:
    """A place in a notebook.

    Attributes:
        cell: the number of the cell, from 1 among all cells.
        line: of the cell's text, from 1.
        column: likewise.
        text: that line.
    """

    cell: int
    line: int
    column: int
    text: str


@dataclass(frozen=True)
class Cells:
    """The cells of one notebook.

    Attributes:
        text: the file.
    """

    text: str

    @cached_property
    def _runs(self) -> list[tuple[int, int, int, int]]:
        """Stretches of the file that are text of a cell: first, last, the cell, offset in it."""
        found = []
        for number, passage in enumerate(cells_of(self.text)):
            ends = (*passage.starts[1:], len(passage.text))
            for start, end, origin in zip(passage.starts, ends, passage.origins, strict=True):
                if end > start:
                    found.append((origin, origin + end - start, number, start))
        return sorted(found)

    @cached_property
    def _texts(self) -> list[str]:
        return [passage.text for passage in cells_of(self.text)]

    def at(self, offset: int) -> InCell | None:
        """The place of a character of the file; None for one that is in no cell's text."""
        run = bisect_right(self._runs, offset, key=lambda run: run[0]) - 1
        if run < 0 or offset > self._runs[run][1]:
            return None
        origin, _, number, start = self._runs[run]
        text, place = self._texts[number], start + offset - origin
        first = text.rfind("\n", 0, place) + 1
        line = text[first:].split("\n", 1)[0]
        return InCell(number + 1, text.count("\n", 0, place) + 1, place - first + 1, line)
