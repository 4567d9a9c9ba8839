r"""Lines about more steps or samples than their equations say of, which are left open.

Beside `h_t = w h_{t-1} + x_t` the line `h_t = w^2 h_{t-2} + w x_{t-1} + x_t` follows from two
equations. Where what lies further back is given it is wrong, and as the document means it right. In
the same way `w^T x_1` is of the vector of sample 1, which the entry x_1 of a vector x is not.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise

from symback.reading.formula.syntax import (
    Derivative,
    Node,
    Norm,
    Number,
    Product,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.known_names import nodes_of
from symback.reading.network.symbols import base_of, of_step, quantities, spelled
from symback.reading.statements.statements import Statement

__all__ = ["bold_by_index", "looks_further_back", "vectors_by_number"]

_Step = tuple[str, str, int]


def looks_further_back(
    equations: Sequence[Statement], statement: Statement, layers: Container[str]
) -> bool:
    """Say whether a line has a quantity at a step before those at which its equations have it."""
    shifts: dict[tuple[str, str], set[int]] = {}
    for equation in equations:
        for name, letter, shift in _steps(equation) if equation is not statement else ():
            shifts.setdefault((name, letter), set()).add(shift)
    recursive = {letter for (_, letter), known in shifts.items() if len(known) > 1}
    return any(
        letter in recursive
        and letter not in layers
        and (name, letter) in shifts
        and shift < min(shifts[name, letter])
        for name, letter, shift in _steps(statement)
    )


def _steps(statement: Statement) -> Iterator[_Step]:
    """The names of what has a step for its last index, with its letter and how far it is."""
    for part in nodes_of(statement):
        for node in (part, *(part.by if isinstance(part, Derivative) else ())):
            index = node.subscripts[-1] if isinstance(node, Symbol) and node.subscripts else None
            if isinstance(node, Symbol) and index is not None and (found := of_step(index)):
                yield base_of(node), spelled(found[0]), found[1]


def vectors_by_number(statements: Iterable[Statement], statement: Statement) -> set[str]:
    """Letters with numbers of a line that stand behind a row, `w^T x_1`: no entries of a vector."""
    behind = {
        base_of(other)
        for each in statements
        for node in nodes_of(each)
        if isinstance(node, Product)
        for one, other in pairwise(map(stripped, node.factors))
        if isinstance(one, Transpose) and _has_number(other) and isinstance(other, Symbol)
    }
    own = (s for node in nodes_of(statement) for s in quantities(node))
    return behind & {base_of(symbol) for symbol in own if _has_number(symbol)}


def bold_by_index(statement: Statement) -> set[str]:
    r"""Bold letters with an index of a line that has norms, `\|\mathbf w + y_i \mathbf x_i\|`.

    They are vectors, each with its number, where nothing else shows it.
    """
    nodes = list(nodes_of(statement))
    inside = (s for node in nodes if isinstance(node, Norm) for s in quantities(node.body))
    return {base_of(s) for s in inside if s.font == "bold" and len(s.subscripts) == 1}


def _has_number(node: Node) -> bool:
    if not isinstance(node, Symbol) or node.marks or len(node.subscripts) != 1:
        return False
    return isinstance(node.subscripts[0], Number)
