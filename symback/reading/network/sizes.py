"""How many values each index takes: ranges are told apart by the definitions, and made unequal.

Every index position of every quantity is a place; an equation that uses one letter at two places
says that they have the same range. Ranges that nothing ties together get different sizes, so that
a transposed matrix or an index of the wrong layer shows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

__all__ = ["Sizes"]

_UNEQUAL = (3, 2, 4, 5, 3, 2, 4, 5)
# Of ranges whose size is a number in a formula: where m is 2, the 2/m that a line lacks is 1.
_COUNTED = (5, 7, 5, 7)


class Sizes:
    """A union of places into ranges, each with a size."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}
        self._fixed: dict[Hashable, int] = {}
        self._least: dict[Hashable, int] = {}
        self._closed: set[Hashable] = set()
        self._given: dict[Hashable, int] = {}
        self._held: set[Hashable] = set()
        self._counted: set[Hashable] = set()
        self.penalty = 0
        self.strain = 0  # what fits, but is rarely meant
        self.spread = 0  # vectors that are added to every row or column of a matrix

    def find(self, place: Hashable) -> Hashable:
        """The range of a place."""
        parent = self._parent.setdefault(place, place)
        while parent != self._parent[parent]:
            self._parent[place] = self._parent[parent]
            place, parent = parent, self._parent[parent]
        return parent

    def knows(self, place: Hashable) -> bool:
        """Say whether a place has been seen."""
        return place in self._parent

    def together(self, place: Hashable) -> list[Any]:
        """The pairs of a quantity and a position that have the range of a place."""
        found = self.find(place)
        pairs = [p for p in self._parent if isinstance(p, tuple) and len(p) == 2]
        return [pair for pair in pairs if self.find(pair) == found]

    def knows_kind(self, name: Hashable) -> bool:
        """Say whether a size is known, or is one of several of a kind, as `m(l)` of every layer."""
        if self.knows(name):
            return True
        if not isinstance(name, tuple) or len(name) < 3:
            return False
        return any(
            isinstance(other, tuple) and len(other) == len(name) and other[:2] == name[:2]
            for other in self._parent
        )

    def unite(self, one: Hashable, other: Hashable) -> None:
        """Two places have the same range."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return
        self._parent[second] = first
        left, right = self._fixed.get(first), self._fixed.pop(second, None)
        if left is None and right is not None:
            self._fixed[first] = right
        if (left == 1) != (right == 1) or (left and right and left != right):
            self.penalty += 1
        self._least[first] = max(self._least.get(first, 0), self._least.pop(second, 0))
        if second in self._closed:
            self._closed.add(first)

    def fix(self, place: Hashable, size: int) -> None:
        """A range has a size that the document says."""
        self._fixed[self.find(place)] = size

    def count(self, place: Hashable) -> None:
        """The size of a range stands in a formula as a number: the m of `1/m`."""
        self._counted.add(place)

    def is_counted(self, number: str) -> bool:
        """Say whether a number is that of a range whose size stands in a formula."""
        return any(str(self.size(place)) == number for place in self._counted)

    def closed(self, place: Hashable) -> int:
        """How many values a range has that the document itself writes out; 0 where it is open."""
        found = self.find(place)
        if found in self._fixed:
            return self._fixed[found]
        return self._least.get(found, 0) if found in self._closed else 0

    def are_one(self, places: Iterable[Hashable]) -> bool:
        """Say whether all of these ranges have one value."""
        return all(self._fixed.get(self.find(place)) == 1 for place in places)

    def hold(self, place: Hashable, size: int) -> None:
        """A range has a size whatever is written; an index beyond it is that of no unit."""
        self._given[self.find(place)] = size
        self._held.add(self.find(place))

    def prefer(self, place: Hashable, size: int) -> None:
        """A range has this size unless the document says another one, or a unit beyond it."""
        found = self.find(place)
        if found not in self._fixed and found not in self._closed:
            self._given.setdefault(found, max(size, self._least.get(found, 0)))

    def is_held(self, place: Hashable) -> bool:
        """Say whether a range has its size whatever is written."""
        return place in self._parent and self.find(place) in self._held

    def holds(self, place: Hashable, value: int) -> bool:
        """Say whether there is a unit with this number."""
        found = self.find(place)
        return found not in self._held or 1 <= value <= self._given[found]

    def reach(self, place: Hashable, value: int, *, closed: bool = False) -> None:
        """A value of an index is written out; an equation for single units closes its range."""
        found = self.find(place)
        if closed:
            self._closed.add(found)
        self._least[found] = max(self._least.get(found, 0), value)

    def size(self, place: Hashable) -> int:
        """The size of a place's range; settled when it is first asked for."""
        found = self.find(place)
        if found not in self._given:
            fixed, least = self._fixed.get(found), self._least.get(found, 0)
            if fixed is not None:
                self._given[found] = max(fixed, least)
            elif found in self._closed:
                self._given[found] = least
            else:
                is_number = any(self.find(each) == found for each in self._counted)
                choices = _COUNTED if is_number else _UNEQUAL
                chosen = choices[len(self._given) % len(choices)]
                self._given[found] = max(chosen, least)
        return self._given[found]
