"""``symback answer``: one formula decided against a network."""

from __future__ import annotations

from typing import Any

import click

from symback.cli.command import Command
from symback.cli.formats import choose_format
from symback.cli.judge import Judge, read_formula
from symback.cli.options import network_options, notation_option, output_options
from symback.cli.output import Target
from symback.cli.settings import find_settings
from symback.cli.source import required, stated_by
from symback.cli.style import style_for
from symback.errors import InputError

__all__ = ["answer"]

_FORMATS = ("text", "json")


@click.command(
    cls=Command,
    short_help="Decide one formula.",
    examples=(
        r"symback answer --layers 2,2,2 '\frac{\partial L}{\partial b_1^{(2)}} = "
        r"\frac{\partial L}{\partial \hat y_1}'",
        "symback answer --layers 2,2,2 \"dL/dW2[1,2] = dL/dyhat[2] * g'(y'[2]) * h[1]\"",
    ),
)
@click.argument("formula")
@network_options
@notation_option
@output_options(*_FORMATS)
def answer(
    formula: str,
    notation: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    **stated: Any,
) -> int:
    """Decide FORMULA, an equation in LaTeX or plain infix text; - reads it from standard input.

    Exits with 0 if it is right, with 1 if it is wrong, with 2 if it was not understood or says
    nothing that could be decided.
    """
    if formula == stated.get("spec") == "-":
        raise InputError("it is the formula already", where="--spec -")
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    settings = find_settings()
    if settings.spec and all(value is None for value in stated.values()):
        stated["settings"] = settings
    about = stated_by(**stated)
    notation = notation or settings.notation
    required(about, stated.get("spec"))
    text = read_formula(formula)
    judgement = Judge.of(about, notation).answer(text)

    from symback.rendering.check import render_answer

    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
    target.write(
        render_answer(
            judgement, output_format, ascii=style.ascii, color=style.color, width=style.width
        )
    )
    return {"PROVED": 0, "AGREES": 0, "REFUTED": 1}.get(judgement.status, 2)
