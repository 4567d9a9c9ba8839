"""Which weights and biases a document works out one by one."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Protocol

from symback.errors import InputError, TooLargeError
from symback.model.equations import Role

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Quantity

__all__ = ["MAX_UNITS", "EntryName", "chosen_entries", "entry_count"]

MAX_ALL = 16
"""Up to so many parameters every one is worked out without being asked for."""

MAX_UNITS = 2000
"""Nobody reads more than so many worked parameters."""


class EntryName(Protocol):
    """One weight or bias, as whoever asks for it names it."""

    @property
    def array(self) -> str:
        """The name of the parameter array."""

    @property
    def indices(self) -> tuple[int, ...]:
        """Which entry, counted from 1."""


def chosen_entries(
    derivation: Derivation, weights: Sequence[EntryName] | str | None
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Which parameters are worked out: those asked for, all when few, else one of each array.

    Raises:
        TooLargeError: for all of more than `MAX_UNITS`.
    """
    layered = (Role.WEIGHT, Role.BIAS)  # what has no layers has no paths that could be counted
    parameters = [q for q in derivation.model.targets_of_derivation if q.role in layered]
    count = sum(entry_count(quantity) for quantity in parameters)
    if weights is None and not derivation.model.has_layers:
        return ()  # entries of a model are worked out when they are asked for
    if weights is None:
        if count > MAX_ALL:
            # The second unit where there is one: notes avoid W11, which looks like its transpose.
            return tuple(
                (q.name, tuple(min(axis + 1, size) for axis, size in enumerate(q.shape)))
                for q in parameters
            )
        weights = "all"
    if not isinstance(weights, str):
        return tuple((entry.array, tuple(entry.indices)) for entry in weights)
    if weights != "all":
        raise InputError(f"{weights!r} is neither all nor a list of entries", where="weights")
    if count > MAX_UNITS:
        raise TooLargeError(
            f"{count} weights and biases are too many to work out one by one",
            where="weights",
            hint=f"the limit is {MAX_UNITS}: name some, or leave it out for the index formulas",
        )
    return tuple((q.name, place) for q in parameters for place in _places(q.shape))


def _places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    places: list[tuple[int, ...]] = [()]
    for size in shape:
        places = [(*place, value) for place in places for value in range(1, size + 1)]
    return places


def entry_count(quantity: Quantity | None) -> int:
    """How many entries a quantity has."""
    return 0 if quantity is None else prod(quantity.shape)
