"""``symback notation``: the notations that have a name, and the dictionary between two of them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command
from symback.cli.formats import choose_format
from symback.cli.options import network_options, output_options
from symback.cli.output import Target, print_text
from symback.cli.settings import Settings, find_settings
from symback.cli.source import network_from, read_bytes, source_name
from symback.cli.style import style_for
from symback.errors import InputError, quote
from symback.model.network import Network
from symback.model.spec import MAX_BYTES
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.cli.subject import Subject
    from symback.notation import Notation

__all__ = ["notation", "notation_for", "notation_from", "notation_stated"]

_FORMATS = ("text", "markdown")


@click.command(
    cls=Command,
    short_help="List notations, or set two side by side.",
    examples=(
        "symback notation",
        "symback notation nielsen founding",
        "symback notation mazur bishop --layers 2,2,2 -o dictionary.md",
    ),
)
@click.argument("first", required=False, metavar="[NAME|FILE.toml]", type=click.Path())
@click.argument("second", required=False, metavar="[NAME|FILE.toml]", type=click.Path())
@network_options
@output_options(*_FORMATS)
def notation(
    first: str | None,
    second: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    color: str,
    **stated: Any,
) -> None:
    """List the notations that have a name, or show how each quantity is spelled in one or two.

    The quantities are those of the network that is stated, by default one of 2,3,2 units.
    """
    if first is None:
        print_text(_table())
        return
    names = [name for name in (first, second) if name is not None]
    columns = [notation_from(name, where=None) for name in names]
    if any(value is not None for value in stated.values()):
        if stated.get("layers") is None and stated.get("spec") is None:
            stated["layers"] = "2,3,2"
        network = network_from(**stated)
    else:
        network = Network((2, 3, 2))
    output_format = choose_format(output, stated_format, _FORMATS)
    target = Target(output, force)
    target.check()
    style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color=color)

    from symback.rendering.dictionary import dictionary

    target.write(dictionary(columns, network.model(), output_format, ascii=style.ascii))


def notation_for(
    name: str | None, subject: Subject, settings: Settings | None = None
) -> Notation | None:
    """The notation of a document about a network or model; None for symback's own.

    Args:
        name: what the option says; None for that of the project's settings.
        subject: the network or model.
        settings: of the project, where they were read before.

    Raises:
        InputError: as `notation_from`, and for a notation that spells two of its quantities
            alike, before any work is done.
    """
    found, where = notation_stated(name, settings)
    if found is None:
        return None
    from symback.notation import Vocabulary

    try:
        _ = Vocabulary(subject.model(), found).slots
    except InputError as error:
        raise error.at(where) from None
    return found


def notation_stated(
    name: str | None, settings: Settings | None = None
) -> tuple[Notation | None, str]:
    """The notation that the option names, or else the project's settings, and which of them did.

    Raises:
        InputError: as `notation_from`.
    """
    if name is not None:
        return notation_from(name), "--notation"
    settings = settings or find_settings()
    where = settings.places.get("notation", "")
    return (notation_from(settings.notation, where) if settings.notation else None), where


def notation_from(name: str, where: str | None = "--notation") -> Notation:
    """A notation by its name, or from a file of the user's that ends in ``.toml``.

    Raises:
        InputError: for a name that no notation has, with what may have been meant, and for a file
            that states none.
    """
    if PurePath(name).suffix.lower() == ".toml" or name == "-":
        from symback.notation import read_notation

        return read_notation(read_bytes(name, MAX_BYTES), source_name(name))
    if name == "founding":
        from symback.notation import FOUNDING

        return FOUNDING
    from symback.notation import NOTATIONS

    if name not in NOTATIONS:
        suggestion = did_you_mean(name, NOTATIONS)
        raise InputError(
            f"unknown notation {quote(name)}{suggestion}",
            where=where,
            hint=None if suggestion else f"known are {', '.join(NOTATIONS)}, and files in .toml",
        )
    return NOTATIONS[name]


def _table() -> str:
    from symback.notation import NOTATIONS

    width = max(map(len, NOTATIONS)) + 2
    return "".join(f"{entry.name:{width}}{entry.summary}\n" for entry in NOTATIONS.values())
