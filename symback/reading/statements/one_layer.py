r"""Equations of one layer whose number is written as if it were any: `a_k^{(\ell)} = \hat y_k`.

The right side has no layer, and so says what the last layer computes. Said of every layer it would
make them all equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import MarkKind, Node, Sum, Symbol
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["of_one_layer"]

_KINDS = (MarkKind.LAYER, MarkKind.BRACKET)


def of_one_layer(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements, those of them conditional that define all layers by what has none.

    That is so of quantities that stand with the next layer or the one before elsewhere.
    """
    numbered = {
        symbol.name
        for s in statements
        for side in (s.left, s.right)
        if side is not None
        for symbol in quantities(side)
        if any(isinstance(body, Sum) for body in _layers(symbol))
    }
    return tuple(
        replace(s, conditional=True, conditions=(), defines=False) if _is_of_one(s, numbered) else s
        for s in statements
    )


def _is_of_one(statement: Statement, numbered: set[str]) -> bool:
    left, right = statement.definition
    if not statement.defines or not isinstance(left, Symbol) or left.name not in numbered:
        return False
    letters = [body for body in _layers(left) if isinstance(body, Symbol)]
    if right is None or not letters or not letters[0].name.islower():
        return False
    symbols = list(quantities(right))
    return bool(symbols) and not any(
        node == letters[0]
        for symbol in symbols
        for script in (*symbol.subscripts, *(mark.body for mark in symbol.marks))
        if script is not None
        for node in everything(script)
    )


def _layers(symbol: Symbol) -> list[Node]:
    return [m.body for m in symbol.marks if m.kind in _KINDS and m.body is not None]
