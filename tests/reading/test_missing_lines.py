"""The lines that a document leaves out: shown by its open lines, tried, and told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from running import Symback

from symback.reading.checking import check
from symback.reading.statements.verdicts import DocumentReport, Status
from symback.reading.suggesting.document import with_suggestions
from symback.reading.suggesting.missing import Evidence

SOFTMAX = (
    r"$$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$ where $\sum_i y_i = 1$."
    "\n\n"
    r"$$\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$$"
)
LOGITS = (
    r"\frac{\partial L}{\partial z_j} = \sum_i \frac{\partial L}{\partial p_i}"
    r" \frac{\partial p_i}{\partial z_j} = p_j - y_j"
)
NUMBERED = (
    r"$$z_1 = W_1 x + b_1, \quad a_1 = g(z_1)$$ $$z_2 = W_2 a_1 + b_2, \quad a_2 = g(z_2)$$"
    r"$$z_3 = W_3 a_2 + b_3$$"
)
CHAIN = (
    r"\frac{\partial L}{\partial b_2} = \frac{\partial L}{\partial a_3} \cdot"
    r" \frac{\partial a_3}{\partial z_3} \cdot \frac{\partial z_3}{\partial a_2} \cdot"
    r" \frac{\partial a_2}{\partial z_2} \cdot \frac{\partial z_2}{\partial b_2}"
)
FORWARD = (
    r"The objective is $J = L + s$, and $\frac{\partial J}{\partial s} = 1$. By the chain rule"
    r" through $\frac{\partial \mathbf{o}}{\partial \mathbf{h}}$,"
    r" $\frac{\partial \mathbf{h}}{\partial \mathbf{z}}$ and"
    r" $\frac{\partial \mathbf{o}}{\partial \mathbf{W}^{(2)}}$"
)
HIDDEN = (
    r"\frac{\partial J}{\partial \mathbf{z}} = \frac{\partial J}{\partial \mathbf{h}}"
    r" \frac{\partial \mathbf{h}}{\partial \mathbf{z}} = \frac{\partial J}{\partial \mathbf{h}}"
    r" \odot \phi'(\mathbf{z})"
)
PENALTY = r"\frac{\partial s}{\partial \mathbf{W}^{(1)}} = \lambda \mathbf{W}^{(1)}"

# A document, an open line of it, what is missing, and a slip in the line.
CASES = [
    (SOFTMAX, LOGITS, "L = sum(i, -y[i] log(p[i]))", ("p_j - y_j", "y_j - p_j")),
    (NUMBERED, CHAIN, "a_3 = g(z_3)", (r"\frac{\partial a_2}{\partial z_2} \cdot", "")),
    (FORWARD, HIDDEN, "h = phi(z)", (r"\phi'", r"\phi")),
    (FORWARD, PENALTY, "s = lambda/2 (sum(i, j, W1[i,j]^2))", (r"\lambda", r"2 \lambda")),
]


def text_of(document: str, line: str) -> str:
    return f"{document}\n\n$${line}$$\n"


def suggested(text: str) -> DocumentReport:
    return with_suggestions(check(text, path="notes.md"), tries=True)


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("document", "line", "missing", "slip"), CASES)
def test_an_author_who_accepts_them_gets_verdicts(
    document: str, line: str, missing: str, slip: tuple[str, str]
) -> None:
    text = text_of(document, line)
    assert check(text, path="notes.md").judgements[-1].status is Status.UNDECIDED
    lines = suggested(text).judgements[-1].settled_by
    assert missing in lines
    assert check(text, path="notes.md", lines=lines).judgements[-1].status is Status.PROVED
    wrong = text.replace(line, line.replace(*slip))
    assert wrong != text
    after = check(wrong, path="notes.md", lines=lines).judgements[-1].status
    assert after not in (Status.PROVED, Status.AGREES)


@pytest.mark.parametrize(("document", "line", "missing", "slip"), CASES)
def test_nothing_is_suggested_for_a_slip(
    document: str, line: str, missing: str, slip: tuple[str, str]
) -> None:
    judgement = suggested(text_of(document, line.replace(*slip))).judgements[-1]
    assert not judgement.settled_by


def test_what_is_missing_is_named_without_trying() -> None:
    text = text_of(NUMBERED, CHAIN)
    told = with_suggestions(check(text, path="notes.md")).judgements[-1]
    assert told.arguments["line"] == "a_3 = g(z_3)"
    given = text_of(NUMBERED, r"\frac{\partial z_3}{\partial a_2} = W_3 + \kappa u")
    told = with_suggestions(check(given, path="notes.md")).judgements[-1]
    assert told.reason == "undeclared"
    assert told.arguments["line"] == "input u, kappa"


def test_shapes_are_asked_for_where_numbers_or_arrays_are_meant() -> None:
    text = r"$$L = \frac{1}{2n} \|y - X w\|^2$$ $$\nabla_w L = -\frac{1}{n} X^T (y - X w)$$"
    *rest, last = check(text).judgements
    about = {"of": "y, w"}
    still_open = replace(last, status=Status.UNDECIDED, reason="numbers-or-arrays", arguments=about)
    evidence = Evidence([*rest, still_open])
    assert evidence.line_for(still_open) == "input X[n,j], w[j], y[n]"
    assert evidence.missing().shapes == ("X[n,j]", "w[j]", "y[n]")


def test_the_command_ends_with_the_line_and_the_model_has_it(
    symback_command: Symback, tmp_path: object
) -> None:
    from pathlib import Path

    notes = Path(str(tmp_path)) / "notes.md"
    notes.write_text(text_of(NUMBERED, CHAIN), encoding="utf-8")
    said = " ".join(symback_command("check", str(notes)).out.split())
    assert "as a_3 = g(z_3), here or in a file beside it (--model)" in said
    assert "# a_3 = g(z_3)\n" in symback_command("model", str(notes)).out
