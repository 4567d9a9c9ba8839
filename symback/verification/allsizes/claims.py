"""Claims beside a model, shown for all sizes: by identity, or by induction on one step.

A claim about an adjoint is shown when it equals the sum over whatever mentions the quantity, with
the adjoints of other quantities left standing wherever both sides can be brought to them.  A helper
that is defined by a recursion of its own is shown to be an adjoint when it has the same step and
the same end: that is the induction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Expr, Pow, Symbol

from symback.algebra.expressions import Apply, Partial, indices_of, name_of
from symback.verification.allsizes.affine import Affine, Condition
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
        place, conditions = _place(claim.equation)
        if _mentions_itself(claim, self.model):
            return False

        def difference(reading: Reading) -> Poly:
            at = _letters(claim.equation)
            right = reading.read(claim.equation.expression, at)
            left = reading.independent(claim.of, place)
            domain = reading.adjoint_domain(claim.of, place)
            return reading.add([reading.within(left, domain), reading.scaled(right, -1)])

        return self._vanishes(difference, conditions, self.equal)

    def _vanishes(self, difference: object, conditions: list[Condition], equal: object) -> bool:
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
                    equal,  # type: ignore[arg-type]
                )
                try:
                    found = difference(reading)  # type: ignore[operator]
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
                    if all(self._same(line, quantity.name) for line in lines):
                        yield name, quantity.name
                        break

    def _same(self, line: Equation, name: str) -> bool:
        """Whether an adjoint satisfies a line that defines a helper, the helper taken for it."""
        place, conditions = _place(line)

        def difference(reading: Reading) -> Poly:
            right = reading.read(line.expression, _letters(line))
            left = reading.independent(name, place)
            domain = reading.adjoint_domain(name, place)
            return reading.add([reading.within(left, domain), reading.scaled(right, -1)])

        return self._vanishes(difference, conditions, {line.quantity.name: name})


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
