"""What is said of right derivations: everything is shown, by whom, and what was left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sampling import sample
from sympy import Integer

from symback.algebra.expressions import Entry
from symback.calculus import derive
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.verification import Claim, Report, Verdict, Witness, verify
from symback.verification.documents.closed_forms import CLOSED_FORMS


def report_on(network: Network, *units: tuple[str | int, ...]) -> Report:
    derivation = derive(network)
    return verify(derivation, [derivation.unit(*unit) for unit in units], numbers=False)


def all_proved(report: Report) -> bool:
    """Whether every claim that exact identity can speak for is proved by it."""
    exact = [check for check in report.checks if Witness.IDENTITY in check.witnesses]
    others = {Witness.SMALL_INSTANCE}
    silent = [c for c in report.checks if c.verdict is Verdict.AGREES and others >= {*c.witnesses}]
    return report.ok and len(exact) > 0 and not silent


@pytest.mark.spread
@pytest.mark.parametrize("name", sample([n for n, a in ACTIVATIONS.items() if a.elementwise], 5))
def test_every_activation_is_proved(name: str) -> None:
    report = report_on(Network((2, 3, 2), (name, name), "squared-error"), ("W1", 1, 2))
    assert all_proved(report), report.first_failure


@pytest.mark.spread
@pytest.mark.parametrize("name", sample([*LOSSES], 5))
def test_every_loss_is_proved(name: str) -> None:
    output = (LOSSES[name].outputs or ("identity",))[0]
    report = report_on(Network((2, 3, 2), ("tanh", output), name), ("W1", 2, 3), ("b2", 1))
    assert all_proved(report), report.first_failure


@pytest.mark.parametrize(
    "network",
    [
        Network((2, 2, 2)),
        Network((3, 5, 4, 2), bias=False),
        Network((1, 1)),
        Network((2, 3, 2), ("x*sigmoid(x)", "g"), "(y - yhat)**4"),
        Network((2, 3, 2), weight_decay=0.1),
    ],
    ids=str,
)
def test_networks_are_proved(network: Network) -> None:
    assert all_proved(report_on(network))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_batch_is_proved(reduction: str) -> None:
    network = Network((2, 3, 2), ("tanh", "softmax"), "cross-entropy")
    report = verify(derive(network.model(reduction)), numbers=False)
    assert all_proved(report)
    assert report.facts == ("targets-sum-to-one",)
    assert report.testimony(Witness.SYMPY_DIFF).left_out == "sizes-unknown"


def test_every_working_of_a_small_network_is_proved() -> None:
    units = [(f"W{n}", j, k) for n in (1, 2) for j in (1, 2) for k in (1, 2)]
    units += [(f"b{n}", k) for n in (1, 2) for k in (1, 2)]
    report = report_on(Network((2, 2, 2)), *units)
    assert report.ok
    results = [check for check in report.checks if check.claim is Claim.UNIT_RESULT]
    assert len(results) == 12
    assert all(check.verdict is Verdict.PROVED for check in results)
    assert {Witness.IDENTITY, Witness.SMALL_INSTANCE} == {w for c in results for w in c.witnesses}
    assert len(report.of_unit("W1", (1, 2))) > 10


def test_units_far_along_a_wide_layer_are_proved() -> None:
    report = report_on(Network((784, 128, 10)), ("W1", 784, 99), ("W2", 128, 10), ("b1", 77))
    assert report.ok
    assert all(c.verdict is Verdict.PROVED for c in report.checks if c.claim is Claim.UNIT)


def test_a_deep_network_is_proved_without_recursion() -> None:
    assert all_proved(report_on(Network((2,) * 61)))


def test_what_each_witness_covered() -> None:
    report = report_on(Network((10, 9, 8)))
    identity = report.testimony(Witness.IDENTITY)
    assert (identity.claims, identity.sizes, identity.error_bits) == (identity.agreed, (), 0)
    small = report.testimony(Witness.SMALL_INSTANCE)
    assert small.agreed == small.claims > 0
    assert all(2 <= size <= 4 for _, size in small.sizes)
    assert small.error_bits >= 30
    diff = report.testimony(Witness.SYMPY_DIFF)
    assert (diff.agreed, diff.parameters) == (4, 10 * 9 + 9 + 9 * 8 + 8)


def test_sympy_is_left_out_of_large_networks_and_this_is_said() -> None:
    diff = report_on(Network((10, 10, 9))).testimony(Witness.SYMPY_DIFF)
    assert (diff.left_out, diff.limit, diff.parameters) == ("too-many-parameters", 200, 0)


def test_every_closed_form_applies_somewhere() -> None:
    networks = (
        Network((2, 3, 4, 2)),
        Network((2, 3), ("identity",), "squared-error"),
        Network((2, 3), ("identity",), "half-squared-error"),
        Network((2, 3), ("sigmoid",), "binary-cross-entropy"),
        Network((2, 3), ("softmax",), "cross-entropy"),
    )
    used = {name for network in networks for name in report_on(network).sources or {}}
    assert used == set(CLOSED_FORMS)
    assert all(form.source for form in CLOSED_FORMS.values())


def test_closed_forms_of_every_layer_are_checked() -> None:
    checks = [c for c in report_on(Network((2, 3, 4, 2))).checks if c.claim is Claim.CLOSED_FORM]
    places = {(c.about[0], c.location.quantity) for c in checks}
    assert {(f"BP{n}", q) for n, q in ((1, "y_pre"), (3, "b1"), (4, "W2"))} <= places
    assert {q for name, q in places if name == "BP2"} == {"h1_pre", "h2_pre"}
    assert {q for name, q in places if name == "hidden-weight-any-depth"} == {"W1", "W2"}


def test_a_report_is_the_same_from_run_to_run() -> None:
    network = Network((2, 3, 2), ("relu", "sigmoid"), "binary-cross-entropy")
    first, second = (report_on(network, ("W1", 1, 2)) for _ in range(2))
    assert first.testimonies == second.testimonies
    said = [
        [(c.claim, c.location, c.verdict, c.witnesses) for c in r.checks] for r in (first, second)
    ]
    assert said[0] == said[1]


def test_entries_beyond_a_range_are_refused_and_not_a_crash() -> None:
    derivation = derive(Network((2, 3, 2)))
    unit = derivation.unit("W1", 1, 2)
    wrong = replace(unit, result=unit.result + Entry("b2", Integer(9)))
    report = verify(derivation, [wrong], numbers=False)
    assert [c.claim for c in report.failures] == [Claim.UNIT_RESULT]
