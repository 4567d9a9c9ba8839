"""Names for derivatives where `dW` is of the loss of all samples and `dA` of that of each."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

PAGE = r"""
Here $m$ is the number of examples.

$$Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}, \quad A^{[l]} = g(Z^{[l]})$$

$$dW^{[l]} = \frac{\partial \mathcal{J}}{\partial W^{[l]}} = \frac{1}{m} dZ^{[l]} A^{[l-1] T}$$
$$dA^{[l-1]} = \frac{\partial \mathcal{L}}{\partial A^{[l-1]}} = W^{[l] T} dZ^{[l]}$$
$$dZ^{[l]} = dA^{[l]} * g'(Z^{[l]})$$
"""
SLIPS = [("W^{[l] T} dZ", "W^{[l]} dZ"), ("* g'", "* g"), ("A^{[l-1] T}$", "A^{[l] T}$")]


def verdicts(text: str, *lines: str) -> list[Status]:
    judgements = check(text, kind="markdown", lines=lines).judgements
    return [one.status for one in judgements if one.statement.is_claim][-3:]


def test_of_which_loss_they_are_is_said_by_their_lines() -> None:
    weights, *rest = verdicts(PAGE)
    assert rest == [Status.PROVED] * 2
    assert weights is Status.UNDECIDED  # what the one has to do with the other is not said
    assert verdicts(PAGE, "J = L/m") == [Status.PROVED] * 3


@pytest.mark.parametrize(("was", "slip"), SLIPS)
def test_a_slip_is_not_proved(was: str, slip: str) -> None:
    assert was in PAGE
    assert verdicts(PAGE.replace(was, slip), "J = L/m") != [Status.PROVED] * 3


def test_the_entries_of_an_example_are_no_layer() -> None:
    example = r"""
# Broadcasting

$$W = \begin{bmatrix} j & k \\ m & n \end{bmatrix}, \quad c = \begin{bmatrix} s \\ t \end{bmatrix}$$

# Backward
"""
    assert verdicts(example + PAGE, "J = L/m") == [Status.PROVED] * 3
    slip = example + PAGE.replace("W^{[l] T} dZ", "W^{[l]} dZ")
    assert verdicts(slip, "J = L/m") != [Status.PROVED] * 3
