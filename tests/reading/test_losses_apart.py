"""A loss that nothing can be made of is any function of the outputs, where it is of them alone."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

NOTES = r"""
$$z_t = W x_t + U h_{t-1}$$

$$h_t = \tanh(z_t)$$

$$o_t = V h_t$$

$$J(W, U) = \mathrm{fit}(o_t, y)MORE$$

$$\frac{\partial J}{\partial h_t}
= V^\top \frac{\partial J}{\partial o_t} + U^\top \frac{\partial J}{\partial z_{t+1}}$$

$$\frac{\partial J}{\partial U} = \sum_t \frac{\partial J}{\partial z_t} h_{t-1}^\top$$
"""


def judged(more: str) -> set[Status]:
    found = check(NOTES.replace("MORE", more), kind="markdown").judgements
    return {judgement.status for judgement in found[-2:]}


def test_of_the_outputs_alone() -> None:
    assert judged("") == {Status.PROVED}


@pytest.mark.parametrize("more", [r" + \mathrm{pen}(h_t, h_t)", r" + \lambda \mathrm{pen}(U, U)"])
def test_of_more_it_shows_nothing(more: str) -> None:
    assert judged(more) == {Status.UNDECIDED}
