"""How much a handout says: its parts at each level of detail, and the parameters it works out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from symback.model.equations import Quantity, Role
from symback.rendering.worked_entries import EntryName, chosen_entries

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation

__all__ = ["SECTIONS", "Detail", "entries_for", "sections_of", "told_entry"]


class Detail(StrEnum):
    """How much a handout says."""

    BRIEF = "brief"  # results alone
    STANDARD = "standard"  # how they come about, with one weight of each kind and layer worked
    FULL = "full"  # with every step in between


SECTIONS = (
    "summary", "network", "equations", "worked", "functions", "gradients", "second", "numbers",
    "conventions", "proof", "further", "steps", "units", "transposes", "claims",
)  # fmt: skip
"""Every part of a handout, in the order in which they stand."""

_PARTS = {
    Detail.BRIEF: (
        "summary",
        "network",
        "equations",
        "gradients",
        "second",
        "numbers",
        "conventions",
        "proof",
    ),
    Detail.STANDARD: SECTIONS[:11],
    Detail.FULL: SECTIONS,
}


def sections_of(detail: Detail | str) -> tuple[str, ...]:
    """The codes of the parts of a handout that says so much."""
    return _PARTS[Detail(detail)]


def told_entry(quantity: Quantity) -> tuple[int, ...]:
    """The second unit where there is one: notes avoid W11, which looks like its transpose."""
    return tuple(min(axis + 1, size) for axis, size in enumerate(quantity.shape))


def entries_for(
    derivation: Derivation, detail: Detail | str, weights: Sequence[EntryName] | str | None
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Which parameters are worked out: those asked for, else a hidden weight.

    It is one straight below the outputs' layer, whose way to the loss is the shortest that shows
    all: more than one path, and a function on each side.  In brief it is none, in full one of each
    array; what has no layers has no paths to be counted.
    """
    if weights is not None:
        return chosen_entries(derivation, weights)
    if detail == Detail.BRIEF:
        return ()
    roles = (Role.WEIGHT, Role.BIAS)
    layered = [q for q in derivation.model.parameters if q.role in roles]
    if detail != Detail.FULL and layered:
        weighty = [q for q in layered if q.role is Role.WEIGHT] or layered
        layers = sorted({q.layer for q in weighty})
        below = layers[-2:][0]
        layered = [next(q for q in weighty if q.layer == below)]
    return tuple((q.name, told_entry(q)) for q in layered)
