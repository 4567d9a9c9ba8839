"""Numbers that were drawn, and the indices of lookups."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

from sympy import Integer

from symback.model.equations import Model, Role
from symback.records import dataclass
from symback.teaching.terms import Functions

__all__ = ["DRAWS", "WISHES", "Drawn", "draw_integers"]

DRAWS = 20_000
"""So many draws at most, of a small network; fewer of a large one."""

WISHES = ("size", "grid", "policies", "dead", "falls")
"""What is given up, in this order, where no numbers have everything; the slips never are."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Numbers that were drawn.

    Attributes:
        given: by key.
        functions: the arithmetic in which they are worked out.
        dropped: the wishes that had to be given up.
        draws: how many were made.
    """

    given: dict[str, Any]
    functions: Functions
    dropped: tuple[str, ...] = ()
    draws: int = 1


def draw_integers(model: Model, sizes: Mapping[str, int], seed: int) -> dict[str, int]:
    """An index for every entry of the integer arrays: where a lookup looks, which class it is."""
    from symback.teaching.concrete import entry_key

    random = Random(f"integers {seed}")
    sized = model.with_sizes(sizes) if sizes else model
    numbers = {r.name: r.size for q in sized.quantities.values() for r in q.ranges if r.size}
    numbers |= dict(sizes)
    found: dict[str, int] = {}
    for quantity in sized.given:
        if quantity.role is not Role.INTEGER:
            continue
        most = 1
        if quantity.counts is not None:
            known = {s: Integer(numbers[s.name]) for s in quantity.counts.free_symbols
                     if s.name in numbers}  # fmt: skip
            most = int(quantity.counts.xreplace(known))
        for at in product(*(range(1, r.size + 1) for r in quantity.ranges)):
            found[entry_key(quantity.name, at)] = random.randint(1, most)
    return found
