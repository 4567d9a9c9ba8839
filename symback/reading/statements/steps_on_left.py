r"""Recursions that are written one step on, `x_{k+1} = x_k + F(x_k)`: the same as of `x_k`.

An equation is looked up by the letter of its index, and so that stands alone on its left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Node, Number, Sum, Symbol
from symback.reading.network.symbols import base_of, everything, of_step
from symback.reading.statements.statements import Statement

__all__ = ["with_steps_on_left"]

_COUNTED = frozenset(["t", "tau"])
"""Letters of time, whose steps are told apart without this."""


def with_steps_on_left(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with the index of what a recursion defines alone on its left."""
    lefts = [s.left for s in statements if s.defines and isinstance(s.left, Symbol)]
    times = Counter(map(base_of, lefts))
    return tuple(
        _moved(s) if s.defines and isinstance(s.left, Symbol) and times[base_of(s.left)] == 1 else s
        for s in statements
    )


def _moved(statement: Statement) -> Statement:
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or right is None or statement.position != 1:
        return statement
    steps = [found for found in map(of_step, left.subscripts) if found is not None and found[1]]
    if len(steps) != 1 or left.marks or steps[0][0].name in _COUNTED:
        return statement
    letter, by = steps[0]
    if letter != Symbol(letter.name) or letter in left.subscripts:
        return statement
    if not all(_is_counted(right, letter)):
        return statement
    return replace(statement, left=_shifted(left, letter, by), right=_shifted(right, letter, by))


def _is_counted(node: Node, letter: Symbol) -> Iterator[bool]:
    """For each place of a letter, whether it is an index there, with a number at the most."""
    inside = {
        id(part)
        for symbol in everything(node)
        if isinstance(symbol, Symbol)
        for index in symbol.subscripts
        if of_step(index) is not None
        for part in index.walk()
    }
    for part in node.walk():
        if part == letter:
            yield id(part) in inside


def _shifted(node: Node, letter: Symbol, by: int) -> Node:
    if isinstance(node, Symbol):
        return replace(node, subscripts=tuple(_index(i, letter, by) for i in node.subscripts))
    return changed(node, lambda child: _shifted(child, letter, by))


def _index(index: Node, letter: Symbol, by: int) -> Node:
    found = of_step(index)
    if found is None or found[0] != letter:
        return index
    step = found[1] - by
    if not step:
        return letter
    return Sum((letter, Number(str(abs(step)))), (1, 1 if step > 0 else -1), span=index.span)
