"""Integrals and means over distributions are what adds up over values of their variable."""

from __future__ import annotations

import pytest

from symback.reading.checking import check
from symback.reading.statements.verdicts import Judgement, Status

SCORE = r"\nabla_\theta J = E_{x \sim p_\theta(x)}[f(x) \nabla_\theta \log p_\theta(x)]"


def last(*formulas: str) -> Judgement:
    return check("\n\n".join(f"$${each}$$" for each in formulas), path="notes.md").judgements[-1]


def test_the_readings_say_what_an_integral_is_taken_for() -> None:
    found = last(r"J = E_{x \sim p_\theta(x)}[f(x)]", SCORE)
    assert found.status is Status.PROVED
    assert [code for code, _ in found.readings] == ["integral-as-sum"]
    mean = last(r"E_{x \sim p_\theta(x)}[\nabla_\theta \log p_\theta(x)] = 0 \cdot f(x)", SCORE)
    assert mean.status is Status.UNDECIDED
    zero = last(SCORE, r"E_{x \sim p_\theta(x)}[\nabla_\theta \log p_\theta(x)] = 0")
    assert zero.status is Status.PROVED
    assert "density" in {code for code, _ in zero.readings}


@pytest.mark.parametrize(
    "line",
    [
        r"J = 2 E_{x \sim p_\theta(x)}[f(x)]",
        r"\int x \, p(x) dx = 1",
        r"E_{x \sim p(x)}[f(x)^2] = E_{x \sim p(x)}[f(x)]^2",
        r"\int \nabla_x p(x) dx = \int p(x) dx",
    ],
)
def test_nothing_is_refuted_or_shown_of_what_differs(line: str) -> None:
    found = last(r"J = E_{x \sim p_\theta(x)}[f(x)]", line)
    assert found.status not in (Status.PROVED, Status.AGREES, Status.REFUTED)


def test_many_in_each_other_are_left_open() -> None:
    deep = "".join(rf"E_{{x_{n} \sim p(x_{n})}}[" for n in range(1, 10)) + "f(x_1)" + "]" * 9
    found = last(f"F = {deep}", f"F = 2 {deep}")
    assert (found.status, found.reason) == (Status.UNDECIDED, "too-large")
    letters = "abcdfghklmno"
    sums = " ".join(rf"\sum_{letter}" for letter in letters) + f" f({','.join(letters)})"
    found = last(f"F = {sums}", f"F = 2 {sums}")
    assert (found.status, found.reason) == (Status.UNDECIDED, "too-large")
