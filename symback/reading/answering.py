"""One formula of a student's, decided against a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.errors import InputError

from .checking import judged, preface
from .network.model import Stated
from .network.worlds import Worlds
from .statements import Kind, read_formula
from .verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.model.network import Network

__all__ = ["answer"]


def answer(formula: str, network: Network, notation: str | None = None) -> Judgement:
    r"""Return the verdict on one formula in LaTeX or plain infix.

    Args:
        formula: an equation, as in ``dL/dW1[1,2] = …`` or ``\frac{\partial L}{…} = …``.
        network: what it is about.
        notation: the preset in which it is written; the founding notes' without one.

    Raises:
        InputError: where there is nothing but spaces and punctuation.
    """
    given, columns = preface(network, notation)
    reading = read_formula(formula, given.functions)
    worlds = Worlds(reading.statements, (), Stated(given.statements, columns))
    judgements = judged(reading.statements, worlds)
    if not judgements:
        raise InputError("there is no formula")
    order = (Status.REFUTED, Status.UNREAD, Status.UNDECIDED)
    for status in order:
        for judgement in judgements:
            if judgement.status is status:
                return judgement
    claims = [j for j in judgements if j.statement.kind is not Kind.EXPRESSION]
    return (claims or list(judgements))[-1]
