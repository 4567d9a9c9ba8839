"""How text looks where it goes: with colour or not, in Unicode or ASCII, how wide."""

from __future__ import annotations

import os
import shutil
import sys

from symback.records import dataclass

__all__ = ["PAGE_WIDTH", "Style", "style_for"]

PAGE_WIDTH = 80

# Letters that the text of a derivation is full of.
_PROBE = "ŷ′₁⁽δ∂Σσφ⎵"


@dataclass(frozen=True, slots=True)
class Style:
    """How a document of text looks.

    Attributes:
        ascii: whether it is to do without Unicode.
        color: whether it may have escape sequences for colour.
        width: the number of columns.
    """

    ascii: bool = False
    color: bool = False
    width: int = PAGE_WIDTH


def style_for(*, to_stdout: bool, ascii_only: bool, color: str) -> Style:
    """The style of a document that goes to standard output or to a file.

    What goes into a file depends on nothing but the options, so that two runs agree; ``NO_COLOR``,
    ``TERM=dumb`` and the width of the window count on a terminal alone, and ``FORCE_COLOR`` colours
    what goes into a pipe as well.
    """
    on_terminal = to_stdout and sys.stdout is not None and sys.stdout.isatty()
    lacks_unicode = to_stdout and not _holds_unicode()
    return Style(
        ascii=ascii_only or lacks_unicode,
        color=color == "always"
        or (color == "auto" and (on_terminal or (to_stdout and _forced())) and _wants_color()),
        width=shutil.get_terminal_size().columns if on_terminal else PAGE_WIDTH,
    )


def _wants_color() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return _forced() or os.environ.get("TERM") != "dumb"


def _forced() -> bool:
    return os.environ.get("FORCE_COLOR", "0") not in ("", "0")


def _holds_unicode() -> bool:
    try:
        _PROBE.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
