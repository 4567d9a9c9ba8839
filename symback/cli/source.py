"""What a command is about: a network from a spec, options or both, and the files that it reads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from symback.errors import InputError, SymbackError
from symback.model.network import Network, parse_layers, parse_names, parse_number
from symback.model.spec import MAX_BYTES, Spec, read_spec
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.cli.settings import Settings

if TYPE_CHECKING:
    from symback.model.language.reader import ModelText

__all__ = [
    "Stated", "network_from", "read_bytes", "required", "source_name", "stated_by",
]  # fmt: skip

# How the value of each option is read; the names are those of the spec's keys.
_READERS: dict[str, Callable[[str], object]] = {
    "layers": parse_layers,
    "activations": parse_names,
    "loss": str,
    "weight_decay": parse_number,
}


def network_from(**options: Any) -> Network:
    """The network that the options state; an option goes before the spec's key of its name.

    Args:
        options: the values of `symback.cli.options.network_options`.

    Raises:
        InputError: with the option, or the file and line, that is at fault.
    """
    return required(stated_by(**options), options.get("spec"))


def required(stated: Stated, spec: str | None) -> Network:
    """The network of what was stated, where the command cannot do without one.

    Raises:
        InputError: where the widths of the layers are missing.
    """
    if stated.network is None:
        raise InputError(
            "the widths of the layers are missing" + (f" in {spec}" if spec else ""),
            hint="say --layers 2,2,2" + ("" if spec else ", or --spec with a file"),
        )
    return stated.network


@dataclass(frozen=True, slots=True)
class Stated:
    """What options and spec say.

    Attributes:
        network: the network, where the widths of its layers are among it.
        values: all of it, by the keys of a spec.
        text: the model, where a spec states one by its equations.
    """

    network: Network | None
    values: Mapping[str, Any]
    text: ModelText | None = None


def stated_by(
    *,
    layers: str | None = None,
    activations: str | None = None,
    loss: str | None = None,
    bias: bool | None = None,
    batch: bool | None = None,
    reduction: str | None = None,
    weight_decay: str | None = None,
    spec: str | None = None,
    settings: Settings | None = None,
) -> Stated:
    """What options, spec and the project's settings say, which need not be a whole network.

    Raises:
        InputError: with the option, or the file and line, that is at fault.
    """
    stated: dict[str, Any] = {}
    places: dict[str, str] = {}
    if spec is not None:
        file = _read_spec(spec)
        stated.update(file.values)
        places.update({key: file.place(key) for key in file.values})
    if settings is not None:
        stated.update(settings.spec)
        places.update({key: settings.places[key] for key in settings.spec})
    texts = {
        "layers": layers,
        "activations": activations,
        "loss": loss,
        "weight_decay": weight_decay,
    }
    for key, text in texts.items():
        if text is not None:
            places[key] = f"--{key.replace('_', '-')}"
            try:
                stated[key] = _READERS[key](text)
            except InputError as error:
                raise error.at(places[key]) from None
    for key, choice in (("bias", bias), ("batch", batch), ("reduction", reduction)):
        if choice is not None:
            stated[key], places[key] = choice, f"--{key}"
    if "equations" in stated:
        return Stated(None, stated, _equations(stated, places))
    _check_reduction(stated, places, batch)
    if "layers" not in stated:
        return Stated(None, stated)
    try:
        own = {field.name for field in fields(Network)}
        network = Network(**{key: value for key, value in stated.items() if key in own})
    except SymbackError as error:
        raise error.at(places.get(error.where or "")) from None
    return Stated(network, stated)


def _equations(stated: Mapping[str, Any], places: Mapping[str, str]) -> ModelText:
    """The model that a spec states by its equations; nothing of a network stands beside them."""
    from symback.model.language.reader import ModelText

    for key in stated:
        if key not in ("equations", "sizes", "gradients"):
            raise InputError(
                f"{key} stands beside equations, which state all",
                where=places.get(key),
                hint="leave one out",
            )
    source, _, line = places["equations"].partition(", line ")
    # The text begins on the line of its quotes, or on the next one, which TOML leaves out.
    first = int(line) + 1 if line else 1
    text = ModelText.of(stated["equations"], source, first)
    key = "sizes"
    try:
        text = text.with_sizes(stated.get("sizes", {}))
        key = "gradients"
        return text.with_gradients(stated["gradients"]) if "gradients" in stated else text
    except InputError as error:
        raise error.at(places.get(key)) from None


def _check_reduction(
    stated: Mapping[str, Any], places: Mapping[str, str], batch: bool | None
) -> None:
    """Refuse a reduction of one sample, unless a spec's batch was only just turned off."""
    if "reduction" not in stated or stated.get("batch"):
        return
    place = places["reduction"]
    if place.startswith("--") or batch is None:
        hint = "say --batch" if place.startswith("--") else "say batch = true, or --batch"
        raise InputError("a reduction is that of a batch", where=place, hint=hint)


def _read_spec(name: str) -> Spec:
    return read_spec(read_bytes(name, MAX_BYTES), source_name(name))


def source_name(name: str) -> str:
    """What a message calls a file; ``-`` is standard input."""
    return "standard input" if name == "-" else name or "''"


def read_bytes(name: str, limit: int) -> bytes:
    """The content of a file, or one byte more than the limit where it is longer.

    Raises:
        InputError: for what is no file or cannot be read.
    """
    try:
        if name == "-":
            return b"" if sys.stdin is None else sys.stdin.buffer.read(limit + 1)
        with open(name, "rb") as file:
            return file.read(limit + 1)
    except IsADirectoryError:
        raise InputError("is a folder, not a file", where=source_name(name)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file's name"
        raise InputError(f"cannot be read: {reason.lower()}", where=source_name(name)) from None
