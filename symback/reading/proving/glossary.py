"""What all lines of one model share: names, letters and ranges, and how layers are counted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Call
from symback.reading.lowering.expressions import NotLowered
from symback.reading.lowering.names import Letters
from symback.reading.proving.names import Name
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.proving.ranges import Ranges

__all__ = ["At", "Glossary", "Read"]


@dataclass(frozen=True, slots=True)
class At:
    """An index as a letter of the model's and what is added, or as a number without a letter."""

    letter: str
    more: int = 0

    def __str__(self) -> str:
        if not self.letter:
            return str(self.more)
        return self.letter + (f"{self.more:+d}" if self.more else "")


@dataclass(frozen=True, slots=True)
class Read:
    """An entry that a line reads: whose, and its indices; of the adjoint or of the quantity."""

    name: Name
    at: tuple[At, ...]
    adjoint: bool = False


@dataclass
class Glossary:
    """What all lines of one model share.

    Attributes:
        ranges: how far each index runs.
        names: the name in the model of each quantity.
        letters: a letter for each range.
        adjoints: quantities that stand for the adjoint of another, `delta` of z.
        meanings: functions by the one of the catalogue that they are.
        functions: generic functions that are used.
        offsets: for an index of what is learnt in layers, by how much these are counted otherwise
            than the layers of units.
        layer_places: the indices that count layers.
        functions_of: the call that a quantity is defined as, `f(z)`, at its own step.
        ends: the name that the document has for the last value of each range.
        limits: the range of which a name is the number of values, where a sum goes to it.
        first: the number that the document gives to the layer before the first one.
    """

    ranges: Ranges
    names: Mapping[Name, str]
    letters: Letters
    adjoints: Mapping[Name, Name] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    functions: dict[str, None] = field(default_factory=dict)
    offsets: Mapping[Hashable, int] = field(default_factory=dict)
    layer_places: frozenset[Hashable] = frozenset()
    first: int | None = None
    limits: dict[str, Hashable] = field(default_factory=dict)
    functions_of: Mapping[Name, Call] = field(default_factory=dict)
    ends: dict[Hashable, str] = field(default_factory=dict)

    @property
    def offsets_of(self) -> frozenset[Name]:
        """What is learnt in layers, whose ranges are those of two of them."""
        return frozenset(place[0] for place in self.offsets if isinstance(place, tuple))

    def entry(self, name: Name, at: tuple[At, ...], *, adjoint: bool = False) -> str:
        """An entry of a quantity, or of its adjoint."""
        word = ("d" if adjoint else "") + self.names[name]
        return word + (f"[{','.join(map(str, at))}]" if at else "")

    def last(self, end: str, place: Hashable) -> At:
        """The last value of an index, `T`, at a place whose range it is of.

        Raises:
            NotLowered: where it is the last one of another range.
        """
        where, letter = self.range_of(place), self.ranges.kinds.spelling.end_of(end)
        if letter is None or self.ranges.range_of_letter(letter) != where:
            raise NotLowered("range", end)
        if self.ends.setdefault(where, end) != end:
            raise NotLowered("range", end)  # `T` and `N` need not be one number
        return At(self.letters.letter(where).upper())

    def range_of(self, place: Hashable) -> Hashable:
        """The range of a place."""
        return self.ranges.sizes.find(place)
