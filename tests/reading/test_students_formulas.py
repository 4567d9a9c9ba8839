"""What a student types for a gradient: limits of sums, samples, lines, signs around it, layers."""

from __future__ import annotations

import pytest

import symback
from symback import Network
from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.reading.answering import answer_side
from symback.reading.beside.lines import answer_typed

NOTES = Network(layers=(2, 2, 2))
WIDE = Network(layers=(3, 4, 2), activations=("tanh", "identity"), loss="half-squared-error")
ONE = Network(layers=(2, 3, 1), activations=("relu", "sigmoid"), loss="binary-cross-entropy")
SOFTMAX = Network(layers=(2, 2), activations=("softmax",), loss="cross-entropy")
SIGMOIDS = Network(layers=(2, 2, 2), activations=("sigmoid", "sigmoid"), loss="half-squared-error")
BATCH = Network(
    layers=(2, 3, 1), activations=("tanh", "sigmoid"), loss="binary-cross-entropy", batch=True
)
LINEAR = Network(layers=(1, 1), activations=("identity",), loss="half-squared-error", batch=True)
CLASSES = Network(
    layers=(2, 3, 2), activations=("sigmoid", "softmax"), loss="cross-entropy", batch=True
)
DECAYING = Network(
    layers=(2, 3, 2), activations=("sigmoid", "identity"), loss="half-squared-error",
    batch=True, weight_decay=0.1,
)  # fmt: skip

HIDDEN = (
    r"\frac{\partial L}{\partial W^{(1)}_{jk}} = "
    r"x_j (1-h_k^2) \sum_{i=1}^{%s} (\hat y_i - y_i) W^{(2)}_{ki}"
)
BIAS = r"\frac{\partial L}{\partial b_1^{(1)}} = f'(h_1') \sum_{i=%s} \delta_i^{(2)} W^{(2)}_{1i}"
FIRST = (
    r"\frac{\partial L}{\partial W^{(1)}_{j1}} = "
    r"\frac{1}{N} \sum_{s=1}^{%s} (\hat y_{s1} - y_{s1}) x_{sj}"
)
LOGISTIC = Network(layers=(2, 1), activations=("sigmoid",), loss="binary-cross-entropy", batch=True)

RIGHT = [
    (WIDE, HIDDEN % "2"),
    (WIDE, HIDDEN % "K"),
    (WIDE, r"\hat y_k = \sum_{j=1}^{4} W^{(2)}_{jk} h_j + b^{(2)}_k"),
    (NOTES, BIAS % "1}^{2"),
    (NOTES, r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^{2} \delta_k^{(1)} W^{(1)}_{jk}"),
    (LOGISTIC, FIRST % "N"),
    (LINEAR, "dL/db1[1] = W1[1,1]/N * sum(s, x[s,1]) + b1[1] - 1/N sum(s, y[s,1])"),
    (CLASSES, "dL/dW2 = h.T @ (yhat - y) / N"),
    (NOTES, "dL/db2[1] = delta2[1]\ndL/db2[2] = delta2[2]"),
    (NOTES, "dL/dW2[1,2] = dL/dy'[2] h[1]\n = h[1] delta2[2]"),
    (NOTES, "dL/dW2[1,2] = h[1]\n delta2[2]"),
    (NOTES, "0 = dL/dW2[1,2] - h[1] delta2[2]"),
    (SOFTMAX, "dL/dy'[k] = softmax(k, y'[k]) - y[k]"),
    (ONE, "dL/dh[k] = (yhat - y) W2[k]"),
    (NOTES, "dL/dW2[1,2] = h[1] delta2[2]."),
    (NOTES, "$dL/dW2[1,2] = h[1]*delta2[2]$"),
    (NOTES, "`dL/dW2[1,2] = h[1] delta2[2]`"),
    (NOTES, "dL/dW2[1,2]\u200b = h[1] delta2[2]"),
    (NOTES, r"\[ \frac{\partial L}{\partial W^{(2)}_{12}} = h_1 \delta^{(2)}_2 \]"),
    (NOTES, "dL/dh[k] = Σᵢ₌₁² δᵢ⁽²⁾ Wₖᵢ⁽²⁾"),
    (NOTES, r"\frac{\partial L}{\partial W_2} = h^T \delta_2"),
    (NOTES, r"\delta_1 = (W_2 \delta_2) \odot f'(h')"),
    (NOTES, "∂L/∂W₂ = hᵀ δ₂"),
]
LOGISTIC_MEAN = r"\frac{1}{N} \sum_{n=1}^{N} (\hat y_n - y_n)"
RIGHT += [
    (LOGISTIC, r"\frac{\partial L}{\partial b^{(1)}} = " + LOGISTIC_MEAN),
    (LOGISTIC, rf"\frac{{\partial L}}{{\partial W^{{(1)}}_j}} = {LOGISTIC_MEAN} x_{{nj}}"),
    (LINEAR, "dL/db1 = 1/N sum(s, yhat[s] - y[s])"),
    (Network(layers=(2, 3, 2)),
     r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^{1+2} W_{jk}^{(1)} \delta_k^{(1)}"),
]  # fmt: skip
WRONG = [
    (LOGISTIC, "dL/dW1[j,1] = 1/N sum(s, (yhat[s] + y[s]) x[s,j])"),
    (LOGISTIC, r"\frac{\partial L}{\partial b^{(1)}} = \sum_{n=1}^{N} (\hat y_n - y_n)"),
    (
        Network(layers=(2, 3, 2)),
        r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^{1+1} W_{jk}^{(1)} \delta_k^{(1)}",
    ),
    (WIDE, HIDDEN % "1"),
    (WIDE, HIDDEN % "3"),
    (WIDE, HIDDEN % "4"),
    (WIDE, HIDDEN % "n-1"),
    (WIDE, HIDDEN % "2n"),
    (NOTES, BIAS % "1}^{K-1"),
    (NOTES, BIAS % "2}^{2"),
    (NOTES, BIAS % "1}^{3"),
    (LOGISTIC, FIRST % "N-1"),
    (LOGISTIC, FIRST % "4"),
    (LINEAR, "dL/db1[1] = W1[1,1]/N * sum(s, x[s,1]) + 4 b1[1]/N - 1/N sum(s, y[s,1])"),
    (NOTES, "dL/db2[1] = delta2[1]\ndL/db2[2] = delta2[1]"),
    (NOTES, "0 = dL/dW2[1,2] - h[1] delta2[1]"),
    (NOTES, "dL/dW2[1,2] = h[1] delta2[2] + 0/0"),
    (NOTES, "dL/dW2[0,1] = delta2[1] h[0]"),
    (SOFTMAX, "dL/dy'[k] = softmax(k, y'[k]) + y[k]"),
    (ONE, "dL/dh[k] = (yhat - y) W2[1]"),
    (NOTES, "dL/dW2[1,2] = h[1] delta2[1]."),
    (NOTES, "dL/dh[k] = Σᵢ₌₁ δᵢ⁽²⁾ Wᵢₖ⁽²⁾"),
    (NOTES, r"\frac{\partial L}{\partial W_2} = h \delta_2"),
    (NOTES, r"\frac{\partial L}{\partial b_1} = \delta_2"),
]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("network", "formula"), RIGHT)
def test_right_ones_hold(network: Network, formula: str) -> None:
    assert symback.answer(formula, network).status in ("PROVED", "AGREES")


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("network", "formula"), WRONG)
def test_wrong_ones_do_not(network: Network, formula: str) -> None:
    assert symback.answer(formula, network).status in ("REFUTED", "UNDECIDED")


IN_NOTATIONS = [
    ("deeplearning.ai", BATCH, r"dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}", r"\frac{1}{m} ", ""),
    ("deeplearning.ai", BATCH, r"dZ^{[2]} = A^{[2]} - Y", "A", r"\frac{1}{m} A"),
    ("row-vector", CLASSES,
     r"\frac{\partial L}{\partial W^{(2)}} = \frac{1}{n} H^\top (\hat Y - Y)",
     r"H^\top (\hat Y - Y)", r"H (\hat Y - Y)^\top"),
    ("nielsen", DECAYING,
     r"\frac{\partial C}{\partial b_k^{3}} = \frac{1}{n} \sum_s (a_k^{s,3} - y_k^{s})",
     "- y", "+ y"),
    ("nielsen", DECAYING, r"\delta_k^{s,3} = \frac{1}{n} (a_k^{s,3} - y_k^{s})", "- y", "+ y"),
    ("ufldl", DECAYING,
     r"\frac{\partial J}{\partial b_k^{(2)}} = \frac{1}{m} \sum_i (a_k^{(3)(i)} - y_k^{(i)})",
     "- y", "+ y"),
    ("mazur", SIGMOIDS, r"\frac{\partial E_{total}}{\partial w_6} = \delta_{o1} out_{h2}",
     "h2", "h1"),
    ("mazur", SIGMOIDS, r"\frac{\partial E_{total}}{\partial b_3} = \delta_{o1}", "b_3", "b_4"),
    ("mazur", SIGMOIDS,
     r"\frac{\partial E_{total}}{\partial w_1} = "
     r"(\delta_{o1} w_5 + \delta_{o2} w_7) out_{h1} (1 - out_{h1}) i_1", "w_7", "w_6"),
    ("bishop", SIGMOIDS, r"\frac{\partial E}{\partial w^{(2)}_{10}} = \delta_1^{(2)}",
     r"\delta_1", r"\delta_2"),
]  # fmt: skip


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("notation", "network", "formula", "was", "slip"), IN_NOTATIONS)
def test_a_notation_says_what_a_letter_stands_for(
    notation: str, network: Network, formula: str, was: str, slip: str
) -> None:
    assert symback.answer(formula, network, notation=notation).status == "PROVED"
    assert was in formula
    wrong = symback.answer(formula.replace(was, slip, 1), network, notation=notation)
    assert wrong.status in ("REFUTED", "UNDECIDED")


def test_samples_as_columns_are_said_and_their_sizes_are_those() -> None:
    said = str(symback.answer("dL/dW2 = h @ (yhat - y).T / N", CLASSES))
    assert "h: 2×7" in said
    assert "a vector is a column" in said
    assert "h: 7×2" in str(symback.answer("dL/dW2 = h.T @ (yhat - y) / N", CLASSES))


@pytest.mark.parametrize(
    "formula",
    [
        "dL/dh[1] = dL/dy'[1] dy'[1]/dh[1]",
        "dL/dW1[1,2] = dL/dy'[1] dy'[1]/dh[2] dh[2]/dh'[2] dh'[2]/dW1[1,2]",
        r"\frac{\partial L}{\partial h_1} = "
        r"\frac{\partial L}{\partial y_1'} \frac{\partial y_1'}{\partial h_1}",
    ],
)
def test_what_goes_through_the_other_unit_is_named_in_every_factor(formula: str) -> None:
    (found,) = [each for each in symback.answer(formula, NOTES).judgement.diagnoses if each.repair]
    assert found.repair is not None
    for start, end, piece in sorted(found.repair.edits, reverse=True):
        formula = formula[:start] + piece + formula[end:]
    assert symback.answer(formula, NOTES).status == "PROVED"


def test_a_repair_that_does_not_read_back_is_none() -> None:
    network = Network(layers=(2, 2, 2), activations=("sigmoid", "softmax"), loss="cross-entropy")
    found = symback.answer("dL/dyhat[k] = yhat[k] - y[k]", network).judgement
    assert found.diagnoses
    assert not any(each.repair for each in found.diagnoses)


@pytest.mark.parametrize("formula", [123, None])
def test_what_is_no_text_is_refused(formula: object) -> None:
    with pytest.raises(InputError, match="a formula is text, not"):
        symback.answer(formula, NOTES)  # type: ignore[arg-type]


def test_places_are_those_of_what_was_typed() -> None:
    typed = r"\[ \frac{\partial L}{\partial W^{(2)}_{jk}} = (\hat y_k + y_k) h_j. \]"
    network = Network(layers=(2, 3, 2), activations=("sigmoid", "softmax"), loss="cross-entropy")
    (found,) = [each for each in symback.answer(typed, network).judgement.diagnoses if each.repair]
    assert found.repair is not None
    ((start, end, _),) = found.repair.edits
    assert typed[start:end].strip() == "+"


def test_a_lost_mean_is_not_said_to_be_a_number_of_times() -> None:
    said = str(symback.answer("dL/db1[1] = sum(s, yhat[s,1] - y[s,1])", LOGISTIC))
    assert "REFUTED" in said
    assert "times the left" not in said


@pytest.mark.parametrize("given", ["$h[1] delta2[2]$.", "`h[1] delta2[2]`", "h[1] delta2[2]."])
def test_what_is_given_for_a_quantity_is_typed_as_freely(given: str) -> None:
    assert answer_side("dL/dW2[1,2]", given, NOTES).status == "PROVED"
    slip = given.replace("delta2[2]", "delta2[1]")
    assert answer_side("dL/dW2[1,2]", slip, NOTES).status == "REFUTED"


def test_lines_about_a_model_are_typed_as_freely() -> None:
    text = ModelText.of(library_text("softmax-regression"))
    assert answer_typed("`db[k] = sum(n, dz[n,k])`.", text).holds
    assert not answer_typed("`db[k] = 2 sum(n, dz[n,k])`.", text).is_open
    line = r"$\frac{\partial L}{\partial b} = \sum_n \frac{\partial L}{\partial z_n}$."
    assert answer_typed(line, text).holds
