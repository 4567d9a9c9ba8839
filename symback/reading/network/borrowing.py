"""The equations that a section has from others: the nearest for what it does not define."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Number, Symbol
from symback.reading.network.examples import is_example
from symback.reading.network.known_names import ENTRY, OUTPUTS, KnownNames, knows
from symback.reading.network.letters_as_layers import ERRORS
from symback.reading.network.naming import Names
from symback.reading.network.symbols import base_of

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["Borrowing"]


class Borrowing:
    """What the sections of a document have from each other.

    Args:
        names: what each statement uses and defines.
        section: the section in which each statement stands, by its identity.
        defining: the statements that define, those to be preferred first.
        whole: the names of the whole document.
        anew: equations with which sections began anew; more are noted as a document is read.
    """

    def __init__(
        self,
        names: KnownNames,
        section: Mapping[int, int],
        defining: Sequence[Statement],
        whole: Names,
        anew: Sequence[Statement],
    ) -> None:
        self.names, self.section, self.defining = names, section, defining
        self.whole, self.anew = whole, anew

    def equations(
        self, section: int, own: Sequence[Statement], defining: Sequence[Statement]
    ) -> Iterator[Statement]:
        """The equations of other sections for what a section uses and does not define."""
        have = {name for s in defining for name in self.names.defined(s)}
        wanted = [name for s in own for name in self.names.used(s)]
        taken: set[int] = set()
        while wanted:
            name = wanted.pop()
            if knows(have, name):
                continue
            have.add(name)
            found = self._nearest(section, name)
            if not found and name.startswith("vec "):
                found = self._losses_of_samples(name.removeprefix("vec "))
            if not found and name[0].lower() in self.whole.sampled:  # `Z` has the z of all samples
                found = self._nearest(section, name[0].lower() + name[1:])
            if not found and name in OUTPUTS:
                found = self._last_layer()
            if not found and ENTRY in name:
                wanted.append(name.partition(ENTRY)[0])
            for s in found:
                if id(s) not in taken and not is_example(s, own):
                    taken.add(id(s))
                    wanted += self.names.used(s)
                    yield s

    def _losses_of_samples(self, name: str) -> list[Statement]:
        """The first equation for the loss of a sample, whose vector has an arrow."""
        found = [
            s
            for s in self.defining
            if isinstance(left := s.definition[0], Symbol)
            and base_of(left) == name
            and (left.subscripts or left.marks)
        ]
        return found[:1]

    def _last_layer(self) -> list[Statement]:
        """The equations of the layer with the greatest number, which the output stands for."""
        numbered: dict[int, list[Statement]] = {}
        for s in self.defining:
            left = s.definition[0]
            if isinstance(left, Symbol) and base_of(left) not in ERRORS:
                for mark in left.marks:
                    if isinstance(mark.body, Number) and mark.body.digits.isdecimal():
                        numbered.setdefault(int(mark.body.digits), []).append(s)
        return numbered[max(numbered)] if numbered else []

    def _nearest(self, section: int, name: str) -> list[Statement]:
        """The equations for a letter in the nearest section that has one, those before first."""
        entry = name + ENTRY
        entries = [
            s for s in self.defining if any(d.startswith(entry) for d in self.names.defined(s))
        ]
        found = [s for s in self.defining if knows(set(self.names.defined(s)), name)] or entries
        if not found:
            return []

        def distance(s: Statement) -> tuple[bool, int]:
            away = section - self.section[id(s)]
            return away < 0, abs(away)

        nearest = self.section[id(min(found, key=distance))]
        found = [s for s in (*found, *entries) if self.section[id(s)] == nearest]
        # What a section ended with is what it leaves to others.
        return sorted(found, key=lambda s: -self.anew.index(s) if s in self.anew else 1)
