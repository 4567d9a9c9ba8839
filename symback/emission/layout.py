"""Lines as a formatter leaves them: at most 88 columns, long lists one item to a line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "WIDTH", "call", "comment", "indented", "nested", "paragraph", "rows", "split", "statement",
]  # fmt: skip

WIDTH = 88


def indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    """Lines moved in by so many steps; empty ones stay empty."""
    return ["    " * depth + line if line else line for line in lines]


def statement(left: str, right: str, note: str, depth: int = 1) -> list[str] | None:
    """An assignment with its note beside it, or above it; None if it fits in no line."""
    line = f"{'    ' * depth}{left} = {right}"
    if len(line) > WIDTH:
        return None
    if not note:
        return [line]
    beside = f"{line}  # {note}"
    if len(beside) <= WIDTH:
        return [beside]
    return [*comment(note, depth), line]


def comment(text: str, depth: int = 1) -> list[str]:
    """A comment, on as many lines as it takes."""
    mark = "    " * depth + "# "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=mark,
        subsequent_indent=mark + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def paragraph(text: str, depth: int = 0) -> list[str]:
    """Prose within the width."""
    mark = "    " * depth
    return textwrap.wrap(
        text, WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False
    )


def call(before: str, items: Sequence[str], after: str, depth: int = 0) -> list[str]:
    """A bracketed list: on one line, on a line of its own, or one item to a line."""
    pad = "    " * depth
    one = f"{pad}{before}{', '.join(items)}{after}"
    if len(one) <= WIDTH:
        return [one]
    within = f"{pad}    {', '.join(items)}"
    if len(within) <= WIDTH and not f" {before}".endswith(("[", " (")):
        return [pad + before, within, pad + after]
    return [pad + before, *(f"{pad}    {item}," for item in items), pad + after]


def rows(count: int, line: Callable[[int, int], str]) -> list[str]:
    """As few lines as the width allows; ``line(first, last)`` writes some of the items."""
    lines: list[str] = []
    first = 0
    while first < count:
        last = first + 1
        while last < count and len(line(first, last + 1)) <= WIDTH:
            last += 1
        lines.append(line(first, last))
        first = last
    return lines


def nested(before: str, items: Sequence[str], after: str, depth: int) -> list[str]:
    """Tuples of tuples, opened as far as the width asks for."""
    lines = call(before, items, after, depth)
    if len(lines) < 4 or max(map(len, lines)) <= WIDTH:
        return lines
    inside: list[str] = []
    for item in items:
        if len(item) + 4 * depth + 5 <= WIDTH:
            inside.append(f"{'    ' * (depth + 1)}{item},")
        else:
            inside += nested("(", split(item[1:-1]), "),", depth + 1)
    return [lines[0], *inside, lines[-1]]


def split(text: str) -> list[str]:
    """The outermost items of a list in brackets."""
    items, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            items.append(text[start:position].strip())
            start = position + 1
    return [item for item in [*items, text[start:].strip()] if item]
