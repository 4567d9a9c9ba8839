r"""Steps in round brackets behind a name, `h(t)`, `e_j(n)`, `z(l)`; they are no arguments."""

import pytest

from symback.reading import check
from symback.reading.statements.statements import read_document
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

PAGES = {
    "recurrent": r"""For $t = 1, \dots, T$

$$h(t) = \tanh(W h(t-1) + U x(t))$$
$$o(t) = V h(t)$$
$$L = \frac12\sum_{t=1}^T \|o(t) - y(t)\|^2$$
""",
    "output neurons": r"""$$e_j(n) = d_j(n) - y_j(n)$$
$$E(n) = \frac12\sum_j e_j^2(n)$$
$$v_j(n) = \sum_{i=0}^m w_{ji}(n) y_i(n)$$
$$y_j(n) = \varphi_j(v_j(n))$$
""",
    "layers": r"""$$z(l) = W(l) a(l-1) + b(l)$$
$$a(l) = \sigma(z(l))$$
$$\delta(l) = \frac{\partial C}{\partial z(l)}$$
$$C = \frac12\|a(L) - y\|^2$$
""",
    "adaline": r"""$y(n) = w^T(n) x(n)$, $e(n) = d(n) - y(n)$, $E(n) = \frac12 e^2(n)$

$$w(n+1) = w(n) + \eta x(n) e(n)$$
""",
    "real argument": r"""Let $x(t) = t^2$ and $y(t) = \sin t$, $f(x, y) = xy$.
""",
}
LINES = [
    ("recurrent", r"\frac{\partial L}{\partial o(t)} = o(t) - y(t)", "- y(t)", "- y(t-1)"),
    ("recurrent", r"\frac{\partial L}{\partial V} = \sum_t (o(t) - y(t)) h(t)^T", "h(t)", "h(t-1)"),
    ("output neurons", r"\frac{\partial E(n)}{\partial e_j(n)} = e_j(n)", "= e", "= 2e"),
    ("output neurons", r"\frac{\partial v_j(n)}{\partial w_{ji}(n)} = y_i(n)", "y_i", "y_j"),
    (
        "output neurons",
        r"\frac{\partial E(n)}{\partial w_{ji}(n)} = -e_j(n)\varphi_j'(v_j(n)) y_i(n)",
        "y_i", "y_j",
    ),
    ("layers", r"\delta(L) = (a(L) - y)\odot\sigma'(z(L))", "- y", "+ y"),
    ("layers", r"\delta(l) = W(l+1)^T\delta(l+1) \odot \sigma'(z(l))", "'(z(l))", "'(z(l+1))"),
    ("layers", r"\frac{\partial C}{\partial W(l)} = \delta(l) a(l-1)^T", "a(l-1)", "a(l)"),
    ("adaline", r"\frac{\partial E(n)}{\partial w(n)} = -x(n) e(n)", "-x", "x"),
    ("real argument", r"\frac{df}{dt} = y(t) x'(t) + x(t) y'(t)", "+", "-"),
    ("real argument", "x'(t) = 2t", "2t", "t"),
]  # fmt: skip


def status(page: str, line: str) -> Status:
    return check(f"{PAGES[page]}\n\n$${line}$$\n", path="notes.md").judgements[-1].status


@pytest.mark.parametrize(("page", "line", "right", "wrong"), LINES)
def test_a_line_and_its_twin(page: str, line: str, right: str, wrong: str) -> None:
    assert status(page, line) in _GOOD
    assert right in line
    assert status(page, line.replace(right, wrong, 1)) not in _GOOD


def test_the_argument_of_a_function_of_analysis_is_no_step() -> None:
    text = r"$x_1(t) = \cos t$, $y_1(t) = \sin(t)$"
    assert not read_document(text, name="notes.md").functions.stepped
    assert read_document(PAGES["output neurons"], name="notes.md").functions.stepped
