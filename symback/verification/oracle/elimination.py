"""Sums over many indices, taken one index at a time over tables of the factors that have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

from sympy import Symbol

from symback.verification.oracle.field import Number

__all__ = ["Table", "eliminate", "neighbours"]

Table = tuple[tuple[Symbol, ...], dict[tuple[int, ...], Number]]


def neighbours(index: Symbol, tables: list[Table]) -> set[Symbol]:
    """The indices that stand together with one in some factor."""
    return {other for scope, _ in tables if index in scope for other in scope}


def eliminate(
    index: Symbol,
    tables: list[Table],
    ranges: Mapping[Symbol, range],
    reduced: Callable[[Number], Number],
) -> Table:
    """Sum the product of some factors over one index."""
    scope = tuple(dict.fromkeys(i for own, _ in tables for i in own if i != index))
    result: dict[tuple[int, ...], Number] = {}
    for choice in product(*(ranges[i] for i in scope)):
        at = dict(zip(scope, choice, strict=True))
        total: Number = 0
        for value in ranges[index]:
            at[index] = value
            term: Number = 1
            for own, entries in tables:
                term = reduced(term * entries[tuple(at[i] for i in own)])
            total += term
        result[choice] = reduced(total)
    return scope, result
