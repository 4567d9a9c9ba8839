"""Kinds of documents, each with right lines and their wrong twins.

A verdict is a letter: P proved, A agrees, R refuted, U undecided; definitions, updates and remarks
have none. What each kind was got wrong is said by its name.
"""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

LETTERS = {
    Status.PROVED: "P",
    Status.AGREES: "A",
    Status.REFUTED: "R",
    Status.UNDECIDED: "U",
    Status.UNREAD: "X",
}


def verdicts(text: str) -> str:
    """The letters of a document's verdicts, in order."""
    found = check(text, path="notes.md").judgements
    return "".join(LETTERS.get(judgement.status, "") for judgement in found)


KINDS = [
    (
        "an array named by its entries fixes no index",
        "RP",
        r"""$$h_i = f(u_i)$$
$$E = \sum_i (h_i - y_i)^2$$
Let $V = (v_{ki})$.
$$\frac{\partial E}{\partial u_i} = 2 (h_k - y_k) f'(u_k)$$
$$\frac{\partial E}{\partial u_i} = 2 (h_i - y_i) f'(u_i)$$""",
    ),
    (
        "equations under other headings say what depends on what",
        "RP",
        r"""## The network
$$s = \tanh(v_1 x)$$
$$o = \tanh(v_2 s)$$
## The loss
$$J = (o - y)^2$$
## Gradients
$$\frac{\partial J}{\partial v_2} = \frac{\partial J}{\partial o} \frac{\partial o}{\partial s} \frac{\partial s}{\partial v_2}$$
$$\frac{\partial J}{\partial v_1} = \frac{\partial J}{\partial o} \frac{\partial o}{\partial s} \frac{\partial s}{\partial v_1}$$""",
    ),
    (
        "a missing transpose",
        "PR",
        r"""$$S^l = V^l H^{l-1} + c^l$$
$$H^l = \tanh(S^l)$$
With $D^l = \frac{\partial J}{\partial S^l}$ for each layer $l$:
$$D^l = (V^{l+1})^T D^{l+1} \circ (1 - \tanh(S^l)^2)$$
$$D^l = V^{l+1} D^{l+1} \circ (1 - \tanh(S^l)^2)$$""",
    ),
    (
        "a recursion of delta under a heading",
        "PR",
        r"""$$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$$
$$a^{[l]} = g(z^{[l]})$$
$$\delta^{[l]} = \frac{\partial J}{\partial z^{[l]}}$$
### Back through a hidden layer
$$\delta^{[l]} = (W^{[l+1]})^T \delta^{[l+1]} \odot g'(z^{[l]})$$
### A slip
$$\delta^{[l]} = (W^{[l+1]})^T \delta^{[l+1]} \odot g'(a^{[l]})$$""",
    ),
    (
        "an update is no equation",
        "AR",
        r"""$b = 1.2$

$$y = b + x$$

$$b = b - 0.05 \cdot 0.88 = 1.156$$
$$b = b - 0.05 \cdot 0.88 = 1.244$$""",
    ),
    (
        "a one-hot row",
        "PR",
        r"""Here $t$ is a one-hot row vector.
$$u = h V + c$$
$$p = \mathrm{softmax}(u)$$
$$J = - t \ln(p)^T$$
$$\frac{\partial J}{\partial u} = p - t$$
$$\frac{\partial J}{\partial u} = t - p$$""",
    ),
    (
        "a sum reaches as far as its index",
        "PR",
        r"""$$p_i = \sigma(u_i), \quad \sigma(u) = \frac{1}{1+e^{-u}}$$
$$J = -\sum_i t_i \log p_i + (1-t_i) \log (1-p_i)$$
$$\frac{\partial J}{\partial u_i} = p_i - t_i$$
$$\frac{\partial J}{\partial u_i} = t_i - p_i$$""",
    ),
    (
        "a function named in words",
        "PR",
        r"""$$a = \text{Tanh}(z)$$
$$\frac{da}{dz} = 1 - a^2$$
$$\frac{da}{dz} = 1 - a$$""",
    ),
    (
        "a function named in words",
        "P",
        r"""$$a = \text{ReLU}(z), \quad p = \text{Softplus}(a)$$
$$\frac{dp}{da} = \text{Sigmoid}(a)$$""",
    ),
    (
        "a loss with arguments",
        "PR",
        r"""$$y_k = \sum_j w_{jk} x_j$$
$$J(W, b) = \frac{1}{2} \sum_k (y_k - t_k)^2$$
$$\frac{\partial J}{\partial w_{jk}} = (y_k - t_k) x_j$$
$$\frac{\partial J}{\partial w_{jk}} = (y_k - t_k) x_k$$""",
    ),
    (
        "a loss with arguments",
        "PR",
        r"""$$\hat{y} = \sigma(w x)$$
$$L(y, \hat{y}) = \frac{1}{2}(\hat{y} - y)^2$$
$$\frac{\partial L}{\partial w} = (\hat{y} - y) \sigma'(w x) x$$
$$\frac{\partial L}{\partial w} = (\hat{y} - y) \sigma'(w x)$$""",
    ),
    (
        "a function of t",
        "PR",
        r"""$$\phi(t) = \frac{1}{1+e^{-t}}$$
$$h_i = \phi(u_i)$$
$$\frac{\partial h_i}{\partial u_i} = h_i (1 - h_i)$$
$$\frac{\partial h_i}{\partial u_i} = u_i (1 - u_i)$$""",
    ),
    (
        "letters of indices tell deltas apart",
        "PPRPP",
        r"""$$a_j = \sum_i w_{ji} x_i$$
$$z_j = h(a_j)$$
$$a_k = \sum_j w_{kj} z_j$$
$$y_k = a_k$$
$$E = \frac{1}{2} \sum_k (y_k - t_k)^2$$
$$\delta_k \equiv \frac{\partial E}{\partial a_k}, \qquad \delta_j \equiv \frac{\partial E}{\partial a_j}$$
$$\delta_k = y_k - t_k$$
$$\delta_j = h'(a_j) \sum_k w_{kj} \delta_k$$
$$\delta_j = h'(a_j) \sum_k w_{jk} \delta_k$$
$$\frac{\partial E}{\partial w_{ji}} = \delta_j x_i$$
$$\frac{\partial E}{\partial w_{kj}} = \delta_k z_j$$""",
    ),
    (
        "a target is given",
        "PR",
        r"""$$s = w x + b$$
$$p = \sigma(s)$$
where $\sigma(u) = \frac{1}{1 + e^{-u}}$, and
$$J = -(t \log p + (1 - t) \log (1 - p))$$
$$\frac{dJ}{dw} = (p - t) x$$
$$\frac{dJ}{dw} = (t - p) x$$""",
    ),
    (
        "a dependence that is only supposed",
        "U",
        r"""$$f(x) = V g(c + U x)$$
$$\frac{\partial J}{\partial V_{ij}} = \frac{\partial J}{\partial \hat{y}_i}\frac{\partial \hat{y}_i}{\partial V_{ij}}$$""",
    ),
    (
        "declared shapes",
        "PPR",
        r"""$\mathbf{u} \in \mathbb{R}^{1 \times d}$, $\mathbf{V} \in \mathbb{R}^{d \times c}$.
$$\mathbf{s} = \tanh(\mathbf{u} \mathbf{V})$$
$$L = \frac12 \sum_{j=1}^c (s_j - t_j)^2$$
$$\frac{\partial L}{\partial V_{kj}} = \frac{\partial L}{\partial s_j} \frac{\partial s_j}{\partial V_{kj}}$$
$$\frac{\partial L}{\partial V_{kj}} = (s_j - t_j)(1 - s_j^2) u_k$$
$$\frac{\partial L}{\partial V_{jk}} = (s_j - t_j)(1 - s_j^2) u_k$$""",
    ),
    (
        "a sum over one output",
        "PPR",
        r"""$$n = v x + c$$
$$o = \tanh(n)$$
$E = \frac{1}{2}\sum (o - t)^2$
$$\frac{\partial E}{\partial v} = (o - t)(1 - o^2) x$$
$$\frac{\partial E}{\partial c} = (o - t)(1 - o^2)$$
$$\frac{\partial E}{\partial c} = (o - t)(1 - n^2)$$""",
    ),
    (
        "states in rows",
        "PRPPR",
        r"""$$a_t = s_{t-1} W + x_t U$$
$$s_t = \tanh(a_t)$$
$$\frac{\partial L}{\partial a_t} = \frac{\partial L}{\partial s_t} \odot (1 - s_t^2)$$
$$\frac{\partial L}{\partial a_t} = \frac{\partial L}{\partial s_t} \odot (1 - a_t^2)$$
$$\frac{\partial L}{\partial s_{t-1}} = \frac{\partial L}{\partial a_t} W^T$$
$$\frac{\partial L}{\partial W} = s_{t-1}^T \frac{\partial L}{\partial a_t}$$
$$\frac{\partial L}{\partial W} = s_t^T \frac{\partial L}{\partial a_t}$$""",
    ),
    (
        "gated recurrent unit",
        "PPRP",
        r"""$$r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r)$$
$$z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)$$
$$n_t = \tanh(W_n x_t + r_t \odot (U_n h_{t-1}) + b_n)$$
$$h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}$$
$$\frac{\partial L}{\partial n_t} = \frac{\partial L}{\partial h_t} \odot (1 - z_t)$$
$$\frac{\partial L}{\partial z_t} = \frac{\partial L}{\partial h_t} \odot (h_{t-1} - n_t)$$
$$\frac{\partial L}{\partial z_t} = \frac{\partial L}{\partial h_t} \odot (n_t - h_{t-1})$$
$$\frac{\partial L}{\partial b_z} = \frac{\partial L}{\partial z_t} \odot z_t \odot (1 - z_t)$$""",
    ),
    (
        "a state called next",
        "PPR",
        r"""$$q = h_{prev} A + x B + c$$
$$h_{next} = \sigma(q)$$
with $\sigma(q) = 1/(1+e^{-q})$.
$$\frac{\partial J}{\partial q} = \frac{\partial J}{\partial h_{next}} \odot h_{next} \odot (1 - h_{next})$$
$$\frac{\partial J}{\partial A} = h_{prev}^T \frac{\partial J}{\partial q}$$
$$\frac{\partial J}{\partial A} = x^T \frac{\partial J}{\partial q}$$""",
    ),
    (
        "layer normalisation",
        "PR",
        r"""$$m = \frac{1}{D} \sum_{i=1}^D x_i$$
$$s = \sqrt{\frac{1}{D} \sum_{i=1}^D (x_i - m)^2 + \epsilon}$$
$$y_i = \frac{x_i - m}{s}$$
$$\frac{\partial L}{\partial x_i} = \frac{1}{s}\left(\frac{\partial L}{\partial y_i} - \frac{1}{D}\sum_{j=1}^D \frac{\partial L}{\partial y_j} - \frac{y_i}{D} \sum_{j=1}^D \frac{\partial L}{\partial y_j} y_j\right)$$
$$\frac{\partial L}{\partial x_i} = \frac{1}{s}\frac{\partial L}{\partial y_i}$$""",
    ),
    (
        "samples in columns",
        "PPU",
        r"""$$Z = W X + b$$
$$A = \tanh(Z)$$
$$L = \frac{1}{2} \|A - Y\|^2$$
The columns of $X$ are the samples.
$$\frac{\partial L}{\partial b} = \sum_{s=1}^m \left(\frac{\partial L}{\partial Z}\right)_s$$
$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial Z} X^T$$
$$\frac{\partial L}{\partial W} = X \frac{\partial L}{\partial Z}^T$$""",
    ),
    (
        "ranks from uses",
        "PPR",
        r"""$$G = \frac{1}{\sqrt{p}} Q R^\top$$
$$P_{ij} = \frac{\exp(G_{ij})}{\sum_k \exp(G_{ik})}$$
$$C = P V$$
$$\frac{\partial L}{\partial V} = P^\top \frac{\partial L}{\partial C}$$
$$\frac{\partial L}{\partial Q} = \frac{1}{\sqrt{p}} \frac{\partial L}{\partial G} R$$
$$\frac{\partial L}{\partial R} = \frac{1}{\sqrt{p}} \frac{\partial L}{\partial G} Q$$""",
    ),
    (
        "ranks from uses",
        "PR",
        r"""$$z = W x + b$$
$$p = \sigma(z)$$
$$C = \frac{1}{2} \|p - T\|^2$$
$$\frac{\partial C}{\partial W} = \left((p - T) \odot \sigma'(z)\right) x^\top$$
$$\frac{\partial C}{\partial W} = (p - T) x^\top$$""",
    ),
    (
        "a number with a name",
        "PR",
        r"""$$p_i = \frac{e^{u_i}}{\sum_j e^{u_j}}$$
$$d = \sum_i \frac{\partial E}{\partial p_i} p_i$$
$$\frac{\partial E}{\partial u} = p \odot \left(\frac{\partial E}{\partial p} - d\right)$$
$$\frac{\partial E}{\partial u} = p \odot \frac{\partial E}{\partial p}$$""",
    ),
    (
        "one matrix at several steps",
        "PPR",
        r"""$$s_1 = \tanh(A u_1 + B s_0)$$
$$s_2 = \tanh(A u_2 + B s_1)$$
$$s_3 = \tanh(A u_3 + B s_2)$$
$$o = C s_3$$
$$\frac{\partial L}{\partial s_3} = C^T \frac{\partial L}{\partial o}$$
$$\frac{\partial L}{\partial s_2} = B^T \left(\frac{\partial L}{\partial s_3} \odot (1 - s_3 \odot s_3)\right)$$
$$\frac{\partial L}{\partial s_2} = B^T \left(\frac{\partial L}{\partial s_3} \odot (1 - s_2 \odot s_2)\right)$$""",
    ),
    (
        "a variance is a name",
        "PAPPPPR",
        r"""$$\mu_B = \frac{1}{m} \sum_{i=1}^m x_i$$
$$\sigma_B^2 = \frac{1}{m} \sum_{i=1}^m (x_i - \mu_B)^2$$
$$\hat{x}_i = \frac{x_i - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}$$
$$y_i = \gamma \hat{x}_i + \beta$$
$$\frac{\partial \ell}{\partial \hat{x}_i} = \frac{\partial \ell}{\partial y_i} \gamma$$
$$\frac{\partial \ell}{\partial \sigma_B^2} = \sum_{i=1}^m \frac{\partial \ell}{\partial \hat{x}_i} (x_i - \mu_B) \frac{-1}{2} (\sigma_B^2 + \epsilon)^{-3/2}$$
$$\frac{\partial \ell}{\partial \mu_B} = \sum_{i=1}^m \frac{\partial \ell}{\partial \hat{x}_i} \frac{-1}{\sqrt{\sigma_B^2 + \epsilon}} + \frac{\partial \ell}{\partial \sigma_B^2} \frac{\sum_{i=1}^m -2 (x_i - \mu_B)}{m}$$
$$\frac{\partial \ell}{\partial x_i} = \frac{\partial \ell}{\partial \hat{x}_i} \frac{1}{\sqrt{\sigma_B^2 + \epsilon}} + \frac{\partial \ell}{\partial \sigma_B^2} \frac{2 (x_i - \mu_B)}{m} + \frac{\partial \ell}{\partial \mu_B} \frac{1}{m}$$
$$\frac{\partial \ell}{\partial \gamma} = \sum_{i=1}^m \frac{\partial \ell}{\partial y_i} \hat{x}_i$$
$$\frac{\partial \ell}{\partial \beta} = \sum_{i=1}^m \frac{\partial \ell}{\partial y_i}$$
$$\frac{\partial \ell}{\partial \beta} = \frac{1}{m}\sum_{i=1}^m \frac{\partial \ell}{\partial y_i}$$""",
    ),
    (
        "partial and total derivatives",
        "PPR",
        r"""$$u = x^2$$
$$v = x u$$
$$\frac{\partial v}{\partial x} = u$$
$$\frac{dv}{dx} = \frac{\partial v}{\partial x} + \frac{\partial v}{\partial u} \frac{du}{dx}$$
$$\frac{dv}{dx} = u$$""",
    ),
    (
        "residual blocks",
        "PPR",
        r"""$$y = x + f(x)$$
$$z = y + g(y)$$
$$\frac{\partial z}{\partial y} = 1 + g'(y)$$
$$\frac{\partial z}{\partial x} = (1 + g'(y))(1 + f'(x))$$
$$\frac{\partial z}{\partial x} = 1 + g'(y) f'(x)$$""",
    ),
    (
        "E and C are matrices",
        "PPR",
        r"""$$E = A B + C$$
$$\frac{\partial L}{\partial A} = \frac{\partial L}{\partial E} B^T$$
$$\frac{\partial L}{\partial C} = \frac{\partial L}{\partial E}$$
$$\frac{\partial L}{\partial B} = \frac{\partial L}{\partial E} A^T$$""",
    ),
    (
        "conditions",
        "PPR",
        r"""$$p_k = \frac{e^{z_k}}{\sum_{i} e^{z_i}}$$
When $k = m$, the quotient rule gives two terms. We find:

$$\frac{\partial p_k}{\partial z_m} = p_k (1 - p_m)$$

When $k \neq m$, only the denominator counts. Hence:

$$\frac{\partial p_k}{\partial z_m} = -p_k p_m$$

In general we have

$$\frac{\partial p_k}{\partial z_m} = p_k (1 - p_m)$$""",
    ),
    (
        "indices outside",
        "PRP",
        r"""$$z_i = \sum_j U_{ij} x_j$$
$$a_i = g(z_i)$$
$$J = \sum_i (a_i - y_i)^2$$
$$[\nabla_U J]_{ij} = 2 (a_i - y_i) g'(z_i) x_j$$
$$\left(\frac{\partial J}{\partial U}\right)_{ij} = 2 (a_i - y_i) g'(z_i) x_i$$
$$\partial_{U_{ij}} J = 2 (a_i - y_i) g'(z_i) x_j$$""",
    ),
    (
        "indices outside",
        "PR",
        r"""$$y = w x$$
$$J = \sum (y - t)^2$$
$$\frac{\partial J}{\partial w} = 2 (y - t) x$$
$$\frac{\partial J}{\partial w} = (y - t) x$$""",
    ),
    (
        "a loss without an equation",
        "PR",
        r"""$$J = E + \frac{\lambda}{2} \sum_i \sum_j w_{ij}^2$$
$$\frac{\partial J}{\partial w_{ij}} = \frac{\partial E}{\partial w_{ij}} + \lambda w_{ij}$$
$$\frac{\partial J}{\partial w_{ij}} = \frac{\partial E}{\partial w_{ij}} + 2 \lambda w_{ij}$$""",
    ),
    (
        "a loss without an equation",
        "PPR",
        r"""$$u = x A + s_{old} B$$
$$s_{new} = \tanh(u)$$
$$\frac{\partial L}{\partial u} = \frac{\partial L}{\partial s_{new}} \odot (1 - s_{new}^2)$$
$$\frac{\partial L}{\partial A} = x^T \frac{\partial L}{\partial u}$$
$$\frac{\partial L}{\partial A} = s_{old}^T \frac{\partial L}{\partial u}$$""",
    ),
]


@pytest.mark.parametrize(
    ("expected", "text"), [kind[1:] for kind in KINDS], ids=[k[0] for k in KINDS]
)
def test_right_lines_hold_and_their_wrong_twins_do_not(expected: str, text: str) -> None:
    assert verdicts(text) == expected


NUMBERS = [
    ("w_1 x_1 + w_2 x_2 = -0.13", "A"),
    ("w_1 x_1 + w_2 x_2 = -0.1", "A"),
    ("w_1 x_1 + w_2 x_2 = 0.13", "R"),
    ("w_1 x_1 + w_2 x_2 = -0.14", "R"),
    ("w_1 x_1 = 0.08", "A"),
    ("w_1 x_1 = 0.09", "R"),
    ("z = w_1 x_1 = 0.08", "A"),
    ("z = w_1 x_1 = 0.8", "R"),
]


@pytest.mark.parametrize(("line", "expected"), NUMBERS)
def test_a_number_after_symbols_is_what_rounds_to_it(line: str, expected: str) -> None:
    given = "$x_1 = 0.2$, $x_2 = 0.7$, $w_1 = 0.4$, $w_2 = -0.3$.\n\n"
    assert verdicts(f"{given}$${line}$$\n") == expected


def test_what_is_given_is_exact_and_what_was_found_is_rounded() -> None:
    text = """$x = 0.593$, $w = 0.741$.

$$z = w x = 0.439$$

$$y = 2 z = 0.879$$

$$y = 2 z = 0.89$$
"""
    assert verdicts(text) == "AA" + "PR"


def test_numbers_of_another_example_refute_nothing() -> None:
    text = """$x = 0.5$, $w = 0.5$.

$$z = w x = 0.25$$

Now take $x = 0.8$.

$$z = w x = 0.4$$
"""
    assert "R" not in verdicts(text)


def test_a_letter_is_the_variable_e_where_it_has_an_equation() -> None:
    assert verdicts("$$e = y - t = 2$$\n$$L = e^2 = 4$$\n") == "A"
    assert verdicts("$$e = y - t = 2$$\n$$L = e^2 = 5$$\n") == "R"


def test_a_definition_by_shifted_indices_ends_in_no_error() -> None:
    check("$a_0 = x$, $a_q = g(a_{q-1})$ and $a_{q-1} = g(a_{q-2})$.\n", path="notes.md")


def test_an_array_and_its_entries_are_one_quantity() -> None:
    text = r"""
$$Y_{out} = A Y_{in}$$
$$Y_{out,r} = \sum_{s} A_{rs} Y_{in,s}$$
$$\frac{\partial L}{\partial A_{rs}} = \frac{\partial L}{\partial Y_{out,r}} Y_{in,s}$$
$$\frac{\partial L}{\partial A_{rs}} = \frac{\partial L}{\partial Y_{out,s}} Y_{in,r}$$
"""
    assert verdicts(text) == "PPR"


def test_the_softmax_of_a_matrix_is_that_of_its_rows() -> None:
    text = r"""
$$S = Q K^T / \sqrt{d}$$
$$A = \text{softmax}\left(\frac{Q K^T}{\sqrt{d}}\right)$$
$$O = A V$$
$$\frac{\partial L}{\partial S_{ij}} = A_{ij}\left(\frac{\partial L}{\partial A_{ij}}
  - \sum_k A_{ik} \frac{\partial L}{\partial A_{ik}}\right)$$
"""
    assert verdicts(text) == "P"


def test_an_index_that_nothing_sums_refutes_nothing() -> None:
    text = r"""
$$a_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$
$$E = -y_i \log a_i$$
$$\frac{\partial E}{\partial z_i} = a_i - y_i$$
"""
    assert "R" not in verdicts(text)


def test_two_letters_can_be_two_units_where_one_has_a_line_of_its_own() -> None:
    text = r"""
$$p_m = \frac{e^{u_m}}{\sum_k e^{u_k}}$$

There are two cases:

$$\frac{\partial}{\partial u_i} p_m = -p_m p_i$$

$$\frac{\partial}{\partial u_i} p_i = p_i (1 - p_i)$$
"""
    assert verdicts(text) == "UP"
    assert verdicts(text.replace("-p_m p_i", "p_m p_i")) == "RP"
    assert verdicts(text.partition(r"$$\frac{\partial}{\partial u_i} p_i")[0]) == "R"


def test_a_slope_at_a_kink_is_a_convention() -> None:
    text = r"$$\sigma(z) = \max(0, z)$$ In practice $\sigma'(0) = 1$ or $\sigma'(0) = 0$."
    assert "R" not in verdicts(text)
    assert verdicts("$$\\sigma(z) = \\frac{1}{1+e^{-z}}$$\n\n$$\\sigma'(0) = 1$$\n") == "R"


@pytest.mark.parametrize("text", ["This is $l=L$. Here.", "It starts at $L=l$, say."])
def test_a_letter_taken_for_another_is_no_proof_that_both_are_one(text: str) -> None:
    found = check(f"A loss $\\mathcal{{L}}(t,a)$ is given.\n\n{text}").judgements
    assert not any(judgement.status is Status.PROVED for judgement in found)
