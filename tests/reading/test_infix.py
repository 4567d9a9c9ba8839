"""Plain formulas give the trees of their LaTeX."""

from __future__ import annotations

import pytest

from symback.reading.finding import Excerpt
from symback.reading.formula.infix import read_infix
from symback.reading.formula.unread import Reason, Unread
from symback.reading.statements.blocks import Block, Chain, read_block

PAIRS = [
    (
        "dL/dW1[1,2] = sum_i dL/dyhat[i] * g'(y'[i]) * W2[2,i] * f'(h'[2]) * x[1]",
        r"\frac{\partial L}{\partial W^{(1)}_{1,2}} = \sum_i \frac{\partial L}{\partial \hat y_i}"
        r" g'(y'_i) W^{(2)}_{2,i} f'(h'_2) x_1",
    ),
    ("w <- w - eta * dL/dw", r"w \leftarrow w - \eta \frac{\partial L}{\partial w}"),
    ("delta2 = (yhat - y) .* sigma'(z2)", r"\delta_2 = (\hat y - y) \odot \sigma'(z_2)"),
    ("dL/dW1 = x.T @ delta1", r"\frac{\partial L}{\partial W^{(1)}} = x^T \delta_1"),
    ("d/dz (1 + e^(-z))", r"\frac{\partial}{\partial z}(1 + e^{-z})"),
    ("sum_{i=1} x_i**2", r"\sum_{i=1} x_i^2"),
    ("∂L/∂b^(2)[1] = dz", r"\frac{\partial L}{\partial b^{(2)}_1} = dz"),
    ("0.5 * -1 = -0.5", "0.5 * -1 = -0.5"),
    ("W2[1][2]", "W^{(2)}_{1,2}"),
    ("dyhat[2]", r"d\hat y_2"),
    ("s = q k/sqrt(d)", r"s = q k/\sqrt{d}"),
    ("sum(i, W2[k,i] y[i]) h", r"\sum_i (W^{(2)}_{k,i} y_i) h"),
    ("sum(k, i, a[k] b[i])", r"\sum_k \sum_i (a_k b_i)"),
    ("sum(i, (a[i]))", r"\sum_i ((a_i))"),
    ("np.dot(h.T, W2)", "((h^T) (W^{(2)}))"),
    ("h.T.dot(W2) + np.exp(z)", r"h^T (W^{(2)}) + \exp(z)"),
    ("np.outer(x, (a + b))", r"\mathrm{outer}(x, (a + b))"),
    ("dW1", "dW^{(1)}"),
]
TYPED = [
    ("∂L/∂W₂[1,2]", "dL/dW2[1,2]"),
    ("∂L/∂ŷ₂ · g′(y₂′) × h₁", "dL/dyhat[2] * g'(y'[2]) * h[1]"),
    ("Σᵢ δ₂[i] W₂[k,i]", "sum_i delta2[i] * W2[k,i]"),
    ("𝜕L/𝜕𝑊₁₂⁽²⁾ − ηδ", "dL/dW_12^(2) - eta * delta"),
    ("dL/dy_hat[2]", "dL/dyhat[2]"),
]


def trees(block: Block) -> list[object]:
    return [
        (item.first, [(link.relation, link.operand) for link in item.links])
        for item in block.items
        if isinstance(item, Chain)
    ]


@pytest.mark.parametrize(("plain", "latex"), PAIRS)
def test_plain_and_latex_give_one_tree(plain: str, latex: str) -> None:
    found = trees(read_infix(plain))
    assert found
    assert found == trees(read_block(Excerpt.of(latex)))


@pytest.mark.parametrize(("typed", "plain"), TYPED)
def test_what_is_typed_is_read_as_ascii(typed: str, plain: str) -> None:
    found = trees(read_infix(typed))
    assert found
    assert found == trees(read_infix(plain))


def test_places_are_those_of_what_was_typed() -> None:
    unread = read_infix("∂L/∂ŷ₂ = \u20ac").items[-1]
    assert isinstance(unread, Unread)
    assert (unread.token, unread.column) == ("\u20ac", 10)


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("a = $", Reason.UNKNOWN_CHARACTER, 5),
        ("(a", Reason.UNEXPECTED, 2),
        ("a = " + "9" * 50, Reason.NUMBER_TOO_LONG, 5),
        ("a = 1e999999999", Reason.NUMBER_TOO_LONG, 5),
        ("__class__", Reason.UNKNOWN_CHARACTER, 1),
        ("x" * 30_000, Reason.TOO_LONG, 1),
    ],
)
def test_what_is_not_understood_is_refused(text: str, reason: Reason, column: int) -> None:
    unread = read_infix(text).items[-1]
    assert isinstance(unread, Unread)
    assert (unread.reason, unread.column) == (reason, column)
