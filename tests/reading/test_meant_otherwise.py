"""Right lines that a narrow reading would refute, each beside a slip that is refuted."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status


def last(document: str, line: str) -> Judgement:
    return check(f"{document}\n\n$${line}$$\n", path="notes.md").judgements[-1]


LAYERS = r"""
$$z^l = W^l a^{l-1} + b^l$$ $$a^l = \sigma(z^l)$$ $$L = \frac{(\hat y - y)^2}{2}$$
"""


def test_a_letter_of_its_own_can_be_the_last_layer() -> None:
    found = last(LAYERS, r"\frac{dL}{db^k} = (\hat y - y) \times \sigma'(z^k)")
    assert (found.status, found.reason) == (Status.UNDECIDED, "some-values")
    assert last(LAYERS, r"\frac{dL}{db^k} = (y - \hat y) \times \sigma'(z^k)").status is (
        Status.REFUTED
    )


def test_the_equation_of_the_first_layer_is_its_own() -> None:
    document = r"""
$$\begin{aligned}
s_t^{(i)} &= f(U^{(i)} s_t^{(i-1)} + W^{(i)} s_{t-1}) \\
s_t^{(1)} &= f(U^{(1)} x_t + W^{(1)} s_{t-1})
\end{aligned}$$
"""
    found = check(document, path="notes.md").judgements
    assert not any(judgement.status is Status.REFUTED for judgement in found)


@pytest.mark.parametrize(
    ("document", "line", "wrong"),
    [
        ("", r"f(P x) = P f(x)", r"\sin(2 x) = 2 \sin(x)"),
        (r"$$k(u, v) = k(v, u)$$", r"\partial_{u_i} k = \partial_{v_i} k",
         r"\frac{d}{du} \sin(3 u) = 3 \sin(3 u)"),
        (r"$$y = w \cdot x$$ $$L = \frac12 (y - t)^2$$ $$v = [1, 2, 3]$$",
         r"\frac{dL}{dw} = \frac{dL}{dy} \cdot \frac{dy}{dw} = (y - t) \cdot x",
         r"\frac{dL}{dw} = (y - t)"),
        (r"$$H = W = 5$$", "HH = WW = 3", "H W = 3"),
    ],
)  # fmt: skip
def test_what_may_be_meant_otherwise_is_not_refuted(document: str, line: str, wrong: str) -> None:
    assert last(document, line).status is not Status.REFUTED
    assert last(document, wrong).status is Status.REFUTED


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"0.367879 \times (-0.53) = -0.20", "UNDECIDED"),  # 0.53 can be rounded from 0.535
        (r"0.367879 \times (-0.53) = -0.21", "REFUTED"),
        (r"0.367879 \times (-0.5) = -0.18", "AGREES"),
        (r"0.367879 \times (-0.5) = -0.20", "REFUTED"),
        (r"1.8 - 2.0 = -0.3", "REFUTED"),
    ],
)
def test_a_factor_of_two_digits_can_be_rounded(line: str, verdict: str) -> None:
    assert last("", line).status is Status[verdict]
