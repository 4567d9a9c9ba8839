r"""Entries of derivatives, written with the index outside: `(\partial L / \partial W)_{jk}`.

They are the derivatives by those entries; of a vector's derivative by another, the first index is
that of what is differentiated. Other brackets with indices are left to be worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Derivative,
    Entry,
    Group,
    Nabla,
    Node,
    Symbol,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_entries"]


def with_entries(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with the indices of derivatives on what they are of and by."""
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    if not any(isinstance(node, Entry) for side in sides for node in side.walk()):
        return tuple(statements)
    ranks: dict[str, int] = {}
    for symbol in (symbol for side in sides for symbol in quantities(side)):
        base = base_of(symbol)
        ranks[base] = max(ranks.get(base, 0), len(symbol.subscripts))

    def inside(node: Node) -> Node:
        node = changed(node, inside)
        return _of_entry(node, ranks) if isinstance(node, Entry) else node

    return tuple(
        replace(s, left=s.left and inside(s.left), right=s.right and inside(s.right))
        for s in statements
    )


def _of_entry(entry: Entry, ranks: dict[str, int]) -> Node:
    body = stripped(entry.body)
    if isinstance(body, Nabla):
        by = stripped(body.by) if body.by is not None else None
    elif isinstance(body, Derivative) and len(body.by) == 1:
        by = stripped(body.by[0])
    elif isinstance(body, Symbol) and body.subscripts == entry.indices:
        return Group(body, span=entry.span)  # `[w_{ij}]_{i,j}` is `(w_{ij})`
    else:
        return entry
    of = stripped(body.of) if body.of is not None else None
    if not isinstance(by, Symbol) or by.subscripts or not isinstance(of, Symbol):
        return entry
    if not ranks.get(base_of(by)):
        return entry  # one that is never indexed can be of many samples
    rows: tuple[Node, ...] = ()
    columns = entry.indices
    rank = 0 if base_of(of) in LOSSES else ranks.get(base_of(of), 0)
    if not of.subscripts and rank and len(columns) == rank + max(1, ranks.get(base_of(by), 0)):
        rows, columns = columns[:rank], columns[rank:]
    of, by = replace(of, subscripts=of.subscripts + rows), replace(by, subscripts=columns)
    return Derivative("∂", of, (by,), span=entry.span)
