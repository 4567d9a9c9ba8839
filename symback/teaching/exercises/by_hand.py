"""Exercises whose answers are values: forward, backward, a step, softmax, a dead unit."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from symback.model.equations import Role
from symback.model.network import Network
from symback.teaching.blocks import (
    Block,
    Math,
    Paragraph,
    Say,
)
from symback.teaching.exercises.parts import (
    Exercise,
    Item,
    calculated,
    given,
    setting,
    shown,
)
from symback.teaching.exercises.problem import About, Problem, problem_of
from symback.teaching.exercises.small import Small
from symback.teaching.exercises.work import Work
from symback.teaching.program import Kind, Line

__all__ = ["backward", "dead_unit", "forward", "softmax", "update"]


WIDEST = 3
"""Up to so many units a layer has tidy numbers."""


def forward(about: About, random: Random) -> Exercise | None:
    """Every sum, every output of a unit, and the loss."""
    problem = problem_of(about, random.randrange(10**6))
    task_code = "task-forward-model" if isinstance(about, Small) else "task-forward"
    task: list[Block] = [
        Paragraph((setting(problem), Say(task_code))),
        given(problem),
    ]
    lines = [line for line in problem.program.of_kind(Kind.FORWARD) if line.rule != "boundary"]
    return calculated("forward", Work(problem, _some(lines, random, about)), task)


BOXES = 20
"""So many values of a part of a model's work are asked for."""


def _some(lines: Sequence[Line], random: Random, about: About) -> tuple[Line, ...]:
    """The lines whose values are asked for: all of a network, of a model some, and the last."""
    if not isinstance(about, Small) or len(lines) <= BOXES:
        return tuple(lines)
    chosen = {*random.sample(range(len(lines) - 1), BOXES - 1), len(lines) - 1}
    return tuple(lines[place] for place in sorted(chosen))


def _worked_forward(problem: Problem) -> tuple[Line, ...]:
    """The forward pass but for the loss, where it is given."""
    return tuple(
        line
        for line in problem.program.of_kind(Kind.FORWARD)
        if problem.program.roles[line.quantity] is not Role.LOSS
    )


def _backward_lines(problem: Problem, random: Random) -> list[Line]:
    """Errors of every unit, and two gradients of each array."""
    if isinstance(problem.about, Small):
        lines = list(_some(problem.program.of_kind(Kind.ADJOINT), random, problem.about))
    else:
        units = (Role.PREACTIVATION, Role.ACTIVATION)
        adjoints = problem.program.of_kind(Kind.ADJOINT)
        lines = [line for line in adjoints if problem.program.roles[line.quantity] in units]
    groups: dict[str, list[Line]] = {}
    for line in problem.program.of_kind(Kind.GRADIENT):
        groups.setdefault(line.quantity, []).append(line)
    for group in groups.values():
        count = 2 if len(groups) <= MANY else 1
        lines += sorted(random.sample(group, min(count, len(group))), key=lambda line: line.indices)
    return lines


MANY = 6
"""Of more arrays than these one gradient each is asked for."""

SAMPLES = 12
"""So many choices of gradients are tried until every slip shows in them."""


def backward(about: About, random: Random) -> Exercise | None:
    """Errors and gradients, from a forward pass that is given."""
    problem = problem_of(about, random.randrange(10**6))
    lines = _worked_forward(problem)
    known = frozenset(line.key for line in lines)
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-backward"))),
        given(problem, lines),
    ]
    for _ in range(SAMPLES):
        work = Work(problem, tuple(_backward_lines(problem, random)), known)
        exercise = calculated("backward", work, task)
        if exercise is not None:
            return exercise
    return None


def update(about: About, random: Random) -> Exercise | None:
    """New values of some parameters, from gradients that are given."""
    problem = problem_of(about, random.randrange(10**6))
    gradients = problem.program.of_kind(Kind.GRADIENT)
    lines = problem.program.of_kind(Kind.UPDATE)
    if not lines:
        return None
    chosen = sorted(random.sample(range(len(lines)), min(6, len(lines))))
    work = Work(problem, tuple(lines[i] for i in chosen), frozenset(line.key for line in gradients))
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-update"))),
        given(problem, gradients, kept=problem.program.givens),
    ]
    return calculated("update", work, task)


def softmax(network: Network, random: Random) -> Exercise | None:
    """Softmax with cross-entropy, by itself: sums are given, outputs, loss and errors asked."""
    width = min(max(network.layers[-1], 2), 3)
    own = Network((2, width), ("softmax",), "cross-entropy")
    problem = problem_of(own, random.randrange(10**6))
    sums = [line for line in problem.program.of_kind(Kind.FORWARD) if line.key.startswith("y_pre")]
    asked = tuple(
        line
        for line in (*problem.program.of_kind(Kind.FORWARD), *problem.program.of_kind(Kind.ADJOINT))
        if line.key.startswith(("yhat", "L", "dL/dy_pre"))
    )
    task: list[Block] = [
        Paragraph((Say("task-softmax"),)),
        given(problem, sums, kept=problem.program.given["y"]),
    ]
    work = Work(problem, asked, frozenset(line.key for line in sums))
    return calculated("softmax", work, task)


def dead_unit(network: Network, random: Random, *, alike: bool = False) -> Exercise | None:
    """A ReLU that is off: which gradients vanish?

    Args:
        network: whose inputs and outputs it has.
        random: draws the numbers.
        alike: whether it has the layers of the network as they are, since the letters of the sheet
            are those of its layers; nothing if these are too wide.
    """
    if alike and not (len(network.layers) == 3 and max(network.layers) <= WIDEST):
        return None
    first, middle, last = network.layers[0], network.layers[1:-1], network.layers[-1]
    layers = (min(first, WIDEST), middle[0] if alike else WIDEST, min(last, WIDEST))
    own = Network(layers, ("relu", "identity"), "half-squared-error")
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
    item = Item(Say("count-zero"), "", counted, float(len(zero)), 0.0,
                rule="through-function", name="zeros")  # fmt: skip
    which = Item(Say("dead-unit"), "", str(unit), float(unit), 0.0, rule="function",
                 name="unit")  # fmt: skip
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-dead"))),
        given(problem),
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
