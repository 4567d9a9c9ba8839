"""``symback exercises``: a sheet of exercises, with a key that was proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from symback.cli.command import Command, OneOf, Written
from symback.cli.engine import wake_collector
from symback.cli.formats import choose_format
from symback.cli.lesson import whole
from symback.cli.notation import notation_for
from symback.cli.options import (
    force_option,
    format_option,
    model_options,
    network_options,
    notation_option,
    output_option,
)
from symback.cli.output import Target, write_together
from symback.cli.settings import Settings, find_settings
from symback.cli.source import required, stated_by
from symback.cli.style import style_for
from symback.cli.subject import Subject, parse_sizes, settings_beside, subject_from
from symback.cli.voice import say
from symback.errors import InputError, SymbackError, quote
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.model.network import Network
    from symback.teaching.exercises import Sheet

__all__ = ["exercises"]

_PAGES = ("text", "markdown", "latex", "pdf", "html", "typst")
_EXPORTS = ("moodle", "canvas", "numbas", "nbgrader", "gift")
_OF_MODELS = ("model", "sizes", "gradients")
KIND_NAMES = (
    "forward", "backward", "blanks", "update", "shapes", "derive", "missing-path", "softmax",
    "dead", "convention", "find-slip",
)  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """What is asked for, whatever a sheet is on."""

    seed: int
    count: int
    kinds: tuple[str, ...]
    title: str


@click.command(
    cls=Command,
    short_help="Write exercises, and a key that was proved.",
    examples=(
        "symback exercises --layers 2,3,1 --seed 7 --count 12 -o sheet.pdf --key key.pdf",
        "symback exercises --layers 2,2,2 --count 20 -o quiz.xml",
        "symback exercises --layers 2,2,2 --kind forward --kind backward --count 4 --format text",
        "symback exercises --model rnn --sizes T=2,K=2 --count 6 -o rnn.html --key rnn-key.html",
        "symback exercises --model lstm --count 6 -o quiz.gift --values-out quiz.toml",
    ),
)
@network_options
@model_options
@click.option("--seed", metavar="N", default="0", help="The same sheet for the same seed.")
@click.option("--count", metavar="N", default="12", help="How many exercises; 12 by default.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=OneOf("kind of exercise", KIND_NAMES),
    help="Only exercises of this kind; may be repeated. Left out: all kinds, the slip last.",
)
@notation_option
@click.option("--title", metavar="TEXT", default="", help="In place of the sheet's own.")
@click.option("--key", "key_name", metavar="FILE", type=Written(), help="Where to write the key.")
@click.option(
    "--values-out",
    metavar="FILE",
    type=Written(),
    help="Where to write the problems as TOML, for symback mark --exercise N.",
)
@format_option(
    (*_PAGES, *_EXPORTS),
    "text without one: .xml is Moodle's, .exam Numbas's, .ipynb a notebook for nbgrader, .gift "
    "GIFT, .t2q the text that text2qti makes Canvas's package of",
)
@output_option
@force_option
@click.option("--ascii", is_flag=True, help="Text without Unicode letters.")
def exercises(
    seed: str,
    count: str,
    kinds: tuple[str, ...],
    notation: str | None,
    title: str,
    key_name: str | None,
    values_out: str | None,
    stated_format: str | None,
    output: str,
    force: bool,
    ascii: bool,
    **stated: Any,
) -> int:
    """Write a sheet of exercises on a network or a model, and a key apart from it.

    Every key is proved by a witness that shares no code with what made it; exits with 1 if one is
    not. Without --activations the functions of a network vary from exercise to exercise; sizes of a
    model that --sizes does not give are made small.
    """
    number = whole(seed, "--seed", 0, 10**9)
    how_many = whole(count, "--count", 0, 10**6)
    if not how_many:
        raise InputError("a sheet has at least one exercise", where="--count")
    # Of exercises a notebook is one that nbgrader marks.
    stated_format = "notebook" if stated_format == "nbgrader" else stated_format
    output_format = choose_format(output, stated_format, (*_PAGES, *_EXPORTS, "notebook"))
    output_format = "nbgrader" if output_format == "notebook" else output_format
    target = Target(output, force)
    target.check()
    key_format = choose_format(key_name, None, _PAGES, option="--key") if key_name else ""
    key_target = Target(key_name, force) if key_name else None
    if values_out and PurePath(values_out).suffix.lower() not in ("", ".toml"):
        raise InputError(f"{quote(values_out)}: the problems are written as TOML",
                         where="--values-out", hint="end the name in .toml")  # fmt: skip
    values_target = Target(values_out, force) if values_out else None
    for other in (key_target, values_target):
        if other is not None:
            other.check()
    settings = settings_beside(stated)
    of_model = _states_model(stated, settings)
    if of_model:
        if notation is not None:
            raise InputError("a sheet on a model is in the letters of its equations",
                             where="--notation")  # fmt: skip
    asked = _Asked(number, how_many, kinds, title)
    if of_model:
        sheet = _on_model(stated, settings, asked)
    else:
        sheet = _on_network(stated, settings, asked, notation)
    documents = _documents(sheet, output_format, target, key_target, key_format, ascii)
    if key_target is None and sheet.dropped:
        _say_what_lacks(sheet)
    if values_target is not None:
        from symback.teaching.export import problems_toml

        documents.append((values_target, problems_toml(sheet)))
    write_together(documents)
    return 0 if sheet.proved else 1


def _say_what_lacks(sheet: Sheet) -> None:
    """Say on standard error what the key says, where no key is written."""
    from symback.rendering.formats import FORMATS
    from symback.rendering.teaching.write import sentences

    words = sentences(FORMATS["text"])
    for wish, numbers in sheet.dropped.items():
        which = {"numbers": ", ".join(map(str, numbers)), "wish": words[f"dropped-{wish}"]}
        say(f"symback: note: {words['dropped-in'].format(**which)}")


def _states_model(stated: Mapping[str, Any], settings: Settings) -> bool:
    """Whether a model is meant, and no network."""
    if stated.get("model") is not None or settings.model is not None:
        return True
    if "equations" in settings.spec:
        raise InputError(
            "the equations of a spec are in no file that symback mark could read again",
            where=settings.places.get("model"), hint="put them into a file and say --model",
        )  # fmt: skip
    for option in ("sizes", "gradients"):
        if stated.get(option) is not None:
            raise InputError("is about a model: say --model", where=f"--{option}")
    return False


def _on_model(stated: dict[str, Any], settings: Settings, asked: _Asked) -> Sheet:
    """The sheet on a model, of the library or of a file."""
    name = stated.get("model") or settings.model
    assert name is not None
    if name == "-":
        raise InputError("standard input is no file that symback mark could read again",
                         where="--model")  # fmt: skip
    subject = subject_from(**stated)
    assert subject.text is not None
    wake_collector()
    from symback.teaching.exercises import made_small, make_sheet

    kept = parse_sizes(stated["sizes"]) if stated.get("sizes") else {}
    try:
        small = made_small(name, subject.text, kept)
        return make_sheet(small, asked.seed, asked.count, kinds=asked.kinds, title=asked.title)
    except InputError as error:
        if error.where is not None and error.where != "--numbers":
            raise
        hint = "try another seed, or smaller sizes with --sizes" if error.where else None
        raise InputError(error.message, where="--model", hint=hint) from None


def _on_network(
    stated: dict[str, Any], settings: Settings, asked: _Asked, notation: str | None
) -> Sheet:
    """The sheet on networks of some widths, in a notation."""
    stated = {name: value for name, value in stated.items() if name not in _OF_MODELS}
    network, is_fixed = _network(stated, settings)
    spelled = notation_for(notation, Subject(network))
    named = notation or find_settings().notation
    if spelled is not None and named is not None and named.endswith(".toml"):
        spelled = replace(spelled, name=named)  # by which `mark` finds it again
    wake_collector()
    from symback.teaching.exercises import make_sheet

    try:
        return make_sheet(
            network.layers, asked.seed, asked.count, network=network if is_fixed else None,
            kinds=asked.kinds,
            notation=None if spelled is None or spelled.name == "founding" else spelled,
            title=asked.title,
        )  # fmt: skip
    except InputError as error:
        if error.where != "--numbers":
            raise
        hint = "try another seed, fewer units, or other functions"
        raise InputError(error.message, where="--layers", hint=hint) from None


def _network(stated: dict[str, Any], settings: Settings) -> tuple[Network, bool]:
    """The network of the options or of the project, and whether its functions are stated."""
    about = stated_by(**stated, settings=settings)
    network = required(about, stated.get("spec"))
    if network.batch or network.weight_decay:
        raise InputError("exercises are on one sample, without weight decay", where="--batch")
    if max(network.layers) > 5 or network.depth > 4:
        raise InputError(
            "a network of this size is not worked by hand", where="--layers",
            hint="choose at most 5 units in a layer and 4 layers of weights",
        )  # fmt: skip
    if "activations" not in about.values:
        return network, False
    if any(len(name) == 1 for name in network.activations):
        raise InputError("a generic function has no numbers", where="--activations")
    if "loss" not in about.values:
        softmax = network.activations[-1] == "softmax"
        try:
            named = replace(network, loss="cross-entropy" if softmax else "half-squared-error")
        except SymbackError as error:
            raise error.at("--loss") from None
        return named, True
    return network, True


def _documents(
    sheet: Sheet,
    name: str,
    target: Target,
    key_target: Target | None,
    key_format: str,
    ascii: bool,
) -> list[tuple[Target, str | bytes]]:
    """The sheet, and its key where one is asked for."""
    from symback.rendering.teaching.write import Look, write_pages

    def look(target: Target) -> Look:
        style = style_for(to_stdout=target.is_stdout, ascii_only=ascii, color="never")
        return Look(style.ascii, style.width)

    documents: list[tuple[Target, str | bytes]] = []
    pages = []
    places = []
    if name in _EXPORTS:
        from symback.rendering.teaching.exports import export

        documents.append((target, export(sheet, name)))
    else:
        pages.append((sheet.page(), name, look(target)))
        places.append(target)
    if key_target is not None:
        pages.append((sheet.key(), key_format, look(key_target)))
        places.append(key_target)
    written = write_pages(pages, model=sheet.model, notation=sheet.notation)
    for place, (_, own, _), (content, _) in zip(places, pages, written, strict=True):
        documents.append((place, content if own == "pdf" else content.decode()))
    return documents
