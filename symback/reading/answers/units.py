r"""A unit by the word for what it is, with its layer, `out_{h_1^{(2)}}`, or a letter, `out_{hj}`.

The notation writes the layer behind, `out_{h1}^{(2)}`, and a letter below the word's, `out_{h_j}`.
"""

from __future__ import annotations

from dataclasses import replace

from symback.reading.answers.spellings import Spellings
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Mark, Node, Symbol
from symback.reading.network.symbols import INDEX_LETTERS, base_of, spelled
from symback.reading.statements.statements import Statement

__all__ = ["with_units_as_written"]


def with_units_as_written(statement: Statement, spellings: Spellings) -> Statement:
    """The statement with the units of such names written as the notation has them."""
    labels = {(one.base, name) for one in spellings.of for at, name in one.fixed if at == 0}
    words = {(base, name) for base, name in labels if name.isalpha() and len(name) == 1}
    if not words:
        return statement

    def put(node: Node) -> Node:
        if not isinstance(node, Symbol):
            return changed(node, put)
        return _as_written(node, words)

    left, right = (side and put(side) for side in (statement.left, statement.right))
    return replace(statement, left=left, right=right)


def _as_written(symbol: Symbol, words: set[tuple[str, str]]) -> Symbol:
    match symbol.subscripts:
        case (Symbol() as word,) if word.marks and (base_of(symbol), word.name) in words:
            marks = tuple(mark for mark in word.marks if isinstance(mark, Mark))
            below = replace(word, marks=())
            return replace(symbol, subscripts=(below,), marks=(*marks, *symbol.marks))
        case (Symbol() as word, Symbol() as index) if (base_of(symbol), spelled(word)) in words:
            if index.name in INDEX_LETTERS:
                below = Symbol(word.name, subscripts=(index,), span=word.span)
                return replace(symbol, subscripts=(below,))
    return symbol
