"""What a command is about: a network, or a model that is stated by its equations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from symback.cli.files import read_files
from symback.cli.settings import Settings, find_settings
from symback.cli.source import read_bytes, required, source_name, stated_by
from symback.cli.voice import say
from symback.errors import InputError, quote
from symback.model.language.sources import fence, has_fence, library_names, library_text
from symback.model.network import Network
from symback.model.spec import MAX_BYTES, decode_text
from symback.records import dataclass
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.model.equations import Model
    from symback.model.language.reader import ModelText

__all__ = [
    "Subject", "is_document", "is_library_model", "model_source", "model_text_named", "parse_sizes",
    "refuse_beside_model", "settings_beside", "subject_from", "text_of_document",
]  # fmt: skip

_MARKDOWN = (".md", ".markdown", ".qmd", ".rmd", ".mdx", ".myst")
_DOCUMENTS = (".tex", ".rst", ".ipynb", ".html", ".htm", ".txt")
_OF_A_NETWORK = ("layers", "activations", "loss", "bias", "weight_decay")


@dataclass(frozen=True, slots=True)
class Subject:
    """A network or a model's text, with the gradients that are asked for.

    Attributes:
        network: the network; None for a model.
        text: the model's text; None for a network.
        wanted: names of quantities of the network; empty for all parameters.
        batch: whether ``--batch`` was given beside a model.
        reduction: what ``--reduction`` says beside a model.
    """

    network: Network | None = None
    text: ModelText | None = None
    wanted: tuple[str, ...] = ()
    batch: bool = False
    reduction: str | None = None

    def model(self) -> Model:
        """The list of equations; SymPy is loaded for it."""
        if self.text is not None:
            return self.text.model()
        assert self.network is not None
        model = self.network.model()
        if not self.wanted:
            return model
        from dataclasses import replace

        return replace(model, wanted=self.wanted)

    @property
    def layered(self) -> Network:
        """The network, for what only a network has.

        Raises:
            InputError: for a model.
        """
        if self.network is None:
            raise InputError(
                "this is for a network of layers so far", where="--model", hint="say --layers"
            )
        return self.network


_ODD = {"never-used": "{} is never used", "not-reached": "the loss does not depend on {}"}
"""What is odd in the text of a model and no error, by its code."""


def subject_from(
    *,
    model: str | None = None,
    sizes: str | None = None,
    gradients: str | None = None,
    may_batch: bool = False,
    document: str | None = None,
    **options: Any,
) -> Subject:
    """What the options and the spec state.

    Args:
        model: a name of the library or a file.
        sizes: numbers for sizes, as ``T=4,J=3``.
        gradients: names, separated by commas.
        document: a document whose network is meant, or any file with a model.
        may_batch: whether ``--batch`` may stand beside a model.
        options: those of a network.

    Raises:
        InputError: with the option, or the file and line, that is at fault.
    """
    if document is not None:
        if model is not None:
            raise InputError("stands beside a document: choose one", where="--model")
        if is_library_model(document) and document not in library_names():
            raise click.UsageError(f"Got unexpected extra argument ({document})")
        model = document
    settings = settings_beside({**options, "model": model})
    model = settings.model if model is None else model
    if model is None:
        about = stated_by(**options, settings=settings)
        text = about.text
        if text is None:
            return _network_subject(required(about, options.get("spec")), sizes, gradients)
        model = "--spec"
    else:
        text = _stated_text(model, options, may_batch, settings.places.get("model", "--model"))
    if sizes is not None:
        try:
            text = text.with_sizes(parse_sizes(sizes))
        except InputError as error:
            raise error.at("--sizes") from None
    if gradients is not None:
        try:
            text = text.with_gradients(_names(gradients))
        except InputError as error:
            raise error.at("--gradients") from None
    for warning in text.checked.warnings:
        odd = text.source.error(_ODD[warning.code].format(warning.name), warning.place)
        say(f"symback: warning: {odd}")
    return Subject(text=text, batch=bool(options.get("batch")), reduction=options.get("reduction"))


def settings_beside(options: Mapping[str, Any]) -> Settings:
    """What the project says of a network or model, unless options say which one is meant.

    Options that only say more of it, such as a loss, go before the project's key of their name.
    """
    if any(options.get(name) is not None for name in ("layers", "spec", "model")):
        return Settings()
    settings = find_settings()
    if settings.source:
        say(f"settings of {settings.source}", 2)
    return settings


def _stated_text(model: str, options: Mapping[str, Any], may_batch: bool, place: str) -> ModelText:
    refuse_beside_model(
        options, "spec", *(() if may_batch else ("batch", "reduction")), place=place
    )
    return model_text_named(model, place)


def refuse_beside_model(options: Mapping[str, Any], *more: str, place: str = "--model") -> None:
    """Refuses what states a network where a model by its equations states all.

    Args:
        options: the values of options, by name.
        more: names of options that are refused besides those of a network.
        place: what names the model, for messages.

    Raises:
        InputError: with the first such option that was given.
    """
    for name in (*_OF_A_NETWORK, *more):
        if options.get(name) is not None:
            option = f"--{name.replace('_', '-')}"
            hint = "a model says it itself" if name in ("batch", "reduction") else "choose one"
            beside_what = "--model" if place == "--model" else f"the model of {place}"
            raise InputError(f"stands beside {beside_what}, which states all: {hint}", where=option)


def _network_subject(network: Network, sizes: str | None, gradients: str | None) -> Subject:
    if sizes is not None:
        raise InputError("a network's sizes are its layers", where="--sizes")
    if gradients is None:
        return Subject(network)
    known = _quantities(network)
    wanted: dict[str, None] = {}
    for name in _names(gradients):
        name = "x" if name == "inputs" else name
        if name not in known:
            guess = did_you_mean(name, known)
            raise InputError(
                f"there is no {quote(name)} in this network{guess}",
                where="--gradients",
                hint=None if guess else f"known are {', '.join(known)}",
            )
        wanted[name] = None
    return Subject(network, wanted=tuple(wanted))


def _quantities(network: Network) -> list[str]:
    """What the gradient of a network's loss can be asked for by."""
    found = ["x", "y", *network.parameter_shapes]
    for layer in range(1, network.depth):
        found += [f"h{layer}_pre", f"h{layer}"]
    return [*found, "y_pre", "yhat"]


def model_text_named(name: str, place: str = "--model") -> ModelText:
    """The model of a name in the library, or in a file: ``.model``, or Markdown with a fence.

    Args:
        name: of the library, or of a file.
        place: what names it, for messages.

    Raises:
        InputError: for a name that nothing has, and for the first slip in the text.
    """
    from symback.model.language.reader import ModelText

    try:
        return ModelText.of(*model_source(name))
    except InputError as error:
        if error.where is None:
            raise error.at(place) from None
        raise


def model_source(name: str) -> tuple[str, str, int]:
    """The text of a model, what messages call it, and the number of its first line in its file.

    Args:
        name: as for `model_text_named`.

    Raises:
        InputError: for a name that nothing has.
    """
    if not _is_file(name):
        return library_text(name), f"{name}.model", 1
    source = source_name(name)
    suffix = PurePath(name).suffix.lower()
    if suffix in (*_MARKDOWN, *_DOCUMENTS):
        text = read_files([name])[0].text  # as `check` reads a document
        if suffix in _MARKDOWN and has_fence(text):
            text, first = fence(text, source)
            return text, source, first
        return text_of_document(text, name), source, 1
    return decode_text(read_bytes(name, MAX_BYTES), source), source, 1


def text_of_document(
    text: str, name: str, kind: str | None = None, *, suggests: bool = False
) -> str:
    """The model that is understood of a document, as text in the language.

    Args:
        text: the document.
        name: its name.
        kind: its format, where the name does not tell it.
        suggests: whether lines that would decide what is open are looked for, and set as comments.

    Raises:
        InputError: where no equations of a network are found.
    """
    from symback.reading.lowering.reading import lower_document
    from symback.rendering.check.model import model_of_document

    found = lower_document(text, name, kind)
    lines = _suggested(text, name) if suggests else ()
    return model_of_document(found, source_name(name), lines)


def _suggested(text: str, name: str) -> list[tuple[tuple[str, ...], list[int]]]:
    """Lines that would decide what a document leaves open, with the lines that they decide."""
    from symback.reading.checking import check
    from symback.reading.suggesting.document import with_suggestions

    found: dict[tuple[str, ...], set[int]] = {}
    for judgement in with_suggestions(check(text, path=name), tries=True).judgements:
        if judgement.settled_by:
            found.setdefault(judgement.settled_by, set()).add(judgement.statement.line)
    return [(lines, sorted(decides)) for lines, decides in found.items()]


def is_document(name: str) -> bool:
    """Whether a file is meant that is a document, by its suffix."""
    return _is_file(name) and PurePath(name).suffix.lower() in (*_MARKDOWN, *_DOCUMENTS)


def is_library_model(name: str) -> bool:
    """Whether a model of the library is meant, by its name."""
    return not _is_file(name)


def _is_file(name: str) -> bool:
    """Whether a file is meant and no model of the library."""
    if name == "-" or any(sign in name for sign in "./\\\0"):
        return True
    try:
        return name not in library_names() and Path(name).exists()
    except OSError:
        return False


def parse_sizes(text: str) -> dict[str, int]:
    """Numbers for sizes: ``T=4,J=3``.

    Raises:
        InputError: for anything else.
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not name:
            raise InputError(f"{quote(part.strip())} gives no size a number", hint="write T=4,J=3")
        if not (number.isascii() and number.isdigit()) or not 1 <= int(number[:12]) <= 10**9:
            raise InputError(
                f"{name} is {quote(number)}, and a size is a whole number from 1", hint="as in T=4"
            )
        if name in found:
            raise InputError(f"{name} is given twice")
        found[name] = int(number)
    return found


def _names(text: str) -> list[str]:
    names = [part.strip() for part in text.split(",")]
    if not all(names):
        raise InputError("a name is missing", where="--gradients", hint="write W,x")
    return names
