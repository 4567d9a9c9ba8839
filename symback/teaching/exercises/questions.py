"""Exercises without a worked network: shapes and counts, and which convention makes this true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from random import Random

from symback.model.network import Network
from symback.teaching.blocks import (
    Bullets,
    Paragraph,
    Say,
)
from symback.teaching.exercises.parts import Exercise, Item, letter

__all__ = ["CHECKS", "CONVENTIONS", "convention", "shapes"]


def shapes(network: Network, random: Random, *, columns: bool = False) -> Exercise | None:
    """Shapes and counts of parameters of another network.

    Args:
        network: unused; every kind of exercise is asked for one.
        random: draws the layers.
        columns: whether vectors are columns, as in the course's notation, which matrices precede.
    """
    layers = tuple(random.randint(2, 12) for _ in range(4))
    shapes = Network(layers).parameter_shapes
    count = sum(_product(shape) for shape in shapes.values())
    stored = [shape for name, shape in shapes.items() if name.startswith("W")]
    matrices = [shape[::-1] for shape in stored] if columns else stored
    without = sum(_product(shape) for shape in matrices)
    # The witness counts one unit after the other: its inputs and its bias.
    witnessed = 0
    for before, own in pairwise(layers):
        for _ in range(own):
            witnessed += before + 1
    text = "-".join(map(str, layers))
    items = [
        Item(Say("shape-rows", {"place": place}), "", str(shape[0]), float(shape[0]), 0.0,
             rule="weighted-sum", name=f"rows_{place}")
        for place, shape in enumerate(matrices, start=1)
    ]  # fmt: skip
    items.append(
        Item(Say("count-all"), "", str(count), float(count), 0.0,
             (("bias-missing", str(without)),), rule="weighted-sum", name="parameters")
    )  # fmt: skip
    task = (
        Paragraph((Say("task-shapes-columns" if columns else "task-shapes", {"layers": text}),)),
    )
    key = (
        Bullets(tuple(
            Say("shape-answer", {"place": place, "rows": rows, "columns": columns})
            for place, (rows, columns) in enumerate(matrices, start=1)
        )),
        Paragraph((Say("count-answer", {"count": count}),)),
    )  # fmt: skip
    fits = stored == list(pairwise(layers)) and count == witnessed
    return Exercise("shapes", task, tuple(items), key, ("shapes", layers), None, fits)


def _product(shape: tuple[int, ...]) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


CONVENTIONS: Mapping[str, tuple[str, ...]] = {
    "loss-factor": ("no-half", "with-half", "mean-of-two"),
    "delta-sign": ("delta-negative", "delta-gradient", "delta-of-output"),
    "orientation": ("from-to", "to-from", "symmetric"),
    "kink": ("zero-at-kink", "one-at-kink", "half-at-kink"),
    "log-base": ("natural-log", "log-two", "log-ten-base"),
}
"""Statements that hold under one convention, which comes first, and others that do not do."""


def convention(network: Network, random: Random) -> Exercise | None:
    """Which convention makes a statement true?"""
    topic = random.choice(sorted(CONVENTIONS))
    options = CONVENTIONS[topic]
    order = list(options)
    random.shuffle(order)
    right = order.index(options[0])
    item = Item(
        Say("your-letter"), "", letter(right),
        choices=tuple(letter(i) for i in range(len(order))), rule="convention",
        name="letter",
    )  # fmt: skip
    task = (
        Paragraph((Say("task-convention"), Say(f"statement-{topic}"))),
        Bullets(tuple(
            Say("choice", {"letter": letter(i), "text": Say(f"convention-{code}")})
            for i, code in enumerate(order)
        )),
    )  # fmt: skip
    key = (Paragraph((Say("convention-answer", {
        "letter": letter(right), "text": Say(f"convention-{options[0]}"),
    }),)),)  # fmt: skip
    return Exercise(
        "convention", task, (item,), key, ("convention", topic), None,
        _only_one_holds(topic, options),
    )  # fmt: skip


def _only_one_holds(topic: str, options: tuple[str, ...]) -> bool:
    """Each option tried in numbers: the first makes the statement true, no other does."""
    return [CHECKS[topic](option) for option in options] == [True] + [False] * (len(options) - 1)


def _slope_of(loss: Callable[[float], float], at: float) -> float:
    return (loss(at + 1e-6) - loss(at - 1e-6)) / 2e-6


def _check_loss(option: str) -> bool:
    factor = {"no-half": 1.0, "with-half": 0.5, "mean-of-two": 0.5}[option]
    return abs(_slope_of(lambda u: factor * (u - 0.3) ** 2, 0.8) - 2 * (0.8 - 0.3)) < 1e-6


def _check_delta(option: str) -> bool:
    slope = _slope_of(lambda u: 0.5 * (u - 0.3) ** 2, 0.8)
    delta = {"delta-negative": -slope, "delta-gradient": slope, "delta-of-output": 0.8}[option]
    weight, source, rate = 0.4, 0.7, 0.1
    right = weight - rate * slope * source
    return abs(weight + rate * delta * source - right) < 1e-9


def _check_orientation(option: str) -> bool:
    rows = {"from-to": (2, 3), "to-from": (3, 2), "symmetric": (2, 2)}[option]
    return rows == (2, 3)  # x W with x of 2 entries has 3 columns only so


def _check_kink(option: str) -> bool:
    return {"zero-at-kink": 0.0, "one-at-kink": 1.0, "half-at-kink": 0.5}[option] * 3.0 == 0.0


def _check_log(option: str) -> bool:
    from math import log

    base = {"natural-log": 1.0, "log-two": log(2), "log-ten-base": log(10)}[option]
    return abs(_slope_of(lambda u: -log(u) / base, 0.4) + 1 / 0.4) < 1e-6


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "loss-factor": _check_loss,
    "delta-sign": _check_delta,
    "orientation": _check_orientation,
    "kink": _check_kink,
    "log-base": _check_log,
}
