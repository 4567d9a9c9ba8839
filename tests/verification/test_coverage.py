"""A gradient holds only where a witness covers it, entry for entry."""

from __future__ import annotations

from importlib import import_module

import pytest
from sampling import sample
from seeding import with_link
from sympy import Expr, Integer, Symbol

from symback.algebra.expressions import Delta, Entry
from symback.calculus import Derivation, derive
from symback.model.network import Network
from symback.verification import Claim, Report, Verdict, Witness, verify
from symback.verification.arrays.finite_field import finite_field

checking = import_module("symback.verification.verify")

J, K = Symbol("j", integer=True), Symbol("k", integer=True)
WIDE = derive(Network((784, 128, 10)))

ENTRIES = {
    "the tenth bias": ("b2", Delta(Integer(10), K)),
    "the last weight of the first layer": ("W1", Delta(Integer(784), J) * Delta(Integer(128), K)),
    "one unit's row": ("W1", Delta(Integer(300), J)),
    "a weight taken from one unit": (
        "b1",
        Delta(Integer(128), K) * Entry("W2", Integer(128), Integer(5)),
    ),
    "a unit that there is at small sizes": ("b1", Delta(Integer(2), K)),
}


def wrong(name: str, more: Expr) -> Derivation:
    step = WIDE.step_of[name]
    return with_link(WIDE, step, len(step.links), step.result + more)


def verdicts(report: Report, name: str) -> set[Verdict]:
    of_result = (Claim.ADJOINT, Claim.DIRECTION)
    return {
        c.verdict for c in report.checks if c.claim in of_result and c.location.quantity == name
    }


@pytest.mark.parametrize("case", sample([*ENTRIES], 3))
def test_a_wrong_entry_is_refuted_and_located(case: str) -> None:
    name, more = ENTRIES[case]
    report = verify(wrong(name, more), numbers=False)
    assert not report.ok
    refuted = [c for c in report.checks if c.verdict is Verdict.REFUTED]
    assert {c.location.quantity for c in refuted} == {name}
    assert {c.location.number for c in refuted} == {WIDE.step_of[name].number}
    field = finite_field(wrong(name, more))
    assert field.step == WIDE.step_of[name].number


@pytest.mark.parametrize("case", list(ENTRIES)[:4])
def test_what_no_witness_covers_is_not_shown(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the field, nobody has seen the entry: that is no agreement."""
    monkeypatch.setattr(checking, "check_by_field", lambda _: ((), _silent()))
    monkeypatch.setattr(checking, "MAX_NAMED", 0)
    name, more = ENTRIES[case]
    report = verify(wrong(name, more), numbers=False)
    assert not report.ok
    assert verdicts(report, name) == {Verdict.UNDECIDED}


def _silent() -> object:
    from symback.verification import Testimony

    return Testimony(Witness.FINITE_FIELD, 0, 0, left_out="kind")


def test_right_entries_named_by_number_are_shown() -> None:
    """The same gradient with one entry written apart holds, since the field covers it."""
    step = WIDE.step_of["b2"]
    delta = Delta(Integer(10), K)
    apart = step.result * (1 - delta) + step.result.xreplace({K: Integer(10)}) * delta
    right = with_link(WIDE, step, len(step.links), apart)
    report = verify(right, numbers=False)
    assert verdicts(report, "b2") <= {Verdict.PROVED, Verdict.AGREES}
