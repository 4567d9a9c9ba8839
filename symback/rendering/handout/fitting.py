"""A handout within a number of pages: parts are left out, the least needed first, until it fits."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache

from symback.errors import InputError
from symback.rendering.handout.write import Written

__all__ = ["fitted", "page_count"]

LEFT_OUT = (
    "claims", "transposes", "units", "steps", "further", "numbers", "conventions", "functions",
    "worked", "gradients", "network",
)  # fmt: skip
"""In this order; what a handout opens with, its equations and its proof are never left out."""


def page_count(pdf: bytes) -> int:
    """How many pages a PDF by Typst has, which its root says."""
    found = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", pdf)
    return int(found[1]) if found else 0


def fitted(
    sections: Sequence[str],
    pages: int,
    write: Callable[[Sequence[str]], Written],
    compiled: Callable[[Written], Written],
) -> Written:
    """The handout as a PDF of at most so many pages.

    Args:
        sections: the codes of its parts, all of which it has where there is room.
        pages: the most that it may take.
        write: the handout's source with some parts.
        compiled: the PDF of a source.

    Raises:
        InputError: where even the shortest takes more.
    """
    tries = [list(sections)]
    for code in LEFT_OUT:
        if code in tries[-1]:
            tries.append([section for section in tries[-1] if section != code])

    @cache
    def made(number: int) -> Written:
        return compiled(write(tries[number]))

    def count(number: int) -> int:
        return page_count(made(number).content)

    if count(0) <= pages:
        return made(0)
    # To set a page takes long, and with each part that is left out there are fewer.
    first = bisect_left(range(len(tries)), True, lo=1, key=lambda number: count(number) <= pages)
    if first < len(tries):
        return made(first)
    raise InputError(
        f"it does not fit on {pages} pages",
        where="--pages",
        hint=f"the least that it takes is {count(len(tries) - 1)}",
    )
