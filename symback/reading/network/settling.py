"""Ranks that nothing tells, found from all uses of a letter together.

A letter that is never indexed, defined or described can be a number, a vector or a matrix.  Its
name says nothing: what counts is under which ranks the document's own equations fit each other.
Each open letter is tried with every rank while that takes misfits away; where nothing does, it
stays what its look suggests.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Transpose
from symback.reading.network.symbols import everything, quantities

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["settle"]

MAX_OPEN = 12
"""With more open letters than so many, ranks are left as they look."""

MAX_TOGETHER = 6
"""With more open letters, no several of them are tried at once."""

_UNITS = (1, 0)
_LARGE = (2, 1, 0)  # what a capital letter rather is
_SMALL = (1, 0, 2)
_Misfits = tuple[tuple[int, int], int]
_NONE = (0, 0)


def _misfits(model: DocumentModel) -> _Misfits:
    """What does not fit or is rarely meant, and how often a vector is added to many."""
    sizes = model.sizes
    return (sizes.penalty, sizes.strain), sizes.spread


def settle(model: DocumentModel, measure: Callable[[], None]) -> None:
    """Choose the ranks of open letters so that the definitions fit each other.

    A claim has no say in it: one that is wrong would find the ranks that make it right.

    Args:
        model: whose ranks and ranges are to be settled.
        measure: finds the ranges of the definitions anew.
    """
    best = _misfits(model)
    if best[0] == _NONE:
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
    for _ in range(2):
        before = best
        for key in letters:
            for rank in _LARGE if key[0][-1:].isupper() else _SMALL:
                if best == (_NONE, 0):
                    break
                model.ranks.settle({**chosen, key: rank})
                measure()
                found = _misfits(model)
                # Biases are added to many: that alone says nothing of a letter.
                if found[0] < best[0] or (key in chosen and found < best):
                    best, chosen = found, {**chosen, key: rank}
        if best[0] == _NONE or best == before:
            break
    if best[0] != _NONE and len(letters) <= MAX_TOGETHER:
        small = [key for key in letters if key[0][-1:].islower()]
        bodies = [definition.body for definition in model.definitions.all()]
        if any(isinstance(node, Transpose) for body in bodies for node in everything(body)):
            best, chosen = _together(model, measure, small, (best, chosen))
    model.ranks.settle(chosen)
    measure()


def _together(
    model: DocumentModel,
    measure: Callable[[], None],
    letters: list[tuple[str, str]],
    start: tuple[_Misfits, dict[tuple[str, str], int]],
) -> tuple[_Misfits, dict[tuple[str, str], int]]:
    """The best ranks where one letter takes others with it.

    Of `w^T x + b` and its target y none is a number while the others are vectors.
    """
    best, chosen = start

    def misfits(ranks: dict[tuple[str, str], int]) -> _Misfits:
        model.ranks.settle(ranks)
        measure()
        return _misfits(model)

    for first, rank in product(letters, _UNITS):
        ranks = {**chosen, first: rank}
        found = misfits(ranks)
        for _, other, its in product(range(2), letters, _UNITS):
            if other != first and (better := misfits({**ranks, other: its}))[0] < found[0]:
                found, ranks = better, {**ranks, other: its}
        if found[0] < best[0]:
            best, chosen = found, ranks
        if best[0] == _NONE:
            break
    return best, chosen
