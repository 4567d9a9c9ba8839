"""What a notebook shows: every form of what a user holds, each well formed."""

from __future__ import annotations

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
        assert bundle["text/html"].count("<div><math") == count
        assert bundle["text/html"].count("</math></div>") == count
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


def test_only_what_is_asked_for_is_given() -> None:
    network = NETWORKS["2,2,2"]
    assert list(network._repr_mimebundle_(include=["text/latex"])) == ["text/latex"]
    assert list(network._repr_mimebundle_(exclude=["text/html"])) == KINDS[:-1]
    with pytest.raises(TypeError, match="int has no form"):
        mime_bundle(3)
