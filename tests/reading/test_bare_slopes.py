r"""A slope without an argument, `\sigma' = \sigma(1 - \sigma)`, is one of the function."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

BESIDE = "$$a = \\sigma(z)$$ where $\\sigma$ is the sigmoid.\n\n"
VALUE = r"$$\frac{da}{dz} = \sigma(z) (1 - \sigma(z))$$"


@pytest.mark.parametrize("slope", [r"\sigma' = \sigma (1 - \sigma)", r"\sigma' = \sigma(1-\sigma)"])
def test_it_leaves_the_function_a_function(slope: str) -> None:
    found = check(f"{BESIDE}The key is ${slope}$.\n\n{VALUE}\n").judgements
    assert [one.status for one in found[-2:]] == [Status.PROVED] * 2
    wrong = check(f"{BESIDE}The key is ${slope.replace('1', '2')}$.\n\n{VALUE}\n").judgements
    assert wrong[-2].status is not Status.PROVED
    assert wrong[-1].status is Status.PROVED


def test_where_it_is_a_letter_it_stays_one() -> None:
    text = r"$$s = \sigma, \quad \sigma = 3 z, \quad \sigma' = \sigma$$ $$s = 3 z$$"
    assert check(text).judgements[-1].status is Status.PROVED


def test_an_output_may_stand_behind_its_loss() -> None:
    """What a loss is least at is made of what stands in it; an output is not."""
    text = (
        r"$$C(y, \hat y) = -\sum_i y_i \log \hat y_i$$ $$z = W h + b$$"
        r"$$\hat y = \mathrm{softmax}(z)$$"
    )
    line = r"$$\frac{\partial C}{\partial z} = \hat y - y$$"
    assert check(text + line).judgements[-1].status is Status.PROVED
    assert check(text + line.replace("- y", "+ y")).judgements[-1].status is not Status.PROVED
    solved = r"$$J(w) = (w x - y)^2$$ $$w = y / x$$ $$\frac{dJ}{dw} = 2 (w x - y) x$$"
    assert check(solved).judgements[-1].status is Status.PROVED
