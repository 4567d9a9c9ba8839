"""``symback model``: a model in the language of equations."""

from __future__ import annotations

from typing import Any

import click

from symback.cli.command import Command
from symback.cli.options import network_options
from symback.cli.output import Target
from symback.cli.subject import is_library_model, model_text_named, subject_from
from symback.errors import InputError

__all__ = ["model"]


@click.command(
    cls=Command,
    short_help="Show a model as equations.",
    examples=(
        "symback model gru",
        "symback model my.model",
        "symback model --layers 2,3,1 --activations tanh,sigmoid",
    ),
)
@click.argument("name", required=False, metavar="[NAME|FILE]")
@network_options
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    type=click.Path(),
    help="Where to write it; - is standard output, the default.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def model(name: str | None, output: str, force: bool, **stated: Any) -> None:
    """Show a model in the language of equations, to read, to change and to give back.

    A model of the library (symback list models) is shown with its sources and its closed forms; a
    file as it was understood; a network by the equations that its layers stand for.
    """
    target = Target(output, force)
    target.check()
    if name is not None:
        beside = next((key for key, value in stated.items() if value is not None), None)
        if beside is not None:
            raise InputError("stands beside a model's name: choose one", where=f"--{beside}")
        if is_library_model(name):
            from symback.model.language.sources import library_text

            target.write(library_text(name))
            return
        built = model_text_named(name).model()
    else:
        built = subject_from(**stated).model()
    from symback.model.language.writer import model_text

    target.write(model_text(built))
