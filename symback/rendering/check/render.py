"""From checked documents to a report in one format."""

from __future__ import annotations

from dataclasses import replace

from symback.errors import InputError
from symback.reading.finding import Excerpt
from symback.reading.statements.verdicts import DocumentReport, Judgement
from symback.rendering.check.data import answer_as_json, as_json
from symback.rendering.check.page import ReportPage
from symback.rendering.check.report import Report
from symback.rendering.check.sarif import as_sarif

__all__ = ["FORMATS", "refusal", "render_answer", "render_report", "summary"]

FORMATS = ("text", "markdown", "html", "json", "github", "sarif")
"""Every format that a report can be written in."""


def render_report(
    report: Report, format: str, *, ascii: bool = False, color: bool = False, width: int = 80
) -> str:
    """Write a report on checked documents.

    Args:
        report: the documents with their verdicts.
        format: one of `FORMATS`.
        ascii: for text, whether to do without Unicode.
        color: for text, whether to use a terminal's colours.
        width: for text, the number of columns.

    Raises:
        InputError: for a format that does not exist.
    """
    if format not in FORMATS:
        raise InputError(
            f"no format {format!r} for a report", hint=f"known are {', '.join(FORMATS)}"
        )
    if format == "json":
        return as_json(report)
    if format == "sarif":
        return as_sarif(report)
    name = "ascii" if ascii and format == "text" else format
    return ReportPage(name, report, width=width, color=color and format == "text").render()


def render_answer(
    judgement: Judgement,
    format: str,
    *,
    open_loss: str = "",
    ascii: bool = False,
    color: bool = False,
    width: int = 80,
) -> str:
    """Write the verdict on one formula, as ``text``, ``markdown`` or ``json``.

    Where `open_loss` is the letter of a loss that was left open, text and Markdown say so.
    """
    # The formula is a document by itself, whatever the judge put it into.
    statement = judgement.statement
    excerpt = statement.excerpt
    alone = replace(Excerpt.of(excerpt.text, macros=excerpt.macros), delimiter=excerpt.delimiter)
    line, column = alone.position(max(statement.span.start, 0))
    judgement = replace(
        judgement, statement=replace(statement, excerpt=alone, line=line, column=column)
    )
    report = Report.of([DocumentReport("", alone.text, (judgement,))])
    if format == "json":
        return answer_as_json(report)
    name = "ascii" if ascii and format == "text" else format
    page = ReportPage(name, report, width=width, color=color)
    return page.render("answer", open_loss=open_loss)


def summary(report: Report) -> str:
    """The last line of every report."""
    return str(ReportPage("json", report).words.summary(report.counts))


def refusal(code: str) -> str:
    """Why a repair is not proposed, in words."""
    return str(ReportPage("json", Report(())).words.refused(code))
