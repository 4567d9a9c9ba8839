# ruff: noqa: E501 -- pages are kept as a writer types them
"""Pages that say other than it seems: nothing wrong is proved, and nothing right refuted.

Each page ends with the line that is judged.
"""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

WRONG = {
    "begun anew": (
        r"## Exercise 1"
        "\n"
        r""
        "\n"
        r"$f(x,y) = x^2y$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial f}{\partial x} = 2xy$$"
        "\n"
        r""
        "\n"
        r"## Exercise 2"
        "\n"
        r""
        "\n"
        r"$f(x,y) = xy^2$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial f}{\partial x} = y^2$$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial f}{\partial y} = x^2$$"
        "\n"
    ),
    "begun anew mean": (
        r"Here $\hat y_i = w x_i + b$."
        "\n"
        r""
        "\n"
        r"$$E = \sum_{i=1}^n (y_i - \hat y_i)^2$$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial E}{\partial w} = -2\sum_{i=1}^n (y_i - \hat y_i)x_i$$"
        "\n"
        r""
        "\n"
        r"Now take the mean,"
        "\n"
        r""
        "\n"
        r"$$E = \frac1n\sum_{i=1}^n (y_i - \hat y_i)^2$$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial E}{\partial w} = -\frac2n\sum_{i=1}^n (y_i - \hat y_i)x_i$$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial E}{\partial b} = -2\sum_{i=1}^n (y_i - \hat y_i)$$"
        "\n"
    ),
    "begun anew f": (
        r"$$f(x) = \sin x$$"
        "\n"
        r""
        "\n"
        r"$$f(x) = \cos x$$"
        "\n"
        r""
        "\n"
        r"$$f'(x) = -\sin x$$"
        "\n"
        r""
        "\n"
        r"$$f''(x) = -\sin x$$"
        "\n"
    ),
    "begun anew loss": (
        r"**MSE.** $L = \frac12(a-y)^2$, $a=\sigma(z)$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial a} = a-y$$"
        "\n"
        r""
        "\n"
        r"**Cross-entropy.** $L = -y\ln a-(1-y)\ln(1-a)$, $a = \sigma(z)$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial a} = \frac{a-y}{a(1-a)}$$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial z} = (a-y)a(1-a)$$"
        "\n"
    ),
    "begun anew activation": (
        r"## Sigmoid"
        "\n"
        r""
        "\n"
        r"$z = w^Tx + b$, $a = \sigma(z)$, $L = \frac12(a-y)^2$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial z} = (a-y)a(1-a)$$"
        "\n"
        r""
        "\n"
        r"## Linear"
        "\n"
        r""
        "\n"
        r"Now $a = z$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial z} = (a-y)a(1-a)$$"
        "\n"
    ),
    "begun anew decay": (
        r"## Squared"
        "\n"
        r""
        "\n"
        r"$$L(w) = \frac12\|Xw-y\|^2$$"
        "\n"
        r""
        "\n"
        r"$$\nabla L(w) = X^T(Xw-y)$$"
        "\n"
        r""
        "\n"
        r"## With weight decay"
        "\n"
        r""
        "\n"
        r"$$L(w) = \frac12\|Xw-y\|^2 + \frac\lambda2\|w\|^2$$"
        "\n"
        r""
        "\n"
        r"$$\nabla L(w) = X^T(Xw-y) + \lambda w$$"
        "\n"
        r""
        "\n"
        r"$$\nabla^2 L(w) = X^TX$$"
        "\n"
    ),
    "named normaliser": (
        r"$p_i = \frac{e^{z_i}}{Z}$ with $Z = \sum_je^{z_j}$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial p_i}{\partial z_i} = p_i$$"
        "\n"
    ),
    "named mean": (
        r"$\mu = \frac1n\sum_ix_i$, $y_i = x_i-\mu$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial y_i}{\partial x_i} = 1$$"
        "\n"
        r""
        "\n"
    ),
    "named total": (
        r"The total is $s = \sum_jw_j$ and $q_i = w_i/s$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial q_i}{\partial w_i} = \frac1s$$"
        "\n"
    ),
    "named norm": (
        r"$r = \sqrt{\sum_jx_j^2}$, $y_i = x_i/r$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial y_i}{\partial x_i} = \frac1r$$"
        "\n"
    ),
    "entries not samples": (
        r"The $k$ outputs are $\hat y = w x + b$ with $w, b \in \mathbb{R}^k$. $L = \sum_{i=1}^k(\hat y_i - y_i)^2$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial b} = 2\sum_{i=1}^k(\hat y_i - y_i)$$"
        "\n"
    ),
    "entries said outputs": (
        r"There are several outputs, $\hat y = w x + b$, and $L = \sum_i(\hat y_i - y_i)^2$ runs over the outputs."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial b} = 2\sum_i(\hat y_i - y_i)$$"
        "\n"
    ),
    "entries labels": (
        r"$a = \sigma(z)$, $z = w x + b$, multi-label: $L = -\sum_{c}[y_c\log a_c + (1-y_c)\log(1-a_c)]$ where $c$ runs over the labels."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial w} = \sum_c(a_c-y_c)x_c$$"
        "\n"
    ),
    "entries bold": (
        r"$\hat{y} = \mathbf{w}x + \mathbf{b}$ with vectors $\mathbf{w}, \mathbf{b}$ and a number $x$. $L = \sum_c(\hat y_c - y_c)^2$ over the classes $c$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial\mathbf{w}} = 2\sum_c(\hat y_c - y_c)x_c$$"
        "\n"
    ),
    "entries sigmoid": (
        r"$\hat{y} = \sigma(z)$, $z = w x + b$, $w,b\in\mathbb{R}^n$, $x\in\mathbb{R}$, $L = \frac12\sum_{i=1}^n(\hat y_i-y_i)^2$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial L}{\partial b} = \sum_{i=1}^n(\hat y_i-y_i)\hat y_i(1-\hat y_i)$$"
        "\n"
    ),
    "primed argument": (
        r"$V(s) = w^T\phi(s)$, the target uses the next state $s'$."
        "\n"
        r""
        "\n"
        r"$$\nabla_wV(s') = \phi(s)$$"
        "\n"
    ),
    "primed argument f": (
        r"$f(x) = w^Tx$."
        "\n"
        r""
        "\n"
        r"$$\nabla_wf(x') = x$$"
        "\n"
    ),
    "sym other": (
        r"Let $B$ be symmetric and $A$ arbitrary."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "sym part": (
        r"Every square matrix $A$ is the sum of a symmetric and a skew part."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "skew": (
        r"$A$ is skew-symmetric."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "sym french": (
        r"Soit $S$ une matrice symétrique et $A$ une matrice quelconque."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "never assume": (
        r"We never assume that $A$ is symmetric."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "without assuming": (
        r"Without assuming that $A$ is symmetric, we get"
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "drop": (
        r"We drop the assumption that $A$ is symmetric."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "question": (
        r"Is $A$ symmetric? Not in general."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "only when": (
        r"$A$ is symmetric only when the graph is undirected; ours is directed."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "no longer": (
        r"$A$ is symmetric no longer."
        "\n"
        r""
        "\n"
        r"$$\nabla_x (x^TAx) = 2Ax$$"
        "\n"
    ),
    "then triangular": (
        r"The result $\nabla_x(x^TAx) = 2Ax$ holds for symmetric $A$. For triangular $A$:"
        "\n"
        r""
        "\n"
        r"$$\nabla_x(x^TAx) = 2Ax$$"
        "\n"
    ),
    "sym XtX": (
        r"Since $X^TX$ is symmetric and $A$ is a square matrix, with $f(w) = w^TX^TXw$, $h(w) = w^TAw$,"
        "\n"
        r""
        "\n"
        r"$$\nabla h(w) = 2Aw$$"
        "\n"
    ),
    "laplacian": (
        r"$f(x) = x^TAx$, and $\nabla^2$ is the Laplace operator."
        "\n"
        r""
        "\n"
        r"$$\nabla^2f = A+A^T$$"
        "\n"
    ),
    "dZ missing 1m": (
        r"$Z = WX + b$, $A = \sigma(Z)$ and $J = -\frac1m\sum_{i=1}^m[y^{(i)}\log a^{(i)} + (1-y^{(i)})\log(1-a^{(i)})]$. Put $dZ = A - Y$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial J}{\partial W} = dZ X^T$$"
        "\n"
    ),
    "two layers one z": (
        r"First layer: $z = W_1x$, $h = \sigma(z)$. Second layer: $z = W_2h$, $y = \sigma(z)$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial y}{\partial x} = \mathrm{diag}(\sigma'(z))W_1$$"
        "\n"
    ),
    "named factor": (
        r"$c = \sum_jx_jw_j$, $y_i = x_ic$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial y_i}{\partial x_i} = c$$"
        "\n"
    ),
}  # fmt: skip

RIGHT = {
    "what holds on a condition": (
        r"$$L(\gamma) = \sum_i \gamma_i^2$$"
        "\n\n"
        r"$$\frac{\partial L}{\partial \gamma_i} = 2 \gamma_i$$"
        "\n\n"
        r"Curves are related, with $[\gamma_1] = [\gamma_2]$ if they agree."
    ),
    "bold and plain": (
        r"$\mathbf{w} = (w_1, w_2)$, $\mathbf{x} = (x_1, x_2)$, $w = 2$, $x = 3$."
        "\n\n"
        r"$$\|\mathbf{w} + \mathbf{x}\|^2 = \|\mathbf{w}\|^2 + 2 w x + \|\mathbf{x}\|^2$$"
    ),
    "bold vectors by number": (
        r"Let $\mathbf{x} = (x_1, \dots, x_d)$ and $\mathbf{w}_{t+1} = \mathbf{w}_t + y_i \mathbf{x}_i$."
        "\n\n"
        r"$$\|\mathbf{w} + y_i \mathbf{x}_i\|^2 = \|\mathbf{w}\|^2 + 2 y_i \langle \mathbf{w}, \mathbf{x}_i \rangle + y_i^2 \|\mathbf{x}_i\|^2$$"
    ),
    "recur two steps": (
        r"The state is $h_t = W h_{t-1} + U x_t$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial h_t}{\partial x_{t-1}} = WU$$"
        "\n"
    ),
    "recur tanh": (
        r"Scalar: $h_t = \tanh(w h_{t-1} + u x_t)$"
        "\n"
        r""
        "\n"
        r"$$\frac{\partial h_t}{\partial h_{t-2}} = (1-h_t^2)(1-h_{t-1}^2)w^2$$"
        "\n"
    ),
    "unrolled": (
        r"The state is $h_t = w h_{t-1} + x_t$."
        "\n"
        r""
        "\n"
        r"$$h_t = w^2h_{t-2} + wx_{t-1} + x_t$$"
        "\n"
    ),
    "unrolled momentum": (
        r"$v_t = \beta v_{t-1} + (1-\beta)g_t$."
        "\n"
        r""
        "\n"
        r"$$v_t = \beta^2v_{t-2} + \beta(1-\beta)g_{t-1} + (1-\beta)g_t$$"
        "\n"
    ),
    "unrolled descent": (
        r"$w_{t+1} = w_t - \eta g_t$"
        "\n"
        r""
        "\n"
        r"$$w_{t+1} = w_{t-1} - \eta g_{t-1} - \eta g_t$$"
        "\n"
    ),
    "preactivation step": (
        r"$a_t = w s_{t-1} + u x_t$, $s_t = \tanh(a_t)$."
        "\n"
        r""
        "\n"
        r"$$\frac{\partial a_t}{\partial a_{t-1}} = w(1-s_{t-1}^2)$$"
        "\n"
    ),
    "product two args": (
        r"$h(x) = w^Tx$, $L = h(x_1)h(x_2)$."
        "\n"
        r""
        "\n"
        r"$$\nabla_wL = h(x_2)x_1 + h(x_1)x_2$$"
        "\n"
    ),
    "two args logs": (
        r"$h(x) = \sigma(w^Tx + b)$, $L = -\log h(x_1) - \log(1-h(x_2))$."
        "\n"
        r""
        "\n"
        r"$$\nabla_wL = -(1-h(x_1))x_1 + h(x_2)x_2$$"
        "\n"
    ),
    "ranknet": (
        r"$s(x) = w^Tx$, $p = \sigma(s(x_1)-s(x_2))$, $L = -\log p$."
        "\n"
        r""
        "\n"
        r"$$\nabla_wL = -(1-p)(x_1-x_2)$$"
        "\n"
    ),
    "siamese vectors said": (
        r"For vectors $x_1, x_2$: $h(x) = \tanh(w^Tx)$, $L = (h(x_1)-h(x_2))^2$."
        "\n"
        r""
        "\n"
        r"$$\nabla_wL = 2(h(x_1)-h(x_2))((1-h(x_1)^2)x_1 - (1-h(x_2)^2)x_2)$$"
        "\n"
    ),
}  # fmt: skip


def _last(page: str) -> Status:
    return check(page, path="n.md").judgements[-1].status


@pytest.mark.parametrize("page", WRONG.values(), ids=WRONG)
def test_a_wrong_line_is_not_proved(page: str) -> None:
    assert _last(page) not in (Status.PROVED, Status.AGREES)


@pytest.mark.parametrize("page", RIGHT.values(), ids=RIGHT)
def test_a_right_line_is_not_refuted(page: str) -> None:
    assert _last(page) is not Status.REFUTED


@pytest.mark.parametrize(
    "words",
    [
        "where $A$ is symmetric.",
        "with a symmetric matrix $A$.",
        "where the matrix $A$ is symmetric and positive definite.",
        "Sei $A$ eine symmetrische Matrix.",
        "Soit $A$ une matrice symétrique.",
        "Let $A$ be symmetric.",
        "Suppose $A$ is symmetric positive definite.",
    ],
)
def test_what_is_said_to_be_symmetric_is(words: str) -> None:
    page = f"$$f(x) = x^T A x$$\n\n{words}\n\n$$\\nabla f(x) = 2 A x$$\n"
    assert _last(page) is Status.PROVED


def test_an_index_is_that_of_a_sample_where_words_say_so() -> None:
    page = (
        r"$$\hat y = w x + b$$ $$L = \sum_i (\hat y_i - y_i)^2$$"
        r" $$\frac{\partial L}{\partial b} = 2 \sum_i (\hat y_i - y_i)$$"
    )
    assert _last(page) is Status.UNDECIDED
    assert _last(f"Over all training examples: {page}") is Status.PROVED
