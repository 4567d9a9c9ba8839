"""Vectors below one another, `W [h, x]`: a line about a matrix is one about each of its blocks."""

from __future__ import annotations

import pytest
from sampling import covering, sample

from symback.reading import check
from symback.reading.statements.verdicts import Status

CELL = r"""
$$f_t = \sigma(W_f STACK + b_f)$$
$$g_t = \tanh(W_g STACK + b_g)$$
$$c_t = f_t \odot c_{t-1} + g_t$$
$$h_t = \tanh(c_t)$$
"""

NAMED = r"""
$$z_t = [h_{t-1}, x_t]$$
$$h_t = \tanh(W z_t + b)$$
$$y_t = V h_t$$
$$E = \frac12 \sum_t \|y_t - s_t\|^2$$
"""


def judged(document: str, line: str) -> Status:
    return check(f"{document}\nHence\n$${line}$$\n", kind="markdown").judgements[-1].status


STACKS = [
    "[h_{t-1}, x_t]",
    r"\cdot [h_{t-1}; x_t]",
    r"\begin{bmatrix} h_{t-1} \\ x_t \end{bmatrix}",
    r"\mathrm{concat}(h_{t-1}, x_t)",
    r"[h_{t-1}^\top, x_t^\top]^\top",
]
GRADIENTS = [
    (r"\sum_t (\frac{\partial L}{\partial f_t} \odot f_t \odot (1 - f_t)) X^\top", "PROVED"),
    (r"\sum_t (\frac{\partial L}{\partial f_t} \odot f_t) X^\top", "REFUTED"),
    # It is true of one block and wrong of the other.
    (r"\sum_t (\frac{\partial L}{\partial f_t} \odot f_t \odot (1 - f_t)) Y^\top", "REFUTED"),
    # Stacked the other way round than the matrix is.
    (r"\sum_t (\frac{\partial L}{\partial f_t} \odot f_t \odot (1 - f_t)) Z^\top", "UNDECIDED"),
]


@pytest.mark.parametrize(("stack", "line"), sample(covering(STACKS, GRADIENTS), 3))
def test_gradient_of_a_matrix_in_blocks(stack: str, line: tuple[str, str]) -> None:
    gradient, verdict = line
    right = gradient.replace("X", "[h_{t-1}, x_t]").replace("Y", "[h_t, x_t]")
    right = right.replace("Z", "[x_t, h_{t-1}]")
    line = rf"\frac{{\partial L}}{{\partial W_f}} = {right}"
    found = judged(CELL.replace("STACK", stack), line)
    # What is written as a matrix may be one, and then nothing is refuted.
    assert found is Status[verdict] or ("bmatrix" in stack and found is Status.UNDECIDED)


@pytest.mark.spread
@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"dW = \sum_t (dh_t \odot (1 - h_t^2)) z_t^\top", "PROVED"),
        (r"dW = \sum_t (dh_t \odot (1 - h_t)) z_t^\top", "REFUTED"),
        (r"dz_t = W^\top (dh_t \odot (1 - h_t^2))", "PROVED"),
        (r"dz_t = W^\top dh_t", "REFUTED"),
        # A product of the stack with itself says nothing of its blocks one by one.
        (r"dW = \sum_t dh_t z_t^\top z_t z_t^\top", "UNDECIDED"),
        (r"\frac{\partial E}{\partial h_{t-1}} = W^\top (dh_t \odot (1 - h_t^2))", "UNDECIDED"),
    ],
)
def test_stack_with_a_name(line: str, verdict: str) -> None:
    assert judged(NAMED, line) is Status[verdict]


@pytest.mark.parametrize(
    ("factor", "verdict"), [("(1 - h_t^2)", "PROVED"), ("(1 - h_t)", "REFUTED")]
)
def test_bias_as_a_weight_whose_input_is_one(factor: str, verdict: str) -> None:
    document = NAMED.replace("W z_t + b", "W z_t").replace("x_t]", "x_t, 1]")
    line = rf"dW = \sum_t (dh_t \odot {factor}) [h_{{t-1}}, x_t, 1]^\top"
    assert judged(document, line) is Status[verdict]


def test_differential_alone_is_by_the_loss_that_the_equations_end_in() -> None:
    document = NAMED.replace("W z_t + b", "W x_t + U h_{t-1}")
    assert judged(document, r"dy_t = y_t - s_t") is Status.PROVED
    assert judged(document, r"dy_t = s_t - y_t") is Status.REFUTED
