"""Lines that hold by what was said before them, though letters are used otherwise further on."""

from functools import cache

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

CIRCUIT = r"""Let $f(x, y, z) = (x + y) z$. With $q = x + y$, $f = q z$:

$$LINE$$

Sigmoid neuron: $f(w,x) = \frac{1}{1+e^{-(w_0 x_0 + w_1 x_1 + w_2)}}$.
"""
POOL = r"""$$y = \frac{m \odot x}{p}$$

$$LINE$$

$$p = \max(x_1, x_2)$$
"""
NORM = r"""$$\mu = \frac{1}{d}\sum_{i=1}^d x_i, \qquad
\sigma^2 = \frac{1}{d} \sum_{i=1}^d (x_i - \mu)^2$$

$$\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad y = \gamma \odot \hat{x} + \beta$$

$$LINE$$
"""
ENTROPY = r"""$$L = -\left[ y \log \hat{y} + (1-y) \log(1-\hat{y}) \right], \quad
\hat{y} = \sigma(z), \quad z = w^T x + b$$

For $m$ samples,
$$J = \frac1m \sum_{i=1}^m L^{(i)}$$

$$LINE$$
"""


@cache
def status(document: str, line: str) -> Status:
    text = document.replace("LINE", line)
    at = text[: text.index(line)].count("\n") + 1
    (found,) = {j.status for j in check(text, path="n.md").judgements if j.statement.line == at}
    return found


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        (CIRCUIT, r"\frac{\partial q}{\partial x} = 1", r"\frac{\partial q}{\partial x} = 2"),
        (CIRCUIT, r"\frac{\partial f}{\partial x} = z", r"\frac{\partial f}{\partial x} = q"),
        (
            NORM,
            r"\frac{\partial L}{\partial \gamma} = \frac{\partial L}{\partial y} \odot \hat{x}",
            r"\frac{\partial L}{\partial \gamma} = \frac{\partial L}{\partial y} \odot x",
        ),
        (
            ENTROPY,
            r"\nabla_w J = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)}) x^{(i)}",
            r"\nabla_w J = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} + y^{(i)}) x^{(i)}",
        ),
        (
            ENTROPY,
            r"\nabla_w J = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)}) x^{(i)}",
            r"\nabla_w J = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y) x^{(i)}",
        ),
        (
            ENTROPY,
            r"\frac{\partial J}{\partial b} = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)})",
            r"\frac{\partial J}{\partial z} = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)})",
        ),
        (ENTROPY, r"dw = \frac1m X (\hat{Y} - Y)^T", r"dw = \frac1m X (Y - \hat{Y})^T"),
        (
            ENTROPY,
            r"db = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)})",
            r"db = \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)})",
        ),
        (
            ENTROPY,
            r"\frac{\partial L}{\partial b} = \hat{y} - y",
            r"\frac{\partial L}{\partial b} = y",
        ),
    ],
)
def test_lines_by_what_was_said_before(document: str, right: str, wrong: str) -> None:
    assert status(document, right) in _GOOD
    assert status(document, wrong) not in _GOOD


def test_what_a_later_equation_makes_wrong_is_open() -> None:
    right = r"\frac{\partial L}{\partial x} = \frac{m}{p} \odot \frac{\partial L}{\partial y}"
    assert status(POOL, right) is Status.UNDECIDED
    assert status(POOL, right.replace("m}", "2 m}")) not in _GOOD
