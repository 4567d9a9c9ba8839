"""Lines that give another choice for a letter are not refuted by the first one, and slips are."""

import pytest

from symback.reading import check

ACTIVATIONS = r"""
**Sigmoid:** $\sigma(x) = \frac{1}{1+e^{-x}}$

$$\sigma'(x) = \sigma(x)(1-\sigma(x))$$

"""
LAYER = r"""
$z = w x + b$, $a = \sigma(z)$, $\sigma(z) = \frac{1}{1+e^{-z}}$, $L = \frac12 (a - y)^2$

"""


def last(text: str) -> str:
    """The status of the last claim of a document."""
    return check(text, path="notes.md").judgements[-1].status.name


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"**Tanh:** $\sigma'(x) = 1 - \tanh^2(x)$", "UNDECIDED"),
        (r"**ReLU:** $\sigma'(x) = \mathbf{1}_{x>0}$", "UNDECIDED"),
        (r"**Sigmoid:** $\sigma'(x) = \sigma(x)(1+\sigma(x))$", "REFUTED"),
        (r"**Derivative:** $\sigma'(x) = \sigma(x)(1+\sigma(x))$", "REFUTED"),
    ],
)
def test_the_label_of_another_function(line: str, status: str) -> None:
    assert last(ACTIVATIONS + line) == status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (r"For tanh units, $\frac{\partial a}{\partial z} = 1 - a^2$", "UNDECIDED"),
        (r"For sigmoid units, $\frac{\partial a}{\partial z} = 1 - a^2$", "REFUTED"),
        (r"For sigmoid units, $\frac{\partial a}{\partial z} = a(1 - a)$", "PROVED"),
    ],
)
def test_units_of_another_kind(line: str, status: str) -> None:
    assert last(LAYER + line) == status


def test_a_letter_for_several_functions() -> None:
    text = r"""
1) Sigmoid:

$$\phi(u) = \frac{1}{1 + e^{-u}}$$

2) Hyperbolic tangent:

$$\phi(u) = \tanh(u)$$

Consider a unit with sigmoid activation:

$$x_t = \phi(w x_{t-1} + b) = %s$$
"""
    assert last(text % r"\frac{1}{1 + e^{-(w x_{t-1} + b)}}") != "REFUTED"
    assert last(text % r"\frac{1}{1 + e^{-(w x_{t-1} - b)}}") != "PROVED"


def test_settings_that_no_derivative_has_to_do_with() -> None:
    text = (
        LAYER
        + r"""
$$\frac{\partial L}{\partial a} = a - y$$

# Initialisation

$$\sigma_w = \sqrt{\frac{1}{n}}$$

For rectified units:

$$\sigma_w = \sqrt{\frac{2}{n}}$$
"""
    )
    assert last(text) == "UNDECIDED"


def test_an_equation_of_the_model_given_again_wrongly() -> None:
    assert last(LAYER + r"$$\frac{\partial L}{\partial a} = a - y$$" + "\n\n$$z = w x + 2 b$$") == (
        "REFUTED"
    )


STEPS = r"""
$$\ell_t^{(p)} = (\tilde{x}_t^{(p)} - x_t^{(p)})^2$$

$$\sum_{t=1}^{T} \frac{\partial \ell_t}{\partial w_{ij}} = %s$$
"""


def test_steps_that_depend_on_each_other_are_not_supposed_to_depend_on_weights_alone() -> None:
    whole = (
        r"\sum_{t=1}^{T} \sum_{\tau=1}^{t} \frac{\partial \ell_t}{\partial x_t}"
        r" \frac{\partial x_t}{\partial x_\tau} \frac{\partial x_\tau}{\partial w_{ij}}"
    )
    assert last(STEPS % whole) == "UNDECIDED"
    assert last(STEPS % whole.replace(r"\sum_{\tau=1}^{t}", r"2 \sum_{\tau=1}^{t}")) == "UNDECIDED"


HINGE = r"""
$$L = \max(0, \|a - p\|^2 - \|a - n\|^2 + m)$$

%s

"""


def test_what_is_right_on_one_side_of_a_kink() -> None:
    document = HINGE % "When the loss is positive:"
    assert last(document + r"$$\frac{\partial L}{\partial a} = 2(n - p)$$") == "UNDECIDED"
    assert last(document + r"$$\frac{\partial L}{\partial a} = 2(p - n)$$") == "REFUTED"


def test_a_rectifier_has_two_sides_where_no_words_choose_one() -> None:
    document = "Here $a = \\max(0, z)$ and $z = u x$.\n\n"
    assert last(document + r"$$\frac{\partial a}{\partial u} = x$$") == "REFUTED"


EXAMPLES = r"""
$$z^l = w^l a^{l-1} + b^l, \quad a^l = \sigma(z^l)$$

$$C = \frac{1}{2n} \sum_x \|y(x) - a^L(x)\|^2$$

$$\delta^l_j = \frac{\partial C}{\partial z^l_j}$$

"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
            r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma(z^l)",
        ),
        (
            r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j",
            r"\frac{\partial C}{\partial w^l_{jk}} = a^l_k \delta^l_j",
        ),
    ],
)
def test_a_loss_added_up_over_examples(right: str, wrong: str) -> None:
    assert last(f"{EXAMPLES}$${right}$$") == "PROVED"
    assert last(f"{EXAMPLES}$${wrong}$$") != "PROVED"


def test_a_loss_whose_outputs_have_no_equation() -> None:
    document = r"$$a_j = \sum_i w_{ji} z_i, \quad E = \frac12 \sum_k (y_k - t_k)^2$$" + "\n\n"
    right = r"$$\frac{\partial E}{\partial w_{ji}} = \frac{\partial E}{\partial a_j} z_i$$"
    assert last(document + right) == "PROVED"
    assert last(document + right.replace("z_i", "z_j")) != "PROVED"
    assert last(document + r"$$\frac{\partial E}{\partial a_j} = y_j - t_j$$") != "PROVED"
