"""The two witnesses that test a network at its own size, as they speak in a report.

The finite field tests all gradients at once and numbers test some of them one by one; what either
of them found is told here as one check for each parameter array, at the step where a fault is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symback.verification.arrays.finite_field import MOST, FieldProof, Outcome, finite_field
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import edge_sizes, small_sizes
from symback.verification.report import Check, Claim, Location, Testimony, Verdict, Witness

AGREED = 40
"""To so many decimal places numbers with sixty digits are compared."""

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.verification.arrays.numbers import NumbersProof

__all__ = ["check_by_field", "check_by_numbers"]


def check_by_field(derivation: Derivation) -> tuple[tuple[Check, ...], Testimony]:
    """All gradients at once over a finite field, of a model whose ranges are all whole."""
    if not derivation.model.is_plain:
        return (), Testimony(Witness.FINITE_FIELD, 0, 0, left_out="not-plain")
    found = finite_field(derivation)
    checks = _checks(derivation, found, Claim.DIRECTION, Witness.FINITE_FIELD, Verdict.PROVED)
    return checks, Testimony(
        Witness.FINITE_FIELD,
        len(checks),
        sum(check.ok for check in checks),
        parameters=found.parameters if found.ok else 0,
        error_bits=found.exponent,
        left_out=found.reason,
        limit=MOST if found.reason == "too-large" else 0,
        of=found.parameters,
        prime=found.prime,
        passes=found.passes,
    )


def check_by_numbers(derivation: Derivation) -> tuple[tuple[Check, ...], Testimony]:
    """Gradients of all parameters, or of a sample, against differences with sixty digits."""
    if not derivation.model.is_plain:
        return _by_decimals(derivation)
    # Most commands leave this witness out, and do not load it.
    from symback.verification.arrays.numbers import numbers

    found = numbers(derivation)
    checks = _checks(derivation, found, Claim.DIFFERENCE, Witness.NUMBERS, Verdict.AGREES)
    return checks, Testimony(
        Witness.NUMBERS,
        len(checks),
        sum(check.ok for check in checks),
        sizes=found.sizes,
        parameters=found.tested,
        left_out=found.reason,
        of=found.parameters,
        digits=found.agreed,
    )


def _by_decimals(derivation: Derivation) -> tuple[tuple[Check, ...], Testimony]:
    """Every entry of every gradient at small sizes, with sixty digits."""
    model = derivation.model
    claims = {step.quantity.name: step.result for step in derivation.steps}
    sizes = [small_sizes(model), *edge_sizes(model)][:3]
    judge = Panel(model, claims, sizes[-1:]).decimal
    if judge is None:
        return (), Testimony(Witness.NUMBERS, 0, 0, left_out="no-point")
    checks: list[Check] = []
    entries = 0
    for quantity in model.targets_of_derivation:
        step = derivation.step_of.get(quantity.name)
        if step is None:
            continue
        wrong = None
        for place in judge.instance.places(quantity):
            entries += 1
            if wrong is None and not judge.instance.field.same(
                judge.true[place], judge.claim(place)
            ):
                wrong = place[1]
        verdict = Verdict.AGREES if wrong is None else Verdict.REFUTED
        checks.append(
            Check(
                Claim.DIFFERENCE,
                Location(quantity.name, step.number),
                verdict,
                (Witness.NUMBERS,),
                step.adjoint,
                step.result,
                at=wrong or (),
            )
        )
    agreed = sum(check.ok for check in checks)
    return tuple(checks), Testimony(
        Witness.NUMBERS,
        len(checks),
        agreed,
        sizes=tuple(sizes[-1].items()),
        parameters=entries,
        digits=AGREED,
    )


def _checks(
    derivation: Derivation,
    found: FieldProof | NumbersProof,
    claim: Claim,
    witness: Witness,
    good: Verdict,
) -> tuple[Check, ...]:
    """One check for each parameter array, and one for the step at fault where it has none."""
    if found.outcome is Outcome.UNDECIDED:
        return ()
    fault = next((step for step in derivation.steps if step.number == found.step), None)
    names: Sequence[str] = [q.name for q in derivation.model.asked]
    if fault is not None and fault.quantity.name not in names:
        names = [fault.quantity.name, *names]
    checks = []
    for name in names:
        step = derivation.step_of.get(name)
        at_fault = step is not None and step is fault
        wrong = at_fault or name in found.arrays
        inherited = wrong and fault is not None and not at_fault
        verdict = Verdict.INHERITED if inherited else Verdict.REFUTED if wrong else good
        checks.append(
            Check(
                claim,
                Location(name, step.number if step else 0),
                verdict,
                (witness,),
                step.adjoint if step else None,
                step.result if step else None,
                about=(fault.quantity.name,) if inherited and fault is not None else (),
            )
        )
    return tuple(checks)
