r"""Steps of a descent, `w_{t+1} = w_t - \eta \nabla J(w_t)`: updates of w, whose steps are counted.

The number of a step is no index of the letter, which stands without it wherever the document says
what is differentiated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Hessian,
    Mark,
    MarkKind,
    Nabla,
    Node,
    Number,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.statements import Kind, Statement

__all__ = ["with_descents"]

_ONE = Number("1")


def with_descents(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with such steps as updates of the letters themselves."""
    bare = {base_of(s) for each in statements for s in _arguments(each) if not _scripts(s)}
    updates = [_as_update(statement, bare) for statement in statements]
    elsewhere = {
        base_of(symbol)
        for new, old in zip(updates, statements, strict=True)
        if new is old
        for side in (old.left, old.right)
        if side is not None
        for symbol in everything(side)
        if isinstance(symbol, Symbol) and _next(symbol) is not None
    }
    return tuple(
        old if isinstance(new.left, Symbol) and base_of(new.left) in elsewhere else new
        for new, old in zip(updates, statements, strict=True)
    )


def _as_update(statement: Statement, bare: set[str]) -> Statement:
    left, right = statement.left, statement.right
    if statement.relation != "=" or not isinstance(left, Symbol) or right is None:
        return statement
    step = _next(left)
    if step is None or base_of(left) not in bare or not _goes_on(left, right, step):
        return statement

    def plain(node: Node) -> Node:
        if isinstance(node, Symbol) and base_of(node) in bare:
            only = _scripts(node)
            if len(only) == 1 and (only[0] == step or _after(only[0]) == step):
                kept = tuple(mark for mark in node.marks if mark.body is None)
                return replace(node, subscripts=(), marks=kept)
        return changed(node, plain)

    return replace(
        statement, left=plain(left), right=plain(right), kind=Kind.ASSIGNMENT, defines=False
    )


def _goes_on(left: Symbol, right: Node, step: Symbol) -> bool:
    """Say whether a right side is the value of this step, and a gradient added."""
    if not isinstance(right, Sum):
        return False
    if not any(isinstance(n, Derivative | Nabla | Hessian) for n in everything(right)):
        return False
    return any(
        isinstance(term, Symbol) and term.base == left.base and _scripts(term) == (step,)
        for term in map(stripped, right.terms)
    )


def _next(symbol: Symbol) -> Symbol | None:
    """The letter of a step of which a symbol has the next: `w_{t+1}`, `x^{(k+1)}`."""
    scripts = _scripts(symbol)
    return _after(scripts[0]) if len(scripts) == 1 else None


def _after(script: Node) -> Symbol | None:
    if not isinstance(script, Sum) or len(script.terms) != 2 or script.signs != (1, 1):
        return None
    letter, one = script.terms
    return letter if isinstance(letter, Symbol) and one == _ONE else None


def _scripts(symbol: Symbol) -> tuple[Node, ...]:
    marks = (mark for mark in symbol.marks if _counts(mark))
    return (*symbol.subscripts, *(mark.body for mark in marks if mark.body is not None))


def _counts(mark: Mark) -> bool:
    return mark.kind in (MarkKind.LAYER, MarkKind.BRACKET, MarkKind.BARE)


def _arguments(statement: Statement) -> Iterator[Symbol]:
    """What a statement differentiates by, or writes a function of."""
    sides = (side for side in (statement.left, statement.right) if side is not None)
    for node in (node for side in sides for node in everything(side)):
        of: tuple[Node, ...] = ()
        if isinstance(node, Call):
            of = node.arguments
        elif isinstance(node, Derivative):
            of = node.by
        elif isinstance(node, Nabla | Hessian) and node.by is not None:
            of = (node.by,)
        yield from (each for each in map(stripped, of) if isinstance(each, Symbol))
