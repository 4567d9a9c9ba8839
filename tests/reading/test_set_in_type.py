"""What TeX and its preambles let people type for the same formula, each beside a slip in that form.

What is read and has no value that could be worked out stays undecided, right or wrong.
"""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula.unread import Unreadable
from symback.reading.statements.blocks import read_block, read_expression
from symback.reading.statements.verdicts import Judgement, Status

NETWORK = r"""
$$z = w x + b$$ $$a = \sigma(z)$$ $$L = \frac12 (a - y)^2$$
"""
LAYER = r"$$z_k = \sum_j W_{kj} x_j$$ $$h_k = f(z_k)$$ $$L = \frac12 \sum_k (h_k - y_k)^2$$"
REGRESSION = r"$$e = X w - y$$ $$L = \frac12 e^T e$$"


def last(document: str, line: str, path: str = "notes.md") -> Judgement:
    return check(f"{document}\n\n$${line}$$\n", path=path).judgements[-1]


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        (r"\rm{exp}(x)", r"\mathrm{exp}(x)"),
        (r"y \sim \rm Normal(\mu)", r"y \sim \mathrm{Normal}(\mu)"),
        (r"a + \bf x y", r"a + \mathbf{x} \mathbf{y}"),
        (r"{\it{y}\rm{} z}", "y z"),
        (r"\frac{\partial L}{\partial \theta{_k}}", r"\frac{\partial L}{\partial \theta_k}"),
        (r"\sum{_i} x_i", r"\sum_i x_i"),
        (r"{\displaystyle \sum_{j=1}^V} x_j", r"\sum_{j=1}^V x_j"),
        (r"h_{(N, j^{(N))}}", r"h_{(N, j^{(N)})}"),
        (r"\ln({1 + e^{-z})}", r"\ln(1 + e^{-z})"),
        (r"\mathop{}\!\mathrm{d} x", r"\mathrm{d} x"),
        (r"\Sigma_{i=1}^n x_i", r"\sum_{i=1}^n x_i"),
        (r"\Sigma_{i=1}^n x_i + \Sigma_i y_i", r"\sum_{i=1}^n x_i + \sum_i y_i"),
        (r"\lvert\lvert x \rvert\rvert", r"\|x\|"),
        (r"\parallel x \parallel^2", r"\|x\|^2"),
        (r"||x||^2_2", r"\|x\|_2^2"),
        (r"\begin{bmatrix} a, & b \end{bmatrix}", r"\begin{bmatrix} a & b \end{bmatrix}"),
        (r"\begin{bmatrix} a, b \\ c, d \end{bmatrix}", r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}"),
        (r"\begin{bmatrix} a \\ : \\ b \end{bmatrix}", r"\begin{bmatrix} a \\ \vdots \\ b \end{bmatrix}"),
        (r"\begin{bmatrix} a \\ b \end{bmatrix}_{(2, 1)}", r"\begin{bmatrix} a \\ b \end{bmatrix}"),
        (r"y = lna_j", r"y = \ln a_j"),
        (r"dx\_norm", r"dx_{norm}"),
        (r"r_{1..K}", "r_{1:K}"),
        (r"f(.)", r"f(\cdot)"),
        (r"x_{\not S}", r"x_{\not  S}"),
        ("\U0001d47e \U0001d482 + \U0001d483", r"\mathbf{W} \mathbf{a} + \mathbf{b}"),
        ("\U0001d459 - 1", "l - 1"),
        ("W^∗", "W^*"),
        (r"\vx^\top \mW \vtheta", r"\boldsymbol{x}^\top \boldsymbol{W} \boldsymbol{\theta}"),
        (r"\gG + \sS + \evx", r"\mathcal{G} + \mathbb{S} + x"),
        (r"\KL(p \Vert \pdata)", r"D_{\mathrm{KL}}(p \Vert p_{\mathrm{data}})"),
        (r"\pd{L}{w}", r"\frac{\partial L}{\partial w}"),
        (r"\pd[w] L", r"\frac{\partial}{\partial w} L"),
        (r"\deriv{L}{w}", r"\frac{dL}{dw}"),
        (r"\vb{x}", r"\boldsymbol{x}"),
        (r"\varTheta", r"\Theta"),
        (r"\text{softmax(z)}_i", r"\text{softmax}(z)_i"),
        (r"\mathrm{g(u, v)}", r"\mathrm{g}(u, v)"),
        (r"\delta\star_t", r"\delta \text{star}_t"),
        (r"[a, b]'", r"[a, b]^T"),
        (r"x \sim_{iid} p", r"x \sim p"),
        (r"\theta{:}{=}3", r"\theta := 3"),
        (r"B{\cdot}T", r"B \cdot T"),
        (r"\text{\textbf{sign}}(v)", r"\text{sign}(v)"),
        (r"p(y \given x)", r"p(y \mid x)"),
        (r"E[R \| s]", r"E[R \mid s]"),
        (r"lim_{t \to 0} x", r"\lim_{t \to 0} x"),
        (r"\sum_{(i, j)} x_{ij}", r"\sum_{i, j} x_{ij}"),
        (r"A x + By", r"A x + B y"),
        (r"\alpha^To + h", r"\alpha^T o + h"),
        (r"a \underset{rule}{\overset{\text{chain}}{=}} b", r"a = b"),
        (r"a \stackrel != b", r"a \stackrel{!}{=} b"),
        (r"\underset{i=1}{\overset{n}{\sum}} x_i", r"\sum_{i=1}^{n} x_i"),
        (r"\sum_{\begin{subarray}{c} i \\ j \end{subarray}} x_{ij}", r"\sum_{i, j} x_{ij}"),
        (r"\frac{\partial^2 f}{\partial^2 x}", r"\frac{\partial^2 f}{\partial x^2}"),
        (r"KL(p||q)", r"KL(p \| q)"),
        (r"f^{\prime l-1}", r"f'^{l-1}"),
        (r"u{}'", r"u'"),
        (r"x_{n'',c''}", 'x_{n",c"}'),
        (r"(\sum_i x_i .\frac{a}{b})", r"(\sum_i x_i \cdot \frac{a}{b})"),
        (r"f'\pa{z} + \br{a + b}", r"f'(z) + [a + b]"),
        (r"\El{x}", r"\mathbb{E}[x]"),
        (r"\VUvec{x}", r"\boldsymbol{x}"),
        (r"\xv + \Wm", r"\boldsymbol{x} + \boldsymbol{W}"),
        (r"x\T y", r"x^\top y"),
        (r"\restr{f}{z=1}", r"\left. f \right|_{z=1}"),
        (r"A @ B", r"A B"),
        (r"p(x | phi)", r"p(x | \phi)"),
        (r"a - -1", r"a + 1"),
        (r"5{,}5 x", r"5.5 x"),
        (r"78{,}400 x", r"78400 x"),
        (r"\begin{cases} & 1, & \text{if } x > 0 \\ & 0, & \text{else} \end{cases}", r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{else} \end{cases}"),
    ],
)  # fmt: skip
def test_it_is_read_as_what_is_usual(typed: str, usual: str) -> None:
    assert read_expression(typed) == read_expression(usual)


@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        (NETWORK, r"\frac{dL}{dw} = = (a - y) a (1 - a) x", r"\frac{dL}{dw} = = (a - y) a (1 - a)"),
        (NETWORK, r"\frac{dL}{dz} = (a - y) \sigma'(z) \; (= (a - y) a (1 - a))", r"\frac{dL}{dz} = (a - y) \sigma'(z) \; (= (a - y) a (1 + a))"),
        (NETWORK, r"\pd{L}{w} = (a - y) a (1 - a) x", r"\pd{L}{w} = (a - y) a (1 - a) w"),
        (NETWORK, r"\bf \frac{dL}{dw} = \frac{dL}{dz} x", r"\bf \frac{dL}{dw} = \frac{dL}{dz} w"),
        (NETWORK, r"\displaylines{\frac{dL}{db} = \frac{dL}{dz} \\ \frac{dL}{dw} = \frac{dL}{dz} x}", r"\displaylines{\frac{dL}{db} = \frac{dL}{dz} \\ \frac{dL}{dw} = \frac{dL}{dz} w}"),
        (NETWORK, r"\frac{dL}{dx} = (a - y) a (1 - a) w \quad 求出梯度", r"\frac{dL}{dx} = (a - y) a (1 - a) x \quad 求出梯度"),
        (NETWORK, r"\frac{\partial L}{\partial w \partial b} = x a (1 - a) (a (1 - a) + (a - y) (1 - 2 a))", r"\frac{\partial L}{\partial w \partial b} = x a (1 - a) (a - y)"),
        (LAYER, r"\frac{\partial L}{\partial z_k} = (h_k - y_k) f'(z{_k})", r"\frac{\partial L}{\partial z_k} = (y_k - h_k) f'(z{_k})"),
        (LAYER, r"\frac{\partial L}{\partial x_j} = {\sum_k} (h_k - y_k) f'(z_k) W_{kj}", r"\frac{\partial L}{\partial x_j} = {\sum_k} (h_k - y_k) f'(z_k) W_{jk}"),
        (LAYER, r"\frac{\partial L}{\partial x_j} = \Sigma_{k=1}^K (h_k - y_k) f'(z_k) W_{kj}", r"\frac{\partial L}{\partial x_j} = \Sigma_{k=1}^K (h_k + y_k) f'(z_k) W_{kj}"),
        (REGRESSION, r"\mathbf{\frac{\partial L}{\partial w} = X^T e}", r"\mathbf{\frac{\partial L}{\partial w} = X e}"),
        (r"$$\vz = \mW \vx + \vb$$ $$L = \frac12 \|\vz - \vy\|^2$$", r"\frac{\partial L}{\partial \vx} = \mW^\top (\vz - \vy)", r"\frac{\partial L}{\partial \vx} = \mW (\vz - \vy)"),
        (r"$$y = x^T A x$$", r"\nabla_x y = (A + A^T) x", r"\nabla_x y = (A - A^T) x"),
    ],
)  # fmt: skip
def test_it_gets_its_verdict(document: str, right: str, wrong: str) -> None:
    assert last(document, right).status is Status.PROVED
    assert last(document, wrong).status is Status.REFUTED


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{dL}{dw} = (a - y)_+ x",
        r"\frac{dL}{dw} = (a - y) \cup x",
        r"\frac{dL}{dw} = (a - y) \bigcirc x",
        r"\frac{dL}{dw} = (a - y) \pm x",
        r"\frac{dL}{dw} = (a \cdot -1 \pm y) x",
        r"\frac{dL}{dw} = \overline{a - y} x",
        r"\frac{dL}{dw} = \left((a - y)^2\right)' x",
        r"\hat{\nabla}_w L = (a - y) a (1 - a) x",
        r"\nabla_{SGD} L = (a - y) a (1 - a) x",
        r"\frac{\partial}{w} L = (a - y) a (1 - a) x",
        r"\frac{dL}{dw} = X[1, :] x",
        r"\frac{dL}{dw} = x[0:3]",
        r"\frac{dL}{dw} = \int a \log D(x) \, dx",
        r"\frac{dL}{dw} = \lfloor a - y \rfloor x",
        r"\frac{dL}{dw} = x^{t=2}",
        r"\frac{dL}{dw} = \square x",
        r"\frac{dL}{dw} = X_{:, 1} x",
        r"\frac{dL}{dw} = X_{i:} x",
        r"\frac{dL}{dw} = (X^\top)^{(1, :)} x",
        r"\frac{dL}{dw} = \frac{x}{\sum}",
        r"\frac{dL}{dw} = \bigcup_{i} x",
        r"\nabla_{w, b} L = (a - y) a (1 - a) x",
        r"\frac{dL}{dw} = \sum_{i_1, \dots, i_n} x",
        r"\frac{dL}{dw} = \sigma^{-1}(a) x",
        r"\frac{dL}{dw} = (a - y)^{(2)} x",
        r"\frac{dL}{dw} = \frac{3 \text{ units} \times 4}{8} x",
        r"\frac{dL}{dw} = \text{the error} \times x",
        r"\frac{dL}{dw} = \frac{4 \text{ units}}{8} x",
    ],
)
def test_what_has_no_value_here_is_read_and_stays_open(line: str) -> None:
    found = last(NETWORK, line)
    assert (found.status, found.reason) == (Status.UNDECIDED, "not-supported")


@pytest.mark.parametrize(
    "text",
    [
        r"It is $\leq 1$, or $= \beta/2$, and so $\sim 50{,}000$ or $\propto d^2$.",
        r"With $\pi(\cdot|x)$, $f(.)$, $\sigma()$, $e^{(\cdot)}$, $\|\bullet\|$ and $|\cdot|$.",
        r"The signs $+$, $\ne$, $\bigcirc$, $\square$, $\odot$, $\sum_b$, $\max_x$, $^2$ and $_{ij}$.",
        r"Let $D = \{x_n, y_n\}_{n=1}^N$ and $i \in \{0..V-1\}$, $l \in [1 .. L]$ and $x \to 0^+$.",
        r"$$0.6 + 0.4 = 1 \quad \checkmark$$",
        r"$$\mathbf{x}_1 \xrightarrow{\theta} \mathbf{x}_2$$",
        r"$$P(y_w \succ y_l) = \sigma(r)$$ $$m \gtrsim 1/\beta$$ $$H \succeq 0$$",
        r"$$f(x, y) = 0 \leftrightarrow x = y$$",
        r"$$\kappa_{u \to v} + \sum_{P \in \mathrm{path}(u \to v)} a_P$$",
        r"$$\nabla f = ?$$",
        r"$$y_{gerçek} - y_{真}$$",
        r"$$\langle e, f \rangle$$ and $<e, f>$ with $N >> M$",
        r"$$\min_w L \quad s.t. \quad w > 0$$",
        r"$$y = \begin{cases} 1 & {if} x > 0 \\ 0 & otherwise \end{cases}$$",
        r"$$\text{Retained Information} = f \odot c$$ $$\text{Recall} = \frac{TP}{TP + FN}$$",
        r"$$RMS(x) = 3$$ $$y = rot180(W)$$ $$c = Cov(X, Y)$$ $$PE(pos, 2i) = 1$$ $$OR(x, y)$$",
        r"$$M2_c = M2_a + M2_b$$",
        r"$$P(x_t | x_{<t})$$ $$\prod_{t} p(x_t \mid x_{\le t})$$ $$\sum_{k=1, \neq j}^m q_k$$",
        r"$$\delta_k = \left\{\begin{aligned} &0 ~~ \mbox{ for } k = j \\ &1 ~~ \mbox{ for } k \neq j \end{aligned}\right.$$",
        r"$$\left\{\begin{aligned} &a = b \times c\\ &c = d \end{aligned}\right.$$",
        r"$$y = \begin{cases} 1, & \text{if } x \text{ is } w_0 \\ 0, & \text{else} \end{cases}$$",
        r"$$x_i \text{ i.i.d.} \quad i.i.d \sim N(0, 1)$$ $$(\forall i) \quad y_i = x_i$$",
        r"$$\nabla_\theta J = \nabla_\theta \log p_\theta(\tau) R(\tau)$$ $$\log \pi_\theta(a|s) Q^\pi(s, a)$$",
        r"$$a + \\ + b$$ $$q \to \max_\phi$$ $$v^{\bar{}} + v^{\cdot}$$ $$i \in \llbracket 1, K \rrbracket$$",
        r"$$y_i = \text{Gumbel-Softmax}(z, \tau)_i$$ $$\text{RMS\_LN}_\gamma(z) = 1$$ $$J_{\mathrm{skip-gram}}$$",
        r"$$\hat{x}_{t|t-1} = A \hat{x}_{t-1|t-1}$$ $$\log \mathbb{E}_P [\frac{Q}{P}]$$",
        r"$\color{red}{\blacksquare}$ and $$\begin{matrix*}[l] w & = & w + \Delta w \\ b & = & b \end{matrix*}$$",
        r"$$X=\\{x_n\\}\\_{n=1}^N$$",
    ],
)
def test_nothing_of_it_is_unread(text: str) -> None:
    found = check(text, path="notes.md").judgements
    assert found
    assert not [j for j in found if j.status in (Status.UNREAD, Status.REFUTED)]


@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        (r"Let $A$, $B$, $C$ and $X$ be matrices. $$f = \mathrm{tr}(A X B)$$ $$d f = \mathrm{tr}(A\,dX\,B)$$", r"A X B + XBA = AXB + XBA", r"A X B + XBA = BXA + XAB"),
        (r"With $A$, $B$ and $C$: $$Y = A B C$$", r"Y = ABC", r"Y = CBA"),
    ],
)  # fmt: skip
def test_capitals_that_are_quantities_are_a_product(document: str, right: str, wrong: str) -> None:
    assert last(document, right).status is not Status.REFUTED
    assert last(document, right).status is not Status.UNREAD
    assert last(document, wrong).status is not Status.PROVED
    assert last("$$Y = 3$$", right).status is Status.UNREAD  # of letters that nothing shows


@pytest.mark.parametrize(
    "source",
    [
        "xyz", "abc(x)", r"\begin{bmatrix} 1,5 & 2 \end{bmatrix}", "a_-1", r"x *= 2", r"\foo x", r"\foo{x}", "!n", r"\begin{bmatrix} a & b & c \\ d && e \end{bmatrix}",
    ],
)  # fmt: skip
def test_what_is_not_told_is_still_refused(source: str) -> None:
    with pytest.raises(Unreadable):
        read_expression(source)


def test_many_commands_of_another_file_are_its_quantities() -> None:
    document = r"""$$\queryMatrix = \inputMatrix \queryWeight$$ $$\scoreMatrix = \queryMatrix \keyMatrix^\top$$
$$\lossFunction = \frac12 \|\scoreMatrix\|^2$$
$$\frac{\partial \lossFunction}{\partial \queryMatrix} = \frac{\partial \lossFunction}{\partial \scoreMatrix} %s$$"""
    for factor in (r"\keyMatrix", r"\keyMatrix^\top"):
        found = check(document % factor, path="notes.md").judgements[-1]
        assert found.status not in (Status.UNREAD, Status.REFUTED)
    assert found.status is not Status.PROVED


def test_a_random_vector_is_no_value_of_it() -> None:
    assert read_expression(r"\rvx") != read_expression(r"\vx")


def test_words_that_say_what_is_done_stand_between_two_steps() -> None:
    rows = r"""$$\begin{aligned}
\frac{dL}{dw} &= \frac{dL}{dz} \frac{dz}{dw} \\
\text{%s} &= (a - y) a (1 - a) %s
\end{aligned}$$"""
    for words, factor, status in (
        ("Applying the chain rule:", "x", Status.PROVED),
        ("Applying the chain rule:", "w", Status.REFUTED),
        ("Accuracy", "w", None),  # the name of another quantity
    ):
        found = check(NETWORK + rows % (words, factor), path="notes.md").judgements[-1].status
        assert found is status or (status is None and found is not Status.REFUTED)


def test_what_follows_a_name_in_words_is_still_claimed() -> None:
    for number, status in (("0.4247", Status.AGREES), ("0.5247", Status.REFUTED)):
        line = rf"\text{{Average loss}} = \frac{{0.357 + 0.223 + 0.694}}{{3}} = {number}"
        assert last("", line).status is status


def test_a_box_of_a_book_is_markdown() -> None:
    text = "````{admonition} Exercise\n:class: tip\n$$a = b$$\n```{math}\nc = d\n```\n````\n```python\n$$e = f$$\n```\n"
    found = check(text, path="notes.md").judgements
    assert [j.statement.excerpt.text for j in found] == ["a = b", "c = d"]


def test_a_row_says_where_it_breaks_by_a_length_of_any_kind() -> None:
    block = read_block(Excerpt.of(r"a = b \\[\dimexpr-\normalbaselineskip+2pt] c = d"))
    assert len(block.items) == 2
