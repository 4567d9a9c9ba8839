"""Lines in LaTeX about a model by its equations: letters matched, in each way they can be read."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from sampling import sample

from symback.calculus import derive
from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.printing import LATEX, Printer
from symback.reading.beside.lines import Answer, answer_about
from symback.verification.report import Verdict


def asked(model: str, formula: str) -> Answer:
    return answer_about(formula, ModelText.of(library_text(model), model))


PRINTED = ["lstm", "attention", "batch-norm", "vae", "mixture-of-experts"]


def verdicts(answer: Answer) -> set[Verdict | None]:
    return {line.verdict for line in answer.judged}


LINES = tomllib.loads((Path(__file__).parents[1] / "data/beside.toml").read_text())
RIGHT, WRONG = ([tuple(line.values()) for line in LINES[kind]] for kind in ("right", "wrong"))


@pytest.mark.spread
@pytest.mark.parametrize(("model", "formula"), sample(RIGHT, 7))
def test_a_right_line_is_proved(model: str, formula: str) -> None:
    assert verdicts(asked(model, formula)) == {Verdict.PROVED}


@pytest.mark.parametrize(("model", "formula"), WRONG)
def test_a_wrong_line_is_refuted_in_every_reading(model: str, formula: str) -> None:
    assert verdicts(asked(model, formula)) == {Verdict.REFUTED}


def test_a_square_matrix_the_other_way_round_is_left_open() -> None:
    """For ``h[t-1,l] U[l,k]`` one writes ``U h`` or ``h U``: what only one makes right is open."""
    answer = asked("lstm", r"\frac{\partial L}{\partial U_o} = \sum_t \delta^o_t h_{t-1}^\top")
    assert verdicts(answer) == {Verdict.UNDECIDED}
    assert {line.reason for line in answer.judged} == {"matrix-order"}


def test_what_a_delta_is_about_is_said() -> None:
    of_sum = asked(*RIGHT[0])
    assert ("delta-of-sum", ("o", "ao")) in of_sum.readings
    assert ("delta", ("o",)) in asked(*RIGHT[1]).readings


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        (r"\delta = 3", "no derivative of the loss"),
        (r"\frac{\partial h_t}{\partial c_t} = o_t", "no derivative of the loss"),
        (r"\frac{\partial L}{\partial q_t} = o_t", "q_t is no quantity of the model"),
        (r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \zeta(c_t)", "a call"),
        (r"\frac{\partial L}{\partial o_t} = \max_k c_{tk}", "a maximum over an index"),
        (r"\frac{\partial L}{\partial o_{tk}} = c_{tj}", "the letter j is neither bound"),
        (r"\frac{\partial L}{\partial o_t} = W_o", "the left side has the shape K"),
        (r"\frac{\partial L}{\partial o_t} = x_t \odot c_t", "different shapes"),
        (r"\tanh(c_t)", "no equation"),
    ],
)
def test_what_is_not_read_is_refused_by_its_name(formula: str, part: str) -> None:
    with pytest.raises(InputError, match=part):
        asked("lstm", formula)


@pytest.mark.parametrize("name", sample(PRINTED, 1))
def test_what_is_printed_is_read(name: str) -> None:
    text = ModelText.of(library_text(name), name)
    derivation = derive(replace(text.model(), wanted=()))
    printed = Printer(LATEX, derivation.model, bounds=True)
    for step in derivation.steps:
        line = f"{printed(step.adjoint)} = {printed(step.result)}"
        assert verdicts(answer_about(line, text)) == {Verdict.PROVED}, line


KINKED = "input x[n]\nparam w[n]\nL = sum(n, max(0, w[n] x[n]))\n"
STACKED = """input x[j]
param W[k,j]
target t[k]
z[k] = sum(j, W[k,j] x[j])
L = sum(k, (z[k] - t[k])^2)
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (KINKED, r"\frac{\partial L}{\partial w_n} = x_n \mathbf{1}[w_n x_n > 0]",
         r"\frac{\partial L}{\partial w_n} = x_n \mathbf{1}[w_n x_n < 0]"),
        (STACKED, r"\frac{\partial L}{\partial z_k} = 2 ((W x)_k - t_k)",
         r"\frac{\partial L}{\partial z_k} = 2 ((W x)_k + t_k)"),
        (STACKED, r"\frac{\partial L}{\partial x} = 2 W^\top (z - t)",
         r"\frac{\partial L}{\partial x} = 2 W^\top z"),
        (library_text("batch-norm"),
         r"\frac{\partial L}{\partial \gamma_j} = \sum_n v_{nj} \frac{x_{nj} - \mu_j}"
         r"{\sqrt{\sigma_j^2 + \epsilon}}",
         r"\frac{\partial L}{\partial \gamma_j} = \sum_n v_{nj} \frac{x_{nj} - \mu_j}"
         r"{\sigma_j^2 + \epsilon}"),
    ],
)  # fmt: skip
def test_conditions_entries_and_variances_mean_what_they_say(
    text: str, right: str, wrong: str
) -> None:
    model = ModelText.of(text, "a.model")
    assert verdicts(answer_about(right, model)) == {Verdict.PROVED}
    assert verdicts(answer_about(wrong, model)) == {Verdict.REFUTED}


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial L}{\partial z_k} = 2 ((W x)_{kj} - t_k)",  # a vector has one index
        r"\frac{\partial L}{\partial x} = 2 W (z - t)_k",
        r"\frac{\partial L}{\partial z_k} = \mathbf{1}[z_k > 0 > t_k]",
    ],
)
def test_what_does_not_fit_is_said(formula: str) -> None:
    with pytest.raises(InputError):
        answer_about(formula, ModelText.of(STACKED, "a.model"))
