"""The letters of indices in a notation: none stands for anything else in the same formulas.

The model names its bound indices i, m, n, …, and samples s.  A course may count samples by i, of
which there are m: the indices bound over units then take the next letters that are free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from string import ascii_lowercase

from symback.model.equations import Model
from symback.notation.form import Notation
from symback.notation.slot import Slot

__all__ = ["has_samples", "index_letters", "letters_of"]

FIXED = ("j", "k")
"""The source unit and the target unit in every model."""

_SIGNS = ("d", "e", "l")
"""The d of a derivative, the base of exponentials, and a letter that looks like a 1."""


def has_samples(model: Model) -> bool:
    """Whether an index numbers samples."""
    return any(r.is_rows for q in model.given for r in q.ranges)


def letters_of(slot: Slot) -> frozenset[str]:
    """The bare letters that a quantity is spelled with: without accents, primes or a prefix."""
    bodies = (slot.entry, slot.whole, slot.row, *filter(None, (slot.lettered,)))
    return frozenset(b.base for b in bodies if not (b.prefix or b.accent or b.primes))


def index_letters(
    model: Model, notation: Notation, slots: Iterable[Slot], functions: Collection[str]
) -> dict[str, str]:
    """The letter that each index letter of the model is shown by.

    Args:
        model: whose ranges have the letters.
        notation: with letters for samples and for their number.
        slots: how the quantities are spelled.
        functions: the letters of functions.
    """
    ranges = [r for q in model.quantities.values() for r in q.ranges]
    shown = dict(zip(FIXED, notation.index_letters, strict=False))
    taken = {*shown.values(), *_SIGNS, *functions, *(c for slot in slots for c in letters_of(slot))}
    if has_samples(model):
        shown["s"] = notation.sample_index
        taken |= {notation.sample_index, notation.samples}
    bound = dict.fromkeys(c for r in ranges for c in r.letters if c not in shown)
    wished = (*notation.index_letters, *bound, *ascii_lowercase)
    free = (c for c in dict.fromkeys(wished) if c not in taken)
    return shown | dict(zip(bound, free, strict=False))
