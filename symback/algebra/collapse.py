"""The collapse of Kronecker deltas against sums: solve, substitute, drop the sum.

SymPy's own `deltasummation` evaluates and expands what it sums; a derivation wants the textbook
form left as it is, so nothing is distributed here but what carries a delta.

A delta of affine indices, ``[n == i + m - 1]``, is solved for one of the summed letters.  The
letter's range stays as conditions on its value.  A condition is dropped where it follows from the
ranges of other letters, or where an adjoint beyond its quantity's entries, which is 0, says the
same; others become limits of the sums that are left, or brackets.  Of several letters that one is
solved for which leaves no condition, then a limit, then a bracket; where no letter has coefficient
1 or -1, the delta is left standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Expr, KroneckerDelta, Mul, Pow, S, Symbol

from symback.algebra.expressions import Sum
from symback.algebra.indexing import Bracket, IntegerEntry
from symback.algebra.ranges import NOTHING, Known, bound_on, linear, solved, within
from symback.algebra.sums import Limit, freshen, limits_of, pull_out
from symback.records import dataclass

__all__ = ["collapse", "collapse_shared", "delta_terms", "factor_common", "is_plain"]


def collapse(
    body: Expr,
    limits: Sequence[Limit],
    known: Known = NOTHING,
    exact: bool = False,
    standing: bool | None = None,
) -> Expr:
    """Sum an expression over indices, using up each Kronecker delta that names one of them.

    Only what carries a delta is distributed, so that ``a*(1 - a)`` stays as it is taught; factors
    that do not depend on a remaining sum's index are taken out of it.

    Args:
        body: what is summed.
        limits: the indices, innermost first.
        known: the ranges of free letters, and what is 0 beyond its entries.
        exact: whether limits are written out even where adjoints beyond their entries are 0.
        standing: whether affine deltas under inner sums are left to whoever sums around them; by
            default those that are summed over here are.
    """
    left = bool(limits) if standing is None else standing
    terms = [
        _collapse_term(term, list(limits), known, exact, only_plain=left and not limits)
        for term in delta_terms(body, known.inside(limits), left)
    ]
    return factor_common(Add(*terms))


def collapse_shared(
    body: Expr, shared: Sequence[Expr], limits: Sequence[Limit], known: Known = NOTHING
) -> Expr:
    """Sum over indices a product that also has these deltas; what else it has is left standing."""
    spending = _Spending(list(Mul.make_args(body)), list(shared), list(limits), known, exact=False)
    spending.spend()
    return spending.result()


def delta_terms(expression: Expr, known: Known = NOTHING, standing: bool = False) -> list[Expr]:
    """The terms of an expression after distributing what carries a delta, and nothing else.

    Args:
        expression: with any deltas.
        known: the ranges of the letters around it.
        standing: whether affine deltas under its sums are left for whoever sums around them.
    """
    if not expression.has(KroneckerDelta):
        return [expression]
    if isinstance(expression, Add):
        # Terms without a delta stay together: they were written together.
        plain = [term for term in expression.args if not term.has(KroneckerDelta)]
        carrying = [term for term in expression.args if term.has(KroneckerDelta)]
        terms = [Add(*plain)] if plain else []
        return terms + [part for term in carrying for part in delta_terms(term, known, standing)]
    if isinstance(expression, Mul):
        choices: list[list[Expr]] = [[S.One]]
        for factor in expression.args:
            parts = delta_terms(factor, known, standing)
            choices = [[*chosen, part] for chosen in choices for part in parts]
        return [Mul(*chosen) for chosen in choices]
    if isinstance(expression, Sum):
        inner = freshen(expression)
        limits = limits_of(inner)
        return [
            _collapse_term(term, limits, known, exact=False, only_plain=standing)
            for term in delta_terms(inner.function, known.inside(limits), standing)
        ]
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp.is_positive:
        whole = Mul(*[expression.base] * int(expression.exp), evaluate=False)
        return delta_terms(whole, known, standing)
    return [expression]


def is_plain(delta: KroneckerDelta) -> bool:
    """Whether a delta ties two letters, or a letter to a number, and nothing affine."""
    return all(side.is_Symbol or side.is_Integer for side in delta.args)


def _collapse_term(
    term: Expr, limits: list[Limit], known: Known, exact: bool, only_plain: bool = False
) -> Expr:
    """Sum one product: each delta on a summed index replaces that index and is spent."""
    factors = list(Mul.make_args(term))
    if not only_plain:
        factors, limits = _opened(factors, limits)
    deltas = [part for part in factors if isinstance(part, KroneckerDelta)]
    others = [part for part in factors if not isinstance(part, KroneckerDelta)]
    spending = _Spending(others, deltas, limits, known, exact)
    spending.spend(only_plain)
    return spending.result()


def _opened(factors: list[Expr], limits: list[Limit]) -> tuple[list[Expr], list[Limit]]:
    """A product in which sums that carry a delta have joined the sums around them."""
    if not any(isinstance(part, Sum) and part.has(KroneckerDelta) for part in factors):
        return factors, limits
    flat: list[Expr] = []
    inner: list[Limit] = []
    pending = list(factors)
    while pending:
        part = pending.pop(0)
        if isinstance(part, Sum) and part.has(KroneckerDelta):
            opened = freshen(part)
            inner = [*limits_of(opened), *inner]
            pending[:0] = Mul.make_args(opened.function)
        else:
            flat.append(part)
    return flat, [*inner, *limits]


@dataclass(frozen=True, slots=True)
class _Choice:
    """One way to spend a delta: the letter, its value, and the conditions that are left."""

    delta: KroneckerDelta
    index: Symbol
    value: Expr
    conditions: tuple[Expr, ...]
    cost: int


class _Spending:
    """One product under sums while its deltas are spent."""

    def __init__(
        self,
        factors: list[Expr],
        deltas: list[Expr],
        limits: list[Limit],
        known: Known,
        exact: bool,
    ) -> None:
        self.factors = factors
        self.deltas = deltas
        self.limits = limits
        self.around = known
        self.exact = exact

    @property
    def summed(self) -> list[Symbol]:
        """The indices that are still summed over, innermost first."""
        return [limit[0] for limit in self.limits]

    @property
    def known(self) -> Known:
        """What is known under the sums that are left."""
        return self.around.inside(self.limits) if self.around.checks else self.around

    def spend(self, only_plain: bool = False) -> None:
        """Solve deltas as long as one can be solved."""
        while choice := self._next(only_plain):
            at = {choice.index: choice.value}
            self.deltas.remove(choice.delta)
            self.limits = [
                (index, first.xreplace(at), last.xreplace(at))
                for index, first, last in self.limits
                if index != choice.index
            ]
            spent = [delta.xreplace(at) for delta in self.deltas]
            self.deltas = [d for d in spent if isinstance(d, KroneckerDelta)]
            numbers = [d for d in spent if not isinstance(d, KroneckerDelta)]
            self.factors = [part.xreplace(at) for part in self.factors] + numbers
            self.factors += choice.conditions

    def _next(self, only_plain: bool) -> _Choice | None:
        """The next delta to spend, plain ones first, and the best letter to solve it for."""
        for delta in sorted(self.deltas, key=lambda delta: not is_plain(delta)):
            if only_plain and not is_plain(delta):
                return None
            choices = [c for index in self._letters(delta) if (c := self._choice(delta, index))]
            if choices:
                return min(choices, key=lambda choice: choice.cost)
        return None

    def _letters(self, delta: KroneckerDelta) -> list[Symbol]:
        """The summed letters that a delta can be solved for, in order of preference."""
        summed = self.summed
        if is_plain(delta):
            return [side for side in delta.args if side in summed]
        free = delta.free_symbols
        # The adjoint's own letters stand outside those of the sums in an equation.
        outermost = [index for index in reversed(summed) if index in free]
        return outermost[::-1] if self.exact else outermost

    def _choice(self, delta: KroneckerDelta, index: Symbol) -> _Choice | None:
        value = solved(delta, index)
        if value is None or any(
            i in value.free_symbols and (a.has(index) or b.has(index)) for i, a, b in self.limits
        ):
            return None  # the ends of a sum cannot mention the letter that it binds
        if not self.around.checks and is_plain(delta):
            return _Choice(delta, index, value, (), 0)
        (first, last) = next((a, b) for i, a, b in self.limits if i == index)
        known = self.known
        at = {index: value}
        left = []
        for condition in within(value, first, last):
            if known.holds(condition):
                continue
            factors = (part.xreplace(at) for part in self.factors)
            if not self.exact and known.vanishes_unless(factors, condition):
                continue
            left.append(condition)
        others = [other for other in self.summed if other != index]
        cost = sum(_cost(condition, others) for condition in left)
        return _Choice(delta, index, value, tuple(left), cost)

    def result(self) -> Expr:
        """The sum, with conditions on its indices as limits where they can be."""
        if self.around.checks:
            self._look_up()
            if self.limits:
                self._limit()
            self._drop_implied()
        return pull_out(Mul(*self.factors, *self.deltas), self.limits)

    def _look_up(self) -> None:
        """Beside ``[v == y[t]]`` write v for the entry y[t], as in ``-[v == y[t]]/p[t, v]``."""
        for delta in self.deltas:
            for letter, entry in (delta.args, delta.args[::-1]):
                if isinstance(entry, IntegerEntry) and letter.is_Symbol:
                    self.factors = [part.xreplace({entry: letter}) for part in self.factors]

    def _drop_implied(self) -> None:
        """Leave out a bracket without which another factor is 0 by its own definition."""
        supports = [
            support
            for factor in self.factors
            for support in self.around.support(factor.base if factor.is_Pow else factor)
        ]
        self.factors = [
            factor
            for factor in self.factors
            if not isinstance(factor, Bracket)
            or not any(self.known.holds_given(support, factor) for support in supports)
        ]

    def _limit(self) -> None:
        """Turn brackets on summed indices, and what factors are 0 without, into limits."""
        summed = self.summed
        implied = [
            condition
            for factor in self.factors
            for base in [factor.base if isinstance(factor, Pow) else factor]
            for condition in self.around.support(base)
            if isinstance(condition, Bracket) and condition.has(*summed)
        ]
        own = [f for f in self.factors if isinstance(f, Bracket) and f.has(*summed)]
        self.factors = [factor for factor in self.factors if factor not in own]
        for condition in dict.fromkeys((*own, *implied)):
            if self.known.holds(condition) or self._absorbed(condition):
                continue
            if condition in own:
                self.factors.append(condition)

    def _absorbed(self, condition: Bracket) -> bool:
        """Whether a bracket has become a limit of one of the sums."""
        if condition.relation != "<=":
            return False
        for index in self._by_ease(condition):
            found = bound_on(condition, index)
            if found is None:
                continue
            is_first, bound = found
            place = self.summed.index(index)
            inner = {limit[0] for limit in self.limits[:place]}
            if bound.free_symbols & inner:
                # The letters that the bound mentions must be summed outside this one.
                if any(a.has(index) or b.has(index) for _, a, b in self.limits):
                    continue
                self.limits.insert(0, self.limits.pop(place))
                place = 0
            known = self.around.inside(self.limits[place + 1 :])
            _, first, last = self.limits[place]
            if is_first:
                first = known.largest(first, bound)
            else:
                last = known.smallest(last, bound)
            self.limits[place] = (index, first, last)
            return True
        return False

    def _by_ease(self, condition: Bracket) -> list[Symbol]:
        """The summed letters of a bracket: first those it bounds by a value outside the sums."""
        letters = [index for index in self.summed if condition.has(index)]
        return sorted(letters, key=lambda index: _ease(condition, index))


def _ease(condition: Bracket, index: Symbol) -> int:
    parts = linear(condition.right - condition.left, index)
    return 0 if parts is not None and parts[0] in (S.One, S.NegativeOne) else 1


def _cost(condition: Expr, summed: Iterable[Symbol]) -> int:
    """What a condition costs: nothing is better than a limit, a limit better than a bracket."""
    if not isinstance(condition, Bracket):
        return 100
    for index in summed:
        if condition.has(index) and bound_on(condition, index) is not None:
            return 1 if _ease(condition, index) == 0 else 2
    return 10


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
