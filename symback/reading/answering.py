"""One formula of a student's, decided against a network."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.reading.checking import judged
from symback.reading.network.stated import Written, notation_called
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Kind, read_formula
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.model.network import Network
    from symback.notation import Notation

__all__ = ["answer"]


def answer(formula: str, network: Network, notation: Notation | str | None = None) -> Judgement:
    r"""Return the verdict on one formula in LaTeX or plain infix.

    Args:
        formula: an equation, as in ``dL/dW1[1,2] = …`` or ``\frac{\partial L}{…} = …``.
        network: what it is about.
        notation: how it is written, or a preset's name; the founding notes' without one.

    Raises:
        InputError: where there is nothing but spaces and punctuation.
    """
    written = Written.of(network, notation_called(notation))
    reading = read_formula(formula, written.functions)
    # A student's formula is about what is known already, and defines nothing.
    statements = tuple(
        replace(s, kind=Kind.CLAIM if s.kind is Kind.DEFINITION else s.kind, defines=False)
        for s in reading.statements
    )
    worlds = Worlds(statements, (), written.stated)
    judgements = [_explained(j) for j in judged(statements, worlds)]
    if not judgements:
        raise InputError("there is no formula")
    order = (Status.REFUTED, Status.UNREAD, Status.UNDECIDED)
    for status in order:
        for judgement in judgements:
            if judgement.status is status:
                return judgement
    claims = [j for j in judgements if j.statement.kind is not Kind.EXPRESSION]
    return (claims or list(judgements))[-1]


def _explained(judgement: Judgement) -> Judgement:
    """Say of a formula without an equals sign, and of one that only sets a value, that it is so."""
    if judgement.status is Status.REMARK:
        return replace(judgement, status=Status.UNDECIDED, reason="no-claim")
    if judgement.status is Status.ASSIGNMENT and not judgement.reason:
        return replace(judgement, reason="no-claim")
    return judgement
