"""Sums that are begun and left to the reader, with dots."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.formula.syntax import BigSum, Dots, Number, Symbol
from symback.reading.statements.statements import read_formula
from symback.reading.statements.verdicts import Judgement, Status


def judged(*lines: str) -> list[Judgement]:
    text = "\n\n".join(f"$$\n{line}\n$$" for line in lines)
    return list(check(text, kind="markdown").judgements)


@pytest.mark.parametrize(
    ("formula", "last"),
    [
        (r"z = w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b", Symbol("n")),
        (r"z = b + w_1 x_1 + \cdots + w_n x_n", Symbol("n")),
        (r"z_1 = w_{11} x_1 + w_{12} x_2 + \dots + w_{1n} x_n", Symbol("n")),
        (r"C = -y_1 \log a_1 - y_2 \log a_2 - \dots - y_5 \log a_5", Number("5")),
        (r"g = a_1 b_1 + a_2 b_2 + \cdots", None),
    ],
)
def test_a_series_is_a_sum(formula: str, last: object) -> None:
    right = read_formula(formula).statements[0].right
    assert right is not None
    (found,) = [node for node in right.walk() if isinstance(node, BigSum)]
    assert found.upper == last
    assert not any(isinstance(node, Dots) for node in right.walk())


@pytest.mark.parametrize(
    "formula",
    [
        r"a = 1 + 2 + \dots + n",
        r"z = w_1 x_1 + w_3 x_2 + \dots + w_n x_n",
        r"z = 2 w_1 + w_2 + \dots + w_n",
        r"z = w_1 x_1 + \dots + w_n x_m",
        r"z = w_1 x_1 + \dots",
        r"z = w_1 x_1 - w_2 x_2 + \dots + w_n x_n - \dots",
    ],
)
def test_what_is_not_regular_keeps_its_dots(formula: str) -> None:
    right = read_formula(formula).statements[0].right
    assert right is not None
    assert any(isinstance(node, Dots) for node in right.walk())


def test_a_series_defines_and_claims_as_a_sum_does() -> None:
    forward = (r"z = w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b", "a = f(z)")
    slope = r"\frac{\partial a}{\partial w_i} = f'(z) x_i"
    *_, right = judged(*forward, slope)
    *_, wrong = judged(*forward, slope.replace("x_i", "w_i"))
    assert right.status is Status.PROVED
    assert wrong.status is Status.REFUTED
    whole = r"z = \sum_{i=1}^n w_i x_i + b"
    assert judged(*forward, whole)[-1].status is Status.PROVED
    assert judged(*forward, whole.replace("w_i", "b_i"))[-1].status is not Status.PROVED


def test_a_line_with_dots_is_judged_and_not_repaired_in_one_term() -> None:
    forward = (r"z_k = \sum_{i=1}^n v_{ki} h_i", "L = g(z)")
    paths = (
        r"\frac{\partial L}{\partial h_i} = \frac{\partial L}{\partial z_1} v_{1i}"
        r" + \frac{\partial L}{\partial z_2} v_{2i} + \dots"
        r" + \frac{\partial L}{\partial z_m} v_{mi}"
    )
    *_, right = judged(*forward, paths)
    assert right.status is Status.PROVED
    wrong = (
        paths.replace("v_{1i}", "v_{i1}").replace("v_{2i}", "v_{i2}").replace("v_{mi}", "v_{im}")
    )
    *_, line = judged(*forward, wrong)
    assert line.status is not Status.PROVED
    assert not any(diagnosis.repair for diagnosis in line.diagnoses)
