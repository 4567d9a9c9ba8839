"""``symback example``: a network worked by hand, in numbers."""

from __future__ import annotations

import json
from typing import Any

import click

from symback.cli.command import Command
from symback.cli.formats import choose_format
from symback.cli.lesson import Lesson, lesson_from, number_options, page_output, whole, write_pages
from symback.cli.notation import notation_for
from symback.cli.options import model_options, network_options, notation_option
from symback.cli.output import Target
from symback.errors import InputError
from symback.suggest import did_you_mean

__all__ = ["example", "notation_of"]

_FORMATS = ("text", "markdown", "latex", "pdf", "html", "notebook", "typst", "json")
MAX_STEPS = 100_000


@click.command(
    cls=Command,
    short_help="Work a network by hand, in numbers.",
    examples=(
        "symback example --layers 2,2,2 --activations sigmoid,sigmoid "
        "--loss half-squared-error --values mazur.toml",
        "symback example --layers 2,3,1 --activations relu,identity --numbers tidy --seed 4 "
        "-o worked.pdf",
        "symback example --layers 2,2,2 --activations sigmoid,softmax --loss cross-entropy "
        "--numbers exact -o exact.html",
    ),
)
@network_options
@model_options
@number_options
@click.option("--steps", metavar="N", default="1", help="Steps of descent; 1 by default.")
@click.option(
    "--variant",
    metavar="SLIP",
    help="Set a known slip beside the right loss after the step: updated-weights, as published by "
    "some.",
)
@notation_option
@page_output(_FORMATS, "text")
@click.option("--ascii", is_flag=True, help="Text without Unicode letters.")
def example(
    values_name: str | None,
    numbers: str | None,
    seed: str,
    digits: str | None,
    rounding: str | None,
    delta: str | None,
    update: str | None,
    steps: str,
    variant: str | None,
    notation: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    **stated: Any,
) -> int:
    """Work both passes in numbers: every value as formula, substitution and result.

    With a learning rate, the step of descent and the loss after it as well. A witness that shares
    no code with the worked values checks them; exits with 1 if it has others.
    """
    count = whole(steps, "--steps", 0, MAX_STEPS)
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    lesson = lesson_from(values_name, numbers, seed, digits, rounding, delta, update, stated)
    spelled = notation_of(notation, lesson)
    page = worked(lesson, count, _known_slip(variant))
    if output_format == "json":
        target.write(json.dumps(page.data(), indent=2) + "\n")
    else:
        write_pages([(page.page(), target)], [output_format], lesson.model, spelled, ascii)
    return 0 if page.testimony is None or page.testimony.ok else 1


def _known_slip(variant: str | None) -> str:
    if variant is None:
        return ""
    from symback.teaching.slips import SLIPS

    if variant not in SLIPS:
        suggestion = did_you_mean(variant, SLIPS)
        raise InputError(
            f"unknown slip {variant!r}{suggestion}",
            where="--variant",
            hint=None if suggestion else f"known are {', '.join(SLIPS)}",
        )
    return variant


def notation_of(name: str | None, lesson: Lesson) -> Any:
    """The notation that a lesson's formulas are printed in; None for symback's own."""
    from symback.cli.subject import Subject
    from symback.model.network import Network

    source = lesson.derivation.model.source
    return notation_for(name, Subject(source)) if isinstance(source, Network) else None


def worked(lesson: Lesson, steps: int, variant: str = "") -> Any:
    """The example with its warnings and what the witness says of it."""
    from dataclasses import replace

    from symback.teaching.blocks import Say
    from symback.teaching.dull import warnings
    from symback.teaching.example import Example
    from symback.teaching.proving import proof_of

    page = Example(
        lesson.derivation, lesson.program, lesson.given, lesson.policy, lesson.functions, steps,
        variant=variant, source=lesson.source, seed=lesson.seed,
    )  # fmt: skip
    found = warnings(
        lesson.derivation, lesson.program, lesson.given, page.values, lesson.policy.digits
    )
    return replace(
        page,
        warnings=(*(Say(f"dropped-{wish}") for wish in lesson.dropped), *found),
        testimony=proof_of(
            lesson.model,
            lesson.sizes,
            lesson.program,
            lesson.given,
            lesson.functions,
            lesson.integers,
        ),
    )
