"""A slip in a definition is named where it stands, and refutes no line that is right but for it."""

from functools import cache

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

FORWARD = r"""
$$z_1 = w_1 x_1 + w_3 x_2$$ $$z_2 = w_2 x_1 + w_4 x_2$$

$$a_1 = \mathrm{sigmoid}(z_1) = \frac{1}{1+e^{-z_1}}$$

$$a_2 = \mathrm{sigmoid}(z_AT) = \frac{1}{1+e^{-z_2}}$$

## The output

$$\hat y = w_5 a_1 + w_6 a_2$$ $$L = (y - \hat y)^2$$

## Backwards

"""
RIGHT = r"\frac{\partial L}{\partial w_1} = -2 (y - \hat y) w_5 a_1 (1 - a_1) x_1"
CHAIN = (
    r"\frac{\partial L}{\partial w_1} = \frac{\partial L}{\partial \hat y}"
    r" \frac{\partial \hat y}{\partial a_1} \frac{\partial a_1}{\partial z_1}"
    r" \frac{\partial z_1}{\partial w_1}"
)


@cache
def judged(line: str, at: int) -> tuple[Judgement, Judgement]:
    text = f"{FORWARD.replace('AT', str(at))}$${line}$$\n"
    found = check(text, path="n.md").judgements
    (second,) = (
        j for j in found if "a_2 =" in j.statement.excerpt.text if j.statement.position == 2
    )
    return second, found[-1]


@pytest.mark.parametrize("line", [RIGHT, CHAIN])
def test_a_right_line_behind_a_slip_is_left_open(line: str) -> None:
    second, last = judged(line, 2)
    assert (second.status, last.status) == (Status.PROVED, Status.PROVED)
    second, last = judged(line, 1)
    assert second.status is Status.REFUTED
    assert (last.status, last.reason) == (Status.UNDECIDED, "doubtful-definition")


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    "line",
    [
        RIGHT.replace("-2", "2"),
        RIGHT.replace("w_5", "w_6"),
        RIGHT.replace("x_1", "x_2"),
        CHAIN.replace(r"\frac{\partial a_1}{\partial z_1}", r"\frac{\partial a_2}{\partial z_2}"),
    ],
)
@pytest.mark.parametrize("at", [1, 2])
def test_a_wrong_line_is_refuted_as_before(line: str, at: int) -> None:
    assert judged(line, at)[1].status is not Status.PROVED
    if "a_2" not in line:
        assert judged(line, at)[1].status is Status.REFUTED


def test_of_two_links_that_differ_no_repair_of_one_is_the_only_one() -> None:
    second, _ = judged(RIGHT, 1)
    repairs = [each.repair for each in second.diagnoses if each.repair]
    assert repairs
    assert not any(repair.unique for repair in repairs)
    # A link further on follows no definition: there the slip is the one that is new.
    text = FORWARD.replace("(z_AT) = ", r"(z_2) = \frac{1}{1+e^{-z_2}} = ")
    text = text.replace(r"= \frac{1}{1+e^{-z_2}}$$", r"= \frac{1}{1+e^{-z_1}}$$")
    wrong = [j for j in check(text, path="n.md").judgements if j.status is Status.REFUTED]
    assert [repair.unique for j in wrong for d in j.diagnoses if (repair := d.repair)] == [True]
