"""Exercises whose answers are values: forward, backward, a step, softmax, a dead unit."""

from __future__ import annotations

from random import Random

from symback.model.equations import Role
from symback.model.network import Network
from symback.teaching.blocks import (
    Block,
    Math,
    Paragraph,
    Say,
    Table,
)
from symback.teaching.exercises.parts import (
    Exercise,
    Item,
    Problem,
    calculated,
    given,
    known_values,
    problem_of,
    setting,
    shown,
)
from symback.teaching.program import Kind, Line
from symback.teaching.saying import given_blocks

__all__ = ["backward", "dead_unit", "forward", "forward_values", "softmax", "update"]


def forward(network: Network, random: Random) -> Exercise | None:
    """Every sum, every output of a unit, and the loss."""
    problem = problem_of(network, random.randrange(10**6))
    asked = problem.program.of_kind(Kind.FORWARD)
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-forward"))),
        *given(problem, without=("eta",)),
    ]
    return calculated("forward", problem, task, asked)


def forward_values(problem: Problem) -> Table:
    """The values of a forward pass that is given."""
    lines = [
        line
        for line in problem.program.of_kind(Kind.FORWARD)
        if problem.program.roles[line.quantity] is not Role.LOSS
    ]
    return known_values(lines, problem.digits)


def _backward_lines(problem: Problem, random: Random) -> list[Line]:
    """Errors of every unit, and two gradients of each array."""
    lines = []
    for line in problem.program.of_kind(Kind.ADJOINT):
        role = problem.program.roles[line.quantity]
        if role in (Role.PREACTIVATION, Role.ACTIVATION):
            lines.append(line)
    groups: dict[str, list[Line]] = {}
    for line in problem.program.of_kind(Kind.GRADIENT):
        groups.setdefault(line.quantity, []).append(line)
    for group in groups.values():
        lines += sorted(random.sample(group, min(2, len(group))), key=lambda line: line.indices)
    return lines


def backward(network: Network, random: Random) -> Exercise | None:
    """Errors and gradients, from a forward pass that is given."""
    problem = problem_of(network, random.randrange(10**6))
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-backward"))),
        *given(problem, without=("eta",)),
        forward_values(problem),
    ]
    return calculated("backward", problem, task, _backward_lines(problem, random))


def update(network: Network, random: Random) -> Exercise | None:
    """New values of some parameters, from gradients that are given."""
    problem = problem_of(network, random.randrange(10**6))
    gradients = problem.program.of_kind(Kind.GRADIENT)
    found = known_values(gradients, problem.digits)
    asked = list(problem.program.of_kind(Kind.UPDATE))
    chosen = sorted(random.sample(range(len(asked)), min(6, len(asked))))
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-update"))),
        *given(problem),
        Paragraph((Say("gradients-found"),), keep=True),
        found,
    ]
    exercise = calculated("update", problem, task, [asked[i] for i in chosen])
    key = (shown(problem, [asked[i] for i in chosen]), *exercise.key[1:])
    return Exercise(
        exercise.kind, exercise.task, exercise.items, key, exercise.signature, problem,
        exercise.proved,
    )  # fmt: skip


def softmax(network: Network, random: Random) -> Exercise | None:
    """Softmax with cross-entropy, by itself: sums are given, outputs, loss and errors asked."""
    width = random.choice((2, 3))
    own = Network((2, width), ("softmax",), "cross-entropy")
    problem = problem_of(own, random.randrange(10**6))
    lines = [
        line
        for line in (*problem.program.of_kind(Kind.FORWARD), *problem.program.of_kind(Kind.ADJOINT))
        if line.key.startswith(("yhat", "L", "dL/dy_pre"))
    ]
    sums = [line for line in problem.program.of_kind(Kind.FORWARD) if line.key.startswith("y_pre")]
    targets = {k: v for k, v in problem.given.items() if k.startswith("y[")}
    task: list[Block] = [
        Paragraph((Say("task-softmax"),)),
        *given_blocks(problem.program, problem.derivation, targets, problem.policy),
        known_values(sums, problem.digits),
    ]  # fmt: skip
    return calculated("softmax", problem, task, lines)


def dead_unit(network: Network, random: Random) -> Exercise | None:
    """A ReLU that is off: which gradients vanish?"""
    own = Network((network.layers[0], 3, network.layers[-1]), ("relu", "identity"),
                  "half-squared-error")  # fmt: skip
    problem = problem_of(own, random.randrange(10**6))
    slopes = problem.program.of_kind(Kind.SLOPE)
    dead = [line for line in slopes if not problem.values[line.key]]
    if not dead:
        return None
    gradients = [
        line for line in problem.program.of_kind(Kind.GRADIENT) if line.quantity in ("W1", "b1")
    ]
    zero = [line for line in gradients if not problem.values[line.key]]
    counted = str(len(zero))
    unit = dead[0].indices[0]
    item = Item(Say("count-zero"), "", counted, float(len(zero)), 0.0, rule="through-function")
    which = Item(Say("dead-unit"), "", str(unit), float(unit), 0.0, rule="function")
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-dead"))),
        *given(problem, without=("eta",)),
    ]
    key: list[Block] = [
        shown(problem, [*problem.program.of_kind(Kind.FORWARD)[:6], *dead]),
        Paragraph((Say("dead-answer", {
            "unit": unit, "count": len(zero),
            "gradients": tuple(Math(line.subject) for line in zero),
        }),)),
    ]  # fmt: skip
    signature = ("dead", own, tuple(map(str, problem.given.values())))
    return Exercise(
        "dead", tuple(task), (which, item), tuple(key), signature, problem,
        problem.proved and len(dead) == 1,
    )  # fmt: skip
