r"""Functions that a derivative names without what they are of: `\partial L / \partial w`, `L(w)`.

Where a letter has no formula and is always applied to the same, the letter alone is that too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Symbol
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Statement

__all__ = ["with_their_arguments"]


def with_their_arguments(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with the arguments of such functions behind the sign of a derivative."""
    sides = [x for s in statements for x in (s.left, s.right) if x is not None]
    nodes = [node for side in sides for node in everything(side)]
    bare = {of for node in nodes if (of := _bare(node)) is not None}
    if not bare:
        return tuple(statements)
    calls: dict[Symbol, set[Call]] = {}
    for node in nodes:
        if isinstance(node, Call) and node.function in bare and not node.order:
            calls.setdefault(node.function, set()).add(node)
    lefts = (s.definition[0] for s in statements if s.defines)
    defined = {left.function if isinstance(left, Call) else left for left in lefts}
    applied: dict[Node, Call] = {
        function: call
        for function, found in calls.items()
        if len(found) == 1 and function not in defined
        for call in found
        if len(call.arguments) == 1 and isinstance(call.arguments[0], Symbol)
    }
    if not applied:
        return tuple(statements)
    written = partial(_applied, applied)
    return tuple(
        replace(s, left=s.left and written(s.left), right=s.right and written(s.right))
        for s in statements
    )


def _bare(node: Node) -> Symbol | None:
    """The letter alone behind the sign of a derivative."""
    if isinstance(node, Derivative | Nabla) and isinstance(node.of, Symbol):
        return node.of if node.of == node.of.base else None
    return None


def _applied(calls: Mapping[Node, Call], node: Node) -> Node:
    node = changed(node, partial(_applied, calls))
    if isinstance(node, Derivative | Nabla) and (of := _bare(node)) in calls and of is not None:
        by = node.by[0] if isinstance(node, Derivative) else node.by
        if by is None or by == calls[of].arguments[0]:
            return replace(node, of=replace(calls[of], span=of.span))
    return node
