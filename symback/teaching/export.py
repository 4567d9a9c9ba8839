"""The problems of a sheet as a file that ``mark`` takes."""

from __future__ import annotations

import json

from symback.model.network import Network
from symback.teaching.exercises import Exercise, Item, Sheet
from symback.teaching.exercises.small import Small
from symback.teaching.names import typed_name

__all__ = ["problems_toml"]


def problems_toml(sheet: Sheet) -> str:
    """Every exercise with answers as a table ``[exercise.N]`` of TOML, N its number."""
    out = []
    for number, exercise in enumerate(sheet.exercises, start=1):
        if exercise.items or exercise.result:
            lines = _lines(exercise)
            # A sheet says which index of a weight is which: it need not be guessed of an answer.
            if exercise.result is not None or (sheet.notation and exercise.problem is not None):
                name = sheet.notation.name if sheet.notation is not None else "founding"
                lines.append(f"notation = {_text(name)}")
            out.append("\n".join([f"[exercise.{number}]", *lines]))
    return "\n\n".join(out) + "\n"


def _lines(exercise: Exercise) -> list[str]:
    answers = {item.name: _right(item) for item in exercise.items if not item.key}
    lines = [*_problem(exercise)] if any(item.key for item in exercise.items) else []
    if answers:
        inner = ", ".join(f'{name} = "{right}"' for name, right in answers.items())
        lines.append(f"answers = {{ {inner} }}")
    if (result := exercise.result) is not None:
        lines += [
            *_about(result.about),
            f'formulas = {{ {result.name} = "{result.left}" }}',
        ]
        if result.is_closed:
            lines.append(f'closed = ["{result.name}"]')
    return lines


def _about(about: Network | Small) -> list[str]:
    """What states a network or a model."""
    if isinstance(about, Small):
        sizes = ", ".join(f"{name} = {size}" for name, size in about.sizes)
        return [f"model = {_text(about.name)}", *([f"sizes = {{ {sizes} }}"] if sizes else [])]
    network = about
    lines = [
        f"layers = {list(network.layers)}",
        "activations = [" + ", ".join(f'"{name}"' for name in network.activations) + "]",
        f'loss = "{network.loss}"',
    ]
    return lines if network.bias else [*lines, "bias = false"]


def _right(item: Item) -> str:
    """A right answer with all its digits."""
    if item.value is None or item.value.is_integer():
        return item.answer
    return format(item.value, ".12f")


def _problem(exercise: Exercise) -> list[str]:
    problem = exercise.problem
    assert problem is not None
    lines = _about(problem.about)
    for name, keys in problem.program.given.items():
        numbers = [problem.policy.stated(problem.given[key]) for key in keys]
        shape = problem.model.quantities[name].shape
        lines.append(f"{name} = {_nested(numbers, shape)}")
    if isinstance(problem.about, Small):
        lines += _integers(problem.about)
    lines.append(f"eta = {problem.policy.stated(problem.given['eta'])}")
    asked = [item.key for item in exercise.items if item.key]
    shown = [line.key for line in problem.program.lines if line.key in exercise.known]
    lines.append(f"asked = {_texts(asked)}")
    if shown:
        lines.append(f"shown = {_texts(shown)}")
    names = {
        item.name: item.key
        for item in exercise.items
        if item.key and item.name != typed_name(item.key, problem.program.loss)
    }
    if names:
        inner = ", ".join(f'{name} = "{key}"' for name, key in names.items())
        lines.append(f"names = {{ {inner} }}")
    return lines


def _integers(small: Small) -> list[str]:
    arrays: dict[str, list[str]] = {}
    for key, number in small.integers.items():
        arrays.setdefault(key.partition("[")[0], []).append(str(number))
    return [
        f"{name} = {_nested(numbers, small.model.quantities[name].shape)}"
        for name, numbers in arrays.items()
    ]


def _text(text: str) -> str:
    """A text as TOML has it: as JSON, whose escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False)


def _texts(texts: list[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def _nested(numbers: list[str], shape: tuple[int, ...]) -> str:
    """Numbers in lists of lists, the last index first; of a scalar the number."""
    for size in reversed(shape):
        numbers = [
            "[" + ", ".join(numbers[i : i + size]) + "]" for i in range(0, len(numbers), size)
        ]
    return numbers[0]
