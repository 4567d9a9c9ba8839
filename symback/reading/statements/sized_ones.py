r"""Vectors of ones with their length below them, `\mathbf 1_m`: it is no index.

An index stands at other letters as well, `\mathbf 1_j e^{x_j}`, and this one does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Entry, Node, Symbol
from symback.reading.network.symbols import everything, is_ones, spelled
from symback.reading.statements.statements import Statement

__all__ = ["with_plain_ones"]


def with_plain_ones(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with vectors of ones whose length is left to what they stand beside."""
    return tuple(map(_with_plain_ones, statements))


def _with_plain_ones(statement: Statement) -> Statement:
    sides = [side for side in (statement.left, statement.right) if side is not None]
    if not any(is_ones(node) for side in sides for node in everything(side)):
        return statement
    indices = frozenset(letter for side in sides for letter in _indices(side))
    return replace(
        statement,
        left=statement.left and _plain(statement.left, indices),
        right=statement.right and _plain(statement.right, indices),
    )


def _indices(side: Node) -> Iterator[str]:
    for node in everything(side):
        if isinstance(node, Symbol) and not is_ones(node):
            yield from map(spelled, node.subscripts)
        elif isinstance(node, Entry | BigSum):
            yield from map(spelled, node.indices)


def _plain(node: Node, indices: frozenset[str]) -> Node:
    if isinstance(node, Symbol):
        if is_ones(node) and indices.isdisjoint(map(spelled, node.subscripts)):
            return replace(node, subscripts=())
        return node
    return changed(node, lambda child: _plain(child, indices))
