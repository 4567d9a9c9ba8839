"""What parts of an expression are, while one part of it after another is changed."""

from __future__ import annotations

from collections.abc import Mapping

from symback.reading.formula.syntax import Node, Symbol
from symback.reading.meaning.arrays import Value
from symback.reading.meaning.integrals import key_of_value
from symback.reading.network.symbols import spelled

__all__ = ["WorkedOut"]

_Key = tuple[object, ...]


class WorkedOut:
    """The values of parts, by part and by the values of the indices in it.

    Two parts of one spelling are two: where one stands is part of what it is.

    Attributes:
        found: the value of each part, with the letters met in it that nothing declares.
    """

    def __init__(self) -> None:
        # Each node is held with its letters, since its identity is what it is found by.
        self._letters: dict[int, tuple[Node, tuple[str, ...]]] = {}
        self.found: dict[_Key, tuple[Value, dict[str, None]]] = {}

    def place(self, node: Node, env: Mapping[str, int]) -> _Key:
        """What a value is kept under: the part, and each letter in it that has a value."""
        known = self._letters.get(id(node))
        letters = known[1] if known is not None else self._letters_of(node)
        return (id(node), *[(name, env[name]) for name in letters if name in env])

    def _letters_of(self, node: Node) -> tuple[str, ...]:
        letters: dict[str, None] = {}
        if isinstance(node, Symbol):
            letters = dict.fromkeys([node.name, spelled(node), key_of_value(node)])
        for child in node.children():
            known = self._letters.get(id(child))
            below = known[1] if known is not None else self._letters_of(child)
            letters.update(dict.fromkeys(below))
        self._letters[id(node)] = node, tuple(letters)
        return self._letters[id(node)][1]
