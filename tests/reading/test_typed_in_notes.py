"""Signs that notes are typed with and textbooks are not: each is read, and wrong twins are seen."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status


def statuses(text: str) -> list[Status]:
    return [judgement.status for judgement in check(text).judgements]


def last(*lines: str) -> Status:
    return statuses("\n\n".join(f"$${line}$$" for line in lines))[-1]


@pytest.mark.parametrize(
    "line",
    [
        r"E[x|y] = 3",
        r"L(\theta|D) = \theta^2",
        r"a = 0.\ \square",
        r"\boxed{\; a = b .\;}",
        r"a \mathrel{+}= b",
        r"g = \begin{bmatrix} 1 \\ 2 \end{bmatrix}_{2 \times 1}",
        r"f = w_1 ··· w_n",
        r"\left .\frac{\partial g}{\partial x}\right |_{x = 3} = 2",
        r"\begin{cases} -r_k r_i, k \not = i \\ r_i (1-r_i), k = i \end{cases} = q",
        r"\begin{cases} -r_k r_i ~~ \text{if } k \neq i \\ r_i \text{ otherwise} \end{cases} = q",
        r"\triangle w = 3 ， y = 2",
        r"\setcounter{equation}{19} a = b",
        r"\mathbf{\frac{\partial L}{\partial f} = d}",
    ],
)
def test_it_is_read(line: str) -> None:
    assert Status.UNREAD not in statuses(f"$${line}$$")


@pytest.mark.parametrize(
    "trace", [r"\mathrm{tr} A B", r"\text{tr}(AB)", "trAB", r"\operatorname{tr} AB"]
)
def test_a_trace_without_brackets_is_of_the_product(trace: str) -> None:
    shapes = r"A \in \mathbb{R}^{m \times n}, \quad B \in \mathbb{R}^{n \times m}"
    assert last(shapes, rf"\frac{{\partial}}{{\partial A}} {trace} = B^T") is Status.PROVED
    assert last(shapes, rf"\frac{{\partial}}{{\partial A}} {trace} = B") is not Status.PROVED


def test_vectors_of_ones_and_noughts() -> None:
    assert last(r"s = x^T \vec{1}", r"\frac{\partial s}{\partial x_i} = 1") is Status.PROVED
    assert last(r"s = x^T \vec{1}", r"\frac{\partial s}{\partial x_i} = 2") is not Status.PROVED
    assert last(r"y = W x + \mathbf{0}", r"y = W x") is Status.PROVED
    assert last(r"y = W x + \mathbf{0}", r"y = W x + x") is not Status.PROVED


def test_lines_set_in_heavy_type() -> None:
    network = (r"\mathbf{d = e + c}", r"\mathbf{L = d f}")
    assert last(*network, r"\mathbf{\frac{\partial L}{\partial f} = d}") is Status.PROVED
    assert last(*network, r"\mathbf{\frac{\partial L}{\partial f} = e}") is Status.REFUTED


def test_conditions_behind_a_comma() -> None:
    softmax = r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"
    cases = r"\begin{cases} %s, k \neq i \\ p_i (1 - p_i), k = i \end{cases}"
    line = r"\frac{\partial p_k}{\partial z_i} = " + cases
    assert last(softmax, line % "-p_k p_i") is Status.PROVED
    assert last(softmax, line % "p_k p_i") is Status.REFUTED


def test_exponentials_beside_a_quantity_e() -> None:
    beside = (r"d = e + c", r"f(x) = \frac{e^{2x} - 1}{e^{2x} + 1}")
    assert last(*beside, r"1 - f(x)^2 = \frac{4 e^{2x}}{(e^{2x}+1)^2}") is Status.PROVED
    assert last(*beside, r"1 - f(x)^2 = \frac{2 e^{2x}}{(e^{2x}+1)^2}") is not Status.PROVED


def test_a_dot_alone_in_a_matrix_is_more_of_its_row() -> None:
    matrix = (
        r"M = \begin{bmatrix} w_{11} & ··· & w_{1n} \\ & · & \\ w_{n1} & ··· & w_{nn} \end{bmatrix}"
    )
    assert Status.UNREAD not in statuses(f"$${matrix}$$")
    assert Status.UNREAD not in statuses(r"$$c = \mathbf{0}_{4 \times 1} + \mathbf{0}_n$$")
