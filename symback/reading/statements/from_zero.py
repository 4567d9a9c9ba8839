r"""Sums that count from 0, `\sum_{i=0}^{m-1}`, as sums over the same m terms counted from 1.

That is the same where the letter only tells terms apart: where it stands in no arithmetic, all
sums over it have this range, and no term is named by its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Node, Number, Sum, Symbol
from symback.reading.network.symbols import quantities, spelled
from symback.reading.statements.statements import Statement

__all__ = ["counted_from_one"]

_ZERO, _ONE = Number("0"), Number("1")


def counted_from_one(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with sums from 0 to m - 1 written as sums from 1 to m."""
    sides = [side for s in statements for side in (s.left, s.right) if side is not None]
    sums = [node for side in sides for node in side.walk() if isinstance(node, BigSum)]
    ends: dict[Symbol, set[Node | None]] = {}
    for node in sums:
        for letter in node.indices:
            ends.setdefault(letter, set()).add(_end(node))
    letters = {letter for letter, found in ends.items() if None not in found and len(found) == 1}
    if not letters:
        return tuple(statements)
    letters -= set(_counting(sides, letters))
    if not letters:
        return tuple(statements)

    def read(node: Node) -> Node:
        node = changed(node, read)
        if isinstance(node, BigSum) and node.indices[0] in letters:
            return replace(node, lower=_ONE, upper=_end(node))
        return node

    return tuple(
        replace(s, left=s.left and read(s.left), right=s.right and read(s.right))
        for s in statements
    )


def _end(node: BigSum) -> Node | None:
    """The m of a sum from 0 to m - 1; None for another range."""
    if len(node.indices) != 1 or node.lower != _ZERO or node.conditions:
        return None
    match node.upper:
        case Sum(terms=(Symbol() as end, last), signs=(1, -1)) if last == _ONE:
            return end
    return None


def _counting(sides: Sequence[Node], letters: set[Symbol]) -> Iterator[Symbol]:
    """Letters that say which term it is: in arithmetic, or beside terms with numbers."""
    scripts: dict[str, list[tuple[int, Node]]] = {}
    for side in sides:
        for symbol in quantities(side):
            if symbol in letters:
                yield symbol  # a factor: `i x_i`
            own = [*symbol.subscripts, *(m.body for m in symbol.marks if m.body is not None)]
            for at, script in enumerate(own):
                scripts.setdefault(symbol.name, []).append((at, script))
                if not isinstance(script, Symbol):
                    inside = {spelled(s) for s in quantities(script)}
                    yield from (letter for letter in letters if spelled(letter) in inside)
    for found in scripts.values():
        numbers = {at for at, script in found if isinstance(script, Number)}
        for at, script in found:
            if isinstance(script, Symbol) and script in letters and at in numbers:
                yield script
