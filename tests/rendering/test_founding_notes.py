"""Every formula of the founding notes stands in the document of their network."""

import tomllib
from pathlib import Path

import pytest
from rendering.formulas import equations, normal, unbraced

from symback.calculus import derive
from symback.model.network import Network
from symback.rendering.render import render

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


def test_a_brace_is_part_of_a_formula(document):
    braced = [fact for fact in NOTES["formula"] if "underbrace" in fact["right"]]
    assert len(braced) == 3
    for fact in braced:
        bare = fact["right"].replace("_{=0}", "").replace("_{h_1'}", "")
        assert (normal(fact["left"]), normal(bare)) not in document


@pytest.mark.parametrize(
    "fact", NOTES["formula"], ids=[f"line {fact['line']}" for fact in NOTES["formula"]]
)
def test_formula_of_the_notes(document, fact):
    left, right = normal(fact["left"]), normal(fact["right"])
    if "underbrace" not in right:  # of two alike, the notes draw braces in the first only
        document = {(subject, unbraced(formula)) for subject, formula in document}
    assert (left, right) in document
