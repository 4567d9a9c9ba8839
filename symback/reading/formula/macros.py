r"""The user's own commands: `\newcommand`, `\NewDocumentCommand`, `\def`, `\let` and their kin.

Only simple arguments are understood (`#1` to `#9`, one optional with a default). A definition of
any other shape is left alone, so its use is an unknown command and not a wrong reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import NamedTuple

from symback.records import dataclass

BODY_LIMIT = 2_000
COUNT_LIMIT = 2_000

_DEFINER = re.compile(
    r"\\(?P<definer>newcommand|renewcommand|providecommand|[gex]?def|let"
    r"|DeclareMathOperator|DeclareRobustCommand"
    r"|(?:New|Renew|Provide|Declare)(?:Expandable)?DocumentCommand)(?![A-Za-z])\*?"
)
_NAME = re.compile(r"\s*(?:\{\s*\\([A-Za-z]+|.)\s*\}|\\([A-Za-z]+|.))\s*")
_ARITY = re.compile(r"\s*\[\s*([0-9])\s*\]\s*")
_DEFAULT = re.compile(r"\[([^\[\]{}]{0,200})\]\s*")
_SPECIFIED = re.compile(r"\{\s*(?:[oO]\s*(?:\{([^{}]{0,200})\})?\s*)?((?:\+?m\s*){0,9})\}\s*")
_PARAMETERS = re.compile(r"((?:#[1-9])*)\s*")
_BRACES = re.compile(r"[{}]|\\.", re.DOTALL)
_TARGET = re.compile(r"=?\s*(\\(?:[A-Za-z]+|.)|.)")


class Macro(NamedTuple):
    """One command: `arity` arguments put for `#1` … in `body`; the first may have a default."""

    name: str
    arity: int
    body: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Macros:
    """The commands in force at one place of a document, by name without the backslash."""

    table: Mapping[str, Macro] = field(default_factory=lambda: BUILT_IN)

    def get(self, name: str) -> Macro | None:
        """Return the command of this name, or None."""
        return self.table.get(name)

    def with_definitions(self, found: Iterator[Macro] | list[Macro]) -> Macros:
        """Return these commands and the ones given, which win."""
        added = {macro.name: macro for macro in found}
        return Macros(MappingProxyType({**self.table, **added})) if added else self


class Definition(NamedTuple):
    """A definition and the stretch of text it fills; `macro` is None where it is not simple."""

    start: int
    end: int
    macro: Macro | None


def definitions(text: str, start: int = 0) -> Iterator[Definition]:
    """Yield the definitions that stand in a text, in order, up to `COUNT_LIMIT` of them."""
    for _ in range(COUNT_LIMIT):
        match = _DEFINER.search(text, start)
        if not match:
            return
        found = _definition(text, match)
        yield found
        start = found.end


def definition_at(text: str, offset: int) -> Definition | None:
    """Return the definition that begins at `offset`, if one does."""
    match = _DEFINER.match(text, offset)
    return _definition(text, match) if match else None


def group_end(text: str, start: int, limit: int = BODY_LIMIT) -> int:
    r"""Return the offset after the `}` that closes the `{` at `start`, or -1 within `limit`."""
    depth = 0
    for match in _BRACES.finditer(text, start, min(len(text), start + limit)):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth <= 0:
            return match.end()
    return -1


def _definition(text: str, match: re.Match[str]) -> Definition:
    definer = match["definer"]
    unread = Definition(match.start(), match.end(), None)
    name = _NAME.match(text, match.end())
    if not name:
        return unread
    letters, offset = name[1] or name[2], name.end()
    if definer == "let":
        target = _TARGET.match(text, offset)
        if not target:
            return unread
        return Definition(match.start(), target.end(), Macro(letters, 0, target[1]))
    arity, default = 0, None
    if definer.endswith("def"):
        parameters = _PARAMETERS.match(text, offset)
        if parameters:
            arity, offset = len(parameters[1]) // 2, parameters.end()
    elif definer.endswith("DocumentCommand"):
        specified = _SPECIFIED.match(text, offset)
        if not specified:
            return unread
        arity, offset = specified[2].count("m"), specified.end()
        if "o" in specified[0].lower().partition("m")[0]:
            arity, default = arity + 1, specified[1] or ""
    elif "Operator" not in definer and (count := _ARITY.match(text, offset)):
        arity, offset = int(count[1]), count.end()
        if arity and (optional := _DEFAULT.match(text, offset)):
            default, offset = optional[1], optional.end()
    end = group_end(text, offset) if text[offset : offset + 1] == "{" else -1
    if end < 0:
        return unread
    body = text[offset + 1 : end - 1]
    if "Operator" in definer:
        body = rf"\operatorname{{{body}}}"
    return Definition(match.start(), end, Macro(letters, arity, body, default))


def _built_in(source: str) -> Mapping[str, Macro]:
    return MappingProxyType({d.macro.name: d.macro for d in definitions(source) if d.macro})


# Commands of `physics`, `derivative` and of common preambles, used where nobody redefines them.
BUILT_IN: Mapping[str, Macro] = _built_in(
    r"""
    \newcommand{\norm}[1]{\left\|#1\right\|}
    \newcommand{\abs}[1]{\left|#1\right|}
    \newcommand{\pdv}[2]{\frac{\partial #1}{\partial #2}}
    \newcommand{\dv}[2]{\frac{d #1}{d #2}}
    \newcommand{\grad}{\nabla}
    \newcommand{\ds}{\displaystyle}
    \newcommand{\vect}[1]{\mathbf{#1}}
    \newcommand{\matr}[1]{\mathbf{#1}}
    """
)
