"""Where a long formula is broken: before terms rather than factors, and outside parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable

from symback.printing.target import (
    BRACE,
    BRACE_END,
    FACTOR_BREAK,
    SUM_BREAK,
    TERM_BREAK,
    plainly,
)

__all__ = ["break_lines"]

_LINE, _FACTOR, _BRACKET = 20.0, 25.0, 400.0
"""What a further line costs, a break before a factor with a sign, one before a bracket."""

_DEEPER, _BARE, _SUM = 1e4, 1.5e3, 3e3
"""What a break inside a bracket costs, three times that in one within it; one before any other
factor without a sign, and one after a sum sign: inside a bracket a formula is broken only where the
bracket does not fit a line, and before a factor rather than there, however many lines that takes.
"""

_DEEPEST = 6
"""In so many brackets a formula is torn anyhow."""

_WITHIN = 2.5
"""How many breaks before terms of a bracket cost as much as one within a term of it."""

_TORN = 30.0
"""What a line costs that ends within a term and holds the end of another: it looks like a whole."""

_TOO_WIDE = 1e7
"""What each unit of width beyond the margin costs."""

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

_TYPST_OPENS, _TYPST_CLOSES = (
    re.compile(r"(?<!\\)\b[Bb]igb?l\b"),
    re.compile(r"(?<!\\)\b[Bb]igb?r\b"),
)
"""Brackets of a size that Typst chooses by a name: no sign tells that they are there."""

_OPENING = ("(", "\\(", "\\bigl(", "\\Bigl(", "bigl ", "Bigl ")
"""What a bracket begins with."""


def break_lines(
    marked: str,
    first: float,
    others: float,
    measure: Callable[[str], float],
    times: str = "",
    nest: str = "",
) -> list[str]:
    """Break a printed formula at its marks, so that each line fits, at the least cost.

    Args:
        marked: the formula with its marks.
        first: the room on the first line.
        others: the room on every other line.
        measure: the width of a part of the formula.
        times: the sign of a product, for a line that begins with a factor.
        nest: what a line begins with for each bracket that is open there, and in a term of several.
    """
    if measure(plainly(marked)) <= first:
        return [plainly(marked)]
    parts = re.split(f"([{TERM_BREAK}{FACTOR_BREAK}{SUM_BREAK}])", marked)
    texts, marks = parts[::2], parts[1::2]
    widths = [measure(text) for text in texts]
    depths = _depths(texts)
    has_terms = (TERM_BREAK, 0) in zip(marks, depths, strict=True)
    prices = [0.0, *map(_price, marks, depths, texts[1:])]
    begins = [
        "",
        *(
            nest * (depth + (has_terms and mark != TERM_BREAK and depth == 0))
            + (times if _is_bare(mark, text) else "")
            for mark, depth, text in zip(marks, depths, texts[1:], strict=True)
        ),
    ]
    taken = [measure(begin) for begin in begins]
    best: list[tuple[float, int]] = [(0.0, 0)]  # for each end: the cost so far, the last break
    for end in range(1, len(texts) + 1):
        options = []
        width = torn = 0.0
        within = end < len(texts) and marks[end - 1] != TERM_BREAK
        for start in range(end - 1, -1, -1):
            width += widths[start]
            over = max(0.0, width - (others - taken[start] if start else first))
            price = torn + (prices[start] + _LINE if start else 0.0)
            if start and within and marks[start - 1] == TERM_BREAK:
                torn = _TORN if depths[start - 1] == depths[end - 1] else torn
            options.append((best[start][0] + price + _TOO_WIDE * over, start))
            if over > others:
                break
        best.append(min(options, key=lambda option: (option[0], -option[1])))  # full lines first
    breaks = []
    end = len(texts)
    while end:
        breaks.append((best[end][1], end))
        end = best[end][1]
    return [begins[start] + "".join(texts[start:end]).strip() for start, end in reversed(breaks)]


def _is_bare(mark: str, following: str) -> bool:
    """Whether a line that begins here begins with a factor that has no sign before it."""
    return mark == FACTOR_BREAK and not following.startswith(_SIGNS)


def _depths(texts: list[str]) -> list[int]:
    """How many brackets are open after each part but the last."""
    depth, found = 0, []
    for text in texts[:-1]:
        depth += sum(map(text.count, ("(", "[", "{", BRACE))) + len(_TYPST_OPENS.findall(text))
        depth -= sum(map(text.count, (")", "]", "}", BRACE_END))) + len(_TYPST_CLOSES.findall(text))
        found.append(max(depth, 0))
    return found


def _price(mark: str, depth: int, following: str) -> float:
    """What a break at a mark costs."""
    own = {TERM_BREAK: 0.0, FACTOR_BREAK: _FACTOR, SUM_BREAK: _SUM}[mark]
    if _is_bare(mark, following):
        own = _BRACKET if following.startswith(_OPENING) else _BARE
    # In a bracket two breaks before terms are better than one within a term, wherever that is, and
    # that is better than one in a bracket further in, as in the argument of a function.
    inside = 3.0 ** (min(depth, _DEEPEST) - 1) if depth else 0.0
    return _DEEPER * inside * (1.0 if mark == TERM_BREAK else _WITHIN) + own
