"""Reasons are part of what is claimed: codes, numbers, the order of links; sums and circles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sampling import covering
from seeding import with_link, with_step
from sympy import Expr, Integer, Tuple

from symback.algebra.expressions import Partial, Sum
from symback.calculus import Derivation, derive
from symback.calculus.derivation import Rule, Step
from symback.model.network import Network
from symback.verification import Claim, Report, Verdict, verify
from symback.verification.reasons import follows

NETWORKS = {
    "generic": Network((2, 3, 2)),
    "softmax": Network((2, 3, 4), ("tanh", "softmax"), "cross-entropy"),
    "sigmoid": Network((3, 2), ("sigmoid",), "binary-cross-entropy"),
    "decay": Network((2, 3, 2), weight_decay=0.1),
}
RULES = (
    Rule.GENERIC_LOSS, Rule.DIFFERENTIATE_LOSS, Rule.ONE_FRACTION, Rule.CHAIN, Rule.LOCAL,
    Rule.COLLAPSE, Rule.ONE, Rule.FUNCTION, Rule.UPSTREAM, Rule.FACT,
)  # fmt: skip


def refuted(report: Report, *claims: Claim) -> set[tuple[int, int]]:
    return {
        (check.location.number, check.location.link)
        for check in report.checks
        if check.verdict is Verdict.REFUTED and (not claims or check.claim in claims)
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_every_reason_holds_and_no_other_code_does(name: str) -> None:
    found = derive(NETWORKS[name])
    for step in found.steps:
        before = step.adjoint
        for number, link in enumerate(step.links, start=1):
            for rule in RULES:
                links = list(step.links)
                links[number - 1] = replace(link, rule=rule)
                other = replace(step, links=(*links,))
                holds = follows(found.model, other, number, before)
                assert holds == (rule is link.rule), (step.quantity.name, number, rule)
            before = link.expression


@pytest.mark.parametrize("name", NETWORKS)
def test_a_wrong_reason_is_refused_and_located(name: str) -> None:
    found = derive(NETWORKS[name])
    step = found.steps[len(found.steps) // 2]
    number = len(step.links)
    links = (*step.links[:-1], replace(step.links[-1], rule=Rule.ONE_FRACTION))
    report = verify(with_step(found, replace(step, links=links)), numbers=False)
    assert refuted(report) == {(step.number, number)}
    assert report.first_failure is not None
    assert report.first_failure.about == ("reason",)


@pytest.mark.parametrize("name", ["softmax", "sigmoid"])
def test_links_in_another_order_are_refused(name: str) -> None:
    found = derive(NETWORKS[name])
    for step in found.steps:
        for number in range(1, len(step.links)):
            links = list(step.links)
            links[number - 1 : number + 1] = links[number], links[number - 1]
            report = verify(with_step(found, replace(step, links=(*links,))), numbers=False)
            assert {at for at, _ in refuted(report)} == {step.number}


def test_a_wrong_number_is_refused() -> None:
    found = derive(NETWORKS["generic"])
    for position, step in enumerate(found.steps):
        report = verify(with_step(found, replace(step, number=1)), numbers=False)
        assert {c.location.quantity for c in report.checks if c.verdict is Verdict.REFUTED} == {
            step.quantity.name
        }, position


LIMITS = {
    "from 2": lambda index, first, last: (index, Integer(2), last),
    "from 0": lambda index, first, last: (index, Integer(0), last),
    "to n - 1": lambda index, first, last: (index, first, last - 1),
    "to n + 1": lambda index, first, last: (index, first, last + 1),
}


def with_limits(derivation: Derivation, kind: str) -> Iterator[tuple[Step, Expr]]:
    for step in derivation.steps:
        sums = {
            node: Sum(node.function, *(Tuple(*LIMITS[kind](*limit)) for limit in node.limits))
            for node in step.result.atoms(Sum)
        }
        if sums:
            yield step, step.result.xreplace(sums)


@pytest.mark.parametrize(
    ("kind", "network"), covering(LIMITS, [Network((2, 3, 4, 2)), Network((784, 128, 10))]), ids=str
)
def test_a_sum_over_another_range_is_refused_and_located(kind: str, network: Network) -> None:
    found = derive(network)
    for step, wrong in with_limits(found, kind):
        report = verify(with_link(found, step, len(step.links), wrong), numbers=False)
        assert {at for at, _ in refuted(report, Claim.LINK, Claim.ADJOINT)} == {step.number}


def test_a_step_that_rests_on_itself_is_refused() -> None:
    found = derive(NETWORKS["generic"])
    for step in found.steps[1:]:
        report = verify(with_link(found, step, len(step.links), step.adjoint), numbers=False)
        assert step.number in {at for at, _ in refuted(report)}, step.quantity.name


def test_steps_that_rest_on_each_other_are_refused() -> None:
    found = derive(NETWORKS["generic"])
    later, earlier = found.step_of["h1_pre"], found.step_of["h1"]
    wrong = earlier.result + 0 * later.result + Partial(found.loss, later.quantity.entry)
    report = verify(with_link(found, earlier, len(earlier.links), wrong), numbers=False)
    assert (earlier.number, 0) in refuted(report, Claim.ADJOINT)


def test_with_a_root_the_step_that_is_wrong_is_blamed() -> None:
    """Residues lack half of all roots; where they cannot say, sixty digits do."""
    network = Network((2, 3, 2), ("x/sqrt(1+x**2)", "identity"), "squared-error")
    found = derive(network)
    for name in ("h1_pre", "W1"):
        step = found.step_of[name]
        report = verify(with_link(found, step, len(step.links), 2 * step.result), numbers=False)
        assert {at for at, _ in refuted(report, Claim.ADJOINT)} == {step.number}
