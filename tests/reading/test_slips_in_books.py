"""Kinds of slips that stood in published derivations, each beside the line that is right."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

LAYERS_BY_LETTER = (
    r"The output is $a_k = g_k(z_k)$ with $z_k = b_k + \sum_j a_j w_{jk}$, and"
    r"$$E = \frac{1}{2} \sum_{k=1}^K (a_k - t_k)^2$$"
)
SCHEME = (
    r"$$E_{total} = \sum \frac{1}{2} (target - output)^2$$"
    r"$$E_{total} = \frac{1}{2} (target_{o1} - out_{o1})^2"
    r" + \frac{1}{2} (target_{o2} - out_{o2})^2$$"
)
LOGISTIC = (
    "$z = w^T x + b$\n\n$a = \\sigma(z)$\n\n"
    r"$L(a, y) = -(y \log(a) + (1 - y) \log(1 - a))$"
)
BATCH = (
    r"$$\mathbf{Z}^{(h)} = \mathbf{X}\mathbf{W}^{(h)}, \quad"
    r" \mathbf{A}^{(h)} = \phi(\mathbf{Z}^{(h)}), \quad"
    r" \mathbf{Z}^{(out)} = \mathbf{A}^{(h)}\mathbf{W}^{(out)}$$"
    r"$$\boldsymbol{\Delta}^{(out)} := \frac{\partial J}{\partial \mathbf{Z}^{(out)}}, \quad"
    r" \boldsymbol{\Delta}^{(h)} := \frac{\partial J}{\partial \mathbf{Z}^{(h)}}$$"
)

# What a document says, a line of it that is right, and the slip that was printed.
SLIPS = [
    (  # the sign of the derivative is left out
        LAYERS_BY_LETTER,
        r"\frac{\partial E}{\partial w_{jk}} ="
        r" \frac{\partial}{\partial w_{jk}} \frac{1}{2} \sum_k (a_k - t_k)^2",
        r"\frac{\partial E}{\partial w_{jk}} = \frac{1}{2} \sum_k (a_k - t_k)^2",
    ),
    (  # of the outer function alone
        SCHEME,
        r"\frac{\partial E_{total}}{\partial out_{o1}} = -(target_{o1} - out_{o1})",
        r"\frac{\partial E_{total}}{\partial out_{o1}} = (target_{o1} - out_{o1})",
    ),
    (  # one factor of the chain rule is left out
        LOGISTIC,
        r"\frac{dL}{dz} = \frac{dL}{da} \cdot \frac{da}{dz} = a - y",
        r"\frac{dL}{dz} = \frac{dL}{da} \cdot \frac{da}{dz} = a (1 - a)",
    ),
]


def last(text: str, line: str) -> Judgement:
    return check(f"{text}\n\n$${line}$$\n").judgements[-1]


@pytest.mark.parametrize(("text", "right", "slip"), SLIPS)
def test_what_was_printed_is_refuted(text: str, right: str, slip: str) -> None:
    assert last(text, right).status is Status.PROVED
    assert last(text, slip).status is Status.REFUTED


def test_a_derivative_beside_a_product_by_entries_is_a_slope() -> None:
    line = (
        r"\boldsymbol{\Delta}^{(h)} = \boldsymbol{\Delta}^{(out)} (\mathbf{W}^{(out)})^T \odot"
        r" \frac{\partial \phi(\mathbf{Z}^{(h)})}{\partial \mathbf{Z}^{(h)}}"
    )
    assert last(BATCH, line).status is Status.PROVED
    for was, slip in ((r"\mathbf{Z}^{(h)}", r"\mathbf{A}^{(h)}"), ("^T", "")):
        assert last(BATCH, line.replace(was, slip)).status is not Status.PROVED


def test_a_scheme_alone_is_an_equation() -> None:
    text = r"$$E = \sum \frac{1}{2} (t - o)^2$$ with the one output $o$ and its target $t$."
    assert check(text).judgements[0].status is Status.DEFINITION
    line = r"\frac{\partial E}{\partial o} = o - t"
    assert last(text, line.replace("o - t", "o + t")).status is not Status.PROVED


def test_what_is_right_of_numbers_is_not_wrong_of_arrays() -> None:
    text = r"$$z = W x, \quad a = \sigma(z)$$ $$L = \sum_k (a_k - y_k)^2$$"
    line = r"\frac{\partial L}{\partial z} = 2 (a - y) a (1 - a)"
    assert last(text, line).status is not Status.REFUTED


FORWARD = r"""# Forward

$$a_j = \sum_i w_{ij} x_i + b_j$$
$$h_j = \tanh(a_j)$$
$$z_k = \sum_j v_{jk} h_j + c_k$$
$$o_k = \frac{1}{1 + e^{-z_k}}$$
$$L = \frac12 \sum_k (o_k - t_k)^2$$

# The output layer

"""
NAMED = r"With $\delta_k = \frac{\partial L}{\partial z_k}$ we find"


def test_a_chapter_that_names_a_derivative_is_about_the_network_of_the_others() -> None:
    right, slip = (rf"\delta_k = (o_k - t_k) \, o_k (1 {sign} o_k)" for sign in "-+")
    assert last(FORWARD + NAMED, right).status is Status.PROVED
    refuted = last(FORWARD + NAMED, slip)
    assert refuted.status is Status.REFUTED
    assert [d.repair.unique for d in refuted.diagnoses if d.repair is not None] == [True]


def test_a_chapter_with_equations_of_its_own_may_mean_others() -> None:
    """What it uses and does not say can be another network's."""
    own = FORWARD + "$$L = -\\sum_k t_k \\log o_k$$\n\n" + NAMED
    line = r"\delta_k = o_k - t_k"
    assert last(own, line).status is Status.UNDECIDED
