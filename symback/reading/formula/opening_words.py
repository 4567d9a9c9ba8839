"""The words that open a condition, in a formula and in a sentence."""

from __future__ import annotations

import re

# The words before a condition, from those that leave no doubt to those that also define.
_WORDS = {
    "if": (
        r"if|when|whenever|unless|provided(?: that)?"
        r"|(?:in )?(?:the )?case(?: of| \(?\w{1,3}\)?)?"
    ),
    "for": r"for(?: all| every| each| any)?",
    "where": r"where|with|such that|s\.\s?t\.|subject to",
}
_OPENER = re.compile(
    r"(?<!if and only )(?<![A-Za-z])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items())
    + r")[\s,:]*$",
    re.IGNORECASE,
)


def match_opener(words: str) -> re.Match[str] | None:
    """Return where the words that open a condition stand at the end of a text, if they do."""
    return _OPENER.search(words)


def opener(words: str) -> str:
    """Return which kind of word before a condition a text ends with, "" for none."""
    match = match_opener(words)
    return (match.lastgroup or "") if match else ""


def opens_forwards(words: str) -> bool:
    """Say whether the word that opens a condition begins a sentence, so that it looks ahead."""
    match = match_opener(words)
    return match is not None and words[match.start()].isupper()
