"""What stands in a line, changes no value, and must say what the line needs all the same."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

GOOD = (Status.PROVED, Status.AGREES)
NETWORK = r"""
$$a_1 = W_{11} x_1 + W_{12} x_2 + b_1, \quad a_2 = W_{21} x_1 + W_{22} x_2 + b_2$$

$$h_1 = f(a_1), \quad h_2 = f(a_2)$$

$$y = v_1 h_1 + v_2 h_2$$

"""
LOSS = r"""
$$z_j = \sum_i W_{ji} x_i + b_j$$

$$J(W, b; x, y) = \frac12 \sum_j (f(z_j) - y_j)^2$$

"""


def last(text: str) -> Status:
    return check(text, kind="markdown").judgements[-1].status


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("a_1", True),
        ("a_2", False),
        ("h_1", False),
        (r"\text{net input}", True),
        ("n", True),  # a name of its own
    ],
)
def test_the_text_below_a_brace_names_what_stands_above_it(name: str, holds: bool) -> None:
    line = (
        r"$$y = v_1 f(\underbrace{W_{11} x_1 + W_{12} x_2 + b_1}_{%s})"
        r" + v_2 f(W_{21} x_1 + W_{22} x_2 + b_2)$$"
    )
    assert (last(NETWORK + line % name) in GOOD) is holds


@pytest.mark.parametrize(
    ("arguments", "holds"),
    [
        ("W, b; x, y", True),
        ("W, b", True),
        ("b, W; x, y", True),
        ("W, b; x, x", False),
        ("W, b; x, b", False),
        ("W, b; x, J", False),
        ("W^T, b; x, y", False),
        ("W, b; x, z", False),
    ],
)
def test_a_loss_is_of_what_it_is_of_elsewhere(arguments: str, holds: bool) -> None:
    line = r"$$\frac{\partial J(%s)}{\partial b_j} = (f(z_j) - y_j) f'(z_j)$$"
    assert (last(LOSS + line % arguments) in GOOD) is holds


def test_two_losses_of_one_line_are_of_the_same() -> None:
    line = r"$$\frac{\partial J(W, b)}{\partial b_j} = \frac{\partial J(%s)}{\partial z_j}$$"
    assert last(LOSS + line % "W, b") in GOOD
    assert last(LOSS + line % "W, x") not in GOOD


def test_a_bar_tells_conditional_probabilities_from_joint_ones() -> None:
    text = r"""
$$p(x, y) = \pi^y (1 - \pi)^{1 - y} \mu^x (1 - \mu)^{1 - x}$$

$$\log p(x, y) = y \log \pi + (1 - y) \log(1 - \pi) + x \log \mu + (1 - x) \log(1 - \mu)$$

$$p(x, y) = p(x%sy)$$
"""
    assert last(text % " , ") in GOOD
    assert last(text % r" \mid ") not in GOOD
    assert last(text % "|") not in GOOD


@pytest.mark.parametrize("line", [r"J_A(\theta) u v^T", r"J_A(\theta)^T u v^T", "J_A(u)^T u v^T"])
def test_no_line_transposes_a_number(line: str) -> None:
    text = r"""
By definition $J(A) = J_A(\theta)$ and $dA = J_A(\theta) d\theta$.

$$L(A) = u^T A v$$

We infer $\nabla_A L = u v^T$.

$$J_A(\theta)^T \nabla_A L = %s$$
"""
    assert last(text % line) not in GOOD
