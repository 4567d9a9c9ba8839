"""The cases of its indices that a line may be meant of: `i = j`, said before it or told apart."""

from __future__ import annotations

from symback.reading.formula.syntax import Derivative, Entry, Node, Relation, Symbol, stripped
from symback.reading.judging.judge import Judge
from symback.reading.network.symbols import base_of, spelled
from symback.reading.network.worlds import Worlds
from symback.reading.statements.conditions import returns
from symback.reading.statements.statements import Statement

__all__ = ["has_twin", "holds_in_case"]


def holds_in_case(judge: Judge, worlds: Worlds, statement: Statement) -> bool:
    """Say whether a line holds in a case of which its section spoke: `For j = k:`, far above."""
    cases = _conditions_before(judge, worlds, statement)
    return any(judge.holds_where(statement, *case) for case in cases)


def _conditions_before(
    judge: Judge, worlds: Worlds, statement: Statement
) -> list[tuple[Relation, ...]]:
    """The cases of its indices of which the section spoke before a statement, and did not leave.

    Of a line with several, `i = k, l != j`, all together are one.
    """
    if statement.left is None or statement.right is None:
        return []
    letters = judge.model.constants.union(judge.indices.letters(statement.left, statement.right))
    section = worlds.section[id(statement)]
    found: dict[int, tuple[Relation, ...]] = {}
    for other in worlds.statements:
        if worlds.section[id(other)] != section or returns(other.excerpt):
            found.clear()
        if other is statement:
            break
        one, two = other.left, other.right
        if isinstance(one, Symbol) and isinstance(two, Symbol) and other.relation in ("=", "\\neq"):
            if {spelled(one), spelled(two)} <= letters:
                case = Relation((one, two), (other.relation,))
                found[other.line] = (*found.get(other.line, ()), case)
    return list(found.values())


def has_twin(worlds: Worlds, statement: Statement) -> bool:
    """Say whether the case of one unit is told apart: `do_i/dz_i` beside `do_j/dz_i`."""
    heads = [s.left for s in worlds.statements if s.chain == statement.chain][:1]
    own = next(iter(filter(None, map(_pair, [*heads, statement.left]))), None)
    if own is None or own[1] == own[3]:
        return False
    others = (_pair(s.left) for s in worlds.statements)
    return any(
        other is not None and (other[0], other[2]) == (own[0], own[2]) and other[1] == other[3]
        for other in others
    )


def _pair(node: Node | None) -> tuple[Node, Node, Node, Node] | None:
    """The quantities and indices of a derivative of one entry by another."""
    if not isinstance(node, Derivative) or len(node.by) != 1 or node.of is None:
        return None
    of, by = _of_entry(stripped(node.of)), _of_entry(node.by[0])
    return (*of, *by) if of is not None and by is not None else None


def _of_entry(node: Node) -> tuple[Node, Node] | None:
    """A quantity, or a function of one, and the only index behind it."""
    if isinstance(node, Entry) and len(node.indices) == 1:
        return node.body, node.indices[0]
    if isinstance(node, Symbol) and len(node.subscripts) == 1:
        return Symbol(base_of(node)), node.subscripts[0]
    return None
