"""Sizes that stand in formulas as numbers, which no small factor of a wrong line makes up for."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

MEAN = r"""
$$z_i = \sum_{j=1}^{%(inputs)s} w_j x_{ij}$$
$$L = \frac{1}{%(samples)s} \sum_{i=1}^{%(samples)s} (z_i - t_i)^2$$
$$\frac{\partial L}{\partial %(by)s} = %(right)s$$
"""

LETTERS = [("n", "m"), ("m", "n"), ("D", "N")]
LINES = [
    ("w_j", r"\frac{2}{%s} \sum_{i=1}^{%s} (z_i - t_i) x_{ij}", Status.PROVED),
    ("w_j", r"\frac{1}{%s} \sum_{i=1}^{%s} (z_i - t_i) x_{ij}", Status.REFUTED),
    ("w_j", r"\sum_{i=1}^{%s} (z_i - t_i) x_{ij}", Status.REFUTED),
    ("w_j", r"2 \sum_{i=1}^{%s} (z_i - t_i) x_{ij}", Status.REFUTED),
    ("z_i", r"\frac{2}{%s} (z_i - t_i)", Status.PROVED),
    ("z_i", r"z_i - t_i", Status.REFUTED),
    ("z_i", r"\frac{1}{2} (z_i - t_i)", Status.REFUTED),
    ("z_i", r"\frac{2}{3} (z_i - t_i)", Status.REFUTED),
]


@pytest.mark.spread
@pytest.mark.parametrize(("inputs", "samples"), LETTERS)
@pytest.mark.parametrize(("by", "right", "status"), LINES)
def test_a_mean_has_its_divisor(inputs, samples, by, right, status) -> None:
    right = right % ((samples,) * right.count("%s"))
    text = MEAN % {"inputs": inputs, "samples": samples, "by": by, "right": right}
    assert check(text).judgements[-1].status is status
