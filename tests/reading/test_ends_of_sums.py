r"""Where a sum ends: at an index, one before the end, or with a range whose name its limit is."""

from __future__ import annotations

import pytest

from symback.reading.checking import check
from symback.reading.statements.verdicts import Status

RIGHT = [
    r"\sum_{j=1}^n w_j x_j + x_{n+1} \cdot w_{n+1} = \sum_{j=1}^{n+1} w_j x_j",
    r"\sum_{j=1}^i w_j + w_{i+1} = \sum_{j=1}^{i+1} w_j",
    r"\sum_{j=i}^n w_j = \sum_{j=i+1}^n w_j + w_i",
    r"\sum_{j=1}^{n+1} w_j = w_1 + \sum_{j=2}^{n+1} w_j",
    r"s_i = \sum_{j=1}^i w_j, \quad s_{i+1} = s_i + w_{i+1}",
    r"L = \sum_{j=1}^n w_j^2, \quad L = \sum_{j=1}^{n-1} w_j^2 + w_n^2",
    r"L = \sum_{j=1}^{n-1} w_j^2, \quad \frac{\partial L}{\partial w_k} = 2 w_k",
]
WRONG = [
    r"\sum_{j=1}^n w_j x_j + x_n \cdot w_n = \sum_{j=1}^{n+1} w_j x_j",
    r"\sum_{j=1}^i w_j + w_i = \sum_{j=1}^{i+1} w_j",
    r"s_i = \sum_{j=1}^i w_j, \quad s_i = \sum_{j=1}^n w_j",
    r"s_i = \sum_{j=1}^i w_j, \quad \frac{\partial s_i}{\partial w_k} = 1",
    r"L = \sum_{j=1}^n w_j^2, \quad L = \sum_{j=1}^{n-1} w_j^2",
]
# Nothing says what n or i is: true of some, and of none that is shown.
OPEN = [
    r"\sum_{j=1}^n w_j = \sum_{j=1}^{n-1} w_j",
    r"\sum_{j=i}^n w_j = \sum_{j=1}^n w_j",
]


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        *((formula, Status.PROVED) for formula in RIGHT),
        *((formula, Status.REFUTED) for formula in WRONG),
        *((formula, Status.UNDECIDED) for formula in OPEN),
    ],
)
def test_a_sum_ends_at_its_limit(formula: str, status: Status) -> None:
    assert check(f"$$\n{formula}\n$$").judgements[-1].status is status


@pytest.mark.parametrize(("formula", "letter"), [(OPEN[0], "n"), (OPEN[1], "i")])
def test_what_is_open_is_the_letter_of_the_limit(formula: str, letter: str) -> None:
    judgement = check(f"$$\n{formula}\n$$").judgements[-1]
    assert (judgement.reason, judgement.arguments) == ("index-unbound", {"index": letter})
