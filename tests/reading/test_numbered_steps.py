r"""Single steps of a recursion, `h_1`, `h_2`, `h_3`, each with the equation at its number."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

SCALARS = r"""
$$h_t = \tanh(w x_t + u h_{t-1})$$
$$L = \sum_{t=1}^3 L_t, \quad L_t = \frac12(h_t - y_t)^2$$
"""
VECTORS = r"""
$$z_t = W h_{t-1} + U x_t, \quad h_t = \tanh(z_t), \quad o_t = V h_t$$
$$L_t = \frac12\|o_t - y_t\|^2$$
"""
ABOVE = r"""
$$h^{(t)} = \tanh(w x^{(t)} + u h^{(t-1)})$$
"""
LINES = [
    (SCALARS, r"\frac{\partial h_1}{\partial u} = (1-h_1^2) h_0", "h_0", "h_1"),
    (
        SCALARS,
        r"\frac{\partial h_2}{\partial u} = (1-h_2^2)(h_1 + u\frac{\partial h_1}{\partial u})",
        r" + u\frac{\partial h_1}{\partial u}", "",
    ),
    (SCALARS, r"\frac{\partial h_3}{\partial h_1} = u^2 (1-h_3^2)(1-h_2^2)", "(1-h_2", "(1-h_1"),
    (SCALARS, r"\frac{\partial L_3}{\partial h_2} = (h_3-y_3)(1-h_3^2)u", "(h_3-", "(h_2-"),
    (SCALARS, r"\frac{\partial L}{\partial h_3} = h_3-y_3", "-y_3", "-y_2"),
    (VECTORS, r"\frac{\partial L_2}{\partial o_2} = o_2 - y_2", "- y_2", "- y_1"),
    (
        ABOVE,
        r"\frac{\partial h^{(2)}}{\partial h^{(1)}} = u (1-(h^{(2)})^2)", "(h^{(2)})", "(h^{(1)})",
    ),
    (
        VECTORS,
        r"\frac{\partial L_2}{\partial h_1} = W^T ((1-h_2^2) \odot V^T (o_2-y_2))",
        "h_2^2", "h_1^2",
    ),
]  # fmt: skip


def status(page: str, line: str) -> Status:
    return check(f"{page}\n\n$${line}$$\n", path="notes.md").judgements[-1].status


@pytest.mark.parametrize(("page", "line", "right", "wrong"), LINES)
def test_a_line_and_its_twin(page: str, line: str, right: str, wrong: str) -> None:
    assert status(page, line) in _GOOD
    assert right in line
    assert status(page, line.replace(right, wrong, 1)) not in _GOOD


def test_one_step_alone_is_left_open() -> None:
    # What u does to L_3 at the last step alone: no derivative of L_3, and never called wrong.
    line = r"\frac{\partial L_3}{\partial u} = (h_3 - y_3)(1 - h_3^2) h_2"
    assert status(SCALARS, line) is Status.UNDECIDED


ANEW = r"""# One

$$h_t = \tanh(w h_{t-1})$$

# Two

$$h_t = \sigma(w h_{t-1})$$

with the logistic function."""


def test_a_recursion_that_is_stated_anew_is_that_of_its_section() -> None:
    right, wrong = (
        rf"\frac{{\partial h_2}}{{\partial h_1}} = w {slope}"
        for slope in ("h_2(1-h_2)", "(1-h_2^2)")
    )
    assert status(ANEW, right) in _GOOD
    assert status(ANEW, wrong) not in _GOOD


def test_of_two_recursions_in_one_section_nothing_tells_which_is_meant() -> None:
    page = ANEW.replace("# Two", "Now let instead")
    for slope in ("h_2(1-h_2)", "(1-h_2^2)"):
        line = rf"\frac{{\partial h_2}}{{\partial h_1}} = w {slope}"
        assert status(page, line) is Status.UNDECIDED
