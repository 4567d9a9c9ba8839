"""Numbers without rounding, and how they and others are set."""

from __future__ import annotations

import math
import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from symback.printing import LATEX, UNICODE
from symback.printing.target import plainly
from symback.rendering.teaching.numbers import set_digits
from symback.teaching.digits import read_number
from symback.teaching.exact import EXACT, Exact, log_of
from symback.teaching.unexplained import unexplained

HALVES = st.fractions(min_value=-4, max_value=4, max_denominator=6)


@st.composite
def exacts(draw: st.DrawFn) -> Exact:
    terms = {(): draw(HALVES), (2,): draw(HALVES), (3,): draw(HALVES), (2, 3): draw(HALVES)}
    return Exact(terms)


@given(exacts(), exacts())
def test_it_is_arithmetic(one: Exact, other: Exact) -> None:
    for does in (operator.add, operator.sub, operator.mul):
        found = does(one, other)
        assert float(found) == pytest.approx(does(float(one), float(other)), abs=1e-9)
    assert float(-one) == -float(one)
    assert float(abs(one)) == abs(float(one))
    assert float(one**2) == pytest.approx(float(one) ** 2, abs=1e-9)
    assert float(2 - one) == pytest.approx(2 - float(one), abs=1e-9)
    assert (one < other, one > other) == (float(one) < float(other), float(one) > float(other))
    assert (one <= other, one >= other) == (float(one) <= float(other), float(one) >= float(other))


@given(exacts())
def test_equal_are_what_say_the_same(one: Exact) -> None:
    assert one == Exact(dict(reversed(one.terms.items())))
    assert hash(one) == hash(Exact(dict(one.terms)))
    assert one != one + 1
    assert one != "1"
    assert float(one.to_decimal(mp)) == pytest.approx(float(one), abs=1e-9)


def test_a_quotient_by_what_is_no_fraction_is_a_float() -> None:
    two = log_of(Fraction(2))
    assert isinstance(two / 3, Exact)
    assert isinstance(two / two, float)
    assert 1 / two == pytest.approx(1 / math.log(2))
    assert two + 0.5 == pytest.approx(math.log(2) + 0.5)
    assert two * 0.5 == pytest.approx(math.log(2) / 2)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (log_of(Fraction(4, 3)), "2 ln 2 - ln 3"),
        (Exact({(): Fraction(1, 2), (3,): Fraction(-2)}), "1/2 - 2 ln 3"),
        (Exact({(2, 3): Fraction(-1)}), "-ln 2 3"),
        (Exact({}), "0"),
    ],
)
def test_it_is_printed(number: Exact, text: str) -> None:
    assert number.written() == text
    assert repr(number) == f"Exact({text})"


@pytest.mark.parametrize("name", ["exp", "sigmoid", "tanh"])
def test_functions_stay_exact_at_whole_logarithms(name: str) -> None:
    exact, rounded = log_of(Fraction(8)), log_of(Fraction(8), Fraction(1, 3)) * Fraction(1, 5)
    assert isinstance(EXACT[name](exact), Fraction)
    assert isinstance(EXACT[name](rounded), float)
    for z in (exact, rounded, Fraction(0)):
        wanted = {"exp": math.exp, "tanh": math.tanh, "sigmoid": lambda x: 1 / (1 + math.exp(-x))}
        assert float(EXACT[name](z)) == pytest.approx(wanted[name](float(z)))


def test_a_softmax_of_whole_logarithms_is_fractions() -> None:
    row = [log_of(Fraction(n)) for n in (1, 2, 5)]
    assert [EXACT["softmax"](at, row) for at in range(3)] == [
        Fraction(1, 8), Fraction(1, 4), Fraction(5, 8),
    ]  # fmt: skip
    assert EXACT["softmax"](0, [*row, 0.5]) == pytest.approx(1 / (8 + math.exp(0.5)))


def test_a_logarithm_of_a_huge_number_is_rounded() -> None:
    assert isinstance(EXACT["log"](Fraction(10**10)), float)
    assert EXACT["log"](Fraction(6)) == log_of(Fraction(6))


@pytest.mark.parametrize(
    ("digits", "latex", "text"),
    [
        ("0.25", "0.25", "0.25"),
        ("3/4", r"\frac{3}{4}", "3/4"),
        ("1.3e-7", r"1.3 \cdot 10^{-7}", "1.3 · 10⁻⁷"),
        ("ln 2", r"\log(2)", "log(2)"),
        ("4/3 ln 2", r"\frac{4}{3} \log(2)", "4/3 log(2)"),
        ("1/2 - 2 ln 3", r"\frac{1}{2} - 2 \log(3)", "1/2 − 2 log(3)"),
        ("1/2 + ln 2 3", r"\frac{1}{2} + \log(2) \, \log(3)", "1/2 + log(2) log(3)"),
    ],
)
def test_digits_are_set_as_mathematics(digits: str, latex: str, text: str) -> None:
    assert plainly(set_digits(LATEX, digits)) == latex
    assert plainly(set_digits(UNICODE, digits)).replace("\u2009", " ") == text


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("-0.3682", "negated"),
        ("0.7364", "doubled"),
        ("0.1841", "halved"),
        ("0.3862", "copying"),
        ("0.3701", "arithmetic"),
        ("0.9000", "unexplained"),
        ("3,862·10^-1", "copying"),
    ],
)
def test_a_wrong_value_is_called_what_it_looks_like(printed: str, said: str) -> None:
    assert unexplained(read_number(printed), 0.3682, 1e-9) == said
