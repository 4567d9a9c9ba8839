"""Loss and gradients of a 2-2-2 network.

Activations f, g; loss L. Rows of x are samples; the loss is the mean over them. Wl has
shape (units below, units above): a layer is x @ W1 + b1. deltas are gradients with
respect to pre-activations.

Each statement is the equation of the derivation whose number stands beside it. symback
0.1.0 derived it by the chain rule, and proved that the matrices say what the derivation
says with indices, for every size; symback verify proves the derivation itself. Values
are written in forms that keep their digits, derivatives through the output where they
can be. Running this file checks its gradients against central differences of its loss.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Function = Callable[..., Any]


class Parameters(NamedTuple):
    """Weights and biases, or the gradient of the loss with respect to each of them."""

    W1: Array  # shape (2, 2)
    b1: Array  # shape (2,)
    W2: Array  # shape (2, 2)
    b2: Array  # shape (2,)


SHAPES = ((2, 2), (2,), (2, 2), (2,))
NAMES = (*Parameters._fields, "x", "y")
DTYPES = tuple(map(np.dtype, "dfDF"))


class Functions(NamedTuple):
    """The functions that the network leaves open; df is the derivative of f."""

    f: Function
    df: Function
    g: Function
    dg: Function
    loss: Function  # of y and yhat: one number for each sample
    dloss: Function  # its derivative with respect to yhat


class Workspace:
    """Arrays in which loss_and_gradients returns its gradients, call after call.

    One thread at a time: two that share a workspace write over each other's numbers.
    """

    def __init__(self, batch: int, dtype: npt.DTypeLike = np.float64) -> None:
        self.gradients = Parameters(*(np.empty(shape, dtype) for shape in SHAPES))

    def keep(self, gradients: Parameters) -> Parameters:
        """Copy gradients into the arrays that are used again."""
        for kept, new in zip(self.gradients, gradients, strict=True):
            if kept.dtype != new.dtype:
                raise ValueError(f"the workspace is for {kept.dtype}, not {new.dtype}")
            kept[...] = new
        return self.gradients


def initialize(seed: int = 0, dtype: npt.DTypeLike = np.float64) -> Parameters:
    """Random weights by Glorot's uniform distribution, and biases 0."""
    rng = np.random.default_rng(seed)
    W1 = rng.uniform(-1, 1, (2, 2)) * (6 / 4) ** 0.5
    b1 = np.zeros(2)
    W2 = rng.uniform(-1, 1, (2, 2)) * (6 / 4) ** 0.5
    b2 = np.zeros(2)
    drawn = (W1, b1, W2, b2)
    return Parameters(*(array.astype(dtype) for array in drawn))


def forward(
    parameters: Parameters, x: Array, *, functions: Functions | Mapping[str, Function]
) -> Array:
    """The output yhat of each sample."""
    W1, b1, W2, b2, x = _arguments(parameters, x)
    functions = _functions(functions)
    f, g = functions.f, functions.g
    h1_pre = x @ W1 + b1  # (1), shape (batch, 2)
    h1 = f(h1_pre)  # (2), shape (batch, 2)
    y_pre = h1 @ W2 + b2  # (3), shape (batch, 2)
    yhat = g(y_pre)  # (4), shape (batch, 2)
    return np.asarray(yhat)


def loss(
    parameters: Parameters,
    x: Array,
    y: Array,
    *,
    functions: Functions | Mapping[str, Function],
) -> float:
    """The mean of the loss over the samples."""
    W1, b1, W2, b2, x, y = _arguments(parameters, x, y)
    functions = _functions(functions)
    f, g = functions.f, functions.g
    batch = len(x)
    h1_pre = x @ W1 + b1  # (1), shape (batch, 2)
    h1 = f(h1_pre)  # (2), shape (batch, 2)
    y_pre = h1 @ W2 + b2  # (3), shape (batch, 2)
    yhat = g(y_pre)  # (4), shape (batch, 2)
    L_each = functions.loss(y, yhat)  # (5), shape (batch,)
    L = L_each.sum() / batch  # (6), a number
    value: float = np.asarray(L).item()
    return value


def loss_and_gradients(
    parameters: Parameters,
    x: Array,
    y: Array,
    *,
    functions: Functions | Mapping[str, Function],
    workspace: Workspace | None = None,
) -> tuple[float, Parameters]:
    """The loss, and its gradient with respect to every parameter."""
    W1, b1, W2, b2, x, y = _arguments(parameters, x, y)
    functions = _functions(functions)
    f, df, g, dg = functions.f, functions.df, functions.g, functions.dg
    batch = len(x)
    h1_pre = x @ W1 + b1  # (1), shape (batch, 2)
    h1 = f(h1_pre)  # (2), shape (batch, 2)
    y_pre = h1 @ W2 + b2  # (3), shape (batch, 2)
    yhat = g(y_pre)  # (4), shape (batch, 2)
    L_each = functions.loss(y, yhat)  # (5), shape (batch,)
    L = L_each.sum() / batch  # (6), a number
    delta2 = functions.dloss(y, yhat) * dg(y_pre) / batch  # (9), shape (batch, 2)
    dW2 = h1.T @ delta2  # (10), shape (2, 2)
    db2 = delta2.sum(axis=0)  # (11), shape (2,)
    delta1 = (delta2 @ W2.T) * df(h1_pre)  # (13), shape (batch, 2)
    dW1 = x.T @ delta1  # (14), shape (2, 2)
    db1 = delta1.sum(axis=0)  # (15), shape (2,)
    gradients = Parameters(dW1, db1, dW2, db2)
    if workspace is not None:
        gradients = workspace.keep(gradients)
    return float(L), gradients


def check(
    parameters: Parameters,
    x: Array,
    y: Array,
    *,
    functions: Functions | Mapping[str, Function],
) -> float:
    """How far the gradients are from central differences of the loss.

    The largest difference, divided by the largest entry of a gradient, or 1. Every
    parameter is tried up to 5,000 of them; beyond that, three random directions in
    each array and 200 entries in all. The loss must be that of loss().
    """
    exact = Parameters(*(np.array(array, np.float64) for array in parameters))
    value, gradients = loss_and_gradients(exact, x, y, functions=functions)
    scale = max(1.0, *(float(np.abs(gradient).max()) for gradient in gradients))
    every = sum(array.size for array in exact) <= 5_000
    worst = abs(value - loss(exact, x, y, functions=functions)) / max(1.0, abs(value))
    for k, gradient in enumerate(gradients):
        for direction in _directions(gradient.shape, every):
            found = float((gradient * direction).sum())
            values = []
            for step in (1e-6, -1e-6):
                moved = list(exact)
                moved[k] = exact[k] + step * direction
                values.append(loss(Parameters(*moved), x, y, functions=functions))
            up, down = values
            error = abs((up - down) / 2e-6 - found)
            error /= scale * max(1.0, float(np.linalg.norm(direction)))
            worst = float(np.maximum(worst, error))  # NaN if either is
    return worst


def _directions(shape: tuple[int, ...], every: bool) -> Iterator[Array]:
    rng, size = np.random.default_rng(1), int(np.prod(shape))
    entries = np.arange(size)
    if not every:
        for _ in range(3):
            yield rng.normal(size=shape)
        entries = rng.choice(size, min(size, -(-200 // len(SHAPES))), replace=False)
    for entry in entries:
        direction = np.zeros(shape)
        direction.flat[entry] = 1.0
        yield direction


def _arguments(parameters: Parameters, *inputs: Any) -> list[Array]:
    """The arguments as arrays that fit together, or a line that says which do not."""
    if len(parameters) != 4:
        raise ValueError(f"there are {len(parameters)} parameters, not 4")
    arrays = [*map(np.asarray, (*parameters, *inputs))]
    W1, b1, W2, b2, x = arrays[:5]
    y = arrays[-1]
    dtype = W1.dtype
    batch = len(x) if x.ndim else 0
    if (
        batch
        and dtype in DTYPES
        and dtype is b1.dtype is W2.dtype is b2.dtype is x.dtype is y.dtype
        and W1.shape == (2, 2)
        and b1.shape == (2,)
        and W2.shape == (2, 2)
        and b2.shape == (2,)
        and x.shape == (batch, 2)
        and (len(arrays) == 5 or y.shape == (batch, 2))
    ):
        return arrays
    if dtype not in DTYPES:
        raise TypeError(f"the parameters are {dtype}; use float32 or float64")
    arrays[4:] = [array.astype(dtype, copy=False) for array in arrays[4:]]
    rows = arrays[4].shape[:1]
    expected = [*SHAPES, (*rows, 2), (*rows, 2)]
    for name, array, fit in zip(NAMES, arrays, expected, strict=False):
        if array.shape != fit or array.dtype != dtype:
            want = "(batch, 2)" if name == "x" else fit
            found = f"{name} is {array.dtype} of shape {array.shape}"
            raise ValueError(f"{found}, not {dtype} of shape {want}")
    if not rows[0]:
        raise ValueError("the batch is empty")
    return arrays


def _functions(given: Functions | Mapping[str, Function]) -> Functions:
    return given if isinstance(given, Functions) else Functions(**given)


def main() -> int:
    """Check the gradients on random data; 0 if they are right, 1 if not."""
    rng = np.random.default_rng(0)
    drawn = (array + 0.1 * rng.normal(size=array.shape) for array in initialize())
    parameters = Parameters(*drawn)
    x = rng.normal(size=(5, 2))
    y = rng.normal(size=(5, 2))
    functions = Functions(
        f=lambda z: np.sin(z + 1) + z**2 / 4,
        df=lambda z: np.cos(z + 1) + z / 2,
        g=lambda z: np.sin(z + 2) + z**2 / 4,
        dg=lambda z: np.cos(z + 2) + z / 2,
        loss=lambda y, yhat: ((yhat - y) ** 2 + np.sin(y * yhat)).sum(axis=-1),
        dloss=lambda y, yhat: 2 * (yhat - y) + y * np.cos(y * yhat),
    )
    error = check(parameters, x, y, functions=functions)
    right = error <= 1e-7
    print(f"largest error {error:.1e}: {'right' if right else 'WRONG'}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
