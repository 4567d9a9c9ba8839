"""Plain formulas as people type them, brought to ASCII: `∂L/∂ŷ₂`, `Σᵢ`, `δ₂[1]·h′`, `y_hat`.

Each character of the result knows the characters that it stands for, so that a place in the one
text is a place in the other.
"""

from __future__ import annotations

import re
from dataclasses import field
from unicodedata import normalize

from symback.reading.formula import commands as words
from symback.reading.formula.syntax import Span
from symback.records import dataclass

__all__ = ["Typed"]

_SIGNS = {
    "×": "*", "⋅": "*", "·": "*", "∙": "*", "•": "*", "∗": "*", "−": "-", "–": "-", "’": "'",
    "′": "'", "‘": "'", "″": "''", "←": "<-", "÷": "/", "∕": "/", "⁄": "/", "≔": ":=", "≠": "!=",
    "≤": "<=", "≥": ">=", "\u00a0": " ", "≡": "=",
}  # fmt: skip
_ACCENT = re.compile(r"_(hat|bar|tilde|vec)(?![A-Za-z])")
_SUMMED = re.compile(r"\s*[_{" + "".join(words.SUBSCRIPTS) + "]")


@dataclass(slots=True)
class Typed:
    """A plain formula in ASCII, where signs that have no name in it stay as they are.

    Attributes:
        text: the formula.
        spans: for each of its characters those of what was typed.
    """

    text: str = ""
    spans: list[Span] = field(default_factory=list)

    @classmethod
    def of(cls, typed: str) -> Typed:
        """Bring what was typed to ASCII."""
        own = cls()
        pieces: list[str] = []
        at = 0
        while at < len(typed):
            piece, end = _piece(typed, at, pieces[-1] if pieces else "")
            pieces.append(piece)
            own.spans += [Span(at, end)] * len(piece)
            at = end
        own.text = "".join(pieces)
        own.spans.append(Span(len(typed), len(typed)))
        return own

    def span(self, start: int, end: int) -> Span:
        """What was typed for a stretch of the text."""
        return Span(self.spans[start].start, self.spans[max(start, end - 1)].end)


def _piece(typed: str, at: int, before: str) -> tuple[str, int]:
    """What the characters at a place stand for, and where they end."""
    character = typed[at]
    if character == "_" and before[-1:].isalnum() and (accent := _ACCENT.match(typed, at)):
        return accent[1], accent.end()
    if character in words.SUBSCRIPTS or character in words.SUPERSCRIPTS:
        return _small(typed, at)
    if typed[at + 1 : at + 2] in words.COMBINING and character.isalpha():
        name, _ = _piece(character, 0, before)
        return name + words.COMBINING[typed[at + 1]], at + 2
    if character.isascii() or character in "∂⊙∘":
        return character, at + 1
    if character in _SIGNS:
        return _SIGNS[character], at + 1
    letter, mark = (*normalize("NFD", character), "")[:2]
    if mark in words.COMBINING:
        return letter + words.COMBINING[mark], at + 1
    plain = normalize("NFKC", character)
    name = words.UNICODE_COMMANDS.get(plain, "")
    if name == "sum" or (name == "Sigma" and _SUMMED.match(typed, at + 1)):
        name = "sum"
    if name.isalpha():
        apart = " " if before[-1:].isalnum() else ""
        after = typed[at + 1 : at + 2]
        follows = " " if after.isalpha() and after not in words.SUBSCRIPTS else ""
        return apart + name + follows, at + 1
    return (plain if plain.isascii() or plain == "∂" else character), at + 1


def _small(typed: str, at: int) -> tuple[str, int]:
    """A run of small figures and letters below or above the line."""
    below = typed[at] in words.SUBSCRIPTS
    table = words.SUBSCRIPTS if below else words.SUPERSCRIPTS
    end = at
    while end < len(typed) and typed[end] in table:
        end += 1
    small = "".join(table[letter] for letter in typed[at:end])
    if not below:
        return "^" + small, end
    if "=" in small:  # the start of a sum, `Σᵢ₌₁`
        return f"_{{{small}}}", end
    if small.isdigit() and typed[end : end + 1] in ("[", "_"):
        return small, end  # the layer of `W₂[1,2]`
    return f"_{small}" + (" " if typed[end : end + 1].isalpha() else ""), end
