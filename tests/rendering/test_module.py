"""The NumPy module runs as it is, and its gradients are those of its loss."""

import inspect

import numpy as np
import pytest

from symback.calculus import derive
from symback.model.network import Network
from symback.rendering import render

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
