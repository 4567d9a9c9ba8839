"""The words that open a condition, in a formula and in a sentence, and those that close one."""

from __future__ import annotations

import re

from symback.reading.formula.languages import words

_KINDS = ("if", "for", "where")  # from those that leave no doubt to those that also define
_OPENER = re.compile(
    "(?<!if and only )(?:"
    + "|".join(f"(?P<{kind}>{words(kind)})" for kind in _KINDS)
    + r")[\s,:]*$",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s*" + words("if, behind"), re.IGNORECASE)
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?:;。！？：；，、*#\n-])\s*\Z")
_LONGEST = 60
"""So many characters the words have that open a condition."""


def match_opener(before: str) -> re.Match[str] | None:
    """Return where the words that open a condition stand at the end of a text, if they do."""
    return _OPENER.search(before, max(0, len(before) - _LONGEST))


def opener(before: str) -> str:
    """Return which kind of word before a condition a text ends with, "" for none."""
    match = match_opener(before)
    return (match.lastgroup or "") if match else ""


def closes(after: str) -> bool:
    """Say whether a text begins with words that make a condition of what stands before them."""
    return bool(_BEHIND.match(after))


def opens_forwards(before: str) -> bool:
    """Say whether the word that opens a condition begins a sentence, so that it looks ahead."""
    match = match_opener(before)
    if match is None:
        return False
    first = before[match.start()]
    if first.lower() == first.upper():  # of a script without capitals
        return bool(_SENTENCE_BEGINS.search(before[: match.start()]))
    return first.isupper()
