"""Documents and formulas from Python."""

from __future__ import annotations

import doctest
import html
import pickle
from base64 import b64decode

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


def test_a_handout_is_drawn_and_stays_a_text() -> None:
    page = symback.handout(NETWORK)
    drawn = page._repr_mimebundle_()
    assert drawn["text/plain"] == repr(str(page))
    assert drawn["text/html"].startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')
    assert html.unescape(drawn["text/html"].split('srcdoc="')[1].split('"')[0]) == page
    assert 'sandbox="allow-scripts"' in drawn["text/html"]
    assert pickle.loads(pickle.dumps(page)) == page
    assert type(page + "") is str
    page = symback.handout(NETWORK, "markdown")
    assert page._repr_mimebundle_()["text/markdown"] == page
    page = symback.handout(NETWORK, "latex")
    assert page._repr_mimebundle_()["text/markdown"].startswith("````latex\n\\documentclass")
    paper = symback.handout(NETWORK, "pdf")
    assert b64decode(paper._repr_mimebundle_()["application/pdf"]) == paper
    assert "bytes of PDF" in paper._repr_mimebundle_()["text/plain"]


def test_an_answer_says_when_the_loss_is_left_open() -> None:
    formula = "dL/db2[k] = dL/dyhat[k] * g'(y'[k])"
    said = "The loss L is left open"
    found = symback.answer(formula, NETWORK)
    assert said in repr(found)
    assert "The loss `L` is left open" in found._repr_mimebundle_()["text/markdown"]
    known = symback.Network(layers=(2, 2, 2), loss="squared-error")
    assert said not in repr(symback.answer(formula, known))


def test_latex_is_that_of_the_command() -> None:
    text = symback.to_latex(symback.derive(NETWORK))
    assert text.startswith("\\documentclass")
    assert r"\frac{\partial" in text
