"""Slips about functions and their slopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symback.teaching.program import Kind, Line, Program
from symback.teaching.terms import Tree, replace_keys

if TYPE_CHECKING:
    pass

from symback.teaching.slips.common import by_quantity

__all__ = [
    "activation_missing",
    "function_for_slope",
    "not_normalised",
    "slope_at_output",
    "slope_missing",
    "slope_of_other",
    "slope_sign",
    "slope_twice",
    "slope_unsquared",
    "softmax_diagonal",
]


def slope_missing(program: Program) -> Iterator[dict[str, Tree]]:
    """A function's slope left out, in one layer or in all."""
    slopes = {line.key for line in program.of_kind(Kind.SLOPE)}
    users = [
        line
        for line in program.of_kind(Kind.ADJOINT, Kind.GRADIENT)
        if any(use in slopes for use in line.uses)
    ]
    ways = [
        {line.key: replace_keys(line.tree, dict.fromkeys(slopes, 1)) for line in lines}
        for lines in reversed(by_quantity(users).values())
    ]
    yield from ways
    if len(ways) > 1:
        yield {key: tree for way in ways for key, tree in way.items()}
    if not slopes:
        yield from _slope_missing_in_equations(program)


def _slope_missing_in_equations(program: Program) -> Iterator[dict[str, Tree]]:
    """The same where slopes stand in formulas: of one quantity, of all parameters, everywhere."""
    ways: list[tuple[Kind, dict[str, Tree]]] = []
    for kind in (Kind.GRADIENT, Kind.ADJOINT):
        for lines in by_quantity(program.of_kind(kind)).values():
            without = {line.key: _without_slopes(line.tree) for line in lines}
            altered = {k: t for k, t in without.items() if t != program.line_of[k].tree}
            if altered:
                ways.append((kind, altered))
    yield from (way for _, way in ways)
    for kinds in ((Kind.GRADIENT,), (Kind.GRADIENT, Kind.ADJOINT)):
        own = [way for kind, way in ways if kind in kinds]
        if len(own) > 1:
            yield {key: tree for way in own for key, tree in way.items()}


def _without_slopes(tree: Tree) -> Tree:
    """A tree whose products have lost factors ``1 - u^2``, and ``u (1 - u)``."""
    if not isinstance(tree, tuple):
        return tree
    parts = [_without_slopes(part) for part in tree[1:]]
    if tree[0] != "*":
        return (tree[0], *parts)
    for part in tree[1:]:
        match part:
            case ("+", 1, ("*", -1, ("^", _, 2))):
                parts.remove(part)
            case ("+", 1, ("*", -1, inner)) if inner in parts:
                parts.remove(part)
                parts.remove(inner)
    return ("*", *parts) if len(parts) > 1 else parts[0] if parts else 1


def slope_twice(program: Program) -> Iterator[dict[str, Tree]]:
    """A slope multiplied in once more, as behind output minus target, which has it already."""
    slopes = {line.key for line in program.of_kind(Kind.SLOPE)}
    for lines in by_quantity(program.of_kind(Kind.ADJOINT)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            own = next((use for use in line.uses if use in slopes), "")
            if line.rule == "through-function" and own:
                altered[line.key] = ("*", own, line.tree)
            elif line.rule == "loss-and-output" and len(line.uses) == 2:
                _, output = sorted(line.uses, key=lambda key: key in program.line_of)
                slope = ("*", output, ("+", 1, ("*", -1, output)))
                altered[line.key] = ("*", slope, line.tree)
        if altered:
            yield altered


def slope_at_output(program: Program) -> Iterator[dict[str, Tree]]:
    """The slope of sigmoid or tanh taken at the output."""
    for lines in by_quantity(program.of_kind(Kind.SLOPE)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            output = _output(line)
            if line.function in ("sigmoid", "tanh") and output in line.uses:
                again = (line.function, output)
                altered[line.key] = replace_keys(line.tree, {output: again})
        if altered:
            yield altered


def _output(line: Line) -> str:
    return line.key.replace("_slope", "", 1)


def function_for_slope(program: Program) -> Iterator[dict[str, Tree]]:
    """A function's output where its slope belongs."""
    for lines in by_quantity(program.of_kind(Kind.SLOPE)).values():
        yield {line.key: _output(line) for line in lines}


def slope_of_other(program: Program) -> Iterator[dict[str, Tree]]:
    """``a (1 - a)`` for tanh, ``1 - a^2`` for sigmoid."""
    for lines in by_quantity(program.of_kind(Kind.SLOPE)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            a = _output(line)
            if line.function == "tanh":
                altered[line.key] = ("*", a, ("+", 1, ("*", -1, a)))
            elif line.function == "sigmoid":
                altered[line.key] = ("+", 1, ("*", -1, ("^", a, 2)))
        if altered:
            yield altered


def slope_unsquared(program: Program) -> Iterator[dict[str, Tree]]:
    """``1 - a`` for the slope of tanh."""
    for lines in by_quantity(program.of_kind(Kind.SLOPE)).values():
        altered = {
            line.key: ("+", 1, ("*", -1, _output(line)))
            for line in lines
            if line.function == "tanh"
        }
        if altered:
            yield altered


def slope_sign(program: Program) -> Iterator[dict[str, Tree]]:
    """A plus in the slope of sigmoid or tanh."""
    for lines in by_quantity(program.of_kind(Kind.SLOPE)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            a = _output(line)
            if line.function == "tanh":
                altered[line.key] = ("+", 1, ("^", a, 2))
            elif line.function == "sigmoid":
                altered[line.key] = ("*", a, ("+", 1, a))
        if altered:
            yield altered


def activation_missing(program: Program) -> Iterator[dict[str, Tree]]:
    """A unit's sum where its output belongs."""
    for lines in by_quantity(program.of_kind(Kind.FORWARD)).values():
        altered = {
            line.key: line.tree[1]
            for line in lines
            if line.rule == "activation"
            and isinstance(line.tree, tuple)
            and len(line.tree) == 2
            and isinstance(line.tree[1], str)
        }
        if altered:
            yield altered


def softmax_diagonal(program: Program) -> Iterator[dict[str, Tree]]:
    """The softmax's derivative by its own input alone: ``-y (1 - yhat)``."""
    altered: dict[str, Tree] = {}
    for line in program.of_kind(Kind.ADJOINT):
        if line.rule == "loss-and-output" and len(line.uses) == 2:
            target, output = sorted(line.uses, key=lambda key: key in program.line_of)
            altered[line.key] = ("*", -1, target, ("+", 1, ("*", -1, output)))
    if altered:
        yield altered


def not_normalised(program: Program) -> Iterator[dict[str, Tree]]:
    """A softmax of the sums, without exponentials."""
    altered: dict[str, Tree] = {}
    for line in program.of_kind(Kind.FORWARD):
        if isinstance(line.tree, tuple) and line.tree[0] == "softmax":
            position, *row = line.tree[1:]
            altered[line.key] = ("/", row[position], ("+", *row))
    if altered:
        yield altered
