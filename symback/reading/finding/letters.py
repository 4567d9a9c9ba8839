r"""Commands that nothing defines and that stand where letters do: `\va` in `\partial \va_i`.

A document whose macros are in a file of their own has them everywhere. One that never has anything
in brackets or braces behind it, and that is somewhere indexed or differentiated by, is a letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.macros import Macro
from symback.reading.formula.tokens import tokenize
from symback.reading.formula.unread import Unreadable

__all__ = ["with_letters"]

_COMMAND = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])\s*")
_AS_LETTER = re.compile(
    r"(?:\\partial\s*\{?\s*|\\frac\s*|\\nabla\s*(?:_\{[^{}]*\}|_\\?\w+)?\s*)"
    r"\\([A-Za-z]+)(?![A-Za-z])"
)
_DEFINED = re.compile(r"\s*\\([A-Za-z]{4,})\s*(?:\([^()=]*\)\s*)?(?:&\s*)?=")
_MANY = 3
_APPLIED = re.compile(r"[\[{]|\(\s*\\?[A-Za-z]+(?:[_^](?:\w|\{[^{}]*\}))*\s*\)")
_SCRIPT = frozenset("_^'")


def with_letters(excerpts: Sequence[Excerpt]) -> tuple[tuple[Excerpt, ...], tuple[str, ...]]:
    """The formulas with those commands as letters, and the commands' names in order."""
    names = tuple(_letters(excerpts))
    if not names:
        return tuple(excerpts), ()
    macros = [Macro(name, 0, rf"\mathrm{{{name}}}") for name in names]
    return tuple(replace(e, macros=e.macros.with_definitions(macros)) for e in excerpts), names


def _letters(excerpts: Iterable[Excerpt]) -> list[str]:
    uses: dict[str, int] = {}
    applied: set[str] = set()
    shown: set[str] = set()
    for excerpt in excerpts:
        for use in _COMMAND.finditer(excerpt.text):
            name = use[1]
            if excerpt.macros.get(name) or _is_known(name):
                continue
            uses[name] = uses.get(name, 0) + 1
            if _APPLIED.match(excerpt.text, use.end()):
                applied.add(name)
            if excerpt.text[use.end() : use.end() + 1] in _SCRIPT:
                shown.add(name)
        shown.update(_AS_LETTER.findall(excerpt.text))
        if defined := _DEFINED.match(excerpt.text):
            shown.add(defined[1])
    letters = [name for name, count in uses.items() if count > 1 and name in shown - applied]
    if len(letters) >= _MANY:  # who has many of them has all quantities so
        letters = [n for n in uses if n in letters or (len(n) > _MANY and n not in applied)]
    return letters


@cache
def _is_known(name: str) -> bool:
    """Say whether a command is in the vocabulary."""
    try:
        return all(token.kind != "unknown" for token in tokenize(f"\\{name} x"))
    except Unreadable:
        return True
