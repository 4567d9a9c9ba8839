"""Equalities about any model, decided for all sizes.

The same questions as `symback.verification.identity` answers for models without limits, shifts,
starts or lookups, answered on affine indices under conditions.  Adjoints of other quantities are
left standing while both sides can be brought to them; then more and more of them, and of the
definitions, are put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from sympy import Expr, Pow, Symbol

from symback.algebra.equality import Equality
from symback.algebra.expressions import Apply
from symback.model.equations import Equation, Model, Quantity, Range
from symback.verification.allsizes.affine import Affine, Condition
from symback.verification.allsizes.indices import form_of, given_of, range_conditions
from symback.verification.allsizes.reading import CircleError, Reading
from symback.verification.allsizes.sums import UnknownError
from symback.verification.allsizes.terms import Poly, TooLargeError, Work, vanishes

__all__ = ["AllSizes", "Side", "attempts", "is_shown"]

MOST_SPENT = 15_000
"""An equality is given up after so much work on it (see `symback.verification.allsizes.terms`)."""

Side: TypeAlias = Expr | Callable[["Steps"], Poly]
"""One side of an equality: an expression, or what a reading makes of something else.

Equal sides are read once, so whatever makes one should be equal by what it makes.
"""


Context: TypeAlias = tuple[frozenset[Condition], frozenset[str], frozenset[str]]
"""What is given of letters, what is put in, and which adjoints are left standing."""


class Steps(Reading):
    """A reading that is asked about the steps of a derivation."""

    @property
    def context(self) -> Context:
        """All on which it depends what is made of a side, for one model without helpers."""
        return self.given.conditions, self.unfolded, self.kept

    def independent_of(self, quantity: Quantity, place: Sequence[Expr] = ()) -> Poly:
        """A quantity's adjoint from those of whatever its consumers define."""
        indices = tuple(self.index(i, {}) for i in place or quantity.indices)
        domain = self.adjoint_domain(quantity.name, indices)
        return self.within(self.independent(quantity.name, indices), domain)

    def through_of(self, equation: Equation, quantity: Quantity) -> Poly:
        """What it contributes to the loss through one equation."""
        indices = tuple(self.index(i, {}) for i in quantity.indices)
        return self.through(equation, quantity.name, indices)

    def local_of(self, equation: Equation, own: Sequence[Expr], quantity: Quantity) -> Poly:
        """One equation's right side, at its own indices, by the quantity's general entry."""
        place = tuple(self.index(i, {}) for i in own)
        letters: dict[Expr, Affine | Poly] = {
            letter: form
            for letter, form in zip(equation.indices, place, strict=True)
            if letter in equation.quantity.indices
        }
        indices = tuple(self.index(i, {}) for i in quantity.indices)
        return self.local(equation, letters, place, quantity.name, indices)


class AllSizes:
    """Decides equalities about one model and the adjoints that are claimed for it.

    Args:
        model: the equations.
        claimed: names of the quantities whose adjoints are claimed: these are left standing first.
    """

    def __init__(self, model: Model, claimed: Iterable[str]) -> None:
        self.model = model
        self.claimed = frozenset(claimed)
        # A link's right side is the next one's left side, and a step's result its last link.
        self._read: dict[tuple[Context, Side], Poly] = {}
        self._patterns: dict[tuple[frozenset[str], int], Poly] = {}

    def compare(
        self, left: Side, right: Side, letters: Mapping[Expr, Range] | None = None
    ) -> Equality:
        """Decide whether two sides are equal for all sizes.

        Args:
            left: one side.
            right: the other.
            letters: the ranges of free letters.

        Returns:
            ``EQUAL`` or ``NOT_SHOWN``: what differs is for numbers to say.
        """
        if isinstance(left, Expr) and left == right:
            return Equality.EQUAL
        conditions = [
            condition
            for letter, r in (letters or {}).items()
            if isinstance(letter, Symbol)
            for condition in range_conditions(r, form_of(letter))
        ]

        def difference(reading: Steps) -> Poly:
            first, second = (self._side(reading, side) for side in (left, right))
            return reading.add([first, reading.scaled(second, -1)])

        shown = is_shown(self.model, self.claimed, conditions, difference, patterns=self._patterns)
        return Equality.EQUAL if shown else Equality.NOT_SHOWN

    def _side(self, reading: Steps, side: Side) -> Poly:
        """One side as a sum of terms; the same under the same assumptions is read once."""
        key = (reading.context, side)
        found = self._read.get(key)
        if found is None:
            read = reading.read(side, {}) if isinstance(side, Expr) else side(reading)
            found = self._read[key] = read
        return found


def is_shown(
    model: Model,
    claimed: frozenset[str],
    conditions: Iterable[Condition],
    difference: Callable[[Steps], Poly],
    formulas: Mapping[str, Equation] | None = None,
    **known: object,
) -> bool:
    """Whether a difference vanishes for all sizes, in one reading or another.

    Args:
        model: the equations.
        claimed: names of quantities whose adjoints are left standing first.
        conditions: what is known of free letters.
        difference: what a reading makes of it.
        formulas: lines for adjoints that are shown already.
        known: what else readings are told: helpers, padding, helpers that are adjoints.
    """
    given = given_of(model, conditions)
    shown = {n: line for n, line in (formulas or {}).items() if n not in model.recursive}
    standing = frozenset(claimed - {quantity.name for quantity in model.given})
    first: Poly = ()
    spent = 0
    for kept, unfolded, put_in in attempts(model, standing, bool(shown)):
        if kept is None:  # one step: the adjoints that were left standing at first are put in
            kept = standing - _named_in(first, "adjoint ")
        if unfolded is None:  # and products of what is mentioned
            products = [e for e in model.definitions.values() if not e.expression.has(Apply, Pow)]
            names = {e.quantity.name for e in products} & _named_in(first, "entry ")
            unfolded = _ending(model, sorted(names))
            if not unfolded:
                continue
        spent += Work.done
        if spent > MOST_SPENT:
            return False
        while True:
            Work.done = 0
            lines = shown if put_in else None
            reading = Steps(
                model,
                given,
                unfolded,
                kept,
                formulas=lines,
                **known,  # type: ignore[arg-type]
            )
            try:
                found = difference(reading)
                first = first or found
                if vanishes(found, given):
                    return True
                cleared = reading.cleared(found)
                if cleared is not found and vanishes(cleared, given):
                    return True
            except CircleError as circle:
                kept |= {circle.name}
                continue
            except (UnknownError, TooLargeError, RecursionError):
                pass
            break
    return False


def _named_in(poly: Poly, kind: str) -> frozenset[str]:
    """The names of entries, or of adjoints, that a sum of terms mentions."""
    heads = {atom.head for term in poly for atom in term.factors}
    return frozenset(head.removeprefix(kind) for head in heads if head.startswith(kind))


def attempts(
    model: Model, standing: frozenset[str], has_formulas: bool = False
) -> Iterator[tuple[frozenset[str] | None, frozenset[str] | None, bool]]:
    """Which adjoints are left standing, which definitions are put in, and whether formulas are.

    The cheapest first; None stands for all adjoints but those that the first attempt met, and for
    the products among the definitions of what it met.
    """
    least = standing & model.recursive
    yield standing, frozenset(), False
    unfoldings = _unfoldings(model)
    if standing - least:
        for unfolded in unfoldings[:2]:
            yield None, unfolded, has_formulas
        yield None, None, False
    for unfolded in unfoldings[1:]:
        yield standing, unfolded, False
    for put_in in (True, False) if has_formulas else (False,):
        for unfolded in unfoldings if least != standing or put_in else ():
            yield least, unfolded, put_in


@lru_cache(maxsize=16)
def _unfoldings(model: Model) -> tuple[frozenset[str], ...]:
    """Definitions to be put in: none, those of quotients, of functions, all that end."""
    definitions = model.definitions
    quotients = [n for n, e in definitions.items() if _is_quotient(e.expression)]
    functions = [n for n, e in definitions.items() if e.expression.has(Apply, Pow)]
    found = (_ending(model, names) for names in ([], quotients, functions, [*definitions]))
    return tuple(dict.fromkeys(found))


def _is_quotient(expression: Expr) -> bool:
    return any(
        not (p.exp.is_Integer and p.exp.is_positive) and p.base.free_symbols
        for p in expression.atoms(Pow)
    )


def _ending(model: Model, names: list[str]) -> frozenset[str]:
    """As many of some quantities as do not lead back to each other."""
    chosen: set[str] = set()
    for name in names:
        if name == model.loss.name:
            continue
        chosen.add(name)
        if _leads_back(model, name, chosen):
            chosen.discard(name)
    return frozenset(chosen)


def _leads_back(model: Model, start: str, among: set[str]) -> bool:
    stack, seen = [start], set[str]()
    while stack:
        for name in model.definitions[stack.pop()].mentions:
            if name == start:
                return True
            if name in among and name not in seen:
                seen.add(name)
                stack.append(name)
    return False
