"""An entry beside the window of a kernel is none, whatever a line says of those that are."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

ROW = r"$$s_i = \sum_{m=1}^{K} w_m a_{i+m-1}$$"
FILTER = r"$$y_n = \sum_{k=0}^{K-1} h_k x_{n-k}$$"
IMAGE = r"$$z_{ij} = \sum_{u=0}^{M-1}\sum_{v=0}^{N-1} k_{uv}\, x_{i+u,j+v} + b$$"

DERIVATIVE = r"\frac{\partial s_i}{\partial a_j} = "
OF_FILTER = r"\frac{\partial y_n}{\partial x_m} = "
OF_IMAGE = r"\frac{\partial z_{ij}}{\partial x_{pq}} = "
OF_LOSS = r"\frac{\partial L}{\partial x_m} = \sum_n \frac{\partial L}{\partial y_n} "

LINES = [
    (ROW, DERIVATIVE, "w_{j-i+1}", "w_{j-i}"),
    (ROW, DERIVATIVE, "w_{j-i+1}", "w_{i-j+1}"),
    (ROW, DERIVATIVE, "w_{j-i+1}", "2 w_{j-i+1}"),
    (ROW, DERIVATIVE, "w_{j-i+1}", "w_{j-i+90}"),
    (FILTER, OF_FILTER, "h_{n-m}", "h_{m-n}"),
    (FILTER, OF_LOSS, "h_{n-m}", "h_{m-n}"),
    (IMAGE, OF_IMAGE, "k_{p-i,q-j}", "k_{q-j,p-i}"),
]


@pytest.mark.parametrize(("kernel", "left", "right", "wrong"), LINES)
def test_a_derivative_that_is_an_entry_of_the_kernel(
    kernel: str, left: str, right: str, wrong: str
) -> None:
    found = check(f"{kernel}\n\n$${left}{right}$$\n", path="n.md").judgements[-1]
    assert found.status is Status.PROVED
    assert "zero-beside-kernel" in {code for code, _ in found.readings}
    slip = check(f"{kernel}\n\n$${left}{wrong}$$\n", path="n.md").judgements[-1]
    assert slip.status is Status.REFUTED


def test_only_a_kernel_has_a_window() -> None:
    """`T_ij = c_{i-j}` sums over nothing, and the c beside it is any number."""
    said = r"$$T_{ij} = c_{i-j}$$ $$z_i = \sum_j T_{ij} x_j$$ "
    right, wrong = (
        rf"$$\frac{{\partial z_i}}{{\partial x_j}} = c_{{{x}}}$$" for x in ("i-j", "j-i")
    )
    found = check(said + right, path="n.md").judgements[-1]
    assert found.status is Status.PROVED
    assert "zero-beside-kernel" not in {code for code, _ in found.readings}
    assert check(said + wrong, path="n.md").judgements[-1].status is Status.REFUTED


ADDED_UP = r"""
$$s_i = \sum_{m=1}^{K} w_m a_{i+m-1}$$

$$L = \frac12 \sum_i (s_i - t_i)^2$$

$$\frac{\partial L}{\partial a_j} = SLOPE$$
"""


def test_what_a_loss_does_not_add_up_has_no_gradient_to_give() -> None:
    right = r"\sum_{m=1}^K (s_{j-m+1} - t_{j-m+1}) w_m"
    wrong = (
        right.replace("j-m+1", "j+m-1"),
        right.replace("j-m+1", "j-m"),
        right.replace("- t", "+ t"),
        f"2 {right}",
    )
    for slope, is_right in ((right, True), *((each, False) for each in wrong)):
        status = check(ADDED_UP.replace("SLOPE", slope), path="n.md").judgements[-1].status
        assert status is (Status.PROVED if is_right else Status.REFUTED)


NAMED = r"""
$$y_i = \sum_{k} w_k x_{i+k}$$

$$L = \frac12 \sum_i (y_i - t_i)^2$$

$$\delta_i = y_i - t_i$$

$$\frac{\partial L}{\partial x_j} = SLOPE$$
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\sum_k \delta_{j-k} w_k", r"\sum_k \delta_{j+k} w_k"),
        (r"\sum_k (y_{j-k} - t_{j-k}) w_k", r"\sum_k (y_{j-k} + t_{j-k}) w_k"),
    ],
)
def test_what_is_said_of_every_output_has_its_window(right: str, wrong: str) -> None:
    for slope, expected in ((right, Status.PROVED), (wrong, Status.REFUTED)):
        page = NAMED.replace("SLOPE", slope)
        assert check(page, path="n.md").judgements[-1].status is expected
