"""How one quantity of one network is spelled, entry by entry, and how an entry is read back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

from sympy import Expr, Integer, Symbol

from symback.algebra.expressions import EVERY
from symback.model.equations import Quantity
from symback.notation.indices import index_text
from symback.notation.spelling import Spelling
from symback.records import dataclass

__all__ = ["Indices", "Slot"]

Indices = tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """The spellings of a quantity, or of the loss's derivative by it.

    Attributes:
        quantity: whose entries they are.
        is_delta: whether they stand for the loss's derivative by the quantity.
        part: the notation's form that they have; empty where it is the quantity's own name.
        entry: one entry, without its indices.
        whole: the array as a whole.
        row: the array of one sample out of a batch, without the sample's index.
        lettered: for flat numbers, an entry whose indices are letters, without them.
        first: indices that never vary and come before the others.
        last: an index that never varies and comes after them; empty for none.
        exchanged: whether the index of the target stands before that of the source.
        sample_above: whether the index of the sample stands above.
        before: for flat numbers, how many entries of other layers come before; else -1.
        counts: whether entries are written by their flat numbers; they are read so at any rate.
    """

    quantity: Quantity
    is_delta: bool
    part: str
    entry: Spelling
    whole: Spelling
    row: Spelling
    lettered: Spelling | None = None
    first: tuple[str, ...] = ()
    last: str = ""
    exchanged: bool = False
    sample_above: bool = False
    before: int = -1
    counts: bool = True

    @property
    def has_sample(self) -> bool:
        """Whether the first index numbers samples."""
        ranges = self.quantity.ranges
        return bool(ranges) and ranges[0].is_rows

    # Spelling -------------------------------------------------------------------------------------

    def spell(self, indices: Indices = ()) -> Spelling:
        """The entry at these indices; the array for none, or for every value of each."""
        if all(index == EVERY for index in indices):
            return self.whole
        sample = indices[0] if self.has_sample else None
        units = indices[1:] if self.has_sample else indices
        if units and all(index == EVERY for index in units):
            # Sample 11 below would look like entry (1, 1).
            long = sample is not None and len(_text(sample)) > 1 and not self.sample_above
            return self._with(self.row, (_text(EVERY),) if long else (), sample)
        if self.before >= 0 and self.lettered is not None:
            if self.counts and all(index.is_Integer for index in units):
                return self._by_number(units, sample)
            return self._with(self.lettered, self._texts(units), sample)
        last = (self.last,) if self.last else ()
        return self._with(self.entry, (*self.first, *self._texts(units), *last), sample)

    def _by_number(self, units: Indices, sample: Expr | None) -> Spelling:
        """An entry by its flat number."""
        return self._with(self.entry, (str(self._number(units)),), sample)

    def spell_by_indices(self, indices: Indices) -> Spelling:
        """An entry that has a flat number, by its layer and its indices instead."""
        units = indices[1:] if self.has_sample else indices
        assert self.lettered is not None
        return self._with(self.lettered, self._texts(units), None)

    def _texts(self, units: Indices) -> tuple[str, ...]:
        texts = tuple(_text(index) for index in units)
        return texts[::-1] if self.exchanged else texts

    def _with(self, body: Spelling, below: tuple[str, ...], sample: Expr | None) -> Spelling:
        if sample is None:
            return replace(body, indices=below)
        if self.sample_above:
            return replace(body, indices=below, sample=_text(sample))
        return replace(body, indices=(_text(sample), *below))

    def _number(self, units: Indices) -> int:
        """Counted target by target, and through the sources of each."""
        if len(units) == 1:
            return self.before + int(units[0])
        source, target = units
        return self.before + (int(target) - 1) * self.quantity.shape[0] + int(source)

    # Reading --------------------------------------------------------------------------------------

    def read(self, spelling: Spelling) -> Indices | None:
        """The indices of an entry by its spelling; None where it is not one of this quantity."""
        for indices in self._guesses(spelling):
            if len(indices) != len(self.quantity.ranges):
                continue
            if any(index.is_Integer and index < 1 for index in indices):
                continue  # the 0 of C_0 is part of the name
            if spelling.shown in (self.spell(indices).shown, self._counted_shown(indices)):
                return indices
        return None

    def _counted_shown(self, indices: Indices) -> object:
        """What an entry looks like by its flat number, which is read where none is written too."""
        units = indices[1:] if self.has_sample else indices
        if self.counts or self.before < 0 or not all(index.is_Integer for index in units):
            return None
        return self._by_number(units, indices[0] if self.has_sample else None).shown

    def _guesses(self, spelling: Spelling) -> Iterator[Indices]:
        """Indices that the spelling could have, to be held against their own spelling."""
        units = len(self.quantity.ranges) - self.has_sample
        yield (EVERY,) * len(self.quantity.ranges)
        sample_below = self.has_sample and not self.sample_above
        sample: Indices = ()
        if self.has_sample and self.sample_above:
            sample = _sample_of(spelling)
            if not sample:
                return
        for body in (self.row, self.entry, self.lettered):
            text = spelling.shown[1]
            if body is None or body.name != spelling.name or not text.startswith(body.label):
                continue
            shown = len(self.first) + bool(self.last) + units
            if body is self.row:
                shown = 0
            elif body is self.lettered:
                shown = units
            elif self.before >= 0:
                shown = 1
            parts = _parts(text.removeprefix(body.label), shown + sample_below)
            if parts is None:
                continue
            lead = sample or tuple(map(_index, parts[:sample_below]))
            below = tuple(map(_index, parts[sample_below:]))
            if body is self.row:
                yield (*lead, *(EVERY,) * units)
            elif body is self.entry and self.before >= 0:
                yield (*lead, *self._counted(below[0]))
            else:
                if self.counts and body is self.lettered and all(i.is_Integer for i in below):
                    continue  # numbers would have been counted
                if body is self.entry:
                    below = below[len(self.first) : len(below) - bool(self.last)]
                yield (*lead, *(below[::-1] if self.exchanged else below))

    def _counted(self, number: Expr) -> Indices:
        """The indices of an entry by its flat number; nothing where it has none here."""
        sizes = [r.size for r in self.quantity.ranges if not r.is_rows]
        place = int(number) - self.before - 1 if number.is_Integer else -1
        if not 0 <= place < prod(sizes):
            return ()
        if len(sizes) == 1:
            return (Integer(place + 1),)
        target, source = divmod(place, sizes[0])
        return Integer(source + 1), Integer(target + 1)

    # What can be confused -------------------------------------------------------------------------

    def patterns(self) -> Iterator[tuple[object, bool]]:
        """What the array, one sample's part and an entry look like, with ``#`` for any index.

        Each with whether it is an entry by its flat number, which says more than its looks.
        """
        yield self.whole.shown, False
        units = len(self.quantity.ranges) - self.has_sample
        sample = Symbol("#") if self.has_sample else None
        if self.has_sample and units:
            yield self._with(self.row, (), sample).shown, False
        if not self.quantity.ranges:
            return
        any_units = ("#",) * units
        if self.lettered is not None:
            yield self._with(self.lettered, any_units, sample).shown, False
        counted = self.before >= 0
        last = (self.last,) if self.last else ()
        below = ("#",) * min(units, 1) if counted else (*self.first, *any_units, *last)
        yield self._with(self.entry, below, sample).shown, counted


def _text(index: Expr) -> str:
    return index_text(index)


def _index(text: str) -> Expr:
    if text == EVERY.name:
        return EVERY
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return Integer(text) if is_number else Symbol(text, integer=True)


def _sample_of(spelling: Spelling) -> Indices:
    """The index of the sample, above; whether it is one, its own spelling will show."""
    text = spelling.above[-1].strip("()").split(",")[0] if spelling.above else ""
    return (_index(text),) if text else ()


def _parts(text: str, count: int) -> list[str] | None:
    """A text below taken apart into so many indices; one digit or letter for each, or commas."""
    if count == 1 and text and "," not in text:
        return [text]
    parts = text.split(",") if "," in text else list(text)
    return parts if len(parts) == count and all(parts) else None
