r"""Sums over what is unlike another index: of `\sum_{i \neq j}` one letter is summed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Node, Number, Relation, Symbol
from symback.reading.network.symbols import everything
from symback.reading.statements.repeated_indices import counted
from symback.reading.statements.statements import Statement

__all__ = ["over_bound_letters"]


def over_bound_letters(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    r"""The statements with each sum over `i \neq j` running over the letter that is not given.

    In `s_i = \sum_{i \neq j} w_{ij} x_j` the left side gives i. Where that tells nothing the first
    letter is summed over, as in `\sum_{j \neq i}`.
    """
    return tuple(_of(statement) for statement in statements)


def _of(statement: Statement) -> Statement:
    sides = [side for side in (statement.left, statement.right) if side is not None]
    if not any(_pair(node) for side in sides for node in everything(side)):
        return statement
    given = {letter for side in sides for letter in counted(_without(side))}

    def turned(node: Node) -> Node:
        node = changed(node, turned)
        pair = _pair(node)
        if pair is not None and isinstance(node, BigSum):
            first, second = pair
            if first.name in given and second.name not in given:
                return replace(node, indices=(second,))
        return node

    left, right = statement.left, statement.right
    return replace(statement, left=left and turned(left), right=right and turned(right))


def _without(node: Node) -> Node:
    return Number("0") if _pair(node) else changed(node, _without)


def _pair(node: Node) -> tuple[Symbol, Symbol] | None:
    r"""The letters of a sum of which is only said that they differ, the one summed over first."""
    if not isinstance(node, BigSum) or node.lower is not None or node.upper is not None:
        return None
    match node.conditions:
        case (Relation(operands=(Symbol() as one, Symbol() as other), operators=("\\neq",)),):
            if node.indices == (one,):
                return one, other
    return None
