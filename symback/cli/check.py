"""``symback check``: other people's derivations, proved or refuted line by line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command, OneOf
from symback.cli.documents import Document, documents_of
from symback.cli.files import File
from symback.cli.formats import choose_format
from symback.cli.judge import Judge
from symback.cli.known import Known
from symback.cli.options import model_option, network_options, notation_option, output_options
from symback.cli.output import Target, write_together
from symback.cli.progress import with_progress
from symback.cli.settings import find_settings
from symback.cli.source import source_name, stated_by
from symback.cli.style import style_for
from symback.cli.subject import refuse_beside_model, settings_beside
from symback.cli.voice import say
from symback.cli.watching import watch_files
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.reading.statements.verdicts import DocumentReport
    from symback.rendering.check import CheckedDocument, Report

__all__ = ["check"]

_FORMATS = ("text", "json", "markdown", "html", "github", "sarif")

# The kinds of `symback.reading.finding.FINDERS`; a test holds the two together.
KINDS = ("markdown", "latex", "rst", "notebook", "html", "jupytext", "text")

NOTHING_DECIDED = 6
"""The exit code where a document claims gradients and none of them was decided, where all that it
claims may stand behind a delimiter that does not end, or where a part of it is not there."""


@click.command(
    cls=Command,
    short_help="Check the derivations in documents.",
    examples=(
        "symback check notes.md",
        "symback check lecture.tex chapter2.ipynb --format json",
        "symback check notes.md -o report.html",
        "symback check notes.md --format github",
        "symback check --spec network.toml scan.md",
        "symback check notes.tex --model notes.model",
        "symback check notes.md --fix | patch -p0",
        "symback check book.tex --fix --write",
    ),
)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path())
@network_options
@model_option
@notation_option
@click.option(
    "--macros",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="A file of LaTeX definitions that are in force in every document; may be repeated.",
)
@click.option(
    "--from",
    "kind",
    type=OneOf("kind of document", KINDS),
    help="What kind of document it is, where its name does not tell.",
)
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
@click.option("--write", is_flag=True, help="With --fix: make the repairs in the files.")
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(),
    help="Findings that this file holds are known, and not counted as refuted.",
)
@click.option(
    "--update-baseline", is_flag=True, help="Write the baseline: all that is found is known then."
)
@click.option("--watch", is_flag=True, help="Check again whenever one of the files changes.")
@output_options(*_FORMATS)
def check(
    files: tuple[str, ...],
    model: str | None,
    notation: str | None,
    macros: tuple[str, ...],
    kind: str | None,
    strict: bool,
    fix: bool,
    write: bool,
    baseline: str | None,
    update_baseline: bool,
    watch: bool,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    **stated: Any,
) -> int:
    """Check every statement in documents: Markdown, LaTeX, notebooks, HTML, reStructuredText, text.

    FILE may be a folder, a pattern, a book (book.tex with what it includes, _quarto.yml, _toc.yml,
    SUMMARY.md, mkdocs.yml) or -, standard input; left out, the files that symback.toml or
    pyproject.toml names. The network is learnt from the document; options and a spec say what it
    leaves out. Beside --model, lines that stay open are decided about its equations, or by the
    lines in its file, whose quantities are found by their letters.

    Exits with 1 if anything is refuted, and with 6 if of the gradients that a document claims none
    could be decided, or nothing because of mathematics that is never closed.
    """
    if fix and stated_format:
        raise InputError("--fix prints a diff, which has no other format", where="--format")
    if write and not fix:
        raise InputError("goes with --fix", where="--write")
    if "-" in files and stated.get("spec") == "-":
        raise InputError("it is a document already", where="--spec -")
    if model == "-" and ("-" in files or stated.get("spec") == "-"):
        raise InputError("standard input can be read only once", where="--model -")
    settings = find_settings()
    named = files or settings.files or settings.books
    if not named:
        raise InputError(
            "there is no document",
            where="FILE",
            hint="name one, or say files or books in symback.toml",
        )
    output_format = "text" if fix else choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    known = Known(baseline or settings.baseline, update_baseline)
    if model is not None:
        refuse_beside_model(stated, "batch", "reduction")
    about = stated_by(**stated, settings=settings_beside({**stated, "model": model}))
    judge = Judge.of(about, notation, settings)
    if model is not None:
        if about.network is not None or about.text is not None:
            refuse_beside_model(stated, "spec")
        judge = judge.beside_model(model)

    def judged(documents: Sequence[Document]) -> Report:
        from symback.rendering.check import Report

        return known.marked(Report.of(_verdicts(judge, documents, kind, target)))

    def once() -> tuple[int, list[str]]:
        documents, notes = documents_of(named, settings, macros, output)
        for note in notes:
            say(note)
        for document in documents:
            for file in document.files:
                say(f"read {source_name(file.name)}", 2)
        _say_kind(documents, kind)
        report = judged(documents)
        if update_baseline:
            known.write(report)
            if settings.baseline is None and baseline is None:
                say(f'it counts with --baseline, or baseline = "{known.name}" in symback.toml')
            return 0, _paths(documents)
        if fix:
            if _mend(report, documents, judge, kind, target if not write else None):
                report = judged(documents_of(named, settings, macros)[0])
            _say_summary(report)
        else:
            _show(report, output_format, target, ascii, color)
        code = _exit_code(report, strict or settings.strict, settings.fail_on)
        is_whole = not any(document.book and document.book.missing for document in documents)
        return code if is_whole else code or NOTHING_DECIDED, _paths(documents)

    if not watch:
        return once()[0]
    if "-" in named or not target.is_stdout:
        raise InputError("goes with files, and with standard output", where="--watch")
    return watch_files(once)


def _verdicts(
    judge: Judge, documents: Sequence[Document], kind: str | None, target: Target
) -> Iterator[DocumentReport]:
    """The verdicts on every file that is to be reported on, in order."""
    quiet = target.is_stdout and sys.stdout is not None and sys.stdout.isatty()
    pieces = ((1, document) for document in documents)
    for document in with_progress(pieces, len(documents), quiet=quiet):
        yield from _judged(judge, document, kind)


def _judged(judge: Judge, document: Document, kind: str | None) -> Iterator[DocumentReport]:
    if document.book is None:
        (file,) = document.files
        yield judge.check_suggesting(file.text, file.name, kind)
        return
    reports = judge.check_book(document.book, [file.name for file in document.files])
    # Of a book, files without mathematics are no news, unless there is nothing else.
    telling = [report for report in reports if report.judgements or report.problems]
    asked = document.shown or {report.path for report in reports}
    if asked <= {report.path for report in telling}:
        telling = [report for report in telling if report.path in asked]
    # Else a file without any is asked for, of macros perhaps: what it means shows in the others.
    yield from telling or reports[:1]


def _show(report: Report, output_format: str, target: Target, ascii: bool, color: str) -> None:
    from symback.rendering.check import render_report

    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
    target.write(
        render_report(
            report, output_format, ascii=style.ascii, color=style.color, width=style.width
        )
    )


def _exit_code(report: Report, strict: bool, fail_on: frozenset[str]) -> int:
    """What a hook is told; a document of which nothing was understood is no success."""
    if not report.ok or (strict and not report.complete):
        return 1
    if any(e.is_finding and e.code in fail_on for document in report for e in document.entries):
        return 1
    for document in report.open_documents:
        say(_why_open(document))
    return NOTHING_DECIDED if report.open_documents else 0


def _why_open(document: CheckedDocument) -> str:
    """Why nothing is known of a document, with the place where there is one to go to."""
    name, opener = source_name(document.path), document.opens_without_end
    if opener is None or opener.problem is None or document.leaves_gradients_open:
        return f"{name}: none of the gradients that it claims could be decided"
    return (
        f"{name}:{opener.line}:{opener.column}: {opener.problem.token} opens mathematics that is "
        "never closed, so that nothing could be decided"
    )


def _mend(
    report: Report,
    documents: Sequence[Document],
    judge: Judge,
    kind: str | None,
    target: Target | None,
) -> bool:
    """Print the diff of all unique repairs, or make them in the files where there is no target.

    Returns:
        Whether files say something else now.
    """
    from symback.rendering.check import applied, diff, propose, refusal

    pieces: list[str] = []
    changed: list[tuple[Target, str]] = []
    home = {file.name: (document, file) for document in documents for file in document.files}
    for document in report.documents:
        owner, file = home[document.path]
        proposal = propose(document.checked, _again(judge, owner, file, kind))
        for judgement, code in proposal.refused:
            place = f"{file.name}:{judgement.statement.line}:{judgement.statement.column}"
            say(f"{place}: {refusal(code)}")
        if file.encoding != "utf-8":
            if proposal.edits:
                encoded = refusal("encoding")
                say(f"{source_name(file.name)}: {encoded}")
        elif target is not None:
            pieces.append(diff(file.name, file.text, proposal.edits, mark=file.mark))
        elif proposal.edits:
            if file.name == "-":
                raise InputError("standard input cannot be written", where="--write")
            text = file.mark + applied(file.text, proposal.edits)
            changed.append((Target(file.name, force=True), text))
    if target is not None:
        target.write("".join(pieces))
    else:
        write_together(changed)
        for mended, _ in changed:
            say(f"{mended.name}: mended")
    return bool(changed)


def _say_summary(report: Report) -> None:
    from symback.rendering.check import summary

    say(summary(report))


def _again(
    judge: Judge, document: Document, file: File, kind: str | None
) -> Callable[[str], DocumentReport]:
    """What judges a file that says something else, within its book if it is part of one."""
    if document.book is None:
        return partial(judge.check, name=file.name, kind=kind)
    book = document.book
    names = [other.name for other in document.files]

    def check(text: str) -> DocumentReport:
        changed = book.again(book.parts[names.index(file.name)].name, text)
        return next(r for r in judge.check_book(changed, names) if r.path == file.name)

    return check


def _paths(documents: Sequence[Document]) -> list[str]:
    return [file.name for document in documents for file in document.files]


def _say_kind(documents: Sequence[Document], kind: str | None) -> None:
    """Of standard input, as what it is read: no name tells."""
    for document in documents:
        for file in document.files:
            if file.name == "-" and kind is None:
                from symback.reading.finding import guess

                say(f"standard input: read as {guess(file.text)}; --from says otherwise")
