"""A matrix that is said to be symmetric is so in what follows, and in nothing else."""

from functools import cache

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

TWO = r"""
$$L(w, \lambda) = -w^T S_b w + \lambda (w^T S_w w - 1)$$

$$\frac{\partial L(w, \lambda)}{\partial w} = -(S_b + S_b^T) w + \lambda (S_w + S_w^T) w$$

SAID

$$\frac{\partial L(w, \lambda)}{\partial w} = LINE$$
"""
RIGHT = r"-2 S_b w + 2 \lambda S_w w"


@cache
def last(said: str, line: str = RIGHT) -> Judgement:
    text = TWO.replace("SAID", said).replace("LINE", line)
    return check(text, path="n.md").judgements[-1]


@pytest.mark.parametrize(
    "said",
    [
        r"Since $S_b = S_b^T$ and $S_w = S_w^T$, we have",
        r"由于 $S_b = S_b^T$，$S_w = S_w^T$，所以：",
        r"Recall that $S_b^T = S_b$, $S_w^T = S_w$.",
    ],
)
def test_what_is_said_to_be_symmetric_is(said: str) -> None:
    found = last(said)
    assert found.status is Status.PROVED
    assert ("symmetric-as-said", {"of": "S_w, S_b"}) in found.readings
    for wrong in (
        r"-2 S_b w + 3 \lambda S_w w",
        r"-2 S_b w + 2 \lambda S_b w",
        r"-2 w^T S_b + 2 \lambda S_w w",
        r"-2 S_b w - 2 \lambda S_w w",
    ):
        assert last(said, wrong).status is not Status.PROVED
    assert last(said, r"-2 S_b w + 3 \lambda S_w w").status is Status.REFUTED


@pytest.mark.parametrize(
    "said",
    [
        "Then",
        r"If $S_b = S_b^T$ and $S_w = S_w^T$, then",
        r"It is not so that $S_b = S_b^T$ and $S_w = S_w^T$; yet",
        r"Since $S_b = S_b^T$, we have",  # and of the other nothing is said
        r"Since $S_b = S_b^T$ and $S_w \neq S_w^T$, we have",
    ],
)
def test_what_may_be_symmetric_proves_nothing(said: str) -> None:
    assert last(said).status is Status.UNDECIDED


def test_what_is_differentiated_by_is_of_any_form() -> None:
    text = r"""
Since $A = A^T$:

$$\frac{\partial\, \mathrm{tr}(A X)}{\partial X} = LEFT$$

$$\frac{\partial\, x^T A x}{\partial A} = x x^T$$
"""
    found = check(text.replace("LEFT", "A"), path="n.md").judgements
    assert [j.status for j in found[-2:]] == [Status.PROVED, Status.PROVED]
    assert not any(code == "symmetric-as-said" for code, _ in found[-1].readings)
    wrong = check(text.replace("LEFT", "2 A"), path="n.md").judgements[-2]
    assert wrong.status is not Status.PROVED


def test_a_condition_on_a_matrix_is_no_slip() -> None:
    text = r"""
$$\mathbf{z} = W \mathbf{x}$$ $$\mathbf{a} = f(\mathbf{z})$$
$$L = \frac12 \|\mathbf{a} - \mathbf{t}\|^2$$

SAID $$\frac{\partial L}{\partial \mathbf{x}} = W \frac{\partial L}{\partial \mathbf{z}}$$
"""
    for said, status in ((r"If $W = W^T$, then", Status.UNDECIDED), ("Then", Status.REFUTED)):
        found = check(text.replace("SAID", said), path="n.md").judgements[-1]
        assert found.status is status
