"""Every formula of the founding notes stands in the document of their network."""

import tomllib
from pathlib import Path

import pytest
from rendering.formulas import equations, normal

from symback.calculus import derive
from symback.model.network import Network
from symback.rendering import render

NOTES = tomllib.loads(
    (Path(__file__).parent.parent / "data" / "founding_notes.toml").read_text("utf-8")
)


@pytest.fixture(scope="module", params=["latex", "markdown"])
def document(request):
    network = Network(layers=tuple(NOTES["layers"]), bias=NOTES["bias"])
    text = render(
        "derivation", request.param, derivation=derive(network), report=None, weights="all"
    )
    return equations(text)


@pytest.mark.parametrize(
    "fact", NOTES["formula"], ids=[f"line {fact['line']}" for fact in NOTES["formula"]]
)
def test_formula_of_the_notes(document, fact):
    assert (normal(fact["left"]), normal(fact["right"])) in document
