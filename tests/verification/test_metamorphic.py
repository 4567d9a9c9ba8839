"""What must happen to all gradients when the network or the data are changed in a known way."""

from __future__ import annotations

from itertools import chain
from operator import mul

import pytest

from symback.calculus import Derivation, derive
from symback.model.network import Network
from symback.verification.arrays.decimals import BITS, Decimals
from symback.verification.arrays.points import Point
from symback.verification.arrays.walk import model_sizes

Values = dict[str, list[int]]


def worked_out(
    derivation: Derivation, values: Values | None = None, sizes: dict[str, int] | None = None
) -> tuple[Values, Values]:
    """A point's values, and the gradients there, as scaled integers."""
    model = derivation.model
    point = Point(model, Decimals("point"), model_sizes(model) | (sizes or {}))
    point.values.update(values or {})
    point.define()
    for step in derivation.steps:
        point.claim(step.quantity, step.result)
    given = {q.name: point.values[q.name] for q in model.given}
    return given, {q.name: point.adjoints[q.name] for q in model.parameters}


def same(found: list[int], expected: list[int]) -> bool:
    return all(abs(a - b) <= (1 << BITS - 200) for a, b in zip(found, expected, strict=True))


def times(entries: list[int], factor: int) -> list[int]:
    return [factor * entry for entry in entries]


@pytest.mark.parametrize(
    "network",
    [
        Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy"),
        Network((3, 4, 2), ("relu", "g"), batch=True, weight_decay=0.5),
        Network((3, 4, 2)),
    ],
    ids=["softmax", "batch", "generic"],
)
def test_permuting_hidden_units_permutes_gradients(network: Network) -> None:
    derivation = derive(network)
    values, gradients = worked_out(derivation)
    order = [2, 0, 3, 1]

    def permuted(arrays: Values) -> Values:
        columns = [arrays["W1"][4 * j + order[k]] for j in range(3) for k in range(4)]
        rows = [arrays["W2"][2 * order[j] + k] for j in range(4) for k in range(2)]
        bias = [arrays["b1"][order[k]] for k in range(4)]
        return {**arrays, "W1": columns, "W2": rows, "b1": bias}

    _, found = worked_out(derivation, permuted(values))
    expected = permuted(gradients)
    assert all(same(found[name], expected[name]) for name in gradients)
    assert found["W1"] != gradients["W1"]


@pytest.mark.parametrize("batch", [False, True])
def test_scaling_the_loss_scales_gradients(batch: bool) -> None:
    functions = ("tanh", "softmax")
    once = derive(Network((2, 3, 2), functions, "(y-yhat)**2", batch=batch))
    thrice = derive(Network((2, 3, 2), functions, "3*(y-yhat)**2", batch=batch))
    values, gradients = worked_out(once)
    _, found = worked_out(thrice, values)
    assert all(same(found[name], times(gradients[name], 3)) for name in gradients)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_duplicating_the_batch(reduction: str) -> None:
    network = Network(
        (2, 3, 2), ("tanh", "softmax"), "cross-entropy", batch=True, reduction=reduction
    )
    derivation = derive(network)
    values, gradients = worked_out(derivation, sizes={"N": 3})
    twice = {**values, "x": values["x"] * 2, "y": values["y"] * 2}
    _, found = worked_out(derivation, twice, sizes={"N": 6})
    factor = 1 if reduction == "mean" else 2
    assert all(same(found[name], times(gradients[name], factor)) for name in gradients)


def test_a_linear_networks_gradient_is_the_matrix_formula() -> None:
    network = Network(
        (3, 4, 2), ("identity", "identity"), "half-squared-error", bias=False, batch=True
    )
    values, gradients = worked_out(derive(network), sizes={"N": 5})

    def matrix(entries: list[int], columns: int) -> list[list[int]]:
        return [entries[n : n + columns] for n in range(0, len(entries), columns)]

    def dot(a: list[list[int]], b: list[list[int]]) -> list[list[int]]:
        columns = [*zip(*b, strict=True)]
        return [[sum(map(mul, row, column)) >> BITS for column in columns] for row in a]

    def turned(a: list[list[int]]) -> list[list[int]]:
        return [list(row) for row in zip(*a, strict=True)]

    x, y = matrix(values["x"], 3), matrix(values["y"], 2)
    first, second = matrix(values["W1"], 4), matrix(values["W2"], 2)
    hidden = dot(x, first)
    error = [
        [(a - b) // 5 for a, b in zip(*rows, strict=True)]
        for rows in zip(dot(hidden, second), y, strict=True)
    ]
    assert same(gradients["W2"], [*chain(*dot(turned(hidden), error))])
    assert same(gradients["W1"], [*chain(*dot(turned(x), dot(error, turned(second))))])
