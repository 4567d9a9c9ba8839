"""Ways of writing that seldom stand in textbooks and often in notes, each with a wrong twin."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)


def last(*lines: str) -> Status:
    text = "\n\n".join(f"$${line}$$" for line in lines)
    return check(text, path="notes.md").judgements[-1].status


SET = r"\Theta = \{\mathbf{W}, \mathbf{b}\}"
LAYER = (r"z_k = \sum_{i=1}^{I} W_{ki} x_i + b_k", r"h_k = \frac{1}{1+e^{-z_k}}")
LOSS = r"\mathcal{F}(\mathcal{D};\Theta) = \frac12 \sum_{k=1}^K (h_k - y_k)^2"
OF_LOSS = r"\frac{\partial \mathcal{F}(\mathcal{D};\Theta)}{\partial %s} = %s"


def test_a_loss_of_data_and_of_all_parameters() -> None:
    document = (SET, *LAYER, LOSS)
    assert last(*document, OF_LOSS % ("z_k", "(h_k - y_k) h_k (1 - h_k)")) in _GOOD
    assert last(*document, OF_LOSS % ("z_k", "(h_k - y_k) h_k (1 + h_k)")) is Status.REFUTED


def test_the_loss_of_one_sample_is_not_that_of_all() -> None:
    of_sample = OF_LOSS.replace(r"\mathcal{D}", r"\mathcal{D}^m")
    assert last(SET, *LAYER, LOSS, of_sample % ("z_k", "(h_k - y_k) h_k (1 - h_k)")) not in _GOOD


def test_a_loss_that_is_the_probability_of_an_event_may_be_any() -> None:
    document = (LAYER[0], r"F = -\log p(y = k | x)")
    right = r"\frac{\partial F}{\partial W_{ki}} = \frac{\partial F}{\partial z_k} x_i"
    assert last(*document, right) in _GOOD
    assert last(*document, right.replace("x_i", "x_k")) not in _GOOD


@pytest.mark.parametrize("word", ["w", "z", "p"])
def test_a_quantity_with_the_letter_of_a_function(word: str) -> None:
    document = (r"\sigma(z) = \frac{1}{1 + e^{-z}}", rf"\sigma_{word} = \sqrt{{2/n}}")
    assert last(*document, r"\sigma'(z) = \sigma(z) (1 - \sigma(z))") in _GOOD
    assert last(*document, r"\sigma'(z) = \sigma(z) (1 + \sigma(z))") is Status.REFUTED


def test_a_softmax_written_as_exponentials_of_a_vector() -> None:
    document = (
        r"\text{softmax}(z) = \frac{e^{z}}{\sum_{k=1}^{C} e^{z}_{k}}",
        r"\hat{y} = \text{softmax}(z)",
        r"L = -\sum_{u=1}^K y_u \log \hat{y}_u",
    )
    right = r"\frac{\partial \hat{y}_i}{\partial z_j} = \hat{y}_i ([i = j] - \hat{y}_j)"
    assert last(*document, right) in _GOOD
    assert last(*document, right.replace("- ", "+ ")) is Status.REFUTED


GATES = (
    r"a^t = \tanh(W_c x^t + U_c h^{t-1}) = \tanh(\hat{a}^t)",
    r"i^t = \sigma(W_i x^t + U_i h^{t-1}) = \sigma(\hat{i}^t)",
    r"c^t = a^t \odot i^t + c^{t-1}",
    r"h^t = \tanh(c^t)",
    r"\delta a^t = \delta c^t \odot i^t",
    r"\delta i^t = \delta c^t \odot a^t",
)


def test_what_a_function_is_of_gets_its_name_behind() -> None:
    assert last(*GATES, r"\delta \hat{a}^t = \delta a^t \odot (1-\tanh^2(\hat{a}^t))") in _GOOD
    assert last(*GATES, r"\delta \hat{i}^t = \delta i^t \odot i^t \odot (1-i^t)") in _GOOD
    wrong = r"\delta \hat{i}^t = \delta i^t \odot i^t \odot (1-\hat{i}^t)"
    assert last(*GATES, wrong) is Status.REFUTED


ATTENTION = (r"S = \frac{Q K^\top}{\sqrt{d}}, \quad P = \mathrm{softmax}(S), \quad O = P V", "dO")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"dV = P^\top dO \\ dP = dO V^\top", r"dP = dO V^\top \\ dV = P dO"),
        (
            r"dP = dO V^\top \\ dS_{ij} = P_{ij} \left( dP_{ij} - \sum_k P_{ik} dP_{ik} \right)",
            r"dP = dO V^\top \\ dS_{ij} = P_{ij} \left( dP_{ij} + \sum_k P_{ik} dP_{ik} \right)",
        ),
    ],
)
def test_names_of_adjoints_that_nothing_else_says(right: str, wrong: str) -> None:
    assert last(*ATTENTION, right) in _GOOD
    assert last(*ATTENTION, wrong) not in _GOOD


def test_differentials_are_no_adjoints() -> None:
    assert last("y = A x", "z = B y", r"dy = A dx \\ dz = B dy") not in (*_GOOD, Status.REFUTED)


def test_what_solves_for_a_parameter_defines_none() -> None:
    document = (
        r"J(w) = \|y - Xw\|^2 + \lambda \|w\|^2",
        r"w = (X^\top X + \lambda I)^{-1} X^\top y",
    )
    assert last(*document, r"\nabla_w J = -2X^\top(y - Xw) + 2\lambda w") in _GOOD
    assert last(*document, r"\nabla_w J = -2X^\top(y + Xw) + 2\lambda w") not in _GOOD


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{d x_{kl}}{d x_{ij}} = 1\{i = k,\ j=l\}",
        r"p(x \lvert \theta) = 2",
        r"KL(p \,\|\, q) = 3",
        r"\phi(u) \in [0, \infty)",
        r"x \in (0, 1]",
        r"({\sigma^2}_l + \epsilon)^{-1/2} = 3",
        r"x_{1:K} = 3",
        r"x^{(dec)} = 3 y^{(dec)}",
        r"h^{raw}_t = 2 h_t",
        r"\beta = \arg\sup_x f(x)",
    ],
)
def test_what_is_read(formula: str) -> None:
    assert last(formula) is not Status.UNREAD


def test_numbers_in_groups_of_three_digits() -> None:
    assert last("1000 \\times 32 = 32,000") in _GOOD
    assert last("1000 \\times 32 = 33,000") is Status.REFUTED


def test_an_indicator_asks_for_all_that_stands_in_it() -> None:
    document = (r"y_{kl} = 2 x_{kl}",)
    both = r"\frac{\partial y_{kl}}{\partial x_{ij}} = 2 \cdot 1\{i = k,\ j = l\}"
    assert last(*document, both) in _GOOD
    assert last(*document, both.replace(r",\ j = l", "")) is Status.REFUTED


@pytest.mark.parametrize(
    ("formula", "right", "wrong"),
    [
        ("f(x) = x^T A x", "(A + A^T) x", "(A - A^T) x"),
        ("f(x) = x^T A x + b^T x", "(A + A^T) x + b", "(A + A^T) x - b"),
        (r"q(x) = \|A x - b\|^2", "2 A^T (A x - b)", "2 A^T (A x + b)"),
    ],
)
def test_what_has_a_gradient_is_a_number(formula: str, right: str, wrong: str) -> None:
    name = formula[:4]
    assert last(formula, rf"\nabla {name} = {right}") in _GOOD
    assert last(formula, rf"\nabla {name} = {wrong}") is Status.REFUTED


def test_rules_for_several_functions_of_one_name() -> None:
    text = (r"f(x) = x^T A x", r"\nabla f(x) = (A + A^T) x", r"f(x) = \|A x - b\|^2")
    assert last(*text, r"\nabla f(x) = 2 A^T (A x - b)") in _GOOD


def test_a_function_of_a_letter_with_parameters() -> None:
    formula = r"f(y) = a \log y + b \log(1-y)"
    assert last(formula, r"f'(y) = \frac{a}{y} - \frac{b}{1-y}") in _GOOD
    assert last(formula, r"f'(y) = \frac{a}{y} + \frac{b}{1-y}") not in _GOOD
    assert last(formula, r"f''(y) = -\frac{a}{y^2} - \frac{b}{(1-y)^2}") in _GOOD
    assert last(formula, r"f''(y) = \frac{a}{y} - \frac{b}{1-y}") not in _GOOD


STEPS = (r"h_t = \tanh(W h_{t-1} + U x_t), \quad o_t = V h_t, \quad L = \sum_{t=1}^T \ell_t(o_t)",)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            r"\frac{\partial L}{\partial V} = \sum_t \frac{\partial \ell_t}{\partial o_t} h_t^T",
            r"\frac{\partial L}{\partial V} = \sum_t \frac{\partial \ell_t}{\partial o_t} x_t^T",
        ),
        (
            r"\frac{\partial L}{\partial h_t} = V^T \frac{\partial \ell_t}{\partial o_t} + W^T"
            r" (\frac{\partial L}{\partial h_{t+1}} \odot (1 - h_{t+1}^2))",
            r"\frac{\partial L}{\partial h_t} = V^T \frac{\partial \ell_t}{\partial o_t} + W^T"
            r" (\frac{\partial L}{\partial h_{t+1}} \odot (1 - h_t^2))",
        ),
    ],
)
def test_losses_of_steps_that_are_left_open(right: str, wrong: str) -> None:
    assert last(*STEPS, right) in _GOOD
    assert last(*STEPS, wrong) not in _GOOD


def test_an_error_with_a_raised_index_is_no_exponential() -> None:
    document = (r"z_l = \sum_m A_{lm} x_m", r"e_l^k = z_l - y_l^k", r"L = \sum_l (e_l^k)^2")
    assert last(*document, "e_l^k = z_l - y_l^k") is not Status.REFUTED
    assert last(*document, r"\frac{\partial L}{\partial z_l} = 2 e_l^k") is not Status.REFUTED


LIKELIHOOD = (
    r"\ell(\mu, \sigma^2) = -\frac{n}{2}\log(2\pi\sigma^2)"
    r" - \frac{1}{2\sigma^2}\sum_{i=1}^n (x_i - \mu)^2"
)


def test_a_variance_is_a_quantity_of_its_own() -> None:
    right = (
        r"\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{2\sigma^2}"
        r" + \frac{1}{2\sigma^4}\sum_{i=1}^n (x_i - \mu)^2"
    )
    assert last(LIKELIHOOD, right) in _GOOD
    assert last(LIKELIHOOD, right.replace(r"2\sigma^4", r"\sigma^4")) is Status.REFUTED
    assert last(LIKELIHOOD, right.replace(r"2\sigma^4", r"2\sigma^2")) is Status.REFUTED


def test_functions_by_which_is_differentiated() -> None:
    gates = r"T(x) = \sigma(V x), \quad H(x) = \tanh(W x)"
    document = (r"y = T(x) \odot H(x) + (1 - T(x)) \odot x", gates)
    right = r"\frac{\partial L}{\partial H} = \frac{\partial L}{\partial y} \odot T"
    assert last(*document, right) in _GOOD
    assert last(*document, right.replace(r"\odot T", r"\odot H")) not in _GOOD
    # Without their equations a letter before a bracket may be a function or a factor.
    assert last(document[0], right) is Status.UNDECIDED


def test_sums_that_began_at_nought() -> None:
    document = (
        r"z_{ij} = \sum_{m=0}^{k-1}\sum_{n=0}^{k-1} w_{mn} x_{i+m, j+n} + b",
        r"\frac{\partial L}{\partial b} = \sum_{i,j} \frac{\partial L}{\partial z_{ij}}",
    )
    right = (
        r"\frac{\partial L}{\partial x_{pq}} = \sum_m \sum_n"
        r" \frac{\partial L}{\partial z_{p-m,q-n}} w_{mn}"
    )
    assert last(*document, right) is Status.UNDECIDED
    assert last(*document, right.replace("w_{mn}", "w_{nm}")) not in _GOOD
