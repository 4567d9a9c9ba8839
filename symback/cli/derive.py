"""``symback derive``: every gradient of a network, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command
from symback.cli.engine import second_order, stream_gradients, work_out
from symback.cli.formats import FORMATS, choose_format
from symback.cli.notation import notation_for
from symback.cli.options import (
    document_argument,
    model_options,
    network_options,
    notation_option,
    output_options,
    product_of,
    second_options,
)
from symback.cli.output import Target
from symback.cli.style import style_for
from symback.cli.subject import Subject, subject_from
from symback.errors import InputError, TooLargeError
from symback.model.language.entries import EntryName, chosen_entries
from symback.model.parameter_names import parameter_entries, parse_parameter

if TYPE_CHECKING:
    from symback.notation import Notation

__all__ = ["MAX_WORKED_OUT", "chosen_weights", "derive"]

# Beyond this, nobody reads them, and the page would take minutes.
MAX_WORKED_OUT = 2000


@click.command(
    cls=Command,
    short_help="Derive every gradient, step by step.",
    examples=(
        "symback derive --layers 2,2,2",
        "symback derive --layers 2,2,2 --weight 'W1[1,2]'",
        "symback derive --layers 3,5,4,2 --no-bias --format markdown",
        "symback derive --layers 2,3,1 --activations tanh,sigmoid -o gradients.tex",
        "symback derive --layers 2,2,2 -o gradients.py",
        "symback derive --layers 2,3,1 --notation nielsen -o gradients.md",
        "symback derive --spec network.toml --format json",
        "symback derive --model lstm",
        "symback derive --model rnn --weight 'U[1,2]' --sizes T=3,K=2",
        "symback derive --layers 784,128,10 --gradients x",
        "symback derive --model softmax-regression --second hvp",
        "symback derive --layers 784,128,10 -o gradients.jsonl",
    ),
)
@network_options
@document_argument
@model_options
@click.option(
    "--weight",
    "-w",
    "names",
    multiple=True,
    metavar="NAME",
    help="Work this weight or bias out term by term: W1[1,2], W_{12}^{(1)}, W12(1), b2[1], or all. "
    "May be repeated. Left out: one hidden weight; in JSON all of them up to 16, else one of "
    "each kind and layer.",
)
@second_options("In place of the gradients,")
@notation_option
@output_options(*FORMATS)
def derive(
    names: tuple[str, ...],
    second: str | None,
    jvp: bool,
    notation: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    **stated: Any,
) -> int:
    """Derive the gradient of the loss with respect to every weight and bias, or what else is asked.

    Every step is proved, and the document says how. Exits with 1 if a proof fails.
    """
    subject = subject_from(**stated)
    spelled = notation_for(notation, subject)
    weights = chosen_weights(names, subject, spelled)
    output_format = choose_format(output, stated_format, tuple(FORMATS))
    target = Target(output, force)
    target.check()
    product = product_of(second, jvp)
    if product is not None:
        if names:
            raise InputError("a product is not worked out weight by weight", where="--weight")
        return _derive_second(subject, product, output_format, target, spelled, (ascii, color))

    worked = output_format not in ("numpy", "jsonl")
    proved = work_out(subject, weights, worked, one=output_format in ("text", "latex", "markdown"))
    if output_format == "jsonl":
        stream_gradients(proved, target)
        return 0 if proved.report.ok else 1
    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)
    target.write(proved.render("derivation", output_format, style, weights, spelled))
    return 0 if proved.report.ok else 1


def _derive_second(
    subject: Subject,
    product: Any,
    output_format: str,
    target: Target,
    notation: Any,
    look: tuple[bool, str],
) -> int:
    """Write a product of second order; exits with 1 if a proof fails."""
    if output_format == "jsonl":
        raise InputError(
            "a product of second order is not written as jsonl",
            where="--format",
            hint="possible are text, latex, markdown, numpy and json",
        )
    option = "--jvp" if product == "jvp" else "--second"
    try:
        if output_format == "numpy":
            from symback.cli.emit import with_product

            target.write(with_product(subject, product, {}))
            return 0
        worked = second_order(subject, product)
        ascii_only, color = look
        style = style_for(to_stdout=target.is_stdout, ascii_only=ascii_only, color=color)
        target.write(worked.render(output_format, style, notation))
    except InputError as error:
        raise (error.at(option) if error.where == "second" else error) from None
    return 0 if worked.report.ok else 1


def chosen_weights(
    names: tuple[str, ...], subject: Subject, notation: Notation | None
) -> tuple[EntryName, ...] | None:
    """The weights and biases to work out, each once and in the order asked for.

    In another notation than the project's own a name may be what that prints: in Bishop's
    ``w_{21}^{(1)}`` is ``W1[1,2]``.
    """
    if not names:
        return None
    if subject.text is not None:
        return chosen_entries(names, subject.text)
    network = subject.layered
    if "all" not in map(str.casefold, names):
        try:
            coded = [_in_code(name, subject, notation) for name in names]
            return tuple(dict.fromkeys(parse_parameter(name, network) for name in coded))
        except InputError as error:
            raise error.at("--weight") from None
    if network.parameter_count > MAX_WORKED_OUT:
        raise TooLargeError(
            f"{network.parameter_count} weights and biases are too many to work out one by one",
            where="--weight all",
            hint=f"the limit is {MAX_WORKED_OUT}: name some, or leave --weight out, for the index "
            "formulas that hold for all of them",
        )
    return tuple(parameter_entries(network))


def _in_code(name: str, subject: Subject, notation: Notation | None) -> str:
    """A name that a notation prints, as it is in code; any other as it is."""
    if notation is None or notation.name == "founding" or "_" not in name:
        return name
    from symback.rendering.printed_entries import printed_entry

    found = printed_entry(name, subject.model(), notation)
    return f"{found[0]}[{','.join(map(str, found[1]))}]" if found else name
