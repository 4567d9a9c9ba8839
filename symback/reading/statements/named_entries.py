"""Equations that only name a matrix's entries: `X = [x_11 x_12; x_21 x_22]`."""

from __future__ import annotations

from typing import NamedTuple

from symback.reading.formula.syntax import (
    Dots,
    Matrix,
    Node,
    Number,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)
from symback.reading.network.symbols import base_of, spelled

__all__ = ["NamedEntries", "named_entries"]


class NamedEntries(NamedTuple):
    """A matrix, the letter of its entries, and its size, 0 where dots leave it open."""

    of: Symbol
    base: str
    rows: int
    columns: int


def named_entries(left: Node | None, right: Node | None) -> NamedEntries | None:
    """What an equation names the entries of; None where it does something else."""
    if not isinstance(left, Symbol) or right is None:
        return None
    rows = _rows(right)
    bases = set()
    open_rows = open_columns = False
    for at, row in enumerate(rows, start=1):
        for column, entry in enumerate(row, start=1):
            if isinstance(entry, Dots):
                open_rows = open_rows or len(rows) > 1
                open_columns = open_columns or len(row) > 1
                continue
            if not isinstance(entry, Symbol) or not entry.subscripts:
                return None
            if not _is_entry(left, entry, at, column, len(rows), len(row)):
                open_rows = open_columns = True
                if all(isinstance(index, Number) for index in entry.subscripts):
                    return None
            bases.add(base_of(entry))
    if len(bases) != 1:
        return None
    width = 0 if open_columns else len(rows[0])
    return NamedEntries(left, bases.pop(), 0 if open_rows else len(rows), width)


def _rows(node: Node) -> tuple[tuple[Node, ...], ...]:
    node = stripped(node)
    turned = isinstance(node, Transpose)
    if isinstance(node, Transpose):
        node = stripped(node.body)
    if isinstance(node, Tuple) and (node.bracket == "[" or (turned and node.bracket == "(")):
        return (node.items,)
    return node.rows if isinstance(node, Matrix) else ()


def _is_entry(left: Symbol, entry: Symbol, row: int, column: int, rows: int, columns: int) -> bool:
    """Say whether an entry is numbered by its place, from 1 or 0, behind the matrix's own name."""
    own = "".join(map(spelled, left.subscripts))
    numbers = "".join(map(spelled, entry.subscripts)).removeprefix(own)
    allowed = {f"{row}{column}", f"{row - 1}{column - 1}"}
    if rows == 1:
        allowed |= {str(column), str(column - 1)}
    if columns == 1:
        allowed |= {str(row), str(row - 1)}
    return numbers in allowed
