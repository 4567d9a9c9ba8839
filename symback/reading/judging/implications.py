r"""What is only said under a supposition: `dL/dw = 0 \implies w = -b / 2a`.

An arrow is written for "hence" as for "if … then". Under the first both of its sides are claims,
under the second neither is. So what is right on either side is told, what is wrong refutes nothing
unless a slip shows, and no side makes the other right by being its definition.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Derivative, Node, Number, Symbol, stripped
from symback.reading.judging.certainty import resembles
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.relations import IMPLIES
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["Implications", "says_zero", "unknowns"]


class Implications:
    """Which statements of a document are premises, and of what.

    Args:
        statements: all that it says, in order.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._premises: dict[int, tuple[Statement, ...]] = {}
        self._of_chain: dict[int, list[Statement]] = {}
        for statement in statements:
            self._of_chain.setdefault(statement.chain, []).append(statement)
        for chain, before in _arrows(statements):
            for statement in self._of_chain[chain]:
                self._premises[id(statement)] = tuple(self._of_chain[before])
        self._leading = {id(s) for premises in self._premises.values() for s in premises}

    def premises(self, statement: Statement) -> tuple[Statement, ...]:
        """What stands before the arrow that leads to a statement."""
        return self._premises.get(id(statement), ())

    def leads(self, statement: Statement) -> bool:
        """Say whether a statement stands before an arrow."""
        return id(statement) in self._leading

    def concerns(self, statement: Statement) -> bool:
        """Say whether a statement stands before or behind an arrow."""
        return self.leads(statement) or bool(self.premises(statement))

    def as_supposed(self, judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
        """Verdicts on all statements, where no side of an implication is refuted by itself.

        A premise is refuted where it gives a gradient or where a small edit makes it true, so that
        it is a slip; what follows where its premise was found to hold, or to be a slip.
        """
        held = {id(j.statement) for j in judgements if j.status in _HELD}
        return tuple(self._as_supposed(judgement, held) for judgement in judgements)

    def _as_supposed(self, judgement: Judgement, held: Container[int]) -> Judgement:
        statement = judgement.statement
        if judgement.status is not Status.REFUTED:
            return judgement
        claimed = isinstance(statement.left, Derivative) and not says_zero(statement)
        if self.leads(statement) and not claimed and not resembles(judgement):
            return Judgement(statement, Status.UNDECIDED, "doubtful-condition")
        if any(id(premise) not in held for premise in self.premises(statement)):
            return Judgement(statement, Status.UNDECIDED, "conditional")
        return judgement


_HELD = (Status.PROVED, Status.AGREES, Status.DEFINITION, Status.REFUTED)
"""The verdicts on a premise that is claimed by itself, rightly or as a slip."""


def _arrows(statements: Iterable[Statement]) -> Iterator[tuple[int, int]]:
    """The chains behind an arrow, each with the one before it in the same formula."""
    before: Statement | None = None
    for statement in statements:
        if before is not None and statement.chain != before.chain:
            if statement.connective in IMPLIES and statement.excerpt is before.excerpt:
                if statement.left is not None and before.left is not None:
                    yield statement.chain, before.chain
        before = statement


def says_zero(statement: Statement) -> bool:
    """Say whether a statement claims that something vanishes, as a condition does."""
    sides = (statement.left, statement.right)
    return any(isinstance(n := _bare(side), Number) and n.value == 0 for side in sides)


def _bare(side: Node | None) -> Node | None:
    return stripped(side) if side is not None else None


def unknowns(statement: Statement) -> set[Symbol]:
    """What an equation can be asked to be solved for: what it differentiates by, or all it has."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    slopes = [n for side in sides for n in everything(side) if isinstance(n, Derivative)]
    if slopes:
        return {by for slope in slopes for by in slope.by if isinstance(by, Symbol)}
    return {symbol for side in sides for symbol in quantities(side)}
