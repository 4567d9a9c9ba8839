"""A mean or a deviation that has no equation is not taken for a number that nothing changes."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

NORMALISED = r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}"
SCALED = r"y_i = \gamma \hat x_i + \beta"
EQUATIONS = (
    r"\mu = \frac1m \sum_{i=1}^m x_i",
    r"\sigma^2 = \frac1m \sum_{i=1}^m (x_i - \mu)^2",
)
THROUGH_ALL = r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat x_i} \frac{1}{\sqrt{\sigma^2 + \epsilon}}"  # noqa: E501
BY_SCALE = r"\frac{\partial y_i}{\partial \gamma} = \hat x_i"


def last(*lines: str) -> Judgement:
    return check("\n".join(f"$${line}$$" for line in lines), path="notes.md").judgements[-1]


WHOLE = r"\frac{\partial L}{\partial x_i} = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( \frac{\partial L}{\partial \hat x_i} - \frac1m \sum_{j=1}^m \frac{\partial L}{\partial \hat x_j} - \frac{\hat x_i}{m} \sum_{j=1}^m \frac{\partial L}{\partial \hat x_j} \hat x_j \right)"  # noqa: E501


@pytest.mark.parametrize("known", [(), EQUATIONS[:1], EQUATIONS[1:]])
@pytest.mark.parametrize("line", [THROUGH_ALL, WHOLE])
def test_a_gradient_through_them_stays_open(known: tuple[str, ...], line: str) -> None:
    found = last(*known, NORMALISED, SCALED, line)
    assert found.status is Status.UNDECIDED


def test_with_their_equations_the_whole_is_proved() -> None:
    assert last(*EQUATIONS, NORMALISED, SCALED, WHOLE).status in (Status.PROVED, Status.AGREES)


def test_with_their_equations_it_is_refuted() -> None:
    assert last(*EQUATIONS, NORMALISED, SCALED, THROUGH_ALL).status is Status.REFUTED


def test_what_does_not_go_through_them_is_proved() -> None:
    assert last(NORMALISED, SCALED, BY_SCALE).status is Status.PROVED
    assert last(NORMALISED, SCALED, BY_SCALE.replace(r"\hat x", "x")).status is Status.REFUTED


def test_the_centre_of_a_bell_is_a_parameter() -> None:
    bell = r"\phi = -\frac{(x - \mu)^2}{2 \sigma^2}"
    right = r"\frac{\partial \phi}{\partial x} = -\frac{x - \mu}{\sigma^2}"
    assert last(bell, right).status is Status.PROVED
    assert last(bell, right.replace("= -", "= ")).status is Status.REFUTED
