"""One formula of a student's, decided against a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.reading.checking import judged
from symback.reading.network.conventions import of_whole_loss, other_conventions
from symback.reading.network.stated import Written, notation_called
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Kind, read_formula
from symback.reading.statements.verdicts import Judgement, Status

if TYPE_CHECKING:
    from symback.model.network import Network
    from symback.notation import Notation

__all__ = ["answer"]

_GOOD = (Status.PROVED, Status.AGREES)


def answer(formula: str, network: Network, notation: Notation | str | None = None) -> Judgement:
    r"""Return the verdict on one formula in LaTeX or plain infix.

    Args:
        formula: an equation, as in ``dL/dW1[1,2] = …`` or ``\frac{\partial L}{…} = …``.
        network: what it is about.
        notation: how it is written, or a preset's name.  Without one the founding notes', and
            what is true in their letters where a weight's indices stand the other way round is
            not refuted.

    Raises:
        InputError: where there is nothing but spaces and punctuation.
    """
    chosen = notation_called(notation)
    judgement = _in_conventions(formula, network, chosen, chosen)
    if not network.weight_decay:
        return judgement
    whole = _in_conventions(formula, network, of_whole_loss(chosen), chosen)
    if whole.status in _GOOD and judgement.status not in _GOOD:
        return replace(whole, readings=(*whole.readings, ("loss-has-decay", {})))
    if judgement.status in _GOOD and whole.status is Status.REFUTED:
        return replace(whole, status=Status.UNDECIDED, reason="which-loss", diagnoses=())
    return judgement


def _in_conventions(
    formula: str, network: Network, written: Notation | None, chosen: Notation | None
) -> Judgement:
    """The verdict on a formula in one notation, or in other conventions where it holds in these."""
    judgement = _judgement(formula, network, written)
    if judgement.status not in (Status.REFUTED, Status.UNDECIDED):
        return judgement
    for other, codes in other_conventions(written, orders=chosen is None):
        second = _judgement(formula, network, other, explains=False)
        is_reading = not any(code.startswith("weights") for code in codes)
        is_nearer = is_reading and judgement.reason == "shape" and second.reason == "values"
        if is_nearer:
            second = _judgement(formula, network, other)
        second = replace(second, readings=(*second.readings, *((code, {}) for code in codes)))
        judgement = second if is_nearer else judgement
        if second.status in _GOOD:
            if is_reading:
                return second
            return replace(judgement, status=Status.UNDECIDED, reason="weight-order")
    return judgement


def _judgement(
    formula: str, network: Network, notation: Notation | None, *, explains: bool = True
) -> Judgement:
    """The verdict on the line of a formula that decides it, in one notation."""
    written = Written.of(network, notation)
    reading = read_formula(formula, written.functions)
    # A student's formula is about what is known already, and defines nothing.
    statements = tuple(
        replace(s, kind=Kind.CLAIM if s.kind is Kind.DEFINITION else s.kind, defines=False)
        for s in reading.statements
    )
    worlds = Worlds(statements, (), written.stated)
    judgements = [_explained(j) for j in judged(statements, worlds, explains=explains)]
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
    """Say of a formula without an equals sign, and of one that only sets a value, that it is so.

    Plain text has no fonts, so that a letter there is no other than the one of the notation.
    """
    if judgement.statement.excerpt.delimiter == "plain":
        said = tuple(r for r in judgement.readings if not _is_of_font(*r))
        judgement = replace(judgement, readings=said)
    if judgement.status is Status.REMARK:
        return replace(judgement, status=Status.UNDECIDED, reason="no-claim")
    if judgement.status is Status.ASSIGNMENT and not judgement.reason:
        return replace(judgement, reason="no-claim")
    return judgement


def _is_of_font(code: str, about: Mapping[str, str]) -> bool:
    """Say whether a reading only takes a letter for the same one in another font."""
    return code == "same-letter" and about["taken"].split()[-1] == about["written"]
