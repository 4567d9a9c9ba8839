r"""Losses of a sample put in where they are added up: `C = 1/n \sum_i L(y_i, \hat y_i)`.

With `L(y, \hat y) = (y - \hat y)^2` it is of the samples' own letters there, and not the loss of
all entries as often as there are samples. What a loss says of parts of its arguments is not put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeGuard

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Group,
    Node,
    Norm,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_losses_put_in"]

_FEWEST = 2
"""So many letters a loss is of: what is found, and what was wanted."""
_OF_NUMBERS = frozenset(["log", "ln", "exp", "max", "min"])
_Loss = tuple[tuple[Symbol, ...], Node, bool]
_Losses = Mapping[Symbol, _Loss]


def with_losses_put_in(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with what a loss of bare letters is of the letters of a sample."""
    losses = {name: loss for s in statements for name, loss in _of_letters(s)}
    entries = {name: letters for s in statements for name, letters in _of_entries(s)}
    if not losses and not entries:
        return tuple(statements)
    indexed = {
        base_of(symbol)
        for s in statements
        for side in (s.left, s.right)
        if side is not None
        for symbol in _outside_calls(side)
        if symbol.subscripts
    }

    def put(node: Node) -> Node:
        node = changed(node, put)
        if isinstance(node, BigSum) and len(node.indices) == 1:
            return replace(node, body=_put(node.body, node.indices[0], losses, indexed))
        return node

    def meant(statement: Statement) -> Statement:
        if not statement.defines or statement.right is None:
            return statement
        if any(_mixes(node, entries) for node in everything(statement.right)):
            # `y_i` is a whole vector in the one, and an entry of it in the other.
            return replace(statement, conditional=True, conditions=(), defines=False)
        return replace(statement, right=put(statement.right))

    return tuple(map(meant, statements))


def _of_entries(statement: Statement) -> Iterator[tuple[Symbol, frozenset[str]]]:
    """The loss that a statement writes out in entries that it adds up, and their letters."""
    left, right = statement.left, statement.right
    name = left.function if isinstance(left, Call) else left
    if not isinstance(name, Symbol) or not _is_bare(name) or base_of(name) not in LOSSES:
        return
    given = left.arguments if isinstance(left, Call) else ()
    if right is None or not statement.defines or any(not _is_plain(x) for x in given):
        return
    sums = [node for node in everything(right) if isinstance(node, BigSum)]
    letters = frozenset(base_of(x) for node in sums for x in quantities(node.body) if x.subscripts)
    if letters and not any(isinstance(x, Call) and x.function == name for x in everything(right)):
        yield name, letters


def _is_plain(node: Node) -> bool:
    return isinstance(symbol := stripped(node), Symbol) and _is_bare(symbol)


def _mixes(node: Node, entries: Mapping[Symbol, frozenset[str]]) -> bool:
    """Say whether a sum over samples is of a loss that is written out in entries."""
    if not isinstance(node, BigSum):
        return False
    for call in everything(node.body):
        if isinstance(call, Call) and call.arguments and call.function in entries:
            letters = entries[call.function]
            arguments = map(stripped, call.arguments)
            if all(_is_counted(x, node) and base_of(x) in letters for x in arguments):
                return True
    return False


def _is_counted(node: Node, by: BigSum) -> TypeGuard[Symbol]:
    return isinstance(node, Symbol) and node.subscripts == by.indices


def _of_letters(statement: Statement) -> Iterator[tuple[Symbol, _Loss]]:
    """The loss that a statement writes out in letters alone, none of them with an index."""
    left, right = statement.left, statement.right
    if right is None or not statement.defines or not all(map(_is_of_numbers, everything(right))):
        return
    letters = tuple(dict.fromkeys(quantities(right)))
    if len(letters) < _FEWEST or not all(map(_is_bare, letters)):
        return
    if isinstance(left, Symbol) and _is_bare(left) and base_of(left) in LOSSES:
        yield left, (letters, right, True)
    elif isinstance(left, Call) and base_of(left.function) in LOSSES and not left.order:
        own = tuple(x for x in map(stripped, left.arguments) if isinstance(x, Symbol))
        if set(own) == set(letters) and len(own) == len(left.arguments):
            yield left.function, (own, right, False)


def _is_of_numbers(node: Node) -> bool:
    """Say whether a part of an expression is one that numbers have: no norm, no sum of entries."""
    if isinstance(node, Call):
        return node.function.name in _OF_NUMBERS
    return not isinstance(node, BigSum | Norm | Transpose)


def _is_bare(symbol: Symbol) -> bool:
    return not symbol.subscripts and not symbol.marks


def _put(body: Node, index: Symbol, losses: _Losses, indexed: set[str]) -> Node:
    def visit(node: Node) -> Node:
        if isinstance(node, Call) and not node.order and node.function in losses:
            own, meant, free = losses[node.function]
            given = [replace(a, subscripts=(index,)) for a in own]
            said = list(map(stripped, node.arguments))
            # A loss without arguments of its own is of the letters, in whichever order.
            is_it = said == given or (len(said) == len(given) and set(said) == set(given) and free)
            if is_it and any(base_of(a) in indexed for a in own):
                return Group(_of(meant, dict(zip(own, given, strict=True))), span=node.span)
        return changed(node, visit)

    return visit(body)


def _of(node: Node, given: Mapping[Node, Node]) -> Node:
    return given.get(node) or changed(node, lambda inner: _of(inner, given))


def _outside_calls(node: Node) -> Iterator[Symbol]:
    if isinstance(node, Call) and base_of(node.function) in LOSSES:
        return
    if isinstance(node, Symbol):
        yield node
    for child in node.children():
        yield from _outside_calls(child)
