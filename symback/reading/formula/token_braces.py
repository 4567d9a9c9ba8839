"""Braces in a list of tokens: where each is closed, and brackets that close in another group."""

from __future__ import annotations

from collections.abc import Sequence

from symback.reading.formula.tokens import Token

__all__ = ["SCRIPTS", "crosses", "ends", "with_brackets_out"]

SCRIPTS = frozenset(["sub", "sup"])
_OPEN, _CLOSED = {"(": ")", "[": "]"}, {")": "(", "]": "["}


def crosses(tokens: Sequence[Token]) -> bool:
    """Say whether a bracket opens and closes in two groups."""
    waiting: list[str] = []
    for token in tokens:
        if token.kind == "{":
            waiting.append("{")
        elif token.kind == "bracket" and token.text in _OPEN:
            waiting.append(token.text)
        elif token.kind == "bracket" and token.text in _CLOSED:
            if not waiting or waiting[-1] == "{":
                return True
            waiting.pop()
        elif token.kind == "}":
            if not waiting or waiting[-1] != "{":
                return True
            waiting.pop()
    return False


def ends(tokens: Sequence[Token]) -> dict[int, int]:
    """Where each `{` is closed, by its number; braces match, or nothing was cut into tokens."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for at, token in enumerate(tokens):
        if token.kind == "{":
            waiting.append(at)
        elif token.kind == "}" and waiting:
            found[waiting.pop()] = at
    return found


def with_brackets_out(tokens: list[Token]) -> list[Token]:
    r"""Brackets that close in a script what opened before it: `h_{(N, j^{(N))}}`, one brace on.

    Plain braces around no whole bracket are dropped: `\ln({1 + e^{-z})}`.
    """
    if not any(token.kind == "bracket" for token in tokens):
        return tokens
    closing = ends(tokens)
    moved: dict[int, list[int]] = {}
    dropped: set[int] = set()
    for start, end in sorted(closing.items(), reverse=True):
        extra = _unmatched(tokens, start, end)
        if extra is None or not extra:
            continue
        before = tokens[start - 1].kind if start else "row"
        last = end - 1
        if before in SCRIPTS and extra == [last] and last > start + 1:
            moved[end] = [last]
        elif before not in (*SCRIPTS, "command", "}", "begin"):
            dropped |= {start, end}
    if not moved and not dropped:
        return tokens
    late = {at for places in moved.values() for at in places}
    found: list[Token] = []
    for at, token in enumerate(tokens):
        if at not in late and at not in dropped:
            found.append(token)
        found += [tokens[n] for n in moved.get(at, ())]
    return found


def _unmatched(tokens: Sequence[Token], start: int, end: int) -> list[int] | None:
    """The brackets of a group that nothing in it matches; None for those of two kinds crossed."""
    waiting: list[int] = []
    extra: list[int] = []
    for at in range(start + 1, end):
        token = tokens[at]
        if token.kind != "bracket":
            continue
        if token.text in _OPEN:
            waiting.append(at)
        elif token.text in _CLOSED:
            if not waiting:
                extra.append(at)
            elif _OPEN[tokens[waiting.pop()].text] != token.text:
                return None
    return [*extra, *waiting]
