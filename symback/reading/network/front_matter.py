"""What stands beside a document or at its head: its network, names that are the same, sizes.

    +++
    layers = [2, 3, 1]
    same = ["w = W", "f = tanh"]
    weights = { w_5 = "h1 -> o1" }
    sizes = { n = 3 }
    +++

The keys are those of `--spec`; what a spec beside the document says goes before its front matter.
The lines may stand in a comment, as ``% +++`` in LaTeX and ``<!--`` before ``+++`` in HTML. Front
matter of a site generator has keys of its own: those are left to it, and a table ``[symback]``
keeps ours apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, fields
from functools import cached_property
from typing import Any

from symback.errors import InputError, quote
from symback.model.network import Network
from symback.model.spec import SPEC_KEYS, Spec, check_spec, parse_toml
from symback.reading.formula.syntax import Symbol
from symback.reading.formula.unread import Unreadable
from symback.reading.network.function_meanings import function_called
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of
from symback.reading.statements.blocks import read_expression
from symback.records import dataclass
from symback.suggest import did_you_mean

__all__ = ["Header"]

_FRONT = re.compile(
    r"\A(?:<!--[ \t]*\r?\n)?(?P<prefix>[%#]*)[ \t]*\+\+\+[ \t]*\r?\n"
    r"(?P<body>(?:(?P=prefix).*\r?\n)*?)"
    r"(?P=prefix)[ \t]*\+\+\+[ \t]*(?:\r?\n|\Z)"
)
_FRONT_LIMIT = 20_000
_OF_A_NETWORK = frozenset(entry.name for entry in fields(Network))


@dataclass(frozen=True)
class Header:
    """What a document leaves out and its header says."""

    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, path: str, spec: Mapping[str, Any] | None) -> Header:
        """The header of a document; raises `InputError` for one that is not right."""
        return cls({**_front_matter(text, path or "document"), **(spec or {})})

    @cached_property
    def network(self) -> Network | None:
        """The network that is stated, if anything of one is.

        Where only its functions are, or what its flat names connect, it has one hidden layer, or
        as many layers as functions; its widths then mean nothing.
        """
        stated = {key: value for key, value in self.values.items() if key in _OF_A_NETWORK}
        if not stated and "weights" not in self.values:
            return None
        if "layers" not in stated:
            depth = max(len(stated.get("activations", ())), 1 if "activations" in stated else 2)
            stated["layers"] = (3, *(2 + at % 3 for at in range(depth)))
        return Network(**stated)

    @property
    def has_widths(self) -> bool:
        """Whether the widths of the layers are stated."""
        return "layers" in self.values

    @cached_property
    def same(self) -> dict[str, str]:
        """Letters by the letter that they stand for."""
        return {
            base_of(left): base_of(_symbol(right, "same"))
            for left, right in self._equalities
            if function_called(right) is None
        }

    @cached_property
    def meanings(self) -> dict[str, str]:
        """Functions by the one of the catalogue that they are: ``same = ["f = tanh"]``."""
        return {
            function_name(left): name
            for left, right in self._equalities
            if (name := function_called(right)) is not None
        }

    @property
    def sizes(self) -> dict[str, int]:
        """Sizes by name."""
        return dict(self.values.get("sizes", {}))

    @property
    def weights(self) -> dict[Symbol, str]:
        """What each flat name of a weight connects, as in ``h1 -> o1``."""
        table: Mapping[str, str] = self.values.get("weights", {})
        return {_symbol(name, "weights"): text for name, text in table.items()}

    @property
    def _equalities(self) -> list[tuple[Symbol, str]]:
        pairs = (entry.partition("=")[::2] for entry in self.values.get("same", ()))
        return [(_symbol(left, "same"), right.strip()) for left, right in pairs]


def _front_matter(text: str, path: str) -> Mapping[str, Any]:
    match = _FRONT.match(text[:_FRONT_LIMIT])
    if match is None:
        return {}
    prefix = match["prefix"]
    lines = [line[len(prefix) :] for line in match["body"].splitlines(keepends=True)]
    before = text.count("\n", 0, match.start("body"))  # so that a line is that of the document
    spec = parse_toml(("\n" * before + "".join(lines)).encode(), path)
    own = spec.values.get("symback")
    if not isinstance(own, dict):
        own = _own(spec.values)
    return check_spec(Spec(own, spec.source, spec.text)).values


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that are ours; one that only looks like ours is the site's where all others are."""
    near = {key for key in values if key in SPEC_KEYS or did_you_mean(key, SPEC_KEYS)}
    if near != values.keys() and near.isdisjoint(SPEC_KEYS):
        return {}
    return {key: value for key, value in values.items() if key in near}


def _symbol(text: str, where: str) -> Symbol:
    try:
        node = read_expression(text.strip())
    except Unreadable:
        node = None
    if not isinstance(node, Symbol):
        raise InputError(f"{quote(text.strip())} is no letter", where=where)
    return node
