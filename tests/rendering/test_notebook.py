"""What a notebook shows: every form of what a user holds, each well formed."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

import symback
from symback.rendering.notebook import mime_bundle

NETWORKS = {
    "2,2,2": symback.Network((2, 2, 2)),
    "784,128,10": symback.Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"),
    "own": symback.Network((2, 3, 2), ("x*sigmoid(x)", "g"), "(y-yhat)**4", batch=True),
    "deep": symback.Network((2,) * 8),
}
KINDS = ["text/plain", "text/latex", "text/markdown", "text/html"]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_and_its_gradients_have_every_form(name: str) -> None:
    network = NETWORKS[name]
    derivation = symback.derive(network)
    for shown, count in (
        (network, len(network.model().equations)),
        (derivation, len(derivation.gradients)),
    ):
        bundle = shown._repr_mimebundle_()
        assert list(bundle) == KINDS
        assert len(bundle["text/plain"].splitlines()) == count
        assert bundle["text/latex"].count("&=") == count
        assert bundle["text/markdown"].count("$$") == 2 * count
        assert bundle["text/html"].count("<span><math") == count
        assert ElementTree.fromstring(bundle["text/html"].replace("&nbsp;", " ")).tag == "div"
        assert shown._repr_mimebundle_() == bundle


def test_the_gradients_are_those_of_the_derivation() -> None:
    lines = symback.derive(NETWORKS["2,2,2"])._repr_mimebundle_()["text/plain"].splitlines()
    assert lines[-1] == "∂ℒ/∂bₖ⁽²⁾ = ∂ℒ/∂ŷₖ · g′(yₖ′)"


def test_a_report_says_what_each_witness_says() -> None:
    report = symback.verify(symback.derive(NETWORKS["2,2,2"]))
    bundle = report._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "text/markdown", "text/html"]
    lines = bundle["text/plain"].splitlines()
    assert len(lines) == 1 + len(report.testimonies)
    html = ElementTree.fromstring(bundle["text/html"])
    assert [item.text for item in html] == lines


def test_whatever_has_formulas_is_drawn() -> None:
    derivation = symback.derive(NETWORKS["2,2,2"])
    unit = derivation.unit("W1", 1, 2)
    recurrent = symback.read_model(
        "input x[t]\nparam u\nh[0] = 0\nh[t] = tanh(u h[t-1] + x[t])\nL = h[T]^2\n"
    )
    for shown, equals in (
        (derivation.gradients["W1"], 2),
        (unit, sum(len({link.expression for link in c.links}) for c in unit.chains)),
        (derivation.matrices, 13 - 1 + 1),
        (derivation.matrices[0], 1),
        (recurrent, 3),
        (symback.derive(recurrent), 1),
    ):
        bundle = shown._repr_mimebundle_()  # type: ignore[attr-defined]
        assert list(bundle) == KINDS
        assert bundle["text/latex"].count("&=") == equals, shown
        assert bundle["text/html"].count("<span><math") == equals
        # Signs stand under one another in text, too, where a chain goes on.
        first, *others = bundle["text/plain"].splitlines()
        if others and others[0].startswith(" "):
            assert others[0].index("=") == first.index("=")


def test_without_a_model_there_is_text_alone() -> None:
    gradient = replace(symback.derive(NETWORKS["2,2,2"]).gradients["W1"], model=None)
    assert list(gradient._repr_mimebundle_()) == ["text/plain"]


def test_only_what_is_asked_for_is_given() -> None:
    network = NETWORKS["2,2,2"]
    assert list(network._repr_mimebundle_(include=["text/latex"])) == ["text/latex"]
    assert list(network._repr_mimebundle_(exclude=["text/html"])) == KINDS[:-1]
    with pytest.raises(TypeError, match="int has no form"):
        mime_bundle(3)
