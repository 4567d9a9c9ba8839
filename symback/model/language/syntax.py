"""The tree of a text in the language, as it was typed: nothing here knows what a name means."""

from __future__ import annotations

from collections.abc import Iterator

from symback.model.language.tokens import Place
from symback.records import dataclass

__all__ = [
    "Binary", "Bracket", "Call", "Claims", "Declaration", "Declared", "Derivative", "Entry",
    "EquationLine", "For", "Limited", "Line", "Name", "Names", "Negative", "Node", "Number",
    "Sizes", "Whole", "nodes_in",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as typed."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name by itself: a letter, a size or a scalar."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The index ``:``, which stands for a whole array."""

    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """``name[index, …]``."""

    place: Place
    name: str
    indices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Limited:
    """``letter in first..last``, as a binder has it."""

    place: Place
    letter: str
    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Call:
    """``name(argument, …)``."""

    place: Place
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """``[left relation right]``, and longer chains of relations."""

    place: Place
    sides: tuple[Node, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Negative:
    """``-operand``."""

    place: Place
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and one of ``+ - * / ^``; its place is that of the operator."""

    place: Place
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Derivative:
    """``dL/dh[t,k]``: what is differentiated, and by which entry."""

    place: Place
    of: str
    by: Name | Entry


Node = Number | Name | Whole | Entry | Limited | Call | Bracket | Negative | Binary | Derivative


@dataclass(frozen=True, slots=True)
class For:
    """``for i = first..last``."""

    place: Place
    letter: str
    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Declared:
    """One item of a declaration.

    Attributes:
        letters: of its indices.
        counts: of an integer, up to which size its entries count.
        is_positive: ``> 0``.
        value: of a constant, as typed; empty for none.
    """

    place: Place
    name: str
    letters: tuple[Name, ...] = ()
    counts: Node | None = None
    is_positive: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """``input x[t,j], … for …``; kinds are the first words."""

    place: Place
    kind: str
    items: tuple[Declared, ...]
    ranges: tuple[For, ...] = ()


@dataclass(frozen=True, slots=True)
class EquationLine:
    """``left = right``, with ``outside`` for what an array is beyond its range."""

    place: Place
    left: Name | Entry | Derivative
    right: Node
    ranges: tuple[For, ...] = ()
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """``gradients x, W``."""

    place: Place
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """``sizes T = 3, K = 2``: numbers to try the model with."""

    place: Place
    numbers: tuple[tuple[Name, int], ...]


@dataclass(frozen=True, slots=True)
class Claims:
    """``claims``."""

    place: Place


Line = Declaration | EquationLine | Names | Sizes | Claims


def nodes_in(node: Node) -> Iterator[Node]:
    """Every node of an expression, itself first."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        match part:
            case Binary(_, _, left, right):
                stack += (right, left)
            case Negative(_, operand):
                stack.append(operand)
            case Entry(_, _, indices):
                stack += reversed(indices)
            case Call(_, _, arguments):
                stack += reversed(arguments)
            case Bracket(_, sides):
                stack += reversed(sides)
            case Limited(_, _, first, last):
                stack += (last, first)
            case Derivative(_, _, by):
                stack.append(by)
