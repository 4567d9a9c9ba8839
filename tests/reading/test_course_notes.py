r"""Pages as courses write them: each right line is decided, and no slip in one is proved."""

from __future__ import annotations

from inspect import cleandoc

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

SHOWN = (Status.PROVED, Status.AGREES)

# What a page states, and lines about it with a slip in each.
PAGES: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "least squares": (
        r"$$\ell(\beta) = \sum_{i=1}^n (y_i - x_i^\top \beta)^2$$",
        (
            (
                r"\nabla \ell(\beta) = -2 \sum_{i=1}^n (y_i - x_i^\top \beta) x_i",
                r"-2 \sum",
                r"\sum",
            ),
        ),
    ),
    "Poisson regression": (
        r"$$\ell(\beta) = \sum_{i=1}^n (y_i x_i^\top \beta - e^{x_i^\top \beta} - \log y_i!)$$",
        ((r"\nabla \ell(\beta) = \sum_{i=1}^n (y_i - e^{x_i^\top \beta}) x_i", "y_i -", "y_i +"),),
    ),
    "two ways to write a cost": (
        r"""The hypothesis is $h_\theta(x) = \theta^T x$.

        $$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$

        In matrices:

        $$J(\theta) = \frac{1}{2m} (X \theta - y)^T (X \theta - y)$$""",
        (
            (
                r"\nabla_\theta J(\theta) = \frac{1}{m} X^T (X \theta - y)",
                r"\frac{1}{m}",
                r"\frac{2}{m}",
            ),
        ),
    ),
    "ridge with a step of descent": (
        r"""$$J(w) = \frac{1}{n} \sum_{i=1}^n (w^T x_i - y_i)^2 + \lambda \|w\|^2$$

        $$w_{t+1} = w_t - \eta \nabla J(w_t)$$""",
        (
            (
                r"\nabla J(w) = \frac{2}{n} \sum_{i=1}^n (w^T x_i - y_i) x_i + 2 \lambda w",
                "+ 2",
                "+",
            ),
            (r"\nabla_w J = \frac{2}{n} X^T (X w - y) + 2 \lambda w", "+ 2", "- 2"),
        ),
    ),
    "hinge": (
        r"$$L(w) = \max(0, 1 - y w^T x)$$",
        (
            (
                r"\nabla_w L = \begin{cases} -y x & \text{if } y w^T x < 1 \\ 0 & \text{otherwise}"
                r"\end{cases}",
                "-y x",
                "y x",
            ),
        ),
    ),
    "second derivatives": (
        r"$$f(w) = \frac12 \|X w - y\|^2 + \lambda \|w\|^2$$",
        (
            (r"\nabla^2 f(w) = X^T X + 2 \lambda I", "2 ", ""),
            (r"\frac{\partial^2 f}{\partial w \partial w^T} = X^T X + 2 \lambda I", "X^T X", "X^T"),
        ),
    ),
    "a quadratic form": (
        r"$$f(x) = \frac12 x^T A x + b^T x$$ where $A$ is symmetric.",
        (
            (r"\nabla f(x) = A x + b", "+ b", "- b"),
            (r"\nabla^2 f(x) = A", "= A", "= 2 A"),
        ),
    ),
    "the Hessian of two letters": (
        r"$$f(x, y) = x^2 y$$",
        ((r"\nabla^2 f = \begin{pmatrix} 2 y & 2 x \\ 2 x & 0 \end{pmatrix}", "0", "1"),),
    ),
    "a class by its number": (
        r"""$$L = -\log p_c$$

        $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$

        $$\frac{\partial L}{\partial z_i} = p_i - \mathbb{1}[i = c]$$""",
        (
            (r"\frac{\partial L}{\partial z_i} = p_i - \mathbb{1}[c = i]", "-", "+"),
            (r"\frac{\partial p_c}{\partial z_c} = p_c (1 - p_c)", "1 -", "1 +"),
            (r"\frac{\partial L}{\partial z_c} = p_c - 1", "- 1", "+ 1"),
        ),
    ),
    "an output by its function": (
        r"""$$a^{(l)} = f(z^{(l)}), \qquad z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}$$

        $$J(W, b; x, y) = \frac12 \| h_{W,b}(x) - y \|^2$$

        $$\delta^{(n_l)} = -(y - a^{(n_l)}) \odot f'(z^{(n_l)})$$

        $$\delta^{(l)} = ((W^{(l)})^T \delta^{(l+1)}) \odot f'(z^{(l)})$$""",
        (
            (
                r"\nabla_{W^{(l)}} J(W, b; x, y) = \delta^{(l+1)} (a^{(l)})^T",
                "(a^{(l)})",
                "(z^{(l)})",
            ),
            (r"\nabla_{b^{(l)}} J(W, b; x, y) = \delta^{(l+1)}", "l+1", "l"),
        ),
    ),
    "transposes as primes": (
        r"""$$S(\beta) = (y - X \beta)'(y - X \beta)$$

        $$f = u'Au$$""",
        (
            (r"S(\beta) = y'y - 2 \beta'X'y + \beta'X'X\beta", "- 2", "-"),
            (r"\frac{\partial S}{\partial \beta} = -2 X'y + 2 X'X\beta", "X'X", "X X"),
            (r"\frac{\partial f}{\partial u} = (A + A') u", "A'", "A"),
            (r"f = \sum_{i, j} u_i A_{ij}' u_j", "A_{ij}' u_j", "A_{ij}' u_i"),
        ),
    ),
    "inverses and determinants": (
        r"For matrices $X$ and $A$ and vectors $a$ and $b$:",
        (
            (r"\frac{\partial \log \det X}{\partial X} = X^{-T}", "^{-T}", "^{-1}"),
            (r"\frac{\partial \log |X|}{\partial X} = (X^{-1})^T", "(X^{-1})^T", "X^{-1}"),
            (r"\frac{\partial \det X}{\partial X} = \det(X) X^{-\top}", r"\det(X) ", ""),
            (r"\frac{\partial a^T X^{-1} b}{\partial X} = -X^{-T} a b^T X^{-T}", "= -", "= "),
            (r"d(X^{-1}) = -X^{-1} (dX) X^{-1}", "= -", "= "),
            (
                r"\frac{\partial \mathrm{tr}(X^{-1} A)}{\partial X} = -(X^{-1} A X^{-1})^T",
                "A X^{-1})^T",
                "A X^{-1})",
            ),
        ),
    ),
    "a likelihood by its logarithm": (
        r"""$$\log L = -\frac{n}{2} \log(2 \pi \sigma^2)
        - \frac{1}{2 \sigma^2} \sum_{i=1}^n (x_i - \mu)^2$$""",
        (
            (
                r"\frac{\partial \log L}{\partial \mu}"
                r" = \frac{1}{\sigma^2} \sum_{i=1}^n (x_i - \mu)",
                r"\sigma^2",
                r"\sigma",
            ),
            (
                r"\frac{\partial \log L}{\partial \sigma^2} = -\frac{n}{2 \sigma^2}"
                r"+ \frac{1}{2 \sigma^4} \sum_{i=1}^n (x_i - \mu)^2",
                "= -",
                "= ",
            ),
        ),
    ),
    "a known name with a parameter": (
        r"$$\mathrm{ELU}(x) = \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}$$",
        (
            (
                r"\mathrm{ELU}'(x) = \begin{cases} 1 & x > 0 \\ \alpha e^x & x \le 0 \end{cases}",
                r"\alpha e^x",
                "e^x",
            ),
        ),
    ),
    "letters that are layers": (
        r"""$$a_j = \sum_i w_{ji} x_i + b_j, \quad z_j = h(a_j)$$

        $$a_k = \sum_j w_{kj} z_j + b_k, \quad y_k = \sigma(a_k)$$

        $$E = \frac12 \sum_k (y_k - t_k)^2$$""",
        (
            (
                r"\frac{\partial E}{\partial a_j} = \sum_k \frac{\partial E}{\partial a_k}"
                r"\frac{\partial a_k}{\partial a_j}",
                r"\partial a_k}{\partial a_j",
                r"\partial a_k}{\partial z_j",
            ),
        ),
    ),
    "the first of the four equations": (
        r"""$$z^l = w^l a^{l-1} + b^l, \quad a^l = \sigma(z^l)$$

        $$\delta^l_j = \frac{\partial C}{\partial z^l_j}$$""",
        ((r"\delta^L = \nabla_a C \odot \sigma'(z^L)", r"\sigma'", r"\sigma"),),
    ),
}
LINES = [(page, *line) for page, (_, lines) in PAGES.items() for line in lines]


def last(page: str, line: str) -> Status:
    text = f"{cleandoc(PAGES[page][0])}\n\n$${line}$$\n"
    return check(text, path="n.md").judgements[-1].status


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("page", "line", "part", "slip"), LINES)
def test_a_line_is_decided_and_its_slip_is_not_proved(
    page: str, line: str, part: str, slip: str
) -> None:
    assert part in line
    assert last(page, line) in SHOWN
    assert last(page, line.replace(part, slip, 1)) not in SHOWN


def test_a_condition_is_no_fact_about_a_matrix() -> None:
    page = r"$$f(x) = \frac12 x^T A x$$ WORDS $$\nabla f(x) = A x$$"
    for words, status in (("where $A$ is symmetric.", Status.PROVED), ("", Status.UNDECIDED)):
        judgements = check(page.replace("WORDS", words), path="n.md").judgements
        assert judgements[-1].status is status
    text = page.replace("WORDS", "where $A$ is not symmetric.")
    assert check(text, path="n.md").judgements[-1].status is not Status.PROVED


def test_a_prime_transposes_only_where_it_is_shown() -> None:
    slope = (
        r"$$f(x) = x^2$$ $$f'(x) = 2 x$$ $$h = g(h')$$ $$\frac{\partial h}{\partial h'} = g'(h')$$"
    )
    found = [judgement.status for judgement in check(slope, path="n.md").judgements]
    assert found == [Status.DEFINITION, Status.PROVED, Status.DEFINITION, Status.PROVED]


def test_what_an_expression_is_made_of_may_be_held() -> None:
    text = r"""$$g = \mathrm{tr}(A X B X)$$

$$D = B X$$

$$\frac{\partial \mathrm{tr}(A X D)}{\partial X} = RIGHT$$"""
    for right in ("A^T D^T", "A^T D^T + B^T X^T A^T"):
        judgement = check(text.replace("RIGHT", right), path="n.md").judgements[-1]
        assert judgement.status is not Status.REFUTED


def test_a_function_is_its_formula_at_any_argument() -> None:
    page = (
        r"$$h(x) = w_1 x + w_0$$ $$E = (h(u) - y)^2 + (h(v) - y)^2$$"
        r" $$\frac{\partial E}{\partial w_1} = RIGHT$$"
    )
    right = r"2 (h(u) - y) u + 2 (h(v) - y) v"
    for line, status in ((right, Status.PROVED), (right.replace("v) - y) v", "v) - y) u"), None)):
        found = check(page.replace("RIGHT", line), path="n.md").judgements[-1].status
        assert found is status if status else found not in SHOWN


def test_steps_of_a_descent_are_updates() -> None:
    for step in (
        r"x_{k+1} = x_k - \eta \nabla f(x_k)",
        r"x^{(k+1)} = x^{(k)} - \eta \nabla f(x^{(k)})",
    ):
        text = rf"$$f(x) = a^T x$$ $${step}$$ $$\nabla f(x) = a$$"
        found = [judgement.status for judgement in check(text, path="n.md").judgements]
        assert found == [Status.DEFINITION, Status.ASSIGNMENT, Status.PROVED]
    # The states of a network are no letters that a gradient is by.
    text = r"$$h_{t+1} = h_t + f(h_t)$$ $$\frac{\partial h_{t+1}}{\partial h_t} = 1 + f'(h_t)$$"
    assert check(text, path="n.md").judgements[0].status is Status.DEFINITION


def test_an_entry_below_a_loss_of_one_word_is_any_word() -> None:
    page = r"""$$\hat y_o = p(o | c) = \frac{\exp(u_o^T v_c)}{\sum_w \exp(u_w^T v_c)}$$

$$J = -\log \hat y_o$$

$$LINE$$"""
    slopes = (
        (r"\frac{\partial J}{\partial v_c} = -u_o + \sum_w \hat y_w u_w", "-u_o", "u_o"),
        (r"\frac{\partial J}{\partial u_o} = (\hat y_o - 1) v_c", "- 1", "+ 1"),
    )
    for line, part, slip in slopes:
        for text, holds in ((line, True), (line.replace(part, slip, 1), False)):
            found = check(page.replace("LINE", text), path="n.md").judgements[-1].status
            assert (found in SHOWN) is holds
    # Of the word itself it is another one, which the line does not say.
    line = r"\frac{\partial J}{\partial u_w} = \hat y_w v_c"
    assert check(page.replace("LINE", line), path="n.md").judgements[-1].status is Status.UNDECIDED


def test_vectors_with_an_index_each_are_no_matrices() -> None:
    page = r"""$$s_i = q^T k_i$$

$$\alpha_i = \frac{e^{s_i}}{\sum_j e^{s_j}}$$

$$o = \sum_i \alpha_i v_i$$

$$L = \|o - t\|^2$$

$$\frac{\partial L}{\partial LINE}$$"""
    for line, part, slip in (
        (r"\alpha_i} = v_i^T \frac{\partial L}{\partial o}", "v_i^T", "k_i^T"),
        (r"q} = \sum_i \frac{\partial L}{\partial s_i} k_i", "k_i", "v_i"),
    ):
        for text, holds in ((line, True), (line.replace(part, slip, 1), False)):
            found = check(page.replace(r"LINE}", text), path="n.md").judgements[-1].status
            assert (found in SHOWN) is holds


def test_a_divergence_may_be_said_before_what_it_is_of() -> None:
    page = r"""$$H(p, q) = -\sum_i p_i \log q_i$$

$$q_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}$$

$$\frac{\partial H}{\partial z_i} = LINE$$"""
    for line, holds in ((r"\frac{1}{T} (q_i - p_i)", True), (r"T (q_i - p_i)", False)):
        found = check(page.replace("LINE", line), path="n.md").judgements[-1].status
        assert (found in SHOWN) is holds
