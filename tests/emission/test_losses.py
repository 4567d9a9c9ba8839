"""Losses of a user's own: finite where they can be, and said to be not where they cannot."""

import itertools

import numpy as np
import pytest
from sampling import covering

from symback import Network, compile
from symback.emission.program import program

FOCAL = "-y*(1-yhat)**2*log(yhat)"
BINARY = f"{FOCAL}-(1-y)*yhat**2*log(1-yhat)"
STABLE = {
    "focal": (("tanh", "softmax"), FOCAL, 3),
    "focal-weighted": (("tanh", "softmax"), "y*yhat*(1-yhat)**2*log(yhat)", 3),
    "binary-focal": (("tanh", "sigmoid"), BINARY, 2),
    "divergence": (("tanh", "softmax"), "y*log(y/yhat)", 3),
    "margin": (("tanh", "identity"), "log(1+exp(-y*yhat))", 1),
    "logistic-by-hand": (("tanh", "identity"), "(y-1/(1+exp(-yhat)))**2", 2),
    "odds": (("tanh", "identity"), "(y-exp(yhat)/(1+exp(yhat)))**2", 1),
}


def network(name):
    functions, loss, outputs = STABLE[name]
    return Network((2, 3, outputs), functions, loss)


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "dtype", "style"),
    covering(STABLE, ["float32", "float64"], ["fast", "readable"]),
)
def test_gradients_are_finite_at_logits_of_a_thousand(name, dtype, style):
    made = compile(network(name), style)
    parameters = made.initialize(0, dtype)
    outputs = len(parameters.b2)
    targets = np.full((1, outputs), 0.1) + 0.7 * np.eye(outputs)[:1]
    for logits in itertools.product((1000, -1000, 0), repeat=outputs):
        shifted = parameters._replace(b2=np.array(logits, dtype))
        with np.errstate(all="raise", under="ignore"):
            value, gradients = made.loss_and_gradients(shifted, np.ones((1, 2)), targets)
        assert np.isfinite(value)
        assert all(np.isfinite(array).all() for array in gradients)


@pytest.mark.parametrize("style", ["readable", "fast", "scalar"])
@pytest.mark.parametrize("name", STABLE)
def test_they_are_right(name, style):
    assert compile(network(name), style).main() == 0
    assert not program(network(name)).unstable


@pytest.mark.parametrize("loss", ["y*log(1-yhat)", "y/yhat"])
def test_what_cannot_be_finite_is_said(loss):
    made = program(Network((2, 3, 3), ("tanh", "softmax"), loss))
    assert made.unstable


def test_the_command_line_says_it(symback_command):
    line = ["--layers", "2,3,3", "--activations", "tanh,softmax", "--loss", "y/yhat"]
    done = symback_command("emit", *line)
    assert done.code == 0
    assert "symback: note: statement (5), L_each, divides by an output" in done.err


@pytest.mark.parametrize(
    "loss",
    [
        "max((y-yhat)*0.9, (yhat-y)*0.1)",  # quantile
        "min((y-yhat)**2/2, abs(y-yhat)-1/2)",
        "max(0, 1-y*yhat)",  # hinge
    ],
)
@pytest.mark.parametrize("style", ["readable", "fast", "scalar"])
def test_losses_with_kinks_as_formulas(loss, style):
    assert compile(Network((2, 3, 2), ("tanh", "identity"), loss), style).main() == 0
