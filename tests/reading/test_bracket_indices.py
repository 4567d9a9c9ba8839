r"""Entries that are written as programs write them, `O[i, j]`."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

CONVOLUTION = (
    r"$$O[i,j] = \sum_{m=0}^{M-1} \sum_{n=0}^{N-1} I[i \cdot s + m, j \cdot s + n] \cdot K[m,n]$$"
)
SIGNAL = r"$$y[n] = \sum_{k=0}^{K-1} h[k] x[n-k]$$"
RECURRENT = r"""$$h[t] = \tanh(W h[t-1] + U x[t])$$

$$o[t] = V h[t]$$

$$L = \sum_t (o[t] - y[t])^2$$"""
LAYERS = r"""$$Z^{(1)}[i, j] = \sum_k W^{(1)}[i, k] X[k, j]$$

$$L = \sum_{i, j} Z^{(1)}[i, j]^2$$"""


def last(before: str, line: str) -> Status:
    return check(f"{before}\n\n$${line}$$\n", path="n.md").judgements[-1].status


@pytest.mark.parametrize(
    ("before", "line", "wrong"),
    [
        (
            CONVOLUTION,
            r"\frac{\partial O[i,j]}{\partial K[m,n]} = I[i \cdot s + m, j \cdot s + n]",
            r"\frac{\partial O[i,j]}{\partial K[m,n]} = I[i + m, j + n]",
        ),
        (
            CONVOLUTION,
            r"\frac{\partial L}{\partial K[m,n]}"
            r" = \sum_{i,j} \frac{\partial L}{\partial O[i,j]} I[i \cdot s + m, j \cdot s + n]",
            r"\frac{\partial L}{\partial K[m,n]}"
            r" = \sum_{i,j} \frac{\partial L}{\partial O[i,j]} I[i \cdot s + n, j \cdot s + m]",
        ),
        (
            SIGNAL,
            r"\frac{\partial y[n]}{\partial h[k]} = x[n-k]",
            r"\frac{\partial y[n]}{\partial h[k]} = x[n+k]",
        ),
        (
            RECURRENT,
            r"\frac{\partial L}{\partial V} = \sum_t 2 (o[t] - y[t]) h[t]^T",
            r"\frac{\partial L}{\partial V} = \sum_t 2 (o[t] - y[t]) h[t-1]^T",
        ),
        (
            LAYERS,
            r"\frac{\partial L}{\partial W^{(1)}[i, k]} = \sum_j 2 Z^{(1)}[i, j] X[k, j]",
            r"\frac{\partial L}{\partial W^{(1)}[i, k]} = \sum_j 2 Z^{(1)}[i, j] X[j, k]",
        ),
    ],
)
def test_brackets_hold_indices(before: str, line: str, wrong: str) -> None:
    assert last(before, line) in _GOOD
    assert last(before, wrong) not in _GOOD


@pytest.mark.parametrize(
    ("before", "line", "wrong"),
    [
        ("$$y = x [w + 1]$$", r"\frac{dy}{dx} = [w + 1]", r"\frac{dy}{dx} = w"),
        ("$$L = a [n - 1]$$", r"\frac{dL}{da} = [n - 1]", r"\frac{dL}{da} = 1"),
        ("$$L = a[2]$$", r"\frac{dL}{da} = 2", r"\frac{dL}{da} = 1"),
    ],
)
def test_brackets_that_are_factors_stay(before: str, line: str, wrong: str) -> None:
    assert last(before, line) in _GOOD
    assert last(before, wrong) not in _GOOD


def test_what_is_no_index_is_a_factor() -> None:
    before = SIGNAL + "\n\n$$L = x [w + 1]$$"
    assert last(before, r"\frac{\partial L}{\partial w} = x") is not Status.REFUTED


def test_the_text_stays_as_it_was_typed() -> None:
    report = check(CONVOLUTION, path="n.md")
    assert report.judgements[0].statement.excerpt.text == CONVOLUTION.strip("$")
