"""A document's open lines, each with the lines of a model that would decide it."""

from __future__ import annotations

from dataclasses import replace

from symback.errors import InputError
from symback.reading.formula.syntax import Derivative
from symback.reading.statements.verdicts import DocumentReport, Judgement, Status
from symback.reading.suggesting.missing import Evidence, is_open
from symback.reading.suggesting.trying import tried_lines

__all__ = ["with_suggestions"]

_UNTOLD = frozenset(["undeclared", "supposed", "no-path", "arrays-in-steps"])
_LACKING = _UNTOLD | {"numbers-or-arrays"}
"""Reasons for which a line that says more may help; of the others it is known what would."""


def with_suggestions(report: DocumentReport, *, tries: bool = False) -> DocumentReport:
    """The report in which what is open names the lines of a model that would decide it.

    A document of which nothing is open costs nothing.

    Args:
        report: the verdicts on a document.
        tries: whether also what its open lines show to be missing is tried beside it, which takes
            as long as some checks do; else the line that is missing is only named.
    """
    if not any(map(_lacks_a_line, report.judgements)):
        return report
    if any(map(_may_be_decided, report.judgements)):
        report = _by_its_model(report)
    evidence = Evidence(report.judgements)
    judgements = list(report.judgements)
    if tries:
        from symback.reading.checking import tried

        beside = tried(report.text, path=report.path, kind=report.kind or None)
        for one in tried_lines(judgements, beside):
            for at in one.decides:
                judgements[at] = replace(judgements[at], settled_by=one.lines)
    for at, judgement in enumerate(judgements):
        if _lacks_a_line(judgement) and not judgement.settled_by:
            if line := evidence.line_for(judgement):
                about = {**judgement.arguments, "line": line}
                judgements[at] = replace(judgement, arguments=about)
    return replace(report, judgements=tuple(judgements))


def _by_its_model(report: DocumentReport) -> DocumentReport:
    """The report in which open lines name the lines behind the document's model that decide them.

    Only lines that were tried are named.
    """
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


def _lacks_a_line(judgement: Judgement) -> bool:
    return is_open(judgement) and judgement.reason in _LACKING


def _may_be_decided(judgement: Judgement) -> bool:
    return (
        judgement.status is Status.UNDECIDED
        and judgement.reason in _UNTOLD
        and judgement.statement.is_claim
        and isinstance(judgement.statement.left, Derivative)
    )
