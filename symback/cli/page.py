"""``symback page``: a network to step through, as one file that needs nothing else."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command
from symback.cli.example import notation_of
from symback.cli.formats import choose_format
from symback.cli.lesson import lesson_from, number_options, page_output
from symback.cli.options import model_options, network_options, notation_option
from symback.cli.output import Target

if TYPE_CHECKING:
    from symback.teaching.program import Program

__all__ = ["page"]


@click.command(
    cls=Command,
    short_help="Write a page to step through, with formulas, numbers and questions.",
    examples=(
        "symback page --layers 3,4,2 --activations tanh,sigmoid --loss half-squared-error "
        "-o step.html",
        "symback page --layers 2,2,2 --activations sigmoid,sigmoid --loss half-squared-error "
        "--values mazur.toml -o step.html",
        "symback page --model rnn --sizes T=3,J=1,K=2,O=2 -o step.html",
    ),
)
@network_options
@model_options
@number_options
@notation_option
@page_output(("html",), "html")
def page(
    values_name: str | None,
    numbers: str | None,
    seed: str,
    digits: str | None,
    rounding: str | None,
    delta: str | None,
    update: str | None,
    notation: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    **stated: Any,
) -> int:
    """Write one HTML file: step through both passes, change any number, be asked before it shows.

    It loads nothing and sends nothing. Its script works everything out and compares itself with
    the engine's numbers. Exits with 1 if a witness has other values.
    """
    choose_format(output, stated_format, ("html",), default="html")
    target = Target(output, force)
    target.check()
    lesson = lesson_from(
        values_name, numbers, seed, digits, rounding, delta, update, stated, before=_is_small
    )
    from symback.rendering.teaching.step_page import step_page
    from symback.teaching.blocks import Say
    from symback.teaching.proving import proof_of
    from symback.teaching.saying import numbers_say, testimony_say
    from symback.teaching.stepping import stepping

    data = stepping(lesson.program, lesson.given)
    testimony = proof_of(
        lesson.model, lesson.sizes, lesson.program, lesson.given, lesson.functions, lesson.integers
    )
    said = []
    if lesson.source != "given":
        lacks = bool(lesson.dropped)
        said.append(numbers_say(lesson.source, lesson.seed, is_short_of_wishes=lacks))
        said += [Say(f"dropped-{wish}") for wish in lesson.dropped]
    document = step_page(
        data,
        lesson.derivation,
        lesson.model,
        colophon=(*said, testimony_say(testimony)),
        command=_command(),
        notation=notation_of(notation, lesson),
    )
    target.write(document)
    return 0 if testimony.ok else 1


def _is_small(program: Program) -> None:
    """Refuse what no page has room for, before numbers are looked for."""
    from symback.teaching.stepping import steps_of

    steps_of(program)


def _command() -> str:
    """The command line, without where the page goes."""
    arguments = []
    skip = False
    for argument in sys.argv[1:]:
        if skip:
            skip = False
        elif argument in ("-o", "--output"):
            skip = True
        elif argument not in ("--force", "--debug"):
            arguments.append(argument)
    return "symback " + " ".join(map(shlex.quote, arguments))
