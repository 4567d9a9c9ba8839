"""Logistic functions that a model writes out do not overflow in what is emitted."""

import numpy as np
import pytest

from symback import read_model
from symback.emission import compile, emit


@pytest.mark.spread
@pytest.mark.parametrize("style", ["readable", "fast", "scalar"])
@pytest.mark.parametrize(
    "loss",
    [
        "log(1 + exp(z[n])) - y[n] z[n]",
        "(y[n] - 1/(1 + exp(-z[n])))^2",
        "(y[n] - exp(z[n])/(1 + exp(z[n])))^2",
        "y[n] / (1 + exp(z[n]))^2",
    ],
)
def test_logistic_functions_by_hand_do_not_overflow(loss, style):
    text = "input x[n,j]\ntarget y[n]\nparam w[j], b\nz[n] = sum(j, w[j] x[n,j]) + b\n"
    made = compile(read_model(f"{text}L = mean(n, {loss})\n"), style)
    assert made.main() == 0
    parameters = made.initialize(0, J=2)
    for bias in (800.0, -800.0):
        shifted = parameters._replace(b=np.array(bias))
        with np.errstate(all="raise", under="ignore"):
            value, gradients = made.loss_and_gradients(shifted, np.ones((2, 2)), np.ones(2))
        assert np.isfinite(value)
        assert all(np.isfinite(np.asarray(array)).all() for array in gradients)


def test_another_sum_under_a_logarithm_stays():
    text = "input x[n]\nparam w\nL = mean(n, log(2 + exp(w x[n])))\n"
    assert "softplus" not in emit(read_model(text))
