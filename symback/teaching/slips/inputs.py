"""Slips about biases and inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from symback.model.equations import Role
from symback.teaching.program import Kind, Line, Program
from symback.teaching.terms import Tree, references, replace_keys

if TYPE_CHECKING:
    pass

from symback.teaching.slips.common import by_quantity, is_adjoint, name_of_key, weight_names

__all__ = [
    "bias_missing",
    "error_before_slope",
    "exchanged",
    "input_missing",
    "one_input",
    "other_input",
]


def bias_missing(program: Program) -> Iterator[dict[str, Tree]]:
    """The bias left out of a sum."""
    ways = []
    for lines in by_quantity(program.of_kind(Kind.FORWARD)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            without = _without_bias(program, line.tree)
            if without != line.tree:
                altered[line.key] = without
        if altered:
            ways.append(altered)
    yield from ways
    if len(ways) > 1:
        yield {key: tree for way in ways for key, tree in way.items()}


def _without_bias(program: Program, tree: Tree) -> Tree:
    """A tree whose sums have lost their bias: a parameter that stands there alone."""
    if not isinstance(tree, tuple):
        return tree
    parts = [_without_bias(program, part) for part in tree[1:]]
    if tree[0] == "+":
        kept = [part for part in parts if not _is_bias(program, part)]
        if kept and len(kept) < len(parts):
            return kept[0] if len(kept) == 1 else ("+", *kept)
    return (tree[0], *parts)


def _is_bias(program: Program, part: Tree) -> bool:
    if not isinstance(part, str):
        return False
    role = program.roles.get(name_of_key(part))
    return role is Role.BIAS or (role is Role.PARAMETER and "," not in part)


def one_input(program: Program) -> Iterator[dict[str, Tree]]:
    """One input taken for every one of them in the sums of a layer."""
    for lines in by_quantity(program.of_kind(Kind.FORWARD)).values():
        altered: dict[str, Tree] = {}
        for line in lines:
            inputs = [use for use in line.uses if _is_input(program, use)]
            if line.rule == "weighted-sum" and len(inputs) > 1:
                altered[line.key] = replace_keys(line.tree, dict.fromkeys(inputs, inputs[0]))
        if altered:
            yield altered


def _is_input(program: Program, key: str) -> bool:
    return program.roles.get(name_of_key(key)) in (Role.INPUT, Role.ACTIVATION)


def _gradients(program: Program) -> Iterator[list[Line]]:
    """The gradients of each matrix of weights that are one product of an input and an error."""
    for name in weight_names(program):
        lines = [line for line in program.of_kind(Kind.GRADIENT) if line.quantity == name]
        if lines and all(
            isinstance(line.tree, tuple) and line.tree[0] == "*" and len(line.tree) == 3
            for line in lines
        ):
            yield lines


def _input_of(program: Program, line: Line) -> str:
    return next((use for use in line.uses if not is_adjoint(use, program)), "")


def input_missing(program: Program) -> Iterator[dict[str, Tree]]:
    """A gradient without its input."""
    for lines in _gradients(program):
        yield {line.key: replace_keys(line.tree, {_input_of(program, line): 1}) for line in lines}


def other_input(program: Program) -> Iterator[dict[str, Tree]]:
    """The inputs of another layer in a gradient, or what comes before the activation."""
    known = {*program.givens, *program.line_of}
    sources = [
        name for name, role in program.roles.items() if role in (Role.INPUT, Role.ACTIVATION)
    ]
    for lines in _gradients(program):
        own = name_of_key(_input_of(program, lines[0]))
        pre = {
            _input_of(program, line): _before_activation(program, _input_of(program, line))
            for line in lines
        }
        if all(pre.values()):
            yield {line.key: replace_keys(line.tree, pre) for line in lines}
        for other in sources:
            if other == own:
                continue
            altered = {
                line.key: replace_keys(
                    line.tree,
                    {use: other + use[len(own) :] for use in line.uses if name_of_key(use) == own},
                )
                for line in lines
            }
            if all(use in known for tree in altered.values() for use in references(tree)):
                yield altered


def _before_activation(program: Program, key: str) -> str:
    line = program.line_of.get(key)
    if line is None or line.rule != "activation" or len(line.uses) != 1:
        return ""
    return line.uses[0]


def error_before_slope(program: Program) -> Iterator[dict[str, Tree]]:
    """A gradient with the error of the activation, where that of the pre-activation belongs."""
    loss = program.loss
    for lines in _gradients(program):
        altered: dict[str, Tree] = {}
        for line in lines:
            error = next(use for use in line.uses if is_adjoint(use, program))
            above = program.line_of[error]
            outer = [u for u in above.uses if is_adjoint(u, program)]
            if above.rule == "through-function" and len(outer) == 1:
                altered[line.key] = replace_keys(line.tree, {error: outer[0]})
        if altered and loss:
            yield altered


def exchanged(role: Role) -> Callable[[Program], Iterator[dict[str, Tree]]]:
    """Two entries of a given quantity exchanged."""

    def changes(program: Program) -> Iterator[dict[str, Tree]]:
        for name, keys in program.given.items():
            if program.roles.get(name) is not role or len(keys) != 2:
                continue
            other = {keys[0]: keys[1], keys[1]: keys[0]}
            yield {
                line.key: replace_keys(line.tree, other)
                for line in program.lines
                if any(use in other for use in line.uses)
            }

    return changes
