r"""Where the sums of an answer end, held against how many units and samples there are.

In a document a letter above a sum that nothing ties to a range is the name of the whole one. In an
answer about a network that is stated, one letter cannot be the number of three units and of two,
nor be two letters the number of samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symback.reading.answers.spellings import SAMPLES, Spellings
from symback.reading.formula.rewriting import changed, widened
from symback.reading.formula.syntax import BigSum, Node, Number, Symbol
from symback.reading.network.symbols import everything, quantities, spelled
from symback.reading.statements.statements import Statement

__all__ = ["end_amiss", "reaching_further", "with_known_count"]

COUNTS = frozenset("BMNmn")
"""Letters in use for the number of samples."""


def end_amiss(statement: Statement, spellings: Spellings) -> Mapping[str, str] | None:
    """What is wrong with the ends of the sums of an answer; None where nothing is found.

    That is a sum that begins below the first unit, a letter above sums over ranges of unequal
    sizes, or a second letter for the number of samples.
    """
    ends: dict[str, dict[int, str]] = {}
    for node in _sums(statement):
        for index in node.indices:
            letter, sizes = spelled(index), set(_sizes(node, spelled(index), spellings))
            if isinstance(node.lower, Number) and node.lower.value < 1 and sizes:
                return {"index": letter, "first": node.lower.digits}
            if isinstance(node.upper, Symbol) and len(sizes) == 1:
                ends.setdefault(spelled(node.upper), {}).setdefault(sizes.pop(), letter)
    for end, found in ends.items():
        if len(found) > 1:
            (one, first), (other, second) = sorted(found.items(), reverse=True)[:2]
            several = str(other) if other != SAMPLES else ""
            return {"index": first, "beside": second, "end": end, "units": str(one),
                    "others": several}  # fmt: skip
    counts = [end for end, found in ends.items() if SAMPLES in found and end != spellings.count]
    if counts and spellings.count and spellings.count in _letters(statement):
        return {"index": ends[counts[0]][SAMPLES], "end": counts[0], "count": spellings.count}
    return None


def reaching_further(statement: Statement) -> list[str]:
    """The letters of sums that would be over more terms than they are by precedence."""
    found: dict[str, None] = {}
    for side in (statement.left, statement.right):
        if side is None:
            continue
        own = {node for node in everything(side) if isinstance(node, BigSum)}
        for node in everything(widened(side)):
            if isinstance(node, BigSum) and node not in own:
                found.update(dict.fromkeys(map(spelled, node.indices)))
    return list(found)


def with_known_count(statement: Statement, spellings: Spellings) -> tuple[Statement, str] | None:
    """The statement with the network's letter for the number of samples, and its own letter.

    None where it has no letter of its own for that number, or that of the network as well.
    """
    if not spellings.count or spellings.count in _letters(statement):
        return None
    ends = {
        spelled(node.upper)
        for node in _sums(statement)
        for index in node.indices
        if isinstance(node.upper, Symbol)
        if set(_sizes(node, spelled(index), spellings)) == {SAMPLES}
    }
    own = {*ends, *(COUNTS & _factors(statement))}
    if len(own) != 1 or (own & _indices(statement)):
        return None
    (letter,) = own
    if any(one.base == letter for one in spellings.of):
        return None

    def put(node: Node) -> Node:
        if isinstance(node, Symbol) and node == Symbol(letter):
            return Symbol(spellings.count, span=node.span)
        return node if isinstance(node, Symbol) else changed(node, put)

    left, right = (side and put(side) for side in (statement.left, statement.right))
    return replace(statement, left=left, right=right), letter


def _nodes(statement: Statement) -> Iterator[Node]:
    for side in (statement.left, statement.right):
        if side is not None:
            yield from everything(side)


def _sums(statement: Statement) -> Iterator[BigSum]:
    return (node for node in _nodes(statement) if isinstance(node, BigSum))


def _sizes(node: BigSum, letter: str, spellings: Spellings) -> Iterator[int]:
    """How many values a summed letter has at each place where it stands."""
    for symbol in quantities(node.body):
        found = [
            {size for index, size in one.indices(symbol) if spelled(index) == letter}
            for one in spellings.like(symbol)
        ]
        if found and all(sizes == found[0] for sizes in found):
            yield from found[0]


def _letters(statement: Statement) -> set[str]:
    """All letters by themselves, in products and above sums."""
    ends = {spelled(node.upper) for node in _sums(statement) if isinstance(node.upper, Symbol)}
    return ends | _factors(statement)


def _factors(statement: Statement) -> set[str]:
    return {
        symbol.name
        for side in (statement.left, statement.right)
        for symbol in (quantities(side) if side is not None else ())
        if symbol == Symbol(symbol.name)
    }


def _indices(statement: Statement) -> set[str]:
    """The letters of indices, and those that are summed."""
    found = {spelled(index) for node in _sums(statement) for index in node.indices}
    for node in _nodes(statement):
        if isinstance(node, Symbol):
            found |= {spelled(index) for index in node.subscripts}
            found |= {spelled(mark.body) for mark in node.marks if mark.body is not None}
    return found
