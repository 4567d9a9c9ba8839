"""On which side of the weights the samples of a batch stand, and what is a number among vectors."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

ROWS = r"""
$$Z_1 = X W_1 + b_1$$ $$A_1 = \text{ReLU}(Z_1)$$ $$Z_2 = A_1 W_2 + b_2$$
$$\hat{Y} = \text{softmax}(Z_2)$$
$$L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{k} Y_{ik} \log \hat{Y}_{ik}$$
"""
COLUMNS = r"""
$$Z_1 = W_1 X + b_1$$ $$A_1 = \text{ReLU}(Z_1)$$ $$Z_2 = W_2 A_1 + b_2$$
$$\hat{Y} = \text{softmax}(Z_2)$$
$$L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{k} Y_{ki} \log \hat{Y}_{ki}$$
"""


@pytest.mark.spread
@pytest.mark.parametrize(
    ("batch", "line", "verdict"),
    [
        (ROWS, r"\frac{\partial L}{\partial Z_2} = \frac{1}{N} (\hat{Y} - Y)", "PROVED"),
        (ROWS, r"\frac{\partial L}{\partial Z_2} = \frac{1}{N} (Y - \hat{Y})", "REFUTED"),
        (ROWS, r"\frac{\partial L}{\partial W_2} = A_1^T \frac{\partial L}{\partial Z_2}",
         "PROVED"),
        (ROWS, r"\frac{\partial L}{\partial Z_1} = \frac{\partial L}{\partial A_1} "
         r"\odot \mathbb{1}[Z_1 > 0]", "PROVED"),
        (ROWS, r"\frac{\partial L}{\partial Z_1} = \frac{\partial L}{\partial A_1} "
         r"\odot \mathbb{1}[Z_1 < 0]", "REFUTED"),
        (COLUMNS, r"\frac{\partial L}{\partial Z_2} = \frac{1}{N} (\hat{Y} - Y)", "PROVED"),
        (COLUMNS, r"\frac{\partial L}{\partial Z_2} = \frac{1}{N} (Y - \hat{Y})", "REFUTED"),
        (COLUMNS, r"\frac{\partial L}{\partial W_2} = \frac{\partial L}{\partial Z_2} A_1^T",
         "PROVED"),
    ],
)  # fmt: skip
def test_samples_stand_where_the_data_do(batch: str, line: str, verdict: str) -> None:
    used = r"$$\frac{\partial L}{\partial W_2} = V$$"  # which shows what is learnt
    found = check(f"{batch}\n\n{used}\n\n$${line}$$", path="notes.md").judgements
    assert found[-1].status is Status[verdict]


def test_where_nothing_tells_neither_side_is_refuted() -> None:
    document = r"""
$$Z = X W + b$$ $$P = \text{softmax}(Z)$$
$$L = -\frac{1}{N} \sum_{i=1}^{N} \sum_{k} Y_{ik} \log P_{ik}$$

$$\frac{\partial L}{\partial Z} = \frac{1}{N} (P - Y)$$
"""
    assert check(document, path="n.md").judgements[-1].status is Status.PROVED
    wrong = document.replace("(P - Y)", "(Y - P)")
    assert check(wrong, path="n.md").judgements[-1].status is not Status.PROVED


LOGISTIC = r"""
$$z = w^T x + b$$ $$\hat{y} = \sigma(z)$$ $$L = -[y \log \hat{y} + (1-y) \log(1 - \hat{y})]$$
"""


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial w} = (\hat{y} - y) x", "PROVED"),
        (r"\frac{\partial L}{\partial w} = (y - \hat{y}) x", "REFUTED"),
        (r"\frac{\partial L}{\partial b} = \hat{y} - y", "PROVED"),
        (r"\frac{\partial \hat{y}}{\partial z} = \hat{y}(1-\hat{y})", "PROVED"),
    ],
)
def test_what_is_added_to_an_inner_product_is_a_number(line: str, verdict: str) -> None:
    found = check(f"{LOGISTIC}\n\n$${line}$$", path="notes.md").judgements[-1]
    assert found.status is Status[verdict]


def test_a_product_of_matrices_is_none_of_their_entries() -> None:
    document = r"""
$$h_t = \tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)$$ $$y_t = W_{hy} h_t + b_y$$ $$L = \sum_t L_t$$

$$\prod_{j=k+1}^{t} \frac{\partial h_j}{\partial h_{j-1}}
= \prod_{j=k+1}^{t} W_{hh}^T \text{diag}(1 - h_j^2)$$
"""
    assert check(document, path="notes.md").judgements[-1].status is Status.UNDECIDED


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial\, x^T C x}{\partial x} = (C + C^T) x", "PROVED"),
        (r"\frac{\partial\, x^T C x}{\partial x} = 2 C x", "UNDECIDED"),  # C may be symmetric
        (r"\frac{\partial\, x^T B x}{\partial x} = 2 B x", "UNDECIDED"),  # and is no b
        (r"\frac{\partial\, \|A x - b\|^2}{\partial x} = 2 A^T (A x - b)", "PROVED"),
        (r"\frac{\partial\, \mathrm{tr}(A X)}{\partial X} = A^T", "PROVED"),
        (r"\frac{\partial\, \mathrm{tr}(X^T A X)}{\partial X} = (A + A^T) X", "PROVED"),
        (r"\frac{\partial\, \mathrm{tr}(X^T A X)}{\partial X} = 2 A X", "UNDECIDED"),
        (r"\frac{\partial\, a^T X b}{\partial X} = a b^T", "PROVED"),
        (r"\frac{\partial\, x^T C x}{\partial x} = 3 C x", "REFUTED"),
    ],
)
def test_matrices_of_a_list_of_rules(line: str, verdict: str) -> None:
    document = r"$$h(x) = a^T x + b$$" if "B" in line else ""
    found = check(f"{document}\n\n$${line}$$", path="notes.md").judgements[-1]
    assert found.status is Status[verdict]


def test_targets_sum_to_one_beside_a_softmax_that_is_written_out() -> None:
    document = r"""
$$z_i = u_i^\top v$$ $$\hat y_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
$$J = -\sum_i y_i \log \hat y_i$$
"""
    for sign, verdict in (("-", Status.PROVED), ("+", Status.REFUTED)):
        line = rf"\frac{{\partial J}}{{\partial v}} = \sum_i (\hat y_i {sign} y_i) u_i"
        assert check(f"{document}\n\n$${line}$$", path="n.md").judgements[-1].status is verdict


def test_a_loss_beside_another_quantity_need_not_be_of_both() -> None:
    document = r"""
$$KL = -\frac12 \sum_j (1 + \log \sigma_j^2 - \mu_j^2 - \sigma_j^2)$$
$$z = \mu + \sigma \odot \epsilon$$

$$\frac{\partial L}{\partial \mu} = \frac{\partial L}{\partial z}$$
"""
    assert check(document, path="n.md").judgements[-1].status is Status.UNDECIDED
    whole = document.replace("$$z", "$$L = f(z)$$ $$z")
    assert check(whole, path="n.md").judgements[-1].status is Status.PROVED
    wrong = whole.replace(r"= \frac{\partial L}{\partial z}", r"= 2 \frac{\partial L}{\partial z}")
    assert check(wrong, path="n.md").judgements[-1].status is Status.REFUTED


def test_the_other_layout_is_left_open_with_targets_that_sum_to_one() -> None:
    document = r"""
$$z = W x + b, \quad p = \mathrm{softmax}(z), \quad L = -\sum_i y_i \log p_i$$
$$\frac{\partial L}{\partial z} = p - y$$ $$\frac{\partial L}{\partial x} = W^\top (p - y)$$
"""
    for line, reason in (
        (r"\frac{\partial L}{\partial x} = (p - y)^\top W", "layout"),
        (r"\frac{\partial L}{\partial x} = W (p - y)", "doubtful-shape"),
    ):
        assert check(f"{document}\n\n$${line}$$", path="n.md").judgements[-1].reason == reason


def test_entries_in_small_letters_are_of_the_matrix_in_a_large_one() -> None:
    document = r"""
$$z^{(l)} = W^{(l)T} a^{(l-1)} + b^{(l)}$$ $$a^{(l)} = f(z^{(l)})$$
$$e^{(l)}_j = \frac{\partial J}{\partial z^{(l)}_j}$$
"""
    for at, verdict in (("i", Status.PROVED), ("j", Status.REFUTED)):
        line = rf"\frac{{\partial J}}{{\partial w^{{(l)}}_{{ij}}}} = e^{{(l)}}_j a^{{(l-1)}}_{at}"
        assert check(f"{document}\n\n$${line}$$", path="n.md").judgements[-1].status is verdict
