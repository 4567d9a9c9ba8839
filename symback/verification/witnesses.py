"""The two witnesses that test a network at its own size, as they speak in a report.

The finite field tests all gradients at once and numbers test some of them one by one; what either
of them found is told here as one check for each parameter array, at the step where a fault is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symback.verification.arrays.finite_field import MOST, FieldProof, Outcome, finite_field
from symback.verification.report import Check, Claim, Location, Testimony, Verdict, Witness

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.verification.arrays.numbers import NumbersProof

__all__ = ["check_by_field", "check_by_numbers"]


def check_by_field(derivation: Derivation) -> tuple[tuple[Check, ...], Testimony]:
    """All gradients at once over a finite field."""
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
    names: Sequence[str] = [q.name for q in derivation.model.parameters]
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
