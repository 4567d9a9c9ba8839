"""Functions of whole vectors that are defined entry by entry."""

from __future__ import annotations

import pytest

from reading.test_verdict_kinds import verdicts
from symback.reading import check
from symback.reading.statements.verdicts import Status

VECTOR = r"\mathbf{z} = \mathbf{W} \mathbf{x}"
SOFTMAX = r"\frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}"
SLOPE = r"\frac{\partial p_i}{\partial z_j} = p_i (1_{i=j} - p_j)"


def statuses(*lines: str) -> list[Status]:
    text = "\n\n".join(f"$$\n{line}\n$$" for line in lines)
    return [j.status for j in check(text, kind="markdown").judgements]


@pytest.mark.parametrize(
    "definition",
    [
        rf"\sigma(\mathbf{{z}})_i = {SOFTMAX}",
        rf"\left[ \sigma(\mathbf{{z}}) \right]_i = {SOFTMAX}",
        rf"f(\mathbf{{z}})_i = {SOFTMAX}",
        r"\sigma(\mathbf{z}) = \text{softmax}(\mathbf{z})",
    ],
)
def test_a_letter_for_the_softmax_is_the_softmax(definition: str) -> None:
    letter = "f" if definition.startswith("f") else r"\sigma"
    forward = (VECTOR, definition, rf"\mathbf{{p}} = {letter}(\mathbf{{z}})")
    assert statuses(*forward, SLOPE)[-1] is Status.PROVED
    assert statuses(*forward, SLOPE.replace("- p_j", "- p_i"))[-1] is Status.REFUTED
    logistic = r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i) 1_{i=j}"
    assert statuses(*forward, logistic)[-1] is Status.REFUTED


def test_a_function_known_by_its_entries_alone_refutes_nothing() -> None:
    own = r"g(\mathbf{z})_i = z_i^2 + \sum_j z_j"
    slope = r"\frac{\partial p_i}{\partial z_j} = 1 + 2 z_i 1_{i=j}"
    forward = (VECTOR, own, r"\mathbf{p} = g(\mathbf{z})")
    assert statuses(*forward, slope)[-1] is Status.UNDECIDED
    assert statuses(*forward, r"p_i = g(z_j)")[-1] is not Status.PROVED


def test_the_case_of_one_unit_is_told_apart_for_a_function_too() -> None:
    same = (
        r"\frac{\partial \sigma(\mathbf{z})_i}{\partial z_i}"
        r" = \sigma(\mathbf{z})_i (1 - \sigma(\mathbf{z})_i)"
    )
    other = (
        r"\frac{\partial \sigma(\mathbf{z})_i}{\partial z_j}"
        r" = -\sigma(\mathbf{z})_i \sigma(\mathbf{z})_j"
    )
    define = rf"\sigma(\mathbf{{z}})_i = {SOFTMAX}"
    assert statuses(define, same, other)[1:] == [Status.PROVED, Status.UNDECIDED]
    assert statuses(define, other)[-1] is Status.REFUTED
    assert statuses(define, same.replace("(1 -", "(1 +"), other)[1] is Status.REFUTED


ENTRIES = r"""
$$\sigma(z_1) = \frac{\exp(z_1)}{\exp(z_1) + \exp(z_2) + \exp(z_3)}$$

$$\sigma(z_2) = \frac{\exp(z_2)}{\exp(z_1) + \exp(z_2) + \exp(z_3)}$$
"""


def test_entries_by_their_numbers() -> None:
    for name in (r"\sigma", "s", r"\mathrm{softmax}"):
        text = ENTRIES.replace(r"\sigma", name)
        assert "R" not in verdicts(text)
        wrong = text.replace(r"= \frac{\exp(z_2)}", r"= \frac{\exp(z_1)}")
        assert verdicts(wrong)[-1:] == "U"
    two_values = "$$f(x_1) = x_1^2 + x_2$$\n\n$$f(x_2) = x_2^2 + x_2$$"
    assert "R" not in verdicts(two_values)
