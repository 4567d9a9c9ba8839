"""The options that several commands share, each stated once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from symback.cli.command import OneOf, Written
from symback.cli.formats import KNOWN
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.network import REDUCTIONS

__all__ = [
    "document_argument",
    "force_option",
    "format_option",
    "model_options",
    "network_options",
    "notation_option",
    "output_option",
    "output_options",
]

F = TypeVar("F", bound=Callable[..., Any])
Completions = Callable[[click.Context, click.Parameter, str], list[str]]
Completing = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def network_options(command: F) -> F:
    """Options that state a network: the arguments of `symback.cli.source.network_from`."""
    return _apply(
        command,
        click.option(
            "--layers",
            "-l",
            metavar="N,N,...",
            help="Number of units of each layer: the input's first, the output's last.",
        ),
        click.option(
            "--activations",
            "-a",
            metavar="F,F,...",
            shell_complete=_completing_last(tuple(ACTIVATIONS)),
            help="One function for each layer of weights: a name (symback list activations), a "
            "letter for a generic function, or a formula in x, as in 'x*sigmoid(x),g'. Left out: f "
            "on every hidden layer, g on the output.",
        ),
        click.option(
            "--loss",
            metavar="NAME",
            shell_complete=_completing_last(tuple(LOSSES)),
            help="A name (symback list losses), a letter for a generic loss, or a formula in y and "
            "yhat that is summed over the outputs, as in '(y-yhat)**4'. Left out: L.",
        ),
        click.option(
            "--bias/--no-bias", default=None, help="With biases, the default, or without."
        ),
        click.option(
            "--batch/--one-sample",
            default=None,
            help="The loss of a batch of samples, or of one, the default.",
        ),
        click.option(
            "--reduction",
            type=OneOf("reduction", REDUCTIONS),
            help="The loss of a batch: the mean of its samples' losses, the default, or their sum.",
        ),
        click.option(
            "--weight-decay",
            metavar="NUMBER",
            help="Add half the sum of all squared weights times this number to the loss.",
        ),
        click.option(
            "--spec",
            metavar="FILE",
            type=click.Path(),
            help="A TOML file that states the network (symback schema spec); an option given "
            "beside it goes before it.",
        ),
    )


def model_option(command: F) -> F:
    """The option that states a model by its equations alone, without numbers for its sizes."""
    return _apply(command, _model_option())


def model_options(command: F) -> F:
    """Options that state a model by its equations: arguments of `symback.cli.subject`."""
    return _apply(
        command,
        _model_option(),
        click.option(
            "--sizes",
            metavar="T=4,...",
            help="Numbers for sizes of the model, for what is worked out or checked with numbers.",
        ),
        click.option(
            "--gradients",
            metavar="NAME,...",
            help="By what to differentiate the loss: names of parameters, inputs or other "
            "quantities; inputs stands for all inputs. Left out: all parameters.",
        ),
    )


def second_options(written: str) -> Callable[[F], F]:
    """Options for a product of second order, or the outputs' change along a direction.

    Args:
        written: what the command then writes, as the options' help says it.
    """

    def decorate(command: F) -> F:
        return _apply(
            command,
            click.option(
                "--second",
                type=OneOf(
                    "product", ("hvp", "gauss-newton", "fisher", "empirical-fisher", "hessian")
                ),
                help=f"{written} a product of a matrix of second order and a vector: of the "
                "Hessian, of its Gauss-Newton part, or of the Fisher matrix; hessian for each "
                "entry of the Hessian as a closed form.",
            ),
            click.option(
                "--jvp", is_flag=True, help="The same with the outputs' change along a vector."
            ),
        )

    return decorate


def product_of(second: str | None, jvp: bool) -> Any:
    """Which product these options ask for; None for none.

    Raises:
        InputError: where both are given.
    """
    if second is not None and jvp:
        raise InputError("one product to a file", where="--jvp", hint="leave --second out")
    return "jvp" if jvp else second


def document_argument(command: F) -> F:
    """A document whose network is meant, or a file with a model: of `symback.cli.subject`."""
    return click.argument("document", required=False, metavar="[DOCUMENT]", type=click.Path())(
        command
    )


def _models() -> Iterable[str]:
    from symback.model.language.sources import library_names

    return library_names()


def notation_option(command: F) -> F:
    """The option that names the notation in which a network is written."""
    return click.option(
        "--notation",
        "-n",
        type=click.Path(),
        shell_complete=_completing_files(_notations),
        metavar="NAME|FILE.toml",
        help="How quantities are written: a name (symback notation), or a TOML file that says what "
        "differs from one (symback schema notation). Left out: founding.",
    )(command)


def output_option(command: F) -> F:
    """The option that says where what a command makes goes."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        default="-",
        type=Written(),
        help="Where to write it; - is standard output, the default.",
    )(command)


def force_option(command: F) -> F:
    """The option that lets a command replace what is there."""
    return click.option("--force", is_flag=True, help="Replace a file that exists.")(command)


def format_option(
    formats: Sequence[str],
    without: str = "text without one",
    aliases: Mapping[str, str] | None = None,
) -> Callable[[F], F]:
    """The option that says in which format a document is written.

    Args:
        formats: those that the command can write.
        without: what its help says of a file's name that decides nothing.
        aliases: other words for formats, besides their suffixes.
    """
    suffixes = {
        alias: name
        for name in formats
        if name in KNOWN
        for alias in (KNOWN[name].suffix[1:], KNOWN[name].suffix)
        if alias
    }
    return click.option(
        "--format",
        "-f",
        "stated_format",
        type=OneOf("format", formats, {**suffixes, **(aliases or {})}),
        help=f"The format; left out, the suffix of -o decides, and {without}.",
    )


def output_options(*formats: str) -> Callable[[F], F]:
    """Options that say where a document goes and how it looks, for the formats of a command."""

    def decorate(command: F) -> F:
        return _apply(
            command,
            format_option(formats),
            output_option,
            force_option,
            click.option("--ascii", is_flag=True, help="Text without Unicode letters."),
            click.option(
                "--color",
                type=OneOf("way to colour", ("auto", "always", "never")),
                default="auto",
                help="Colour in text; auto: on a terminal, unless NO_COLOR is set.",
            ),
        )

    return decorate


def _apply(command: F, *options: Callable[[F], F]) -> F:
    # Decorators apply from the last to the first; help shows the first on top.
    for option in reversed(options):
        command = option(command)
    return command


def _completing_last(names: tuple[str, ...]) -> Completions:
    """Complete the last of several names separated by commas."""

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
        done, comma, last = incomplete.rpartition(",")
        return [f"{done}{comma}{name}" for name in names if name.startswith(last)]

    return complete


def _notations() -> Iterable[str]:
    from symback.notation import NOTATIONS

    return NOTATIONS


def _model_option() -> Callable[[F], F]:
    return click.option(
        "--model",
        "-m",
        metavar="NAME|FILE",
        type=click.Path(),
        shell_complete=_completing_files(_models),
        help="A model by its equations: a name (symback list models), a file in .model, or "
        "Markdown with a fence of that name.",
    )


def _completing_files(names: Callable[[], Iterable[str]]) -> Completing:
    """Complete a name out of a table, or a file, which the shell itself completes."""

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
        known = [CompletionItem(name) for name in names() if name.startswith(incomplete)]
        # What looks like a path, or like no name, can only be a file.
        if not known or "/" in incomplete or incomplete.startswith("."):
            return [*known, CompletionItem(incomplete, type="file")]
        return known

    return complete
