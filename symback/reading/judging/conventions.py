"""Which conventions a document keeps that states no equations: those under which its lines hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.network.conventions import other_conventions
from symback.reading.statements.verdicts import DocumentReport, Status

if TYPE_CHECKING:
    from symback.notation import Notation

__all__ = ["in_best_convention"]

_GOOD = (Status.PROVED, Status.AGREES)


def in_best_convention(
    report: DocumentReport,
    notation: Notation | None,
    under: Callable[[Notation], DocumentReport],
) -> DocumentReport:
    """The verdicts under the conventions that fit a document best, told where they are others.

    Args:
        report: the verdicts under those of the notation.
        notation: what was asked for, if anything was.
        under: the verdicts under other ones.
    """
    if not any(j.status is Status.REFUTED for j in report.judgements):
        return report
    others = [
        (under(other), codes)
        for other, codes in other_conventions(notation, orders=notation is None)
    ]
    best, codes = max(others, key=lambda found: _fit(found[0]))
    if _fit(best) <= _fit(report):
        return report
    if any(code.startswith("weights") for code in codes) and _proved(best) < 2:
        return _undecided_by(report, best)  # one line may as well be a slip
    return replace(best, inferred=(*((code, {}) for code in codes), *best.inferred))


def _proved(report: DocumentReport) -> int:
    return sum(j.status in _GOOD for j in report.judgements)


def _fit(report: DocumentReport) -> tuple[int, int]:
    return -sum(j.status is Status.REFUTED for j in report.judgements), _proved(report)


def _undecided_by(report: DocumentReport, other: DocumentReport) -> DocumentReport:
    """The verdicts with those left open that another order of indices makes right."""
    pairs = zip(report.judgements, other.judgements, strict=True)
    return replace(
        report,
        judgements=tuple(
            replace(own, status=Status.UNDECIDED, reason="weight-order")
            if own.status is Status.REFUTED and second.status in _GOOD
            else own
            for own, second in pairs
        ),
    )
