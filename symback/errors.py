"""The errors that a user can meet: one family, each with the exit code of the command line.

An error carries *what* is wrong, *where*, and what would be right, and reads as one line:

>>> str(InputError("entry 2 is empty", where="--layers", hint="write 2,2,2"))
'--layers: entry 2 is empty; write 2,2,2'
"""

from __future__ import annotations

from typing import ClassVar, Self

__all__ = [
    "CannotWriteError",
    "InputError",
    "MissingToolError",
    "SymbackError",
    "TooLargeError",
    "quote",
]


class SymbackError(Exception):
    """Something that the user can put right.

    Attributes:
        message: what is wrong.
        where: the place, in the words of whoever typed it: an option, a file and line, a column.
        hint: what would be right.
        excerpt: the line that was typed, and below it a caret at the place; or nothing.
        exit_code: the exit code of the command line.
    """

    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        excerpt: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.excerpt = excerpt

    def at(self, where: str | None) -> Self:
        """The same error at a place that only the caller knows, such as a file or an option."""
        return type(self)(self.message, where=where, hint=self.hint, excerpt=self.excerpt)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.hint}" if self.hint else ""
        return _one_line(f"{place}{self.message}{advice}")


class InputError(SymbackError, ValueError):
    """What was asked for, or a file that was given, is wrong."""

    exit_code = 2


class TooLargeError(SymbackError):
    """The work asked for would not end; the message has its size, the hint a way on."""

    exit_code = 3


class MissingToolError(SymbackError):
    """A tool outside symback is needed and not installed."""

    exit_code = 4


class CannotWriteError(SymbackError, OSError):
    """The result cannot be written where it was asked for; nothing half-written is left."""

    exit_code = 5


def quote(text: str, limit: int = 40) -> str:
    """A user's text for a message: in quotes, with control characters escaped, shortened."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def _one_line(text: str) -> str:
    """Escape what would break the line or drive the terminal: file names may hold anything."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
