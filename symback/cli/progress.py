"""A bar on standard error for work that takes more than a second, on a terminal only."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["with_progress"]

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds before anything is shown."""

BETWEEN = 0.1
"""Seconds between two pictures of the bar."""

WIDTH = 30


def with_progress(
    pieces: Iterable[tuple[int, T]], total: int, *, quiet: bool = False
) -> Iterator[T]:
    """Pass pieces of a document on, showing how far they have come.

    Args:
        pieces: each with how much of the whole it is.
        total: the whole.
        quiet: whether to show nothing, as when the document itself goes to the terminal.
    """
    shown = not quiet and _on_terminal()
    due = time.monotonic() + PATIENCE
    done, drawn = 0, False
    try:
        for amount, piece in pieces:
            yield piece
            done += amount
            if shown and time.monotonic() >= due:
                due = time.monotonic() + BETWEEN
                drawn = True
                _draw(done, total)
    finally:
        if drawn:
            _say("\r\x1b[K")


def _draw(done: int, total: int) -> None:
    filled = WIDTH * done // max(total, 1)
    _say(f"\r[{'#' * filled}{' ' * (WIDTH - filled)}] {done} of {total}")


def _say(text: str) -> None:
    # Nobody may be listening any more: the work goes on.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _on_terminal() -> bool:
    if sys.stderr is None or os.environ.get("TERM") == "dumb":
        return False
    return sys.stderr.isatty()
