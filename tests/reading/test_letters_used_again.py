"""A line is not called wrong for what a long document does elsewhere with its letters."""

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

ELSEWHERE = r"""Each sample is a column, and W has a row for each output:

$$X_i = \begin{bmatrix} x_{i1} \\ x_{i2} \\ x_{i3} \end{bmatrix}$$

$$Z = W X$$
"""
REGRESSION = r"""
$$L(y, a) = \frac{1}{2} (a-y)^2$$

$$a = w * x + b$$

$$LINE$$
"""


def last(line: str, between: str = "") -> Status:
    text = ELSEWHERE + between + REGRESSION.replace("LINE", line)
    return check(text, path="n.md").judgements[-1].status


def test_a_regression_of_numbers_behind_matrices() -> None:
    right = r"\frac{\partial L}{\partial w} = (a-y)*x"
    far = "\n\nA sentence of another subject.\n" * 25
    assert last(right, far) is not Status.REFUTED
    assert last(right.replace("a-y", "y-a"), far) not in _GOOD


def test_a_matrix_that_is_said_to_be_symmetric() -> None:
    text = (
        r"The solution is $P = F(A)$.\n\nIt is symmetric, so $(\dot{A} P)^T = P \dot{A}^T$ here,"
        r" and $C \in \mathbb{R}^{n \times n}$, $C^T \neq C$."
    ).replace(r"\n", "\n")
    (found,) = (
        j for j in check(text, path="n.md").judgements if r"\dot{A} P" in j.statement.excerpt.text
    )
    assert found.status is not Status.REFUTED


def test_a_matrix_that_may_be_orthogonal() -> None:
    said = r"Let $W \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$. "
    text = said + r"$$x^\top W^\top W x = x^\top x$$"
    assert check(text, path="n.md").judgements[-1].status is Status.UNDECIDED
    slip = text.replace(r"= x^\top x", r"= x^\top W x")
    assert check(slip, path="n.md").judgements[-1].status not in _GOOD
