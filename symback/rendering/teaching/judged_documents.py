"""Small documents, each of which shows a topic: `symback check` says just that of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field
from functools import cache
from importlib.resources import files
from typing import Any

from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text
from symback.model.network import Network
from symback.records import dataclass

__all__ = ["Small", "documents"]

_MADE = {
    "@long": "$$y = " + "x + " * 60_000 + "x$$",
    "@deep": "$$y = " + "(" * 400 + "x" + ")" * 400 + "$$",
    "@digits": "$$y = " + "1" * 5000 + "$$",
}
"""Documents that are too long for a file."""

SHOWN = 200
"""So many letters of a line are shown at most."""


@dataclass(frozen=True)
class Small:
    """A small document, or one formula about a network.

    Attributes:
        text: the document.
        path: its name, which says its kind.
        spec: what is stated of its network.
        model: the text, or the name, of a model that it is judged beside.
        notation: the name of a notation.
        formula: a formula that is judged by itself, about the network of the spec.
    """

    text: str = ""
    path: str = "notes.md"
    spec: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    notation: str = ""
    formula: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines, as they are shown."""
        shown = self.formula or self.text
        found = tuple(line for line in shown.splitlines() if line.strip())
        return tuple(line if len(line) < SHOWN else f"{line[:80]} …" for line in found)

    @property
    def beside(self) -> ModelText | None:
        """The model that it is judged beside."""
        if not self.model:
            return None
        return ModelText.of(
            library_text(self.model) if self.model in library_names() else self.model
        )

    @property
    def network(self) -> Network:
        """The network of the spec."""
        spec: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in self.spec.items()
        }
        return Network(**spec)


@cache
def documents() -> Mapping[str, Small]:
    """For each topic that has one a document."""
    text = (files(__package__) / "judged_documents.toml").read_text("utf-8")
    found = {}
    for key, said in tomllib.loads(text).items():
        small = Small(**said)
        found[key] = Small(**{**said, "text": _MADE[small.text]}) if small.text in _MADE else small
    return found
