"""The derivative of a sum is the sum of the derivatives, of all its terms."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

STEPS = r"$$L = \sum_{t=1}^{T} L_t$$"
MEAN = r"$$L = \frac{1}{m} \sum_i L_i$$"
PARTS = (
    r"$$L = L_a + L_b$$ "
    r"$$\frac{\partial L}{\partial v} = \frac{\partial L_a}{\partial v} "
    r"+ \frac{\partial L_b}{\partial v}$$"
)


@pytest.mark.parametrize(
    ("document", "line", "holds"),
    [
        (STEPS, r"\frac{\partial L}{\partial W} = \sum_{t=1}^{T} "
         r"\frac{\partial L_t}{\partial W}", 1),
        (STEPS, r"\frac{\partial L}{\partial W} = \sum_t \frac{\partial L_t}{\partial W}", 1),
        (STEPS, r"\nabla_U L = \sum_{t=1}^{T} \nabla_U L_t", 1),
        (STEPS, r"\frac{\partial L}{\partial W} = \sum_{t=2}^{T} "
         r"\frac{\partial L_t}{\partial W}", 0),
        (STEPS, r"\frac{\partial L}{\partial W} = \sum_{t=1}^{T} "
         r"\frac{\partial L_t}{\partial U}", 0),
        (STEPS, r"\frac{\partial L}{\partial h_t} = \sum_{t=1}^{T} "
         r"\frac{\partial L_t}{\partial h_t}", 0),
        (MEAN, r"\frac{\partial L}{\partial w} = \frac{1}{m} \sum_i "
         r"\frac{\partial L_i}{\partial w}", 1),
        (MEAN, r"\frac{\partial L}{\partial w} = \sum_i \frac{\partial L_i}{\partial w}", 0),
        (PARTS, r"\frac{\partial L}{\partial u} = \frac{\partial L_a}{\partial u} "
         r"+ \frac{\partial L_b}{\partial u}", 1),
        (PARTS, r"\frac{\partial L}{\partial v} = \frac{\partial L_a}{\partial v} "
         r"- \frac{\partial L_b}{\partial v}", 0),
        (PARTS, r"\frac{\partial L}{\partial v} = \frac{\partial L_a}{\partial v}", 0),
    ],
)  # fmt: skip
def test_a_sum_is_differentiated_term_by_term(document: str, line: str, holds: int) -> None:
    found = check(f"{document}\n\n$${line}$$", path="n.md").judgements[-1]
    assert (found.status is Status.PROVED) == bool(holds)


def test_rules_beside_each_other_do_not_lead_back_to_themselves() -> None:
    document = r"""
$$\left(\frac{\partial y}{\partial x}\right)_{ij} = \frac{\partial y_i}{\partial x_j}$$
$$\left(\frac{\partial x}{\partial A}\right)_{ij} = \frac{\partial x}{\partial A_{ij}}$$

$$\frac{\partial x^T a}{\partial x} = \frac{\partial a^T x}{\partial x} = a$$
"""
    assert check(document, path="n.md").judgements[-1].status is Status.PROVED
