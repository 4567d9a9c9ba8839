"""Sums over indices: fresh names, the collapse of Kronecker deltas, and writing a sum out.

SymPy's own `deltasummation` evaluates and expands what it sums; a derivation wants the textbook
form left as it is, so the collapse here does three things only: pick a delta, substitute, drop the
sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from sympy import Add, Expr, Integer, KroneckerDelta, Mul, Pow, S, Symbol, Tuple

from symback.algebra.expressions import Delta, Entry, Sum, fresh

__all__ = [
    "LETTERS",
    "bound_indices",
    "collapse",
    "collapse_shared",
    "delta_terms",
    "factor_common",
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
    if not expression.args or isinstance(expression, Entry):
        return expression
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


def collapse(body: Expr, limits: Sequence[Limit]) -> Expr:
    """Sum an expression over indices, using up each Kronecker delta that names one of them.

    Only what carries a delta is distributed, so that ``a*(1 - a)`` stays as it is taught; factors
    that do not depend on a remaining sum's index are taken out of it.
    """
    terms = [_collapse_term(term, list(limits)) for term in delta_terms(body)]
    return factor_common(Add(*terms))


def delta_terms(expression: Expr) -> list[Expr]:
    """The terms of an expression after distributing what carries a delta, and nothing else."""
    if not expression.has(KroneckerDelta):
        return [expression]
    if isinstance(expression, Add):
        # Terms without a delta stay together: they were written together.
        plain = [term for term in expression.args if not term.has(KroneckerDelta)]
        carrying = [term for term in expression.args if term.has(KroneckerDelta)]
        terms = [Add(*plain)] if plain else []
        return terms + [part for term in carrying for part in delta_terms(term)]
    if isinstance(expression, Mul):
        choices: list[list[Expr]] = [[S.One]]
        for factor in expression.args:
            parts = delta_terms(factor)
            choices = [[*chosen, part] for chosen in choices for part in parts]
        return [Mul(*chosen) for chosen in choices]
    if isinstance(expression, Sum):
        inner = freshen(expression)
        return [_collapse_term(term, limits_of(inner)) for term in delta_terms(inner.function)]
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp.is_positive:
        return delta_terms(Mul(*[expression.base] * int(expression.exp), evaluate=False))
    return [expression]


def _collapse_term(term: Expr, limits: list[Limit]) -> Expr:
    """Sum one product: each delta on a summed index replaces that index and is spent."""
    summed = {limit[0]: limit for limit in limits}
    factors = list(Mul.make_args(term))
    while spent := _delta_on(factors, summed):
        index, value = sorted(spent.args, key=lambda part: part not in summed)
        del summed[index]
        factors = [part.xreplace({index: value}) for part in factors if part != spent]
    left = [limit for limit in limits if limit[0] in summed]
    return pull_out(Mul(*factors), left)


def _delta_on(factors: list[Expr], summed: Mapping[Symbol, Limit]) -> Expr | None:
    """The first delta that names one of these indices."""
    deltas = (part for part in factors if isinstance(part, KroneckerDelta))
    return next((delta for delta in deltas if any(i in summed for i in delta.args)), None)


def collapse_shared(body: Expr, shared: Sequence[Expr], limits: Sequence[Limit]) -> Expr:
    """Sum over indices a product that also has these deltas; what else it has is left standing."""
    summed = {limit[0]: limit for limit in limits}
    values, kept = dict[Expr, Expr](), list[Expr]()
    for delta in shared:
        left, right = (index.xreplace(values) for index in delta.args)
        index, value = (left, right) if left in summed else (right, left)
        if index in summed:
            del summed[index]
            values = {old: new.xreplace({index: value}) for old, new in values.items()}
            values[index] = value
        else:
            kept.append(Delta(left, right))
    return pull_out(Mul(*kept, body.xreplace(values)), list(summed.values()))


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


def factor_common(expression: Expr) -> Expr:
    """Take out the factors that all terms of a sum share: ``a*p - b*p`` becomes ``p*(a - b)``."""
    if not isinstance(expression, Add):
        return expression
    shared: list[Expr] | None = None
    for term in expression.args:
        factors = [part for part in Mul.make_args(term) if not part.is_Number]
        shared = factors if shared is None else [part for part in shared if part in factors]
    if not shared:
        return expression
    common = Mul(*shared)
    rest = Add(
        *(
            Mul(*(part for part in Mul.make_args(term) if part not in shared))
            for term in expression.args
        )
    )
    return Mul(common, rest)


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


def name_bound(expression: Expr, letters: Mapping[Expr, str], taken: Iterable[str] = ()) -> Expr:
    """Give every bound index a letter: the first of its range that is not taken around it.

    Sums that stand beside each other may share a letter; a sum inside another never does.

    Args:
        expression: with any indices under its sums.
        letters: for the upper end of each range, the letters of its indices in order of preference;
            once they are used up, ``i1``, ``i2``, … follow.
        taken: names of free indices.
    """
    if not expression.has(Sum):
        return expression
    if not isinstance(expression, Sum):
        return expression.func(*(name_bound(part, letters, taken) for part in expression.args))
    limits = limits_of(expression)
    names = index_names([last for _, _, last in limits], letters, taken)
    renaming = dict(zip([limit[0] for limit in limits], names, strict=True))
    used = {*taken, *(name.name for name in names)}
    body = name_bound(freshen(expression.function), letters, used).xreplace(renaming)
    return Sum(body, *(limit.xreplace(renaming) for limit in expression.limits))


def index_names(
    uppers: Iterable[Expr], letters: Mapping[Expr, str], taken: Iterable[str]
) -> list[Symbol]:
    """A letter for an index over each range: the first of its range that is not taken."""
    used = set(taken)
    names = []
    for upper in uppers:
        name = next(name for name in _names(letters.get(upper, LETTERS)) if name not in used)
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
