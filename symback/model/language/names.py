"""Every name of a text: what it is, how its indices run, and whether what is read exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from symback.errors import InputError, quote
from symback.model.language.affine import Affine, Atom, Letter, Span
from symback.model.language.checked import Known
from symback.model.language.syntax import (
    Entry,
    Name,
    Node,
    nodes_in,
)
from symback.model.language.tokens import Place, Source
from symback.suggest import did_you_mean

__all__ = ["Names", "is_capital", "is_letter"]

_LETTER = re.compile("[a-z][0-9]*")
_CAPITAL = re.compile("[A-Z][0-9]*")
Spans = Callable[[Atom], Span | None]


def is_letter(name: str) -> bool:
    """Whether a name can be the letter of an index: a small letter, then digits."""
    return _LETTER.fullmatch(name) is not None


def is_capital(name: str) -> bool:
    """Whether a name can be a size that a letter owns: a capital letter, then digits."""
    return _CAPITAL.fullmatch(name) is not None


class Names:
    """The table of names of one text, filled while its lines are read.

    Attributes:
        known: quantities, functions and sizes of the model by name.
        helpers: what claims define.
        owned: sizes to which an index runs, or that were declared.
        loss: the name of the loss.
        in_claims: whether the lines being read stand below ``claims``.
        vectors: generic functions of whole arrays, with where each is first applied.
        applied: generic functions of one argument, likewise.
        conditions: what the sizes must satisfy, in the model and in the claims.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.known: dict[str, Known] = {}
        self.helpers: dict[str, Known] = {}
        self.functions: dict[str, Place] = {}
        self.scalars: set[str] = set()
        self.owned: dict[str, None] = {}
        self.loss = ""
        self.in_claims = False
        self.vectors: dict[str, Place] = {}
        self.applied: dict[str, Place] = {}
        self.conditions: dict[tuple[Affine, Affine], None] = {}
        self.letters: dict[Span, dict[str, None]] = {}
        self.claimed_starts: dict[str, list[tuple[Affine, ...]]] = {}
        self.claimed_outside: set[str] = set()

    # -- looking up -------------------------------------------------------------------------------

    def get(self, name: str) -> Known | None:
        """What a name is, if anything."""
        return self.known.get(name) or (self.helpers.get(name) if self.in_claims else None)

    def quantity(self, name: str, place: Place) -> Known:
        """A quantity of the model by name.

        Raises:
            InputError: for an unknown name.
        """
        known = self.known.get(name)
        if known is None or known.kind in ("function", "size"):
            guess = did_you_mean(name, self.readable())
            raise self.source.error(f"unknown name {quote(name)}{guess}", place)
        return known

    def adjoint(self, name: str) -> Known | None:
        """The quantity whose adjoint ``dname`` is, where claims write it so."""
        if not self.in_claims or len(name) < 2 or name[0] != "d" or self.get(name) is not None:
            return None
        known = self.known.get(name[1:])
        if known is None or known.kind in ("integer", "chosen", "function", "size"):
            return None
        return known

    def is_size(self, name: str) -> bool:
        """Whether a name stands for a size."""
        return name in self.owned and name not in self.scalars

    def readable(self) -> Iterator[str]:
        """The names that an expression may mention."""
        yield from self.known
        if self.in_claims:
            yield from self.helpers
            for name, known in self.known.items():
                if known.kind not in ("integer", "function", "size"):
                    yield f"d{name}"
        yield from self.owned

    def may_be_generic(self, name: str) -> bool:
        """Whether a name that is applied is a generic function without being declared."""
        return len(name) == 1 and name not in self.known

    # -- ranges -----------------------------------------------------------------------------------

    def note_letter(self, letter: str, span: Span) -> None:
        """Remember which letters run over a range."""
        self.letters.setdefault(span, {})[letter] = None

    def capital_span(self, letter: str, place: Place) -> Span:
        """From 1 to the capital of a letter.

        Raises:
            InputError: where that is the name of a quantity.
        """
        capital = letter.upper()
        if capital in self.scalars:
            raise self.source.error(
                f"{letter} would run to {capital}, which is a quantity",
                place,
                f"use another letter, or say its range: for {letter} = 1..N",
            )
        self.owned.setdefault(capital)
        return Span(Affine.number(1), Affine.size(capital))

    def span_by_slots(self, letter: str, inside: tuple[Node, ...], place: Place) -> Span | None:
        """The range of the slots in which a letter stands alone; None without any.

        Raises:
            InputError: where two of them differ.
        """
        found: tuple[Span, Entry] | None = None
        for entry, slot in self.slots(letter, inside):
            span = self.slot_span(entry, slot)
            if span is None:
                continue
            if found is not None and found[0] != span:
                raise self.source.error(
                    f"the letter {letter} has two ranges: {found[0]} in {found[1].name}, {span} in "
                    f"{entry.name}",
                    place,
                    f"say which: {letter} in {found[0]}",
                )
            found = found or (span, entry)
        return found[0] if found else None

    def slots(self, letter: str, inside: tuple[Node, ...]) -> Iterator[tuple[Entry, int]]:
        """The slots of entries in which a letter stands alone."""
        for node in inside:
            for part in nodes_in(node):
                if isinstance(part, Entry):
                    for slot, index in enumerate(part.indices):
                        if isinstance(index, Name) and index.name == letter:
                            yield part, slot

    def slot_span(self, entry: Entry, slot: int) -> Span | None:
        """The range of one slot of what an entry belongs to."""
        known = self.get(entry.name) or self.adjoint(entry.name)
        if known is None or slot >= len(known.spans):
            return None
        return known.spans[slot]

    # -- reading ----------------------------------------------------------------------------------

    def check_read(
        self, known: Known, indices: tuple[Affine | None, ...], spans: Spans, place: Place
    ) -> None:
        """Every entry that is read must exist; what sizes leave open becomes a condition.

        Raises:
            InputError: for an entry that never exists.
        """
        if known.outside is not None or (known.name in self.claimed_outside and self.in_claims):
            return
        starts = [*known.starts, *self._claimed(known.name)]
        self._check(known, indices, starts, spans, place)

    def check_adjoint_read(
        self, known: Known, indices: tuple[Affine, ...], spans: Spans, place: Place
    ) -> None:
        """The same for an adjoint, whose ends and padding claims say."""
        name = f"d{known.name}"
        if name in self.claimed_outside:
            return
        self._check(known, indices, [*known.starts, *self._claimed(name)], spans, place, name)

    def _claimed(self, name: str) -> list[tuple[Affine, ...]]:
        return self.claimed_starts.get(name, []) if self.in_claims else []

    def _check(
        self,
        known: Known,
        indices: tuple[Affine | None, ...],
        starts: list[tuple[Affine, ...]],
        spans: Spans,
        place: Place,
        name: str = "",
    ) -> None:
        for axis, (index, span) in enumerate(zip(indices, known.spans, strict=True)):
            if index is None or (
                Letter in map(type, index.atoms)
                and index.letter is not None
                and (spans(Letter(index.letter)) == span)
            ):
                continue
            whole = extended(span, axis, starts)
            self._check_end(known, index, whole.first, "min", spans, place, name or known.name)
            self._check_end(known, index, whole.last, "max", spans, place, name or known.name)

    def _check_end(
        self,
        known: Known,
        index: Affine,
        end: Affine,
        kind: str,
        spans: Spans,
        place: Place,
        name: str,
    ) -> None:
        bounds = index.bound(kind, spans)
        if bounds is None:
            if self.in_claims:
                return  # decided with numbers, when the claim is judged
            raise self.source.error(
                f"how far {name} is read at {index} cannot be told",
                place,
                f"say what it is beyond its range: {name}[{','.join(known.letters)}] = 0 outside",
            )
        rooms = [bound - end if kind == "min" else end - bound for bound in bounds]
        decided = [room.is_nonnegative for room in rooms]
        if True in decided:
            return
        if None not in decided:
            raise self._outside(known, index, bounds[0], end, kind, place, name)
        bound = bounds[decided.index(None)]
        self.require(*((end, bound) if kind == "min" else (bound, end)))

    def require(self, smaller: Affine, larger: Affine) -> None:
        """Note a condition on the sizes; what is subtracted goes to the other side."""
        negative = Affine.of(
            {key: n for key, n in (*smaller.terms, *larger.terms) if n < 0 and key[0]}
        )
        if negative.terms:
            smaller, larger = smaller - negative, larger - negative
            constant = ((), None)
            common = Affine.of(
                {
                    constant: min(
                        dict(smaller.terms).get(constant, 0), dict(larger.terms).get(constant, 0)
                    )
                }
            )
            smaller, larger = smaller - common, larger - common
        self.conditions.setdefault((smaller, larger))

    def _outside(
        self,
        known: Known,
        index: Affine,
        bound: Affine,
        end: Affine,
        kind: str,
        place: Place,
        name: str,
    ) -> InputError:
        letters = list(known.letters)
        reaches = f"{name} is read at {index}, which reaches {bound}, and " + (
            f"begins at {end}" if kind == "min" else f"ends at {end}"
        )
        if known.kind in ("defined", "helper"):
            spot = next((i for i, s in enumerate(known.spans) if end in (s.first, s.last)), 0)
            letters[spot] = str(bound)
            word = "a start" if kind == "min" else "an end"
            left = f"{name}[{','.join(letters)}]"
            return self.source.error(
                f"{reaches}: no line defines {left}", place, f"give it {word}: {left} = 0"
            )
        left = f"{name}[{','.join(letters)}]"
        return self.source.error(reaches, place, f"say what it is there: {left} = 0 outside")


def extended(span: Span, axis: int, starts: list[tuple[Affine, ...]]) -> Span:
    """A range with the entries that equations of single entries add at its ends."""
    one = Affine.number(1)
    first, last = span.first, span.last
    added = {
        start[axis]
        for start in starts
        if all(i.letter is not None for place, i in enumerate(start) if place != axis)
    }
    while first - one in added:
        first = first - one
    while last + one in added:
        last = last + one
    return Span(first, last)
