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


@pytest.mark.parametrize("beside", ["", r"Let $\mathbf{y} \in \mathbb{R}^n$."])
def test_a_number_below_a_function_is_part_of_its_name(beside: str) -> None:
    text = beside + "\n\n$u_1(x) = x^2$ is a function.\n"
    assert last(text, r"\frac{du_1}{dx} = 2x")[0] is not Status.REFUTED
    assert last(text, r"\frac{du_1}{dx} = 3x")[0] is not Status.PROVED


def test_an_entry_is_no_array() -> None:
    text = (
        r"Let $\mathbf{x}, \mathbf{y} \in \mathbb{R}^n$."
        + "\n\n"
        + r"$$u_1 = \mathbf{x} \odot \mathbf{x}$$"
    )
    assert (
        last(text, r"\frac{\partial u_1}{\partial \mathbf{x}} = 2 \mathbf{x}")[0]
        is not Status.REFUTED
    )


def test_a_function_at_other_arguments_is_not_what_it_is_at_its_own() -> None:
    text = r"$$K(a, b) = a b$$"
    assert last(text, r"\frac{\partial K(a, b)}{\partial a} = b")[0] is Status.PROVED
    assert last(text, r"K(b, c) = a b")[0] is not Status.PROVED
    chain = r"P(s, a | \theta) = P(s | \theta, a)"
    assert last(rf"$${chain} P(a | \theta)$$", chain)[0] is not Status.PROVED


def test_an_example_does_not_stand_for_every_value() -> None:
    text = r"""
For example, let $y = 0$ and $s = 2$.

$$L = -[y \log a + (1 - y) \log(1 - a)]$$

$$a = \frac{1}{1 + e^{-z}}$$
"""
    assert last(text, r"\frac{\partial L}{\partial z} = a - y")[0] is Status.PROVED
    good = Status.PROVED, Status.AGREES
    for wrong in ("-[y (1 + a) - (1 - y) a]", "a", "a + y"):
        assert last(text, rf"\frac{{\partial L}}{{\partial z}} = {wrong}")[0] not in good


def test_a_repair_of_a_layer_is_written_as_the_document_writes_it() -> None:
    text = r"""
$$\mathbf{z}^{\ell} = \mathbf{W}^{\ell} \sigma(\mathbf{z}^{\ell-1}) + \mathbf{b}^{\ell}$$

$$\boldsymbol{\delta}^{\ell} = \frac{\partial \mathcal{L}}{\partial \mathbf{z}^{\ell}}$$

$$\boldsymbol{\delta}^{\ell-1} =
  (\mathbf{W}^{\ell+1})^\top \boldsymbol{\delta}^{\ell} \odot \sigma'(\mathbf{z}^{\ell-1})$$
"""
    found = check(text).judgements[-1]
    assert found.status is Status.REFUTED
    (repair,) = [each.repair for each in found.diagnoses if each.repair is not None]
    assert [new for _, _, new in repair.edits] == [r"\ell"]
