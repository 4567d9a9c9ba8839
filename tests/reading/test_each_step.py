"""Lines without the numbers of layers are of any one layer, and gradients reach over products."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

LAYERS = r"""
$$z_1 = W_1 x + b_1$$
$$a_1 = g(z_1)$$
$$z_2 = W_2 a_1 + b_2$$
"""
FIT = r"""
Let $r = y - X w$ with $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$, $y \in \mathbb{R}^n$.

$$L(w) = \frac{1}{2n} \|y - X w\|^2$$
"""


def last(text: str, line: str) -> tuple[Status, str]:
    found = check(f"{text}\n$${line}$$\n").judgements[-1]
    return found.status, found.reason


def test_a_line_without_numbers_is_about_any_one_layer() -> None:
    found = check(LAYERS + "\n" + r"$$\frac{\partial z}{\partial b} = 1$$").judgements[-1]
    assert found.status is Status.PROVED
    assert ("each-step", {"of": "b, z"}) in found.readings


@pytest.mark.parametrize(
    "line", [r"\frac{\partial z}{\partial b} = 2", r"\frac{\partial z}{\partial W} = a"]
)
def test_what_is_not_right_of_every_layer_is_left_open(line: str) -> None:
    assert last(LAYERS, line) == (Status.UNDECIDED, "without-number")


def test_letters_that_an_equation_of_their_own_has_are_no_layers() -> None:
    beside = LAYERS + "\n$$c = a \\cdot b$$\n"
    assert last(beside, r"\frac{\partial c}{\partial a} = b")[1] != "without-number"


def test_numbers_of_units_are_entries_of_one_array() -> None:
    units = r"""
$$z_1 = w_1 x$$
$$z_2 = w_2 x$$
"""
    assert last(units, r"\frac{\partial z_2}{\partial w} = 1")[1] != "without-number"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"\nabla_w L = \frac{1}{2n} \nabla_w r^T r", Status.PROVED),
        (r"\nabla_w L = \frac{1}{n} \nabla_w r^T r", Status.REFUTED),
        (r"\nabla_w L = \frac{1}{2n} \partial_w r^T r", Status.PROVED),
        (r"\nabla_w w^T w = 2 w", Status.PROVED),
        (r"\nabla_w w^T w = w", Status.REFUTED),
    ],
)
def test_the_gradient_before_a_row_is_of_the_whole_product(line: str, status: Status) -> None:
    assert last(FIT, line)[0] is status


def test_before_another_derivative_a_row_is_a_factor() -> None:
    found = last(FIT, r"\nabla_w L = \frac{1}{2n} \nabla_w r^T \nabla_r r^T r")
    assert found[0] is not Status.REFUTED
