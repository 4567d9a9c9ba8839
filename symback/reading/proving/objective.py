"""What is differentiated: the loss, or what one step or sample gives.

The derivative of what a step gives is judged at the last step: of a recursion that runs forward it
depends on no later one, so that what holds at the last step of every length holds at each.  Of a
vector it is judged along any direction, with which its entries are multiplied and added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symback.reading.formula.syntax import (
    Derivative,
    Differential,
    Nabla,
    Node,
    Number,
    Symbol,
    stripped,
)
from symback.reading.proving.names import Name, Spelling, Use, letters_of
from symback.records import dataclass

__all__ = ["DIRECTION", "WHOLE", "Objective", "adjoint_names", "differentiated"]

WHOLE = Name("E", "objective")
"""The number that is differentiated where it is no quantity of the document."""

DIRECTION = Name("v", "direction")
"""With what the entries of a vector are multiplied before they are added up."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What is differentiated.

    Attributes:
        name: the quantity.
        letter: the index letter of the step or sample that gives it; empty for the whole loss.
    """

    name: Name
    letter: str = ""

    @classmethod
    def of(cls, use: Use) -> Objective | None:
        """What a quantity is as an objective; None where it has more indices than one."""
        letters = [letter for index in use.indices for letter in letters_of(index)]
        if len(use.indices) != len(letters) or len(letters) > 1:
            return None
        return cls(use.name, *letters)


def differentiated(node: Node | None) -> tuple[Symbol, Symbol | None] | None:
    """By what an expression is a derivative, and of what, where it is nothing else."""
    node = stripped(node) if node is not None else None
    by: Node | None
    of: Node | None
    if isinstance(node, Derivative) and len(node.by) == 1:
        by, of = node.by[0], node.of
    elif isinstance(node, Nabla) and node.by is not None:
        by, of = node.by, node.of
    elif isinstance(node, Differential) and node.kind == "d" and node.order == 1:
        by, of = node.of, None
    else:
        return None
    if not isinstance(by, Symbol) or not isinstance(of, Symbol | None):
        return None
    if isinstance(by.bare, Number):
        return None  # by a square, or by what a raised number names
    return by, of


def adjoint_names(
    pairs: Iterable[tuple[Node, Node]], spelling: Spelling
) -> Mapping[Name, tuple[Objective, Name]]:
    """Quantities that a document defines as a derivative, `delta_t = dL/dz_t`: of what, by what."""
    found: dict[Name, tuple[Objective, Name]] = {}
    for left, right in pairs:
        about = differentiated(right)
        if not isinstance(left, Symbol) or about is None or about[1] is None:
            continue
        (name, indices), (by, places) = spelling.use(left), spelling.use(about[0])
        objective = Objective.of(spelling.use(about[1]))
        if objective is not None and indices == places:
            found.setdefault(name, (objective, by))
    return found
