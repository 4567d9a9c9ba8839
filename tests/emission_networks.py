"""Networks that the tests emit, and emitted modules loaded once."""

from functools import cache

import pytest

from symback import Network, compile

NETWORKS = {
    "generic": Network((2, 3, 2)),
    "generic-loss": Network((3, 4, 2), ("hard-tanh", "softmax"), "E"),
    "generic-output": Network((3, 4, 2), ("f", "phi"), "cross-entropy"),
    "cross-entropy": Network((4, 5, 3), ("relu", "softmax"), "cross-entropy"),
    "weight-decay": Network((4, 5, 3), ("tanh", "softmax"), "cross-entropy", weight_decay=0.01),
    "binary": Network((4, 5, 1), ("sigmoid", "sigmoid"), "binary-cross-entropy"),
    "huber": Network((4, 5, 3), ("x*sigmoid(x)", "tanh"), "huber"),
    "sum": Network(
        (4, 5, 3), ("softplus", "identity"), "mean-squared-error", batch=True, reduction="sum"
    ),
    "hinge": Network((4, 5, 3), ("selu", "f"), "hinge", bias=False),
    "formula-loss": Network((4, 5, 3), ("elu", "g"), "(y-yhat)**4"),
    "absolute": Network((4, 3, 5, 3), ("mish", "silu", "leaky-relu"), "mean-absolute-error"),
    "gelu": Network((3, 4, 3, 2), ("gelu", "gelu-tanh", "sin"), "half-squared-error"),
    "one-layer": Network((4, 3), ("sin",), "squared-error"),
    "one-unit": Network((3, 4, 1), ("tanh", "identity"), "mean-squared-error"),
    "deep": Network((3,) * 9, ("tanh",) * 8, "squared-error"),
}


@pytest.fixture(params=NETWORKS)
def network(request):
    return NETWORKS[request.param]


@cache
def module(network, style="readable", target="numpy"):
    return compile(network, style=style, target=target)
