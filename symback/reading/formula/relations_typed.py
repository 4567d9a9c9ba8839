r"""Relations typed in more signs than they need: `= =`, `a (= b)`, `w* = w - g`, `N >> M`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from symback.errors import InputError
from symback.reading.formula.token_groups import with_doubles
from symback.reading.formula.tokens import Token

__all__ = ["bare", "lines_apart", "refuse_repeats", "with_relations"]

_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
_TWICE = {"<": "\\ll", ">": "\\gg", "=": "="}
_AFTER = frozenset(["relation", "punctuation", "quad", "text"])
_APART = re.compile(r"(?<![<>!:=])=\s+(=)")

# With something on both sides of its sign, and nothing that goes on below.
_EQUATION = re.compile(r"\s*[^\s=&][^=]*=(?!=)\s*[^\s=].*[^-+*/@^_=({\[,;\s]\s*\Z")


def refuse_repeats(typed: str) -> None:
    """Refuse a formula typed for an answer in which a side is missing, `a = = b`.

    In a document, where nobody can be asked, it is one sign that was typed twice.

    Raises:
        InputError: with the column of the second sign.
    """
    if (found := _APART.search(typed)) is not None:
        raise InputError(
            "a name, a number or a bracket is expected, not '='",
            where=f"the formula, column {found.start(1) + 1}",
        )


_WRAPPED = re.compile(
    r"\s*(?:\$\$(.*)\$\$|\$([^$]*)\$|\\\[(.*)\\\]|\\\((.*)\\\)|```(?:math)?(.*)```|`([^`]*)`|(.*?))"
    r"(?:(?<!\.)\s*\.)?\s*",
    re.DOTALL,
)
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), " ")


def bare(typed: str) -> str:
    """A formula typed for an answer without the signs that set it off in a text, nor its full stop.

    In their place are spaces, so that whatever is said of a place is said of what was typed.

    Raises:
        InputError: where it is no text.
    """
    if not isinstance(typed, str):
        raise InputError(f"a formula is text, not {type(typed).__name__}")
    seen = typed.translate(_UNSEEN)
    found = _WRAPPED.fullmatch(seen)
    assert found is not None
    assert found.lastindex is not None  # its last way is any text
    start, end = found.span(found.lastindex)
    end = start + len(re.sub(r"(?<=[^\s.])\s*\.\s*\Z", "", seen[start:end]))
    return " " * start + seen[start:end] + " " * (len(seen) - end)


def lines_apart(typed: str) -> str:
    """A formula typed for an answer with `;` for the end of a line before another equation.

    In a document a line ends where the page does, and an equation goes on behind it.
    """
    if "\\\\" in typed or "\\begin" in typed:
        return typed  # whose rows are parted in their own way
    lines = typed.split("\n")
    ends = (
        ";" if _EQUATION.match(line) and _EQUATION.match(below) else "\n"
        for line, below in pairwise(lines)
    )
    return "".join(map(str.__add__, lines, (*ends, "")))


def with_relations(row: list[Token]) -> list[Token]:
    """The tokens of one equation with each relation as one token between its sides."""
    row = _without_repeats(_without_note(row))
    row = _without_brackets(row)
    return _with_new_values(row)


def _without_note(row: list[Token]) -> list[Token]:
    r"""An equation without an arrow back and words at its end, `= a b \leftarrow \text{by a}`."""
    is_equation = False
    for at, (token, after) in enumerate(pairwise(row)):
        if (token.kind, token.text, after.kind) == ("relation", "\\leftarrow", "text"):
            return row[:at] if is_equation else row
        is_equation = is_equation or (token.kind, token.text) == ("relation", "=")
    return row


def _without_repeats(row: Sequence[Token]) -> list[Token]:
    r"""One sign for two: a slip for `=`, much less or much more for the others."""
    return with_doubles(row, "relation", _TWICE, apart=("=",))


def _without_brackets(row: list[Token]) -> list[Token]:
    r"""A side that is said again in brackets, `a = b \; (= c)`, as the next link of the chain."""
    dropped: set[int] = set()
    for at, token in enumerate(row[:-1]):
        if (token.kind, token.text) != ("bracket", "(") or row[at + 1].kind != "relation" or not at:
            continue
        depth = 0
        for end in range(at, len(row)):
            depth += (row[end].text in _OPEN) - (row[end].text in _CLOSED)
            if not depth:
                if end + 1 == len(row) or row[end + 1].kind in _AFTER:
                    dropped |= {at, end}
                break
    return [token for at, token in enumerate(row) if at not in dropped]


def _with_new_values(row: Sequence[Token]) -> list[Token]:
    r"""A star before a relation, `w* = w - g`, as that of a name, `w^*`; `x *= 2` is left."""
    found: list[Token] = []
    for at, token in enumerate(row):
        after = row[at + 1] if at + 1 < len(row) else None
        named = bool(found) and found[-1].kind not in ("sub", "sup") and not token.spaced
        if (token.kind, token.text) == ("product", "*") and named:
            if after is not None and after.kind == "relation" and after.spaced:
                found.append(token._replace(kind="sup", text="^"))
        found.append(token)
    return found
