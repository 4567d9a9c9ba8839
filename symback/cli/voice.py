"""How much is said on standard error: warnings and notes, or with -q nothing, or with -v more."""

from __future__ import annotations

import contextlib
import sys

from symback.errors import InputError
from symback.records import dataclass

__all__ = ["Voice", "say", "voice"]


@dataclass
class Voice:
    """What this run is asked to say.

    Attributes:
        level: 0 for nothing but failures, 1 for notes, 2 for what is read and why as well.
    """

    level: int = 1


voice = Voice()
"""The one of this process; every run sets it anew."""


def say(line: str, level: int = 1) -> None:
    """A note on standard error, on one line, unless it is not asked for."""
    if level <= voice.level:
        with contextlib.suppress(OSError, ValueError):
            print(InputError(line), file=sys.stderr, flush=True)
