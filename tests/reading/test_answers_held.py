"""An answer is held against the names, the samples and the units of the network it is about."""

from __future__ import annotations

import pytest
from sampling import sample

import symback
from symback.model.network import Network

BATCH = Network((2, 3, 2), ("tanh", "sigmoid"), "binary-cross-entropy", batch=True)
CLASSES = Network((2, 3, 2), ("sigmoid", "softmax"), "cross-entropy", batch=True)
ONE = Network((2, 3, 1), ("tanh", "sigmoid"), "binary-cross-entropy", batch=True)
DECAYED = Network(
    (2, 3, 1), ("sigmoid", "sigmoid"), "binary-cross-entropy", batch=True, weight_decay=0.01
)
SUMMED = Network((2, 3, 2), ("relu", "softmax"), "cross-entropy", batch=True, reduction="sum")
MAZUR = Network((2, 3, 1), ("sigmoid", "identity"), "half-squared-error", batch=True)
DEEP = Network((2, 2, 2, 2), ("sigmoid",) * 3, "half-squared-error")
LINEAR = Network((2, 3, 2), ("sigmoid", "identity"), "half-squared-error")

OPEN = [
    # A sum ends before the next sign.
    (CLASSES, None, r"\frac{\partial L}{\partial b^{(2)}_k} = \frac1N \sum_n \hat y_{nk} - y_{nk}"),
    (CLASSES, None, "dL/db2[k] = 1/N sum_n yhat[n,k] - y[n,k]"),
    # One letter for two ranges, and two for the samples.
    (LINEAR, None, r"\frac{\partial L}{\partial x_i} = \sum_{j=1}^{K} W^{(1)}_{ij} h_j (1-h_j) "
     r"\sum_{k=1}^{K} W^{(2)}_{jk} (\hat y_k - y_k)"),
    (CLASSES, None, r"\frac{\partial L}{\partial b^{(2)}_k} = "
     r"\frac{1}{N} \sum_{n=1}^{m} (\hat y_{nk} - y_{nk})"),
    # A sum from 0 to the number of samples has a term too many.
    (CLASSES, None, r"\frac{\partial L}{\partial b^{(2)}_k} = "
     r"\frac{1}{N} \sum_{n=0}^{N} (\hat y_{nk} - y_{nk})"),
    # Names that nothing has.
    (MAZUR, "mazur", r"\frac{\partial E_{total}}{\partial w^{(2)}_{11}} = "
     r"\frac1N \sum_s \delta_{q1}^{(s)} out_{h1}^{(s)}"),
    (DEEP, "mazur", r"\frac{\partial E_{total}}{\partial w_{9}} = \delta_{o1} out_{h1}"),
    (DEEP, "mazur", r"\delta_1 = (out_{o1} - target_{o1}) out_{o1} (1 - out_{o1})"),
    (LINEAR, None, "dL/dW3[1,2] = yhat[1] - y[1]"),
]  # fmt: skip


@pytest.mark.parametrize(("network", "notation", "formula"), sample(OPEN, 5, seed=3))
def test_what_the_network_does_not_have_is_said(
    network: Network, notation: str | None, formula: str
) -> None:
    found = symback.answer(formula, network, notation=notation)
    assert found.status == "UNDECIDED"
    assert (
        "would settle it" in str(found) or "The network has" in str(found) or "layers" in str(found)
    )
    assert "document" not in str(found)


RIGHT = [
    (CLASSES, None, r"\frac{\partial L}{\partial b^{(2)}_k} = "
     r"\frac{1}{N} \sum_{n=0}^{N-1} (\hat y_{nk} - y_{nk})", "counted from 0"),
    (SUMMED, None, r"\frac{\partial L}{\partial b^{(2)}_k} = "
     r"\sum_{n=0}^{N-1} (\hat y_{nk} - y_{nk})", "counted from 0"),
    (CLASSES, None, r"\frac{\partial L}{\partial b^{(2)}_k} = "
     r"\frac{1}{m} \sum_{n=1}^{m} (\hat y_{nk} - y_{nk})", "m is the number of samples"),
    (CLASSES, None, "dL/db2[k] = 1/N sum_{n=1}^{N} (yhat[n,k] - y[n,k])", ""),
    (MAZUR, "mazur", r"\frac{\partial E_{total}}{\partial net_o} = \frac1N (out_o - target_o)", ""),
    (MAZUR, "mazur", r"\delta_{hj}^{(s)} = "
     r"\delta_{o1}^{(s)} w^{(2)}_{j1} out_{hj}^{(s)} (1 - out_{hj}^{(s)})", ""),
    (DEEP, "mazur", r"\frac{\partial E_{total}}{\partial w_{9}} = \delta_{o1} out_{h_1^{(2)}}", ""),
    (ONE, None, "dL/dW1 = x.T @ (((yhat-y) @ W2.T) * (1 - h**2)) / N", ""),
    (BATCH, None, "dL/dx = ((yhat - y) @ W2.T * (1-h**2)) @ W1.T / N", ""),
    (BATCH, None, "dL/dyhat = (yhat - y)/(N * yhat * (1 - yhat))", ""),
    (BATCH, None, "dL/db2 = np.mean(yhat - y, axis=0)", ""),
    (BATCH, None, "dL/db2 = (yhat - y).sum(axis=0) / N", ""),
    (BATCH, None, "dL/dW1 = x.T @ (((yhat - y) @ W2.T) * (1 - np.square(h))) / N", ""),
    (SUMMED, None, "dL/dW1 = x.T @ (((yhat-y) @ W2.T) * (h' > 0))", ""),
    (SUMMED, None, "dL/dW1 = x.T @ (((yhat-y) @ W2.T) * np.where(h' > 0, 1, 0))", ""),
    (DECAYED, "deeplearning.ai",
     r"dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T} + \lambda W^{[2]}", ""),
    (DECAYED, "deeplearning.ai", "db2 = 1/m * np.sum(dZ2, axis=1, keepdims=True)", ""),
    (DECAYED, "goodfellow", r"\frac{\partial \tilde J}{\partial b^{(2)}_1} = "
     r"\frac1m \sum_{i=1}^m (\hat y_1^{(i)} - y_1^{(i)})", ""),
]  # fmt: skip


@pytest.mark.parametrize(("network", "notation", "formula", "said"), sample(RIGHT, 7, seed=2))
def test_what_is_right_is_proved_and_its_slip_is_not(
    network: Network, notation: str | None, formula: str, said: str
) -> None:
    found = symback.answer(formula, network, notation=notation)
    assert found
    assert said in str(found)
    left, right = formula.split(" = ", 1)
    wrong = symback.answer(f"{left} = 2 ({right})", network, notation=notation)
    assert wrong.status in ("REFUTED", "UNDECIDED")


def test_a_decayed_loss_is_not_proved_without_its_decay() -> None:
    for formula in (
        r"dW^{[2]} = \frac{1}{m} (A^{[2]} - Y) A^{[1]T}",
        "dW2 = 1/m * np.dot(dZ2, A1.T)",
    ):
        assert not symback.answer(formula, DECAYED, notation="deeplearning.ai")


def test_the_decay_has_the_name_that_programs_give_it() -> None:
    right = "dW2 = 1/m * np.dot(dZ2, A1.T) + lambd * W2"
    assert symback.answer(right, DECAYED, notation="deeplearning.ai")
    wrong = symback.answer(right.replace("lambd", "lambd/m"), DECAYED, notation="deeplearning.ai")
    assert wrong.status == "REFUTED"


def test_the_value_of_the_decay_is_known_by_any_letter_of_it() -> None:
    network = Network((2, 3, 2), ("tanh", "identity"), "half-squared-error", weight_decay=0.5)
    right = (
        r"\frac{\partial \tilde J}{\partial W^{(2)}_{k,j}} = "
        r"(\hat y_k - y_k) h^{(1)}_j + 0.5 W^{(2)}_{k,j}"
    )
    assert symback.answer(right, network, notation="goodfellow")
    wrong = symback.answer(right.replace("0.5", "0.25"), network, notation="goodfellow")
    assert wrong.status == "REFUTED"


def test_an_axis_is_that_of_the_samples() -> None:
    assert symback.answer(
        "db2 = (1/m)*np.sum(dZ2, axis=1, keepdims=True)", ONE, notation="deeplearning.ai"
    )
    assert not symback.answer("db2 = (1/m)*np.sum(dZ2, axis=0)", ONE, notation="deeplearning.ai")
    assert not symback.answer("dL/db2 = np.sum(yhat - y, axis=1) / N", BATCH, notation="founding")
    assert not symback.answer("dL/db2 = np.mean(yhat - y)", BATCH, notation="founding")


def test_a_sum_that_reaches_further_binds_its_letter_there() -> None:
    found = symback.reading.check(
        "# A batch\n\n$$E = \\sum_n \\frac12 (y_n - t_n)^2$$\n\n$$y_n = w x_n$$\n\n"
        "$$\\frac{\\partial E}{\\partial w} = \\sum_n y_n x_n - t_n x_n$$\n"
    )
    last = found.judgements[-1]
    assert ("sum-reaches-further", {}) in last.readings
    assert not any(code == "for-all" for code, _ in last.readings)
