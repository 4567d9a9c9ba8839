"""The numbers of an example: which value each quantity has been given or found to have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from symback.reading.formula.syntax import Call, Derivative, Node, Symbol, stripped
from symback.reading.judging.judge import Judge
from symback.reading.meaning.printed_numbers import Figures, compared, printed_value
from symback.reading.network.function_meanings import SIGMOIDS
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["Ledger"]


@dataclass
class Ledger:
    """The values that stand so far, in the order of a document.

    Attributes:
        values: by symbol, call or derivative.
        heads: the first expression of each chain, which all of its links give a value.
    """

    values: dict[Node, Figures] = field(default_factory=dict)
    heads: dict[int, Node] = field(default_factory=dict)

    def note(self, statement: Statement) -> None:
        """Take note of the value that a statement gives."""
        if statement.left is None or statement.right is None or not statement.is_claim:
            return
        head = self.heads.setdefault(statement.chain, statement.left)
        found = self._printed(statement.right)
        if found is None:
            return
        for side in (head, statement.left):
            key = _unmarked(stripped(side))
            if isinstance(key, Symbol | Call | Derivative):
                self.values[key] = found

    def judgement(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Judge a line that puts numbers in, or finds one; any other is left as it was.

        A number on one side of an expression that is not constant says what its value is here.
        """
        statement = judgement.statement
        left, right = statement.left, statement.right
        if left is None or right is None or judgement.status in (Status.PROVED, Status.AGREES):
            return judgement
        printed = [self._printed(side) for side in (left, right)]
        if printed.count(None) != 1:
            return judgement
        symbolic = left if printed[0] is None else right
        if judge.is_constant(symbolic):
            return judgement
        number = printed[1] if printed[0] is None else printed[0]
        assert number is not None
        if not self.values and all(low == high for low, high in number.items):
            return judgement  # `dz/db = 0` is no value in an example that there is not
        known = printed_value(_unmarked(symbolic), self._unmarked_values(), SIGMOIDS)
        if known is None:
            return Judgement(statement, Status.ASSIGNMENT, "value")
        verdict = compared(known, number)
        if verdict is None or verdict.status is Status.REFUTED:
            # Which of several examples is meant is not said, so a difference refutes nothing.
            return Judgement(statement, Status.ASSIGNMENT, "value")
        return replace(judgement, status=Status.AGREES, reason="printed-digits", diagnoses=())

    def _unmarked_values(self) -> Mapping[Node, Figures]:
        return self.values

    def _printed(self, node: Node) -> Figures | None:
        return printed_value(node, {}, SIGMOIDS)


def _unmarked(node: Node) -> Node:
    return node.unmarked if isinstance(node, Symbol) else node
