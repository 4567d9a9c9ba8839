r"""Losses of one sample where they are added up: `C = 1/n \sum_i L(y_i, \hat y_i)`."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

TEXT = r"""
$$C = \frac{1}{n} \sum_{i=1}^{n} L(y_i, \hat y_i)$$

$$LOSS$$

$$\hat y_i = w x_i + b$$

$$\frac{\partial C}{\partial w} = SLOPE$$
"""
RIGHT = r"-\frac{2}{n} \sum_{i=1}^{n} (y_i - \hat y_i) x_i"


def last(loss: str, slope: str) -> Status:
    text = TEXT.replace("LOSS", loss).replace("SLOPE", slope)
    return check(text, path="n.md").judgements[-1].status


@pytest.mark.parametrize("name", [r"L(y, \hat y)", "L"])
def test_a_loss_of_letters_is_of_those_of_a_sample(name: str) -> None:
    loss = rf"{name} = (y - \hat y)^2"
    assert last(loss, RIGHT) is Status.PROVED
    for wrong in (
        RIGHT.replace(r"\frac{2}{n}", "2"),
        RIGHT.replace(r"\frac{2}{n}", r"\frac{1}{n}"),
        RIGHT.replace("-", "", 1),
        RIGHT.replace(") x_i", ")"),
    ):
        assert last(loss, wrong) is Status.REFUTED


def test_arguments_in_another_order_are_others() -> None:
    loss = r"L(\hat y, y) = (2 y - \hat y)^2"
    wrong, right = (
        rf"-\frac{{2}}{{n}} \sum_{{i=1}}^{{n}} (2 {a} - {b}) x_i"
        for a, b in ((r"y_i", r"\hat y_i"), (r"\hat y_i", "y_i"))
    )
    assert {last(loss, wrong), last(loss, right)} == {Status.UNDECIDED}


@pytest.mark.parametrize(
    "loss",
    [r"L(y, \hat y) = \frac12 \|y - \hat y\|^2", r"L(y, \hat y) = -\sum_k y_k \log \hat y_k"],
)
def test_a_loss_of_all_entries_is_none_of_one(loss: str) -> None:
    text = TEXT.replace("LOSS", loss).replace(r"$$\hat y_i = w x_i + b$$", "")
    for slope in (r"\frac{1}{n} (\hat y_i - y_i)", r"\hat y_i - y_i", r"-\frac{y_i}{\hat y_i}"):
        line = text.replace("SLOPE", slope).replace(r"\partial w", r"\partial \hat y_i")
        assert check(line, path="n.md").judgements[-1].status is Status.UNDECIDED


@pytest.mark.parametrize("name", [r"L(y, \hat y)", "L"])
def test_an_entry_is_no_sample(name: str) -> None:
    text = TEXT.replace("LOSS", rf"{name} = -\sum_k y_k \log \hat y_k")
    text = text.replace(r"$$\hat y_i = w x_i + b$$", "").replace(
        r"\partial w", r"\partial \hat y_i"
    )
    for slope in (r"-\frac{1}{n} \frac{y_i}{\hat y_i}", r"-\frac{y_i}{\hat y_i}"):
        line = text.replace("SLOPE", slope)
        assert check(line, path="n.md").judgements[-1].status is Status.UNDECIDED
