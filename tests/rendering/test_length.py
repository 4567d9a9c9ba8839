"""A derivation in LaTeX or Markdown is no longer than the handout about the same."""

from __future__ import annotations

from functools import cache

import pytest
from sampling import covering

from symback.calculus import Derivation, derive
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.rendering.handout import entries_for, write_handout
from symback.rendering.render import render
from symback.verification import Report, verify

SUBJECTS = {
    "2-2-2": Network((2, 2, 2)),
    "3-5-4-2": Network((3, 5, 4, 2)),
    "784-128-10": Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"),
    "lstm": ModelText.of(library_text("lstm"), "lstm").model(),
    "batch-norm": ModelText.of(library_text("batch-norm"), "batch-norm").model(),
}


@cache
def proved(name: str) -> tuple[Derivation, Report]:
    derivation = derive(SUBJECTS[name])
    entries = entries_for(derivation, "standard", None)
    return derivation, verify(
        derivation, [derivation.unit(a, *at) for a, at in entries], numbers=False
    )


@pytest.mark.spread
@pytest.mark.parametrize(("name", "format"), covering(SUBJECTS, ["latex", "markdown"]))
def test_a_derivation_is_no_longer_than_its_handout(name: str, format: str) -> None:
    derivation, report = proved(name)
    short = render("derivation", format, derivation=derivation, report=report)
    handout = write_handout(format, derivation=derivation, report=report).content.decode()
    assert len(short) <= len(handout)
    if name == "2-2-2":
        whole = render("derivation", format, derivation=derivation, report=report, weights="all")
        assert len(whole) > 1.5 * len(handout), "all of them, where they are asked for"
        assert "with respect to" in short
