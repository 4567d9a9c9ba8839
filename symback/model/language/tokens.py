"""Text of the language into tokens, each with its place; limits of size hold before anything else.

An error here and later carries the line that it is about, with a caret below the column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import field

from symback.errors import InputError, quote
from symback.records import dataclass

__all__ = ["MAX_BYTES", "MAX_LINES", "MAX_LINE_LENGTH", "Place", "Source", "Token", "tokens_of"]

MAX_BYTES = 200_000
MAX_LINES = 2_000
MAX_LINE_LENGTH = 4_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a text: line and column, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes:
        kind: ``name``, ``number``, ``sign``, or ``end`` after the last of a line.
        text: as it was typed.
        place: of its first character.
        touches: whether it follows the token before it without a space.
    """

    kind: str
    text: str
    place: Place
    touches: bool


@dataclass(frozen=True)
class Source:
    """A text and what messages call it.

    Attributes:
        text: the whole of it.
        name: a file's name, or empty where the text came from no file.
        first_line: the number of its first line in that file, for a text that is part of one.
    """

    text: str
    name: str = ""
    first_line: int = 1
    lines: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", tuple(self.text.splitlines()))

    def error(self, problem: str, place: Place, hint: str | None = None) -> InputError:
        """What is wrong at a place, with the line and a caret below its column."""
        where = f"line {place.line + self.first_line - 1}, column {place.column}"
        line = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        shown, column = _around(line, place.column)
        return InputError(
            problem,
            where=f"{self.name}, {where}" if self.name else where,
            hint=hint,
            excerpt=f"{shown}\n{' ' * (column - 1)}^",
        )


def _around(line: str, column: int, width: int = 96) -> tuple[str, int]:
    """The part of a long line that shows a column, and the column in it."""
    text = "".join(c if c.isprintable() else " " for c in line)
    if len(text) <= width:
        return text, column
    start = max(0, min(column - 1 - width // 2, len(text) - width))
    return text[start : start + width], column - start


_TOKEN = re.compile(
    r"(?P<space>[ \t\r\f]+)|(?P<comment>#.*)"
    r"|(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*'*)"
    r"|(?P<sign>\*\*|\.\.|<=|>=|==|!=|[-+*/^()\[\],=<>:;])"
)

_INSTEAD = {
    "·": "*", "×": "*", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!=", "∑": "sum(j, …)",
    "Σ": "sum(j, …)", "∏": "prod(j, …)", "∂": "d, as in dL/dW[j,k]", "′": "'", "…": "..",
    "²": "^2", "√": "sqrt(…)", "{": "[", "}": "]", "\\": "a name without it",
    "∞": "a number", "⊙": "*", "∘": "*",
}  # fmt: skip


def tokens_of(source: Source) -> Iterator[list[Token]]:
    """The tokens of each line that has any; the last is an ``end``.

    A line that ends in an operator or a comma goes on in the next one; a semicolon ends one, too.

    Raises:
        InputError: for a text beyond the limits, and for a character that no token begins with.
    """
    name = source.name or None
    if len(source.text) > MAX_BYTES:
        raise InputError(
            f"a model of {len(source.text)} characters",
            where=name,
            hint=f"at most {MAX_BYTES} are read",
        )
    if len(source.lines) > MAX_LINES:
        raise InputError(
            f"a model of {len(source.lines)} lines",
            where=name,
            hint=f"at most {MAX_LINES} are read",
        )
    found: list[Token] = []
    for number, line in enumerate(source.lines, start=1):
        for token in _line_tokens(source, line, number):
            if token.kind == "sign" and token.text == ";":
                if found:
                    yield [*found, Token("end", "", token.place, False)]
                found = []
            else:
                found.append(token)
        if found and (found[-1].kind != "sign" or found[-1].text not in "+-*/^=,"):
            yield [*found, Token("end", "", Place(number, len(line.rstrip()) + 1), False)]
            found = []
    if found:
        last = found[-1].place
        yield [*found, Token("end", "", Place(last.line, last.column + 1), False)]


def _line_tokens(source: Source, line: str, number: int) -> Iterator[Token]:
    if len(line) > MAX_LINE_LENGTH:
        raise source.error(
            f"a line of {len(line)} characters",
            Place(number, MAX_LINE_LENGTH + 1),
            f"at most {MAX_LINE_LENGTH} are read: name a part of it in a line of its own",
        )
    at, touches = 0, False
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None:
            raise _unknown(source, line[at], Place(number, at + 1))
        kind = str(match.lastgroup)
        if kind in ("name", "number", "sign"):
            yield Token(kind, match[0], Place(number, at + 1), touches)
        touches = kind in ("name", "number", "sign")
        at = match.end()


def _unknown(source: Source, character: str, place: Place) -> InputError:
    words = unicodedata.name(character, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        letter = words[words.index("LETTER") + 1].lower()
        hint = f"write {letter.capitalize() if 'CAPITAL' in words else letter}"
        hint = (_INSTEAD.get(character) and f"write {_INSTEAD[character]}") or hint
    elif character in _INSTEAD:
        hint = f"write {_INSTEAD[character]}"
    else:
        hint = "a model is written in ASCII letters, digits and + - * / ^ ( ) [ ] , ="
    return source.error(f"{quote(character)} cannot stand in a model", place, hint)
