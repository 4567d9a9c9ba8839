r"""Tokens that mean another thing where they stand: bars between arguments, commas in numbers.

`p(x \lvert y)` has a bar that nothing closes, `KL(p \| q)` a double one, and `32,000` is one
number.
"""

from __future__ import annotations

from collections.abc import Sequence

from symback.reading.formula.commands import FONTS, OLD_FONTS
from symback.reading.formula.token_groups import regrouped
from symback.reading.formula.tokens import Token

__all__ = ["as_meant"]

_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
_FONTS = {font: name for name, font in reversed(FONTS.items()) if font}
_ALIGNED = frozenset(["aligned", "gathered", "split", "align", "align*"])
_THOUSANDS = 3


def as_meant(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with those replaced that their surroundings show to be others."""
    tokens = regrouped(_with_fonts(_with_transposes(_without_modules(tokens))))
    tokens = _with_matrices(tokens)
    return _with_thousands(_with_separators(tokens))


def _with_transposes(tokens: list[Token]) -> list[Token]:
    r"""A transpose raised above the number of a layer, `w^{[l]^{T}}`, beside it: `w^{[l] T}`."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        texts = [token.text for token in tokens[at : at + 6]]
        if texts[:1] and texts[0] in ("]", ")") and len(texts) > 2 and tokens[at + 1].kind == "sup":
            length = 5 if texts[2:5] == ["{", "T", "}"] else 3 if texts[2] == "T" else 0
            if length and at + length < len(tokens) and tokens[at + length].text == "}":
                found += [tokens[at], next(t for t in tokens[at + 2 :] if t.text == "T")]
                at += length
                continue
        found.append(tokens[at])
        at += 1
    return found


def _with_fonts(tokens: list[Token]) -> list[Token]:
    r"""Single letters in a font of old, `{\bf x}`, as in one of today, `\mathbf{x}`."""
    for at in range(len(tokens) - 3):
        group, font, letter, end = tokens[at : at + 4]
        new = _FONTS.get(OLD_FONTS.get(font.text, "?"))
        if (group.kind, end.kind) == ("{", "}") and font.kind == "command" and new is not None:
            if letter.kind in ("letter", "name"):
                tokens[at : at + 2] = [font._replace(text=new), group]
    return tokens


def _with_matrices(tokens: list[Token]) -> list[Token]:
    r"""Rows that are all that a bracket holds, `[\begin{aligned} a \quad b \\ c \quad d ...]`."""
    waiting: list[tuple[int, bool]] = []
    for at, token in enumerate(tokens):
        if token.kind == "begin":
            before = tokens[at - 1].text if at else ""
            waiting.append((at, token.text in _ALIGNED and before in ("(", "[")))
        elif token.kind == "end" and waiting:
            begun, is_matrix = waiting.pop()
            after = tokens[at + 1].text if at + 1 < len(tokens) else ""
            if is_matrix and after in (")", "]"):
                for number in (begun, at):
                    tokens[number] = tokens[number]._replace(text="matrix")
                for number in range(begun + 1, at):
                    if tokens[number].kind == "quad" and not waiting:
                        tokens[number] = tokens[number]._replace(kind="align", text="&")
    return tokens


def _without_modules(tokens: Sequence[Token]) -> list[Token]:
    """Functions of programs by their own names: `np.sum(x)` is `sum(x)`."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        texts = [token.text for token in tokens[at : at + 3]]
        after = tokens[at + 3] if at + 3 < len(tokens) else None
        together = not any(token.spaced for token in tokens[at + 1 : at + 4])
        if texts == ["n", "p", "."] and together and after is not None and after.kind == "letter":
            at += 3
        else:
            found.append(tokens[at])
            at += 1
    return found


def _with_separators(tokens: list[Token]) -> list[Token]:
    """Bars that stand alone in a bracket, between what it is of and what is given."""
    waiting: list[list[int]] = [[]]
    dropped: set[int] = set()
    for at, token in enumerate(tokens):
        if token.text in _OPEN:
            waiting.append([])
        elif token.text in _CLOSED and len(waiting) > 1:
            bars = waiting.pop()
            single = [n for n in bars if tokens[n].text == "|<"]
            closing = [n for n in bars if tokens[n].text == "|>"]
            double = [n for n in bars if tokens[n].text == "||"]
            if token.text == ")" and len(single) == 1 and not closing:
                tokens[single[0]] = tokens[single[0]]._replace(text="mid")
            plain = [n for n in bars if tokens[n].text == "|"]
            if token.text == ")" and len(plain) == 2 and plain[1] == plain[0] + 1 == at - 1:
                plain = []  # `(||)` is no divergence
            if token.text == ")" and len(plain) == 2 and plain[1] == plain[0] + 1:
                dropped.add(plain[1])  # `KL(p||q)`
                tokens[plain[0]] = tokens[plain[0]]._replace(text="mid")
            if token.text in (")", "]") and len(double) == 1:
                tokens[double[0]] = tokens[double[0]]._replace(text="mid")
        elif token.kind == "bracket" and token.text in ("|", "|<", "|>", "||"):
            waiting[-1].append(at)
    return [token for at, token in enumerate(tokens) if at not in dropped]


def _with_thousands(tokens: list[Token]) -> list[Token]:
    """Numbers in groups of three digits, outside of brackets and scripts."""
    found: list[Token] = []
    depth = at = 0
    while at < len(tokens):
        token = tokens[at]
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
        text, end = token.text, at
        while depth == 0 and token.kind == "number" and _goes_on(tokens, end):
            text, end = text + tokens[end + 2].text, end + 2
        if end > at and len(token.text) <= _THOUSANDS and not token.text.startswith("0"):
            found.append(token._replace(text=text, end=tokens[end].end))
            at = end + 1
        else:
            found.append(token)
            at += 1
    return found


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a comma and three digits follow, without a space."""
    if at + 2 >= len(tokens) or not tokens[at].text.isdecimal():
        return False
    comma, digits = tokens[at + 1], tokens[at + 2]
    return (
        (comma.kind, comma.text) == ("punctuation", ",")
        and not comma.spaced
        and digits.kind == "number"
        and not digits.spaced
        and digits.text.partition(".")[0].isdecimal()
        and len(digits.text.partition(".")[0]) == _THOUSANDS
    )
