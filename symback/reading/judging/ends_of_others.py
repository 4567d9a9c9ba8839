r"""Sums whose end is a letter of another range: `\sum_{b=1}^{H}` where b ends at B and h at H.

A letter that no equation ties to a range is taken for the name of the whole one, and a line with
such a sum holds; beside other lines it can be the wrong letter.
"""

from __future__ import annotations

from collections.abc import Iterator

from symback.reading.formula.syntax import BigSum, Node, Symbol
from symback.reading.network.symbols import everything, spelled
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement

__all__ = ["EndsOfOthers"]

End = tuple[str, str]


class EndsOfOthers:
    """The ends of the sums of one document, by their letters."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self._found: dict[int, dict[End, set[int]]] = {}

    def of(self, statement: Statement) -> str | None:
        """The letter of a sum that ends where another letter does, and elsewhere at its own end."""
        own = set(_ends(statement))
        if not own:
            return None
        known = self._in_section(self.worlds.section[id(statement)])
        here = id(statement.excerpt)
        beside = {end for end, places in known.items() if places - {here}}
        sizes = self.worlds.of(statement).sizes
        for letter, end in own - beside:
            others = any(one == letter for one, _ in beside)
            taken = any(last == end and one != letter for one, last in beside)
            if others and taken and not sizes.knows(("bound", end)):
                return letter
        return None

    def _in_section(self, section: int) -> dict[End, set[int]]:
        """Where each pair of a letter and its end stands in a section: the formulas."""
        if section not in self._found:
            found: dict[End, set[int]] = {}
            for s in self.worlds.statements:
                if self.worlds.section[id(s)] == section:
                    for end in _ends(s):
                        found.setdefault(end, set()).add(id(s.excerpt))
            self._found[section] = found
        return self._found[section]


def _ends(statement: Statement) -> Iterator[End]:
    for side in (statement.left, statement.right):
        for node in everything(side) if side is not None else ():
            if isinstance(node, BigSum) and _is_plain(node.upper):
                assert node.upper is not None
                for index in node.indices:
                    yield spelled(index), spelled(node.upper)


def _is_plain(node: Node | None) -> bool:
    return isinstance(node, Symbol) and node == node.base
