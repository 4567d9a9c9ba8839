"""What a notation settles and a formula leaves open: rows or columns, and the order of indices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symback.notation import Notation

__all__ = ["other_conventions"]


def other_conventions(notation: Notation | None) -> Iterator[tuple[Notation, tuple[str, ...]]]:
    """The notation with other conventions, each with codes of what is other in it.

    Nothing in a formula says whether a vector is a row or a column.  Which unit a weight's first
    index is, a notation says; where none was asked for, the other order comes as well.

    Args:
        notation: what was asked for; the founding notes' where nothing was.
    """
    from symback.notation import FOUNDING, IndexOrder, Orientation

    own = notation or FOUNDING
    rows = own.orientation is Orientation.ROWS
    turned = Orientation.COLUMNS if rows else Orientation.ROWS
    vectors = f"vectors-are-{turned}"
    yield replace(own, orientation=turned), (vectors,)
    if notation is None:
        order = IndexOrder.TO_FROM if own.index_order is IndexOrder.FROM_TO else IndexOrder.FROM_TO
        weights = f"weights-are-{order}"
        yield replace(own, index_order=order), (weights,)
        yield replace(own, index_order=order, orientation=turned), (weights, vectors)
