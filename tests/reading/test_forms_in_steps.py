"""Slopes, diagonals and lengths among arrays at each step, and what has no place among them."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

NETWORK = (
    r"z_t = W x_t + U h_{t-1} + b",
    r"h_t = \tanh(z_t)",
    r"o_t = V h_t + c",
    r"L = \sum_t \frac12 \|o_t - y_t\|^2",
)


def status(line: str) -> tuple[Status, str]:
    text = "\n\n".join(f"$${formula}$$" for formula in [*NETWORK, line])
    found = check(text, kind="markdown").judgements[-1]
    return found.status, found.reason


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    ("right", "old", "new"),
    [
        (
            r"\frac{\partial L}{\partial b} = \sum_t \frac{\partial h_t}{\partial z_t}"
            r" \frac{\partial L}{\partial h_t}",
            r"{\partial z_t}",
            r"{\partial z_{t-1}}",
        ),
        (
            r"\frac{\partial L}{\partial b} = \sum_t \mathrm{diag}(\tanh'(z_t))"
            r" \frac{\partial L}{\partial h_t}",
            r"\tanh'",
            r"\tanh",
        ),
        (r"\frac{\partial L}{\partial c} = \frac{T}{T} \sum_t (o_t - y_t)", "{T}{T}", "{2}{T}"),
        (r"\frac{\partial L}{\partial c} = \sum_t \max(1, 1) (o_t - y_t)", "1, 1", "1, 2"),
    ],
)  # fmt: skip
def test_a_right_line_is_shown_and_its_twin_is_not(right: str, old: str, new: str) -> None:
    assert old in right
    assert status(right) == (Status.PROVED, "identity")
    assert status(right.replace(old, new))[0] is not Status.PROVED


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial L}{\partial c} = \sum_{t=1}^{T} (o_{T+1-t} - y_{T+1-t})",
        r"\frac{\partial L}{\partial V_{ki}} = \sum_t (o_t - y_t)_k (h_t)_i",
    ],
)
def test_what_is_right_in_other_forms_is_not_refuted(line: str) -> None:
    assert status(line)[0] is not Status.REFUTED


def test_a_derivative_by_an_expression_is_named() -> None:
    found = status(r"\nabla_{V h_t} L = o_t - y_t")
    assert found == (Status.UNDECIDED, "derivative-by-expression")
