"""Slips in the notation of the documents that published them, beside their corrections."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

DEEP = r"""$$\hat y = f(f(x \cdot w_1) \cdot w_2) \cdot w_3$$
$$L(w_1, w_2, w_3) = \frac{1}{2} \cdot (y - \hat y)^2$$
"""
SOFTMAX = r"""$$p_i = \frac{e^{x_i}}{\sum_{k=1}^m e^{x_k}}$$
When $i = j$:
"""
LAYERS = r"""$$z^{l}=W^{l}a^{l-1}+b^{l}, \quad a^l = \sigma(z^l)$$
$$C=\frac{1}{2}\left \| a^L-y \right \|_2^2$$
"""
ROWS = r"""$$
h = \mathrm{sigmoid}(xW_1 + b_1), \qquad \hat{y} = \mathrm{softmax}(hW_2 + b_2)
$$
with the cost $\mathrm{CE}(y, \hat{y}) = -\sum_i y_i \log(\hat{y}_i)$. Let $z_2 = hW_2 + b_2$.
"""


@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        pytest.param(
            DEEP,
            r"\frac{\partial L}{\partial w_3} = -(y - \hat{y}) \cdot f(f(x\cdot w_1) \cdot w_2)",
            r"\frac{\partial L}{\partial w_3} = (y - \hat{y}) \cdot f(f(x\cdot w_1) \cdot w_2)",
            id="a loss of numbered weights",
        ),
        pytest.param(
            SOFTMAX,
            r"\frac{\partial p_i}{\partial x_i} = \frac{e^{x_i}\left(\sum_{k=1}^m e^{x_k}\right)"
            r" - \left(e^{x_i}\right)^2}{\left(\sum_{k=1}^m e^{x_k}\right)^{2}}",
            r"\frac{\partial p_i}{\partial x_i} = \frac{e^{x_i} - \left(e^{x_i}\right)^2}"
            r"{\left(\sum_{k=1}^m e^{x_k}\right)^{2}}",
            id="a case whose other letter stands nowhere",
        ),
        pytest.param(
            LAYERS,
            r"\frac{\partial C}{\partial z^L} = (a^L-y)\bigodot \sigma'(z^L)",
            r"\frac{\partial C}{\partial z^L} = (a^L-y)\bigodot \sigma^l(z^l)",
            id="a letter of layers for a prime",
        ),
        pytest.param(
            ROWS,
            r"\frac{\partial \mathrm{CE}}{\partial h} = (\hat{y}-y) W_2^T",
            r"\frac{\partial \mathrm{CE}}{\partial h} = (y-\hat{y}) W_2^T",
            id="a loss by its abbreviation",
        ),
    ],
)
def test_a_slip_is_told_from_its_correction(document: str, right: str, wrong: str) -> None:
    for line, status in ((right, Status.PROVED), (wrong, Status.REFUTED)):
        assert check(f"{document}\n$${line}$$\n", path="a.md").judgements[-1].status is status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"W_{ij} = W_{ij} - \eta \cdot \frac{\partial E}{\partial w_{ji}}", Status.ASSIGNMENT),
        (r"W_{ij} = W_{ij} \cdot \left(- \eta \cdot \frac{\partial E}{\partial w_{ji}}\right)",
         Status.REFUTED),
        (r"W_{ij} = W_{ij} \cdot \left(- \eta \cdot \frac{\partial E}{\partial w_{kl}}\right)",
         Status.ASSIGNMENT),
    ],
)  # fmt: skip
def test_an_update_that_is_a_product(line: str, status: Status) -> None:
    assert check(f"$${line}$$\n", path="a.md").judgements[-1].status is status


def test_values_at_two_entries_are_no_loss_of_both() -> None:
    text = r"$$L(y_1, a_1) = (y_1 - a_1)^2$$ $$L(y_2, a_2) = (y_2 - a_2)^2$$"
    assert not any(j.status is Status.REFUTED for j in check(text, path="a.md").judgements)
