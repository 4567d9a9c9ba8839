"""``symback mark``: answer sheets, marked by the students' own values."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from symback.cli.command import Command
from symback.cli.formats import choose_format
from symback.cli.lesson import page_output, whole, write_pages
from symback.cli.marking import notation_of, paper_from
from symback.cli.options import model_options, network_options
from symback.cli.output import Target
from symback.cli.source import read_bytes, source_name
from symback.cli.voice import say
from symback.errors import InputError, TooLargeError
from symback.model.spec import MAX_BYTES

__all__ = ["mark"]

_FORMATS = ("text", "markdown", "html", "pdf", "latex", "typst", "csv", "json")
MAX_PAGES = 2000


@click.command(
    cls=Command,
    short_help="Mark answer sheets, errors carried forward.",
    examples=(
        "symback mark answers.csv --values problem.toml -o marks.html",
        "symback mark answers.csv --values problem.toml -o marks.csv",
        "symback mark answers.toml --values problem.toml --student Ann",
    ),
)
@click.argument("answers", metavar="FILE", type=click.Path())
@network_options
@model_options
@click.option(
    "--values",
    "values_name",
    metavar="FILE",
    type=click.Path(),
    required=True,
    help="The problem: its network, its numbers, the names of its values, their marks.",
)
@click.option(
    "--exercise",
    metavar="N",
    help="Which exercise alone, of a sheet that symback exercises --values-out wrote, its columns "
    "with or without its number; else all, and the columns begin with their numbers: 1.h1_pre_2.",
)
@click.option("--student", metavar="NAME", help="Mark the sheet of this student alone.")
@page_output(_FORMATS, "text")
@click.option("--ascii", is_flag=True, help="Text without Unicode letters.")
def mark(
    answers: str,
    values_name: str,
    exercise: str | None,
    student: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    **stated: Any,
) -> int:
    """Mark answer sheets: CSV with a row for each student or for each value, or TOML.

    The first line of a CSV names its columns: one of students, called student, name, id, email or
    number, else the first; and one for each answer, by the name below its box on the sheet, or as
    in h1_pre[1], dW1_12, L. With student,name,value it has a row for each value. In TOML each
    student is a table.

    A value is right if it is right, or if it follows from the student's own values above it. The
    first wrong value is named with its slip, and costs marks once.
    """
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    if answers == values_name == "-":
        raise InputError("only one of the two can be standard input", where="--values")
    number = whole(exercise, "--exercise", 1, 10**6) if exercise else None
    paper, lesson = paper_from(values_name, number, stated)
    from symback.teaching.answers import read_csv, read_toml_sheets
    from symback.teaching.marks import as_data, csv_rows, marks_page
    from symback.teaching.outcomes import Marked
    from symback.teaching.policy import Policy

    source = source_name(answers)
    policy = lesson.policy if lesson is not None else Policy()

    def marked() -> Iterator[Marked]:
        with _lines(answers) as lines:
            sheets = (
                read_toml_sheets(read_bytes(answers, MAX_BYTES), source, paper)
                if answers.lower().endswith(".toml")
                else read_csv(lines, source, paper, lambda said: say(f"symback: {said}"))
            )
            found = False
            for sheet in sheets:
                if student is None or sheet.student == student:
                    found = True
                    yield paper.mark(sheet.student, sheet.answers)
            if not found:
                what = f"no sheet of {student!r}" if student else "has no sheets"
                raise InputError(what, where=source)

    if output_format == "csv":
        target.stream(csv_rows(marked(), policy))
        return 0
    done = []
    for sheet in marked():
        done.append(sheet)
        if len(done) > MAX_PAGES:
            raise TooLargeError(
                f"more than {MAX_PAGES} sheets make no page",
                where=source,
                hint="write a table with -o marks.csv, or one page with --student NAME",
            )
    if output_format == "json":
        target.write(json.dumps(as_data(done, policy), indent=1) + "\n")
        return 0
    page = marks_page(done, paper, lesson.derivation if lesson is not None else None, policy)
    model = lesson.model if lesson is not None else None
    spelled = notation_of(lesson.values) if lesson is not None else None
    write_pages([(page, target)], [output_format], model, spelled, ascii)
    return 0


@contextmanager
def _lines(name: str) -> Iterator[Iterator[str]]:
    """The lines of a file, as they are asked for.

    Raises:
        InputError: for what cannot be read, or is not UTF-8.
    """
    if name.lower().endswith(".toml"):
        yield iter(())
        return
    source = source_name(name)
    try:
        if name == "-":
            yield iter(sys.stdin)
            return
        with open(name, encoding="utf-8", newline="") as file:
            yield iter(file)
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.object[error.start]:#04x} is not UTF-8", where=source,
                         hint="save it as UTF-8") from None  # fmt: skip
    except IsADirectoryError:
        raise InputError("is a folder, not a file", where=source) from None
    except OSError as error:
        reason = (error.strerror or "not a file's name").lower()
        raise InputError(f"cannot be read: {reason}", where=source) from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("cannot be read: not a file's name", where=source) from None
