"""How much of a large set of cases a run takes: a seeded sample, or with ``pytest --full`` all."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["FULL", "sample"]

T = TypeVar("T")

FULL = os.environ.get("SYMBACK_FULL") == "1"
"""Whether this run takes everything; set by the option ``--full``."""


def sample(cases: Sequence[T], count: int, seed: int = 1) -> list[T]:
    """So many of the cases, in their order and the same in every run; with ``--full`` all."""
    if FULL or count >= len(cases):
        return list(cases)
    chosen = set(random.Random(seed).sample(range(len(cases)), count))
    return [case for place, case in enumerate(cases) if place in chosen]
