"""The equations that define quantities and functions, and which of them an entry belongs to.

An equation is kept under the letter on its left with its pattern: `h_1` is one entry, `h_j` are
all, `z^l` is one of every layer. Where several fit an entry, the one that writes out most is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import product
from typing import TypeVar

from symback.reading.formula.syntax import Node, Number, Sum, Symbol
from symback.reading.network.layers import Layers
from symback.reading.network.naming import Names, Parts
from symback.reading.network.places import Definition, Function, Place
from symback.reading.network.ranks import LOSSES
from symback.reading.network.suppositions import Supposition
from symback.reading.network.symbols import quantities, spelled
from symback.records import dataclass

__all__ = ["Definitions"]

Key = tuple[str, str]
Pattern = tuple[Node | None, ...]
_D = TypeVar("_D", Definition, Supposition)


@dataclass
class Definitions:
    """What stands on the left of an equation, by letter and name below, in order.

    Attributes:
        of: the equations for each quantity.
        functions: the functions that are defined by a formula in their argument.
        signatures: the arguments of losses that are stated without a formula.
        supposed: what quantities without an equation are taken to be functions of.
        adopted: the ids of the statements that are in here.
    """

    names: Names
    layers: Layers
    of: dict[Key, list[Definition]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    signatures: dict[Key, tuple[Node, ...]] = field(default_factory=dict)
    supposed: dict[Key, list[Supposition]] = field(default_factory=dict)
    adopted: set[int] = field(default_factory=set)
    _patterns: dict[Key, dict[Pattern, list[int]]] = field(default_factory=dict)

    def all(self) -> Iterator[Definition]:
        """All equations, in order."""
        for found in self.of.values():
            yield from found

    def under(self, parts: Parts) -> list[Definition]:
        """The equations for one quantity."""
        return self.of.get((parts.base, parts.tag), [])

    def add(self, definition: Definition) -> None:
        """Add an equation for a quantity."""
        parts = definition.parts
        found = self.of.setdefault((parts.base, parts.tag), [])
        pattern = tuple(None if isinstance(index, Symbol) else index for index in parts.indices)
        own = self._patterns.setdefault((parts.base, parts.tag), {})
        own.setdefault(pattern, []).append(len(found))
        found.append(definition)
        if definition.statement is not None:
            self.adopted.add(id(definition.statement))

    def match(
        self, place: Place, indices: tuple[int, ...]
    ) -> tuple[Definition, dict[str, int]] | None:
        """The equation for one entry, with what its letters stand for there."""
        return self._matching(self.of.get((place.base, place.tag), ()), place, indices)

    def supposition(
        self, place: Place, indices: tuple[int, ...]
    ) -> tuple[Supposition, dict[str, int]] | None:
        """What one entry without an equation is taken to be a function of."""
        return self._matching(self.supposed.get((place.base, place.tag), ()), place, indices)

    def _matching(
        self, candidates: Iterable[_D], place: Place, indices: tuple[int, ...]
    ) -> tuple[_D, dict[str, int]] | None:
        best: tuple[int, _D, dict[str, int]] | None = None
        for definition in candidates:
            env: dict[str, int] = {}
            literal = self.layers.bind(definition.parts.layer, place.layer, env)
            if literal is None:
                continue
            if isinstance(definition, Definition) and self.layers.ends(definition, env):
                continue
            own = definition.parts.indices
            if own:
                if len(own) != len(indices):
                    continue
                fits = [_bind(node, n, env) for node, n in zip(own, indices, strict=True)]
                if None in fits:
                    continue
                literal += sum(filter(None, fits))
            if best is None or literal > best[0]:
                best = (literal, definition, env)
        return best and best[1:]

    # What an equation says again ------------------------------------------------------------------

    def covers(self, parts: Parts, body: Node) -> bool:
        """Say whether an equation for this is an instance of one that is here already."""
        return any(
            self._covers_layer(own, parts, body) and _covers_indices(own.parts, parts)
            for own in self._alike(parts)
        )

    def _alike(self, parts: Parts) -> Iterator[Definition]:
        """The equations for a quantity that write out no index differently.

        A thousand entries that are defined one by one, `a_1 = …`, `a_2 = …`, are not compared each
        with each.
        """
        own, patterns = self.under(parts), self._patterns.get((parts.base, parts.tag), {})
        wanted: Iterable[Pattern] = patterns
        if parts.indices and len(patterns) > 2 ** len(parts.indices):
            wanted = {(), *product(*((None, index) for index in parts.indices))}
        return (own[at] for pattern in wanted for at in patterns.get(pattern, ()))

    def _covers_layer(self, own: Definition, parts: Parts, body: Node) -> bool:
        mine, other = own.parts.layer, parts.layer
        if mine == other:
            return True
        if mine is None or other is None or not self.layers.is_letter(mine):
            return False
        # The first and the last layer have equations of their own: `a^1 = x`, `delta^L = …`.
        if not any(self.names.split(symbol).layer for symbol in quantities(body)):
            return False
        ahead = any(
            isinstance(layer := self.names.split(symbol).layer, Sum) and 1 in layer.signs[1:]
            for symbol in quantities(own.body)
        )
        return not ahead


def _covers_indices(own: Parts, other: Parts) -> bool:
    """Say whether one pattern of indices holds another: all entries, and the whole, hold each."""
    if own.base in LOSSES and bool(own.indices) != bool(other.indices):
        return False  # the loss of one sample is not that of all
    if not own.indices:
        return True
    if not other.indices:
        return all(isinstance(index, Symbol) for index in own.indices)
    if len(own.indices) != len(other.indices):
        return False
    return all(
        isinstance(one, Symbol) or one == two
        for one, two in zip(own.indices, other.indices, strict=True)
    )


def _bind(node: Node, value: int, env: dict[str, int]) -> int | None:
    if isinstance(node, Number):
        return 1 if node.digits.isdecimal() and int(node.digits) == value else None
    if not isinstance(node, Symbol):
        return None
    return 0 if env.setdefault(spelled(node), value) == value else None
