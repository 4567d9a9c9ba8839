"""The NumPy module runs as it is, and its gradients are those of its loss."""

import dis
import inspect
import string

import numpy as np
import pytest

from symback.calculus import derive
from symback.model.network import _TAKEN, GREEK_LETTERS, Network
from symback.rendering.render import render

OPEN = {
    "f": np.tanh,
    "df": lambda z: 1 - np.tanh(z) ** 2,
    "g": np.sin,
    "dg": np.cos,
    "L": lambda y, a: ((y - a) ** 4).sum(axis=1, keepdims=True),
    "dL": lambda y, a: 4 * (a - y) ** 3,
}

NETWORKS = {
    "generic": Network(layers=(2, 3, 2)),
    "no biases": Network(layers=(2, 3, 4, 1), bias=False),
    "one layer": Network(layers=(3, 2), activations=("g",)),
    "softmax": Network(layers=(3, 4, 3), activations=("relu", "softmax"), loss="cross-entropy"),
    "logistic": Network(layers=(2, 3, 1), activations=("tanh", "sigmoid"),
                        loss="binary-cross-entropy"),
    "elu": Network(layers=(2, 3, 2), activations=("elu", "identity"), loss="mean-squared-error"),
    "mish": Network(layers=(2, 3, 2), activations=("mish", "sin"), loss="half-squared-error"),
    "gelu": Network(layers=(2, 3, 2), activations=("gelu", "softplus"), loss="squared-error"),
    "huber": Network(layers=(2, 2, 2, 2), activations=("silu", "f", "identity"), loss="huber"),
    "decay": Network(layers=(2, 3, 2), activations=("leaky-relu", "sigmoid"),
                     loss="squared-error", weight_decay=0.1, batch=True, reduction="sum"),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_agree_with_central_differences(name):
    network = NETWORKS[name]
    source = render("derivation", "numpy", derivation=derive(network), report=None)
    module: dict = {}
    exec(compile(source, name, "exec"), module)
    random = np.random.default_rng(7)
    values = {p: random.normal(size=shape) for p, shape in network.parameter_shapes.items()}
    x = random.normal(size=(5, network.layers[0]))
    y = random.random((5, network.layers[-1]))
    y /= y.sum(axis=1, keepdims=True) if network.loss == "cross-entropy" else 1

    def call(function):
        wanted = inspect.signature(module[function]).parameters
        return module[function](x, y, **values, **{n: OPEN[n] for n in wanted if n in OPEN})

    gradients = call("gradients")
    for parameter, value in values.items():
        assert gradients[parameter].shape == value.shape
        for place in np.ndindex(value.shape):
            kept = value[place]
            value[place] = kept + 1e-6
            above = call("loss")
            value[place] = kept - 1e-6
            below = call("loss")
            value[place] = kept
            assert gradients[parameter][place] == pytest.approx((above - below) / 2e-6, abs=1e-7)


def run(network: Network) -> dict:
    """The module's names, after running it."""
    module: dict = {}
    source = render("derivation", "numpy", derivation=derive(network), report=None)
    exec(compile(source, "gradients.py", "exec"), module)
    return module


LETTERS = sorted({*string.ascii_letters, *GREEK_LETTERS} - {*_TAKEN} - {"L"})


def test_every_letter_is_a_name_of_an_argument():
    network = Network(layers=(1,) * (len(LETTERS) + 1), activations=tuple(LETTERS), bias=False)
    module = run(network)
    given = {p: np.ones((1, 1)) for p in network.parameter_shapes}
    x = y = np.ones((2, 1))
    for name, result in (("loss", 2.0), ("gradients", None)):
        wanted = inspect.signature(module[name]).parameters
        functions = {f: np.ones_like for f in wanted if f not in (*given, "x", "y", "L", "dL")}
        ends = {f: lambda y, yhat: y + yhat for f in ("L", "dL") if f in wanted}
        found = module[name](x, y, **given, **functions, **ends)
        assert found == result if result else set(found) == set(given)


@pytest.mark.parametrize("loss", ["L", "lambda", "E2", "pi"])
def test_a_generic_loss_is_an_argument_and_no_variable(loss):
    module = run(Network(layers=(2, 3), activations=("f",), loss=loss))
    own = {"lambda": "lambda_"}.get(loss, loss)
    for name in (own, f"d{loss}"):
        function = module["loss" if name == own else "gradients"]
        code = function.__code__
        assert name in inspect.signature(function).parameters
        stored = [i.argval for i in dis.get_instructions(code) if i.opname == "STORE_FAST"]
        assert name not in stored
