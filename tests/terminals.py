"""Streams that stand for what a command writes to."""

from __future__ import annotations

import io


class Terminal(io.StringIO):
    """A terminal that can show everything."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class AsciiPipe(io.StringIO):
    """A pipe without Unicode."""

    encoding = "ascii"
