"""Equations written out unit by unit, told as one: `h_1 = f(z_1)`, `h_2 = f(z_2)` is one equation.

Two expressions that differ only in index numbers, and there as the units do, are instances of one
with a letter; and terms of a sum that do so are one sum over a letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import combinations
from typing import Any

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Node, Number, Sum, Symbol
from symback.reading.network.naming import Names

__all__ = ["collapsed", "generalised", "with_indices"]

MOST_TERMS = 12
"""Sums of more terms are left as they are."""


def with_indices(node: Node, names: Names) -> Node:
    """The expression with the indices of every symbol one by one: of `W_{12}` the 1 and the 2."""

    def apart(inner: Node) -> Node:
        if isinstance(inner, Symbol):
            indices = names.split(inner).indices
            return replace(inner, subscripts=indices) if indices else inner
        return changed(inner, apart)

    return apart(node)


def generalised(nodes: Sequence[Node], values: Sequence[int], letter: Symbol) -> Node | None:
    """The expression of which all of these are instances, the letter being each of the values."""
    first = nodes[0]
    if all(node == first for node in nodes):
        return first
    if any(type(node) is not type(first) for node in nodes):
        return None
    edits: dict[str, Any] = {}
    for entry in fields(first):
        if entry.name == "span":
            continue
        own = [getattr(node, entry.name) for node in nodes]
        found = _of_field(own, values, letter, index=entry.name == "subscripts")
        if found is None and own[0] is not None:
            return None
        if found != own[0]:
            edits[entry.name] = found
    return replace(first, **edits)


def _of_field(
    own: Sequence[object], values: Sequence[int], letter: Symbol, *, index: bool
) -> object | None:
    if all(value == own[0] for value in own):
        return own[0]
    if all(isinstance(value, Number) for value in own):
        numbers = [value.digits for value in own if isinstance(value, Number)]
        return letter if index and numbers == list(map(str, values)) else None
    if all(isinstance(value, Node) for value in own):
        return generalised([value for value in own if isinstance(value, Node)], values, letter)
    rows = [value for value in own if isinstance(value, tuple)]
    if len(rows) != len(own) or len(set(map(len, rows))) != 1:
        return None
    found = [_of_field(column, values, letter, index=index) for column in zip(*rows, strict=True)]
    return None if None in found else tuple(found)


def collapsed(node: Node, letters: Sequence[Symbol]) -> Node:
    """The expression with terms that are instances of one as a sum over a letter.

    Args:
        node: the expression, its indices one by one.
        letters: letters to sum over, one for each sum in another.
    """
    if not letters:
        return node
    node = changed(node, lambda inner: collapsed(inner, letters))
    if not isinstance(node, Sum) or not 2 <= len(node.terms) <= MOST_TERMS:
        return node
    for count in range(len(node.terms), 1, -1):
        for chosen in combinations(range(len(node.terms)), count):
            if len({node.signs[at] for at in chosen}) != 1:
                continue
            terms = [node.terms[at] for at in chosen]
            general = generalised(terms, range(1, count + 1), letters[-1])
            if general is None or general == terms[0]:
                continue
            last = Number(str(count))
            whole = BigSum("sum", (letters[-1],), Number("1"), last, general)
            rest = [at for at in range(len(node.terms)) if at not in chosen]
            if not rest and node.signs[chosen[0]] > 0:
                return whole
            return Sum(
                (whole, *(node.terms[at] for at in rest)),
                (node.signs[chosen[0]], *(node.signs[at] for at in rest)),
            )
    return node
