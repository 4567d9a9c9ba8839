"""How much of a large set of cases a run takes: a seeded sample, or with ``pytest --full`` all."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any, TypeVar

__all__ = ["FULL", "covering", "sample"]

T = TypeVar("T")

FULL = os.environ.get("SYMBACK_FULL") == "1"
"""Whether this run takes everything; set by the option ``--full``."""


def sample(cases: Sequence[T], count: int, seed: int = 1) -> list[T]:
    """So many of the cases, in their order and the same in every run; with ``--full`` all."""
    if FULL or count >= len(cases):
        return list(cases)
    chosen = set(random.Random(seed).sample(range(len(cases)), count))
    return [case for place, case in enumerate(cases) if place in chosen]


def covering(*families: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Cases with every member of every family, in as few as there are; with ``--full`` all."""
    lists = [list(family) for family in families]
    if FULL:
        return list(product(*lists))
    count = max(map(len, lists))
    return [tuple(members[at % len(members)] for members in lists) for at in range(count)]
