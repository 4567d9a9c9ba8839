r"""A cost of vectors with an arrow, said by the document or beside it: `x_j` is of `\vec x`."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

MODEL = r"""
The parameters are a vector $\vec{w} = [w_1, w_2, \dots, w_n]$ and a number $b$.

$$f_{\vec{w},b}(\vec{x}) = \vec{w} \cdot \vec{x} + b$$
"""
COST = r"$$J(\vec{w}, b) = \frac{1}{2m} \sum_{i=1}^{m} (f_{\vec{w},b}(\vec{x}^{(i)}) - y^{(i)})^2$$"
LINE = (
    r"\frac{\partial}{\partial w_j} J(\vec{w}, b) ="
    r" \frac{1}{m} \sum_{i=1}^{m} (f_{\vec{w},b}(\vec{x}^{(i)}) - y^{(i)}) x_j^{(i)}"
)
SLIPS = [
    ("x_j", "x_i"),
    (r"\frac{1}{m}", r"\frac{2}{m}"),
    (" x_j^{(i)}", " y^{(i)}"),
    ("- y", "+ y"),
]


def last(line: str, *beside: str, cost: str = COST) -> Status:
    text = f"{MODEL}\n\n{cost}\n\n$${line}$$\n"
    return check(text, kind="markdown", lines=beside).judgements[-1].status


def test_gradients_by_the_entries_of_a_vector_with_an_arrow() -> None:
    assert last(LINE) is Status.PROVED


@pytest.mark.parametrize(("was", "slip"), SLIPS)
def test_slips_are_not_proved(was: str, slip: str) -> None:
    assert was in LINE
    wrong = LINE.replace(was, slip)
    assert last(wrong) is not Status.PROVED
    assert last(wrong, "J = sum(i, (f(x[i]) - y[i])^2) / (2 m)", cost="") is not Status.PROVED


def test_a_cost_that_is_said_beside_it() -> None:
    signature = r"The cost is $J(\vec{w}, b)$."
    assert last(LINE, cost=signature) is Status.UNDECIDED
    stated = "J = sum(i, (f(x[i]) - y[i])^2) / (2 m)"
    assert last(LINE, stated, cost=signature) is Status.PROVED


def test_two_letters_that_have_their_own_equations_stay_two() -> None:
    text = r"$$r = 2 q, \quad \vec{r} = 3 q$$ $$\vec{r} = r$$"
    assert check(text).judgements[-1].status is not Status.PROVED
