"""Free indices: the letters that a statement holds for all values of, and these values.

They run over unequal ranges, or over those that the document writes out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from itertools import product as all_pairs

from symback.reading.formula.syntax import BigSum, Derivative, Entry, Node, Sum, Symbol
from symback.reading.meaning.interpret import Interpreter
from symback.reading.meaning.sums import SIZE_LIMIT
from symback.reading.network.places import Env, Undecided
from symback.reading.network.ranks import ONE
from symback.reading.network.symbols import everything, quantities, spelled, summed_letters

__all__ = ["FreeIndices"]

CHECK_LIMIT = 150
"""So many values of all letters together are tried; of more, a seeded sample."""


class FreeIndices:
    """The free letters of one document's statements."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.model = interpreter.model

    def letters(self, *nodes: Node) -> list[str]:
        """The free letters of expressions, layers first, in order of appearance."""
        layers, found = self._letters(*nodes)
        return [*layers, *(letter for letter in found if letter not in layers)]

    def of_layers(self, *nodes: Node) -> list[str]:
        """The free letters of expressions that say a layer, be it another than the equations'."""
        return self._letters(*nodes)[0]

    def _letters(self, *nodes: Node) -> tuple[list[str], list[str]]:
        layers: dict[str, None] = {}
        found: dict[str, None] = {}
        for node in nodes:
            self._collect(node, frozenset(), layers, found)
        return list(layers), list(found)

    def _collect(
        self, node: Node, bound: frozenset[str], layers: dict[str, None], found: dict[str, None]
    ) -> None:
        if isinstance(node, Symbol):
            parts = self.model.names.split(node)
            for letter in _letters(parts.layer):
                is_layer = letter in self.model.names.layer_letters
                if letter not in bound and (is_layer or self.model.names.is_index(Symbol(letter))):
                    if letter != self.model.names.last_layer:
                        layers[letter] = None
            for index in parts.indices:
                for letter in _letters(index):
                    fixed = letter in self.model.constants
                    if not (letter in bound or fixed or self.model.sizes.knows(("bound", letter))):
                        found[letter] = None
            return
        if isinstance(node, Entry):
            for index in node.indices:
                found.update(dict.fromkeys(x for x in _letters(index) if x not in bound))
            self._collect(node.body, bound, layers, found)
            return
        if isinstance(node, BigSum):
            bound = bound | frozenset(summed_letters(node))
        for child in node.children():
            if not (isinstance(node, BigSum) and child in node.indices):
                self._collect(child, bound, layers, found)

    def assignments(
        self, left: Node, right: Node, fixed: Mapping[str, int] | None = None
    ) -> tuple[int, Iterator[dict[str, int]]]:
        """How many values the free indices take together, and an iterator over them.

        Args:
            left: one side.
            right: the other.
            fixed: the only value of some of them.
        """
        fixed = fixed or {}
        letters = [x for x in self.letters(left, right) if x not in fixed]
        layers = [x for x in letters if x in self.model.names.layer_letters]
        others = [x for x in letters if x not in layers]
        environments: list[dict[str, int]] = []
        total = 0
        for values in all_pairs(range(1, self.model.layers.depth + 1), repeat=len(layers)):
            env = {**fixed, **dict(zip(layers, values, strict=True))}
            sizes = [self._size(letter, [left, right], env) for letter in others]
            count = 1
            for size in sizes:
                count *= size
            total += count
            inner = all_pairs(*(range(1, size + 1) for size in sizes))
            for chosen in islice(inner, 4 * CHECK_LIMIT):
                environments.append({**env, **dict(zip(others, chosen, strict=True))})
        if len(environments) > CHECK_LIMIT:
            environments = random.Random(5).sample(environments, CHECK_LIMIT)
        return total, iter(environments)

    def _size(self, letter: str, nodes: list[Node], env: dict[str, int]) -> int:
        size = self.interpreter.sums.size_of(letter, nodes, env) or 2
        if size > SIZE_LIMIT:
            raise Undecided("too-large")
        return size

    def beyond(self, left: Node, right: Node) -> tuple[str, int, int] | None:
        """A symbol with a unit that it does not have where the left side has it, and both sizes.

        Of a network that is stated, whose layers have the widths that are said, and elsewhere of
        ranges that the document writes out.
        """
        names, sizes = self.model.names, self.model.sizes
        size_of = sizes.size if self.model.stated.widths else sizes.closed
        free = set(self.letters(left, right))
        if free & names.layer_letters:
            return None
        own: dict[str, int] = {}
        for symbol in (*_quantities_of(left), *quantities(right)):
            parts = names.split(symbol)
            if self.interpreter.quantities.is_kronecker(parts):
                continue
            for position, index in enumerate(parts.indices):
                if isinstance(index, Symbol) and spelled(index) in free:
                    size = size_of((self.model.place(parts, {}), position))
                    if size and size < own.setdefault(spelled(index), size):
                        return spelled(symbol), own[spelled(index)], size
        return None

    def of_one_unit(self, *nodes: Node) -> list[str]:
        """The letters of indices where there are several, of one unit each, which tells none apart.

        Nothing where a network that is stated says so.
        """
        if self.model.stated.widths:
            return []
        sums = [n for node in nodes for n in everything(node) if isinstance(n, BigSum)]
        letters = {letter for node in sums for letter in summed_letters(node)}
        letters |= set(self.letters(*nodes)) - self.model.names.layer_letters
        env = dict.fromkeys(self.model.names.layer_letters, 1)
        sizes = [self.interpreter.sums.size_of(letter, [*nodes], env) for letter in letters]
        if len(sizes) > 1 and set(sizes) == {1}:
            return sorted(letters)
        # Of `y_kl` beside `y = g x + b`, a row, the k would have one value, and any sum over it one
        # term; a line with the same sums on both sides holds of more.
        known = [*map(self._uses, nodes)]
        uneven = {letter for own in known for letter in own if len({o[letter] for o in known}) > 1}
        return sorted(letter for letter in uneven if self._counts_rows_of_one(letter, nodes, env))

    def _uses(self, side: Node) -> Counter[str]:
        """How often each letter of an index is summed on one side, and one more where it stands."""
        found = Counter(x for node in everything(side) for x in _summed(node))
        used = {
            spelled(index)
            for symbol in quantities(side)
            for index in self.model.names.split(symbol).indices
            if isinstance(index, Symbol)
        }
        found.update(used)
        return found

    def _counts_rows_of_one(self, letter: str, nodes: tuple[Node, ...], env: Env) -> bool:
        """Say whether a letter only counts the rows of rows, or the columns of columns."""
        model, places = self.model, []
        for symbol in (symbol for node in nodes for symbol in quantities(node)):
            parts = model.names.split(symbol)
            for position, index in enumerate(parts.indices):
                if isinstance(index, Symbol) and spelled(index) == letter:
                    if not self.interpreter.quantities.is_kronecker(parts):
                        places.append((model.place(parts, {**env, letter: 1}), position))
        one = model.sizes.find(ONE)
        return bool(places) and all(model.sizes.find(where) == one for where in places)

    def scope(self, *nodes: Node) -> str:
        """The sizes of the index ranges at which a statement was decided."""
        sizes: dict[str, None] = {}
        for node in nodes:
            for symbol in quantities(node):
                parts = self.model.names.split(symbol)
                place = self.model.place(parts, {})
                rank = len(parts.indices) or (
                    self.model.ranks.of(parts) if self.model.arrays else 0
                )
                if rank and self.model.sizes.knows((place, 0)):
                    shape = [str(self.model.sizes.size((place, at))) for at in range(rank)]
                    if not parts.indices and rank > 1 and self.model.ranks.is_across(parts):
                        shape.reverse()  # its rows are what its second index counts
                    below = f"{place.base}{place.layer or ''}"
                    sizes[f"{below}: {'×'.join(shape)}"] = None
        return ", ".join(islice(sizes, 6))


def _summed(node: Node) -> tuple[str, ...]:
    return summed_letters(node) if isinstance(node, BigSum) else ()


def _quantities_of(side: Node) -> Iterator[Symbol]:
    """The quantities of a left side, those by which a derivative is taken first."""
    for node in everything(side):
        if isinstance(node, Derivative):
            for by in node.by:
                yield from quantities(by)
    yield from quantities(side)


def _letters(node: Node | None) -> Iterator[str]:
    if isinstance(node, Symbol):
        yield spelled(node)
    elif isinstance(node, Sum):
        for term in node.terms:
            yield from _letters(term)
