r"""Gradients that are written as lists, `\nabla f = (2 x y, x^2)`, and by nothing that is said.

A list is no row and no column. Beside a gradient it stands for the entries, which are by all that
the function is written with, in this order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Matrix, Nabla, Node, Tuple, stripped
from symback.reading.statements.statements import Statement

__all__ = ["with_gradients_as_columns"]

_LISTS = ("(", "[", "<")


def with_gradients_as_columns(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with columns for the lists in chains that begin with such a gradient."""
    chains = {
        (id(s.excerpt), s.chain)
        for s in statements
        if s.position == 1 and s.left is not None and _is_gradient(stripped(s.left))
    }
    return tuple(
        replace(s, left=s.left and _column(s.left), right=s.right and _column(s.right))
        if (id(s.excerpt), s.chain) in chains
        else s
        for s in statements
    )


def _is_gradient(node: Node) -> bool:
    return isinstance(node, Nabla) and node.by is None and node.of is not None


def _column(node: Node) -> Node:
    whole = stripped(node)
    entries: tuple[Node, ...] = ()
    if isinstance(whole, Tuple) and whole.bracket in _LISTS:
        entries = whole.items
    elif isinstance(whole, Matrix) and len(whole.rows) == 1:
        entries = whole.rows[0]
    return Matrix(tuple((entry,) for entry in entries), span=whole.span) if entries else node
