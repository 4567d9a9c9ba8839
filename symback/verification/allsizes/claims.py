"""Claims beside a model, shown for all sizes: by identity, or by induction on one step.

A claim about an adjoint is shown when it equals the sum over whatever mentions the quantity, with
the adjoints of other quantities left standing wherever both sides can be brought to them.  A helper
that is defined by a recursion of its own is shown to be an adjoint when it has the same step and
the same end: that is the induction.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from symback.algebra.expressions import Partial, indices_of, name_of
from symback.verification.allsizes.affine import (
    Affine,
    Condition,
    Variable,
    at_least,
    impossible,
    is_zero,
)
from symback.verification.allsizes.identity import is_shown
from symback.verification.allsizes.indices import form_of, given_of, range_conditions
from symback.verification.allsizes.reading import Reading
from symback.verification.allsizes.terms import Poly

if TYPE_CHECKING:
    from symback.model.claims import ClaimLine, Stated
    from symback.model.equations import Equation, Model

__all__ = ["mentions_itself", "prove_claims"]


def prove_claims(stated: Stated, wrong: Container[int] = ()) -> dict[int, str]:
    """Which claims hold for all sizes, by their position, and how: ``identity``, ``induction``.

    Args:
        stated: a model with its claims.
        wrong: the positions of claims that are known to be wrong, which are not tried.
    """
    prover = _Prover(stated)
    found: dict[int, str] = {}
    for position, claim in enumerate(stated.claims):
        if claim.of and position not in wrong and prover.holds(claim):
            prover.note(claim)
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
        self.formulas: dict[str, Equation] = {}
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

    def note(self, claim: ClaimLine) -> None:
        """Let a general line that is shown be put in for the adjoint that it is about."""
        line = claim.equation
        if line.is_boundary:
            return
        ranges = self.model.quantities[claim.of].ranges
        if [(r.first, r.upper) for r in ranges] == [
            (r.first, r.upper) for r in line.quantity.ranges
        ] and claim.of not in self.model.boundaries:
            self.formulas[claim.of] = line

    def holds(self, claim: ClaimLine) -> bool:
        """Whether a claim is shown for all sizes."""
        if mentions_itself(claim, self.model):
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
        letters: dict[Expr, Affine | Poly] = {
            letter: form.put(values) for letter, form in _letters(line).items()
        }

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
        sizes = set(self.model.size_names)
        for boundary in self.model.boundaries.get(name, ()):
            for own, index in zip(boundary.indices, place, strict=True):
                letter = index.single
                if own in boundary.quantity.indices or letter is None:
                    continue
                end = form_of(own)
                if impossible(known | {is_zero(index - end)}):
                    continue
                if letter in sizes:
                    yield {}, [*conditions, is_zero(index - end)]
                else:
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
        return is_shown(
            self.model,
            frozenset(self.claimed),
            conditions,
            difference,
            formulas=self.formulas,
            helpers=self.helpers,
            outside=self.stated.outside,
            equal=equal,
        )

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


def _letters(equation: Equation) -> dict[Expr, Affine]:
    return {
        index: Affine({index.name: 1})
        for index in equation.indices
        if isinstance(index, Symbol) and index in equation.quantity.indices
    }


def _place(equation: Equation) -> tuple[tuple[Affine, ...], list[Condition]]:
    """The indices on the left as forms, and what is known of the letters among them."""
    place, conditions = [], []
    for index, r in zip(equation.indices, equation.quantity.ranges, strict=True):
        place.append(form_of(index))
        if index in equation.quantity.indices:
            conditions += range_conditions(r, place[-1])
    return tuple(place), conditions


def mentions_itself(claim: ClaimLine, model: Model) -> bool:
    """Whether a claim rests on the adjoint that it is about, at the same indices."""
    return any(
        node.of == model.loss.at()
        and name_of(node.by) == claim.of
        and indices_of(node.by) == claim.equation.indices
        for node in claim.equation.expression.atoms(Partial)
    )
