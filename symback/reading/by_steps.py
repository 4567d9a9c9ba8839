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


def with_steps_by_number(judgements: Sequence[Judgement], judge: _Judge) -> tuple[Judgement, ...]:
    """The verdicts on a document, those on single steps beside the equations of each.

    Args:
        judgements: one for each statement, in order.
        judge: the verdicts on statements that stand alone, and the networks that they are about.
    """
    found = list(judgements)
    if not any(judgement.status in _OPEN for judgement in found):
        return tuple(found)
    written = with_numbered_steps([judgement.statement for judgement in found])
    if written is None or not any(found[at].status in _OPEN for at in written.lines):
        return tuple(found)
    verdicts = judge(written.statements)[0]
    said = ("steps-by-number", {"of": ", ".join(written.letters)})
    for at, place in written.lines.items():
        old, new = found[at], verdicts[place]
        if old.status not in _OPEN or new.status not in _SHOWN:
            continue
        if old.status is Status.REFUTED:
            found[at] = old.doubted()
        else:
            found[at] = replace(new, statement=old.statement, readings=(*new.readings, said))
    return tuple(found)
