"""What is said of each statement of a document: data with codes, and no English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["Diagnosis", "DocumentReport", "Judgement", "Repair", "Status", "Witness"]


class Status(StrEnum):
    """The verdict on a statement."""

    PROVED = "PROVED"  # exact: for all functions and sizes, or for the sizes said
    AGREES = "AGREES"  # numerically, where exactness cannot reach
    REFUTED = "REFUTED"
    UNREAD = "UNREAD"
    UNDECIDED = "UNDECIDED"
    DEFINITION = "DEFINITION"
    ASSIGNMENT = "ASSIGNMENT"
    REMARK = "REMARK"


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which two sides differ.

    Attributes:
        indices: the value of each free index.
        left: the value of the left side, or its shape, as text.
        right: that of the right side.
    """

    indices: Mapping[str, int]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Repair:
    """An edit that makes a statement true.

    Attributes:
        code: what kind of edit (``prime-missing``, ``indices-exchanged``, ``layer``,
            ``transpose-missing``, ``sign``, ``factor``, …).
        arguments: what the words about it mention, already spelled as in the document.
        edits: (start offset, end offset, replacement) in the excerpt's text, in order.
        unique: whether it is the only edit of its size that makes the statement true.
    """

    code: str
    arguments: Mapping[str, str]
    edits: tuple[tuple[int, int, str], ...]
    unique: bool


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a statement is wrong, as far as it was found.

    Attributes:
        code: ``ratio``, ``another-gradient``, ``repair``, ``inherits``, ``shape``, ``lint``, …
        arguments: what the words about it mention.
        repair: the smallest edit that was found.
    """

    code: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A statement with its verdict.

    Attributes:
        statement: what was read, with its place in the file.
        status: the verdict.
        reason: a code with arguments: why, for UNDECIDED and UNREAD; by which means otherwise.
        arguments: what the words about the reason mention.
        readings: codes of the assumptions under which the verdict holds, each with arguments.
        checks: how many concrete checks the statement stands for (its free indices written out).
        scope: ``all-sizes``, or the sizes at which it was decided.
        diagnoses: what is wrong, most useful first; empty unless refuted or linted.
        witness: where the two sides differ.
        settled_by: lines of a model that would decide it, where some were found.
    """

    statement: Statement
    status: Status
    reason: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[tuple[str, Mapping[str, str]], ...] = ()
    checks: int = 1
    scope: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    witness: Witness | None = None
    settled_by: tuple[str, ...] = ()

    def doubted(self, reason: str = "doubtful-readings") -> Judgement:
        """The verdict left open for a doubt, with what was found of it and without a repair."""
        return replace(self, status=Status.UNDECIDED, reason=reason, diagnoses=())


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """All statements of one document, judged.

    Attributes:
        path: the document's name.
        text: its text, for reports that show its lines.
        judgements: in the order of the document.
        inferred: codes with arguments of what was learnt about the network.
        problems: unclosed delimiters and the like, as the finder reports them.
        kind: what kind of document it was read as; empty where its name tells.
    """

    path: str
    text: str
    judgements: tuple[Judgement, ...]
    inferred: tuple[tuple[str, Mapping[str, str]], ...] = ()
    problems: tuple[object, ...] = ()
    kind: str = ""

    def count(self, *statuses: Status) -> int:
        """How many statements have one of these verdicts."""
        return sum(judgement.status in statuses for judgement in self.judgements)
