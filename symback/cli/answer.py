"""``symback answer``: one formula decided against a network."""

from __future__ import annotations

from typing import Any

import click

from symback.cli.command import Command
from symback.cli.formats import choose_format
from symback.cli.judge import Judge, read_formula
from symback.cli.notation import notation_for
from symback.cli.options import model_options, network_options, notation_option, output_options
from symback.cli.output import Target
from symback.cli.source import required, stated_by
from symback.cli.style import style_for
from symback.cli.subject import settings_beside, subject_from
from symback.errors import InputError

__all__ = ["answer"]

_FORMATS = ("text", "markdown", "json")


@click.command(
    cls=Command,
    short_help="Decide one formula.",
    examples=(
        r"symback answer --layers 2,2,2 '\frac{\partial L}{\partial b_1^{(2)}} = "
        r"\frac{\partial L}{\partial \hat y_1}'",
        "symback answer --model lstm 'dc[t,k] = dh[t,k] o[t,k] (1 - tanh(c[t,k])^2) + "
        "dc[t+1,k] f[t+1,k]; dc[T+1,k] = 0; f[t,k] = 0 outside'",
        r"symback answer --model lstm '\delta_t^o = \frac{\partial L}{\partial h_t} \odot "
        r"\tanh(c_t) \odot o_t \odot (1 - o_t)'",
        "symback answer --layers 2,2,2 \"dL/dW2[1,2] = dL/dyhat[2] * g'(y'[2]) * h[1]\"",
    ),
)
@click.argument("formula")
@network_options
@model_options
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

    Beside --model it is LaTeX with the model's letters, or the language of models, as in
    "dL/dw[j] = …".

    Exits with 0 if it is right, with 1 if it is wrong, with 2 if it was not understood or says
    nothing that could be decided.
    """
    if formula == stated.get("spec") == "-":
        raise InputError("it is the formula already", where="--spec -")
    settings = settings_beside(stated)
    if stated["model"] is not None or settings.model is not None:
        return _about_model(formula, notation, stated_format, output, force, ascii, color, stated)
    for name in ("sizes", "gradients"):
        if stated.pop(name) is not None:
            raise InputError("is for a model: say --model beside it", where=f"--{name}")
    stated.pop("model")
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    about = stated_by(**stated, settings=settings)
    required(about, stated.get("spec"))
    text = read_formula(formula)
    judge = Judge.of(about, notation)
    judgement = judge.answer(text)

    from symback.rendering.check import render_answer

    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
    target.write(
        render_answer(
            judgement,
            output_format,
            open_loss=judge.open_loss,
            ascii=style.ascii,
            color=style.color,
            width=style.width,
        )
    )
    return {"PROVED": 0, "AGREES": 0, "REFUTED": 1}.get(judgement.status, 2)


def _about_model(
    formula: str,
    notation: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    stated: dict[str, Any],
) -> int:
    """Decide lines in the language of equations about a model."""
    if formula == stated["model"] == "-":
        raise InputError("it is the formula already", where="--model -")
    output_format = choose_format(output, stated_format, _FORMATS)
    if output_format == "markdown":
        raise InputError("lines about a model are written as text or json", where="--format")
    target = Target(output, force)
    target.check()
    lines = read_formula(formula)
    subject = subject_from(**stated)
    assert subject.text is not None
    spelled = notation_for(notation, subject)
    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
    from symback.reading.beside.lines import answer_typed
    from symback.rendering.render import render_claims

    answer = answer_typed(lines, subject.text)

    target.write(
        render_claims(
            answer.model,
            answer.judged,
            output_format,
            readings=answer.readings,
            ascii=style.ascii,
            color=style.color,
            width=style.width,
            notation=spelled,
        )
    )
    if not answer.is_open:
        return 1
    return 0 if answer.holds else 2
