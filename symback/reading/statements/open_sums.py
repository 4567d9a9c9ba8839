r"""Sums that name no index, `\sum (y_k - t_k) w_{jk}`: over what the other side does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Derivative, Node, Sum, Symbol, stripped
from symback.reading.network.symbols import everything, quantities, spelled, summed_letters
from symback.reading.statements.statements import Statement

__all__ = ["with_indices"]


def with_indices(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with an index below each sum that has none, where the other side tells it.

    A letter that stands on the other side is one for which the line holds, and is not summed over.
    """
    return tuple(map(_with_indices, statements))


def _with_indices(statement: Statement) -> Statement:
    left, right = statement.left, statement.right
    if left is None or right is None:
        return statement
    right = _summed(right, left)
    return replace(statement, right=right, left=_summed(left, right))


def _summed(side: Node, other: Node) -> Node:
    r"""A side with its sums over what the other side does not have, where that has no such sum.

    Nor over what stands beside the sum, in `dE/dx_j - \sum (y_k - t_k) w_{jk} = 0`.
    """
    own = set(_letters(other)).union(*(set(_letters(term)) for term in _beside(side)))
    if not own or any(map(_is_open, everything(other))) or not any(map(_is_open, everything(side))):
        return side

    def inside(node: Node) -> Node:
        node = changed(node, inside)
        if not isinstance(node, BigSum) or not _is_open(node):
            return node
        found = summed_letters(node)
        rest = tuple(Symbol(letter) for letter in found if letter not in own)
        return replace(node, indices=rest) if rest and len(rest) < len(found) else node

    return inside(side)


def _beside(side: Node) -> Iterator[Node]:
    """The terms of a side in which no sum is without an index."""
    side = stripped(side)
    for term in side.terms if isinstance(side, Sum) else ():
        if not any(map(_is_open, everything(term))):
            yield term


def _is_open(node: Node) -> bool:
    return isinstance(node, BigSum) and node.operator == "sum" and not node.indices


def _letters(node: Node) -> Iterator[str]:
    """The letters of indices on a left side, those of what is differentiated and by what too."""
    parts = [node.of, *node.by] if isinstance(node, Derivative) else [node]
    for part in parts:
        for symbol in quantities(part) if part is not None else ():
            for index in symbol.subscripts:
                if isinstance(index, Symbol):
                    yield spelled(index)
