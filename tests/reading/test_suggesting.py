"""What would decide an open line: lines of a model that were tried, for its author to uncomment."""

from __future__ import annotations

import re

import pytest
from sampling import sample

from symback.model.language.reader import ModelText
from symback.reading.checking import check
from symback.reading.lowering.document import Line, Lowered
from symback.reading.lowering.reading import lower_document
from symback.reading.statements.verdicts import Status
from symback.reading.suggesting.document import with_suggestions
from symback.rendering.check.model import model_of_document

TWO_LAYERS = r"$$h = \tanh(W x + b)$$" "\n\n" r"$$\hat y = V h + c$$" "\n\n"
STEPS = r"$$h_t = \tanh(W x_t + U h_{t-1} + b)$$" "\n\n" r"$$o_t = V h_t + c$$" "\n\n"
SCORES = r"$$a = W x + b$$" "\n\n"
SIGMOID = r"$$z = W x + b, \quad p = \sigma(z), \quad \sigma(u) = 1/(1+e^{-u})$$" "\n\n"
LOSS = r"$$z_k = \sum_j w_{kj} x_j, \quad L = \sum_k (z_k - t_k)^2$$" "\n\n"

# A document's equations, an open line of it with the same with a slip, and its loss.
DOCUMENTS = [
    (TWO_LAYERS, r"\frac{\partial L}{\partial V} = (\hat y - y) h^T", r"h^T", r"h"),
    (TWO_LAYERS, r"\frac{\partial L}{\partial c} = 2 (\hat y - y)", "2", "3"),
    (STEPS, r"\frac{\partial L}{\partial o_t} = o_t - y_t", "o_t - y_t", "o_t + y_t"),
    (STEPS, r"\frac{\partial L}{\partial V} = \sum_t (o_t - y_t) h_t^T", "h_t^T", "x_t^T"),
    (SIGMOID, r"\frac{\partial L}{\partial z} = p - t", "p - t", "t - p"),
    (SIGMOID, r"\frac{\partial E}{\partial b} = p - t", "p - t", "p - t x"),
    (SCORES, r"\frac{\partial E}{\partial W} = 2 (a - t) x^T", "x^T", "b^T"),
    (SCORES, r"\frac{\partial J}{\partial b} = a - t", "a - t", "t - a"),
    (TWO_LAYERS, r"\frac{\partial J}{\partial \hat y} = \hat y - y", "- y", "+ y"),
    (LOSS, r"\frac{\partial L}{\partial w_{kj}} = 2 u (z_k - t_k) x_j", "x_j", "x_k"),
]


def uncommented(model: str) -> str:
    """A model as its author leaves it, who means what is suggested."""
    said, _, lines = model.partition("# If this is meant")
    return said + "".join(re.sub(r"^# ", "", line) + "\n" for line in lines.splitlines()[1:])


def modelled(text: str) -> str:
    """What ``symback model`` prints of a document."""
    report = with_suggestions(check(text))
    found = {
        judgement.settled_by: (judgement.statement.line,)
        for judgement in report.judgements
        if judgement.settled_by
    }
    return model_of_document(lower_document(text), "notes.md", list(found.items()))


@pytest.mark.parametrize(("equations", "line", "was", "slip"), sample(DOCUMENTS, 4))
def test_an_author_who_uncomments_it_gets_verdicts(
    equations: str, line: str, was: str, slip: str
) -> None:
    text = f"{equations}$${line}$$\n"
    assert check(text).judgements[-1].status is Status.UNDECIDED
    model = uncommented(modelled(text))
    after = check(text, beside=ModelText.of(model)).judgements[-1]
    assert after.status is (Status.REFUTED if " u " in line else Status.PROVED)
    wrong = text.replace(line, line.replace(was, slip))
    assert check(wrong, beside=ModelText.of(model)).judgements[-1].status is not Status.PROVED


def test_nothing_is_suggested_that_shows_nothing() -> None:
    text = TWO_LAYERS + r"$$\frac{\partial L}{\partial V} = 7 x h^T \hat y$$" + "\n"
    assert not with_suggestions(check(text)).judgements[-1].settled_by


def test_a_document_without_open_lines_is_left_as_it_is() -> None:
    report = check(LOSS + r"$$\frac{\partial L}{\partial z_k} = 2 (z_k - t_k)$$" + "\n")
    assert with_suggestions(report) is report


def test_a_loss_left_open_may_be_said_later() -> None:
    text = "input x[k]\nparam w[k]\nz[k] = w[k] x[k]\nL = L(z[:])\n"
    assert ModelText.of(text).model().loss.name == "L"
    later = ModelText.of(text + "target t[k]\nL = sum(k, (z[k] - t[k])^2)\n").model()
    assert [equation.quantity.name for equation in later.equations] == ["z", "L"]


def test_a_model_that_does_not_read_back_says_what_is_missing() -> None:
    assert "It is no model yet" not in modelled(LOSS)
    scattered = Lowered((), (), (Line("z[1] = 2"), Line("L = z[2]")), {}, ())
    assert "# It is no model yet: line" in model_of_document(scattered, "notes.md")
