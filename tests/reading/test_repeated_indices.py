"""Einstein's convention, in documents that say that they have it, and elsewhere."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.repeated_indices import says_so
from symback.reading.statements.verdicts import Judgement, Status

SAID = "We use Einstein's summation convention."
FORWARD = "y_{ij} = x_{ik} c_{kj} + b_j"
DELTAS = r"\frac{\partial y_{ij}}{\partial x_{pq}} = \delta_{ip} \delta_{kq} c_{kj}"


def last(words: str, *lines: str) -> Judgement:
    text = "\n\n".join([words, *(f"$$\n{line}\n$$" for line in lines)])
    return check(text, kind="markdown").judgements[-1]


RIGHT = [
    r"\frac{\partial y_{ij}}{\partial x_{pq}} = \frac{\partial x_{ik}}{\partial x_{pq}} c_{kj}",
    DELTAS,
    r"\frac{\partial l}{\partial x_{pq}} = \frac{\partial l}{\partial y_{pj}} c_{qj}",
    r"\frac{\partial l}{\partial c_{pq}} = x_{ip} \frac{\partial l}{\partial y_{iq}}",
    r"f(x_{ik} c_{kj} + b_j) = a_{ij}",
    r"x_{ik} \delta_{jp} \delta_{kq} = x_{iq} \delta_{jp}",
]
WRONG = [
    r"\frac{\partial y_{ij}}{\partial x_{pq}} = \frac{\partial x_{ik}}{\partial x_{pq}} c_{jk}",
    r"\frac{\partial y_{ij}}{\partial x_{pq}} = \delta_{iq} \delta_{kp} c_{kj}",
    r"\frac{\partial l}{\partial x_{pq}} = \frac{\partial l}{\partial y_{pj}} c_{qj} c_{qj}",
    r"\frac{\partial l}{\partial c_{pq}} = x_{pi} \frac{\partial l}{\partial y_{iq}}",
    r"f(x_{ik} c_{jk} + b_j) = a_{ij}",
    r"x_{ik} \delta_{jp} \delta_{kq} = x_{qi} \delta_{jp}",
]


@pytest.mark.parametrize(("right", "wrong"), list(zip(RIGHT, WRONG, strict=True)))
def test_a_repeated_index_is_summed_where_a_document_says_so(right: str, wrong: str) -> None:
    forward = (FORWARD, "l = h(y)", "a_{ij} = f(y_{ij})")
    assert last(SAID, *forward, right).status is Status.PROVED
    assert last(SAID, *forward, wrong).status is not Status.PROVED


def test_the_reading_is_said() -> None:
    line = last(SAID, FORWARD, DELTAS)
    assert ("repeated-indices", {"letters": "k"}) in line.readings
    assert last(SAID, FORWARD, RIGHT[-1].replace("_{iq}", "_{qi}")).status is Status.REFUTED


def test_an_index_of_the_left_side_is_free() -> None:
    forward = (r"a_i = f(z_i)", "l = h(a)")
    right = r"\frac{\partial l}{\partial z_i} = \frac{\partial l}{\partial a_i} f'(z_i)"
    assert last(SAID, *forward, right).status is Status.PROVED
    assert last(SAID, *forward, right.replace("f'", "f")).status is not Status.PROVED


def test_an_index_behind_a_bracket_counts_too() -> None:
    forward = (FORWARD, "l = h(y)")
    right = r"\frac{\partial l}{\partial x_{pq}} = \frac{\partial l}{\partial y_{pj}} (c^T)_{jq}"
    assert last(SAID, *forward, right).status is Status.PROVED
    assert last(SAID, *forward, right.replace("_{jq}", "_{qj}")).status is not Status.PROVED


def test_a_chain_of_derivatives_is_summed_as_a_whole() -> None:
    forward = r"s = \mathbf{1}_j e^{x_j}"
    chain = (
        r"\frac{\partial s}{\partial x_n} = \mathbf{1}_j \frac{\partial e^{x_j}}{\partial x_j}"
        r" \frac{\partial x_j}{\partial x_n}"
    )
    assert last(SAID, forward, chain).status is Status.PROVED
    twin = chain.replace(r"= \mathbf{1}_j", "= x_j")
    assert last(SAID, forward, twin).status is Status.REFUTED


def test_elsewhere_a_delta_that_is_spent_is_not_refuted() -> None:
    right = r"x_{ik} \delta_{jp} \delta_{kq} = x_{iq} \delta_{jp}"
    assert last("", "y_{ij} = x_{ij} c_j", right).status is Status.UNDECIDED
    wrong = r"x_{ik} \delta_{jp} = x_{ik} \delta_{pk}"
    assert last("", "y_{ij} = x_{ij} c_j", wrong).status is Status.REFUTED


def test_elsewhere_nothing_is_summed() -> None:
    explicit = r"y_i = \sum_k W_{ik} x_k"
    line = r"\frac{\partial y_i}{\partial x_k} = W_{ik}"
    without = r"\frac{\partial l}{\partial x_k} = \frac{\partial l}{\partial y_i} W_{ik}"
    assert last("", explicit, "l = h(y)", line).status is Status.PROVED
    assert last("", explicit, "l = h(y)", without).status is not Status.PROVED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("We use Einstein notation.", True),
        ("Repeated indices are summed.", True),
        ("with the rules of tensor calculus", True),
        ("We do not use Einstein summation here.", False),
        ("call `np.einsum`; Einstein wrote in 1916", False),
    ],
)
def test_what_says_so(words: str, said: bool) -> None:
    assert says_so(words) is said
