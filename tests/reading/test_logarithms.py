"""A logarithm has the base that is written; without one it is natural, unless numbers say not."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

GOOD = (Status.PROVED, Status.AGREES)


def last(text: str) -> Status:
    return check(text, path="notes.md").judgements[-1].status


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\frac{d}{dx} \log_2(x) = \frac{1}{x \ln 2}", r"\frac{d}{dx} \log_2(x) = \frac{1}{x}"),
        (r"\log_{10} x = \frac{\ln x}{\ln 10}", r"\log_{10} x = \ln x"),
        (r"\frac{d}{dx} \log_e x = \frac{1}{x}", r"\frac{d}{dx} \log_e x = \frac{1}{x \ln 2}"),
        (r"-\log_2(1/4) = 2", r"-\log_2(1/4) = 3"),
        (r"-log_2(1/4) = 2", r"-log_2(1/4) = 1.386"),
        (r"\log_{10} 100 = 2", r"\log_{10} 100 = 4.605"),
        (
            r"- \frac12 \log_2 \frac12 - \frac14 \log_2 \frac14 - \frac14 \log_2 \frac14 = 1.5",
            r"- \frac12 \log_2 \frac12 - \frac14 \log_2 \frac14 - \frac14 \log_2 \frac14 = 1.25",
        ),
    ],
)
def test_of_a_base_that_is_written(right: str, wrong: str) -> None:
    assert last(f"$${right}$$") in GOOD
    assert last(f"$${wrong}$$") is Status.REFUTED


def test_of_a_function_that_is_defined_by_one() -> None:
    equation = r"$$f(x) = \log_2 x$$"
    assert last(equation + r" $$f'(x) = \frac{1}{x \ln 2}$$") is Status.PROVED
    assert last(equation + r" $$f'(x) = \frac{1}{x}$$") is Status.REFUTED


@pytest.mark.parametrize("line", [r"\log 100 = 2", r"-0.3 \log 0.3 - 0.7 \log 0.7 = 0.881"])
def test_without_a_base_may_have_that_of_bits_or_decibels(line: str) -> None:
    assert last(f"$${line}$$") is Status.UNDECIDED


@pytest.mark.parametrize("line", [r"\ln 100 = 2", r"\log 100 = 3"])
def test_that_no_base_makes_right_is_wrong(line: str) -> None:
    assert last(f"$${line}$$") is Status.REFUTED


def test_a_value_is_worked_out_anew_in_another_example() -> None:
    text = (
        "The entropy is $H = (-1/4 * log_2(1/4)) * 4 = 2$.\n\nOtherwise it is\n$$H = EXPRESSION$$"
    )
    right = "-1/2*log_2(1/2) - 1/4*log_2(1/4) - 1/8*log_2(1/8) - 1/8*log_2(1/8) = 1.75"
    found = check(text.replace("EXPRESSION", right), path="notes.md").judgements
    assert Status.REFUTED not in {j.status for j in found}
    assert found[-1].status is Status.AGREES
    assert last(text.replace("EXPRESSION", right.replace("1.75", "2.75"))) is Status.REFUTED
