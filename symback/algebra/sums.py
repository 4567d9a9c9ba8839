"""Sums over indices: their limits, fresh names and letters, and writing a sum out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count

from sympy import Add, Expr, Integer, KroneckerDelta, Mul, S, Symbol, Tuple

from symback.algebra.expressions import Delta, Entry, Sum, fresh
from symback.algebra.indexing import Extreme, Product

__all__ = [
    "LETTERS",
    "bound_indices",
    "flatten",
    "freshen",
    "index_names",
    "left_out",
    "limits_of",
    "name_bound",
    "pull_out",
    "replace",
    "total",
    "total_but",
    "write_out",
]

Limit = tuple[Symbol, Expr, Expr]
"""A bound index, and the first and last value that it takes; no value where the last is less."""


def total(body: Expr, limits: Sequence[Limit | tuple[Symbol, Expr]]) -> Expr:
    """The sum of an expression over indices, without evaluating it.

    Args:
        body: what is summed.
        limits: each index with its first and last value, innermost first; where only the last is
            given, the first is 1.
    """
    if not limits or body is S.Zero:
        return body
    return Sum(body, *(Tuple(limit[0], *_ends(limit)) for limit in limits))


def _ends(limit: Limit | tuple[Symbol, Expr]) -> tuple[Expr, Expr]:
    """The first and last value of a limit, of which the first may be left out."""
    return (S.One, limit[1]) if len(limit) == 2 else (limit[1], limit[2])


def limits_of(node: Sum) -> list[Limit]:
    """The bound indices of one sum, each with its first and last value."""
    return [(index, first, last) for index, first, last in node.limits]


def total_but(body: Expr, index: Symbol, value: Expr, upper: Expr) -> Expr:
    """The sum over every value of an index but one: ``sum_i (1 - delta_i1) body``."""
    return total(body * (1 - Delta(index, value)), [(index, upper)])


def left_out(node: Sum) -> tuple[Expr, dict[Symbol, Expr]]:
    """A sum's body without factors ``1 - delta``, and the value that each of its indices lacks."""
    factors = Mul.make_args(node.function)
    if not any(isinstance(factor, Add) and len(factor.args) == 2 for factor in factors):
        return node.function, {}
    indices = {limit[0] for limit in node.limits}
    lacking: dict[Symbol, Expr] = {}
    rest = []
    for factor in factors:
        delta = 1 - factor if isinstance(factor, Add) else factor
        if isinstance(delta, KroneckerDelta) and indices & set(delta.args):
            index, value = sorted(delta.args, key=lambda part: part not in indices)
            lacking[index] = value
        else:
            rest.append(factor)
    return (Mul(*rest), lacking) if lacking else (node.function, {})


def bound_indices(expression: Expr) -> list[Symbol]:
    """Every index that a sum inside the expression binds, outermost first."""
    found: list[Symbol] = []
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Sum):
            found.extend(limit[0] for limit in node.limits)
            stack.append(node.function)
        else:
            stack.extend(reversed(node.args))
    return found


def freshen(expression: Expr) -> Expr:
    """Rename every bound index to a fresh one, so that copies can be multiplied safely."""
    if not expression.args or (isinstance(expression, Entry) and not expression.has(Extreme)):
        return expression
    if isinstance(expression, Extreme | Product):
        index = expression.limit[0]
        name = {index: fresh(index.name)}
        *kind, body, limit = expression.args
        return expression.func(*kind, freshen(body).xreplace(name), limit.xreplace(name))
    if isinstance(expression, Sum):
        names = {limit[0]: fresh(limit[0].name) for limit in expression.limits}
        body = freshen(expression.function).xreplace(names)
        # The ends of an inner limit may mention the index of an outer one.
        return Sum(body, *(limit.xreplace(names) for limit in expression.limits))
    parts = tuple(freshen(part) for part in expression.args)
    if all(new is old for new, old in zip(parts, expression.args, strict=True)):
        return expression
    return expression.func(*parts)


def replace(expression: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """Substitute for free indices and entries without capturing: bound indices are renamed."""
    return freshen(expression).xreplace(dict(values))


def pull_out(term: Expr, limits: list[Limit]) -> Expr:
    """A sum with the factors that do not depend on its indices standing before it."""
    if not limits:
        return term
    indices = [limit[0] for limit in limits]
    parts = Mul.make_args(term)
    inside = [part for part in parts if part.has(*indices)]
    outside = [part for part in parts if not part.has(*indices)]
    used: list[Limit] = []
    for index, first, last in limits:  # innermost first, whose ends may mention the others
        ends = [end for _, *around in used for end in around]
        if not any(part.has(index) for part in (*inside, *ends)) and is_counted(first, last):
            (inside if last.has(*indices) else outside).append(last)
        else:
            used.append((index, first, last))
    return Mul(*outside, total(Mul(*inside), used))


def is_counted(first: Expr, last: Expr) -> bool:
    """Whether a range has ``last`` values, however small the sizes are."""
    return first is S.One and bool(last.is_Symbol or (last.is_Integer and last >= 0))


def write_out(node: Sum, sizes: Mapping[Expr, int]) -> list[Expr]:
    """The terms of a sum over ranges of known size, in the order of the index."""
    numbers = {key: Integer(size) for key, size in sizes.items()}
    places: list[dict[Expr, Expr]] = [{}]
    for index, first, last in reversed(limits_of(node)):  # an inner limit may mention an outer one
        places = [
            {index: Integer(value), **at}
            for at in places
            for value in range(
                int(first.xreplace({**numbers, **at})), int(last.xreplace({**numbers, **at})) + 1
            )
        ]
    order = [limit[0] for limit in node.limits]
    places.sort(key=lambda at: [int(at[index]) for index in order])
    return [node.function.xreplace(at) for at in places]


def name_bound(
    expression: Expr,
    letters: Mapping[Expr, str],
    taken: Iterable[str] = (),
    keep: bool = False,
) -> Expr:
    """Give every bound index a letter: the first of its range that is not taken around it.

    Sums that stand beside each other may share a letter; a sum inside another never does.

    Args:
        expression: with any indices under its sums.
        letters: for the upper end of each range, the letters of its indices in order of preference;
            once they are used up, ``i1``, ``i2``, … follow.
        taken: names of free indices.
        keep: whether an index over a range without letters keeps the one that it has, if it can.
    """
    if not expression.has(Sum, Extreme, Product):
        return expression
    if isinstance(expression, Sum):
        body, bound = expression.function, expression.limits
    elif isinstance(expression, Extreme | Product):
        body, bound = expression.body, (expression.limit,)
    else:
        parts = (name_bound(part, letters, taken, keep) for part in expression.args)
        return expression.func(*parts)
    own = [limit[0].name for limit in bound] if keep else []
    names = index_names([limit[2] for limit in bound], letters, taken, own)
    renaming = {limit[0]: name for limit, name in zip(bound, names, strict=True)}
    used = {*taken, *(name.name for name in names)}
    body = name_bound(freshen(body), letters, used, keep).xreplace(renaming)
    limits = (limit.xreplace(renaming) for limit in bound)
    if isinstance(expression, Sum):
        return Sum(body, *limits)
    return expression.func(*expression.args[:-2], body, *limits)


def index_names(
    uppers: Iterable[Expr],
    letters: Mapping[Expr, str],
    taken: Iterable[str],
    own: Sequence[str] = (),
) -> list[Symbol]:
    """A letter for an index over each range: the first of its range that is not taken.

    Args:
        uppers: the last value of each range.
        letters: for the last value of a range, its letters in order of preference.
        taken: names that stand for something else.
        own: the letter that each index had, which it keeps where its range has none of its own.
    """
    used = set(taken)
    names = []
    for place, upper in enumerate(uppers):
        preferred = own[place : place + 1]
        choices = _names(letters[upper]) if upper in letters else chain(preferred, _names(LETTERS))
        name = next(name for name in choices if name not in used)
        used.add(name)
        names.append(Symbol(name, integer=True))
    return names


LETTERS = "imnprtuv"
"""Letters of summed indices that a terminal, too, can set below: q has no small form."""


def _names(letters: str) -> Iterator[str]:
    yield from letters
    for number in count(1):
        yield f"{letters[0]}{number}"


def flatten(expression: Expr) -> tuple[list[Expr], list[Limit]]:
    """A product of nested sums as one list of factors under one list of bound indices."""
    factors: list[Expr] = []
    limits: list[Limit] = []
    stack = [freshen(expression)]
    while stack:
        part = stack.pop()
        if isinstance(part, Mul):
            stack.extend(part.args)
        elif isinstance(part, Sum):
            limits.extend(limits_of(part))
            stack.append(part.function)
        else:
            factors.append(part)
    return factors, limits
