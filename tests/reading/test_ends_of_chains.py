"""What a chain ends with is what it defines, where what stands between has no equation."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)
BEFORE = r"""$$p = \text{softmax}(z)$$

$$J = D(y, p) = -\sum_i y_i \log p_i$$

"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            r"\frac{\partial J}{\partial z} = p - y",
            r"\frac{\partial J}{\partial z} = p + y",
        ),
        (
            r"\frac{\partial J}{\partial p_i} = -\frac{y_i}{p_i}",
            r"\frac{\partial J}{\partial p_i} = \frac{y_i}{p_i}",
        ),
    ],
)
def test_a_loss_by_the_end_of_its_chain(right: str, wrong: str) -> None:
    def status(line: str) -> Status:
        return check(f"{BEFORE}$${line}$$\n", path="notes.md").judgements[-1].status

    assert status(right) in _GOOD
    assert status(wrong) not in _GOOD


def test_a_chain_that_is_wrong_defines_nothing() -> None:
    text = r"""$$a = \sigma(z)$$

$$J = \frac12 (a - y)^2 = \frac12 a^2 - a y + y^2$$

$$\frac{\partial J}{\partial y} = 2 y - a$$
"""
    assert check(text, path="notes.md").judgements[-1].status not in _GOOD
