"""What a call of a macro stands for, and where each of its characters was written.

A token out of a macro's body stands at the call; one out of an argument where the author wrote it.
So the letters of an argument can be named and mended like any others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symback.reading.formula.macros import Macro, Macros, group_end
from symback.reading.formula.syntax import Span

__all__ = ["Argument", "Call", "Expansion", "calls"]

_PARAMETER = re.compile(r"#([1-9])")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_SPACE = re.compile(r"\s*")
_IF_EMPTY = re.compile(
    r"\\ifx\\relax\s*#([1-9])\\relax(.*?)\\else(.*?)\\fi(?![A-Za-z])\s*", re.DOTALL
)
_OPTION = re.compile(r"\s*\[[^\[\]]*\]")


class Argument(NamedTuple):
    """What was given for a parameter, and where it is written; None for a default."""

    text: str
    start: int | None


class _Copy(NamedTuple):
    """An argument's place in the expansion, and in the text of the call."""

    start: int
    end: int
    origin: int


class Expansion:
    """The text that a call stands for, with the place of its parts.

    Args:
        macro: what is called.
        arguments: what was given, by number.
        call: where the call stands.
    """

    def __init__(self, macro: Macro, arguments: Sequence[Argument], call: Span) -> None:
        self.call = call
        self._copies: list[_Copy] = []
        pieces: list[str] = []
        length = read = 0
        body = _chosen(macro.body, arguments)
        for match in _PARAMETER.finditer(body):
            piece = body[read : match.start()]
            read = match.end()
            number = int(match[1])
            argument = arguments[number - 1] if number <= len(arguments) else Argument("", None)
            if argument.text[:1].isalpha() and re.search(r"\\[A-Za-z]+$", piece):
                piece += " "  # TeX has the command and the letter apart already
            pieces += [piece, argument.text]
            length += len(piece) + len(argument.text)
            if argument.start is not None:
                copy = _Copy(length - len(argument.text), length, argument.start)
                self._copies.append(copy)
        self.text = "".join([*pieces, body[read:]])

    def place(
        self, span: Span, inside: tuple[tuple[Span, int], ...] = ()
    ) -> tuple[Span, tuple[tuple[Span, int], ...]]:
        """Where a stretch of the text is written, and within which arguments of which calls.

        Args:
            span: the stretch, in `text`.
            inside: calls in `text` in whose arguments it stands, each with the argument's number.
        """
        for number, copy in enumerate(self._copies):
            if copy.start <= span.start and span.end <= copy.end:
                by = copy.origin - copy.start
                own = tuple(
                    (_moved(call, by), at)
                    for call, at in inside
                    if copy.start <= call.start and call.end <= copy.end
                )
                return _moved(span, by), ((self.call, number), *own)
        return self.call, ()


def _chosen(body: str, arguments: Sequence[Argument]) -> str:
    r"""A body with what it says of empty arguments decided: `\ifx\relax#1\relax … \else … \fi`."""

    def branch(match: re.Match[str]) -> str:
        number = int(match[1])
        given = arguments[number - 1].text if number <= len(arguments) else ""
        return match[3] if given.strip() else match[2]

    return _IF_EMPTY.sub(branch, body)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


class Call(NamedTuple):
    """A call in a formula: its stretch, and those of the arguments that can be written anew there.

    An argument in braces can, where the macro's body has it once.
    """

    start: int
    end: int
    arguments: tuple[Span, ...]

    def spoils(self, start: int, end: int) -> bool:
        """Whether characters to be replaced belong to what the call stands for."""
        if end < self.start or self.end < start:
            return False
        return not any(at <= start and end <= stop for at, stop in self.arguments)

    def is_within(self, start: int, end: int) -> bool:
        """Whether all of the call is replaced."""
        return start <= self.start and self.end <= end


def calls(text: str, macros: Macros) -> Iterator[Call]:
    """The calls of macros in a formula, those in the arguments of others too."""
    for match in _COMMAND.finditer(text):
        macro = macros.get(match[1])
        if macro is None:
            continue
        end, written = match.end(), []
        optional = macro.default is not None
        if optional and (given := _OPTION.match(text, end)):
            end = given.end()
        for number in range(1 + optional, macro.arity + 1):
            end = _SPACE.match(text, end).end()  # type: ignore[union-attr]
            if text[end : end + 1] == "{":
                closed = group_end(text, end, len(text))
                stop = closed if closed >= 0 else len(text)
                if closed >= 0 and macro.body.count(f"#{number}") == 1:
                    written.append(Span(end + 1, stop - 1))
            else:
                stop = min(end + 1, len(text))
            end = stop
        yield Call(match.start(), end, tuple(written))
