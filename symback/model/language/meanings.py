"""What an author says in comments, of each quantity and of the model as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable

from symback.model.language.syntax import Declaration, Entry, EquationLine, Line, Name
from symback.model.language.tokens import Source

__all__ = ["caution_of", "meanings_of", "sources_of"]


def meanings_of(lines: Iterable[Line], source: Source) -> dict[str, str]:
    """The words for each name: of several on one line, each its own between semicolons, or all one.

    A start or a value outside the range says nothing of the quantity as a whole, nor does its
    comment.

    Args:
        lines: of the model, without its claims.
        source: the text that they were read from.
    """
    found: dict[str, str] = {}
    for line in lines:
        names = _named(line)
        said = source.lines[line.place.line - 1].partition("#")[2].strip()
        if not names or not said:
            continue
        parts = [part.strip() for part in said.split(";")]
        told = parts if len(parts) == len(names) else [said] * len(names)
        for name, words in zip(names, told, strict=True):
            found.setdefault(name, words.rstrip("."))
    return found


def _named(line: Line) -> list[str]:
    """The names that a line declares or defines."""
    if isinstance(line, Declaration):
        return [item.name for item in line.items]
    if not isinstance(line, EquationLine) or line.is_outside:
        return []
    if isinstance(line.left, Entry):
        return [line.left.name] if all(isinstance(i, Name) for i in line.left.indices) else []
    return [line.left.name] if isinstance(line.left, Name) else []


def sources_of(source: Source) -> str:
    """What a comment at the head of a text says after "Sources:", as far as its sentence goes."""
    return _behind("sources?", source)


def caution_of(source: Source) -> str:
    """The same after "Caution:": what a step of gradient descent does not keep to."""
    return _behind("caution", source)


def _behind(head: str, source: Source) -> str:
    """What a comment at the head of a text says behind a word and a colon.

    It goes on below until a line ends with a full stop.
    """
    told: list[str] = []
    for line in source.lines:
        if not line.lstrip().startswith("#"):
            break
        words = line.strip().lstrip("#").strip()
        start = re.match(rf"{head}: *", words, re.IGNORECASE)
        if start and not told:
            words = words[start.end() :]
        elif not told:
            continue
        told.append(words)
        if words.endswith(".") or not words:
            break
    return " ".join(told).strip().removesuffix(".")
