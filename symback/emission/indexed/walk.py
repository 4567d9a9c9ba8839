"""Walks over the expressions of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sympy import Expr, Indexed, KroneckerDelta, Symbol, Tuple

from symback.algebra.exponentials import LogSumExp
from symback.algebra.expressions import Entry, OfVectors, Partial, Sum, fresh
from symback.algebra.indexing import Bracket, Divides, Extreme, Product
from symback.emission.indexed.affine import letters_of
from symback.errors import InputError

__all__ = [
    "BINDERS", "MASKS", "along_memory", "bounds_within", "entries", "limits_of", "open_entries",
    "outermost_first", "rebuilt", "substituted", "walk",
]  # fmt: skip

MASKS = (Bracket, KroneckerDelta, Divides)
"""Kinds of factor that are 1 or 0."""

BINDERS = (Sum, Product, Extreme, LogSumExp)
"""Kinds of expression that bind an index."""


def walk(expression: Expr) -> Iterator[Expr]:
    """Every expression inside one, itself first; names of arrays are left out."""
    stack = [expression]
    while stack:
        node = stack.pop()
        if not isinstance(node, Expr):
            if isinstance(node, Tuple):
                stack.extend(reversed(node.args))
            continue
        yield node
        if isinstance(node, Indexed):
            stack.extend(reversed(node.indices))
        elif not isinstance(node, (OfVectors, Partial)):
            stack.extend(reversed(node.args))


def entries(expression: Expr) -> list[Entry]:
    """The entries that an expression mentions, each once, those inside of indices too."""
    found: dict[Entry, None] = {}
    for node in walk(expression):
        if isinstance(node, Indexed):
            found[node] = None
        elif isinstance(node, (OfVectors, Partial)):
            vectors = node.arguments if isinstance(node, OfVectors) else node.of.arguments
            for vector in vectors:
                found[vector if isinstance(vector, Indexed) else Entry(vector.name)] = None
    return list(found)


def limits_of(node: Expr) -> tuple[Tuple, ...]:
    """The limits ``(index, first, last)`` of an expression that binds indices, outermost first."""
    if isinstance(node, Sum):
        return tuple(Tuple(*limit) for limit in node.limits)
    return (node.limit,) if isinstance(node, BINDERS) else ()


def bounds_within(
    bounds: Mapping[Symbol, tuple[Expr, Expr]], value: Expr
) -> dict[Symbol, tuple[Expr, Expr]]:
    """The ranges of these letters and of every letter that an expression binds."""
    found = dict(bounds)
    for node in walk(value):
        for index, first, last in limits_of(node):
            found.setdefault(index, (first, last))
    return found


def rebuilt(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The same expression with its parts changed; entries and limits are parts, too."""
    if isinstance(node, Indexed):
        indices = tuple(change(index) for index in node.indices)
        return node if indices == tuple(node.indices) else type(node)(node.base, *indices)
    if isinstance(node, (OfVectors, Partial)) or not node.args:
        return node
    args = []
    for part in node.args:
        if isinstance(part, Tuple):
            args.append(Tuple(part[0], *(change(end) for end in part[1:])))
        else:
            args.append(change(part) if isinstance(part, Expr) else part)
    return node if tuple(args) == node.args else node.func(*args)


def substituted(expression: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """An expression with other indices for its free ones; no bound index is captured."""

    def change(node: Expr) -> Expr:
        if node in values:
            return values[node]
        if isinstance(node, BINDERS):
            renaming = {limit[0]: fresh(limit[0].name) for limit in limits_of(node)}
            node = _renamed(node, renaming)
        return rebuilt(node, change)

    return change(expression)


def _renamed(node: Expr, renaming: Mapping[Symbol, Symbol]) -> Expr:
    args = []
    for part in node.args:
        if isinstance(part, Tuple):
            args.append(Tuple(*(end.xreplace(renaming) for end in part)))
        else:
            args.append(part.xreplace(renaming) if isinstance(part, Expr) else part)
    return node.func(*args)


def outermost_first(limits: list[Expr]) -> list[Expr]:
    """Limits in an order in which each mentions only letters before it."""
    left, made = list(limits), []
    while left:
        names = {limit[0] for limit in left}
        for limit in left:
            others = names - {limit[0]}
            if not (letters_of(limit[1]) | letters_of(limit[2])) & others:
                made.append(limit)
                left.remove(limit)
                break
        else:
            raise InputError("the limits of a sum mention each other")
    return made


def along_memory(limits: list[Expr], body: Expr) -> list[Expr]:
    """Limits, outermost first, the innermost the one along which most entries of a body lie."""
    if len(limits) < 2:
        return limits

    def count(limit: Expr) -> int:
        return sum(
            bool(node.indices) and limit[0] in letters_of(node.indices[-1])
            for node in walk(body)
            if isinstance(node, Indexed)
        )

    best = max(reversed(limits), key=count)
    if any(letters_of(end) & {best[0]} for limit in limits for end in limit[1:]):
        return limits
    return [*(x for x in limits if x is not best), best]


def open_entries(node: Expr) -> Iterator[Indexed]:
    """The entries of an expression that stand in no sum."""
    if isinstance(node, Indexed):
        yield node
    if not isinstance(node, BINDERS):
        for part in node.args:
            if isinstance(part, Expr):
                yield from open_entries(part)
