"""``symback emit``: a module that computes the loss and gradients of a network or model."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import click

from symback.cli.command import Command, OneOf, Written
from symback.cli.notation import notation_for
from symback.cli.options import (
    document_argument,
    force_option,
    model_options,
    network_options,
    notation_option,
    output_option,
    product_of,
    second_options,
)
from symback.cli.output import Target, print_text, write_together
from symback.cli.subject import Subject, parse_sizes, subject_from
from symback.errors import InputError, SymbackError
from symback.model.network import Network

__all__ = ["emit", "with_product"]

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
        "symback emit --model softmax-regression --second hvp -o gradients.py",
    ),
)
@network_options
@document_argument
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
    help="The language or library: numpy, the default, or c where -o says so.",
)
@click.option(
    "--dtype",
    type=OneOf("dtype", ("float64", "float32")),
    default="float64",
    help="The numbers of C, float64 by default. NumPy computes in what it is given.",
)
@click.option(
    "--prefix", default="", metavar="NAME_", help="What every external name of C begins with."
)
@click.option("--forward-only", is_flag=True, help="C with the forward pass alone.")
@notation_option
@output_option
@click.option(
    "--loader",
    metavar="FILE",
    type=Written(),
    help="With --target c: where to write the Python module that compiles and loads it.",
)
@click.option(
    "--header",
    metavar="FILE",
    type=Written(),
    help="With --target c: where to write a header that declares what the file has for others.",
)
@click.option(
    "--check",
    "checked",
    is_flag=True,
    help="Run the file's own check first (C is compiled for it), and write nothing that fails it.",
)
@second_options("A module with, besides,")
@click.option(
    "--against",
    metavar="FILE.py:FUNCTION",
    help="Run this function of yours, and compare its gradients with the proved ones, array by "
    "array; nothing is written.",
)
@force_option
def emit(
    style: Any,
    target: Any,
    dtype: Any,
    prefix: str,
    forward_only: bool,
    checked: bool,
    second: Any,
    jvp: bool,
    against: str | None,
    notation: str | None,
    output: str,
    loader: str | None,
    header: str | None,
    force: bool,
    **stated: Any,
) -> int:
    """Write a module that computes loss and gradients of a batch, and checks itself when run.

    Nothing is needed to run it but what the target is named after. With --notation, comments write
    each equation as a course does; names stay what they are.
    """
    if stated["layers"] is not None and stated["spec"] is None:
        stated["batch"] = True  # a network's code is that of a batch; a model's says it itself
    numbers = _numbers(stated)
    subject = subject_from(may_batch=True, **stated)
    if subject.network is not None and not subject.network.batch:
        subject = replace(subject, network=replace(subject.network, batch=True))
    spelled = notation_for(notation, subject)
    if target is None:
        target = _target_of(output)
    _check_suffix(output, target, "-o")
    if loader is not None and (target != "c" or output == "-"):
        raise InputError(
            "a loader is for C in a file",
            where="--loader",
            hint="say --target c and -o gradients.c beside it",
        )
    if loader is not None:
        _check_suffix(loader, "numpy", "--loader")
        if dtype != "float64" or prefix or forward_only:
            raise InputError(
                "a loader is for all of C, in float64, under its plain names",
                where="--loader",
                hint="leave --dtype, --prefix and --forward-only out",
            )
    if checked and forward_only:
        raise InputError("the forward pass alone has no gradients to check", where="--check")
    if header == "-" and output == "-":
        raise InputError("the C goes there already", where="--header -", hint="say -o gradients.c")
    beside_it = [name for name in (loader, header) if name is not None]
    places = [Target(output, force), *(Target(name, force) for name in beside_it)]
    for place in places:
        place.check()

    from symback.emission import emit as emitted

    source = subject.model() if subject.wanted else subject.network or subject.model()
    reduction: Any = subject.reduction
    if against is not None:
        from symback.emission.against import compare, report

        compared = compare(source, against, batch=subject.batch, reduction=reduction, sizes=numbers)
        print_text(report(compared))
        return 0 if all(array.right for array in compared) else 1
    product = product_of(second, jvp)
    if notation is not None and (subject.network is None or subject.wanted or product is not None):
        click.echo(
            "symback: note: --notation writes comments beside the gradients of a network's "
            "parameters, and nothing here",
            err=True,
        )
    if product is not None and (loader is not None or forward_only):
        raise InputError(
            "a product of second order is written without this",
            where="--loader" if loader is not None else "--forward-only",
            hint="leave it out; in C the product stands in the file itself",
        )
    if target != "c" and header is not None:
        raise InputError("a header is for C", where="--header", hint="say --target c")
    if subject.text is not None and target == "c":
        numbers = {**(subject.text.sizes or {}), **numbers}
    try:
        if product is not None:
            making = (_called(output), dtype == "float32", prefix)
            text = with_product(subject, product, numbers, style or "readable", target, making)
        else:
            text = emitted(
                source,
                style or "readable",
                target,
                reduction=reduction,
                notation=spelled,
                batch=subject.batch,
                sizes=numbers,
                dtype=dtype,
                prefix=prefix,
                forward_only=forward_only,
                file=_called(output),
            )
    except SymbackError as error:
        if error.where in ("style", "target", "sizes", "dtype", "prefix", "forward-only", "second"):
            raise error.at(f"--{error.where}") from None
        raise
    if subject.network is not None:
        _say_what_may_fail(subject.network)
    if checked and not _is_right(text, target, output):
        return 1
    texts = [text]
    if loader is not None:
        from symback.emission import emit_loader

        beside = os.path.relpath(output, os.path.dirname(os.path.abspath(loader)))
        texts.append(
            emit_loader(
                source, beside, batch=subject.batch, reduction=subject.reduction, sizes=numbers
            )
        )
    if header is not None:
        from symback.emission.targets.c_header import header as header_of

        texts.append(header_of(text, header, _called(output, "the C file")))
    write_together(list(zip(places, texts, strict=True)))
    return 0


def with_product(
    subject: Subject,
    product: Any,
    sizes: dict[str, int],
    style: str = "readable",
    target: str = "numpy",
    making: tuple[str, bool, str] = ("gradients.c", False, ""),
) -> str:
    """The module with a product besides."""
    from symback.emission.indexed.module import Making

    made = Making(*making)
    reduction: Any = subject.reduction
    if target != "numpy" and style != "readable":
        raise InputError(f"target {target} has one form", where="style", hint="leave the style out")
    if subject.network is not None:
        from symback.emission.by_index import asked
        from symback.emission.second import emit_product

        network = subject.network
        wanted = asked(subject.model())
        return emit_product(
            network, product, reduction, style, target, sizes=sizes, making=made, wanted=wanted
        )
    from symback.emission.indexed.module import emit_model_product

    model, batch = subject.model(), subject.batch
    return emit_model_product(
        model, product, style, target, batch=batch, reduction=reduction, sizes=sizes, making=made
    )


def _say_what_may_fail(network: Network) -> None:
    """Name the statements that are not finite for every input."""
    from symback.emission.program import program

    made = program(network)
    for number, left in made.unstable.items():
        click.echo(
            f"symback: note: statement ({number}), {made.names[left]}, divides by an output or "
            "takes its logarithm, which is not finite where large logits make it 0 or 1",
            err=True,
        )


def _is_right(text: str, target: str, output: str) -> bool:
    """Run the file's own check, and say what it said."""
    from symback.emission.checking import check_emitted

    found = check_emitted(text, target)
    name = "the file" if output == "-" else output
    kept = "" if found.right else "; nothing was written"
    line = found.line
    if found.is_undecided:
        line = "at random data the loss or a gradient is not finite, so that nothing is compared"
    click.echo(f"symback: {name}: {line}{kept}", err=True)
    return found.right


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


def _called(output: str, otherwise: str = "gradients.c") -> str:
    """What comments call a C file: its name, where a shell and a comment take it as it stands."""
    name = PurePath(output).name
    return name if re.fullmatch(r"\w[\w.+-]*\.c", name) else otherwise


def _target_of(output: str) -> str:
    """What a file's name says that it is written in."""
    suffix = PurePath(output).suffix.lower()
    if suffix not in ("", ".py", ".c"):
        raise InputError(
            f"the suffix {suffix} stands for no target",
            where="-o",
            hint="end the name in .py or .c, or say --target",
        )
    return "c" if suffix == ".c" else "numpy"


def _check_suffix(name: str, target: str, option: str) -> None:
    """Refuse to write Python into a file of C, and the other way round."""
    suffix = PurePath(name).suffix.lower()
    if suffix in (".c", ".py") and (suffix == ".c") != (target == "c"):
        hint = (
            "--target c writes C" if suffix == ".c" else "end the name in .c, or leave --target out"
        )
        raise InputError(f"{name} is no name for this: it says {suffix}", where=option, hint=hint)
