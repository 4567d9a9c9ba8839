"""A letter below an array that is given as a whole is a name: the p of `Y_p = X \theta`."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

NORMAL = r"""Predictions are $Y_p = X \cdot \theta$, to
 minimize $(Y - X \cdot \theta)^T (Y - X \cdot \theta)$.

$$J(\theta) = (Y - X \cdot \theta)^T \cdot (Y - X \cdot \theta)$$

- $\frac{\partial}{\partial \theta}(-2\theta^T X^T Y) = -2X^T Y$
- $\frac{\partial}{\partial \theta}(\theta^T X^T X \theta) = 2X^T X \theta$

$$LINE$$
"""


def last(line: str) -> Status:
    return check(NORMAL.replace("LINE", line), path="n.md").judgements[-1].status


def test_a_condition_is_no_identity() -> None:
    """Predictions are not the targets, so the normal equations hold of one theta alone."""
    assert last(r"X^T X \theta = X^T Y") not in _GOOD
    assert last(r"2 X^T X \theta - 2 X^T Y = 0") not in _GOOD


def test_what_is_said_of_the_array_holds() -> None:
    assert last(r"\frac{\partial J}{\partial \theta} = 2 X^T X \theta - 2 X^T Y") in _GOOD
    assert last(r"\frac{\partial J}{\partial \theta} = 2 X^T X \theta + 2 X^T Y") not in _GOOD


def test_entries_stay_entries() -> None:
    text = r"""$$h_p = \sigma(\sum_q W_{pq} x_q)$$

$$\frac{\partial h_p}{\partial W_{pq}} = h_p (1 - h_p) x_q$$
"""
    assert check(text, path="n.md").judgements[-1].status in _GOOD


STEPS = r"""$$z_t = w x_t + b$$
$$y_t = v z_t$$
$$L_t = \frac12 (y_t - y_t^*)^2$$

"""


@pytest.mark.parametrize("mark", ["*", "+"])
def test_a_star_beside_a_name_below_tells_a_quantity_from_the_plain_one(mark: str) -> None:
    """The target `y_t^*` is not the output `y_t`, of which the loss would always vanish."""
    before = STEPS.replace("^*", f"^{mark}")
    slope = r"\frac{\partial L_t}{\partial y_t} ="
    right, wrong = f"{slope} y_t - y_t^{mark}", f"{slope} y_t^{mark} - y_t"
    for line, status in ((right, Status.PROVED), (wrong, Status.REFUTED)):
        assert check(f"{before}$${line}$$\n", path="n.md").judgements[-1].status is status
