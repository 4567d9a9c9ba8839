"""The command line, run in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Done(NamedTuple):
    """What a command line left behind."""

    code: int
    out: str
    err: str


Symback = Callable[..., Done]
