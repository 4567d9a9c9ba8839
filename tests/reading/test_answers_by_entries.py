"""A vector of one sample in an answer, `a^{[1](i)}`, is taken entry by entry."""

from __future__ import annotations

import pytest
from sampling import sample

import symback
from symback.model.network import Network

NG = Network((2, 3, 1), ("tanh", "sigmoid"), "binary-cross-entropy", batch=True)
STANFORD = Network(
    (3, 4, 2), ("sigmoid", "sigmoid"), "half-squared-error", batch=True, weight_decay=0.01
)
PLAIN = Network((3, 4, 2), ("sigmoid", "sigmoid"), "half-squared-error", batch=True)
BOOK = Network((3, 4, 2), ("sigmoid", "softmax"), "cross-entropy", batch=True)

RIGHT = [
    (NG, "deeplearning.ai", r"db^{[2]} = \frac1m \sum_{i=1}^m (a^{[2](i)} - y^{(i)})", r"\frac1m"),
    (NG, "deeplearning.ai", r"dW^{[2]} = \frac1m \sum_i dz^{[2](i)} a^{[1](i)T}", r"\frac1m"),
    (NG, "deeplearning.ai", r"dz^{[1](i)} = W^{[2]T} dz^{[2](i)} * (1 - a^{[1](i)} * a^{[1](i)})",
     "* a^{[1](i)}"),
    (STANFORD, "ufldl", r"\nabla_{b^{(2)}} J = \sum_{i=1}^m \delta^{(3)(i)}", ""),
    (STANFORD, "ufldl", r"\nabla_{W^{(2)}} J = "
     r"\sum_{i=1}^m \delta^{(3)(i)} (a^{(2)(i)})^T + \lambda W^{(2)}", r"+ \lambda W^{(2)}"),
    (BOOK, "goodfellow", r"\nabla_{W^{(2)}} J = "
     r"\frac1m \sum_{i=1}^m (\hat y^{(i)} - y^{(i)}) h^{(1)(i)\top}", r"\frac1m"),
]  # fmt: skip


@pytest.mark.parametrize(("network", "notation", "formula", "needed"), sample(RIGHT, 3, seed=2))
def test_what_holds_of_every_entry_is_proved(
    network: Network, notation: str, formula: str, needed: str
) -> None:
    found = symback.answer(formula, network, notation=notation)
    assert found.status == "PROVED"
    assert "entry by entry" in str(found)
    if needed:
        wrong = symback.answer(formula.replace(needed, "", 1), network, notation=notation)
        assert wrong.status == "REFUTED"


def test_a_mean_too_many_is_not_proved_of_vectors() -> None:
    wrong = r"\nabla_{b^{(2)}} J = \frac1m \sum_{i=1}^m \delta^{(3)(i)}"
    for network in (STANFORD, PLAIN):
        assert symback.answer(wrong, network, notation="ufldl").status == "REFUTED"


def test_what_does_not_fit_is_left_open() -> None:
    wrong = r"\delta^{(2)(i)} = (W^{(2)} \delta^{(3)(i)}) \odot a^{(2)(i)} \odot (1 - a^{(2)(i)})"
    assert symback.answer(wrong, PLAIN, notation="ufldl").status == "UNDECIDED"


def test_a_mean_is_read_as_programs_have_it() -> None:
    one = Network((2, 1), ("sigmoid",), "binary-cross-entropy", batch=True)
    assert symback.answer("dL/db1 = np.mean(yhat - y)", one)
    assert symback.answer("dL/db1 = np.mean(y - yhat)", one).status == "REFUTED"
