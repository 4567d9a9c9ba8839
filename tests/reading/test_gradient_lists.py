r"""Gradients by all that a function is written with, and primes on formulas in brackets."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

FUNCTION = "$$f(x, y) = x^2 y$$"
LOSS = "$$L(a, b, c, d) = (a b + c) d$$"
SIGMOID = r"$$\sigma(x) = \frac{1}{1 + e^{-x}}$$"


def statuses(before: str, line: str) -> list[Status]:
    found = check(f"{before}\n\n$${line}$$\n", path="n.md").judgements
    return [j.status for j in found if j.statement.line > 1]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (FUNCTION, r"\nabla f = (2 x y, x^2)"),
        (FUNCTION, r"\nabla f = \langle 2 x y, x^2 \rangle"),
        (FUNCTION, r"\nabla f(x, y) = [2 x y, x^2]"),
        (FUNCTION, r"\nabla f = \begin{bmatrix} 2 x y \\ x^2 \end{bmatrix}"),
        (FUNCTION, r"\nabla f = \begin{pmatrix} 2 x y & x^2 \end{pmatrix}"),
        (
            FUNCTION,
            r"\nabla f = \left[\frac{\partial f}{\partial x}, \frac{\partial f}{\partial y}\right]"
            r" = [2 x y, x^2]",
        ),
        (LOSS, r"\nabla L(a, b, c, d) = (b d, a d, d, a b + c)"),
    ],
)
def test_a_gradient_is_by_all_that_its_function_is_written_with(before: str, line: str) -> None:
    assert set(statuses(before, line)) <= set(_GOOD)
    for old, new in (("x^2", "x"), ("d, a b", "d, b"), ("2 x y", "x y")):
        if old in line:
            assert Status.REFUTED in statuses(before, line.replace(old, new))


def test_the_order_of_its_entries_is_that_of_the_arguments() -> None:
    assert statuses(FUNCTION, r"\nabla f = (x^2, 2 x y)") == [Status.REFUTED]
    assert statuses("$$f(y, x) = x^2 y$$", r"\nabla f = (x^2, 2 x y)")[0] in _GOOD


def test_a_loss_is_written_with_what_is_compared() -> None:
    before = r"$$C(y, a) = \frac12 \|y - a\|^2$$"
    assert Status.REFUTED not in statuses(before, r"\nabla C = a - y")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (
            r"\sigma'(x) = \left(\frac{1}{1+e^{-x}}\right)'"
            r" = -\frac{1}{(1+e^{-x})^2} (1+e^{-x})' = \sigma(x) (1 - \sigma(x))",
            (r"= -\frac", r"= \frac"),
        ),
        (r"f'(t) = (t^2 + 1)' = 2 t", ("2 t", "2 t + 1")),
        (r"f'(t) = [t^2 + 1]' = 2 t", ("2 t", "2")),
    ],
)
def test_a_prime_on_a_formula_is_a_derivative_behind_a_slope(
    line: str, wrong: tuple[str, str]
) -> None:
    assert Status.REFUTED not in statuses(SIGMOID, line)
    assert statuses(SIGMOID, line)[-1] in _GOOD
    assert Status.REFUTED in statuses(SIGMOID, line.replace(*wrong))


def test_a_prime_elsewhere_can_be_a_transpose() -> None:
    before = r"$$L = \frac12 \|X w - y\|^2$$"
    line = r"\frac{\partial L}{\partial w} = (X w - y)' X"
    assert Status.REFUTED not in statuses(before, line)
