"""Index letters that stand for one value which nothing tells: what is claimed holds for each.

`u = e^{z_i}` is of some `i`. A claim about `u` is right only if it is so for every `i`, be it that
of another letter or not, and wrong only if it is so for none.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Node
from symback.reading.network.places import Definition, free_letters
from symback.reading.network.symbols import quantities

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["definitions_behind", "expressions_of_letters", "values_of"]

_MOST = 9


def definitions_behind(model: DocumentModel, sides: Sequence[Node]) -> Iterator[Definition]:
    """Every definition that two sides rest on, each once."""
    waiting = list(sides)
    seen: set[int] = set()
    while waiting:
        for symbol in quantities(waiting.pop()):
            for definition in model.definitions.under(model.names.split(symbol)):
                if id(definition) not in seen:
                    seen.add(id(definition))
                    waiting.append(definition.body)
                    yield definition


def expressions_of_letters(model: DocumentModel, sides: Sequence[Node]) -> dict[str, list[Node]]:
    """The fixed letters behind two sides, each with the expressions in which it stands."""
    found: dict[str, list[Node]] = {}
    if not model.constants:
        return found
    bodies = [d.body for d in definitions_behind(model, sides) if not d.parts.indices]
    for node in (*sides, *bodies):
        for letter in dict.fromkeys(free_letters(node, model.names)):
            if letter in model.constants:
                found.setdefault(letter, []).append(node)
    return found


def values_of(sizes: Mapping[str, int]) -> list[dict[str, int]]:
    """Values for the letters, all of them where these are few; equal ones and distinct ones always.

    Args:
        sizes: how many values each letter has.
    """
    every = [
        dict(zip(sizes, values, strict=True))
        for values in product(*(range(1, size + 1) for size in sizes.values()))
    ]
    if len(every) <= _MOST:
        return every
    chosen = random.Random(5).sample(every, _MOST - 2)
    distinct = max(every, key=lambda values: len(set(values.values())))
    return [every[0], distinct, *chosen]
