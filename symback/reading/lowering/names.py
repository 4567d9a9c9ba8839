"""Names in the language of models for a document's quantities, and letters for their ranges."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable

from symback.reading.network.places import Place

__all__ = ["Letters", "name_of"]

_WORD = re.compile(r"[^A-Za-z0-9_]")
_POOL = "jkimnpqruvwacdgh"
# Two steps are two quantities: `h_tm1` of h_{t-1}, `h_tp1` of h_{t+1}.
_SIGNS = (
    (re.compile(r"\*$"), "star"),
    (re.compile(r"\+$"), "new"),
    (
        re.compile(r"\+"),
        "p",
    ),  # two steps are two quantities: `h_tm1` of h_{t-1}, `h_tp1` of h_{t+1}
    (re.compile(r"-"), "m"),
)


def name_of(place: Place, entry: tuple[int, ...] = ()) -> str:
    """The name of a quantity: `yhat` of `hat y`, `h_pre` of `h'`, `W1` of the first layer's W."""
    *accents, letter = place.base.split()
    primes = len(letter) - len(letter.rstrip("'"))
    word = letter.rstrip("'") + "".join(accents)
    layer = "" if place.layer is None else _WORD.sub("", str(place.layer))
    tag = place.tag.partition("@")[0]
    for sign, spelled in _SIGNS:
        tag = sign.sub(spelled, tag)
    tag = _WORD.sub("", tag)
    name = word + layer + (f"_{tag}" if tag else "") + "_pre" * primes
    return "_".join([name, *map(str, entry)])


class Letters:
    """One letter for each range, whose capital is the range's size.

    Args:
        taken: names of quantities, which no size can have.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.of: dict[Hashable, str] = {}

    def letter(self, where: Hashable, wanted: str = "") -> str:
        """The letter of a range; the one that a document uses for it where that is free."""
        if where not in self.of:
            for letter in (*([wanted] if len(wanted) == 1 else []), *_POOL):
                free = letter not in self.of.values() and letter.upper() not in self.taken
                if letter.isalpha() and letter.islower() and letter.isascii() and free:
                    self.of[where] = letter
                    break
            else:
                count = len(self.of)
                self.of[where] = f"j{count}"
        return self.of[where]

    def fresh(self, where: Hashable, used: Iterable[str]) -> str:
        """A letter for a sum over a range inside others that have these."""
        own, used = self.letter(where), set(used)
        if own not in used:
            return own
        number = 2
        while f"{own}{number}" in used:
            number += 1
        return f"{own}{number}"
