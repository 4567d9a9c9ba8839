r"""Equations of one sample beside a loss of all: `\hat y = w x + b` and `\hat y^{(i)}`."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

MARKS, INDICES = "^{(i)}", "_i"
LINE = (r"\hat{y} = w x + b", r"L = \frac{1}{m} \sum_{i=1}^m (\hat{y}# - y#)^2")
LOGISTIC = (
    r"z = w^T x + b",
    r"\hat{y} = a = \sigma(z)",
    r"\ell(\hat y, y) = -(y \log \hat{y} + (1 - y) \log(1 - \hat{y}))",
    r"J(w, b) = \frac{1}{m} \sum_{i=1}^m \ell(\hat{y}#, y#)",
)


def statuses(number: str, *lines: str) -> list[Status]:
    text = "\n\n".join(f"$${line.replace('#', number)}$$" for line in lines)
    return [judgement.status for judgement in check(text, path="n.md").judgements]


def slope(of: str, by: str, right: str) -> str:
    return rf"\frac{{\partial {of}}}{{\partial {by}}} = {right}"


@pytest.mark.parametrize("number", [MARKS, INDICES])
def test_an_equation_of_one_sample_is_said_of_each(number: str) -> None:
    total = r"\frac{2}{m} \sum_{i=1}^m (\hat{y}# - y#)"
    lines = [slope("L", "w", rf"{total} x#"), slope("L", "b", total)]
    put_in = r"\left[ \frac{1}{m} \sum_{i=1}^m (w x# + b - y#)^2 \right]"
    lines.append(slope("L", "w", rf"\frac{{\partial}}{{\partial w}} {put_in}"))
    assert statuses(number, *LINE, *lines)[2:] == [Status.PROVED] * 3
    for wrong in (
        lines[0].replace("2", "1", 1),
        lines[0].replace(" x#", ""),
        lines[1].replace(r"\frac{2}{m} ", "2 "),
        lines[2].replace("+ b", "- b"),
    ):
        assert statuses(number, *LINE, *lines, wrong)[-1] is Status.REFUTED


@pytest.mark.parametrize("number", [MARKS, INDICES])
def test_what_is_said_of_one_sample_stays_beside_what_is_said_of_all(number: str) -> None:
    one = [slope(r"\ell", "z", r"\hat y - y"), slope("a", "z", "a (1 - a)")]
    all_ = [
        slope("J", "w", r"\frac{1}{m} \sum_{i=1}^m (\hat y# - y#) x#"),
        slope("J", "b", r"\frac{1}{m} \sum_{i=1}^m (\hat y# - y#)"),
    ]
    found = statuses(number, *LOGISTIC, *one, *all_)[len(LOGISTIC) + 1 :]
    assert set(found) <= {Status.PROVED, Status.AGREES}
    wrong = all_[1].replace(r"\frac{1}{m} ", "")
    assert statuses(number, *LOGISTIC, *one, *all_, wrong)[-1] is Status.REFUTED
    wrong = one[1].replace("1 - a", "1 + a")
    assert statuses(number, *LOGISTIC, *one, *all_, wrong)[-1] in (Status.REFUTED, Status.UNDECIDED)


@pytest.mark.parametrize("number", [MARKS, INDICES])
def test_letters_without_a_number_beside_the_loss_of_all_settle_nothing(number: str) -> None:
    right = slope("L", "b", r"\frac{2}{m} \sum_{i=1}^m (\hat y# - y#)")
    for bare in (
        slope("L", "b", r"\frac{2}{m} (\hat y - y)"),
        slope("L", r"\hat y", "2 (\\hat y - y)"),
    ):
        assert statuses(number, *LINE, right, bare)[-1] is Status.UNDECIDED


def test_an_index_beside_a_matrix_is_that_of_an_entry() -> None:
    network = (r"\hat y = W x + b", r"E = \frac12 \sum_i (\hat y_i - y_i)^2")
    right = slope("E", "W_{ij}", r"(\hat y_i - y_i) x_j")
    assert statuses("", *network, right)[-1] is Status.PROVED
    assert statuses("", *network, right.replace("x_j", "x_i"))[-1] is Status.REFUTED


def test_an_equation_of_what_is_wanted_is_not_put_in() -> None:
    right = slope("L", "b", r"\frac{2}{m} \sum_{i=1}^m (\hat y# - y#)")
    assert statuses(MARKS, "y = w x + b", *LINE, right)[-1] is Status.PROVED
    wrong = right.replace("2", "1", 1)
    assert statuses(MARKS, "y = w x + b", *LINE, right, wrong)[-1] is not Status.PROVED
