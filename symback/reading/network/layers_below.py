r"""A formula about a stated network that has the numbers of layers below: `W_2`, `\delta_1`, `b_2`.

In the notation such a quantity has the number of its layer above, and its units below. Where the
only thing below is a number, and nothing has one above, it can be that of no unit: of a matrix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Mark, MarkKind, Node, Number, Symbol
from symback.reading.network.symbols import base_of, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_layers_above"]


def with_layers_above(statement: Statement, stated: Iterable[Statement]) -> Statement | None:
    """The statement with those numbers above; None where not all of them can be of layers.

    Args:
        statement: what was typed.
        stated: the equations of the network.
    """
    marked: dict[str, Mark] = {}
    for symbol in _symbols(*stated):
        layers = [mark for mark in symbol.marks if mark.kind in _LAYERS]
        if len(layers) == 1 and isinstance(layers[0].body, Number):
            marked[base_of(symbol)] = layers[0]
    own = [symbol for symbol in _symbols(statement) if base_of(symbol) in marked]
    if not own or any(symbol.marks or not _is_numbered(symbol) for symbol in own):
        return None

    def put(node: Node) -> Node:
        if not isinstance(node, Symbol):
            return changed(node, put)
        if base_of(node) not in marked or not _is_numbered(node):
            return node
        mark = replace(marked[base_of(node)], body=node.subscripts[0])
        return replace(node, subscripts=(), marks=(mark,))

    left, right = (side and put(side) for side in (statement.left, statement.right))
    return replace(statement, left=left, right=right)


_LAYERS = (MarkKind.LAYER, MarkKind.BRACKET, MarkKind.BRACE, MarkKind.BARE)


def _is_numbered(symbol: Symbol) -> bool:
    return len(symbol.subscripts) == 1 and isinstance(symbol.subscripts[0], Number)


def _symbols(*statements: Statement) -> Iterable[Symbol]:
    for statement in statements:
        for side in (statement.left, statement.right):
            if side is not None:
                yield from quantities(side)
