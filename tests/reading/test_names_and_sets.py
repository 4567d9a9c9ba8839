"""Layers above derivatives, sums over sets, losses said again in one case, and the input's name."""

from __future__ import annotations

import pytest
from sampling import covering

from symback.reading import check
from symback.reading.statements.verdicts import Judgement, Status

LAYERS = r"""
$$a_j^l = \sigma(z_j^l), \; z_j^l = \sum_{k \in layer_{l-1}} w_{jk}^l a_k^{l-1} + b_j^l$$
$$\delta^l_j = \frac{\partial E}{\partial z^l_j}$$
"""

UNITS = r"""
$$z_i^{(l+1)} = \sum_{j=1}^{s_l} W^{(l)}_{ij} a_j^{(l)} + b^{(l)}_i$$
$$a^{(l)}_i = f(z^{(l)}_i)$$
$$h(x) = a^{(n_l)}$$
$$J = \frac12 \|h(x) - y\|^2$$
$$\delta_i^{(l)} = \frac{\partial J}{\partial z_i^{(l)}}$$
"""


def last(document: str, line: str) -> Judgement:
    return check(f"{document}\nSo\n$${line}$$\n", kind="markdown").judgements[-1]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial E}{\partial w_{jk}^l} = \delta_j^l a_k^{l-1}", "PROVED"),
        (r"\frac{\partial E}{\partial w_{jk}^l} = \delta_j^l a_k^l", "REFUTED"),
    ],
)
def test_sum_over_the_units_of_a_layer(line: str, verdict: str) -> None:
    assert last(LAYERS, line).status is Status[verdict]


def test_sums_over_two_sets_run_over_parts() -> None:
    two = LAYERS + r"$$m = \sum_{k \in batch} b_k^l$$"
    line = r"\frac{\partial E}{\partial w_{jk}^l} = \delta_j^l a_k^{l-1}"
    assert last(two, line).status is Status.UNDECIDED


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{dL}{dz^1} = \frac{dL}{da^1} \sigma'(z^1)", "PROVED"),
        (r"\frac{dL}{dz^1} = \frac{dL}{da^2} \sigma'(z^1)", "REFUTED"),
        (r"\frac{dL}{dw^1} = \frac{dL}{dz^2} \frac{dz^2}{da^1} \frac{da^1}{dz^1} x", "PROVED"),
        (r"\frac{dL}{dw^1} = \frac{dL}{dz^2} \frac{dz^2}{da^1} \frac{da^1}{dz^1} a^1", "REFUTED"),
    ],
)
def test_number_above_what_is_differentiated_is_its_layer(line: str, verdict: str) -> None:
    forward = r"$$z^1 = w^1 x$$ $$a^1 = \sigma(z^1)$$ $$z^2 = w^2 a^1$$ $$a^2 = \sigma(z^2)$$"
    document = forward + r" $$L = \frac12 (a^2 - y)^2$$"
    assert last(document, line).status is Status[verdict]


def test_second_derivative_keeps_its_order() -> None:
    document = r"$$E = w^3$$"
    assert last(document, r"\frac{\partial^2 E}{\partial w^2} = 6 w").status is Status.PROVED
    assert last(document, r"\frac{\partial^2 E}{\partial w^2} = 3 w").status is Status.REFUTED


@pytest.mark.parametrize(
    ("again", "first"),
    covering(
        [r"$$J = \frac12 \sum_{i=1}^{s_{n_l}} (a_i^{(l)} - y_i)^2$$", ""],
        [r"$$x_i = a_i^{(1)}$$", ""],
    ),
)
def test_loss_said_again_of_a_free_layer_and_the_input_named(first: str, again: str) -> None:
    line = r"\frac{\partial J}{\partial W_{ij}^{(l)}} = \delta_i^{(l+1)} a_j^{(l)}"
    document = first + UNITS + again
    assert last(document, line).status is Status.PROVED
    assert last(document, line.replace("a_j^{(l)}", "a_i^{(l)}")).status is not Status.PROVED


def test_strokes_bare_points_and_number_sets_are_read() -> None:
    text = r"""
$$X = \begin{pmatrix} - & x_1 & - \\ \vdots & & \vdots \\ - & x_n & - \end{pmatrix}$$
$$x \in \R^n$$
$$a = \frac{1}{1. + e^{-z}}$$
$$\frac{da}{dz} = a \left(1. - a\right)$$
$$w \mathrel{+}= 1$$
$$g += \frac{da}{dz}$$
$$\sum_{\forall x} C_x = C$$
"""
    statuses = [each.status for each in check(text, kind="markdown").judgements]
    assert Status.UNREAD not in statuses
    assert Status.PROVED in statuses
    wrong = check(text.replace("1. - a", "1. + a"), kind="markdown").judgements
    assert Status.PROVED not in [each.status for each in wrong]


FAMILY = r"""
$$\left\{ \begin{array}{r c l} z_1 &=& w_1 x + b_1 \\ y &=& h_4(z_1) \\
h_i(z_i) &=& \frac{1}{1 + e^{-z_i}} NOTE \end{array} \right.$$
"""


@pytest.mark.parametrize(
    ("note", "line", "verdict"),
    [
        ("", r"\frac{\partial y}{\partial z_1} = y (1 - y)", "PROVED"),
        ("", r"\frac{\partial y}{\partial z_1} = y", "REFUTED"),
        # Where it is made of more, it is a quantity of another unit, and of z_1 nothing is known.
        (r"\cdot g_i", r"\frac{\partial y}{\partial z_1} = y (1 - y)", "UNDECIDED"),
    ],
)
def test_functions_with_the_number_of_their_unit(note: str, line: str, verdict: str) -> None:
    assert last(FAMILY.replace("NOTE", note), line).status is Status[verdict]


@pytest.mark.parametrize(
    "cases",
    [
        r"\left\{ \begin{array}{ll} x & x > 0 \\ 0 & x \le 0 \end{array} \right.",
        r"\left\{ \begin{aligned} x &, & x > 0 \\ 0 &, & x \le 0 \end{aligned} \right.",
        r"\left\{ \begin{matrix} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{matrix} \right.",
    ],
)
def test_a_brace_that_nothing_closes_holds_cases(cases: str) -> None:
    document = rf"$$f(x) = {cases}$$ $$z = w x$$ $$y = f(z)$$"
    line = r"\frac{\partial y}{\partial w} = f'(w x) x"
    assert last(document, line).status is Status.PROVED
    assert last(document, line.replace("f'", "f")).status is Status.REFUTED


@pytest.mark.spread
@pytest.mark.parametrize("said", ["with $L_n$", ""])
@pytest.mark.parametrize("limit", ["_m", "_{m=1}^{M}"])
@pytest.mark.parametrize(
    ("factor", "verdict"), [("w^{(l+1)}_{mj}", "PROVED"), ("w^{(l+1)}_{jm}", "REFUTED")]
)
def test_loss_is_a_number_where_those_of_samples_are_only_named(
    said: str, limit: str, factor: str, verdict: str
) -> None:
    document = rf"""
$$a_j^{{(l)}} = \sum{limit} w^{{(l)}}_{{jm}} z^{{(l-1)}}_m$$
$$z^{{(l)}}_j = h(a^{{(l)}}_j)$$
$$\delta^{{(l)}}_j = \frac{{\partial L}}{{\partial a^{{(l)}}_j}}$$
{said}
"""
    line = rf"\delta^{{(l)}}_j = h'(a^{{(l)}}_j) \sum{limit} {factor} \delta^{{(l+1)}}_m"
    found = last(document, line).status
    # With one letter for all widths the slip can be one of the widths.
    assert found is Status[verdict] or (limit != "_m" and found is Status.UNDECIDED)


def test_a_letter_of_one_example_has_another_value_in_the_next() -> None:
    text = r"""
事件 $H = (-1/4 \log_2(1/4)) \cdot 4 = 2$。

$$H = -\frac12 \log_2(1/2) - \frac14 \log_2(1/4) - \frac14 \log_2(1/4) = VALUE$$
"""
    right, wrong = (
        check(text.replace("VALUE", value), kind="markdown").judgements[-2:]
        for value in ("1.5", "1.6")
    )
    assert [each.status for each in right] == [Status.ASSIGNMENT, Status.AGREES]
    assert [each.status for each in wrong] == [Status.ASSIGNMENT, Status.REFUTED]


SECTIONS = r"""
# One sample

$$z = w x$$ $$a = \sigma(z)$$ $$L = \frac12 (a - y)^2$$

# Samples

$$L = -\frac1B \sum_{i=1}^B \sum_{j=1}^C Y_{i,j} \log \hat Y_{i,j}$$

# Softmax

$$\hat y_j = \frac{\exp(z_j)}{\sum_{k=1}^C \exp(z_k)}$$

$$L = -\sum_{j=1}^C y_j \log \hat y_j$$

$$\frac{\partial L}{\partial \hat y_j} = SIGN \frac{y_j}{\hat y_j}$$
"""


@pytest.mark.parametrize(("sign", "shown"), [("-", True), ("+", False)])
def test_a_section_is_judged_by_what_it_says_alone(sign: str, shown: bool) -> None:
    found = check(SECTIONS.replace("SIGN", sign), kind="markdown").judgements[-1].status
    assert (found is Status.PROVED) == shown


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"(\frac{1-p}{1-\hat p} - \frac{p}{\hat p}) [\hat p(1-\hat p)] = \hat p - p", "PROVED"),
        (r"(\frac{1-p}{1-\hat p} - \frac{p}{\hat p}) [\hat p(1-\hat p)] = p - \hat p", "REFUTED"),
    ],
)
def test_a_function_before_a_bracket_with_its_own_name_is_a_factor(line: str, verdict: str) -> None:
    assert last(r"$$\hat p(y) = \frac{1}{1 + e^{-y}}$$", line).status is Status[verdict]


def test_one_index_of_a_matrix_may_be_that_of_a_row() -> None:
    document = r"$$z = W x$$ $$p_k = \frac{e^{W_k x}}{\sum_j e^{W_j x}}$$"
    line = r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"
    assert last(document, line).status is Status.UNDECIDED
    assert last(document.replace("W x", "q"), line.replace("z_k", "2")).status is Status.UNDECIDED


@pytest.mark.parametrize(("difference", "verdict"), [("P - Y", "PROVED"), ("Y - P", "REFUTED")])
def test_softmax_of_a_matrix_is_of_its_samples(difference: str, verdict: str) -> None:
    document = r"""
$$Z = W X$$ $$P = \mathrm{softmax}(Z)$$ $$L = -\frac1m \sum_i \sum_k Y_{ki} \log P_{ki}$$
"""
    found = last(document, rf"dZ = \frac{{{difference}}}{{m}}").status
    assert found is Status[verdict] or (verdict == "REFUTED" and found is Status.UNDECIDED)


@pytest.mark.parametrize(("factor", "verdict"), [("2", "PROVED"), ("3", "REFUTED")])
def test_a_sum_reaches_the_end_where_its_index_stands_behind_it(factor: str, verdict: str) -> None:
    document = r"$$L = \sum_{i=1}^n (w_i x_i + b_i)^2$$"
    line = rf"L = \sum_{{i=1}}^n w_i^2 x_i^2 + {factor} w_i x_i b_i + b_i^2"
    assert last(document, line).status is Status[verdict]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial w_{kj}} = (y_k - t_k) x_j", "PROVED"),
        (r"\frac{\partial L}{\partial w_{kj}} = 0", "REFUTED"),
        (r"\frac{\partial L}{\partial w_{k0}} = y_k - t_k", "PROVED"),
        (r"\frac{\partial L}{\partial w_{k0}} = w_{k0} - t_k", "REFUTED"),
    ],
)
@pytest.mark.parametrize("limit", ["_j", "_{j=1}^{D}"])
def test_weight_of_a_unit_0_leaves_the_others_there(limit: str, line: str, verdict: str) -> None:
    document = (
        rf"$$y_k = \sum{limit} w_{{kj}} x_j + w_{{k0}}$$ $$L = \frac12 \sum_k (y_k - t_k)^2$$"
    )
    assert last(document, line).status is Status[verdict]


@pytest.mark.parametrize("letter", ["l", "j"])
def test_a_letter_that_may_be_of_either_layer_refutes_nothing(letter: str) -> None:
    document = r"""
$$a_j = \sum_i w_{ji}^{(1)} x_i$$ $$z_j = \tanh(a_j)$$ $$a_k = \sum_j w_{kj}^{(2)} z_j$$
$$y_k = \frac{\exp(a_k)}{\sum_l \exp(a_l)}$$ $$E = -\sum_k t_k \ln y_k$$
"""
    document = document.replace(r"\sum_l \exp(a_l)", rf"\sum_{letter} \exp(a_{letter})")
    line = r"\frac{\partial E}{\partial a_k} = y_k - t_k"
    assert last(document, line).status is not Status.REFUTED


def test_lengths_that_nothing_ties_and_an_identity_matrix_refute_nothing() -> None:
    document = r"$$h = \tanh(a)$$ $$g = 0.4 \mathbf{I}_5 h$$ $$L = \|h\|^2$$"
    assert last(document, r"0.4 \, \mathbf{I}_5 \cdot h = 0.4 \cdot h").status is Status.UNDECIDED
    text = r"$$\theta = U^\top v$$ $$J = f(y, \hat y)$$ $$\hat y = \mathrm{softmax}(\theta)$$"
    line = r"\frac{\partial J}{\partial \theta} = (\hat y - y)^\top"
    assert last(text, line).status is not Status.REFUTED


def test_a_section_alone_does_not_say_that_capital_letters_are_numbers() -> None:
    document = r"""
# Samples

$$L = -\frac1B \sum_{i=1}^B \sum_{j=1}^C Y_{i,j} \log \hat Y_{i,j}$$

# Layers

$$Z = W A$$ $$L = \frac12 (Z - Y)^2$$

$$\frac{\partial L}{\partial W} = A (Z - Y)$$
"""
    assert check(document, kind="markdown").judgements[-1].status is Status.UNDECIDED


def test_a_note_about_sizes_is_no_reading() -> None:
    document = r"""
$$a_j^{(l)} = \sum_{m=1}^{M} w^{(l)}_{jm} z^{(l-1)}_m$$ $$z^{(l)}_j = h(a^{(l)}_j)$$
$$\delta^{(l)}_j = \frac{\partial L}{\partial a^{(l)}_j}$$
"""
    line = r"\sum_{m=1}^M w^{(l)}_{mj} \delta^{(l)}_m = \sum_{m=1}^M \delta^{(l)}_m w^{(l)}_{mj}"
    assert "sum-of-other-layer" not in dict(last(document, line).readings)


@pytest.mark.parametrize(("value", "verdict"), [("0.1", "AGREES"), ("0.3", "REFUTED")])
def test_a_given_value_may_be_put_in(value: str, verdict: str) -> None:
    line = rf"x (1 - 2 \eta) = x (1 - 2 \cdot {value})"
    assert last(r"$$\eta = 0.1$$", line).status is Status[verdict]
