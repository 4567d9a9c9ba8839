"""Equations that say where a loss is least, and not what a parameter is.

Behind `J(w) = |y - X w|^2` the line `w = (X^T X)^{-1} X^T y` is what solves `dJ/dw = 0`; every
derivative by w is taken where w is free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Group,
    Node,
    Number,
    Symbol,
    Tuple,
    stripped,
)
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, quantities

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["without_solutions"]


def without_solutions(
    defining: Sequence[Statement], statements: Sequence[Statement]
) -> list[Statement]:
    """The equations without those for what a loss was said before to be a function of, or least in.

    Args:
        defining: the equations.
        statements: all that the document says.
    """
    place = {id(s): at for at, s in enumerate(statements)}
    solved = list(_solved(statements))
    free: set[str] = set()
    known: set[str] = set()
    kept: list[Statement] = []
    for statement in defining:
        left, right = statement.definition
        if isinstance(left, Symbol) and left.unmarked == left:
            at = place.get(id(statement), 0)
            if base_of(left) in free and not _is_output(left, right, known):
                continue
            if any(before < at and left == by for before, by in solved):
                continue
        kept.append(statement)
        if right is None:
            continue
        arguments = list(_arguments(left))
        inside = {base_of(symbol) for symbol in quantities(right)}
        if arguments:
            known |= inside
        free |= {base_of(p) for p in arguments if isinstance(p, Symbol)} & inside
    return kept


def _arguments(left: Node | None) -> Iterator[Node]:
    """What a loss is said to be a function of: `J(w, b)`, `E_{(w, b)}`."""
    if isinstance(left, Call) and left.function.name[0].isupper():
        inside = left.arguments
    elif isinstance(left, Symbol) and base_of(left) in LOSSES and len(left.subscripts) == 1:
        inside = left.subscripts if isinstance(left.subscripts[0], Tuple | Group) else ()
    else:
        return
    for argument in inside:
        argument = stripped(argument)
        yield from argument.items if isinstance(argument, Tuple) else (argument,)


def _solved(statements: Sequence[Statement]) -> Iterator[tuple[int, Symbol]]:
    """What a loss is differentiated by where that is said to vanish: `dE/db = … = 0`."""
    heads: dict[tuple[int, int], Node] = {}
    for at, statement in enumerate(statements):
        if statement.left is None:
            continue
        head = heads.setdefault((id(statement.excerpt), statement.chain), statement.left)
        right = stripped(statement.right) if statement.right is not None else None
        if not (isinstance(right, Number) and right.value == 0 and isinstance(head, Derivative)):
            continue
        of = head.of.function if isinstance(head.of, Call) else head.of
        if isinstance(of, Symbol) and base_of(of) in LOSSES and len(head.by) == 1:
            if isinstance(by := head.by[0], Symbol):
                yield at, by.unmarked


def _is_output(left: Symbol, right: Node | None, known: set[str]) -> bool:
    """Say whether an equation is of an output, `hat y = softmax(z)`, and solves nothing.

    What a loss is minimal at is made of the data in it; an output is made of other things.
    """
    if right is None or not {base_of(symbol) for symbol in quantities(right)}.isdisjoint(known):
        return False
    return "hat" in left.accents or isinstance(stripped(right), Call)
