"""The one layout of a document's matrices of derivatives, told by the lines that hold in it."""

from __future__ import annotations

from collections.abc import Sequence

from symback.reading.meaning.arrangements import LAYOUTS
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["in_one_layout"]

_SHOWN = (Status.PROVED, Status.AGREES)


def in_one_layout(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Leave open what only holds in another layout than most of a document's matrices.

    Where as many hold in the one as in the other, all of them stay open.

    Args:
        judgements: one for each statement, in order.
    """
    layouts = {at: layout for at, each in enumerate(judgements) if (layout := _layout(each))}
    counts = {layout: [*layouts.values()].count(layout) for layout in LAYOUTS}
    one, other = LAYOUTS
    usual = one if counts[one] > counts[other] else other if counts[other] > counts[one] else ""
    return tuple(
        Judgement(each.statement, Status.UNDECIDED, "other-layout")
        if layouts.get(at, usual) != usual
        else each
        for at, each in enumerate(judgements)
    )


def _layout(judgement: Judgement) -> str:
    """In which layout alone a line holds; empty where that makes no difference."""
    if judgement.status not in _SHOWN:
        return ""
    return next((code for code, _ in judgement.readings if code in LAYOUTS), "")
