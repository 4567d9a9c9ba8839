"""Lines that their document leaves open, judged beside what their own section says alone.

A document uses a letter in several ways, and what another section says of it can stand in the way
of what is plain where it is said. What holds by the equations of its section alone holds; what does
not may rest on others, and nothing is refuted so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.network.worlds import Worlds
    from symback.reading.statements.statements import Statement

__all__ = ["with_sections"]

_SHOWN = (Status.PROVED, Status.AGREES)
_FEWEST = 2
"""So many lines a section has that is judged by itself: what defines, and what is claimed."""


def with_sections(
    judgements: Sequence[Judgement],
    worlds: Worlds,
    judge: Callable[[tuple[Statement, ...]], Sequence[Judgement]],
) -> tuple[Judgement, ...]:
    """The verdicts on a document, those that are open settled by their section where it can.

    A section that by itself refutes what the document proves was not understood, and settles
    nothing.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
        judge: the verdicts on statements that stand alone.
    """
    places: dict[int, list[int]] = {}
    for at, judgement in enumerate(judgements):
        places.setdefault(worlds.section[id(judgement.statement)], []).append(at)
    found = list(judgements)
    if len(places) == 1:
        return tuple(found)
    for own in places.values():
        open_ = [at for at in own if _is_open(judgements[at])]
        if (
            not open_
            or len(own) < _FEWEST
            or not any(judgements[at].statement.defines for at in own)
        ):
            continue
        alone = dict(zip(own, judge(tuple(judgements[at].statement for at in own)), strict=True))
        if any(
            judgements[at].status in _SHOWN and alone[at].status is Status.REFUTED for at in own
        ):
            continue
        for at in open_:
            if alone[at].status in _SHOWN:
                found[at] = alone[at]
    return tuple(found)


def _is_open(judgement: Judgement) -> bool:
    return judgement.status is Status.UNDECIDED and judgement.statement.is_claim
