"""A parameter is free where it is differentiated by, though a later line solves for it."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

LINE = r"""
$$LOSS = \sum_{i=1}^m (y_i - w x_i - b)^2$$

$$\frac{\partial NAME}{\partial b} = -2 \sum_{i=1}^m (y_i - w x_i - b) = 0$$

$$b = \frac{1}{m} \sum_{i=1}^m (y_i - w x_i)$$

$$%s$$
"""
SLOPE = r"\frac{\partial NAME}{\partial b} = 2 (m b - \sum_{i=1}^m (y_i - w x_i))"
NAMES = [("E", "E"), ("E(w, b)", "E"), ("E_{(w, b)}", "E_{(w, b)}")]


def judged(line: str, loss: str, name: str) -> list[Judgement]:
    text = (LINE % line).replace("LOSS", loss).replace("NAME", name)
    return list(check(text, path="n.md").judgements)


@pytest.mark.parametrize(("loss", "name"), NAMES)
def test_what_solves_an_equation_defines_no_parameter(loss: str, name: str) -> None:
    found = judged(SLOPE, loss, name)
    slopes = [
        j for j in found if j.statement.position == 1 and "partial" in j.statement.excerpt.text
    ]
    assert [j.status for j in slopes] == [Status.PROVED, Status.PROVED]
    for wrong in (SLOPE.replace("m b -", "m b +"), SLOPE.replace("2 (m", "(m")):
        assert judged(wrong, loss, name)[-1].status is not Status.PROVED


@pytest.mark.parametrize(("loss", "name"), NAMES)
def test_where_it_is_solved_the_solution_holds(loss: str, name: str) -> None:
    right = r"m b = \sum_{i=1}^m (y_i - w x_i)"
    assert judged(right, loss, name)[-1].status is Status.PROVED
    assert judged(right.replace("m b", "2 m b"), loss, name)[-1].status is not Status.PROVED


def test_what_is_differentiated_by_and_does_not_vanish_has_its_equation() -> None:
    text = r"""
$$h = w x$$ $$L = (h - y)^2$$ $$\frac{\partial L}{\partial h} = 2 (h - y)$$

$$\frac{\partial L}{\partial w} = 2 (h - y) SLOPE$$
"""
    for slope, status in (("x", Status.PROVED), ("w", Status.REFUTED)):
        assert check(text.replace("SLOPE", slope), path="n.md").judgements[-1].status is status


SOLVED = r"""
$$J = \frac{1}{m} \sum_{i=1}^m (p_i - y_i)^2, \quad p_i = w x_i + b$$

$$\frac{\partial J}{\partial b} = SLOPE$$

Setting it to zero gives

$$b = \frac{1}{m} \sum_{i=1}^m (y_i - w x_i)$$
"""


def test_no_slope_is_nought_where_nobody_says_so() -> None:
    right = r"\frac{2}{m} \sum_{i=1}^m (p_i - y_i)"
    slopes = (right, right.replace("2", "1", 1), f"-{right}")
    found = [
        j.status
        for slope in slopes
        for j in check(SOLVED.replace("SLOPE", slope), path="n.md").judgements
        if "partial" in j.statement.excerpt.text
    ]
    assert found == [Status.PROVED, Status.REFUTED, Status.REFUTED]


def test_a_mean_that_is_least_is_free_where_it_is_differentiated_by() -> None:
    text = r"$\mu = \frac1n \sum_i x_i$ and $L = \sum_i (x_i - \mu)^2$" + "\n\n"
    for slope, is_right in ((r"-2 \sum_i", True), (r"2 \sum_i", False), (r"-\sum_i", False)):
        line = rf"$$\frac{{dL}}{{d\mu}} = {slope} (x_i - \mu)$$"
        status = check(text + line, path="n.md").judgements[-1].status
        assert (status is Status.PROVED) is is_right


def test_what_is_made_of_data_on_the_way_keeps_its_equation() -> None:
    text = r"""
$$L = \frac12 (r - x)^2$$ $$\frac{dL}{dr} = r - x$$ $$r = v x$$

$$\frac{dL}{dv} = (r - x) SLOPE$$
"""
    for slope, status in (("x", Status.PROVED), ("v", Status.REFUTED)):
        assert check(text.replace("SLOPE", slope), path="n.md").judgements[-1].status is status


@pytest.mark.parametrize("words", ["Setting", "Imposing", "On annule :", ""])
def test_the_equation_that_a_loss_is_least_by_is_no_false_claim(words: str) -> None:
    text = r"$$L = (w x + b - y)^2$$" + f"\n\n{words} "
    zero = r"$\frac{\partial L}{\partial b} = NUMBER$ gives what is sought."
    for number, status in (("0", Status.UNDECIDED), ("1", Status.REFUTED)):
        found = check(text + zero.replace("NUMBER", number), path="n.md").judgements
        assert found[-1].status is status
