"""What a notation settles and a formula leaves open: rows, the order of indices, which loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symback.notation import Notation

__all__ = ["of_whole_loss", "other_conventions"]


def other_conventions(
    notation: Notation | None, *, orders: bool
) -> Iterator[tuple[Notation, tuple[str, ...]]]:
    """The notation with other conventions, each with codes of what is other in it.

    Nothing in a formula says whether a vector is a row or a column.  Which unit a weight's first
    index is, a notation says.

    Args:
        notation: in which the formula is written; the founding notes' without one.
        orders: whether the other order comes as well, as where no notation was asked for.
    """
    from symback.notation import FOUNDING, IndexOrder, Orientation

    own = notation or FOUNDING
    rows = own.orientation is Orientation.ROWS
    turned = Orientation.COLUMNS if rows else Orientation.ROWS
    vectors = f"vectors-are-{turned}"
    yield replace(own, orientation=turned), (vectors,)
    if orders:
        order = IndexOrder.TO_FROM if own.index_order is IndexOrder.FROM_TO else IndexOrder.FROM_TO
        weights = f"weights-are-{order}"
        yield replace(own, index_order=order), (weights,)
        yield replace(own, index_order=order, orientation=turned), (weights, vectors)


def of_whole_loss(notation: Notation | None, *, batch: bool) -> Notation:
    """The notation with the loss's letter for the loss that weight decay is added to.

    Whoever writes `dL/dW` of a network with weight decay may mean either.

    Args:
        notation: what was asked for; the founding notes' where nothing was.
        batch: whether the loss is that of a batch, which can have a letter of its own.
    """
    from symback.notation import FOUNDING

    own = notation or FOUNDING
    letter = own.cost if batch and own.cost is not None else own.loss
    return replace(own, undecayed=replace(letter, label="0"), decayed=letter)
