"""What a document leaves out, said in the language of models: each form that a line may have."""

from __future__ import annotations

import pytest

from symback.reading.checking import check
from symback.reading.statements.verdicts import Status

# Lines, a formula that they prove, and a slip in it.
CASES = [
    (
        ("p[i] = softmax(i, z[i])", "L = -sum(i, y[i] log(p[i]))"),
        r"where $\sum_i y_i = 1$: $$\frac{\partial L}{\partial z_j} = p_j - y_j$$",
        ("p_j - y_j", "y_j - p_j"),
    ),
    (
        ("L = mean(n, (p[n] - y[n])^2)",),
        r"$$\frac{\partial L}{\partial p_n} = \frac{2}{N} (p_n - y_n)$$",
        (r"\frac{2}{N}", "2"),
    ),
    (
        ("L = sum(n, sqrt(1 + (p[n] - y[n])^2))",),
        r"$$\frac{\partial L}{\partial p_n} = \frac{p_n - y_n}{\sqrt{1 + (p_n - y_n)^2}}$$",
        (r"\sqrt{1 + (p_n - y_n)^2}", "1 + (p_n - y_n)^2"),
    ),
    (
        ("h[k] = -z[k]/c * z[k]", "L = sum(k, v[k] h[k])"),
        r"$$\frac{\partial L}{\partial z_k} = -\frac{2 v_k z_k}{c}$$",
        ("-", ""),
    ),
    (
        ("h[k] = [z[k] > 0] z[k]", "L = sum(k, v[k] h[k])"),
        r"$$\frac{\partial L}{\partial v_k} = \mathbb{1}[z_k > 0] \, z_k$$",
        ("z_k > 0", "z_k < 0"),
    ),
]


@pytest.mark.parametrize(("lines", "text", "slip"), CASES)
def test_it_proves_the_formula_and_not_a_slip(
    lines: tuple[str, ...], text: str, slip: tuple[str, str]
) -> None:
    assert check(text, path="notes.md").judgements[-1].status is Status.UNDECIDED
    assert check(text, path="notes.md", lines=lines).judgements[-1].status is Status.PROVED
    wrong = text.replace(*slip)
    assert wrong != text
    after = check(wrong, path="notes.md", lines=lines).judgements[-1].status
    assert after not in (Status.PROVED, Status.AGREES)
