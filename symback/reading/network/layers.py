"""Layers: which marks are letters for them, how many there are, and where each quantity exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from symback.reading.formula.syntax import Node, Number, Sum, Symbol
from symback.reading.network.naming import LAYER_NAMES, Names
from symback.reading.network.places import Definition, Env, Layer
from symback.reading.network.symbols import quantities, spelled
from symback.records import dataclass

__all__ = ["LAST", "Layers"]

LAST = "last layer"
_LAST_LAYER = ("nl", "nL")
_DEPTH = 3
_MOST = 9


@dataclass
class Layers:
    """The layers of a network.

    Attributes:
        names: how symbols are told apart.
        depth: the number of the last layer, where layers are counted by a letter.
        lowest: the number of the input.
        existing: the layers at which each quantity exists, by its letter and the name below.
    """

    names: Names
    depth: int = _DEPTH
    lowest: int = 0
    existing: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    _ahead: dict[int, tuple[Node, int]] = field(default_factory=dict)

    def is_letter(self, node: Node | None) -> bool:
        """Say whether a mark stands for every layer: `l`, or `l + 1`."""
        return self._letter(node) is not None

    def distance(self, node: Node | None) -> int | None:
        """How far above the layer of its letter a mark is, as 1 in `l + 1`."""
        found = self._letter(node)
        return None if found is None else found[1]

    def _letter(self, node: Node | None) -> tuple[str, int] | None:
        """The letter for every layer in a mark, and what is added to it."""
        if isinstance(node, Symbol) and spelled(node) in self.names.layer_letters:
            return spelled(node), 0
        if not isinstance(node, Sum) or len(node.terms) != 2:
            return None
        first, second = node.terms
        if not (isinstance(first, Symbol) and isinstance(second, Number) and node.signs[0] > 0):
            return None
        if spelled(first) not in self.names.layer_letters or not second.digits.isdecimal():
            return None
        return spelled(first), node.signs[1] * int(second.digits)

    def number(self, node: Node | None, env: Env) -> Layer:
        """The layer that a mark says, a number where it can be counted."""
        if node is None:
            return None
        if isinstance(node, Number):
            return int(node.digits) if node.digits.isdecimal() else node.digits
        if isinstance(node, Symbol):
            name = spelled(node)
            if name in env:
                return env[name]
            if name in (self.names.last_layer, LAST, *_LAST_LAYER):
                return self.depth
            if name in self.names.layer_letters and name.isupper():
                return self.depth  # a loss is a function of the last layer
            if self.names.named_layers and name in LAYER_NAMES:
                return LAYER_NAMES[name]
            return name
        if isinstance(node, Sum):
            total = 0
            for sign, term in zip(node.signs, node.terms, strict=True):
                value = self.number(term, env)
                if not isinstance(value, int):
                    return spelled(node)
                total += sign * value
            return total
        return spelled(node)

    def bind(self, node: Node | None, layer: Layer, env: dict[str, int]) -> int | None:
        """Take a layer for what a mark says: 1 if written out, 0 by a letter, None if it differs.

        What the letter stands for is noted in `env`.
        """
        if node is None:
            return 0 if layer is None else None
        if (found := self._letter(node)) is not None:
            letter, more = found
            if not isinstance(layer, int) or not self.lowest < layer <= self.depth:
                return None
            env[letter] = layer - more
            return 0
        if isinstance(node, Symbol) and self.is_sample(node) and isinstance(layer, int):
            env[spelled(node)] = layer
            return 0
        if self.number(node, {}) != layer:
            return None
        if isinstance(layer, int):
            env.update(dict.fromkeys(self.names.layer_letters, layer))
        return 1

    def is_sample(self, node: Symbol) -> bool:
        """Say whether a mark counts samples or steps and not layers."""
        return self.names.is_index(node) and spelled(node) != "L"

    def instances(self, layer: Node | None) -> Iterator[dict[str, int]]:
        """The layers for which an equation is meant."""
        if (found := self._letter(layer)) is not None:
            letter, more = found
            yield from (
                {letter: number - more} for number in range(self.lowest + 1, self.depth + 1)
            )
        elif isinstance(layer, Symbol) and self.is_sample(layer):
            yield from ({spelled(layer): number} for number in (1, 2))
        else:
            yield {}

    # Counting -------------------------------------------------------------------------------------

    def count(self, operands: Iterable[Node], definitions: Iterable[Definition]) -> None:
        """Find how many layers there are, and at which of them each quantity exists."""
        if self.names.named_layers:
            self.depth = 2
        numbers = [
            layer
            for operand in operands
            for symbol in quantities(operand)
            if isinstance(mark := self.names.split(symbol).layer, Number)
            and isinstance(layer := self.number(mark, {}), int)
        ]
        counted = [n for n in numbers if 1 < n < _MOST]
        self.depth = max(counted, default=self.depth)
        for definition in definitions:
            body = [self.names.split(symbol) for symbol in quantities(definition.body)]
            for env in self.instances(definition.parts.layer):
                if self.ends(definition, env):
                    continue
                for parts in (*body, definition.parts):
                    layer = self.number(parts.layer, env)
                    if isinstance(layer, int):
                        self.existing.setdefault((parts.base, parts.tag), set()).add(layer)

    def ends(self, definition: Definition, env: Env) -> bool:
        """Say whether an equation for every layer would need one above the last: `delta^{l+1}`."""
        found = self._letter(definition.parts.layer)
        if found is None or found[0] not in env:
            return False
        key = id(definition.body)
        if key not in self._ahead:
            marks = (self.names.split(symbol).layer for symbol in quantities(definition.body))
            letters = filter(None, map(self._letter, marks))
            ahead = [more for letter, more in letters if letter == found[0]]
            self._ahead[key] = definition.body, max(ahead, default=0)
        return env[found[0]] + self._ahead[key][1] > self.depth
