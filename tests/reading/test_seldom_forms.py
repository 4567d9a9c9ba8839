"""Forms that few documents have, each with right lines and their wrong twins.

A verdict is a letter: P proved, A agrees, R refuted, U undecided, X unread; definitions have none.
"""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from reading.test_verdict_kinds import verdicts
from symback.reading import check
from symback.reading.finding.headings import headings
from symback.reading.lowering.names import Letters
from symback.reading.meaning.graph import Terms
from symback.reading.network.places import Undecided
from symback.reading.statements.verdicts import Status

LAYERS = r"""
$$u_j = \sum_i v_{ij} x_i$$
$$a_j = f(u_j)$$
$$u_k = \sum_j w_{jk} a_j$$
$$y_k = g(u_k)$$
$$E = \frac{1}{2} \sum_k (y_k - t_k)^2$$
"""
MATRIX = r"""
$$z_k = \sum_j W_{kj} x_j$$
$$L = \sum_k z_k^2$$
"""
KINK = r"""
$$r(z) = \begin{cases} z & z > 0 \\ 0 & z \le 0 \end{cases}$$
$$a = r(w x)$$
$$L = \frac12 (a - t)^2$$
"""
KINDS = [
    (
        "a matrix by its entries is what they are",
        r"$$W = \begin{pmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{pmatrix}$$"
        r"$$z = W x$$ $$E = \frac12 \|z - t\|^2$$",
        [
            (r"z_1 = w_{11} x_1 + w_{12} x_2", r"z_1 = w_{11} x_1 + w_{21} x_2"),
            (
                r"\frac{\partial E}{\partial w_{21}} = (z_2 - t_2) x_1",
                r"\frac{\partial E}{\partial w_{21}} = (z_1 - t_1) x_2",
            ),
        ],
    ),
    (
        "a vector by its entries, with dots",
        r"$$x = \begin{pmatrix} x_1 & \cdots & x_n \end{pmatrix}^T$$ $$z = w^T x$$ $$E = z^2$$",
        [(r"\frac{\partial E}{\partial w} = 2 z x", r"\frac{\partial E}{\partial w} = z x")],
    ),
    (
        "layers told apart by their letters",
        LAYERS,
        [
            (
                r"\frac{\partial E}{\partial w_{jk}} = (y_k - t_k) g'(u_k) a_j",
                r"\frac{\partial E}{\partial w_{jk}} = (y_k - t_k) g'(u_k) a_k",
            ),
            (
                r"\frac{\partial E}{\partial v_{ij}} = \sum_k (y_k - t_k) g'(u_k) w_{jk} f'(u_j) x_i",
                r"\frac{\partial E}{\partial v_{ij}} = \sum_k (y_k - t_k) g'(u_k) w_{jk} f'(u_k) x_i",
            ),
        ],
    ),
    (
        "a value by cases, and by an indicator",
        KINK,
        [
            (
                r"\frac{dL}{dw} = (a - t) x \mathbb{1}[w x > 0]",
                r"\frac{dL}{dw} = (a - t) x \mathbb{1}[w x < 0]",
            ),
            (
                r"\frac{dL}{dw} = (a - t) x \mathbb{1}[0 < w x]",
                r"\frac{dL}{dw} = (a - t) x \mathbb{1}[0 > w x]",
            ),
            (
                r"\frac{dL}{dw} = (a - t) x \begin{cases} 1 & w x > 0 \\ 0 & w x \le 0 \end{cases}",
                r"\frac{dL}{dw} = (a - t) x \begin{cases} 0 & w x > 0 \\ 1 & w x \le 0 \end{cases}",
            ),
        ],
    ),
    (
        "cases by indices",
        MATRIX,
        [
            (
                r"\frac{\partial z_k}{\partial x_j} = \begin{cases} W_{kj} & k \ge 1 \\ 0 & k < 1 \end{cases}",
                r"\frac{\partial z_k}{\partial x_j} = \begin{cases} W_{kj} & k \ne j \\ 0 & k = j \end{cases}",
            ),
            (
                r"\frac{\partial z_k}{\partial z_j} = \mathbb{1}[k = j]",
                r"\frac{\partial z_k}{\partial z_j} = \mathbb{1}[k \leq j]",
            ),
        ],
    ),
    (
        "equations in rows of an array",
        r"""\begin{eqnarray}
z &=& w x \\
E &=& \frac{1}{2} (z - t)^2
\end{eqnarray}""",
        [
            (
                r"\begin{array}{rcl} \frac{dE}{dw} &=& (z - t) x \end{array}",
                r"\begin{array}{rcl} \frac{dE}{dw} &=& (z - t) w \end{array}",
            ),
            (
                r"\boxed{\frac{dE}{dw} = (z - t) x}",
                r"\boxed{\frac{dE}{dw} = - (z - t) x}",
            ),
            (
                r"\begin{aligned} \frac{dE}{dw} &= (z - t) \\ & \quad \cdot x \end{aligned}",
                r"\begin{aligned} \frac{dE}{dw} &= (z - t) \\ & \quad \cdot w \end{aligned}",
            ),
            (
                r"\begin{aligned} \frac{dE}{dw} &= (w x \\ & - t) x \end{aligned}",
                r"\begin{aligned} \frac{dE}{dw} &= (w x \\ & + t) x \end{aligned}",
            ),
        ],
    ),
]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(("about", "stated", "pairs"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_right_line_holds_and_its_twin_does_not(
    about: str, stated: str, pairs: list[tuple[str, str]]
) -> None:
    for right, wrong in pairs:
        before = len(verdicts(stated))
        assert verdicts(f"{stated}\n\n$${right}$$\n")[before:] in ("P", "A"), right
        assert verdicts(f"{stated}\n\n$${wrong}$$\n")[before:] == "R", wrong


NUMBERS = [
    (
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \begin{pmatrix} 5 \\ 6 \end{pmatrix} = \begin{pmatrix} 17 \\ 39 \end{pmatrix}",
        "39",
        "38",
    ),
    (r"|0.3 - 0.81| = 0.51", "= 0.51", "= 0.41"),
    (r"\sqrt{0.25} = 0.5", "= 0.5", "= 0.6"),
    (
        r"\begin{pmatrix} 0.13 & 0.24 \end{pmatrix}^T + \begin{pmatrix} 0.11 \\ 0.22 \end{pmatrix} = \begin{pmatrix} 0.24 \\ 0.46 \end{pmatrix}",
        "0.46",
        "0.64",
    ),
    (r"0.37^2 = 0.1369", "0.1369", "0.1469"),
    (r"0.3711^{-2} = 7.26", "7.26", "6.27"),
    (r"0.4213^3 = 0.0748", "0.0748", "0.0784"),
    (r"e^{-0.3775} = 0.6856", "0.6856", "0.6586"),
    (r"2 \pi = 6.2832", "6.2832", "6.8232"),
    (
        r"\begin{pmatrix} 0.5 & 2 \end{pmatrix} \odot \begin{pmatrix} 3 & 4 \end{pmatrix} = \begin{pmatrix} 1.5 & 8 \end{pmatrix}",
        "1.5",
        "2.5",
    ),
    (
        r"3 \begin{pmatrix} 0.5 & 2 \end{pmatrix} = \begin{pmatrix} 1.5 & 6 \end{pmatrix}",
        "1.5",
        "2.5",
    ),
    (r"\tanh(0.4) = 0.380", "0.380", "0.830"),
    (r"0.75 / 0.5 = 1.5", "1.5", "2.5"),
    (
        r"\frac{\begin{pmatrix} 0.5 & 2 \end{pmatrix}}{2} = \begin{pmatrix} 0.25 & 1 \end{pmatrix}",
        "0.25",
        "0.52",
    ),
]


@pytest.mark.parametrize(("right", "old", "new"), NUMBERS)
def test_printed_numbers_come_out_or_do_not(right: str, old: str, new: str) -> None:
    assert right.count(old) == 1
    assert verdicts(f"$${right}$$\n") in ("P", "A")
    assert verdicts(f"$${right.replace(old, new)}$$\n") == "R"


@pytest.mark.parametrize(
    "formula",
    [
        r"\begin{pmatrix} 1 & 2 \end{pmatrix} + \begin{pmatrix} 1 & 2 & 3 \end{pmatrix} = \begin{pmatrix} 2 & 4 \end{pmatrix}",
        r"\sqrt[3]{0.125} = 0.5",
        r"0.5^{0.5} = 0.7071",
        r"\frac{0.5}{0} = 1.5",
    ],
)
def test_what_no_printed_number_settles_is_not_refuted(formula: str) -> None:
    assert verdicts(f"$${formula}$$\n") in ("U", "X", "A", "")


SECTIONS = {
    "markdown": "# A\n\n```\n# no heading\n```\n\nText\n----\n\n> ## B\n\n<h3>C</h3>\n",
    "latex": "\\section{A}\ntext\n\\subsection*{B}\n\\sectional{C}\n",
    "rst": "A\n===\n\ntext\n\nB\n---\n",
    "html": "<p>\n<h1>A</h1>\n<h2 class='b'>B</h2>\n<hr>\n",
    "jupytext": "# # A\n# text\nx = 1  # # no\n# ## B\n",
    "notebook": '{"cells": [\n{"cell_type": "markdown", "source": [\n"# A",\n"<h2>B</h2>"]},\n'
    '{"cell_type": "code", "source": [\n"# a comment"]}]}',
}
BEGIN = {
    "markdown": [1, 7, 10, 12], "latex": [1, 3], "rst": [1, 6], "html": [2, 3], "jupytext": [1, 4],
    "notebook": [3, 4], "plain": [],
}  # fmt: skip


@pytest.mark.parametrize("kind", BEGIN)
def test_sections_begin_at_their_headings(kind: str) -> None:
    assert headings(SECTIONS.get(kind, "A\n=\n"), kind) == BEGIN[kind]


def test_a_letter_is_found_for_every_range() -> None:
    letters = Letters({"K"})
    assert letters.letter("first", "k") != "k"  # its size would be called as a quantity is
    assert letters.letter("first") == letters.letter("first", "m")
    found = [letters.letter(number) for number in range(40)]
    assert len(set(found)) == 40
    assert letters.fresh("first", [letters.letter("first")]) == letters.letter("first") + "2"
    taken = [letters.letter("first"), letters.letter("first") + "2"]
    assert letters.fresh("first", taken) == letters.letter("first") + "3"


def test_a_body_that_asks_whether_an_argument_is_empty() -> None:
    macros = (
        r"\newcommand{\scripted}[3]{{#1\ifx\relax#2\relax\else_{#2}\fi"
        r"\ifx\relax#3\relax\else^{#3}\fi}}"
        r"\newcommand{\out}[1]{\scripted{y}{#1}{}}\newcommand{\all}{\scripted{E}{\mathrm{all}}{}}"
    )
    text = macros + r"$$\out{k} = f(\out{}), \qquad \all = \all(\out{k})$$"
    assert not any(j.status is Status.UNREAD for j in check(text, kind="latex").judgements)
    line = r"$$\scripted{a}{1}{} = \scripted{b}{}{2} + \scripted{c}{}{}$$"
    plain = r"$$a_1 = b^2 + c$$"
    end = r"$$a_1 - c = b^2$$"
    for first in (macros + line, plain):
        assert check(first + end, kind="latex").judgements[-1].status is Status.PROVED
    wrong = macros + line + r"$$a_1 + c = b^2$$"
    assert check(wrong, kind="latex").judgements[-1].status is not Status.PROVED


LAYERS = r"""
$$z^l = w^l a^{l-1}$$
$$a^l = \sigma(z^l)$$
$$C = \frac12 (a^L - y)^2$$
$$\delta^m = \frac{\partial C}{\partial z^m}$$
"""


@pytest.mark.parametrize(
    "said",
    [
        r"For $m = L, L-1, \dots, 1$:",
        r"for each $m = L, L-1, \ldots, 2$ compute",
        r"$$m = L, L-1, \dots, 1$$",
        r"from $m = L$ down to $m = 1$",
        r"$$\text{for } m = L$$",
        r"for $\,$ and for $ $ nothing",
    ],
)
def test_which_layers_are_meant_is_no_equation(said: str) -> None:
    found = check(f"{LAYERS}\n\n{said}\n", path="notes.md").judgements[4:]
    assert not {Status.PROVED, Status.AGREES, Status.DEFINITION} & {j.status for j in found}


def test_a_recursion_for_layers_that_are_listed_is_judged() -> None:
    line = r"\delta^m = \delta^{m+1} w^{m+1} \sigma'(z^m)"
    where = r"\text{ for } m = L - 1, L - 2, \dots, 1"
    for shown, right in ((line, True), (line.replace("w^{m+1}", "w^m"), False)):
        found = check(f"{LAYERS}\n\n$${shown} {where}$$\n", path="notes.md").judgements
        (only,) = [j for j in found[4:] if j.statement.is_claim]
        assert (only.status is Status.PROVED) == right


def test_a_letter_that_counts_and_is_a_quantity_refutes_nothing() -> None:
    equations = "$$p = softmax(z)$$ $$L = -\\sum_i y_i \\log(p_i) = -\\log(p_y)$$\n"
    line = r"$$\frac{\partial L}{\partial p_i} = -\frac{1_{i=y}}{p_y}$$"
    assert check(equations + line, path="a.md").judgements[-1].status is not Status.REFUTED
    plain = "$$p = softmax(z)$$ $$L = -\\sum_i y_i \\log(p_i)$$\n"
    wrong = r"$$\frac{\partial L}{\partial p_i} = \frac{y_i}{p_i}$$"
    assert check(plain + wrong, path="a.md").judgements[-1].status is Status.REFUTED


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (r"\int_a^b f(x) dx = F(b) - F(a)", "an integral"),
        (r"f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}", "limit"),
    ],
)
def test_integrals_and_limits_are_read_and_left_open(line: str, what: str) -> None:
    found = check(f"$${line}$$", path="notes.md").judgements[-1]
    assert (found.status, found.arguments) == (Status.UNDECIDED, {"what": what})


def test_a_probability_behind_a_logarithm_is_its_argument() -> None:
    text = r"$$\log \pi_\theta(a | s) (G - b) = (G - b) \log \pi_\theta(a | s)$$"
    assert check(text, path="notes.md").judgements[-1].status is Status.PROVED
    wrong = text.replace("= (G - b)", "= (G + b)")
    assert check(wrong, path="notes.md").judgements[-1].status is not Status.PROVED
    product = r"$$\log p (1 - p) = 1$$"
    assert check(product, path="notes.md").judgements[-1].status is Status.UNREAD


def test_a_star_is_a_name_below_and_a_product_behind_a_stop() -> None:
    network = r"$$z = w_* x$$"
    line = r"\frac{\partial z}{\partial w_*} = "
    assert check(f"{network}\n\n$${line}x$$", path="n.md").judgements[-1].status is Status.PROVED
    assert check(f"{network}\n\n$${line}2x$$", path="n.md").judgements[-1].status is Status.REFUTED


def test_what_needs_too_much_work_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symback.reading.meaning.graph._AT_ONCE", 40)
    terms = Terms(lambda key: None)
    for each in range(2):
        terms.begin()
        assert len({terms.number(40 * each + at).number for at in range(36)}) >= 36
    with pytest.raises(Undecided, match="too-large"):
        [terms.number(at) for at in range(41)]


def test_empty_groups_say_nothing() -> None:
    text = r"$$\begin{aligned} z &= w x \\ s &= \sum_{i=1}^{} a_i^{\,} \end{aligned} {}$$"
    text += "\n\n" + r"$$\frac{\partial z}{\partial w} = x^{}$$"
    found = check(text, path="notes.md").judgements
    assert [j.status for j in found] == [Status.DEFINITION, Status.DEFINITION, Status.PROVED]
    wrong = check(text.replace("= x^{}", "= 2 x^{}"), path="notes.md").judgements
    assert wrong[-1].status is Status.REFUTED


def test_a_fence_of_katex_holds_displays_or_one() -> None:
    line = r"\frac{\partial z}{\partial w} = "
    block = f"```katex\n$$ z = w x $$\n\n$$ {line} x $$\n\n$$ {line} 2 x $$\n```\n"
    found = [judgement.status for judgement in check(block, path="notes.md").judgements]
    assert found == [Status.DEFINITION, Status.PROVED, Status.REFUTED]
    one = "```katex\nz = w x\n```\n"
    assert check(one, path="notes.md").judgements[0].status is Status.DEFINITION
    code = block.replace("katex", "python")
    assert not check(code, path="notes.md").judgements


@pytest.mark.parametrize(
    ("update", "verdict"),
    [
        (r"w += -\alpha \frac{\partial L}{\partial w}", "ASSIGNMENT"),
        (r"w -= \alpha \frac{\partial L}{\partial w}", "ASSIGNMENT"),
        (r"w \leftarrow -\alpha \frac{\partial L}{\partial w}", "REFUTED"),  # it loses w
    ],
)
def test_what_is_added_keeps_the_old_value(update: str, verdict: str) -> None:
    network = r"$$z = w x$$ $$L = (z - y)^2$$"
    assert check(f"{network}\n\n$${update}$$", path="n.md").judgements[-1].status is Status[verdict]
