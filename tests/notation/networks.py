"""Networks of every kind, and every entry that they have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Expr, Integer, Symbol

from symback.algebra.expressions import EVERY
from symback.model.equations import Quantity
from symback.model.network import Network

NETWORKS = {
    "no hidden layer": Network((2, 3)),
    "the notes": Network((2, 2, 2)),
    "one output": Network((2, 3, 1), ("tanh", "sigmoid"), "half-squared-error"),
    "two hidden layers": Network((2, 3, 4, 2), ("f", "f2", "g"), bias=False),
    "a loss of the user's": Network((3, 2, 2), loss="E"),
    "two digits": Network((12, 11, 10)),
    "deep": Network((1,) * 7),
    "batch": Network((3, 4, 2), batch=True),
    "decay": Network((2, 2, 2), weight_decay=0.1),
    "batch with decay": Network((2, 3, 3, 2), batch=True, reduction="sum", weight_decay=0.1),
}


def entries(quantity: Quantity) -> Iterator[tuple[Expr, ...]]:
    """Indices of every entry of a quantity, of its general entry, of a sample and of the array."""
    choices = [
        [
            *map(Integer, range(1, (index_range.size or 12) + 1)),
            Symbol(letter, integer=True),
        ]
        for index_range, letter in zip(quantity.ranges, quantity.letters, strict=True)
    ]
    yield from product(*choices)
    if quantity.ranges:
        yield (EVERY,) * len(quantity.ranges)
    if len(quantity.ranges) > 1 and quantity.ranges[0].is_rows:
        yield from ((sample, EVERY) for sample in choices[0])
