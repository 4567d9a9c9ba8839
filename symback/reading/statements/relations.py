"""What one formula says, as data: chains of relations, and what of it is unread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symback.reading.formula.syntax import Node, Relation, Span
from symback.reading.formula.unread import Unread
from symback.records import dataclass

IMPLIES = frozenset(
    "Rightarrow => Longrightarrow implies iff Leftrightarrow Longleftrightarrow".split()
)
"""The connectives that are written for "if … then", too."""


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain: a relation, where it stands, and what is on its right."""

    relation: str
    operand: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """Expressions with relations between; `first` is None where the open chain goes on.

    A chain without links is an expression that states nothing. `remark` says that it stands
    after an arrow, `connective` is the `Rightarrow` or `therefore` before it, `words` the text in
    the formula before it. `broken` says that what comes after its last relation is unread.

    `conditional` says that it is not claimed everywhere; `conditions` are where it is claimed,
    all of them or, where one is said in words alone, none. `condition` says that the chain is
    itself a condition and claims nothing.
    """

    first: Node | None
    links: tuple[Link, ...]
    span: Span
    remark: bool = False
    connective: str = ""
    words: str = ""
    broken: bool = False
    conditional: bool = False
    conditions: tuple[Relation, ...] = ()
    condition: bool = False

    @property
    def operands(self) -> tuple[Node, ...]:
        """The expressions between the relations."""
        first = () if self.first is None else (self.first,)
        return (*first, *(link.operand for link in self.links))

    def with_operands(self, function: Callable[[Node], Node]) -> Chain:
        """The chain with a function applied to each of its expressions."""
        links = tuple(replace(link, operand=function(link.operand)) for link in self.links)
        return replace(self, first=self.first and function(self.first), links=links)


@dataclass(frozen=True, slots=True)
class Block:
    """All that one formula says, in order; `words` is what it says at its end."""

    items: tuple[Chain | Unread, ...]
    words: str = ""
