"""``symback check``: other people's derivations, proved or refuted line by line."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command
from symback.cli.formats import choose_format
from symback.cli.judge import File, Judge, read_files
from symback.cli.options import network_options, notation_option, output_options
from symback.cli.output import Target
from symback.cli.source import source_name, stated_by
from symback.cli.style import style_for
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.rendering.check import Report

__all__ = ["check"]

_FORMATS = ("text", "json", "markdown", "html", "github")


@click.command(
    cls=Command,
    short_help="Check the derivations in documents.",
    examples=(
        "symback check notes.md",
        "symback check lecture.tex chapter2.ipynb --format json",
        "symback check notes.md -o report.html",
        "symback check notes.md --format github",
        "symback check --spec network.toml scan.md",
        "symback check notes.md --fix | patch -p0",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@network_options
@notation_option
@click.option(
    "--strict",
    is_flag=True,
    help="Exit with 1 also for what is unread, undecided or unclosed, and for a document without "
    "mathematics.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Instead of a report, print the unique repairs as a unified diff; no file is changed.",
)
@output_options(*_FORMATS)
def check(
    files: tuple[str, ...],
    notation: str | None,
    strict: bool,
    fix: bool,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    **stated: Any,
) -> int:
    """Check every statement in documents: Markdown, LaTeX, notebooks, HTML, reStructuredText, text.

    The network is learnt from the document; options and a spec say what it leaves out. FILE may be
    -, standard input. Exits with 1 if anything is refuted.
    """
    if fix and stated_format:
        raise InputError("--fix prints a diff, which has no other format", where="--format")
    if "-" in files and stated.get("spec") == "-":
        raise InputError("it is a document already", where="--spec -")
    output_format = "text" if fix else choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    about = stated_by(**stated)
    documents = read_files(files)
    judge = Judge.of(about, notation)

    from symback.rendering.check import Report, render_report

    report = Report.of(judge.check_all(documents))
    if fix:
        text, notes = _repairs(report, documents, judge)
        target.write(text)
        for note in notes:
            print(InputError(note), file=sys.stderr)
    else:
        style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
        target.write(
            render_report(
                report, output_format, ascii=style.ascii, color=style.color, width=style.width
            )
        )
    return 0 if report.ok and (report.complete or not strict) else 1


def _repairs(report: Report, files: list[File], judge: Judge) -> tuple[str, list[str]]:
    """The diff of all documents, and what is to be said beside it."""
    from symback.rendering.check import diff, propose, refusal, summary

    pieces, notes = [], []
    for document, file in zip(report.documents, files, strict=True):
        proposal = propose(document.checked, partial(judge.check, name=file.name))
        for judgement, code in proposal.refused:
            place = f"{file.name}:{judgement.statement.line}:{judgement.statement.column}"
            notes.append(f"{place}: {refusal(code)}")
        if file.encoding == "utf-8":
            pieces.append(diff(file.name, file.text, proposal.edits, mark=file.mark))
        elif proposal.edits:
            notes.append(f"{source_name(file.name)}: {refusal(file.encoding)}")
    return "".join(pieces), [*notes, summary(report)]
