"""The lines that decide most of what a document leaves open, found by trying what it shows.

A few sets of lines are put beside the document as `check --model` does; the one that decides most
is told, without what it does as well without. Whether it is what the author means, only the author
can say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.reading.statements.verdicts import Judgement, Status
from symback.reading.suggesting.missing import Evidence, Missing, is_open

if TYPE_CHECKING:
    from symback.reading.suggesting.deciding import Suggestion

__all__ = ["tried_lines"]

Try = Callable[[Sequence[str]], Sequence[Judgement]]

_TRIES = 12
_SECONDS = 10.0
_LINES = 6
_SHOWN = (Status.PROVED, Status.AGREES)


def tried_lines(judgements: Sequence[Judgement], beside: Try) -> tuple[Suggestion, ...]:
    """The lines that decide most of what is open; none where no line decides anything.

    Args:
        judgements: the verdicts, in order.
        beside: what judges the document beside lines.
    """
    places = [at for at, one in enumerate(judgements) if is_open(one)]
    if not places:
        return ()
    search = _Search(places, beside)
    missing = Evidence(judgements).missing()
    for lines in _sets(missing):
        search.try_lines(lines)
    search.leave_out()
    if not search.decides:
        return ()
    from symback.reading.suggesting.deciding import Suggestion  # loads SymPy

    return (Suggestion(search.lines, tuple(search.decides)),)


def _sets(missing: Missing) -> Iterator[tuple[str, ...]]:
    """Sets of lines that may be what is left out, the most general first."""
    given = (f"input {', '.join(missing.given)}",) if missing.given else ()
    if given:
        yield given
    if missing.shapes:
        yield (f"input {', '.join(missing.shapes)}",)
    for loss in missing.losses or ((),):
        said = {name for line in loss for name in line.split()}
        kept = [name for name in missing.given if name not in said]
        rest = (f"input {', '.join(kept)}",) if kept else ()
        lines = (*missing.steps, *loss, *rest)
        if lines and lines != given:
            yield lines


class _Search:
    """The best of what was tried, within so many tries and so long."""

    def __init__(self, places: Sequence[int], beside: Try) -> None:
        self.places = places
        self.beside = beside
        self.lines: tuple[str, ...] = ()
        self.decides: list[int] = []
        self.left = _TRIES
        self.until = monotonic() + _SECONDS

    def _shown(self, lines: Sequence[str]) -> list[int]:
        """The open lines that are shown beside some lines."""
        if not self.left or monotonic() > self.until:
            return []
        self.left -= 1
        try:
            found = self.beside(lines)
        except InputError:
            return []
        return [at for at in self.places if found[at].status in _SHOWN]

    def try_lines(self, lines: tuple[str, ...]) -> None:
        """Try a set of lines."""
        if len(lines) <= _LINES:
            shown = self._shown(lines)
            if len(shown) > len(self.decides):
                self.lines, self.decides = lines, shown

    def leave_out(self) -> None:
        """Leave out each line without which as much is shown."""
        for line in self.lines if len(self.lines) > 1 else ():
            fewer = tuple(other for other in self.lines if other != line)
            if len(shown := self._shown(fewer)) >= len(self.decides):
                self.lines, self.decides = fewer, shown
