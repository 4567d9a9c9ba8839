"""Ranks that nothing tells, found from all uses of a letter together.

A letter that is never indexed, defined or described can be a number, a vector or a matrix.  Its
name says nothing: what counts is under which ranks the document's own equations fit each other.
Each open letter is tried with every rank while that takes misfits away; where nothing does, it
stays what its look suggests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from symback.reading.network.naming import quantities

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["settle"]

MAX_OPEN = 12
"""With more open letters than so many, ranks are left as they look."""

_RANKS = (0, 1, 2)


def settle(model: DocumentModel, measure: Callable[[], None]) -> None:
    """Choose the ranks of open letters so that the definitions fit each other.

    A claim has no say in it: one that is wrong would find the ranks that make it right.

    Args:
        model: whose ranks and ranges are to be settled.
        measure: finds the ranges of the definitions anew.
    """
    if not model.sizes.penalty:
        return
    letters: dict[tuple[str, str], None] = {}
    for definition in model.definitions.all():
        for symbol in quantities(definition.body):
            parts = model.names.split(symbol)
            if model.ranks.is_open(parts):
                letters[parts.base, parts.tag] = None
    if not letters or len(letters) > MAX_OPEN:
        return
    chosen: dict[tuple[str, str], int] = {}
    best = model.sizes.penalty
    for _ in range(2):
        before = best
        for key in letters:
            for rank in _RANKS:
                if not best:
                    break
                trial = {**chosen, key: rank}
                model.ranks.settle(trial)
                measure()
                if model.sizes.penalty < best:
                    best, chosen = model.sizes.penalty, trial
        if best in (0, before):
            break
    model.ranks.settle(chosen)
    measure()
