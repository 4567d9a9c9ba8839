"""A matrix that is read transposed: named once, penalised once, wherever it is used."""

from __future__ import annotations

import pytest

from symback.model.network import Network
from symback.teaching.exercises.problem import Problem, problem_of
from symback.teaching.marking import Marker
from symback.teaching.outcomes import Judged, Outcome
from symback.teaching.program import Kind
from symback.teaching.slips.weights import backward_transposed

NETWORKS = [
    Network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error"),
    Network((2, 2, 2), ("tanh", "softmax"), "cross-entropy"),
    Network((3, 3, 3), ("sigmoid", "identity"), "half-squared-error"),
    Network((2, 2, 2, 2), ("tanh", "tanh", "sigmoid"), "half-squared-error"),
]


def _turned(problem: Problem, names: tuple[str, ...]) -> dict[str, float]:
    """The given numbers with some matrices transposed."""
    found = {}
    for key, value in problem.given.items():
        name, _, rest = key.partition("[")
        first, _, second = rest[:-1].partition(",")
        found[f"{name}[{second},{first}]" if name in names else key] = float(value)
    return found


def _wrong(problem: Problem, values: dict[str, float]) -> list[Judged]:
    kinds = (Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT, Kind.UPDATE)
    sheet = {x.key: f"{float(values[x.key]):.4f}" for x in problem.program.of_kind(*kinds)}
    judged = Marker(problem.program, problem.given).mark("", sheet).judged
    return [value for value in judged if value.outcome is Outcome.WRONG]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: "-".join(map(str, n.layers)))
def test_it_costs_marks_once(network: Network) -> None:
    problem = problem_of(network, 1)
    every = tuple(name for name in problem.program.given if name.startswith("W"))
    for names in (every, ("W1",)):
        values = problem.program.run(_turned(problem, names))
        assert [value.slips for value in _wrong(problem, values)] == [("forward-transposed",)]
    # On the way back alone it is another slip, and the forward pass on the sheet says so.
    *_, altered = backward_transposed(problem.program)
    numbers = {key: float(value) for key, value in problem.given.items()}
    wrong = _wrong(problem, problem.program.run(numbers, altered=altered))
    assert len(wrong) == 1
    assert "backward-transposed" in wrong[0].slips
    assert "forward-transposed" not in wrong[0].slips


def test_another_slip_beside_it_costs_too() -> None:
    """The known-bad twin: who transposes is not forgiven what has nothing to do with it."""
    problem = problem_of(NETWORKS[0], 1)
    values = problem.program.run(_turned(problem, ("W1", "W2")))
    values["L"] *= 2.7
    assert [value.slips for value in _wrong(problem, values)] != [("forward-transposed",)]
