"""What the changes of several slips have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from symback.model.equations import Role
from symback.teaching.program import Kind, Line, Program
from symback.teaching.terms import Tree

if TYPE_CHECKING:
    pass


__all__ = [
    "at_loss",
    "by_quantity",
    "is_adjoint",
    "name_of_key",
    "swapped",
    "times",
    "weight_names",
]


def times(factor: Any, tree: Tree) -> Tree:
    """A tree with a factor before it."""
    return ("*", factor, tree)


def weight_names(program: Program) -> list[str]:
    """The names of the matrices of weights, in order."""
    return [
        name
        for name, keys in program.given.items()
        if program.roles.get(name) in (Role.WEIGHT, Role.PARAMETER) and "," in keys[0]
    ]


def name_of_key(key: str) -> str:
    """The name of a quantity, without indices."""
    return key.partition("[")[0]


def swapped(key: str) -> str:
    """The key with its two indices exchanged."""
    name, _, rest = key.partition("[")
    first, _, second = rest[:-1].partition(",")
    return f"{name}[{second},{first}]"


def by_quantity(lines: Iterator[Line] | list[Line] | tuple[Line, ...]) -> dict[str, list[Line]]:
    """Lines by the name of their quantity, in order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.quantity, []).append(line)
    return found


def is_adjoint(key: str, program: Program) -> bool:
    """Whether a key is a derivative of the loss."""
    return key.startswith(f"d{program.loss}/d")


def at_loss(program: Program) -> list[Line]:
    """The adjoints that the loss alone decides: where the error begins."""
    rules = ("differentiate-loss", "loss-and-output")
    return [
        line
        for line in program.of_kind(Kind.ADJOINT)
        if line.rule in rules and program.roles.get(line.quantity) is not Role.LOSS
    ]
