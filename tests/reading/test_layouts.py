"""Derivatives of arrays by arrays: how their entries stand, and that one document keeps to it."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

NETWORK = r"""
$$z_1 = W_1 x + b_1$$
$$a_1 = \sigma(z_1)$$
$$z_2 = W_2 a_1 + b_2$$
$$L = \frac12 \|z_2 - y\|^2$$
"""
ROWS_OF = r"\frac{\partial z_2}{\partial a_1} = W_2"
ROWS_BY = r"\frac{\partial z_1}{\partial x} = W_1^\top"


def judged(*lines: str) -> list[Status]:
    text = NETWORK + "\nSo\n" + "\n".join(f"$${line}$$" for line in lines)
    return [each.status for each in check(text, kind="markdown").judgements[-len(lines) :]]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (ROWS_OF, "PROVED"),
        (ROWS_BY, "PROVED"),
        (r"\frac{\partial z_1}{\partial W_1} = x", "PROVED"),
        (r"\frac{\partial z_1}{\partial W_1} = x^\top", "PROVED"),
        (r"\frac{\partial z_1}{\partial W_1} = 2 x", "REFUTED"),
        (r"\frac{\partial z_1}{\partial b_1} = 1", "PROVED"),
        (r"\frac{\partial z_1}{\partial b_1} = 2", "REFUTED"),
        (r"\frac{\partial a_1}{\partial z_1} = a_1 \odot (1 - a_1)", "PROVED"),
        (r"\frac{\partial a_1}{\partial z_1} = a_1 \odot (1 + a_1)", "REFUTED"),
        (r"\frac{\partial a_1}{\partial z_1} = \mathrm{diag}(\sigma'(z_1))", "PROVED"),
        (r"\frac{\partial a_1}{\partial z_1} = \mathrm{diag}(\sigma(z_1))", "REFUTED"),
        (r"\frac{\partial z_2}{\partial a_1} = W_1", "REFUTED"),
    ],
)
def test_a_derivative_of_an_array_by_an_array(line: str, verdict: str) -> None:
    assert judged(line) == [Status[verdict]]


def test_one_document_has_one_layout() -> None:
    assert judged(ROWS_OF, ROWS_BY) == [Status.UNDECIDED] * 2
    both = r"\frac{\partial z_1}{\partial x} = W_1"
    assert judged(ROWS_OF, both, ROWS_BY) == [Status.PROVED, Status.PROVED, Status.UNDECIDED]
