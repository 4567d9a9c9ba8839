"""Check a derivation: every link, every path, every gradient, each where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from math import log2, prod
from random import Random
from typing import TYPE_CHECKING

from symback.algebra.expressions import Partial, name_of
from symback.calculus.derivation import Derivation
from symback.calculus.matrix.tree import index_form
from symback.errors import InputError, quote
from symback.model.equations import Model
from symback.verification.bench import Bench, at_entries, named_units
from symback.verification.deciding import Deciding
from symback.verification.documents.instantiate import forms_for
from symback.verification.identity.identity import Identity
from symback.verification.identity.meaning import Claims
from symback.verification.oracle.field import PRIME, NoValueError
from symback.verification.oracle.instance import Instance
from symback.verification.oracle.judge import Judge, Panel, seat
from symback.verification.oracle.sizes import edge_sizes, small_sizes, turns
from symback.verification.report import (
    Check,
    Claim,
    Location,
    Report,
    Testimony,
    Verdict,
    Witness,
)
from symback.verification.steps import StepChecks
from symback.verification.units import UnitChecks
from symback.verification.witnesses import check_by_field, check_by_numbers

if TYPE_CHECKING:
    from symback.calculus.blackboard.working import UnitDerivation
    from symback.calculus.derivation import Step

__all__ = ["verify"]

MAX_CHAIN = 400
"""Gradients are carried to the loss for checking in networks of at most so many steps."""

MAX_PARAMETERS = 200
"""SymPy differentiates the whole loss of networks with at most so many weights and biases."""

MAX_NAMED = 12
"""A small instance has units up to this one, where a formula names one of them by its number."""

MAX_SLOPES = 5000
"""… whose equations have at most so many derivatives by single entries."""


def verify(
    derivation: Derivation, units: Iterable[UnitDerivation] = (), *, numbers: bool = True
) -> Report:
    """Check every step, gradient and matrix form of a derivation.

    Args:
        derivation: what the chain rule found.
        units: workings of single weights or biases to check as well.
        numbers: whether to ask the slowest of the witnesses, sixty-digit differences, too.

    Returns:
        One check for each claim, in the order of the derivation, and what each witness covered.

    Raises:
        InputError: for anything but a derivation.
    """
    if not isinstance(derivation, Derivation):
        raise InputError(
            f"{quote(str(derivation))} is no derivation",
            hint="a derivation is made by symback.derive(network)",
        )
    report = _Verification(derivation, tuple(units)).report()
    for witness in (check_by_field, check_by_numbers) if numbers else (check_by_field,):
        report = report.joined_by(*witness(derivation))
    return _covered(report)


def _covered(report: Report) -> Report:
    """The same, where a result that only a witness of all entries could judge has its word.

    A small instance abstains from a formula that names a unit which it does not have; what the
    finite field or SymPy's derivative found at the network's own sizes then counts.
    """
    whole = {
        check.location.quantity: check.witnesses
        for check in report.checks
        if check.claim in (Claim.DIRECTION, Claim.GRADIENT) and check.ok
    }
    checks = tuple(
        replace(check, verdict=Verdict.AGREES, witnesses=whole[check.location.quantity])
        if check.claim is Claim.ADJOINT
        and check.verdict is Verdict.UNDECIDED
        and check.location.quantity in whole
        else check
        for check in report.checks
    )
    return replace(report, checks=checks)


class _Verification:
    """One run over a derivation."""

    def __init__(self, derivation: Derivation, units: tuple[UnitDerivation, ...]) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.loss = derivation.loss
        self.units = units
        self.circular = _circular(derivation)
        self.claims = Claims(
            self.model,
            {
                step.quantity.name: step.result
                for step in derivation.steps
                if step.quantity.name not in self.circular
            },
        )
        self.identity = Deciding(self.claims)
        self.to_loss = Identity(self.claims, at_loss=True)
        named = named_units(*(step.result for step in derivation.steps))
        least = max((unit for unit in named if unit <= MAX_NAMED), default=0)
        sizes = [small_sizes(self.model, 0, turn, least) for turn in range(turns(self.model))]
        if not self.model.is_plain:
            sizes += [edge for edge in edge_sizes(self.model) if edge not in sizes]
        self.bench = Bench(Panel(self.model, self.claims.adjoints, sizes))
        self.sources: dict[str, str] = {}

    def report(self) -> Report:
        """All checks, in the order of the derivation."""
        for parameter in self.model.targets_of_derivation:
            used = bool(self.claims.consumers[parameter.name])
            found = parameter.name in self.derivation.step_of
            self.bench.say(Claim.COVERAGE, Location(parameter.name), found or not used)
        steps = StepChecks(self.identity, self.bench, self.circular)
        for step in self.derivation.steps:
            steps.check(step)
        self.check_closed_forms()
        self.check_other_forms()
        if len(self.derivation.steps) <= MAX_CHAIN and self.model.is_plain:
            for parameter in self.model.asked:
                if parameter.name in self.derivation.step_of:
                    self.check_chain(self.derivation.step_of[parameter.name])
        self.check_matrices()
        if self.units:
            workings = UnitChecks(self.claims, self.bench, self.units, self.to_loss)
            for unit in self.units:
                workings.check(unit, self.derivation.step_of[unit.quantity.name].number)
        diff = self.check_with_sympy()
        checks = tuple(self.bench.checks)
        return Report(checks, (*self.testimonies(checks), diff), self.model.facts, self.sources)

    def check_closed_forms(self) -> None:
        """Adjoints and gradients against the formulas that documents have."""
        for form, quantity, formula in forms_for(self.model):
            step = self.derivation.step_of.get(quantity.name)
            if step is None:
                continue
            self.sources[form.name] = form.source
            self.bench.decide(
                Claim.CLOSED_FORM,
                Location(quantity.name, step.number),
                partial(self.identity.compare, step.result, formula),
                at_entries(quantity, step.result, formula),
                (step.result, formula),
                about=(form.name,),
            )

    def check_other_forms(self) -> None:
        """Adjoints in the other forms that text books have, and every line on the way there."""
        for step in self.derivation.steps:
            for form in step.forms:
                letters = dict(zip(step.quantity.indices, step.quantity.ranges, strict=True))
                before = step.result
                for place, link in enumerate(form.way[:-1], start=len(step.links) + 1):
                    between = before, link.expression
                    self.bench.decide(
                        Claim.LINK,
                        Location(step.quantity.name, step.number, link=place),
                        partial(self.identity.compare, *between, letters),
                        at_entries(step.quantity, *between),
                        between,
                        about=(str(link.rule),),
                    )
                    before = link.expression
                sides = step.result, form.expression
                self.bench.decide(
                    Claim.OTHER_FORM,
                    Location(step.quantity.name, step.number),
                    partial(self.identity.compare, *sides, letters),
                    at_entries(step.quantity, *sides),
                    sides,
                    about=(str(form.kind),),
                )

    def check_chain(self, step: Step) -> None:
        """A parameter's gradient carried through to the loss, link by link."""
        previous = step.adjoint
        for number, link in enumerate(self.derivation.chain(step.quantity.name), start=1):
            sides = previous, link.expression
            self.bench.decide(
                Claim.CHAIN,
                Location(step.quantity.name, step.number, link=number),
                partial(self.to_loss.compare, *sides),
                at_entries(step.quantity, *sides),
                sides,
            )
            previous = link.expression

    def check_matrices(self) -> None:
        """Every matrix form against the index form of its equation or step."""
        try:
            forms = self.derivation.matrices
        except InputError:  # a quantity with more than two indices has no matrix form
            return
        stated = {(e.number, False): e.expression for e in self.model.equations}
        stated |= {(step.number, True): step.result for step in self.derivation.steps}
        for form in forms:
            sides = stated[form.number, form.adjoint], index_form(form, self.loss)
            self.bench.decide(
                Claim.MATRIX,
                Location(form.quantity.name, form.number),
                partial(self.identity.compare, *sides),
                at_entries(form.quantity, *sides),
                sides,
            )

    # SymPy's own derivative ---------------------------------------------------------------------

    def check_with_sympy(self) -> Testimony:
        """All gradients at once against SymPy's derivative of the loss, if the network is small."""
        sizes = {r.name: r.size for q in self.model.quantities.values() for r in q.ranges}
        count = _parameter_count(self.model)
        if not all(sizes.values()):
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="sizes-unknown")
        if not self.model.is_plain:
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="not-plain")
        if count > MAX_PARAMETERS:
            limit = MAX_PARAMETERS
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="too-many-parameters", limit=limit)
        judge = seat(self.model, sizes, self.claims.adjoints)
        if judge is None:
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="no-value")
        if sum(map(len, judge.instance.jacobian.values())) > MAX_SLOPES:
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="too-large", limit=MAX_SLOPES)
        before = len(self.bench.checks)
        try:
            agreed = self._gradients_agree(judge)
        except NoValueError:
            del self.bench.checks[before:]
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out="no-value")
        if not judge.is_sure and not all(agreed.values()):
            del self.bench.checks[before:]
            reason = "order" if judge.instance.field.has_order else "roots"
            return Testimony(Witness.SYMPY_DIFF, 0, 0, left_out=reason)
        covered = sum(prod(p.shape) for p in self.model.asked if agreed.get(p.name, False))
        return Testimony(
            Witness.SYMPY_DIFF,
            len(agreed),
            sum(agreed.values()),
            tuple(sizes.items()),
            covered,
            error_bits=_error_bits(judge.instance, 1),
        )

    def _gradients_agree(self, judge: Judge) -> dict[str, bool]:
        """For each parameter, whether its claimed gradient is SymPy's; one check for each."""
        from symback.verification.oracle.sympy_diff import SubstitutedLoss

        loss = SubstitutedLoss(self.model, judge.instance)
        stated = [p for p in loss.parameters if p[0] in self.claims.adjoints]
        draw = Random(1)
        direction = {place: draw.randrange(1, PRIME) for place in stated}
        along = sum(judge.claimed[place] * v for place, v in direction.items()) % PRIME
        agrees = loss.along(direction) == along
        result: dict[str, bool] = {}
        for parameter in self.model.asked:
            step = self.derivation.step_of.get(parameter.name)
            if step is None:
                continue
            verdict, values = Verdict.PROVED, None
            at: tuple[int, ...] = ()
            for place in () if agrees else judge.instance.places(parameter):
                expected = loss.along({place: 1})
                if expected != judge.claimed[place]:
                    verdict, at = Verdict.REFUTED, place[1]
                    values = expected, judge.claimed[place]
                    break
            fault = self.bench.faulty.get(parameter.name, parameter.name)
            about = (fault,) if values is not None and fault != parameter.name else ()
            self.bench.checks.append(
                Check(
                    Claim.GRADIENT,
                    Location(parameter.name, step.number),
                    Verdict.INHERITED if about else verdict,
                    (Witness.SYMPY_DIFF,),
                    step.adjoint,
                    step.result,
                    values,
                    at,
                    about,
                )
            )
            result[parameter.name] = verdict is Verdict.PROVED
        return result

    def testimonies(self, checks: tuple[Check, ...]) -> tuple[Testimony, Testimony]:
        """What exact identity and the small instance have to say of the whole."""
        count = _parameter_count(self.model)
        by_identity = [check for check in checks if check.claim is not Claim.GRADIENT]
        proved = [check for check in by_identity if Witness.IDENTITY in check.witnesses]
        asked = [check for check in checks if Witness.SMALL_INSTANCE in check.witnesses]
        first = self.bench.panel.first
        return (
            Testimony(
                Witness.IDENTITY,
                len(by_identity),
                sum(check.ok for check in proved),
                parameters=count,
            ),
            Testimony(
                Witness.SMALL_INSTANCE,
                len(asked),
                sum(check.ok for check in asked),
                tuple(self.bench.panel.sizes[0].items()),
                count,
                _error_bits(first.instance, len(asked)),
            )
            if first is not None
            else Testimony(Witness.SMALL_INSTANCE, 0, 0, left_out="no-value"),
        )


def _circular(derivation: Derivation) -> frozenset[str]:
    """Quantities whose claimed adjoints mention themselves, or others found later, unshifted.

    In a recursion an adjoint may rest on itself at another time; then its indices are others.
    """
    loss, found, known = derivation.loss, set(), {derivation.model.loss.name}
    recursive = derivation.model.recursive
    open_ended = Claims(derivation.model, {}).open_ended
    for step in derivation.steps:
        name = step.quantity.name
        for partial_ in step.result.atoms(Partial):
            other = name_of(partial_.by)
            if partial_.of != loss or other in known or other not in derivation.step_of:
                continue
            if name in open_ended and step.result == step.adjoint:
                continue
            if {name, other} <= recursive:
                continue
            found.add(name)
        known.add(name)
    return frozenset(found)


def _parameter_count(model: Model) -> int:
    return sum(prod(parameter.shape) for parameter in model.asked)


def _error_bits(instance: Instance, comparisons: int) -> int:
    """By how many bits the chance that two different values agree is below one.

    A value is a quotient of polynomials in the random numbers; its degree is below four times the
    square of the number of entries, since each entry adds at most its own to what it mentions.
    """
    degree = 4 * len(instance.values) ** 2
    return max(int(log2(PRIME) - log2(degree) - log2(max(comparisons, 1) * 12)), 0)
