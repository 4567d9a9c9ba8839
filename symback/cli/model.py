"""``symback model``: a model in the language of equations."""

from __future__ import annotations

from typing import Any

import click

from symback.cli.command import Command
from symback.cli.files import read_files
from symback.cli.options import (
    force_option,
    network_options,
    output_option,
)
from symback.cli.output import Target
from symback.cli.subject import (
    is_document,
    is_library_model,
    model_text_named,
    subject_from,
    text_of_document,
)
from symback.errors import InputError
from symback.model.language.sources import has_fence

__all__ = ["model"]


@click.command(
    cls=Command,
    short_help="Show a model as equations.",
    examples=(
        "symback model gru",
        "symback model my.model",
        "symback model notes.md",
        "symback model --layers 2,3,1 --activations tanh,sigmoid",
    ),
)
@click.argument("name", required=False, metavar="[NAME|FILE]", type=click.Path())
@network_options
@output_option
@force_option
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
        if is_document(name):
            _write_document(name, target)
            return
        built = model_text_named(name).model()
    else:
        built = subject_from(**stated).model()
    from symback.model.language.writer import model_text

    target.write(model_text(built))


def _write_document(name: str, target: Target) -> None:
    """Write what was understood of a document, each line with its source line."""
    text = read_files([name])[0].text
    if has_fence(text):
        from symback.model.language.writer import model_text

        target.write(model_text(model_text_named(name).model()))
        return
    target.write(text_of_document(text, name, suggests=True))
