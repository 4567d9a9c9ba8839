r"""Sums over a set that only names a range: `\sum_{k \in layer} w_k` runs over all of k."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Meant, Node, Relation, Symbol
from symback.reading.network.symbols import everything, spelled
from symback.reading.statements.statements import Statement

__all__ = ["over_whole_ranges"]


def over_whole_ranges(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements without the sets below their sums, where these say no more than the index.

    A letter that is summed over two sets, or between limits as well, runs over parts of its range.
    """
    found: dict[str, set[str]] = {}
    for statement in statements:
        for side in (statement.left, statement.right):
            for letter, over in _sums(side) if side is not None else ():
                found.setdefault(letter, set()).add(over)
    whole = {letter for letter, over in found.items() if len(over) == 1 and over != {""}}
    if not whole:
        return tuple(statements)

    def inside(node: Node) -> Node:
        node = changed(node, inside)
        if isinstance(node, BigSum) and (own := _set(node)) and own[0] in whole:
            return replace(node, upper=_of_layer(node), conditions=(), meant=Meant.OVER_A_SET)
        return node

    return tuple(
        replace(s, left=s.left and inside(s.left), right=s.right and inside(s.right))
        if any(True for side in (s.left, s.right) if side is not None for _ in _sums(side))
        else s
        for s in statements
    )


def _of_layer(node: BigSum) -> Symbol | None:
    """The set of a layer's units, `layer_{l-1}`, which says whose units these are; else None."""
    (relation,) = node.conditions
    whole = relation.operands[1]
    return whole if isinstance(whole, Symbol) and (whole.subscripts or whole.marks) else None


def _sums(side: Node) -> Iterator[tuple[str, str]]:
    """The letters that are summed over, each with the set; with nothing where limits are said."""
    for node in everything(side):
        if isinstance(node, BigSum) and len(node.indices) == 1:
            own = _set(node)
            if own is not None:
                yield own
            elif node.lower is not None or node.upper is not None or node.conditions:
                yield spelled(node.indices[0]), ""


def _set(node: BigSum) -> tuple[str, str] | None:
    """The letter of a sum over a set, and the set without its scripts."""
    if len(node.indices) != 1 or node.lower is not None or node.upper is not None:
        return None
    (index,) = node.indices
    match node.conditions:
        case (Relation(operands=(Symbol() as member, Symbol() as whole), operators=("\\in",)),):
            if member == index and whole.font != "blackboard":
                return spelled(index), spelled(whole.base)
    return None
