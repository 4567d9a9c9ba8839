"""Arithmetic of indices: what an index is made of, how far it runs, and what is certain of it.

An index is affine in letters, with sizes for coefficients, or rounds or chooses among such; beside
letters it may have entries of integer arrays.  Sizes are positive integers whose numbers are not
known here, so an inequality is *certain* only where it holds for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sympy import Add, Expr, Integer, Mul, Pow, S, Symbol, expand

from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Smallest,
)
from symback.records import dataclass

__all__ = [
    "Affine",
    "Bounds",
    "affine",
    "as_integer",
    "at_least",
    "at_least_given",
    "is_size",
    "letters_of",
    "reach",
]

Bounds = Mapping[Symbol, tuple[Expr, Expr]]
"""The first and the last value of each letter; they may mention letters around it."""


@dataclass(frozen=True, slots=True)
class Affine:
    """An index taken apart.

    Attributes:
        letters: the coefficient of each letter, made of numbers and sizes.
        others: the coefficient of everything else that is not made of sizes alone: lookups.
        rest: what is made of numbers and sizes.
    """

    letters: Mapping[Symbol, Expr]
    others: Mapping[Expr, Expr]
    rest: Expr


def is_size(symbol: Expr) -> bool:
    """Whether a symbol stands for a size, and not for an index."""
    return isinstance(symbol, Symbol) and bool(symbol.is_integer) and bool(symbol.is_positive)


def letters_of(expression: Expr) -> set[Symbol]:
    """The index letters that are free in an expression."""
    return {
        s
        for s in expression.free_symbols
        if isinstance(s, Symbol) and s.is_integer and not s.is_positive
    }


@lru_cache(maxsize=4096)
def affine(index: Expr) -> Affine:
    """The parts of an index."""
    letters: dict[Symbol, Expr] = {}
    others: dict[Expr, Expr] = {}
    rest: Expr = S.Zero
    for term in Add.make_args(_expand(index)):
        sizes: list[Expr] = []
        varying: list[Expr] = []
        for part in Mul.make_args(term):
            (varying if _varies(part) else sizes).append(part)
        if not varying:
            rest += term
        elif len(varying) == 1 and isinstance(varying[0], Symbol):
            letters[varying[0]] = letters.get(varying[0], S.Zero) + Mul(*sizes)
        else:
            node = Mul(*varying)
            others[node] = others.get(node, S.Zero) + Mul(*sizes)
    return Affine({k: v for k, v in letters.items() if v != 0}, others, rest)


def _varies(part: Expr) -> bool:
    return bool(letters_of(part)) or part.has(IntegerEntry, Extreme)


def _expand(index: Expr) -> Expr:
    return index if index.is_Symbol or index.is_Integer else expand(index)


def reach(index: Expr, bounds: Bounds) -> tuple[Expr, Expr]:
    """The least and the largest value of an index over all letters, in sizes and lookups."""
    return _edge(index, bounds, -1), _edge(index, bounds, 1)


def _edge(index: Expr, bounds: Bounds, side: int) -> Expr:
    """The extreme value of an index on one side, in sizes."""
    match index:
        case Largest() | Smallest():
            return type(index)(*(_edge(part, bounds, side) for part in index.args))
        case FloorOf() | CeilingOf():
            return type(index)(_edge(index.numerator, bounds, side), index.divisor)
    for other, coefficient in affine(index).others.items():
        if isinstance(other, (Largest, Smallest, FloorOf, CeilingOf)):
            up = coefficient.is_positive or at_least(coefficient, S.Zero)
            own = _edge(other, bounds, side if up else -side)
            return _edge(index - coefficient * other, bounds, side) + coefficient * own
    for _ in range(64):
        parts = affine(index)
        inner = _innermost(parts.letters, bounds)
        if inner is None:
            break
        coefficient = parts.letters[inner]
        first, last = bounds[inner]
        up = coefficient.is_positive or at_least(coefficient, S.Zero)
        end = last if up == (side > 0) else first
        without = _expand(index - coefficient * inner)
        if end.has(FloorOf, CeilingOf, Largest, Smallest):  # its own extreme is put in
            own = _edge(end, bounds, side if up else -side)
            return _edge(without, bounds, side) + coefficient * own
        index = _expand(without + coefficient * end)
    return index


def _innermost(letters: Iterable[Symbol], bounds: Bounds) -> Symbol | None:
    """A letter in whose range no other of these can lie: ranges mention the letters around."""
    known = [letter for letter in letters if letter in bounds]
    for letter in known:
        if not any(letter in _around(bounds, other) for other in known if other != letter):
            return letter
    return None


def _around(bounds: Bounds, letter: Symbol) -> set[Symbol]:
    first, last = bounds[letter]
    return letters_of(first) | letters_of(last)


@lru_cache(maxsize=4096)
def at_least(larger: Expr, smaller: Expr) -> bool:
    """Whether it is certain, for all sizes, that one expression is not less than another."""
    if larger == smaller:
        return True
    match larger:
        case Largest():
            return any(at_least(part, smaller) for part in larger.args)
        case Smallest():
            return all(at_least(part, smaller) for part in larger.args)
    match smaller:
        case Largest():
            return all(at_least(larger, part) for part in smaller.args)
        case Smallest():
            return any(at_least(larger, part) for part in smaller.args)
    difference = expand(larger - smaller)
    if difference.has(Largest, Smallest, FloorOf, CeilingOf) or letters_of(difference):
        return False
    one_more = {s: s + 1 for s in difference.free_symbols}
    shifted = expand(difference.xreplace(one_more))
    return all(_sign(term) >= 0 for term in Add.make_args(shifted))


def at_least_given(larger: Expr, smaller: Expr, conditions: Sequence[Expr]) -> bool:
    """Whether that is certain for all sizes that satisfy some conditions, each taken by itself."""
    if at_least(larger, smaller):
        return True
    for condition in conditions:
        if isinstance(condition, Bracket) and condition.relation == "<=":
            slack = condition.right - condition.left
            if at_least(larger - slack, smaller):
                return True
    return False


def _sign(term: Expr) -> int:
    """1 or 0 for a term that cannot be negative where every symbol is at least 0, else -1."""
    for part in Mul.make_args(term):
        if part.is_number:
            if part.is_negative:
                return -1
        elif isinstance(part, Pow):
            if not (part.exp.is_Integer and part.exp > 0):
                return -1
        elif not isinstance(part, Symbol):
            return -1
    return 1


def as_integer(expression: Expr) -> int | None:
    """The integer that an expression is, if it is one for all sizes."""
    value = _expand(expression)
    return int(value) if isinstance(value, Integer) else None
