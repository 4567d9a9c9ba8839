"""Equations that say where a loss is least, and not what a parameter is.

Behind `J(w) = |y - X w|^2` the line `w = (X^T X)^{-1} X^T y` is what solves `dJ/dw = 0`; every
derivative by w is taken where w is free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Fraction,
    Group,
    Node,
    Number,
    Power,
    Symbol,
    Tuple,
    stripped,
)
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities

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
    sought = _sought(defining, statements)
    by = {base_of(symbol) for symbol in _differentiated_by(statements)}
    free: set[str] = set()
    known: set[str] = set()
    kept: list[Statement] = []
    for statement in defining:
        left, right = statement.definition
        if isinstance(left, Symbol) and left.unmarked == left:
            at = place.get(id(statement), 0)
            if base_of(left) in free and not _is_output(left, right, known, by):
                continue
            if any(before < at and left == by for before, by in solved):
                continue
            if right is not None and _solves(right, sought.get(left, set())):
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


def _sought(
    defining: Sequence[Statement], statements: Sequence[Statement]
) -> dict[Symbol, set[Symbol]]:
    r"""What losses are differentiated by, and the data that stand in the same losses.

    By `b = 1/m \sum_i (y_i - w x_i)` the derivative of `\sum_i (w x_i + b - y_i)^2` by b is nought,
    and so would be whatever stands there for it. Data have no equation, and no derivative is by
    them.
    """
    slopes = [
        node
        for s in statements
        for side in (s.left, s.right)
        if side is not None
        for node in everything(side)
        if isinstance(node, Derivative)
    ]
    known = {base_of(by) for node in slopes for by in node.by if isinstance(by, Symbol)}
    known |= {base_of(x) for s in defining if isinstance(x := s.definition[0], Symbol)}
    given: dict[str, set[Symbol]] = {}
    for statement in defining:
        left, right = statement.definition
        if right is not None and (name := _loss(left)):
            data = {symbol for symbol in quantities(right) if base_of(symbol) not in known}
            given.setdefault(name, set()).update(data)
    found: dict[Symbol, set[Symbol]] = {}
    for node in slopes:
        for by in node.by if len(node.by) == 1 else ():
            if isinstance(by, Symbol) and by.unmarked == by and base_of(by) not in LOSSES:
                found.setdefault(by, set()).update(given.get(_loss(node.of), ()))
    return found


def _solves(right: Node, data: set[Symbol]) -> bool:
    """Say whether an expression adds data up or divides, as what is made of all samples does."""
    adds = any(isinstance(node, BigSum | Fraction | Power) for node in everything(right))
    found = data.intersection(quantities(right))
    # The coefficients of a parabola are no samples, and what is made of them may be a minimum.
    samples = any(x.subscripts or x.marks or x.font or x.name[:1].isupper() for x in found)
    return adds and samples and not isinstance(stripped(right), Call)


def _loss(node: Node | None) -> str:
    symbol = node.function if isinstance(node, Call) else node
    return base_of(symbol) if isinstance(symbol, Symbol) and base_of(symbol) in LOSSES else ""


def _differentiated_by(statements: Sequence[Statement]) -> Iterator[Symbol]:
    sides = (side for s in statements for side in (s.left, s.right) if side is not None)
    for node in (node for side in sides for node in everything(side)):
        if isinstance(node, Derivative):
            yield from (by for by in node.by if isinstance(by, Symbol))


def _is_output(left: Symbol, right: Node | None, known: set[str], by: set[str]) -> bool:
    """Say whether an equation is of an output, `hat y = softmax(z)`, and solves nothing.

    What a loss is minimal at is made of the data in it; an output is made of other things, by
    which something is differentiated.
    """
    inside = {base_of(symbol) for symbol in quantities(right)} if right is not None else set()
    if right is None or not inside.isdisjoint(known):
        return False
    return "hat" in left.accents or isinstance(stripped(right), Call) or not by.isdisjoint(inside)
