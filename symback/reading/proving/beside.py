"""Lines of a document beside a model that is stated, its quantities found by their names.

A quantity is that of the model whose name in the language its letter comes to. Which of a matrix's
indices counts its rows follows from the document's own equations, and is as the model has it where
they do not tell. A line is decided only where every reading that is left comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.reading.formula.syntax import Symbol
from symback.reading.lowering.expressions import NotLowered
from symback.reading.lowering.names import Letters, name_of
from symback.reading.network.places import Place
from symback.reading.proving.claims import adjoint_names, differentiated
from symback.reading.proving.judging import Found, judged_beside, together
from symback.reading.proving.kinds import names_in
from symback.reading.proving.names import Name, Spelling
from symback.reading.proving.ranges import Ranges
from symback.reading.proving.solving import solved
from symback.reading.proving.stating import Stating
from symback.reading.proving.writing import Glossary

if TYPE_CHECKING:
    from symback.model.equations import Model
    from symback.reading.proving.case import Pair
    from symback.reading.proving.kinds import Kinds

__all__ = ["Beside"]

_MOST = 6
"""So many matrices may be laid out in either way."""

_Order = Mapping[Name, tuple[int, ...]]


@dataclass(frozen=True)
class Beside:
    """A stated model beside lines of a document.

    Attributes:
        model: the model.
        text: it in the language.
    """

    model: Model
    text: str

    def decided(
        self,
        equations: Sequence[Pair],
        claims: Sequence[Pair],
        asked: Sequence[bool],
        meanings: Mapping[str, str],
    ) -> list[Found]:
        """Judge claims about the derivatives of the model's loss.

        Args:
            equations: left and right sides that the document has for its quantities.
            claims: the sides of each line.
            asked: which of the claims are to be judged.
            meanings: functions by the one of the catalogue that they are.
        """
        about = [found for pair in claims for side in pair if (found := differentiated(side))]
        lefts = [left for left, _ in equations if isinstance(left, Symbol)]
        spelling = Spelling.of(
            [side for pair in (*equations, *claims) for side in pair],
            [*lefts, *(by for by, _ in about)],
        )
        of = {spelling.use(symbol) for _, symbol in about if symbol is not None}
        losses = {name for name, indices in of if not indices}
        if len(losses) != 1:
            return [Found()] * len(claims)
        loss = losses.pop()
        adjoints = adjoint_names((*equations, *claims), spelling, loss)
        names = dict(self._named(spelling, (*equations, *claims), loss, adjoints))
        known = {name: len(self.model.quantities[word].ranges) for name, word in names.items()}
        known |= {name: known[z] for name, z in adjoints.items() if z in known}
        fits = [
            pair
            for pair in equations
            if all(n in names for side in pair for n in names_in(spelling, side))
        ]
        verdicts: list[list[Found]] = []
        choices = solved(spelling, fits, claims, known)
        # Columns or rows: a document writes all its vectors in one way, that in which most fits.
        fitting = [sum(kinds.fits(*pair) for pair in claims) for kinds in choices]
        for kinds in (k for k, n in zip(choices, fitting, strict=True) if n == max(fitting)):
            for order in self._orders(kinds, names, fits):
                glossary = self._glossary(kinds, names, order, adjoints, meanings)
                stating = Stating(
                    (), (), (), ((loss, self.text),), glossary, loss, dict(self._steps(names))
                )
                try:
                    verdicts.append(judged_beside(stating, claims, asked))
                except (NotLowered, InputError):
                    return [Found()] * len(claims)
        return [together([each[at] for each in verdicts]) for at in range(len(claims))]

    def letters(self, pairs: Sequence[Pair]) -> tuple[str, ...]:
        """The quantities of the model that a document's lines name."""
        sides = [side for pair in pairs for side in pair]
        lefts = [left for left, _ in pairs if isinstance(left, Symbol)]
        lefts += [about[0] for side in sides if (about := differentiated(side)) is not None]
        spelling = Spelling.of(sides, lefts)
        found = {name for side in sides for name in names_in(spelling, side)}
        words = {self._word(name) for name in found}
        return tuple(word for word in self.model.quantities if word in words)

    def _named(
        self,
        spelling: Spelling,
        pairs: Sequence[Pair],
        loss: Name,
        adjoints: Mapping[Name, Name],
    ) -> Iterator[tuple[Name, str]]:
        """The quantities of the document that the model has, by their names."""
        yield loss, self.model.loss.name
        for pair in pairs:
            for side in pair:
                for name in names_in(spelling, side):
                    word = self._word(name)
                    if word is not None and name not in adjoints and name != loss:
                        yield name, word

    def _word(self, name: Name) -> str | None:
        """The quantity of the model that a name is: `W_f` is `W_f`, or `Wf` where that is one."""
        word = name_of(Place(name.base, None, name.tag))
        if word in self.model.quantities:
            return word
        alike = [each for each in self.model.quantities if each == word.replace("_", "")]
        return alike[0] if alike else None

    def _orders(
        self, kinds: Kinds, names: Mapping[Name, str], equations: Sequence[Pair]
    ) -> list[_Order]:
        """The ways in which matrices can be laid out so that the document's equations fit."""
        matrices = [name for name in names if kinds.totals.get(name) == 2][:_MOST]
        if not equations:
            return [{}]
        found: list[_Order] = []
        for choice in product(((0, 1), (1, 0)), repeat=len(matrices)):
            order = dict(zip(matrices, choice, strict=True))
            if self._fits(kinds, names, order, equations):
                found.append(order)
        return found or [{}]

    def _fits(
        self, kinds: Kinds, names: Mapping[Name, str], order: _Order, equations: Sequence[Pair]
    ) -> bool:
        ranges = self._ranges(kinds, names, order)
        sizes = {
            str(r.upper) for word in names.values() for r in self.model.quantities[word].ranges
        }
        ranges.equate(equations)
        return len({ranges.sizes.find(("size", size)) for size in sizes}) == len(sizes)

    def _ranges(self, kinds: Kinds, names: Mapping[Name, str], order: _Order) -> Ranges:
        ranges = Ranges(kinds)
        for name, word in names.items():
            for at, r in enumerate(self.model.quantities[word].ranges):
                place = (name, order.get(name, range(at + 1))[at])
                ranges.sizes.unite(("size", str(r.upper)), place)
        return ranges

    def _glossary(
        self,
        kinds: Kinds,
        names: Mapping[Name, str],
        order: _Order,
        adjoints: Mapping[Name, Name],
        meanings: Mapping[str, str],
    ) -> Glossary:
        ranges = self._ranges(kinds, names, order)
        letters = Letters(())
        for word in names.values():
            for r in self.model.quantities[word].ranges:
                size = str(r.upper)
                if size.isalnum() and size[:1].isupper():
                    letters.of[ranges.sizes.find(("size", size))] = size.lower()
        return Glossary(ranges, names, letters, order, adjoints, meanings)

    def _steps(self, names: Mapping[Name, str]) -> Iterator[tuple[Name, int]]:
        for name, word in names.items():
            for boundary in self.model.boundaries.get(word, ()):
                yield name, -1 if any(index == 0 for index in boundary.indices) else 1
