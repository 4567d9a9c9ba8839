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
        (r"$$L = \frac12 (z_3 - y)^2$$", "dz_3 = L", "dz_3 = z_3"),
        (r"$$x = 2$$", "WW = 3", "2 x = 3"),
        (r"$$z = w_1 h_1 + w_2 h_2$$", r"z = (-1) h_1 + \frac12 h_2", "z = w_1 h_2 + w_2 h_1"),
        (r"$$L = \|X W - Y\|^2$$ $$\mu = \frac1N \mathbf{1}^\top X$$ $$R = X - \mu$$",
         r"X - \mu = X - \frac1N \mathbf{1} X", None),
    ],
)  # fmt: skip
def test_what_may_be_meant_otherwise_is_not_refuted(
    document: str, line: str, wrong: str | None
) -> None:
    assert last(document, line).status is not Status.REFUTED
    assert wrong is None or last(document, wrong).status is Status.REFUTED


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


SOFTMAX = r"""
$$y_k = \frac{e^{a_k}}{\sum_j e^{a_j}}$$ $$E = -t_0 \ln y_0 - t_1 \ln y_1 - t_2 \ln y_2$$
"""


@pytest.mark.parametrize(
    ("document", "line", "wrong"),
    [
        (r"$$c_t = a_t i_t + c_{t-1} f_t$$", "c_{t+1} = c_t", "c_t = a_t i_t + c_{t-1} i_t"),
        (r"$$A = V S U^T$$", "A^T = V S U^T", None),
        (r"$$\alpha_t = \alpha_0 e^{-k t}$$", r"\alpha_t = \frac{\alpha_0}{1 + k t}",
         r"\alpha_t = \alpha_0 e^{k t}"),
        (r"$$y = \exp(x)$$", r"y = \log x", r"y = -\exp(x)"),
        ("", "X^0 = X", "X^2 + X = X^3"),
        ("", r"(x + \varepsilon)^2 = x^2 + 2 x \varepsilon", "(x + b)^2 = x^2 + 2 x b"),
        ("", r"\text{tr} A = \sum_{i=1}^n \lambda_i", None),
        (SOFTMAX, "(t_0 + t_1 + t_2) y_0 - t_0 = y_0 - t_0", None),
    ],
)  # fmt: skip
def test_what_can_say_something_new_is_not_refuted(
    document: str, line: str, wrong: str | None
) -> None:
    assert last(document, line).status is not Status.REFUTED
    assert wrong is None or last(document, wrong).status is Status.REFUTED


def test_sums_that_several_lines_leave_out_are_no_slips() -> None:
    network = r"$$y_i = \gamma x_i + \beta$$ $$C = \sum_i (y_i - t_i)^2$$"
    lines = [
        rf"\frac{{\partial C}}{{\partial {by}}} = \frac{{\partial C}}{{\partial y_i}}"
        rf" \frac{{\partial y_i}}{{\partial {by}}}"
        for by in (r"\beta", r"\gamma")
    ]
    text = "\n\n".join([network, *(f"$${line}$$" for line in lines)])
    several = check(text, path="notes.md").judgements
    assert [judgement.status for judgement in several[-2:]] == [Status.UNDECIDED] * 2
    assert last(network, lines[0]).status is Status.REFUTED


STEPS = r"""
$$\begin{aligned}
z_t &= U x_t + W s_{t-1} \\
s_t &= \tanh(z_t) \\
g_t &= V s_t \\
\hat y_t &= \text{softmax}(g_t) \\
L_t &= -y^\top_t \log(\hat y_t)
\end{aligned}$$

$$\frac{\partial L}{\partial V} = \sum_{t=1}^T \frac{\partial L_t}{\partial V}$$
"""


@pytest.mark.spread
@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L_t}{\partial g_{t,i}} = \hat y_{t,i} - y_{t,i}", "PROVED"),
        (r"\frac{\partial L_t}{\partial g_{t,i}} = y_{t,i} - \hat y_{t,i}", "REFUTED"),
        (r"\frac{\partial L_t}{\partial W_{ij}} = (1 - s_{t,i}^2) s_{t-1,j}", "REFUTED"),
    ],
)
def test_one_step_stands_without_what_is_added_up_over_steps(line: str, verdict: str) -> None:
    assert last(STEPS, line).status is Status[verdict]


@pytest.mark.parametrize(("factor", "verdict"), [("", "PROVED"), ("2 ", "REFUTED")])
def test_half_of_a_break_is_one(factor: str, verdict: str) -> None:
    document = r"""
$$x = \begin{bmatrix} x_1 \ x_2 \end{bmatrix}$$ $$z = W x + b$$
$$f(z) = \begin{cases} z & z > 0 \ 0 & \text{otherwise} \end{cases}$$
$$L = \frac12 \|z - y\|^2$$
"""
    line = rf"\frac{{\partial L}}{{\partial W}} = {factor}(z - y) x^T"
    assert last(document, line).status is Status[verdict]


@pytest.mark.parametrize(
    ("document", "line", "wrong"),
    [
        ("", r"(X^T X)^{-1} X^T (X b + e) - b = (X^T X)^{-1} X^T e", None),
        (r"$$w_{t+1} = w_t - \eta \frac{\nabla E(w_t)}{\|\nabla E(w_t)\|}$$",
         r"w_{t+1} = w_t + \eta \nabla E(w_t)", None),
        (r"$$t = x + y$$ $$z = t^2$$" "\n\nThe node z = xy has",
         r"\frac{\partial z}{\partial x} = y", None),
        (r"$$y = \sigma(u)$$ $$\hat y = \sigma(u)$$ $$L = (y - \hat y)^2$$",
         r"2 (y - \hat y) y (1 - y) = 2 (0 - 0.725)", None),
        (r"$$n = 0.4 \times 0.9 + 0.5 = 2.1$$", r"q = \frac{1}{1 + n} = \frac{1}{1 + 2.1}",
         r"q = 2 + 3 = 6"),
    ],
)  # fmt: skip
def test_a_line_of_other_notes_is_not_refuted(document: str, line: str, wrong: str | None) -> None:
    assert last(document, line).status is not Status.REFUTED
    assert wrong is None or last(document, wrong).status is Status.REFUTED


def test_a_product_that_is_said_to_be_entry_by_entry() -> None:
    arrays = r"\begin{bmatrix} 1 & 2 \end{bmatrix} \cdot \begin{bmatrix} 3 \\ 4 \end{bmatrix}"
    said = rf"\underbrace{{ {arrays} }}_{{\text{{element-wise}}}} = 3"
    assert last("", said).status is not Status.REFUTED
    assert last("", rf"{arrays} = 3").status is Status.REFUTED


def test_nothing_is_proved_of_an_error_that_vanishes_as_it_is_read() -> None:
    both = r"$$y = \sigma(u)$$ $$\hat y = \sigma(u)$$ $$L = (y - \hat y)^2$$"
    line = r"\frac{dL}{d\hat y} \cdot \frac{d\hat y}{du} = 2 (y - \hat y) \hat y (1 - \hat y)"
    assert last(both, line).status is Status.UNDECIDED
    one = both.replace(r"$$y = \sigma(u)$$ ", "")
    assert last(one, line).status is Status.REFUTED
    assert last(one, line.replace("= 2", "= -2")).status is Status.PROVED


def test_a_star_is_no_product_beside_words_about_convolutions() -> None:
    document = r"$$Y = X * W$$ $$L = f(Y)$$"
    line = r"\frac{\partial L}{\partial W} = X * \frac{\partial L}{\partial Y}"
    said = f"{document}\n\nwhere the star is a convolution, so that\n\n$${line}$$\n"
    assert check(said, path="notes.md").judgements[-1].status is Status.UNDECIDED
    assert last(r"$$z = x * w$$ $$L = f(z)$$", r"\frac{dL}{dw} = x * \frac{dL}{dz}").status is (
        Status.PROVED
    )
