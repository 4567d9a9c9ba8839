"""Pages that say other than it seems: nothing wrong is proved, and nothing right refuted.

Each page ends with the line that is judged.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

DATA = Path(__file__).parent.parent / "data" / "misleading_pages.toml"
PAGES = tomllib.loads(DATA.read_text(encoding="utf-8"))


def _last(page: str) -> Status:
    return check(page, path="n.md").judgements[-1].status


@pytest.mark.parametrize("page", PAGES["wrong"], ids=lambda page: page["name"])
def test_a_wrong_line_is_not_proved(page: dict[str, str]) -> None:
    assert _last(page["page"]) not in (Status.PROVED, Status.AGREES)


@pytest.mark.parametrize("page", PAGES["right"], ids=lambda page: page["name"])
def test_a_right_line_is_not_refuted(page: dict[str, str]) -> None:
    assert _last(page["page"]) is not Status.REFUTED


@pytest.mark.parametrize("page", PAGES["proved"], ids=lambda page: page["name"])
def test_a_right_line_is_proved(page: dict[str, str]) -> None:
    assert _last(page["page"]) is Status.PROVED


@pytest.mark.parametrize(
    "words",
    [
        "where $A$ is symmetric.",
        "with a symmetric matrix $A$.",
        "where the matrix $A$ is symmetric and positive definite.",
        "Sei $A$ eine symmetrische Matrix.",
        "Soit $A$ une matrice symétrique.",
        "Let $A$ be symmetric.",
        "Suppose $A$ is symmetric positive definite.",
    ],
)
def test_what_is_said_to_be_symmetric_is(words: str) -> None:
    page = f"$$f(x) = x^T A x$$\n\n{words}\n\n$$\\nabla f(x) = 2 A x$$\n"
    assert _last(page) is Status.PROVED


def test_an_index_is_that_of_a_sample_where_words_say_so() -> None:
    page = (
        r"$$\hat y = w x + b$$ $$L = \sum_i (\hat y_i - y_i)^2$$"
        r" $$\frac{\partial L}{\partial b} = 2 \sum_i (\hat y_i - y_i)$$"
    )
    assert _last(page) is Status.UNDECIDED
    assert _last(f"Over all training examples: {page}") is Status.PROVED


def test_an_inverse_of_figures_is_that_of_the_matrix() -> None:
    page = (
        r"$$A = \begin{pmatrix} 1 & 1 \\ 2 & 1 \end{pmatrix}$$ "
        r"$$A^{-1} = \begin{pmatrix} -1 & 1 \\ 2 & %s \end{pmatrix}$$"
    )
    assert _last(page % "-1") in (Status.AGREES, Status.PROVED)
    assert _last(page % "1") is Status.REFUTED
