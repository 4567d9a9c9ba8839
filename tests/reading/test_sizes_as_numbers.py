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


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"(2\times 3)(3\times 2) = 2\times 2", Status.REMARK),
        (r"(m\times n)(n\times p) = m\times p", Status.REMARK),
        (r"1\times 784 \cdot 784\times 10 = 1\times 10", Status.REMARK),
        (r"(2,3)(3,4) = (2,4)", Status.REMARK),
        (r"(2\times 3)(3\times 2) = 2\times 3", Status.REFUTED),
        (r"(2\times 3)(4\times 2) = 2\times 2", Status.REFUTED),
        (r"(m\times n)(n\times p) = n\times p", Status.REFUTED),
        (r"(2\times 3)(3\times 4) = 6\times 12", Status.PROVED),
        (r"(2\times 3)(3\times 4) = 6\times 13", Status.REFUTED),
        (r"(5\times 1) + (5\times 1) = 5\times 1", Status.REFUTED),
        (r"2\times 3 = 2\times 4", Status.REFUTED),
    ],
)
def test_shapes_multiplied_are_no_numbers(line: str, status: Status) -> None:
    assert check(f"The product is ${line}$ here.", path="n.md").judgements[-1].status is status
