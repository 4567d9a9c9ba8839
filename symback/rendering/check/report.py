"""What a report on checked documents shows, before any language: places, verdicts, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Self

from symback.reading.finding import Excerpt, Problem, guess
from symback.reading.formula.customary_commands import DERIVATIVES
from symback.reading.formula.syntax import Node
from symback.reading.formula.tokens import LENGTH_LIMIT
from symback.reading.formula.unread import Reason
from symback.reading.statements.codes import code_of
from symback.reading.statements.statements import Kind, Statement
from symback.reading.statements.verdicts import DocumentReport, Judgement, Repair, Status
from symback.records import dataclass
from symback.rendering.check.cells import Cells, InCell
from symback.rendering.check.repairs import Edit, edits_in_file, is_in_formula, repair_of
from symback.rendering.check.source import Source
from symback.rendering.check.waivers import STALE, WITHOUT_CODE, waived

__all__ = ["CheckedDocument", "Counts", "Entry", "Report"]

UNCLOSED = "UNCLOSED"
"""The verdict on a delimiter that does not end: what is behind it was not found."""

WAIVER = "WAIVER"
"""The verdict on a waiver that names no code, or that nothing needs any more."""

_SHORT = 1_000
"""Up to so many characters a formula that was not read is shown whole."""

_ALONE = 3
"""A line of so many characters holds a relation and nothing more."""

MAX_SHOWN = 3_000
"""Up to so many lines a document is shown whole beside its verdicts."""

AROUND = 2
"""Of a longer one, so many lines before and after each verdict."""

_CLAIMS = (Status.PROVED, Status.AGREES, Status.REFUTED, Status.UNREAD, Status.UNDECIDED)
_FINDINGS = (Status.REFUTED, Status.UNREAD, Status.UNDECIDED)
_DECIDED = (Status.PROVED, Status.AGREES, Status.REFUTED)

Coded = tuple[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many concrete checks ended in each verdict.

    A statement with free indices stands for one check at each of their values; one that was not
    read, and a delimiter that does not end, stand for one.
    """

    proved: int = 0
    agrees: int = 0
    refuted: int = 0
    unread: int = 0
    undecided: int = 0
    unclosed: int = 0
    statements: int = 0
    claims: int = 0
    definitions: int = 0
    known: int = 0

    @property
    def total(self) -> int:
        """All that claims something, or may do so."""
        return self.proved + self.agrees + self.refuted + self.unread + self.undecided

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, ...]:
        """Every count, in the order of the attributes."""
        return (
            self.proved, self.agrees, self.refuted, self.unread, self.undecided, self.unclosed,
            self.statements, self.claims, self.definitions, self.known,
        )  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One statement, or one delimiter that does not end, as a report shows it.

    Attributes:
        document: where it stands.
        line: of the relation's own sign in the file, from 1.
        column: likewise.
        verdict: a `Status`, or ``UNCLOSED``.
        latex: the formula, both sides.
        judgement: the verdict with its reasons; None for a delimiter.
        problem: the delimiter; None for a statement.
        known: why nobody has to look at it any more: ``baseline`` or ``waived``; else empty.
    """

    document: CheckedDocument
    line: int
    column: int
    verdict: str
    latex: str
    judgement: Judgement | None = None
    problem: Problem | None = None
    known: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether a reader has to look at it."""
        if self.known:
            return False
        return self.judgement is None or self.judgement.status in _FINDINGS

    @property
    def code(self) -> str:
        """The number of the reason, which a waiver names; empty where there is none."""
        if self.judgement is None:
            return ""
        unread = self.judgement.statement.unread
        if unread is not None:
            return code_of(unread.reason.value, unread=True)
        return code_of(self.judgement.reason)

    @property
    def is_claim(self) -> bool:
        """Whether it claims something that can be true or false."""
        return self.judgement is not None and self.judgement.status in _CLAIMS

    @property
    def says_something(self) -> bool:
        """Whether it relates two sides; a quantity that is only named in a sentence does not."""
        return self.judgement is None or self.judgement.statement.kind is not Kind.EXPRESSION

    @property
    def source(self) -> str:
        """The line of the file on which it stands."""
        return self.document.source.line(self.line)

    @property
    def mark(self) -> tuple[int, int]:
        """The columns of its line that it is about: what differs, if that stands there."""
        line, start, end = self.region
        return (start, end) if line == self.line else self._relation

    @property
    def region(self) -> tuple[int, int, int]:
        """A line and the columns in it that this is about.

        That is what the only repair of its size changes, where it stands on one line; else the
        relation, or the token that was not understood.
        """
        spans = self._differing
        if not spans:
            return (self.line, *self._relation)
        position = self.document.source.lines.position
        first, last = position(spans[0][0]), position(spans[-1][1])
        return first.line, first.column, last.column

    @cached_property
    def _differing(self) -> tuple[tuple[int, int], ...]:
        """Where in the file the only repair of its size changes something, all on one line."""
        if self.repair is None or not self.repair.unique or not self.edits:
            return ()
        spans = tuple((edit.start, max(edit.end, edit.start + 1)) for edit in self.edits)
        position = self.document.source.lines.position
        lines = {position(place).line for start, end in spans for place in (start, end - 1)}
        return spans if len(lines) == 1 else ()

    @property
    def _relation(self) -> tuple[int, int]:
        """The columns of the relation, or of the token not understood."""
        about = self.latex
        if self.judgement is not None:
            statement = self.judgement.statement
            about = statement.unread.token if statement.unread else statement.relation
        width = len(about) if about and self.source.startswith(about, self.column - 1) else 1
        return self.column, self.column + width

    @property
    def shown(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        """A line to show it by, with the columns to underline.

        That is the line of the file where what differs stands, or of a notebook's cell; its formula
        where nothing but the relation stands there, and of a page in HTML.
        """
        if self.judgement is not None and (
            self.document.kind == "html" or len(self.source.strip()) <= _ALONE
        ):
            sign = max(self.latex.find(f" {self.judgement.statement.relation} ") + 2, 1)
            return self.latex, ((sign, sign + 1),)
        line = self.region[0]
        source = self.document.source
        spans = self._differing or (
            tuple(source.offset(self.line, column) for column in self._relation),
        )
        if self.document.cells is not None:
            places = [[self.document.cells.at(place) for place in span] for span in spans]
            if all(place is not None for pair in places for place in pair):
                marks = tuple((one.column, other.column) for one, other in places)  # type: ignore
                return places[0][0].text, marks  # type: ignore[union-attr]
        begin = source.offset(line, 1)
        return source.line(line), tuple((a - begin + 1, b - begin + 1) for a, b in spans)

    @cached_property
    def in_cell(self) -> InCell | None:
        """Its place in a notebook; None in any other document."""
        cells = self.document.cells
        return cells.at(self.document.source.offset(self.line, self.column)) if cells else None

    @cached_property
    def repair(self) -> Repair | None:
        """The smallest edit that makes it true."""
        return repair_of(self.judgement) if self.judgement else None

    @cached_property
    def edits(self) -> tuple[Edit, ...] | None:
        """The repair's edits at their places in the file, where they have an exact place there."""
        if self.repair is None or self.judgement is None or not self.repair.edits:
            return None
        excerpt = self.judgement.statement.excerpt
        return edits_in_file(excerpt, self.repair, self.document.text, self.document.kind)

    @cached_property
    def repaired(self) -> tuple[str, tuple[tuple[int, int], ...]] | None:
        """The repaired line of the formula with the columns that are new, counted from 1.

        None where there is no repair, where its edits stand in several lines, or in a macro's body.
        """
        if self.repair is None or self.judgement is None or not self.repair.edits:
            return None
        excerpt = self.judgement.statement.excerpt
        if not is_in_formula(excerpt, self.repair):
            return None
        text = excerpt.text
        edits = self.repair.edits
        start = text.rfind("\n", 0, edits[0][0]) + 1
        end = text.find("\n", edits[-1][1])
        end = len(text) if end < 0 else end
        if "\n" in text[start:end]:
            return None
        line, marks, read = "", [], start
        for first, last, new in edits:
            line += text[read:first]
            marks.append((len(line) + 1, len(line) + 1 + len(new)))
            line += new
            read = last
        return line + text[read:end], tuple(marks)


@dataclass(frozen=True)
class CheckedDocument:
    """One document of a report.

    Attributes:
        checked: its verdicts.
        known: for the places of entries that are known, why: ``baseline`` or ``waived``.
    """

    checked: DocumentReport
    known: Mapping[int, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its name."""
        return self.checked.path

    @property
    def text(self) -> str:
        """Its text."""
        return self.checked.text

    @cached_property
    def kind(self) -> str:
        """What kind of document it is."""
        return self.checked.kind or guess(self.text, self.path or None)

    @cached_property
    def cells(self) -> Cells | None:
        """The cells of a notebook; None for any other document."""
        return Cells(self.text) if self.kind == "notebook" else None

    @cached_property
    def source(self) -> Source:
        """Its lines."""
        return Source(self.text)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All that a report tells, in the order of the file."""
        formulas = _Formulas()
        found = [self._entry(judgement, formulas) for judgement in self.checked.judgements]
        found += [self._problem(p) for p in self.checked.problems if isinstance(p, Problem)]
        found.sort(key=lambda entry: (entry.line, entry.column))
        codes = {at: e.code for at, e in enumerate(found) if e.is_finding and e.judgement}
        taken, problems = waived(self.text, found, codes)
        known = {**dict.fromkeys(taken, "waived"), **self.known}
        found = [
            replace(entry, known=known[place]) if place in known else entry
            for place, entry in enumerate(found)
        ]
        found += [self._problem(problem) for problem in problems]
        return tuple(sorted(found, key=lambda entry: (entry.line, entry.column)))

    def _entry(self, judgement: Judgement, formulas: _Formulas) -> Entry:
        statement = judgement.statement
        return Entry(
            self, statement.line, statement.column, judgement.status.value,
            formulas.of(statement, _compared_with(judgement)), judgement,
        )  # fmt: skip

    def _problem(self, problem: Problem) -> Entry:
        verdict = WAIVER if problem.code in (STALE, WITHOUT_CODE) else UNCLOSED
        return Entry(self, problem.line, problem.column, verdict, problem.token, problem=problem)

    @property
    def has_mathematics(self) -> bool:
        """Whether any formula was found."""
        return bool(self.checked.judgements or self.checked.problems)

    @property
    def inferred(self) -> tuple[Coded, ...]:
        """What was learnt about the network."""
        return self.checked.inferred

    @cached_property
    def readings(self) -> tuple[tuple[str, Mapping[str, str], tuple[int, ...]], ...]:
        """The assumptions under which verdicts hold, each with the lines that rest on it."""
        lines: dict[tuple[str, tuple[tuple[str, str], ...]], dict[int, None]] = {}
        for judgement in self.checked.judgements:
            for code, about in judgement.readings:
                key = (code, tuple((name, str(value)) for name, value in about.items()))
                lines.setdefault(key, {})[judgement.statement.line] = None
        return tuple((code, dict(about), tuple(at)) for (code, about), at in lines.items())

    @cached_property
    def counts(self) -> Counts:
        """How its checks ended."""
        checks = dict.fromkeys(_CLAIMS, 0)
        claims = definitions = unclosed = known = 0
        for entry in self.entries:
            if entry.known:
                known += 1
            elif entry.judgement is None:
                unclosed += entry.verdict == UNCLOSED
            elif entry.judgement.status in checks:
                checks[entry.judgement.status] += max(entry.judgement.checks, 1)
                claims += 1
            else:
                definitions += entry.judgement.status is Status.DEFINITION
        return Counts(
            checks[Status.PROVED], checks[Status.AGREES], checks[Status.REFUTED],
            checks[Status.UNREAD], checks[Status.UNDECIDED], unclosed,
            len(self.checked.judgements), claims, definitions, known,
        )  # fmt: skip

    @property
    def leaves_gradients_open(self) -> bool:
        """Whether it claims gradients, and none of them was decided.

        Whoever only looks at what is refuted would take such a document for a right one.
        """
        about = [
            entry.judgement.status
            for entry in self.entries
            if entry.is_claim and entry.judgement and not entry.known and _is_of_gradient(entry)
        ]
        return bool(about) and not any(status in _DECIDED for status in about)

    @cached_property
    def opens_without_end(self) -> Entry | None:
        """The first delimiter that does not end, where nothing at all was decided.

        Whatever the document claims may stand behind it.
        """
        if any(e.judgement and e.judgement.status in _DECIDED for e in self.entries):
            return None
        return next((e for e in self.entries if e.problem and not e.known), None)

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """The numbers of the lines on which something stands that relates two sides."""
        return tuple(dict.fromkeys(entry.line for entry in self.entries if entry.says_something))

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """The numbers of the lines that a page shows, with 0 for each stretch left out.

        Of a long document only the surroundings of its mathematics are shown.
        """
        if self.source.count <= MAX_SHOWN:
            return tuple(range(1, self.source.count + 1))
        wanted = {
            near
            for line in self.lines
            for near in range(line - AROUND, line + AROUND + 1)
            if 1 <= near <= self.source.count
        }
        found, last = [], 0
        for line in sorted(wanted):
            found += [line] if line == last + 1 else [0, line]
            last = line
        return tuple([*found, 0] if last < self.source.count else found)

    def at(self, line: int) -> tuple[Entry, ...]:
        """What stands on one line and relates two sides."""
        return self._by_line.get(line, ())

    @cached_property
    def _by_line(self) -> dict[int, tuple[Entry, ...]]:
        found: dict[int, list[Entry]] = {}
        for entry in self.entries:
            if not entry.says_something:
                continue
            found.setdefault(entry.line, []).append(entry)
        return {line: tuple(entries) for line, entries in found.items()}


@dataclass(frozen=True)
class Report:
    """Several documents, checked."""

    documents: tuple[CheckedDocument, ...]

    @classmethod
    def of(cls, checked: Iterable[DocumentReport]) -> Self:
        """A report on what was checked."""
        return cls(tuple(CheckedDocument(document) for document in checked))

    @cached_property
    def counts(self) -> Counts:
        """How all checks ended."""
        return sum((document.counts for document in self.documents), Counts())

    @cached_property
    def open_documents(self) -> tuple[CheckedDocument, ...]:
        """The documents that claim gradients of which none was decided, or may do so."""
        return tuple(d for d in self.documents if d.leaves_gradients_open or d.opens_without_end)

    @property
    def ok(self) -> bool:
        """Whether nothing is refuted."""
        return not self.counts.refuted

    @property
    def complete(self) -> bool:
        """Whether all mathematics was found, read and decided, and every document has some."""
        counts = self.counts
        stale = any(e.verdict == WAIVER for document in self.documents for e in document.entries)
        return not (counts.unread or counts.undecided or counts.unclosed or stale) and all(
            document.has_mathematics for document in self.documents
        )

    def __iter__(self) -> Iterator[CheckedDocument]:
        return iter(self.documents)


_OF_GRADIENT = re.compile(
    r"\\partial|\\nabla|∂|∇|\bd[A-Z]\w*/d"
    r"|\\[dt]?frac\s*\{\s*(?:d|\\mathrm\s*\{\s*d\s*\})\s*\\?[A-Za-z]"
)
_CALLED = re.compile(r"\\([A-Za-z]+)")


def _is_of_gradient(entry: Entry) -> bool:
    """Whether a claim is about a derivative, as far as its formula shows, read or not.

    What an unknown command at its head stands for cannot be told, and may be one.
    """
    assert entry.judgement is not None
    statement = entry.judgement.statement
    unread = statement.unread
    if unread is not None and unread.reason is Reason.UNKNOWN_COMMAND:
        if entry.latex.lstrip().startswith(unread.token):
            return True
    macros = statement.excerpt.macros
    called = _CALLED.findall(entry.latex)
    if not DERIVATIVES.isdisjoint(called):
        return True
    bodies = (macros.get(name) for name in called)
    texts = (entry.latex, *(macro.body for macro in bodies if macro is not None))
    return any(_OF_GRADIENT.search(text) for text in texts)


def _compared_with(judgement: Judgement) -> str:
    """What a link behind a wrong one is compared with: no wrong equation is shown as proved."""
    return next(
        (about.get("of", "") for code, about in judgement.readings if code == "past-a-slip"), ""
    )


class _Formulas:
    """The text of both sides of each statement, wherever the left one stands."""

    def __init__(self) -> None:
        # By identity: a side that a later display continues is the very node that was read before.
        self.home: dict[int, Excerpt] = {}

    def of(self, statement: Statement, head: str = "") -> str:
        """The statement's formula, on one line; with another left side where it has one."""
        excerpt = statement.excerpt
        left = self._side(statement.left, excerpt)
        left = head or left
        right = self._side(statement.right, excerpt)
        if statement.unread is not None:
            return _on_one_line(_row(excerpt.text, *statement.span))
        return _on_one_line(" ".join(filter(None, (left, statement.relation, right))))

    def _side(self, side: Node | None, excerpt: Excerpt) -> str:
        if side is None:
            return ""
        home = self.home.setdefault(id(side), excerpt)
        start, end = side.span
        return home.text[start:end] if start >= 0 else ""


def _row(text: str, start: int, end: int) -> str:
    """Of a long formula the row around a place; of one that is still too long its beginning."""
    if len(text) <= _SHORT:
        return text
    first = text.rfind("\\\\", 0, max(start, 0)) + 2
    last = text.find("\\\\", end)
    row = text[first if first > 1 else 0 : last if last >= 0 else len(text)]
    return row if len(row) <= LENGTH_LIMIT else f"{row[:_SHORT]}…"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
