r"""Equations that say less than they seem: of one layer, of an example, of another step."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

LAYERS = r"""$$z_j^{(\ell)} = h(a_j^{(\ell)})$$

$$a_m^{(\ell+1)} = \sum_j w_{mj}^{(\ell+1)} z_j^{(\ell)}$$

In the output layer we write

$$a_k^{(\ell)} = \hat y_k$$

"""
SLOPE = r"\frac{\partial a_m^{(\ell+1)}}{\partial a_j^{(\ell)}} = h'(%s) w_{mj}^{(\ell+1)}"

COMPOSED = r"""# Elementwise

Suppose $f(x) = x$.

# The chain rule

Let $y = f(g(x))$ and $u = g(x)$.

"""

NORMED = r"""# Softmax

$$\sigma(z)_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}$$

# Another

$$\sigma(z)_i = \frac{z_i}{\sum_{k=1}^{K} z_k}$$

"""

DECAY = r"""$$\lambda(t) = \lambda(t_0) e^{-\theta t}$$

$$F = \lambda(t) z$$

"""

PROGRAM = r"""The objective is $J(\hat y, y, \theta)$. It is computed as

$$J(\hat y, y, \theta) \leftarrow L(\hat y, y) + \alpha \Omega(\theta)$$

"""


def last(before: str, line: str) -> Status:
    return check(f"{before}$${line}$$\n", path="n.md").judgements[-1].status


def test_a_name_of_the_last_layer_is_not_that_of_every_layer() -> None:
    assert last(LAYERS, SLOPE % r"a_j^{(\ell)}") in _GOOD
    for wrong in (r"a_j^{(j)}", r"a_j^{(3)}", r"a_j^{(q)}", r"a_j^{(\ell+1)}", r"\hat y_j"):
        assert last(LAYERS, SLOPE % wrong) not in _GOOD, wrong


def test_a_layer_above_a_letter_is_one_in_any_writing() -> None:
    before = r"""$$J = \sum_k c(a_k^{(L)})$$

$$z_i^{(l+1)} = \sum_j w_{ij}^{(l)} g(z_j^{(l)})$$

$$\delta_j^{(l)} = \frac{\partial J}{\partial z_j^{l}}$$

"""
    line = r"\delta_j^{(l)} = \sum_i \delta_i^{(l+1)} w_{ij}^{(l)} g'(z_j^{(l)})"
    assert last(before, line) in _GOOD
    assert last(before, line.replace("w_{ij}", "w_{ji}")) not in _GOOD


def test_a_supposed_function_stays_in_its_section() -> None:
    chain = r"\frac{dy}{dx} = \frac{dy}{du} \frac{du}{dx}"
    assert last(COMPOSED, chain) in _GOOD
    for wrong in (r"\frac{dy}{dx} = \frac{du}{dx}", r"\frac{dy}{du} = 1"):
        assert last(COMPOSED, wrong) not in _GOOD, wrong


def test_an_identity_that_is_not_supposed_counts_everywhere() -> None:
    stated = "# Setting\n\nThe last activation is $f(x) = x$.\n\n# Gradients\n\n$$y = f(z)$$\n\n"
    assert last(stated, r"\frac{dy}{dz} = 1") in _GOOD
    assert last(stated, r"\frac{dy}{dz} = 2") is Status.REFUTED


def test_a_function_of_which_a_section_says_the_entries_is_no_other() -> None:
    of_softmax = r"\frac{1}{\sum_k e^{z_k}} e^{z_j} = \sigma(z)_j"
    assert last(NORMED.partition("# Another")[0], of_softmax) in _GOOD
    assert last(NORMED, of_softmax) not in _GOOD
    right = (
        r"\frac{(\sum_{k=1}^{K} z_k) - z_j}{(\sum_{k=1}^{K} z_k)^2}"
        r" = \frac{1}{\sum_{k=1}^{K} z_k} (1 - \sigma(z)_j)"
    )
    assert last(NORMED, right) is not Status.REFUTED


@pytest.mark.parametrize(("step", "good"), [("t", True), (r"\theta", False), ("s", False)])
def test_a_quantity_at_another_step_is_another(step: str, good: bool) -> None:
    line = rf"\frac{{\partial F}}{{\partial z}} = \lambda({step})"
    assert (last(DECAY, line) in _GOOD) is good


def test_what_a_program_sets_once_defines() -> None:
    line = r"\nabla_{\hat y} J = \nabla_{\hat y} L(\hat y, y)"
    assert last(PROGRAM, line) in _GOOD
    assert last(PROGRAM, line.replace("= ", "= 2 ")) is Status.REFUTED


@pytest.mark.parametrize(
    "again",
    [r"z \leftarrow v x", r"z = v x", r"z \leftarrow z + b"],
)
def test_what_is_set_again_has_no_one_value(again: str) -> None:
    before = r"$$z \leftarrow w x$$" + "\n\n" + rf"$${again}$$" + "\n\n"
    assert last("$$z \\leftarrow w x$$\n\n", r"\frac{\partial z}{\partial x} = w") in _GOOD
    assert last(before, r"\frac{\partial z}{\partial x} = w") not in _GOOD


def test_a_start_is_no_definition() -> None:
    before = "Initialise $w \\leftarrow 0$.\n\n$$L = (w x + b)^2$$\n\n"
    assert last(before, r"\frac{\partial L}{\partial w} = 2 (w x + b) x") in _GOOD
    assert last(before, r"\frac{\partial L}{\partial w} = 0") not in _GOOD


def test_a_part_that_is_a_function_is_known_by_its_name() -> None:
    before = "$$L = (y - s(w x))^2$$\n\n$$a = s(w x)$$\n\n"
    assert last(before, r"\frac{\partial L}{\partial a} = -2 (y - a)") in _GOOD
    assert last(before, r"\frac{\partial L}{\partial a} = 2 (y - a)") not in _GOOD


def test_vectors_are_not_multiplied_as_numbers() -> None:
    rows = (
        r"$$\begin{aligned} f &= \sum_{i=1}^N \|m - x_i\|^2 \\"
        r" &= \sum_{i=1}^N LINE \\"
        r" &= \sum_{i=1}^N (m^T m - 2 x_i^T m + x_i^T x_i) \end{aligned}$$"
    )
    for line in ("(m - x_i)(m - x_i)", "(x_i - m)(x_i - m)", "(x_i - m) (x_i - m)"):
        found = check(rows.replace("LINE", line), path="n.md").judgements
        assert found[1].status not in _GOOD
    plain = "$$f = (m - x)^2 = (m - x)(m - x)$$"
    assert check(plain, path="n.md").judgements[-1].status in _GOOD


@pytest.mark.parametrize("otherwise", ["Otherwise:", r"If $x \leq 0$:", "Sonst:"])
def test_an_equation_of_one_case_is_not_that_of_all(otherwise: str) -> None:
    text = f"If $x > 0$:\n\n$$f(x) = x^2$$\n\n{otherwise}\n\n$$f(x) = 0$$\n\n"
    assert last(text, "f'(x) = 2 x") not in _GOOD
    assert last(text + "If $x > 0$:\n\n", "f'(x) = 2 x") is not Status.REFUTED
    alone = "If $x > 0$:\n\n$$f(x) = x^2$$\n\nIf $x > 0$:\n\n"
    assert last(alone, "f'(x) = 2 x") in _GOOD
    assert last(alone, "f'(x) = x") not in _GOOD


EXAMPLE = r"""Inputs: $x_1 = 1$, weights $v_1 = 0.4$, $b_2 = 0.5$, target $y = 1$.

$$h_1 = x_1$$

$$\hat y = v_1 h_1 + b_2$$

$$L = \frac12 (y - \hat y)^2$$

$$\frac{\partial L}{\partial \hat y} = -(y - \hat y) = -(1 - 0.9) = -0.1$$

"""


@pytest.mark.parametrize(("number", "good"), [("-0.1", True), ("-0.2", False), ("0.1", False)])
def test_a_number_beside_a_letter_can_be_a_result(number: str, good: bool) -> None:
    chain = r"\frac{\partial L}{\partial \hat y} \frac{\partial \hat y}{\partial v_1}"
    assert (last(EXAMPLE, rf"{chain} = {number} \times h_1") in _GOOD) is good


def test_any_of_two_results_of_one_value_can_be_meant() -> None:
    rates = r"$$\frac{\partial L}{\partial b_2} = \frac{\partial L}{\partial \hat y} = -0.1$$"
    before = EXAMPLE + rates + "\n\nThe rate is $c = 0.1$, and\n\n$$d = c = 0.1$$\n\n"
    chain = r"\frac{\partial L}{\partial \hat y} \frac{\partial \hat y}{\partial v_1}"
    assert last(before, rf"{chain} = -0.1 \times h_1") in _GOOD
    assert last(before, rf"{chain} = 0.1 \times h_1") not in _GOOD


def test_words_behind_an_arrow_are_a_note() -> None:
    rows = (
        r"\begin{aligned} a &= b c + b d \quad \leftarrow \text{take } b \text{ out} \\"
        r" &= RIGHT \end{aligned}"
    )
    assert last("", rows.replace("RIGHT", "b (c + d)")) in _GOOD
    assert last("", rows.replace("RIGHT", "b (c - d)")) is Status.REFUTED
    program = r"$$z \leftarrow \text{softmax}(a)$$" + "\n\n"
    assert last(program, r"\frac{\partial z_i}{\partial a_i} = z_i (1 - z_i)") in _GOOD
