"""The problems of a sheet as a file that ``mark`` takes."""

from __future__ import annotations

from typing import Any

from symback.teaching.exercises import Exercise, Sheet

__all__ = ["problems_toml"]


def problems_toml(sheet: Sheet) -> str:
    """Every problem with values as a table ``[exercise.N]`` of TOML, N its number on the sheet."""
    out = []
    for number, exercise in enumerate(sheet.exercises, start=1):
        if exercise.problem is not None and any(item.key for item in exercise.items):
            out.append("\n".join([f"[exercise.{number}]", *_lines(exercise)]))
    return "\n\n".join(out) + "\n"


def _lines(exercise: Exercise) -> list[str]:
    problem = exercise.problem
    assert problem is not None
    network = problem.network
    lines = [
        f"layers = {list(network.layers)}",
        "activations = [" + ", ".join(f'"{name}"' for name in network.activations) + "]",
        f'loss = "{network.loss}"',
    ]
    if not network.bias:
        lines.append("bias = false")
    for name, keys in problem.program.given.items():
        numbers = [problem.policy.stated(problem.given[key]) for key in keys]
        shape = problem.derivation.model.quantities[name].shape
        lines.append(f"{name} = {_nested(numbers, shape)}")
    lines.append(f"eta = {problem.policy.stated(problem.given['eta'])}")
    return lines


def _nested(numbers: list[str], shape: tuple[int, ...]) -> str:
    if len(shape) < 2:
        return "[" + ", ".join(numbers) + "]"
    width = shape[-1]
    rows: list[Any] = [numbers[i : i + width] for i in range(0, len(numbers), width)]
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"
