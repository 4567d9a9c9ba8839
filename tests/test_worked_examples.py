"""Published numbers come out of the emitted NumPy module."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symback import Network, compile

EXAMPLES = tomllib.loads(
    (Path(__file__).parent / "data" / "worked_examples.toml").read_text("utf-8")
)["example"]


def transposed(example: dict[str, Any], array: Any) -> Any:
    """A weight array from unit j to unit k, whichever way round its source writes it."""
    found = np.array(array, dtype=float)
    return found.T if example["order"] == "to-from" and found.ndim == 2 else found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e["id"])
def test_published_numbers(example: dict[str, Any]) -> None:
    network = Network(tuple(example["layers"]), tuple(example["activations"]), example["loss"])
    made = compile(network)
    parameters = {n: transposed(example, example[n]) for n in ("W1", "b1", "W2", "b2")}
    x, y = np.array([example["x"]], dtype=float), np.array([example["y"]], dtype=float)
    close = 10.0 ** -example["digits"]
    value, gradients = made.loss_and_gradients(made.Parameters(**parameters), x, y)
    found = gradients._asdict()
    for name, gradient in found.items():
        if f"expected_d{name}" in example:
            expected = transposed(example, example[f"expected_d{name}"])
            np.testing.assert_allclose(gradient, expected, rtol=0, atol=close, err_msg=name)
    if "expected_loss" in example:
        assert value == pytest.approx(example["expected_loss"], abs=close)
    if "loss_after_one_step" in example:  # the biases are left as they are
        stepped = {
            name: value - example["rate"] * found[name] * name.startswith("W")
            for name, value in parameters.items()
        }
        after = made.loss(made.Parameters(**stepped), x, y)
        assert after == pytest.approx(example["loss_after_one_step"], abs=close)


ARCHITECTURES = [
    ((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"),
    ((3, 4, 2), ("tanh", "identity"), "squared-error"),
    ((4, 3, 3), ("relu", "softmax"), "cross-entropy"),
    ((2, 3, 1), ("tanh", "sigmoid"), "binary-cross-entropy"),
    ((3, 5, 4, 2), ("softplus", "silu", "identity"), "mean-squared-error"),
    ((3, 2, 4), ("gelu", "identity"), "huber"),
    ((2, 4, 3), ("elu", "identity"), "mean-absolute-error"),
    ((3, 3, 2), ("leaky-relu", "tanh"), "hinge"),
    ((2, 3, 3, 2), ("mish", "selu", "softmax"), "cross-entropy"),
    ((5, 2), ("hard-tanh",), "half-squared-error"),
]


def torch_loss(torch: Any, name: str, y: Any, yhat: Any) -> Any:
    """A loss of the catalogue, summed over the outputs, by PyTorch's own functions."""
    functional = torch.nn.functional
    terms = {
        "half-squared-error": lambda: (y - yhat) ** 2 / 2,
        "squared-error": lambda: (y - yhat) ** 2,
        "mean-squared-error": lambda: (y - yhat) ** 2 / y.shape[1],
        "mean-absolute-error": lambda: (y - yhat).abs() / y.shape[1],
        "huber": lambda: functional.huber_loss(yhat, y, reduction="none"),
        "hinge": lambda: (1 - y * yhat).clamp(min=0),
        "cross-entropy": lambda: -y * yhat.log(),
        "binary-cross-entropy": lambda: functional.binary_cross_entropy(yhat, y, reduction="none"),
    }
    return terms[name]().sum(dim=1).mean()


@pytest.mark.parametrize(("layers", "activations", "loss"), ARCHITECTURES, ids=str)
def test_pytorch_agrees(layers: tuple[int, ...], activations: tuple[str, ...], loss: str) -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    apply = {
        "identity": lambda z: z,
        "softmax": lambda z: functional.softmax(z, dim=1),
        "leaky-relu": functional.leaky_relu,
        "hard-tanh": functional.hardtanh,
    }
    random = np.random.default_rng(7)
    network = Network(layers, activations, loss)
    parameters = {
        name: random.normal(size=shape) for name, shape in network.parameter_shapes.items()
    }
    x = random.normal(size=(4, layers[0]))
    y = random.uniform(0.1, 0.9, size=(4, layers[-1]))
    if loss == "cross-entropy":
        y /= y.sum(axis=1, keepdims=True)
    if loss == "hinge":
        y = np.where(y > 0.5, 1.0, -1.0)
    made = compile(network)
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    layer = torch.tensor(x)
    for number, name in enumerate(activations, start=1):
        layer = layer @ tensors[f"W{number}"] + tensors[f"b{number}"]
        own = getattr(functional, name, None) or getattr(torch, name, None)
        layer = apply.get(name, own)(layer)
    torch_loss(torch, loss, torch.tensor(y), layer).backward()
    _, found = made.loss_and_gradients(made.Parameters(**parameters), x, y)
    for name, gradient in found._asdict().items():
        np.testing.assert_allclose(
            gradient, tensors[name].grad.numpy(), rtol=1e-12, atol=1e-12, err_msg=name
        )
