"""What stands beside a document or at its head: names that are the same, flat weights, sizes.

    +++
    same = ["w = W"]
    sizes = { n = 3 }
    weights = { w_5 = "h1 -> o1" }
    +++

The keys are those of `--spec`; what a spec beside the document says goes before its front matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symback.errors import InputError
from symback.model.spec import read_spec

from .blocks import read_expression
from .network.names import base_of
from .syntax import Symbol
from .unread import Unreadable

__all__ = ["Header"]

_FRONT = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Header:
    """What a document leaves out and its header says."""

    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, path: str, spec: Mapping[str, Any] | None) -> Header:
        """The header of a document; raises `InputError` for one that is not right."""
        match = _FRONT.match(text)
        values: dict[str, Any] = {}
        if match:
            source = f"{path or 'document'}, front matter"
            values.update(read_spec(match[1].encode(), source).values)
        values.update(spec or {})
        return cls(values)

    @property
    def same(self) -> dict[str, str]:
        """Letters by the letter that they stand for."""
        found = {}
        for entry in self.values.get("same", ()):
            left, _, right = entry.partition("=")
            found[_letter(left)] = _letter(right)
        return found

    @property
    def sizes(self) -> dict[str, int]:
        """Sizes by name."""
        return dict(self.values.get("sizes", {}))

    @property
    def meanings(self) -> dict[str, str]:
        """Functions that have a meaning of their own: `activations = ["f = sigmoid"]` is none."""
        return {}


def _letter(text: str) -> str:
    try:
        node = read_expression(text.strip())
    except Unreadable:
        raise InputError(f"{text.strip()!r} is no letter", where="same") from None
    if not isinstance(node, Symbol):
        raise InputError(f"{text.strip()!r} is no letter", where="same")
    return base_of(node)
