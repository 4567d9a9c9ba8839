r"""Losses of one class or word by its number: `J = -\log \hat y_o`, where o is any of them.

The model knows them as losses with an index, `J_o`, for each of which a line has to hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Node, Symbol
from symback.reading.network.naming import LOSSES, Names
from symback.reading.network.places import free_letters
from symback.reading.network.symbols import INDEX_LETTERS, base_of, everything
from symback.reading.proving.case import Pair

__all__ = ["fixed_indices", "with_indices"]


def fixed_indices(equations: Sequence[Pair], names: Names) -> Mapping[str, Symbol]:
    """The losses without an index of which the right side has one that no sum binds."""
    found: dict[str, Symbol] = {}
    for left, right in equations:
        if not isinstance(left, Symbol) or left.subscripts or base_of(left) not in LOSSES:
            continue
        letters = set(free_letters(right, names))
        if len(letters) == 1 and (letter := letters.pop()).isalpha() and len(letter) == 1:
            found[base_of(left)] = Symbol(letter)
    return found


def with_indices(pairs: Sequence[Pair], fixed: Mapping[str, Symbol]) -> list[Pair]:
    """The two sides of lines with the index of each such loss, a letter that counts elsewhere."""
    used = {part.name for sides in pairs for side in sides for part in _letters(side)}
    letters: dict[Symbol, Symbol] = {}
    free = iter(sorted(INDEX_LETTERS - used))
    for letter in dict.fromkeys(fixed.values()):
        counts = letter.name in INDEX_LETTERS
        letters[letter] = letter if counts else Symbol(next(free, letter.name))

    def put(node: Node) -> Node:
        if not isinstance(node, Symbol):
            return changed(node, put)
        if not node.subscripts and base_of(node) in fixed:
            return replace(node, subscripts=(letters[fixed[base_of(node)]],))
        below = tuple(letters.get(i, i) if isinstance(i, Symbol) else i for i in node.subscripts)
        return replace(node, subscripts=below)

    return [(put(left), put(right)) for left, right in pairs]


def _letters(node: Node) -> Iterator[Symbol]:
    for part in everything(node):
        if isinstance(part, Symbol):
            yield part
            yield from (index for index in part.subscripts if isinstance(index, Symbol))
        elif isinstance(part, BigSum):
            yield from part.indices
