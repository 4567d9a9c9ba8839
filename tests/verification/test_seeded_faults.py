"""Known-bad twins: each check refuses what is wrong and says which step of which gradient it is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from sampling import FULL, sample
from seeding import (
    EDITS,
    Seeded,
    seeded,
    with_link,
    with_path,
    with_step,
    without_step,
)
from sympy import Integer, KroneckerDelta, S, Sum

from symback.algebra.expressions import Marked
from symback.calculus import Derivation, Link, derive
from symback.calculus.blackboard.working import UnitDerivation
from symback.model.network import Network
from symback.verification import (
    Check,
    Claim,
    Location,
    Report,
    Verdict,
    Witness,
    verify,
)
from symback.verification.bench import Bench
from symback.verification.documents import instantiate
from symback.verification.documents.closed_forms import CLOSED_FORMS
from symback.verification.identity.identity import Identity
from symback.verification.identity.meaning import Claims
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import small_sizes
from symback.verification.units import BY_ITSELF, UnitChecks

NETWORKS = {
    "one layer": Network((3, 2)),
    "one layer, sigmoid": Network((3, 2), ("sigmoid",), "binary-cross-entropy"),
    "two layers": Network((2, 3, 4)),
    "two layers, softmax": Network((2, 3, 4), ("tanh", "softmax"), "cross-entropy"),
    "three layers": Network((2, 4, 3, 2)),
    "three layers, relu": Network((4, 2, 3, 2), ("relu", "tanh", "identity"), "squared-error"),
    "four layers": Network((2, 3, 2, 4, 3), bias=False),
    "four layers, silu": Network((3, 2, 4, 3, 2), ("silu",) * 3 + ("sigmoid",), "squared-error"),
}


@cache
def derivation(name: str) -> Derivation:
    return derive(NETWORKS[name])


@cache
def faults(name: str) -> tuple[Seeded, ...]:
    """Of each kind the fault nearest the input; in small networks also that nearest the loss."""
    by_kind: dict[str, list[Seeded]] = {}
    for fault in seeded(derivation(name)):
        by_kind.setdefault(fault.kind, []).append(fault)
    chosen = [found[-1] for found in by_kind.values()]
    if NETWORKS[name].depth < 4:
        chosen += [found[0] for found in by_kind.values() if len(found) > 1]
    return tuple(chosen)


CASES = [(name, n) for name in NETWORKS for n in range(len(faults(name)))]
OF_EACH_KIND = {faults(name)[n].kind: (name, n) for name, n in CASES}
"""In the gate every kind once, and some more."""


def judged(wrong: Derivation, *units: object) -> Report:
    return verify(wrong, units, numbers=False)


def refuted(report: Report, *claims: Claim) -> list[Check]:
    return [
        check
        for check in report.checks
        if check.verdict is Verdict.REFUTED and (not claims or check.claim in claims)
    ]


STEPWISE = (Claim.PATHS, Claim.PATH, Claim.LINK, Claim.ADJOINT)


@pytest.mark.parametrize(
    ("name", "n"), sorted({*OF_EACH_KIND.values(), *sample(CASES, 1, seed=4)}), ids=str
)
def test_a_fault_is_refused_and_located(name: str, n: int) -> None:
    fault = faults(name)[n]
    report = judged(fault.derivation)
    assert not report.ok
    found = refuted(report, *STEPWISE)
    assert {check.location.number for check in found} == {fault.step.number}, fault.kind
    assert {check.location.quantity for check in found} == {fault.step.quantity.name}
    assert Claim.ADJOINT in {check.claim for check in found}
    assert report.first_failure in found
    # What builds on it is said to inherit, and from which adjoint.
    for check in report.checks:
        if check.verdict is Verdict.INHERITED and check.claim is Claim.ADJOINT:
            assert check.about == (fault.step.quantity.name,)
            assert check.location.number > fault.step.number


def test_every_kind_of_fault_is_seeded() -> None:
    assert {fault.kind for name in NETWORKS for fault in faults(name)} == set(EDITS)


@pytest.mark.parametrize("name", NETWORKS)
def test_without_a_fault_all_is_shown(name: str) -> None:
    report = judged(derivation(name))
    assert report.ok, report.first_failure


def test_a_later_gradient_inherits() -> None:
    right = derivation("two layers")
    step = right.step_of["y_pre"]
    report = judged(with_link(right, step, len(step.links), -step.result))
    verdicts = {c.location.quantity: c for c in report.checks if c.claim is Claim.ADJOINT}
    assert verdicts["yhat"].verdict is Verdict.PROVED
    assert verdicts["y_pre"].verdict is Verdict.REFUTED
    for name in ("W2", "b2", "h1", "h1_pre", "W1", "b1"):
        assert verdicts[name].verdict is Verdict.INHERITED
        assert verdicts[name].about == ("y_pre",)


def test_a_link_before_the_last_is_located() -> None:
    right = derivation("two layers, softmax")
    step = right.step_of["h1_pre"]
    for number in range(1, len(step.links)):
        report = judged(with_link(right, step, number, 2 * step.links[number - 1].expression))
        links = refuted(report, Claim.LINK)
        assert {c.location.link for c in links} == {number, number + 1}
        assert {c.location.number for c in links} == {step.number}
        assert not refuted(report, Claim.ADJOINT)


@pytest.mark.parametrize("field", ["local", "chain", "primed", "contribution"])
def test_a_wrong_path_is_located(field: str) -> None:
    right = derivation("three layers")
    step = right.step_of["h1"]
    wrong = 2 * getattr(step.paths[0], field)
    report = judged(with_path(right, step, **{field: wrong}))
    found = refuted(report, Claim.PATH)
    assert {(c.location.number, c.location.equation) for c in found} == {(step.number, 3)}


def test_a_path_through_the_wrong_quantity_is_refused() -> None:
    right = derivation("three layers")
    step = right.step_of["h1"]
    assert refuted(judged(with_path(right, step, through="y_pre")), Claim.PATH)


def test_a_path_left_out_is_named() -> None:
    right = derivation("three layers")
    step = right.step_of["h1"]
    report = judged(with_step(right, replace(step, paths=())))
    (check,) = refuted(report, Claim.PATHS)
    assert (check.location.quantity, check.about) == ("h1", ("3",))


def test_a_missing_gradient_is_named() -> None:
    report = judged(without_step(derivation("two layers"), "b1"))
    (check,) = refuted(report, Claim.COVERAGE)
    assert check.location.quantity == "b1"


def test_a_wrong_closed_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = {
        name: replace(form, formula=f"2 * ({form.formula})") for name, form in CLOSED_FORMS.items()
    }
    monkeypatch.setattr(instantiate, "CLOSED_FORMS", twice)
    for name in ("two layers", "two layers, softmax", "one layer, sigmoid"):
        checks = [c for c in judged(derivation(name)).checks if c.claim is Claim.CLOSED_FORM]
        assert checks
        assert all(check.verdict is Verdict.REFUTED for check in checks)


def test_a_wrong_matrix_form_is_located() -> None:
    wrong = derive(NETWORKS["two layers"])
    forms = list(wrong.matrices)
    product = next(n for n, form in enumerate(forms) if form.adjoint and form.quantity.name == "W1")
    other = next(form for form in forms if form.adjoint and form.quantity.name == "W2")
    forms[product] = replace(forms[product], right=other.right)
    wrong.__dict__["matrices"] = tuple(forms)
    (check,) = refuted(judged(wrong), Claim.MATRIX)
    assert check.location == Location("W1", forms[product].number)


def test_a_wrong_chain_to_the_loss_is_located() -> None:
    class Wrong(Derivation):
        def chain(self, name: str) -> tuple[Link, ...]:
            links = super().chain(name)
            return links if name != "W1" else (links[0], replace(links[1], expression=Integer(1)))

    right = derivation("two layers")
    (check,) = refuted(judged(Wrong(right.model, right.steps)), Claim.CHAIN)
    assert (check.location.quantity, check.location.link) == ("W1", 2)


def test_sympy_refuses_a_wrong_gradient_and_says_where() -> None:
    right = derivation("two layers")
    step = right.step_of["W1"]
    report = judged(with_link(right, step, len(step.links), -step.result))
    (check,) = refuted(report, Claim.GRADIENT)
    assert check.witnesses == (Witness.SYMPY_DIFF,)
    assert check.location.quantity == "W1"
    assert check.at == (1, 1)
    assert check.values is not None


# The working of one weight ------------------------------------------------------------------------

WIDE = Network((784, 128, 10))


def working_checked(found: Derivation, unit: UnitDerivation) -> list[Check]:
    """The checks of one working alone, the derivation being right."""
    claims = Claims(found.model, {step.quantity.name: step.result for step in found.steps})
    bench = Bench(Panel(found.model, claims.adjoints, [small_sizes(found.model)]))
    checks = UnitChecks(claims, bench, [unit], Identity(claims, at_loss=True))
    checks.check(unit, found.step_of[unit.quantity.name].number)
    return bench.checks


@pytest.mark.parametrize(
    ("network", "unit"),
    sample(
        [
            (Network((2, 2, 2)), ("W1", 1, 2)),
            (Network((2, 2, 2)), ("b2", 1)),
            (Network((2, 3, 3), ("tanh", "softmax"), "cross-entropy"), ("W1", 2, 1)),
            (WIDE, ("W1", 500, 99)),
            (Network((2, 2, 6), bias=False), ("W2", 1, 4)),  # a sum over all outputs but one
            (Network((2, 3, 2, 3, 2)), ("W1", 1, 2)),  # sums that are not written out
            (Network((2,) * 9, bias=False), ("W1", 2, 1)),  # the paths put together
        ],
        5,
    ),
)
def test_every_line_of_a_working_is_checked(network: Network, unit: tuple[str, int]) -> None:
    """Each line of a short working, and every sixty-first of a long one, made wrong by itself.

    With ``--full`` it is every third.
    """
    found = derive(network)
    right = found.unit(*unit)
    assert judged(found, right).ok
    every = 1 if sum(len(chain.links) for chain in right.chains) < 40 else 3 if FULL else 61
    for position, chain in enumerate(right.chains):
        for number, link in list(enumerate(chain.links))[position % every :: every]:
            wrong = replace(link, expression=link.expression + chain.subject)
            links = (*chain.links[:number], wrong, *chain.links[number + 1 :])
            edited = replace(chain, links=links)
            chains = (*right.chains[:position], edited, *right.chains[position + 1 :])
            checks = working_checked(found, replace(right, chains=chains))
            wrong_ones = [c for c in checks if c.verdict is Verdict.REFUTED]
            places = {(c.location.chain, c.location.link) for c in wrong_ones}
            expected = {(position + 1, number + 1)}
            after = chain.links[number + 1 : number + 2]
            if after and after[0].rule not in BY_ITSELF:
                expected.add((position + 1, number + 2))
            assert places == expected


def test_a_wrong_result_of_a_working_is_refused() -> None:
    found = derive(WIDE)
    right = found.unit("W2", 3, 4)
    report = judged(found, replace(right, result=2 * right.result))
    (check,) = refuted(report, Claim.UNIT_RESULT)
    assert check.location.unit == (3, 4)


@pytest.mark.parametrize("layers", [(2, 2, 2), (2, 2, 6)])
def test_a_brace_that_does_not_vanish_is_refused(layers: tuple[int, ...]) -> None:
    found = derive(Network(layers))
    right = found.unit("W2", 1, 2)
    first = right.chains[0]
    link = first.links[0]
    kept = next(part for part in link.expression.args if not part.has(Marked))
    braced = link.expression.xreplace({kept: Marked(kept, "vanishes")})
    chain = replace(first, links=(replace(link, expression=braced), *first.links[1:]))
    report = judged(found, replace(right, chains=(chain, *right.chains[1:])))
    (check,) = refuted(report, Claim.UNIT)
    assert check.left == 0


def test_a_brace_over_the_term_that_a_sum_leaves_out_is_refused() -> None:
    found = derive(WIDE)
    right = found.unit("W2", 3, 4)
    first = right.chains[0]
    link = first.links[0]
    (sum_,) = link.expression.atoms(Sum)
    every = link.expression.xreplace(dict.fromkeys(sum_.atoms(KroneckerDelta), S.Zero))
    chain = replace(first, links=(replace(link, expression=every), *first.links[1:]))
    checks = working_checked(found, replace(right, chains=(chain, *right.chains[1:])))
    wrong = [check for check in checks if check.verdict is Verdict.REFUTED]
    assert {(check.location.chain, check.location.link) for check in wrong} == {(1, 1), (1, 2)}
    assert any(check.left == 0 for check in wrong)


@pytest.mark.parametrize("layers", [(2, 3, 2), (2,) * 9])
def test_a_total_that_misses_an_output_is_refused(layers: tuple[int, ...]) -> None:
    found = derive(Network(layers))
    right = found.unit("W1", 1, 2)
    first = right.chains[0]
    link = first.links[0]
    for term in link.expression.args:
        chain = replace(first, links=(replace(link, expression=term), *first.links[1:]))
        checks = working_checked(found, replace(right, chains=(chain, *right.chains[1:])))
        check = next(check for check in checks if check.verdict is Verdict.REFUTED)
        assert (check.location.chain, check.location.link) == (1, 1)
