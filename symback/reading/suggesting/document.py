"""A document's open lines, each with the lines of a model that would decide it."""

from __future__ import annotations

from dataclasses import replace

from symback.errors import InputError
from symback.reading.formula.syntax import Derivative
from symback.reading.statements.verdicts import DocumentReport, Judgement, Status

__all__ = ["with_suggestions"]

_UNTOLD = frozenset(["undeclared", "supposed", "no-path", "arrays-in-steps"])
"""Reasons for which a line that says more may help; of the others it is known what would."""


def with_suggestions(report: DocumentReport) -> DocumentReport:
    """The report in which what is open names the lines of a model that would decide it.

    Only lines that were tried are named; a document of which nothing is open costs nothing.
    """
    if not any(_may_be_decided(judgement) for judgement in report.judgements):
        return report
    from symback.reading.lowering.reading import lower_document
    from symback.reading.suggesting.deciding import suggested  # loads SymPy

    try:
        found = lower_document(report.text, report.path, report.kind or None)
    except InputError:
        return report
    judgements = list(report.judgements)
    for one in suggested(judgements, found):
        for at in one.decides:
            judgements[at] = replace(judgements[at], settled_by=one.lines)
    return replace(report, judgements=tuple(judgements))


def _may_be_decided(judgement: Judgement) -> bool:
    return (
        judgement.status is Status.UNDECIDED
        and judgement.reason in _UNTOLD
        and judgement.statement.is_claim
        and isinstance(judgement.statement.left, Derivative)
    )
