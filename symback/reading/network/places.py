"""Where quantities stand in a network: letters, layers, definitions, and what is undecided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from symback.reading.formula.syntax import BigSum, Call, Node, Symbol
from symback.reading.network.naming import Names, Parts
from symback.reading.network.symbols import quantities, spelled, summed_letters
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = [
    "Definition",
    "Env",
    "Function",
    "Layer",
    "Place",
    "Undecided",
    "free_letters",
    "function_name",
]

Layer = int | str | None
Env = Mapping[str, int]


class Undecided(Exception):
    """A statement cannot be judged; carries the code of the reason and what it mentions."""

    def __init__(self, reason: str, **arguments: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.arguments = arguments


class Place(NamedTuple):
    """A quantity: its letter, its layer and the name below it."""

    base: str
    layer: Layer
    tag: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An equation that says what a quantity is."""

    parts: Parts
    body: Node
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the document defines: `sigma(z) = 1/(1 + exp(-z))`."""

    variable: Symbol
    body: Node


def free_letters(node: Node, names: Names, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The index letters of an expression that no sum in it binds."""
    if isinstance(node, Symbol):
        for index in names.split(node).indices:
            for letter in quantities(index):
                if spelled(letter) not in bound:
                    yield spelled(letter)
        return
    if isinstance(node, BigSum):
        yield from free_letters(node.body, names, bound | set(summed_letters(node)))
        return
    if isinstance(node, Call):
        for argument in node.arguments:
            yield from free_letters(argument, names, bound)
        return
    for child in node.children():
        yield from free_letters(child, names, bound)


def function_name(symbol: Symbol) -> str:
    """A function's name with its scripts: `f^{(2)}` is another than `f`."""
    marks = "".join(f"^{spelled(mark.body)}" for mark in symbol.marks if mark.body is not None)
    below = "".join(map(spelled, symbol.subscripts))
    return " ".join([*symbol.accents, symbol.name]) + (f"_{below}" if below else "") + marks
