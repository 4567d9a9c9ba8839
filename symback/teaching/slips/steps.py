"""Slips about the step of descent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from symback.model.equations import Role
from symback.teaching.program import Kind, Program
from symback.teaching.terms import Tree

if TYPE_CHECKING:
    pass


__all__ = ["bias_not_updated", "update_by"]


def update_by(
    change: Callable[[str, Tree], Tree],
) -> Callable[[Program], Iterator[dict[str, Tree]]]:
    """Every update changed in one way."""

    def changes(program: Program) -> Iterator[dict[str, Tree]]:
        lines = program.of_kind(Kind.UPDATE)
        if lines:
            yield {line.key: change(line.tree[1], line.tree[2][3]) for line in lines}

    return changes


def bias_not_updated(program: Program) -> Iterator[dict[str, Tree]]:
    """Biases that stay as they are."""
    altered = {
        line.key: line.tree[1]
        for line in program.of_kind(Kind.UPDATE)
        if program.roles.get(line.quantity) is Role.BIAS
    }
    if altered:
        yield altered
