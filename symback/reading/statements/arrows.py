r"""Vectors set with an arrow, `\vec w`, as the array of the entries `w_j` without one.

That is for letters that stand without an arrow only where an entry of theirs is meant: beside a
plain `x`, or beside samples `\vec x_i` and `x_i`, the arrow tells two quantities apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Node, Symbol
from symback.reading.network.naming import LOSSES
from symback.reading.statements.statements import Statement

__all__ = ["without_arrows"]

_ARROW = ("vec",)


def without_arrows(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with bold letters for those that have an arrow."""
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    symbols = {node for side in sides for node in side.walk() if isinstance(node, Symbol)}
    with_arrow = {
        s for s in symbols if s.accents == _ARROW and s.name.isalpha() and s.name not in LOSSES
    }
    if not with_arrow:
        return tuple(statements)
    plain = {s for s in symbols if not s.accents}
    names = {s.name for s in with_arrow}
    apart = {s.name for s in with_arrow if s.subscripts}
    apart |= {s.name for s in plain if not s.subscripts}
    # With nothing but the arrow it is the same letter throughout, whatever stands below it.
    apart -= names - {s.name for s in plain}
    meant = names - apart
    if not meant:
        return tuple(statements)

    def read(node: Node) -> Node:
        node = changed(node, read)
        if isinstance(node, Symbol) and node.accents == _ARROW and node.name in meant:
            return replace(node, accents=(), font="bold")
        return node

    return tuple(
        replace(s, left=s.left and read(s.left), right=s.right and read(s.right))
        for s in statements
    )
