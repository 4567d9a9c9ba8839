"""A chain of numbers: every link is held against what was worked out, not only the one before it.

Each rounding widens what a number may stand for, so that of 1/3 = 0.33 = 0.34 both links agree,
though the last number is nowhere near the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Node
from symback.reading.judging.judge import Judge
from symback.reading.judging.ledger import Ledger
from symback.reading.meaning.printed_numbers import (
    compared,
    is_literal,
    printed_value,
    printed_with,
)
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status, Witness

__all__ = ["along_chain"]


def along_chain(
    judge: Judge, ledger: Ledger, judgement: Judgement, earlier: Sequence[Judgement]
) -> Judgement:
    """A link between two numbers that agree, refuted where it leaves what was worked out.

    Args:
        judge: that of the link's network.
        ledger: the values that stand before the link.
        judgement: the verdict on the link alone.
        earlier: the judgements before it.
    """
    statement = judgement.statement
    left, right = statement.left, statement.right
    agrees = judgement.reason == "printed-digits" and judgement.status is Status.AGREES
    if not agrees or left is None or right is None or not (is_literal(left) and is_literal(right)):
        return judgement
    if statement.relation == "=" and (witness := _other_digits(left, right)) is not None:
        return _refuted(judgement, witness)
    source = _worked_out(statement, earlier)
    if source is None:
        return judgement
    numbers = ledger.numbers(judge)
    for values in (ledger.values, ledger.before):
        known = printed_value(source, replace(numbers, values=values))
        if known is None:
            return judgement
        verdict = compared(known, printed_with(right, left))
        if verdict is None or verdict.status is not Status.REFUTED:
            return judgement
        witness = verdict.witness
    return _refuted(judgement, witness)


def _worked_out(statement: Statement, earlier: Sequence[Judgement]) -> Node | None:
    """The expression nearest before a link in its chain that is no printed number."""
    for judgement in reversed(earlier):
        before = judgement.statement
        if before.chain != statement.chain or before.place is not statement.place:
            return None
        if judgement.status is Status.REFUTED or before.left is None:
            return None
        if not is_literal(before.left):
            return before.left
    return None


def _other_digits(left: Node, right: Node) -> Witness | None:
    """Two numbers with as many decimals that are not the same: 0.33 = 0.34."""
    one, other = printed_with(left), printed_with(right)
    if len(one.items) != len(other.items):
        return None
    for first, second, *points in zip(
        one.items, other.items, one.points, other.points, strict=True
    ):
        if first[1] - first[0] == second[1] - second[0] and points[0] != points[1]:
            return Witness({}, *(f"{float(point):.9g}" for point in points))
    return None


def _refuted(judgement: Judgement, witness: Witness | None) -> Judgement:
    return replace(
        judgement, status=Status.REFUTED, reason="printed-digits", arguments={}, readings=(),
        diagnoses=(), witness=witness,
    )  # fmt: skip
