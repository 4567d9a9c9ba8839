r"""Samples whose number stands below, and letters that a section has as numbers."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

REGRESSION = r"""$$L(y, \hat y) = \frac{1}{2} (\hat y-y)^2$$

$$\hat y = w x + b$$

The cost is the mean over all samples:

COST

$$LINE$$
"""
OUTPUTS = r"""$$y = f(W x)$$

$$E = \frac12 \sum_k (t_k - y_k)^2$$

$$J = \frac12 \|t - y\|^2$$

$$LINE$$
"""
TWO_SECTIONS = r"""# Layers

$$O = W^T X + b$$

# One neuron

$$L = \frac12 (y - t)^2$$

$$y = w x + c$$

$$LINE$$
"""


def last(text: str, line: str) -> Status:
    return check(text.replace("LINE", line), path="n.md").judgements[-1].status


@pytest.mark.parametrize(
    "cost",
    [
        r"$$C = \frac{1}{n} \sum_{i=1}^n L(y_i, \hat y_i)$$",
        r"$$C = \frac{1}{n} \sum_{i=1}^n (y_i - \hat y_i)^2$$",
        r"$$J = \frac{1}{n} \sum_i L(y_i, \hat y_i)$$",
    ],
)
def test_a_cost_adds_up_samples(cost: str) -> None:
    text = REGRESSION.replace("COST", cost)
    assert last(text, r"\frac{\partial L}{\partial \hat y} = \hat y - y") in _GOOD
    assert last(text, r"\frac{\partial L}{\partial w} = (\hat y - y) x") in _GOOD
    assert last(text, r"\frac{\partial L}{\partial w} = (\hat y - y) w") is Status.REFUTED
    assert last(text, r"\frac{\partial L}{\partial \hat y} = y - \hat y") is Status.REFUTED


def test_outputs_stay_entries() -> None:
    assert last(OUTPUTS, r"\frac{\partial E}{\partial y_k} = y_k - t_k") in _GOOD
    assert last(OUTPUTS, r"\frac{\partial E}{\partial y_k} = t_k - y_k") not in _GOOD


def test_small_letters_are_numbers_where_their_section_has_no_arrays() -> None:
    assert last(TWO_SECTIONS, r"\frac{\partial y}{\partial w} = x") in _GOOD
    assert last(TWO_SECTIONS, r"\frac{\partial L}{\partial w} = (y - t) x") in _GOOD
    assert last(TWO_SECTIONS, r"\frac{\partial L}{\partial w} = (t - y) x") not in _GOOD


@pytest.mark.parametrize(
    "said", ["The input $x$ is a vector.", r"Let $x \in \mathbb{R}^n$.", r"$x^T x$"]
)
def test_letters_that_are_shown_to_be_arrays_are_arrays_everywhere(said: str) -> None:
    text = TWO_SECTIONS.replace("# Layers\n", f"# Layers\n\n{said}\n")
    wrong = r"\frac{\partial L}{\partial x} = (y - t) x"
    assert last(text, wrong) not in _GOOD


CHAPTERS = r"""$$g(s, t) = \big(s + t, s t, s^2\big)$$

The Jacobian is taken at $b = g(a)$.

# A loss

$$L(a, b, c, d) = (a b + c) d$$

## Its gradient

$$\frac{\partial L}{\partial a} = LINE$$
"""


def test_a_chapter_settles_what_others_stand_in_the_way_of() -> None:
    """Neither the document, in which b is a point, nor the section alone says what L is."""
    assert last(CHAPTERS, "b d") in _GOOD
    assert last(CHAPTERS, "a d") not in _GOOD
    assert last(CHAPTERS.replace("## Its", "# Its"), "b d") is Status.UNDECIDED
