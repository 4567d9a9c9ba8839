r"""Lines about single steps of a recursion, judged beside its equations written out for each.

What is right of `h_1`, `h_2` and `h_3` as quantities of their own is right; nothing is refuted so,
since a derivative may be meant to go over one step alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.statements.numbered_steps import with_numbered_steps
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.network.worlds import Worlds
    from symback.reading.statements.statements import Statement

__all__ = ["with_steps_by_number"]

_Judge = Callable[[tuple["Statement", ...]], tuple[Sequence[Judgement], "Worlds"]]
_SHOWN = (Status.PROVED, Status.AGREES)
_OPEN = (Status.REFUTED, Status.UNDECIDED)


def with_steps_by_number(
    judgements: Sequence[Judgement], worlds: Worlds, judge: _Judge
) -> tuple[Judgement, ...]:
    """The verdicts on a document, those on single steps beside the equations of each.

    Where a recursion is stated anew, single steps are those of the one in their own section.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
        judge: the verdicts on statements that stand alone, and the networks that they are about.
    """
    found = list(judgements)
    everywhere = list(range(len(found)))
    if not _settled(found, everywhere, judge):
        sections: dict[int, list[int]] = {}
        for at in everywhere:
            sections.setdefault(worlds.section[id(found[at].statement)], []).append(at)
        for own in sections.values() if len(sections) > 1 else ():
            _settled(found, own, judge)
    return tuple(found)


def _settled(found: list[Judgement], own: Sequence[int], judge: _Judge) -> bool:
    """Settle what a part of a document leaves open; say whether its steps can be written out."""
    open_ = {at for at in own if found[at].status in _OPEN}
    written = with_numbered_steps([found[at].statement for at in own]) if open_ else None
    if written is None:
        return not open_
    if open_.isdisjoint(own[at] for at in written.lines):
        return True
    verdicts = judge(written.statements)[0]
    said = ("steps-by-number", {"of": ", ".join(written.letters)})
    for at, place in written.lines.items():
        old, new = found[own[at]], verdicts[place]
        if old.status not in _OPEN or new.status not in _SHOWN:
            continue
        if old.status is Status.REFUTED:
            found[own[at]] = old.doubted()
        else:
            readings = (*new.readings, said)
            found[own[at]] = replace(new, statement=old.statement, readings=readings)
    return True
