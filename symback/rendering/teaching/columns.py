"""A table of text that keeps to the columns of a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

__all__ = ["table_lines", "width_of"]

_GAP = 2


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """The lines of a table, none wider than ``columns`` unless a single word is.

    The widest cells are broken first, at spaces. Where not even the longest words of all cells have
    room side by side, each row is a list: its first cell, and below it the others, each behind its
    head.

    Args:
        head: one cell for each column.
        rows: as many cells each.
        columns: of the terminal.
    """
    every = [head, *rows]
    widths = _fitted(
        [max(width_of(row[i]) for row in every) for i in range(len(head))],
        [max(_longest_word(row[i]) for row in every) for i in range(len(head))],
        columns - _GAP * (len(head) - 1),
    )
    if widths is None:
        return _listed(head, rows, columns)
    out = _side_by_side(head, widths)
    out.append("-" * (sum(widths) + _GAP * (len(widths) - 1)))
    for row in rows:
        out += _side_by_side(row, widths)
    return out


def width_of(text: str) -> int:
    """The number of columns that a text takes."""
    return sum(not unicodedata.combining(letter) for letter in text)


def _longest_word(text: str) -> int:
    return max(map(width_of, text.split(" ")))


def _fitted(widths: list[int], least: list[int], room: int) -> list[int] | None:
    """Widths that fit, the widest made narrower first; None where the longest words do not fit."""
    if sum(least) > room:
        return None
    widths = list(widths)
    while sum(widths) > room:
        broken = max(
            (i for i in range(len(widths)) if widths[i] > least[i]), key=widths.__getitem__
        )
        widths[broken] -= 1
    return widths


def _side_by_side(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The lines of a row."""
    cells = [_broken(text, width) for text, width in zip(row, widths, strict=True)]
    out = []
    for place in range(max(map(len, cells))):
        texts = [cell[place] if place < len(cell) else "" for cell in cells]
        padded = [t + " " * (width - width_of(t)) for t, width in zip(texts, widths, strict=True)]
        out.append((" " * _GAP).join(padded).rstrip())
    return out


def _listed(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Each row with its cells below one another."""
    out = [head[0], "-" * width_of(head[0])]
    for first, *others in rows:
        out += _broken(first, columns)
        for name, text in zip(head[1:], others, strict=True):
            out += [f"  {line}" if n == 0 else f"    {line}" for n, line in enumerate(
                _broken(f"{name}: {text}", columns - 4)
            )]  # fmt: skip
    return out


def _broken(text: str, width: int) -> list[str]:
    """A text in lines, at least one; accents of a letter take no column."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and width_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
