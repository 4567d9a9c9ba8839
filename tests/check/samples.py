"""Documents judged by hand: what a report is made of, without a judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symback.reading.statements.statements import Kind, Statement, read_document
from symback.reading.statements.verdicts import (
    Diagnosis,
    DocumentReport,
    Judgement,
    Repair,
    Status,
    Witness,
)  # fmt: skip

NOTES = r"""# Notes

$$h_1 = f(h_1')$$

$$\hat{y}_1 = g(y_1')$$

Similarly

$$\frac{\partial \hat{y}_1}{\partial h_1} = g'(y_1') w_{11}^{(2)}$$

$$= g'(y_1) w_{11}^{(2)}$$

since $y_1' \bogus x$ and $z = 3 \wrong$ of all $x \in R$.
"""

_SETTLED = {
    Kind.DEFINITION: Status.DEFINITION,
    Kind.ASSIGNMENT: Status.ASSIGNMENT,
    Kind.REMARK: Status.REMARK,
    Kind.EXPRESSION: Status.REMARK,
    Kind.UNREAD: Status.UNREAD,
}


def judged(
    text: str,
    path: str = "notes.md",
    *,
    by_line: Mapping[int, Judgement] | None = None,
    kind: str | None = None,
    **about: object,
) -> DocumentReport:
    """A document whose claims are proved, except for the lines that are judged otherwise.

    Of the judgements given by line only the statement is replaced, by the one on that line.
    """
    reading = read_document(text, kind, name=path)
    judgements = tuple(
        replace(given, statement=statement)
        if (given := (by_line or {}).get(statement.line))
        and statement.kind in (Kind.CLAIM, Kind.DEFINITION)
        else Judgement(statement, _SETTLED.get(statement.kind, Status.PROVED))
        for statement in reading.statements
    )
    problems = tuple(reading.findings.problems)
    return DocumentReport(path, text, judgements, problems=problems, **about)


def verdict(status: Status, **about: object) -> Judgement:
    """A verdict still without its statement."""
    return Judgement(_NOWHERE, status, **about)


def repair(code: str, *edits: tuple[int, int, str], unique: bool = True, **about: str) -> Repair:
    """An edit of an excerpt."""
    return Repair(code, about, edits, unique)


def refuted(fix: Repair | None = None, witness: Witness | None = None) -> Judgement:
    """A refuted claim with its repair."""
    return verdict(
        Status.REFUTED,
        diagnoses=(Diagnosis("repair", {}, fix),) if fix else (),
        witness=witness,
        readings=(("same-letter", {"written": "w", "taken": "W"}),),
        checks=2,
    )


def _nowhere() -> Statement:
    return read_document("$$a = b$$", "markdown").statements[0]


_NOWHERE = _nowhere()

MISSING_PRIME = repair("prime-missing", (8, 8, "'"), **{"was": "y_1", "is": "y_1'"})


def sample(path: str = "notes.md") -> DocumentReport:
    """The notes with one slip, repaired."""
    witness = Witness({"j": 1, "k": 2}, "0.25", "0.5")
    return judged(
        NOTES,
        path,
        by_line={11: refuted(MISSING_PRIME, witness)},
        inferred=(("layers", {"layers": "2, 2, 2"}),),
    )
