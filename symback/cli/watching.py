"""Doing a thing again whenever one of its files changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable

from symback.errors import SymbackError

__all__ = ["watch_files"]

INTERVAL = 0.3
"""Seconds between two looks; a look is a call of the operating system for each file."""


def watch_files(once: Callable[[], tuple[int, list[str]]], rounds: int | None = None) -> int:
    """Run something, and again after each change of a file that it read, until interrupted.

    Args:
        once: does it, and returns its exit code with the names of the files.
        rounds: how often at the most; by default without end.

    Returns:
        The exit code of the last run.
    """
    code, names = once()
    while rounds is None or rounds > 1:
        before = _stamps(names)
        while _stamps(names) == before:
            time.sleep(INTERVAL)
        if sys.stdout is not None and sys.stdout.isatty():
            print("\033[2J\033[H", end="")
        try:
            code, names = once()
        except SymbackError as error:  # a file that is being written is worth another look
            print(f"symback: {error}", file=sys.stderr, flush=True)
        if rounds is not None:
            rounds -= 1
    return code


def _stamps(names: Iterable[str]) -> list[tuple[float, int] | None]:
    found: list[tuple[float, int] | None] = []
    for name in names:
        try:
            state = os.stat(name)
            found.append((state.st_mtime, state.st_size))
        except OSError:
            found.append(None)
    return found
