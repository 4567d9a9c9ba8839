r"""Samples whose number stands below: `C = 1/n \sum_i L(y_i, \hat y_i)` beside `\hat y = w x + b`.

A letter with an index below is an entry of a vector elsewhere. It is that of a sample where another
loss is of the letters by themselves, and no line has one of them with an index but below a sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Call, Mark, MarkKind, Node, Symbol
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_samples_above"]


def with_samples_above(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with the numbers of samples where they do not count entries: `y^{(i)}`."""
    found = {id(s): own for s in statements if (own := _of_samples(s, statements))}
    if not found:
        return tuple(statements)

    def above(letters: frozenset[str], node: Node) -> Node:
        if isinstance(node, Symbol) and base_of(node) in letters and node.subscripts:
            mark = Mark(MarkKind.LAYER, node.subscripts[0])
            return replace(node, subscripts=(), marks=(*node.marks, mark))
        return changed(node, lambda inner: above(letters, inner))

    return tuple(
        replace(s, right=above(found[id(s)], s.right)) if id(s) in found and s.right else s
        for s in statements
    )


def _of_samples(statement: Statement, statements: Sequence[Statement]) -> frozenset[str]:
    """The letters of samples that a loss adds up; none where they can be entries."""
    loss = _loss(statement)
    right = statement.right
    if not loss or right is None or not statement.defines:
        return frozenset()
    sums = [node for node in everything(right) if isinstance(node, BigSum)]
    if len(sums) != 1 or len(sums[0].indices) != 1:
        return frozenset()
    (index,) = sums[0].indices
    inside = [s for s in quantities(sums[0].body) if s.subscripts]
    if not inside or any(symbol.subscripts != (index,) for symbol in inside):
        return frozenset()
    letters = frozenset(map(base_of, inside))
    others = [s for s in statements if s is not statement]
    alone = any(_is_of(s, letters) and _loss(s) != loss for s in others)
    indexed = any(
        symbol.subscripts and base_of(symbol) in letters and not _loss(s)
        for s in others
        for side in _sides(s)
        for symbol in quantities(side)
    )
    return letters if alone and not indexed else frozenset()


def _is_of(statement: Statement, letters: frozenset[str]) -> bool:
    """Say whether a statement defines a loss by these letters, none of which has an index."""
    right = statement.right
    if not _loss(statement) or right is None or not statement.defines:
        return False
    symbols = list(quantities(right))
    return letters <= {base_of(symbol) for symbol in symbols} and not any(
        symbol.subscripts for symbol in symbols
    )


def _loss(statement: Statement) -> str:
    left = statement.left
    symbol = left.function if isinstance(left, Call) else left
    name = base_of(symbol) if isinstance(symbol, Symbol) else ""
    return name if name in LOSSES else ""


def _sides(statement: Statement) -> Iterator[Node]:
    yield from (side for side in (statement.left, statement.right) if side is not None)
