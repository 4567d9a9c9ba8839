"""``symback emit``: a module that computes the loss and gradients of a network or model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Any

import click

from symback.cli.command import Command, OneOf
from symback.cli.notation import notation_for
from symback.cli.options import model_options, network_options, notation_option
from symback.cli.output import Target, write_together
from symback.cli.subject import parse_sizes, subject_from
from symback.errors import InputError, SymbackError

__all__ = ["emit"]

_STYLES = ("readable", "fast", "scalar")
_TARGETS = ("numpy", "array-api", "numba", "c")


@click.command(
    cls=Command,
    short_help="Write a module with the gradients.",
    examples=(
        "symback emit --layers 2,2,2 -o gradients.py",
        "symback emit --layers 784,128,10 --activations relu,softmax --loss cross-entropy "
        "--style fast -o gradients.py --force",
        "symback emit --layers 2,2,2 --activations tanh,softmax --loss cross-entropy --target c "
        "-o gradients.c --loader gradients_c.py",
        "symback emit --model lstm --batch --gradients Wi,Ui,x -o gradients.py",
    ),
)
@network_options
@model_options
@click.option(
    "--style",
    type=OneOf("style", _STYLES),
    help="For NumPy: readable, the default, one statement for each equation; fast, over arrays "
    "that are used again; scalar, plain Python numbers for a tiny network.",
)
@click.option(
    "--target",
    type=OneOf("target", _TARGETS, {"python": "numpy", "array_api": "array-api", "C": "c"}),
    default="numpy",
    help="The language or library, numpy by default.",
)
@notation_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    type=click.Path(),
    help="Where to write it; - is standard output, the default.",
)
@click.option(
    "--loader",
    metavar="FILE",
    type=click.Path(),
    help="With --target c: where to write the Python module that compiles and loads it.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def emit(
    style: str | None,
    target: str,
    notation: str | None,
    output: str,
    loader: str | None,
    force: bool,
    **stated: Any,
) -> int:
    """Write a module that computes loss and gradients of a batch, and checks itself when run.

    Nothing is needed to run it but what the target is named after. With --notation, comments write
    each equation as a course does; names stay what they are.
    """
    if stated["model"] is None and stated["spec"] is None:
        stated["batch"] = True
    numbers = _numbers(stated)
    subject = subject_from(may_batch=True, **stated)
    if subject.network is not None and not subject.network.batch:
        subject = replace(subject, network=replace(subject.network, batch=True))
    spelled = notation_for(notation, subject)
    _check_suffix(output, target, "-o")
    if loader is not None and (target != "c" or output == "-"):
        raise InputError(
            "a loader is for C in a file",
            where="--loader",
            hint="say --target c and -o gradients.c beside it",
        )
    if loader is not None:
        _check_suffix(loader, "numpy", "--loader")
    places = [Target(output, force), *([Target(loader, force)] if loader is not None else [])]
    for place in places:
        place.check()

    from symback.emission import emit as emitted

    source = subject.network or subject.model()
    if subject.text is not None and target == "c":
        numbers = {**(subject.text.sizes or {}), **numbers}
    try:
        texts = [
            emitted(
                source,
                style or "readable",
                target,
                reduction=subject.reduction,
                notation=spelled,
                batch=subject.batch,
                sizes=numbers,
            )
        ]
    except SymbackError as error:
        if error.where in ("style", "target", "sizes"):
            raise error.at(f"--{error.where}") from None
        raise
    if loader is not None:
        from symback.emission import emit_loader

        texts.append(emit_loader(source, output))
    write_together(list(zip(places, texts, strict=True)))
    return 0


def _numbers(stated: dict[str, Any]) -> dict[str, int]:
    """The numbers for sizes; that of the samples is no size of the model and is taken out."""
    if stated["sizes"] is None:
        return {}
    try:
        numbers = parse_sizes(stated["sizes"])
    except InputError as error:
        raise error.at("--sizes") from None
    if stated["batch"]:
        own = [f"{name}={number}" for name, number in numbers.items() if name != "batch"]
        stated["sizes"] = ",".join(own) or None
    return numbers


def _check_suffix(name: str, target: str, option: str) -> None:
    """Refuse to write Python into a file of C, and the other way round."""
    suffix = PurePath(name).suffix.lower()
    if suffix in (".c", ".py") and (suffix == ".c") != (target == "c"):
        hint = (
            "--target c writes C" if suffix == ".c" else "end the name in .c, or leave --target out"
        )
        raise InputError(f"{name} is no name for this: it says {suffix}", where=option, hint=hint)
