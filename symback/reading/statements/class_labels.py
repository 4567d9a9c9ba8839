r"""Labels of one sample that are used as indices: the `y_i` of `f_{y_i}` beside `1(y_i = k)`.

Where no line adds up over samples, the label of the one that is looked at is an index by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Indicator, Node, Relation, Symbol
from symback.reading.statements.statements import Statement

__all__ = ["with_labels_as_indices"]


def with_labels_as_indices(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with such labels under a letter of their own."""
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    labels = {label for side in sides for label in _below(side)}
    if not labels:
        return tuple(statements)
    parts = [part for side in sides for part in side.walk()]
    summed = {index for part in parts if isinstance(part, BigSum) for index in part.indices}
    names = {part.name for part in parts if isinstance(part, Symbol)} - {x.name for x in labels}
    alone = {symbol for side in sides for symbol in _as_quantities(side)}
    letters = (letter for letter in "rqpmnu" if letter not in names)
    given: dict[Symbol, Symbol] = {}
    for label in sorted(labels - alone, key=repr):
        letter = next(letters, None)
        if letter is not None and summed.isdisjoint(label.subscripts):
            given[label] = Symbol(letter)
    if not given:
        return tuple(statements)

    def named(node: Node) -> Node:
        if isinstance(node, Symbol):
            return given.get(node) or replace(node, subscripts=tuple(map(named, node.subscripts)))
        return changed(node, named)

    return tuple(
        replace(s, left=s.left and named(s.left), right=s.right and named(s.right))
        for s in statements
    )


def _is_label(node: Node) -> bool:
    """Say whether this is a letter with one letter below it."""
    if not isinstance(node, Symbol) or len(node.subscripts) != 1 or node.marks or node.primes:
        return False
    return node.subscripts[0] == Symbol(getattr(node.subscripts[0], "name", ""))


def _below(side: Node) -> Iterator[Symbol]:
    """The letters with an index that are indices of others."""
    for node in side.walk():
        if isinstance(node, Symbol):
            yield from (x for x in node.subscripts if isinstance(x, Symbol) and _is_label(x))


def _as_quantities(node: Node) -> Iterator[Symbol]:
    """The symbols that stand elsewhere than in scripts and in what is compared."""
    if isinstance(node, Symbol):
        yield node
    elif isinstance(node, BigSum):
        yield from _as_quantities(node.body)
    elif not isinstance(node, Indicator | Relation):
        for child in node.children():
            yield from _as_quantities(child)
