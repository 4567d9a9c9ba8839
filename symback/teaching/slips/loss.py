"""Slips about the loss: its factor, its sign, its logarithm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from symback.model.equations import Role
from symback.teaching.program import Kind, Program
from symback.teaching.terms import Tree

if TYPE_CHECKING:
    pass

from symback.teaching.slips.common import at_loss, times

__all__ = ["log_ten", "scaled_loss", "sign_reversed"]


def _is_squared(program: Program) -> bool:
    lines = [
        line
        for line in program.of_kind(Kind.FORWARD)
        if program.roles.get(line.quantity) is Role.LOSS
    ]

    def squares(tree: Tree) -> bool:
        if not isinstance(tree, tuple):
            return False
        if tree[0] == "^" and tree[2] == 2 and isinstance(tree[1], tuple):
            return True
        return any(squares(part) for part in tree[1:])

    return any(squares(line.tree) for line in lines)


def scaled_loss(factor: Fraction) -> Callable[[Program], Iterator[dict[str, Tree]]]:
    """A factor before the loss, seen in the loss and its slope, or in its slope alone."""

    def changes(program: Program) -> Iterator[dict[str, Tree]]:
        if not _is_squared(program):
            return
        lines = [
            line
            for line in program.of_kind(Kind.FORWARD)
            if program.roles.get(line.quantity) is Role.LOSS and line.function
        ] or [program.line_of[program.loss]]
        after = [line for line in program.of_kind(Kind.AFTER) if line.quantity == lines[0].quantity]
        yield {line.key: times(factor, line.tree) for line in (*lines, *at_loss(program), *after)}
        yield {line.key: times(factor, line.tree) for line in at_loss(program)}

    return changes


def sign_reversed(program: Program) -> Iterator[dict[str, Tree]]:
    """Target minus output where output minus target belongs."""
    altered = {line.key: times(-1, line.tree) for line in at_loss(program)}
    both = {line.quantity for line in at_loss(program)}
    if len(both) > 1:  # with softmax the pre-activation's adjoint has the loss in it as well
        for name in both:
            yield {k: t for k, t in altered.items() if program.line_of[k].quantity == name}
    if altered:
        yield altered


def log_ten(program: Program) -> Iterator[dict[str, Tree]]:
    """The common logarithm in the loss."""

    def ten(tree: Tree) -> Tree:
        if not isinstance(tree, tuple):
            return tree
        parts = tuple(ten(part) for part in tree[1:])
        return ("/", ("log", *parts), ("log", 10)) if tree[0] == "log" else (tree[0], *parts)

    altered = {}
    for line in program.of_kind(Kind.FORWARD, Kind.AFTER):
        if program.roles.get(line.quantity) is Role.LOSS:
            changed = ten(line.tree)
            if changed != line.tree:
                altered[line.key] = changed
    if altered:
        yield altered
