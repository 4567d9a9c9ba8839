"""A user's text: cleaned once, and held against what a format's fonts can show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from symback.printing.latex import escape_latex
from symback.rendering.formats import escape_markdown

__all__ = [
    "breakable",
    "clean",
    "escape_for_github",
    "escape_for_pdflatex",
    "lacking_in_pdflatex",
    "named",
]

_LETTERS = frozenset("ßæœøłåÆŒØŁÅıȷ¡¿§¶†‡©£–—‘’“”„…·")
"""What the fonts of plain LaTeX have beside ASCII and letters with accents."""

_ACCENTS = frozenset(
    "\u0300\u0301\u0302\u0303\u0308\u0304\u0307\u0306\u030c\u030b\u030a\u0327"
)  # those that the old encoding of LaTeX's fonts can put together

_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that would turn the text around them."""


def clean(text: str) -> str:
    """One line of text without control characters and without what is not a character."""
    kept = "".join(
        "\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else " " if c.isspace() or ord(c) < 32 else c
        for c in text
        if c not in _DIRECTIONS and (unicodedata.category(c) != "Cc" or c.isspace())
    )
    return " ".join(kept.split())


def named(characters: Iterable[str]) -> str:
    """Characters with their numbers, for a message."""
    return ", ".join(f"{c} (U+{ord(c):04X})" for c in dict.fromkeys(characters))


def lacking_in_pdflatex(text: str) -> list[str]:
    """The characters of a text that LaTeX's own fonts lack, each once."""
    return [c for c in dict.fromkeys(unicodedata.normalize("NFC", text)) if not _has(c)]


_LITERALLY = {
    '"': r'\texttt{"}',
    "~": r"\ensuremath{\sim}",
    "^": r"\texttt{\char94}",
    **{sign: f"{sign}{{}}" for sign in "-'`!?"},
    "\u00a0": "~",
    **{
        sign: rf"\ensuremath{{{command}}}"
        for sign, command in {
            "−": "-", "×": r"\times", "·": r"\cdot", "±": r"\pm", "≤": r"\leq", "≥": r"\geq",
            "≠": r"\neq", "→": r"\to",
        }.items()
    },
}  # fmt: skip
"""What TeX would print as another sign: signs of accents, quotes, what makes ligatures; and signs
of mathematics that stand in texts, which it has in its fonts of formulas alone."""


def escape_for_pdflatex(text: str) -> str:
    """A user's text as letters; what the fonts lack as its number in a box, not as an error."""
    return "".join(
        _LITERALLY.get(c) or (escape_latex(c) if _has(c) else rf"\lacking{{{ord(c):04X}}}")
        for c in unicodedata.normalize("NFC", text)
    )


def escape_for_github(text: str) -> str:
    """A user's text as letters where GitHub would make a link, a name or a picture of it."""
    text = re.sub(":(?=//)", r"\:", escape_markdown(text))
    return re.sub(r"@(?=\w)|(?<!\\):(?=(\w|\\[_+-])+:)", r"\g<0><!-- -->", text)


LONG = 40
"""A word of more letters than these may be broken anywhere."""


def breakable(text: str) -> list[str]:
    """Pieces of a text between which a line may be broken where no space is near."""
    pieces = [""]
    for word in re.split(r"(?<= )", text):
        first, *rest = [word[at : at + LONG // 4] for at in range(0, len(word), LONG // 4)] or [""]
        if len(word) <= LONG:
            first, rest = word, []
        pieces[-1] += first
        pieces += rest
    return pieces


def _has(character: str) -> bool:
    if character.isascii() or character in _LETTERS or character in _LITERALLY:
        return True
    base, *accents = list(unicodedata.normalize("NFD", character))
    return base.isascii() and base.isalpha() and len(accents) == 1 and accents[0] in _ACCENTS
