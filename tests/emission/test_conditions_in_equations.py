"""Conditions that equations state, [a == b], as indices of arrays: values, gradients, and twins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symback import compile, read_model

Reference = Callable[..., Any]


def _every_second(x: Any, w: Any) -> Any:
    return (w * x[::2]).sum() ** 2


def _shifted(x: Any, w: Any) -> Any:
    y = np.zeros(len(w) + 2)
    y[2:] = w * x
    return (y**2).sum()


def _spread(x: Any, w: Any) -> Any:
    """A transposed convolution with stride 2."""
    y = np.zeros(2 * (len(x) - 1) + len(w))
    for i, value in enumerate(x):
        y[2 * i : 2 * i + len(w)] += value * w
    return (y**3).sum()


def _counted(x: Any, w: Any, z: Any) -> Any:
    y = np.zeros(4)
    for t, value in enumerate(x):
        y[z[t]] += value * w[t]
    return (y**3).sum()


def _mirrored(x: Any, w: Any) -> Any:
    return (w * x[::-1]).sum() ** 2


def _diagonal(x: Any, w: Any) -> Any:
    return ((w * np.diag(x)) ** 2).sum()


MODELS: dict[str, tuple[str, Reference, dict[str, int]]] = {
    "every second entry": (
        "input x[n]\nparam w[i]\nsizes N=5, I=3\n"
        "L = (sum(i, n, [n == 2*i-1] w[i] x[n]))^2",
        _every_second, {"N": 5, "I": 3},
    ),
    "a shift": (
        "input x[i]\nparam w[i]\nsizes I=3\n"
        "y[n] = sum(i, [n == i+2] w[i] x[i]) for n = 1..I+2\nL = sum(n in 1..I+2, y[n]^2)",
        _shifted, {"I": 3},
    ),
    "a stride": (
        "input x[i]\nparam w[m]\nsizes I=3, M=3\n"
        "y[n] = sum(i, m, [n == 2*(i-1)+m] w[m] x[i]) for n = 1..2*I+M-2\n"
        "L = sum(n in 1..2*I+M-2, y[n]^3)",
        _spread, {"I": 3, "M": 3},
    ),
    "a lookup": (
        "input x[t]\ninteger z[t] in V\nparam w[t]\nsizes T=5, V=4\n"
        "y[v] = sum(t, [v == z[t]] w[t] x[t])\nL = sum(v, y[v]^3)",
        _counted, {"T": 5, "V": 4},
    ),
    "back to front": (
        "input x[n]\nparam w[n]\nsizes N=4\n"
        "L = (sum(n, m in 1..N, [m == N+1-n] w[n] x[m]))^2",
        _mirrored, {"N": 4},
    ),
    "a diagonal": (
        "input x[i,i]\nparam w[i]\nsizes I=3\n"
        "y[i] = w[i] sum(j in 1..I, [i == j] x[i,j])\nL = sum(i, y[i]^2)",
        _diagonal, {"I": 3},
    ),
}  # fmt: skip


@pytest.mark.parametrize("style", ["readable", "fast"])
@pytest.mark.parametrize("name", MODELS)
def test_values_and_gradients_are_those_of_loops(name: str, style: str) -> None:
    text, reference, sizes = MODELS[name]
    made = compile(read_model(text), style)
    assert made.main() == 0
    rng = np.random.default_rng(2)
    learnt = next(line for line in text.split("\n") if line.startswith("param"))[8].upper()
    parameters = made.initialize(1, **{learnt: sizes[learnt]})
    (w,) = parameters
    shape = {"a diagonal": (3, 3), "a stride": (3,), "a shift": (3,)}.get(name)
    x = rng.normal(size=shape or sizes.get("N") or sizes["T"])
    z = (rng.integers(0, 4, 5),) if name == "a lookup" else ()
    value, (gradient,) = made.loss_and_gradients(parameters, x, *z, **sizes)
    assert value == pytest.approx(reference(x, w, *z))
    step = 1e-6
    for at in range(len(w)):
        moved = np.array([w, w])
        moved[:, at] += (step, -step)
        above, below = (reference(x, each, *z) for each in moved)
        assert gradient[at] == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-8)
    wrong = reference(x[::-1], w, *z)
    assert value != pytest.approx(wrong)
