"""Equations between indices, which say where other lines hold and what no quantity is.

So are `m = i + k - 1`, and `y_i = k` of the label of a sample that stands below others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Node, Number, Sum, Symbol, stripped
from symback.reading.network.symbols import INDEX_LETTERS
from symback.reading.statements.statements import Kind, Statement

__all__ = ["without_index_equations"]

_FEWEST = 2
"""So many letters stand in one: `m = 3` gives a value, and `i = j` says what is compared."""


def without_index_equations(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with equations of letters that count entries elsewhere as remarks."""
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    below = {
        letter
        for side in sides
        for node in side.walk()
        if isinstance(node, Symbol)
        for index in node.subscripts
        for letter in index.walk()
        if isinstance(letter, Symbol)
    }
    return tuple(
        replace(statement, kind=Kind.REMARK, defines=False)
        if statement.is_claim and _is_of_indices(statement, below)
        else statement
        for statement in statements
    )


def _is_of_indices(statement: Statement, below: set[Symbol]) -> bool:
    """Say whether a line is of letters below others alone: a sum of them, or the label of one."""
    left = stripped(statement.left) if statement.left is not None else None
    right = stripped(statement.right) if statement.right is not None else None
    if statement.relation != "=" or not isinstance(left, Symbol):
        return False
    if isinstance(right, Symbol):
        return left in below and bool(left.subscripts) and None not in _letters(right)
    if not isinstance(right, Sum):
        return False
    letters = list(_letters(right))
    return (
        all(letter is not None for letter in (*letters, *_letters(left)))
        and sum(letter != "" for letter in letters) >= _FEWEST
        and all(Symbol(letter) in below for letter in (left.name, *letters) if letter)
    )


def _letters(node: Node) -> Iterator[str | None]:
    """The letters of a sum of indices; "" for each number, None for anything else."""
    if isinstance(node, Sum):
        for term in map(stripped, node.terms):
            yield from _letters(term)
    elif isinstance(node, Number):
        yield ""
    elif isinstance(node, Symbol) and node == Symbol(node.name) and node.name in INDEX_LETTERS:
        yield node.name
    else:
        yield None
