"""Claims beside a model, shown for all sizes: by identity, or by induction on one step.

A claim about an adjoint is shown when it equals the sum over whatever mentions the quantity, with
the adjoints of other quantities left standing wherever both sides can be brought to them.  A helper
that is defined by a recursion of its own is shown to be an adjoint when it has the same step and
the same end: that is the induction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from sympy import Expr, Pow, Symbol

from symback.algebra.expressions import Apply, Partial, indices_of, name_of
from symback.verification.allsizes.affine import (
    Affine,
    Condition,
    Variable,
    at_least,
    impossible,
    is_zero,
)
from symback.verification.allsizes.reading import (
    CircleError,
    Reading,
    UnknownError,
    given_of,
    range_conditions,
)
from symback.verification.allsizes.terms import Poly, TooLargeError, vanishes

if TYPE_CHECKING:
    from symback.model.claims import ClaimLine, Stated
    from symback.model.equations import Equation, Model

__all__ = ["prove_claims", "unfoldings"]


def prove_claims(stated: Stated) -> dict[int, str]:
    """Which claims hold for all sizes, by their position, and how: ``identity``, ``induction``."""
    prover = _Prover(stated)
    found: dict[int, str] = {}
    for position, claim in enumerate(stated.claims):
        if claim.of and prover.holds(claim):
            found[position] = "induction" if prover.uses_induction(claim) else "identity"
    return found


class _Prover:
    def __init__(self, stated: Stated) -> None:
        self.stated = stated
        self.model = stated.model
        self.helpers: dict[str, list[Equation]] = {}
        for claim in stated.claims:
            if not claim.of:
                name = claim.equation.quantity.name
                self.helpers.setdefault(name, []).append(claim.equation)
        self.claimed = {claim.of for claim in stated.claims if claim.of}
        self.recursive = frozenset(
            name
            for name, lines in self.helpers.items()
            if any(name in line.mentions for line in lines)
        )
        self.equal = dict(self._inductions())

    def uses_induction(self, claim: ClaimLine) -> bool:
        """Whether a line mentions, through helpers, one that induction was wanted for."""
        seen: set[str] = set()
        stack = [*claim.equation.mentions]
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack += [m for line in self.helpers.get(name, ()) for m in line.mentions]
        return not seen.isdisjoint(self.equal)

    def holds(self, claim: ClaimLine) -> bool:
        """Whether a claim is shown for all sizes."""
        if _mentions_itself(claim, self.model):
            return False
        return self._is_adjoint(claim.equation, claim.of, self.equal)

    def _is_adjoint(self, line: Equation, name: str, equal: Mapping[str, str]) -> bool:
        """Whether a line's right side is the adjoint of a quantity at the line's indices."""
        return all(
            self._vanishes(self._difference(line, name, values), conditions, equal)
            for values, conditions in self._cases(line, name)
        )

    def _difference(
        self, line: Equation, name: str, values: Mapping[Variable, Affine]
    ) -> Callable[[Reading], Poly]:
        place, _ = _place(line)
        there = tuple(index.put(values) for index in place)
        letters = {letter: form.put(values) for letter, form in _letters(line).items()}

        def difference(reading: Reading) -> Poly:
            right = reading.read(line.expression, letters)
            domain = reading.adjoint_domain(name, there)
            left = reading.within(reading.independent(name, there), domain)
            return reading.add([left, reading.scaled(right, -1)])

        return difference

    def _cases(
        self, line: Equation, name: str
    ) -> Iterator[tuple[dict[Variable, Affine], list[Condition]]]:
        """A line at each start and end of the quantity that it reaches, and everywhere else."""
        place, conditions = _place(line)
        known = given_of(self.model, conditions).conditions
        elsewhere: list[list[Condition]] = [conditions]
        plain = Reading.__new__(Reading)
        for boundary in self.model.boundaries.get(name, ()):
            for own, index in zip(boundary.indices, place, strict=True):
                letter = index.single
                if own in boundary.quantity.indices or letter is None:
                    continue
                end = plain.index(own, {})
                if impossible(known | {is_zero(index - end)}):
                    continue
                yield {letter: end}, [c.put({letter: end}) for c in conditions]
                elsewhere = [
                    [*each, side]
                    for each in elsewhere
                    for side in (at_least(index - end - 1), at_least(end - index - 1))
                    if not impossible(known | {*each, side})
                ]
        for each in elsewhere:
            yield {}, each

    def _vanishes(
        self,
        difference: Callable[[Reading], Poly],
        conditions: list[Condition],
        equal: Mapping[str, str],
    ) -> bool:
        given = given_of(self.model, conditions)
        for kept, unfolded in self._attempts():
            while True:
                reading = Reading(
                    self.model,
                    given,
                    unfolded,
                    kept,
                    self.helpers,
                    self.stated.outside,
                    equal,
                )
                try:
                    found = difference(reading)
                    if vanishes(found, given) or vanishes(reading.cleared(found), given):
                        return True
                except CircleError as circle:
                    kept |= {circle.name}
                    continue
                except (UnknownError, TooLargeError, RecursionError):
                    pass
                break
        return False

    def _attempts(self) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        """Which adjoints are left standing, and which definitions are put in: more and more."""
        given = {quantity.name for quantity in self.model.given}
        most = frozenset(self.claimed - given)
        least = frozenset(self.claimed & self.model.recursive)
        seen = set()
        for unfolded in unfoldings(self.model):
            for kept in (most, least):
                if (kept, unfolded) not in seen:
                    seen.add((kept, unfolded))
                    yield kept, unfolded

    def _inductions(self) -> Iterator[tuple[str, str]]:
        """Helpers with a recursion of their own that are adjoints of quantities."""
        for name in sorted(self.recursive):
            lines = self.helpers[name]
            rank = len(lines[0].quantity.ranges)
            for quantity in self.model.quantities.values():
                if len(quantity.ranges) == rank and quantity.name in self.model.recursive:
                    # The same step and the same end: the hypothesis is the helper's name.
                    taken = {name: quantity.name}
                    if all(self._is_adjoint(line, quantity.name, taken) for line in lines):
                        yield name, quantity.name
                        break


def unfoldings(model: Model) -> Iterator[frozenset[str]]:
    """Definitions to be put in: none, those of known functions and quotients, all that end."""
    yield frozenset()
    quotients = [name for name, e in model.definitions.items() if _is_quotient(e.expression)]
    yield _ending(model, quotients)
    applied = [n for n, e in model.definitions.items() if e.expression.has(Apply, Pow)]
    yield _ending(model, applied)
    yield _ending(model, [*model.definitions])


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


def _letters(equation: Equation) -> dict[Expr, Affine | Poly]:
    return {
        index: Affine({index.name: 1})
        for index in equation.indices
        if isinstance(index, Symbol) and index in equation.quantity.indices
    }


def _place(equation: Equation) -> tuple[tuple[Affine, ...], list[Condition]]:
    """The indices on the left as forms, and what is known of the letters among them."""
    plain = Reading.__new__(Reading)
    place, conditions = [], []
    for index, r in zip(equation.indices, equation.quantity.ranges, strict=True):
        place.append(plain.index(index, {}))
        if index in equation.quantity.indices:
            conditions += range_conditions(r, place[-1])
    return tuple(place), conditions


def _mentions_itself(claim: ClaimLine, model: Model) -> bool:
    """Whether a claim rests on the adjoint that it is about, at the same indices."""
    return any(
        node.of == model.loss.at()
        and name_of(node.by) == claim.of
        and indices_of(node.by) == claim.equation.indices
        for node in claim.equation.expression.atoms(Partial)
    )
