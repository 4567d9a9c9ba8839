"""Text that remembers where each of its characters stands in the file it came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from symback.records import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")


class Position(NamedTuple):
    """A place in a file as an editor shows it: both numbers start at 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The offsets at which the lines of a file start."""

    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Return the line starts of `text`; LF, CRLF and CR all end a line."""
        return cls((0, *(match.end() for match in _LINE_END.finditer(text))))

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset."""
        row = bisect_right(self.starts, offset)
        return Position(row, offset - self.starts[row - 1] + 1)


@dataclass(frozen=True, slots=True)
class Passage:
    """A text cut, joined or decoded from a file, with the file offset of every character.

    The text is made of runs; run number r begins at `starts[r]` in the text and at `origins[r]`
    in the file, and its characters follow one another in both. Stripping a `> ` or decoding a
    JSON escape begins a new run, so a formula in a blockquote or in a notebook keeps its place.
    """

    text: str
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def origin(self, offset: int) -> int:
        """Return the offset in the file of the character at `offset` in the text."""
        run = bisect_right(self.starts, offset) - 1
        return self.origins[run] + offset - self.starts[run]

    def cut(self, start: int, end: int) -> Passage:
        """Return the passage between two offsets of this text."""
        first = bisect_right(self.starts, start) - 1
        last = max(first + 1, bisect_right(self.starts, max(start, end - 1)))
        shift = start - self.starts[first]
        return Passage(
            self.text[start:end],
            (0, *(begin - start for begin in self.starts[first + 1 : last])),
            (self.origins[first] + shift, *self.origins[first + 1 : last]),
        )

    def stripped(self) -> Passage:
        """Return the passage without the white space around it."""
        body = self.text.strip()
        start = self.text.find(body)
        return self.cut(start, start + len(body))

    @classmethod
    def join(cls, pieces: Iterable[Passage]) -> Passage:
        """Return the pieces as one passage, in the order given."""
        texts: list[str] = []
        starts: list[int] = []
        origins: list[int] = []
        length = 0
        for piece in pieces:
            if not piece.text:
                continue
            for begin, origin in zip(piece.starts, piece.origins, strict=True):
                begins = begin + length
                # A run that goes on where the last one ends is the same run.
                if not starts or origin - origins[-1] != begins - starts[-1]:
                    starts.append(begins)
                    origins.append(origin)
            texts.append(piece.text)
            length += len(piece.text)
        return cls("".join(texts), tuple(starts) or (0,), tuple(origins) or (0,))


def with_plain_line_ends(text: str) -> Passage:
    """Return the text with every line end as one `\\n`, so that no finder meets another."""
    whole = Passage(text)
    if "\r" not in text:
        return whole
    pieces, read = [], 0
    lines = Lines.of(text)
    for start in lines.starts[1:]:
        end = start - 2 if text[start - 2 : start] == "\r\n" else start - 1
        pieces += [whole.cut(read, end), Passage("\n", (0,), (end,))]
        read = start
    return Passage.join([*pieces, whole.cut(read, len(text))])
