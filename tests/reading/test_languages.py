r"""What documents say by words, in every language of the table of words."""

from __future__ import annotations

import re

import pytest

from symback.reading import check
from symback.reading.formula.languages import LANGUAGES, WORDS, words
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

SOFTMAX = r"""$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$

BEFORE$i \neq j$BEHIND
$$\frac{\partial p_i}{\partial z_j} = RIGHT$$
"""
CASES = r"""$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$

$$\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i (1 - p_i) & \text{IF } i = j \\
RIGHT & \text{OTHERWISE} \end{cases}$$
"""


def first(kind: str, language: str) -> str:
    """The first word of a kind in a language, without what may be left out of it."""
    text = WORDS[kind][language]
    text = re.sub(r"\(\?:[^()]*\)\?", "", text)
    text = re.sub(r"\(\?:([^()|]*)[^()]*\)", r"\1", text)
    text = re.sub(r"\[(\w)[^]]*\]\??", r"\1", text)
    text = text.replace(r"\w+", "a").replace(r"\w*", "")
    return re.sub(r"[\w-]\?", "", text.split("|")[0]).strip()


def status(text: str) -> Status:
    return check(text, path="n.md").judgements[-1].status


def said(kind: str) -> list[str]:
    return [language for language in LANGUAGES if language in WORDS[kind]]


@pytest.mark.parametrize("kind", WORDS)
def test_words_are_whole(kind: str) -> None:
    pattern = re.compile(words(kind), re.IGNORECASE)
    for language in WORDS[kind]:
        assert language in LANGUAGES
        word = first(kind, language)
        assert pattern.fullmatch(word), word
        if language not in ("zh", "ja", "ko") and r"\w" not in WORDS[kind][language]:
            assert not pattern.search(f"x{word}x"), word


@pytest.mark.parametrize("language", said("if"))
def test_a_condition_before(language: str) -> None:
    text = SOFTMAX.replace("BEFORE", first("if", language).capitalize() + " ").replace(
        "BEHIND", ":"
    )
    assert status(text.replace("RIGHT", "-p_i p_j")) in _GOOD
    assert status(text.replace("RIGHT", "p_i p_j")) is Status.REFUTED
    assert status(text.replace("RIGHT", "p_i (1 - p_j)")) not in _GOOD


@pytest.mark.parametrize("language", said("if, behind"))
def test_a_condition_whose_word_stands_behind(language: str) -> None:
    behind = f" {first('if, behind', language)}:"
    text = SOFTMAX.replace("BEFORE", "").replace("BEHIND", behind)
    assert status(text.replace("RIGHT", "-p_i p_j")) in _GOOD
    assert status(text.replace("RIGHT", "p_i p_j")) is Status.REFUTED


@pytest.mark.parametrize("language", said("otherwise"))
def test_cases(language: str) -> None:
    text = CASES.replace("IF", first("if", language) if language in WORDS["if"] else "if")
    text = text.replace("OTHERWISE", first("otherwise", language))
    assert status(text.replace("RIGHT", "-p_i p_j")) in _GOOD
    assert status(text.replace("RIGHT", "p_i p_j")) is Status.REFUTED


@pytest.mark.parametrize("language", said("is"))
def test_what_a_letter_is(language: str) -> None:
    is_, matrix, vector = (first(kind, language) for kind in ("is", "matrix", "vector"))
    text = f"$y = w x$, $w$ {is_} {matrix}, $x$ {is_} {vector}.\n\n$$L = y^T y$$\n\n"
    slope = r"$$\frac{\partial L}{\partial x} = RIGHT$$"
    assert status(text + slope.replace("RIGHT", "2 w^T y")) in _GOOD
    assert status(text + slope.replace("RIGHT", "2 w y")) not in _GOOD


@pytest.mark.parametrize("language", said("sigmoid"))
def test_which_function_a_letter_is(language: str) -> None:
    name = first("sigmoid", language)
    text = f"$$a = g(z)$$\n\n$g$: {name}.\n\n" + r"$$\frac{da}{dz} = RIGHT$$"
    assert status(text.replace("RIGHT", "a (1 - a)")) in _GOOD
    assert status(text.replace("RIGHT", "a (1 + a)")) not in _GOOD
