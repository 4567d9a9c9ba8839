"""Letters beyond those of ASCII: words of other scripts, and letters with a font of their own."""

from __future__ import annotations

import unicodedata

__all__ = ["is_latin", "set_letter", "words_end"]

_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "CYRILLIC", "ARABIC", "HEBREW", "THAI",
            "DEVANAGARI", "BENGALI", "IDEOGRAPHIC")  # fmt: skip
# The first that stands in a letter's name is its font.
_FONTS = {
    "SCRIPT": "mathcal", "FRAKTUR": "mathfrak", "DOUBLE-STRUCK": "mathbb", "BOLD": "mathbf",
    "SANS-SERIF": "mathsf", "MONOSPACE": "mathtt",
}  # fmt: skip
_MATHEMATICAL = "MATHEMATICAL "


def words_end(text: str, start: int) -> int:
    """Where the words of another script that begin at `start` end, 0 where none begin there.

    Spaces and digits between two of their words belong to them.
    """
    if not _is_foreign(text[start]):
        return 0
    end = at = start + 1
    while at < len(text) and (_is_foreign(text[at]) or text[at] in " 0123456789"):
        at += 1
        if _is_foreign(text[at - 1]):
            end = at
    return end


def _is_foreign(character: str) -> bool:
    return character in "？！" or (
        not character.isascii() and unicodedata.name(character, "").startswith(_SCRIPTS)
    )


def is_latin(character: str) -> bool:
    """Say whether this is a letter of the Latin alphabet, such as the c of `ç`."""
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN")


def set_letter(character: str) -> tuple[str, str] | None:
    """The font's command and the plain letter of `𝑾`, whose font is part of it; None for others."""
    name = unicodedata.name(character, "")
    letter = unicodedata.normalize("NFKC", character)
    if not name.startswith(_MATHEMATICAL) or letter == character or len(letter) != 1:
        return None
    if not letter.isalnum():
        return None
    return next((font for word, font in _FONTS.items() if word in name), ""), letter
