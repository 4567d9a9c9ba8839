"""The formats that a document can be written in.

A format is almost pure data: the ending of its templates, the target that prints its formulas, how
it escapes a user's text, and how it sets a formula within a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symback.printing.latex import LATEX, escape_latex
from symback.printing.plain import PLAIN
from symback.printing.target import Target
from symback.printing.text import ASCII, UNICODE
from symback.records import dataclass

__all__ = [
    "ASCII_TEXT",
    "FORMATS",
    "MIN_WIDTH",
    "PAGE_WIDTH",
    "READABLE",
    "Format",
    "escape_markdown",
]

PAGE_WIDTH = 80
"""The columns of text that goes to no terminal."""

MIN_WIDTH = 40
"""On a terminal with fewer columns lines are as long as on one with so many."""

READABLE = 88
"""Prose in longer lines than this is hard to read."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format of output.

    Attributes:
        name: what a user calls it.
        suffix: the ending of its templates, before ``.j2``, and of its files.
        target: prints its formulas.
        escape: turns a user's text into the letters that it is.
        inline: sets a formula within a sentence.
        room: the room for a displayed formula, in the target's unit of width.
    """

    name: str
    suffix: str
    target: Target
    escape: Callable[[str], str]
    inline: str = "{}"
    room: float = 80.0


def escape_markdown(text: str) -> str:
    """Every character that Markdown, HTML or mathematics in Markdown could take as its own."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+.!|~$^-])", r"\\\1", escaped)


def _escape_text(text: str) -> str:
    """Control characters must not reach a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _escape_python(text: str) -> str:
    return _escape_text(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("text", "txt", UNICODE, _escape_text),
        Format("latex", "tex", LATEX, escape_latex, inline="${}$", room=41.5),
        Format("markdown", "md", LATEX, escape_markdown, inline="$`{}`$", room=62.0),
        Format("numpy", "py", PLAIN, _escape_python),
        Format("json", "json", PLAIN, str),
    )
}

ASCII_TEXT = Format(
    "text",
    "txt",
    ASCII,
    lambda text: _escape_text(text).encode("ascii", "backslashreplace").decode(),
)
"""Text for a terminal that does without Unicode."""
