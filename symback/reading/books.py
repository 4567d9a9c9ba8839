"""A book checked as the one document that it is, with its verdicts put back into its files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symback.reading.checking import check
from symback.reading.finding.book import Book, Part
from symback.reading.finding.excerpt import Excerpt, Problem
from symback.reading.finding.passage import Lines
from symback.reading.statements.verdicts import Diagnosis, DocumentReport, Judgement

if TYPE_CHECKING:
    from symback.model.language.reader import ModelText
    from symback.notation import Notation

__all__ = ["check_book"]

_PLACES = ("line", "lines")
"""Names of arguments that are numbers of lines."""


def check_book(
    book: Book,
    *,
    spec: Mapping[str, Any] | None = None,
    notation: Notation | str | None = None,
    beside: ModelText | None = None,
    lines: Sequence[str] = (),
) -> tuple[DocumentReport, ...]:
    """Return the verdicts on a book, one report for each of its files.

    Args:
        book: the files with their mathematics.
        spec: what the book leaves out; its own header is that of its first file.
        notation: the notation in which its network is written, or a preset's name.
        beside: a model of equations that it is about.
        lines: what the book leaves out, as for `symback.reading.checking.check`.

    Raises:
        InputError: as `symback.reading.checking.check`.
    """
    first = book.parts[0]
    whole = check(
        first.text, path=first.name, spec=spec, notation=notation, book=book, beside=beside,
        lines=lines,
    )  # fmt: skip
    placed: dict[str, list[Judgement]] = {part.name: [] for part in book.parts}
    starts = {part.name: Lines.of(part.text) for part in book.parts}
    for judgement in whole.judgements:
        part = book.part_at(judgement.statement.line)
        placed[part.name].append(_in_part(judgement, part, starts[part.name], book))
    problems: dict[str, list[object]] = {part.name: [] for part in book.parts}
    for problem in whole.problems:
        assert isinstance(problem, Problem)
        part = book.part_at(problem.line)
        problems[part.name].append(replace(problem, line=problem.line - part.line))
    return tuple(
        DocumentReport(
            part.name,
            part.text,
            tuple(placed[part.name]),
            tuple((code, _placed(about, part, book)) for code, about in whole.inferred)
            if part is first
            else (),
            tuple(problems[part.name]),
        )
        for part in book.parts
    )


def _in_part(judgement: Judgement, part: Part, lines: Lines, book: Book) -> Judgement:
    """A verdict with its places in the file in which its statement stands."""
    statement = judgement.statement
    unread = statement.unread
    return replace(
        judgement,
        statement=replace(
            statement,
            excerpt=_excerpt(statement.excerpt, part, lines),
            line=statement.line - part.line,
            unread=replace(unread, line=unread.line - part.line) if unread else None,
        ),
        arguments=_placed(judgement.arguments, part, book),
        readings=tuple((code, _placed(about, part, book)) for code, about in judgement.readings),
        diagnoses=tuple(_diagnosis(found, part, book) for found in judgement.diagnoses),
    )


def _excerpt(excerpt: Excerpt, part: Part, lines: Lines) -> Excerpt:
    passage = excerpt.passage
    own = tuple(origin - part.offset for origin in passage.origins)
    return replace(excerpt, passage=replace(passage, origins=own), lines=lines)


def _diagnosis(diagnosis: Diagnosis, part: Part, book: Book) -> Diagnosis:
    return replace(diagnosis, arguments=_placed(diagnosis.arguments, part, book))


def _placed(about: Mapping[str, str], part: Part, book: Book) -> Mapping[str, str]:
    """What words mention, where numbers of lines become those of a file."""
    if not any(name in about for name in _PLACES):
        return about

    def place(match: re.Match[str]) -> str:
        other = book.part_at(int(match[0]))
        line = int(match[0]) - other.line
        return str(line) if other is part else f"{other.name}:{line}"

    return {
        name: re.sub(r"\d+", place, str(value)) if name in _PLACES else value
        for name, value in about.items()
    }
