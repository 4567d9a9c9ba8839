"""The colours of factors, each with a stroke of its own, so that prints in grey tell them apart."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TINTS", "Tint", "letter"]


class Tint(NamedTuple):
    """One colour and stroke.

    Attributes:
        light: on light paper, dark enough to be read as text.
        dark: on dark paper.
        dashes: lengths of dashes and gaps in points; nothing for a line without gaps.
    """

    light: str
    dark: str
    dashes: tuple[float, ...] = ()


TINTS = (
    Tint("#b3261e", "#ff8a80"),
    Tint("#8f4d00", "#ffb77a", (6, 2)),
    Tint("#1a7340", "#7fd8a4", (1.5, 1.5)),
    Tint("#00609f", "#8cc4ff", (6, 2, 1.5, 2)),
    Tint("#7b3294", "#d9a6ec", (3, 2)),
    Tint("#006d6d", "#74d8d8", (9, 3)),
    Tint("#6b5b00", "#d6cc6a", (6, 2, 1.5, 2, 1.5, 2)),
    Tint("#a0206a", "#ff9ecb", (1.5, 3)),
)
"""From the loss backwards."""


def letter(tint: int) -> str:
    """What the colour of a factor is called in a page: formulas know no digits in names."""
    return "abcdefgh"[tint - 1]
