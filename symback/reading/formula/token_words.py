r"""Words of the sentence that were typed as letters: `\quad or \quad`, `{if}`, `s.t.`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symback.reading.formula.commands import SENTENCE_WORDS
from symback.reading.formula.token_braces import SCRIPTS, ends
from symback.reading.formula.tokens import Token

__all__ = ["has_stops", "with_words"]

_FEW = 2  # letters, which are a product rather than a word
_BEFORE_WORDS = frozenset(["align", "quad", "row", "begin", "text", "end", "punctuation"])
_SENTENCE = SENTENCE_WORDS | {"set"}
_ABBREVIATIONS = tuple(word.split(".") for word in "s.t i.i.d w.r.t i.e e.g r.v a.s".split())


def with_words(tokens: list[Token]) -> list[Token]:
    r"""Words of the sentence typed as letters, as text: `\quad or \quad`, `{if}`, `s.t.`."""
    found: list[Token] = []
    at = 0
    script = False
    depths: list[bool] = []
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "{":
            depths.append(script)
            script = script or (bool(found) and found[-1].kind in (*SCRIPTS, "command"))
        elif token.kind == "}" and depths:
            script = depths.pop()
        end = at
        while end < len(tokens) and tokens[end].kind == "letter":
            if end > at and tokens[end].spaced:
                break
            end += 1
        word = "".join(t.text for t in tokens[at:end]) if end - at > 1 else ""
        stops = end == at + 1 and end < len(tokens) and tokens[end].text == "."
        if stops and _is_such_that(tokens, at):
            length = _such_that(tokens, at)
            found.append(
                _joined(tokens[at : at + length], f"{tokens[at].text}.{tokens[at + 2].text}.")
            )
            at += length
            continue
        if word == "lim" and end < len(tokens) and tokens[end].kind == "sub":
            found.append(_joined(tokens[at:end], word)._replace(kind="command"))
            at = end
            continue
        if end - at >= _FEW and not script and word.lower() in _SENTENCE:
            if _is_said(tokens, at, end, word):
                found.append(_joined(tokens[at:end], word))
                at = end
                continue
        if end > at:
            found += tokens[at:end]
            at = end
        else:
            found.append(token)
            at += 1
    return _without_braces_of_words(found)


def _is_said(tokens: Sequence[Token], at: int, end: int, word: str) -> bool:
    """Say whether letters are a word of the sentence: `By` behind a plus is a product."""
    before = tokens[at - 1].kind if at else "row"
    if before in SCRIPTS:  # `x^To`
        return False
    if before in ("letter", "number", "name") and not tokens[at].spaced:
        return False
    if word[0].isupper() and before in ("sign", "product", "relation"):
        return False
    if word.lower() == "set":
        return before in _BEFORE_WORDS or before == "row"
    after = tokens[end].kind if end < len(tokens) else "row"
    return after not in (*SCRIPTS, "prime")


def _joined(tokens: Sequence[Token], word: str) -> Token:
    return tokens[0]._replace(kind="text", text=word, end=tokens[-1].end)


def _is_such_that(tokens: Sequence[Token], at: int) -> bool:
    return _such_that(tokens, at) > 0 and (
        not at or tokens[at - 1].kind in (*_BEFORE_WORDS, "}") or tokens[at].spaced
    )


def _such_that(tokens: Sequence[Token], at: int) -> int:
    """How many tokens `s.t.` or `i.i.d` takes here, 0 for none."""
    for letters in _ABBREVIATIONS:
        texts = [t.text for t in tokens[at : at + 2 * len(letters)]]
        if texts[::2] == letters and set(texts[1::2]) == {"."}:
            return 2 * len(letters)
        if len(letters) > _FEW and texts[:-1:2] == letters and set(texts[1:-1:2]) == {"."}:
            return 2 * len(letters) - 1
    return 0


def _without_braces_of_words(tokens: list[Token]) -> list[Token]:
    closing = ends(tokens)
    dropped = {
        place
        for start, end in closing.items()
        if end == start + 2
        and tokens[start + 1].kind == "text"
        and not (start and tokens[start - 1].kind in (*SCRIPTS, "command", "}"))
        for place in (start, end)
    }
    return [token for at, token in enumerate(tokens) if at not in dropped]


def has_stops(tokens: Sequence[Token]) -> bool:
    """Say whether a full stop stands behind a letter, as in `s.t.`."""
    found = pairwise(tokens)
    return any(one.kind == "letter" and other.text == "." for one, other in found)
