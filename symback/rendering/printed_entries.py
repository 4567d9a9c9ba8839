"""Weights and biases by the names that a notation prints for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from symback.model.equations import Model
from symback.notation import Notation
from symback.printing import LATEX, Printer

__all__ = ["printed_entry"]

MAX_ENTRIES = 2_000
"""Up to so many entries of a model are looked at one by one: a notation may count them."""


def printed_entry(
    text: str, model: Model, notation: Notation
) -> tuple[str, tuple[int, ...]] | None:
    """The parameter and the indices, from 1, of an entry as a notation prints it; None for none.

    Args:
        text: LaTeX, in which braces and spaces do not count: ``w_{21}^{2}``.
        model: whose parameters are meant.
        notation: that prints them.
    """
    wanted = _bare(text)
    if not wanted:
        return None
    printer = Printer(LATEX, model, notation)
    for name, shape in _shapes(model):
        for at in _indices(text, shape, few=_count(model) <= MAX_ENTRIES):
            if _bare(printer(model.quantities[name].at(*at))) == wanted:
                return name, at
    return None


def _bare(latex: str) -> str:
    return re.sub(r"[\s{}\\$]|\\,", "", latex)


def _shapes(model: Model) -> Iterator[tuple[str, tuple[int, ...]]]:
    return ((q.name, q.shape) for q in model.parameters)


def _count(model: Model) -> int:
    total = 0
    for _, shape in _shapes(model):
        entries = 1
        for size in shape:
            entries *= size
        total += entries
    return total


def _indices(text: str, shape: tuple[int, ...], *, few: bool) -> Iterator[tuple[int, ...]]:
    """The indices that may be meant: all of few, else those made of the numbers that are typed."""
    if few:
        yield from product(*(range(1, size + 1) for size in shape))
        return
    numbers: set[int] = set()
    for run in re.findall(r"\d+", text):
        ends = [(a, b) for b in range(1, len(run) + 1) for a in range(b)]
        numbers |= {int(run[a:b]) for a, b in ends}
    yield from product(*(sorted(n for n in numbers if 1 <= n <= size) for size in shape))
