"""Slips about weights and paths: transposed, of another layer, too new, left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from symback.model.equations import PARAMETERS
from symback.teaching.program import Kind, Line, Program
from symback.teaching.terms import Tree, references, replace_keys

if TYPE_CHECKING:
    pass

from symback.teaching.slips.common import by_quantity, name_of_key, swapped, weight_names

__all__ = [
    "backward_transposed",
    "forward_transposed",
    "gradient_transposed",
    "path_missing",
    "updated_weights",
    "wrong_layer",
]


def _with_weights(
    program: Program, lines: list[Line], change: Callable[[str], str | None]
) -> dict[str, Tree]:
    """Lines with other weights; nothing where one of these does not exist."""
    known = {*program.givens, *program.line_of}
    altered: dict[str, Tree] = {}
    for line in lines:
        new: dict[str, str] = {}
        for use in line.uses:
            other = change(use)
            if other is not None:
                if other not in known:
                    return {}
                new[use] = other
        if new:
            altered[line.key] = replace_keys(line.tree, new)
    return altered


def _backward(program: Program) -> list[Line]:
    return [
        line
        for line in program.of_kind(Kind.ADJOINT)
        if any(program.roles.get(name_of_key(use)) in PARAMETERS for use in line.uses)
    ]


def _transposed(key: str, names: tuple[str, ...]) -> str | None:
    return swapped(key) if name_of_key(key) in names and "," in key else None


def _of_layer(key: str, own: str, other: str) -> str | None:
    return other + key[len(own) :] if name_of_key(key) == own else None


def forward_transposed(program: Program) -> Iterator[dict[str, Tree]]:
    """The forward pass with a matrix transposed; then the way back too, and the step as well.

    Who reads one matrix so reads others so: after each matrix alone come all of them.
    """
    forward = list(program.of_kind(Kind.FORWARD))
    updates = list(program.of_kind(Kind.UPDATE))
    for names in _each_and_all(program):
        change = partial(_transposed, names=names)
        altered = _with_weights(program, forward, change)
        if not altered:
            continue
        yield altered
        if back := _with_weights(program, _backward(program), change):
            yield altered | back
        if step := _with_weights(program, updates, change):
            yield altered | back | step


def backward_transposed(program: Program) -> Iterator[dict[str, Tree]]:
    """The backward pass with a matrix transposed, or with all of them."""
    for names in _each_and_all(program):
        altered = _with_weights(program, _backward(program), partial(_transposed, names=names))
        if altered:
            yield altered


def _each_and_all(program: Program) -> Iterator[tuple[str, ...]]:
    """Each matrix that can be read transposed alone, then all of these."""
    known = {*program.givens}
    square = tuple(
        name
        for name in weight_names(program)
        if all(swapped(key) in known for key in program.given[name])
        and any(swapped(key) != key for key in program.given[name])
    )
    yield from ((name,) for name in square)
    if len(square) > 1:
        yield square


def gradient_transposed(program: Program) -> Iterator[dict[str, Tree]]:
    """A gradient's matrix transposed."""
    ways = []
    for name in weight_names(program):
        lines = {line.key: line for line in program.of_kind(Kind.GRADIENT) if line.quantity == name}
        if all(swapped(key) in lines for key in lines):
            way = {key: lines[swapped(key)].tree for key in lines if swapped(key) != key}
            if way:
                ways.append(way)
    yield from reversed(ways)
    if len(ways) > 1:
        yield {key: tree for way in ways for key, tree in way.items()}


def wrong_layer(program: Program) -> Iterator[dict[str, Tree]]:
    """Another layer's weights on the way back."""
    names = weight_names(program)
    for own in names:
        for other in names:
            if other == own:
                continue
            change = partial(_of_layer, own=own, other=other)
            altered = _with_weights(program, _backward(program), change)
            if altered:
                yield altered


def updated_weights(program: Program) -> Iterator[dict[str, Tree]]:
    """Weights that were moved already, on the way back."""
    updates = {line.key.replace("_new", "", 1): line for line in program.of_kind(Kind.UPDATE)}
    moved = {key: line.tree for key, line in updates.items()}
    altered: dict[str, Tree] = {}
    for line in _backward(program):
        if any(use in updates for use in line.uses):
            altered[line.key] = replace_keys(line.tree, moved)
    if altered:
        yield altered


def path_missing(program: Program) -> Iterator[dict[str, Tree]]:
    """A path left out of a sum over paths: one to the next layer, or the way back in time."""
    for lines in by_quantity(_backward(program)).values():
        if back := _without_recursion(lines):
            yield back
        terms = [
            line
            for line in lines
            if isinstance(line.tree, tuple) and line.tree[0] == "+" and len(line.tree) > 2
        ]
        if not terms:
            continue
        count = min(len(line.tree) - 1 for line in terms)
        for kept in range(count):
            if count == 2:
                yield {line.key: line.tree[1 + kept] for line in terms}
            else:
                yield {
                    line.key: ("+", *line.tree[1 : 1 + kept], *line.tree[2 + kept :])
                    for line in terms
                }
        if count > 2:
            for kept in range(count):
                yield {line.key: line.tree[1 + kept] for line in terms}


def _without_recursion(lines: list[Line]) -> dict[str, Tree]:
    """Sums over paths without those that lead through the same quantity at another step."""
    own = {line.key for line in lines}
    found: dict[str, Tree] = {}
    for line in lines:
        if isinstance(line.tree, tuple) and line.tree[0] == "+":
            kept = [part for part in line.tree[1:] if own.isdisjoint(references(part))]
            if kept and len(kept) < len(line.tree) - 1:
                found[line.key] = ("+", *kept) if len(kept) > 1 else kept[0]
    return found
