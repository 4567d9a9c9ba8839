"""Derivatives of products of matrices by one of them, and letters of losses that are matrices."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status


def last(*lines: str) -> Status:
    return check("\n\n".join(f"$${line}$$" for line in lines)).judgements[-1].status


@pytest.mark.parametrize("letter", ["C", "Z", "E", "L"])
@pytest.mark.parametrize(
    ("by", "right", "status"),
    [
        ("A", "B^T", Status.PROVED),
        ("A", "B", Status.UNDECIDED),  # which is right where rows are those of A
        ("B", "A^T", Status.PROVED),
        ("B", "A", Status.UNDECIDED),
    ],
)
def test_a_product_by_its_matrix(letter: str, by: str, right: str, status: Status) -> None:
    line = rf"\frac{{\partial {letter}}}{{\partial {by}}} = {right}"
    shapes = r"A \in \mathbb{R}^{m \times n}, \quad B \in \mathbb{R}^{n \times p}"
    assert last(shapes, f"{letter} = A B", line) is status


@pytest.mark.parametrize("letter", ["C", "Z"])
@pytest.mark.parametrize("right", ["B", "B^T"])
def test_a_transposed_matrix_turns_the_gradient(letter: str, right: str) -> None:
    shapes = r"A \in \mathbb{R}^{m \times n}, \quad B \in \mathbb{R}^{m \times p}"
    line = rf"\frac{{\partial {letter}}}{{\partial A}} = {right}"
    assert last(shapes, f"{letter} = A^T B", line) is Status.UNDECIDED


@pytest.mark.parametrize(("sign", "status"), [("-", Status.PROVED), ("", Status.REFUTED)])
def test_a_matrix_of_errors_is_no_loss(sign: str, status: Status) -> None:
    line = rf"\frac{{\partial L}}{{\partial W}} = {sign}X^T E"
    assert last("E = T - X W", r"L = \frac12 \mathrm{tr}(E^T E)", line) is status


def test_a_repair_is_not_the_only_one_where_the_gradient_may_be_by_another_quantity() -> None:
    document = r"$$z = b + \sum_i x_i w_i$$" + "\n\n" + r"$$\frac{\partial z}{\partial w_i} = %s$$"
    for right, unique in (("w_i", False), ("2 x_i", True)):
        found = check(document % right).judgements[-1]
        repairs = [each.repair for each in found.diagnoses if each.repair is not None]
        assert [repair.unique for repair in repairs] == [unique]
