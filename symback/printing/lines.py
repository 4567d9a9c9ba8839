"""Where a long formula is broken: before terms rather than factors, and outside parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable

from symback.printing.target import FACTOR_BREAK, TERM_BREAK, plainly

__all__ = ["break_lines"]

_LINE, _DEEPER, _FACTOR, _BARE, _TOO_WIDE = 20.0, 6.0, 9.0, 45.0, 10_000.0
"""What a further line, a break inside one more parenthesis, a break before a factor with a sign,
one before a factor without, and each unit of width beyond the margin cost."""

_SIGNS = (
    "\\cdot",
    "\\odot",
    "\\oslash",
    "\\;",
    "dot.",
    "slash.",
    "med",
    "/",
    "*",
    "·",
    "⊙",
    "⊘",
    ".",
)
"""What a factor begins with that has a sign before it."""


def break_lines(
    marked: str, first: float, others: float, measure: Callable[[str], float], times: str = ""
) -> list[str]:
    """Break a printed formula at its marks, so that each line fits, at the least cost.

    Args:
        marked: the formula with its marks.
        first: the room on the first line.
        others: the room on every other line.
        measure: the width of a part of the formula.
        times: the sign of a product, for a line that begins with a factor.
    """
    if measure(plainly(marked)) <= first:
        return [plainly(marked)]
    parts = re.split(f"([{TERM_BREAK}{FACTOR_BREAK}])", marked)
    texts, marks = parts[::2], parts[1::2]
    widths = [measure(text) for text in texts]
    prices = _prices(texts, marks)
    best: list[tuple[float, int]] = [(0.0, 0)]  # for each end: the cost so far, the last break
    for end in range(1, len(texts) + 1):
        options = []
        width = 0.0
        for start in range(end - 1, -1, -1):
            width += widths[start]
            over = max(0.0, width - (first if start == 0 else others))
            price = prices[start - 1] + _LINE if start else 0.0
            options.append((best[start][0] + price + _TOO_WIDE * over, start))
            if over > others:
                break
        best.append(min(options))
    breaks = []
    end = len(texts)
    while end:
        breaks.append((best[end][1], end))
        end = best[end][1]
    lines = []
    for start, end in reversed(breaks):
        bare = start and marks[start - 1] == FACTOR_BREAK and not texts[start].startswith(_SIGNS)
        lines.append((times if bare else "") + "".join(texts[start:end]).strip())
    return lines


def _prices(texts: list[str], marks: list[str]) -> list[float]:
    depth, prices = 0, []
    for text, mark, following in zip(texts, marks, texts[1:], strict=False):
        depth += sum(map(text.count, "([")) - sum(map(text.count, ")]"))
        factor = _FACTOR if following.startswith(_SIGNS) else _BARE
        prices.append(_DEEPER * depth + (factor if mark == FACTOR_BREAK else 0.0))
    return prices
