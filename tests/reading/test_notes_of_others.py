"""Kinds of fault that notes showed which nobody had tuned to."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.meaning.graph import Circular, Term, Terms
from symback.reading.statements.verdicts import Judgement, Status


def judged(*lines: str) -> list[Judgement]:
    return of("\n\n".join(f"$$\n{line}\n$$" for line in lines))


def of(text: str) -> list[Judgement]:
    settled = (Status.DEFINITION, Status.REMARK)
    return [j for j in check(text, kind="markdown").judgements if j.status not in settled]


def test_a_vector_stands_with_numbers_and_without_beside_one_matrix() -> None:
    bold = r"\mathbf{U} = \mathbf{\Theta} \cdot \mathbf{x}"
    right, wrong = judged(bold, "z = x_1 + x_2", "z = x_2 + x_1", "z = x_1 - x_2")[-2:]
    assert right.status is Status.PROVED
    assert wrong.status is not Status.PROVED


RECURRENT = r"""
- $x_t \in \mathbb{R}^d$: input at time step $t$
- $h_t \in \mathbb{R}^d$: hidden state at time step $t$
- $y_t \in \mathbb{R}^m$: output at time step $t$
- $W_{hy}$: weight matrix

$$\begin{align*}
a_t &= W_{xh} x_t + W_{hh} h_{t-1} + b_h \\
h_t &= \phi(a_t)\\
y_t &= W_{hy} h_t + b_y \end{align*}$$

$$L = \frac{1}{T} \sum_{t=1}^{T} l(y_t, \hat{y}_t)$$

Let $\delta_y^t = \frac{\partial L_t}{\partial \hat{y}_t}$.
"""


def test_shapes_refute_nothing_where_it_is_not_known_what_an_array_is() -> None:
    lines = of(
        RECURRENT
        + r"""
$$\frac{\partial L}{\partial W_{hy}} = \sum_t \frac{\partial l}{\partial W_{hy}}$$

$$\frac{\partial L}{\partial W_{hy}} = \sum_t {\delta_y^t} \cdot (h_t)^T$$

$$\frac{\partial L}{\partial W_{xh}}
    = \sum_t \frac{\partial l}{\partial a_t} \cdot \frac{\partial a_t}{\partial W_{xh}}$$

$$\frac{\partial L}{\partial x_t} = \sum_t \frac{\partial l}{\partial a_t} W_{xh}$$
"""
    )
    assert [line.status for line in lines] == [Status.UNDECIDED] * 4


def test_a_recursion_without_a_start_comes_to_an_end() -> None:
    def next_one(key: object) -> Term:
        assert isinstance(key, int)
        return terms.unknown(key + 1)

    terms = Terms(next_one)
    with pytest.raises(Circular):
        terms.reached(terms.unknown(0))


def test_shapes_refute_a_gradient_that_is_laid_out_otherwise() -> None:
    forward = (r"W \in \mathbb{R}^{m \times n}", "z = W x", r"L = \frac{1}{2} z^T z")
    *_, right = judged(*forward, r"\frac{\partial L}{\partial W} = z x^T")
    *_, wrong = judged(*forward, r"\frac{\partial L}{\partial W} = z z^T")
    assert right.status is Status.PROVED
    assert wrong.status is Status.REFUTED


def test_the_slope_of_a_function_that_nothing_defines_is_what_a_line_says() -> None:
    forward = "h = f(w x + b)"
    for slope in (r"f'(z) = 1 - \tanh^2(z)", r"f'(z) = \frac{1}{1 + z^2}"):
        *_, line = judged(forward, slope)
        assert line.status is Status.UNDECIDED
    *_, right = judged(forward, r"f(z) = \tanh(z)", r"f'(z) = 1 - \tanh^2(z)")
    *_, wrong = judged(forward, r"f(z) = \tanh(z)", r"f'(z) = 1 + \tanh^2(z)")
    assert right.status is Status.PROVED
    assert wrong.status is Status.REFUTED


def test_a_repair_stands_at_the_index_of_its_own_line() -> None:
    forward = (
        r"y_{ij} = \frac{w_j x_{ij}}{r_i}",
        r"r_i = \sqrt{ \frac{1}{H} \sum_{h=1}^H x_{ih}^2 + \epsilon }",
    )
    tail = r" - \frac{x_{ij}}{Hr_i^3} \sum_{h=1}^{H} \frac{\partial L}{\partial y_{ih}} w_h x_{ih}"
    right = (
        r"\frac{\partial L}{\partial x_{ij}} ="
        r" \frac{\partial L}{\partial y_{ij}} \frac{w_j}{r_i}" + tail
    )
    wrong = right.replace("w_j", "w_h")
    *_, line = judged(*forward, right)
    assert line.status is Status.PROVED
    by_weight = (
        r"\frac{\partial L}{\partial w_h} ="
        r" \sum_i \frac{\partial L}{\partial y_{ih}} \frac{x_{ih}}{r_i}"
    )
    *_, line = judged(*forward, by_weight, wrong)
    assert line.status is Status.REFUTED
    (repair,) = [d.repair for d in line.diagnoses if d.repair is not None]
    text = line.statement.excerpt.text
    for start, end, piece in reversed(repair.edits):
        text = text[:start] + piece + text[end:]
    assert text.strip() == right


def test_one_step_of_a_recursion_is_said_to_be_one() -> None:
    claim = (
        r"\frac{\partial L}{\partial U} = \frac{\partial L}{\partial h_t} \odot (1 - h_t^2) x_t^T"
    )
    (right,) = judged("a_t = W h_{t-1} + U x_t", r"h_t = \tanh(a_t)", claim)
    assert right.status is Status.PROVED
    assert ("one-step", {"of": "h_t-1"}) in right.readings
    (plain,) = judged("a = W s + U x", r"h = \tanh(a)", claim.replace("_t", ""))
    assert plain.status is Status.PROVED
    assert not any(code == "one-step" for code, _ in plain.readings)
    twin = claim.replace("x_t^T", "h_{t-1}^T")
    (wrong,) = judged("a_t = W h_{t-1} + U x_t", r"h_t = \tanh(a_t)", twin)
    assert wrong.status is not Status.PROVED


def test_rows_go_on_in_a_display_behind_a_label_in_bold() -> None:
    display = r"""$$\begin{align*}
\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial f} \frac{\partial f}{\partial w} \\
&= \frac{\partial L}{\partial f} x
\end{align*}$$"""
    lines = of(f"$$f = w x$$\n\n**Gradient by $w$:**\n\n{display}")
    assert [line.status for line in lines] == [Status.PROVED] * 2
    # What stands alone behind a label is about what the label names, and continues nothing.
    (_, alone) = of("$$a = b + c$$\n\n$$a - b = c$$\n\n**Accuracy:**\n\n$$= 2 c$$")
    assert alone.status is Status.UNREAD


def statuses(*lines: str) -> str:
    return "".join(str(line.status)[0] for line in judged(*lines))


def test_an_index_that_stands_for_one_value_stands_for_each() -> None:
    forward = ("u = e^{z_i}", "v = e^{z_k}")
    assert statuses(*forward, r"\frac{\partial u}{\partial z_i} = u") == "P"
    assert statuses(*forward, r"\frac{\partial u}{\partial z_i} = 2 u") != "P"
    assert statuses(*forward, r"\frac{\partial u}{\partial z_k} = u") == "U"
    assert statuses(*forward, r"\frac{\partial u}{\partial z_k} = 0") == "U"
    assert statuses(*forward, r"\frac{\partial v}{\partial z_1} = v") == "U"
    assert statuses(*forward, "u = v") == "U"


def test_nothing_is_supposed_of_a_loss_that_is_defined() -> None:
    step = (
        r"\frac{\partial L}{\partial U} = (\frac{\partial L}{\partial h_t} \odot (1-h_t^2)) x_t^T"
    )
    recursion = r"h_t = \tanh(W h_{t-1} + U x_t)"
    assert statuses(recursion, r"L = \frac12 \|h_T - y\|^2", step) == "U"


def test_shapes_set_as_products_claim_nothing() -> None:
    right = r"(n \times k) \cdot (k \times m) = (n \times m)"
    assert statuses(right, r"(n \times 1) \cdot (1 \times m) = (m \times n)") == ""
    assert statuses(r"2 \times 3 = 6", r"2 \times 3 = 7") == "PR"


def test_what_an_equation_that_is_not_read_defines_is_not_refuted() -> None:
    (_, line) = judged(
        r"p_j = \text{softmax}(z)_)j", r"\frac{\partial p_j}{\partial z_j} = p_j (1 - p_j)"
    )
    assert line.status is Status.UNDECIDED


def test_functions_in_words_are_each_one() -> None:
    lines = (r"a = \operatorname{rank}(u)", r"\frac{\partial a}{\partial u} = 0")
    assert statuses(*lines, r"\operatorname{rank}(2u) = \operatorname{rank}(u)") == "UU"
    assert statuses("a = f(u)", r"\frac{\partial a}{\partial u} = f(u)") == "R"


def test_a_slope_in_terms_of_the_function_itself_says_which_it_is() -> None:
    assert statuses("a = f(w x)", "f'(z) = f(z) (1 - f(z))") == "U"


def test_a_case_reaches_as_far_as_it_may() -> None:
    softmax = r"$$p_k = \frac{e^{z_k}}{\sum_t e^{z_t}}$$"
    between = r"$$\frac{\partial e^{z_k}}{\partial z_k} = e^{z_k}$$"
    line = r"$$\frac{\partial p_k}{\partial z_j} = p_k (1 - p_k)$$"
    parts = [softmax, "For the case when $j = k$:", between, line]
    assert of("\n\n".join(parts))[-1].status is Status.UNDECIDED
    parts.insert(3, "In general we have")
    assert of("\n\n".join(parts))[-1].status is Status.REFUTED


def test_pi_is_the_number_where_it_is_nothing_else() -> None:
    forward = r"y = \operatorname{erf}(x)"
    slope = r"\frac{dy}{dx} = \frac{2}{\sqrt{\pi}} e^{-x^2}"
    assert statuses(forward, slope, slope.replace("{2}", "{1}")) == "PR"
    beside = r"z = \pi_1 x"
    assert statuses(forward, beside, slope, slope.replace("{2}", "{1}")) == "PU"


def test_a_heading_says_of_which_case_its_lines_are() -> None:
    softmax = r"$$p_k = \frac{e^{z_k}}{\sum_t e^{z_t}}$$"
    line = r"$$\frac{\partial p_k}{\partial z_j} = -p_k p_l$$"
    case = r"### $l = j$, $k \neq j$"
    assert of(f"{softmax}\n\n{case}\n\n{line}")[-1].status is Status.UNDECIDED
    assert of(f"{softmax}\n\n### Softmax\n\n{line}")[-1].status is Status.REFUTED


def test_rows_behind_a_name_in_words_go_on_from_what_it_is_equal_to() -> None:
    before = (
        "$$\n\\begin{aligned}\nw &= 0.3 \\\\\nb &= -2.0 \\quad \\text{(bias)}\n\\end{aligned}\n$$"
    )
    rows = r"\text{weighted sum} &= 0.3 \times 6 + (-2.0) \\ &= 1.8 - 2.0 = -0.2"
    display = f"{before}\n\nCalculation:\n\n$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$"
    assert [line.status for line in of(display)][-2:] == [Status.PROVED, Status.AGREES]
    wrong = of(display.replace("= 1.8", "= 1.9"))
    assert wrong[-2].status is Status.REFUTED


def test_a_layer_that_is_transposed_is_an_array_in_every_section() -> None:
    forward = "## Terms\n\n$$z^L = W^L a^{L-1} + b^L$$"
    line = r"$$\frac{\partial z^L}{\partial W^L} = a^{L-1}$$"
    result = r"$$\frac{\partial C}{\partial W^L} = \delta^L (a^{L-1})^T$$"
    assert of(f"{forward}\n\n{line}")[-1].status is Status.PROVED
    array = of(f"{result}\n\n{forward}\n\n{line}")[-1]
    assert array.readings[0] == ("derivative-as-factor", {})


def test_a_bracket_for_a_transpose_shows_no_function() -> None:
    line = r"\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^T"
    forward = ("z^l = W^l a^{l-1}", "a^l = f(z^l)", "C = g(a^L)")
    delta = r"\delta^l = \frac{\partial C}{\partial z^l}"
    assert statuses(*forward, line, delta) == "P"
    assert statuses(*forward, line.replace("l-1", "l"), delta) != "P"


def test_letters_around_a_logarithm_are_factors() -> None:
    chain = r"\frac{\partial}{\partial w}[ylna] = \frac{\partial}{\partial a}[ylna]"
    right, wrong = (rf"{chain} \frac{{\partial a}}{{\partial w}}", chain)
    assert statuses(right, right.replace("[ylna]", "[Ylna]", 1), wrong) == "PUR"
    assert statuses("ylog(a) = y \\log a", "ylog(a) = \\log a") == "PR"


def test_a_function_that_nothing_defines_may_be_what_is_supposed() -> None:
    words = "The function $G(w)$ has the inputs $x$, $y$ and $w$."
    claim = r"\frac{\partial C(y,\bar y)}{\partial w}"
    by_output = r"\frac{\partial C(y,\bar y)}{\partial\bar y}"
    right = rf"$${claim} = {by_output} \frac{{\partial G(x,w)}}{{\partial w}}$$"
    wrong = rf"$${claim} = 2 {by_output} \frac{{\partial\bar y}}{{\partial w}}$$"
    assert of(f"{words}\n\n{right}")[-1].status is Status.UNDECIDED
    assert of(f"{words}\n\n{wrong}")[-1].status is Status.REFUTED


LAYERS = r"""
$$z^l_j = \sum_{k=1}^m w^l_{j,k} a^{l-1}_k + b^l_j$$

$$a^l_j = \sigma(z^l_j)$$

$$C = \sum_i (y_i - a^L_i)^2$$

$$\delta^l_i = \frac{\partial C}{\partial z^l_i}$$
"""


def test_a_list_of_arguments_in_dots_is_no_equation_for_a_loss() -> None:
    looked_at = r"Here we treat $C = C(a^L_1, \dots, a^L_n)$ as a function of the outputs."
    line = r"$$\frac{\partial C}{\partial a^L_k} = 2(a^L_k - y_k)$$"
    text = f"## Layers\n\n{LAYERS}\n\n## Outputs\n\n{looked_at}\n\n"
    assert of(text + line)[-1].status is Status.PROVED
    assert of(text + line.replace("2(a", "(a"))[-1].status is Status.REFUTED


def test_an_error_of_all_units_is_the_error_of_each() -> None:
    right = r"$$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$"
    text = f"## Layers\n\n{LAYERS}\n\n## Recursion\n\n"
    assert of(text + right)[-1].status is Status.PROVED
    assert of(text + right.replace("^T", ""))[-1].status is Status.REFUTED
    assert of(text + right.replace(r"\sigma'", r"\sigma"))[-1].status is Status.REFUTED


def test_a_loss_of_the_letter_of_the_layers_is_one_of_the_last() -> None:
    unit = r"$$z = w_1 x_1 + w_2 x_2 + b, \quad a = f(z), \quad L = \text{loss}(a, y)$$"
    layers = "$$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$$\n\n$$a^{[l]} = f(z^{[l]})$$"
    errors = r"""$$\delta^{[L]} = \nabla_a L \odot f'(z^{[L]})$$

$$\delta^{[l]} = \left( (W^{[l+1]})^T \delta^{[l+1]} \right) \odot f'(z^{[l]})$$
"""
    line = r"$$\frac{\partial L}{\partial W^{[l]}} = \delta^{[l]} (a^{[l-1]})^T$$"
    text = f"## One unit\n\n{unit}\n\n## Layers\n\n{layers}\n\n{errors}\n\n"
    report = check(text + line, kind="markdown")
    assert report.judgements[-1].status is Status.PROVED
    assert ("output-is-last-layer", {"of": "a"}) in report.inferred
    assert of(text + line.replace("a^{[l-1]}", "a^{[l]}"))[-1].status is Status.REFUTED
    assert of(text + line.replace("a^{[l-1]}", "z^{[l-1]}"))[-1].status is not Status.PROVED
    slip = text.replace("(W^{[l+1]})^T", "(W^{[l]})^T")
    assert of(slip + line)[-1].status is not Status.PROVED


def test_a_row_that_says_its_sign_again_goes_on() -> None:
    rows = r"\frac{\partial L}{\partial x} =\\ = 2 (w x - y) w =\\ = 2 w^2 x - 2 w y"
    assert statuses("L = (w x - y)^2", rows) == "PP"
    assert statuses("L = (w x - y)^2", rows.replace("2 w^2", "w^2")) == "PR"


def test_a_derivative_in_braces_is_of_what_follows() -> None:
    line = r"{\partial \over \partial x} L(x) = 2 (w x - y) w"
    assert statuses("L(x) = (w x - y)^2", line, line.replace("2 (", "(")) == "PR"


def test_a_function_in_braces_is_one() -> None:
    line = r"\frac{\partial y}{\partial x} = {f_a}'(x)"
    assert statuses("y = f_a(x)", line, line.replace("'", "")) == "PR"


def test_an_index_behind_a_function_is_of_its_value() -> None:
    softmax = r"p_i = \text{softmax}(z)_i"
    line = r"\frac{\partial p_i}{\partial z_j} = p_i (1_{i=j} - p_j)"
    assert statuses(softmax, line, line.replace("- p_j", "+ p_j")) == "PR"


def test_invisible_characters_are_no_mathematics() -> None:
    assert statuses("z = 2 w", "z\u200b = w + w", "z\u200b = 3 w") == "PR"


def test_quantities_in_words_are_differentiated() -> None:
    forward = (r"\text{out} = w x", r"\text{Loss} = (\text{out} - y)^2")
    by = r"\frac{\partial \text{Loss}}{\partial \text{out}}"
    chain = rf"\frac{{\partial \text{{Loss}}}}{{\partial w}} = {by} \frac{{\partial \text{{out}}}}"
    chain += r"{\partial w}"
    assert statuses(*forward, rf"{by} = 2(\text{{out}} - y)", rf"{by} = \text{{out}} - y") == "PR"
    assert statuses(*forward, chain, f"{chain} x") == "PR"


def test_the_slope_of_a_function_in_words_begins_a_line() -> None:
    define = r"\text{ReLU}(z) = \max(0, z)"
    slope = r"\text{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}"
    found = judged(define, slope, slope.replace("{cases} 1", "{cases} 2"))
    assert found[-2].status in (Status.PROVED, Status.AGREES)
    assert found[-1].status is Status.REFUTED


def test_entries_of_a_transpose_of_itself_define_nothing() -> None:
    forward = (r"y_{ij} = \sum_k x_{ik} c_{kj}", "L = g(y)", "c_{qj} = (c^T)_{jq}")
    line = (
        r"\frac{\partial L}{\partial x_{pq}} = \sum_j \frac{\partial L}{\partial y_{pj}} (c^T)_{jq}"
    )
    assert statuses(*forward, line, line.replace("_{jq}", "_{qj}")) == "PPR"
    assert statuses(*forward[:2], "c_{qj} = (c^T)_{qj}")[-1:] != "P"
