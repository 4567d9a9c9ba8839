"""Documents and formulas from Python."""

from __future__ import annotations

import doctest

import pytest

import symback
from symback import api

NETWORK = symback.Network(layers=(2, 2, 2))
RIGHT = r"$$z = w x$$ $$\frac{dz}{dw} = x$$"


def test_the_examples() -> None:
    found = doctest.testmod(api)
    assert found.attempted > 4
    assert not found.failed


def test_a_document_is_checked() -> None:
    report = symback.check(RIGHT)
    assert [j.status.value for j in report.statements] == ["DEFINITION", "PROVED"]
    wrong = symback.check(RIGHT.replace("= x$$", "= w$$", 1) + r"$$\frac{dz}{dw} = w$$")
    assert repr(report).endswith("proved 1 of 1, refuted 0, unread 0")
    assert set(report._repr_mimebundle_()) == {"text/plain", "text/markdown"}
    assert report._repr_mimebundle_()["text/markdown"].startswith("# A text, checked\n")
    assert not wrong.counts.refuted or not wrong.ok
    with pytest.raises(symback.InputError, match="unknown kind"):
        symback.check(RIGHT, kind="word")


def test_a_formula_is_decided() -> None:
    right = "dL/dW2[1,2] = dL/dyhat[2] * g'(y'[2]) * h[1]"
    assert symback.answer(right, NETWORK)
    wrong = symback.answer(right.replace("h[1]", "h[2]"), NETWORK)
    assert not wrong
    assert wrong.status == "REFUTED"
    assert repr(wrong).startswith("REFUTED\n")
    drawn = wrong._repr_mimebundle_()["text/markdown"]
    assert drawn.startswith("**REFUTED**\n\n```text\n")
    drawn = symback.answer(right, NETWORK)._repr_mimebundle_()["text/markdown"]
    assert drawn.startswith(f"**PROVED**\n\n```text\n{right}\n")
    latex = r"\frac{\partial L}{\partial b_1^{(2)}} = \frac{\partial L}{\partial \hat y_1} g'(y_1')"
    drawn = symback.answer(latex, NETWORK)._repr_mimebundle_()["text/markdown"]
    assert drawn.startswith(f"**PROVED**\n\n$$\n{latex}\n$$\n\nBoth sides are the same")
    with pytest.raises(symback.InputError, match="is no network"):
        symback.answer(right, "2,2,2")  # type: ignore[arg-type]


def test_a_handout_is_written() -> None:
    page = symback.handout(NETWORK, title="Week 5")
    assert isinstance(page, str)
    assert page.lower().startswith("<!doctype html>")
    assert "Week 5" in page
    assert symback.handout(symback.derive(NETWORK), "pdf")[:5] == b"%PDF-"
    with pytest.raises(symback.InputError, match="no format 'docx'"):
        symback.handout(NETWORK, "docx")


def test_latex_is_that_of_the_command() -> None:
    text = symback.to_latex(symback.derive(NETWORK))
    assert text.startswith("\\documentclass")
    assert r"\frac{\partial" in text
