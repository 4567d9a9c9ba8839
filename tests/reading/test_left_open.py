"""Right lines that were once refuted, or proved for no reason, beside wrong ones refused."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)


def last(text: str) -> Status:
    return check(text, path="notes.md").judgements[-1].status


def test_an_equation_under_a_name_of_its_own() -> None:
    text = r"We use a summation: $$u_j = \sum_i w_{ji} x_i - \theta_j$$" + "\n\n"
    labelled = r"Quadratic integration function: $$u_j = \sum_i w_{ji} x_i^2 - \theta_j$$"
    assert last(text + labelled) is Status.UNDECIDED
    assert last(text + r"$$u_j = \sum_i w_{ji} x_i + \theta_j$$") is Status.REFUTED


def test_a_layer_written_with_two_letters() -> None:
    text = r"$$z^{L+1}_k = \sum_i w^{l+1}_{ki} \sigma(z^L_i) + b^{l+1}_k$$" + "\n\n"
    line = r"$$\frac{\partial z^{L+1}_k}{\partial z^L_j} = w^{L+1}_{kj} \sigma'(z^L_j)$$"
    assert last(text + line) is not Status.REFUTED
    right = text.replace("l+1", "L+1")
    assert last(right + line.replace("w^{L+1}_{kj}", "w^{L+1}_{jk}")) not in _GOOD


def test_what_is_set_to_nought_is_solved() -> None:
    text = r"Start with $\theta_0 = 2$ and $\theta_1 = 3$." + "\n\n"
    assert last(text + r"$$6\theta_0 + 24 = 0$$") is not Status.REFUTED
    assert last(text + r"$$6\theta_0 + 24 = 37$$") is Status.REFUTED


def test_a_sum_over_entries_of_a_vector_of_unsaid_size() -> None:
    text = r"$$\mathbf{y} = \mathbf{W} \mathbf{x} + \mathbf{b}$$" + "\n\n"
    line = (
        r"$$\frac{\partial L}{\partial \mathbf{W}} = \sum_{i=1}^2 \Bigg(\frac{\partial L}"
        r"{\partial \mathbf{y}} \Bigg)_i \frac{\partial y_i}{\partial \mathbf{W}}$$"
    )
    assert last(text + line) is not Status.REFUTED
    assert last(text + line.replace("i=1}^2", "i}")) in _GOOD


def test_what_is_any_function_may_be_the_right_one() -> None:
    text = (
        r"Loss $L = \frac{1}{2}(y_2 - t)^2$, where $\frac{\partial y_2}{\partial b_2} = 1$, since"
        r" $b_2$ is added." + "\n\n"
    )
    line = r"$$\frac{\partial L}{\partial y_2} = \frac{\partial L}{\partial b_2}$$"
    assert last(text + line) is not Status.REFUTED


@pytest.mark.parametrize("line", [r"A^T", "A"])
def test_nothing_is_proved_of_arrays_of_one_entry(line: str) -> None:
    text = (
        r"Let $a$ be a scalar and $\partial x_j / x_i$ be 1 for $i = j$. With the vector $a$ and"
        r" $A$: $$\frac{\partial x^T A}{\partial x} = A$$" + "\n\n"
    )
    both = text + rf"$$\frac{{\partial A x}}{{\partial x}} = {line}$$"
    report = check(both, path="notes.md")
    for judgement in report.judgements:
        if judgement.status in _GOOD and judgement.scope:
            assert set(judgement.scope) & set("23456789")


@pytest.mark.parametrize("by", ["w_j", "w_i"])
def test_sums_over_what_follows_a_quantity_of_its_letter(by: str) -> None:
    line = (
        r"$$\frac{\partial y}{\partial w_i} = \sum_j \frac{\partial y}{\partial %s}"
        r" \frac{\partial w_j}{\partial w_i}$$"
    )
    assert last(line % by) not in _GOOD


def test_rows_that_a_bracket_holds() -> None:
    product = (
        r"$$\left[\begin{aligned} a \\ b\end{aligned}\right] \cdot \left[\begin{aligned} c \quad d"
        r"\end{aligned}\right] = \left[\begin{aligned} a c \quad a d \\ b c \quad %s"
        r"\end{aligned}\right]$$"
    )
    assert last(product % "b d") in _GOOD
    assert last(product % "b c") is Status.REFUTED


@pytest.mark.parametrize(
    "text",
    [
        r"$$\log\frac{\pi(y)}{2}=r(y)$$",
        r"$$\hat{Y} = (X^T W)_4$$",
        r"$${\bf x} = \mathbf{x}_{+} - \mathbf{x}_{-}$$",
        r"$$\frac{\partial L}{\partial s_k^-} = \sigma(s_k^-)$$",
        r"$$\triangledown f(x) = 2 x$$",
    ],
)
def test_nothing_fails_of_itself(text: str) -> None:
    assert last(text) not in (Status.REFUTED, Status.UNREAD)


def test_the_value_of_an_example_beside_letters() -> None:
    text = r"$L = \frac12 (y - t)^2$, $y = w h$, with $h = 0.7311$, $t = 1$." + "\n\n"
    line = r"$$\frac{\partial L}{\partial y} \frac{\partial y}{\partial h} = -0.2689 \times w$$"
    assert last(text + line) is not Status.REFUTED
    assert last(text + r"$$\frac{\partial L}{\partial h} = (y + t) w$$") is Status.REFUTED


def test_a_differential_of_the_loss_is_no_adjoint() -> None:
    text = r"$$L = u^\top A v$$" + "\n\n"
    assert last(text + r"$$dL = u^\top dA v$$") not in (*_GOOD, Status.REFUTED)


def test_a_premise_before_an_arrow() -> None:
    text = r"$$L = \sum_i |w_i|$$" + "\n\n"
    line = r"\frac{\partial |w_i|}{\partial w_i} = 1$$"
    assert last(text + r"$$w_i > 0 \rightarrow " + line) is not Status.REFUTED
    assert last(text + "$$" + line) is Status.REFUTED


def test_an_identity_matrix_that_nothing_names() -> None:
    text = r"$$h_t = W h_{t-1} + U x_t$$" + "\n\n"
    assert last(text + r"$$I W = W$$") is not Status.REFUTED


def test_a_loss_that_is_modified() -> None:
    text = r"For one case $$C = -\sum_j y_j \log p_j, \quad p_j = \frac{e^{o_j}}{\sum_k e^{o_k}}$$"
    more = r"For $M$ examples it gets modified to $$C = -\sum_{m=1}^M \sum_j y_j \log p_j$$"
    assert last(text + "\n\n" + more) is not Status.REFUTED


def test_a_transpose_above_the_number_of_a_layer() -> None:
    text = (
        r"$$a^{[l]}=\sigma\left(w^{[l]} a^{[l-1]}+b^{[l]}\right)$$"
        "\n\n"
        r"$$z^{[l]}=w^{[l]} a^{[l-1]}+b^{[l]}$$"
        "\n\n"
        r"$$\delta_{j}^{[l]}=\frac{\partial L}{\partial z_{j}^{[l]}}$$"
        "\n\n"
    )
    line = r"$$\delta^{[l]}=[w^{[l+1]^{T}} \delta^{[l+1]}] \odot \sigma'(z^{[l]})$$"
    assert last(text + line) in _GOOD
    assert last(text + line.replace("^{T}}", "}")) not in _GOOD


@pytest.mark.parametrize(("line", "holds"), [(r"X^{-1}", False), (r"X^{-\top}", True)])
def test_a_matrix_of_one_entry_is_no_matrix(line: str, holds: bool) -> None:
    text = r"$$\frac{d \mathbf{x}^\top \mathbf{A}^\top \mathbf{x}}{d \mathbf{x}} = 3$$" + "\n\n"
    right = rf"$$\frac{{d(\ln|\mathbf{{X}}|)}}{{d\mathbf{{X}}}} = \mathbf{{{line}}}$$"
    assert (last(text + right) in _GOOD) is holds


def test_a_number_by_itself_is_one() -> None:
    line = r"$$\frac{d}{du}\log(1+e^u) = \frac{e^u}{1+e^u}$$"
    assert last(line) in _GOOD
    assert last(line.replace("1+e^u}", "1-e^u}")) not in _GOOD


def test_adjoints_of_a_loss_that_is_there_are_its_own() -> None:
    text = (
        r"$$Z = W X + b, \quad A = \sigma(Z)$$"
        "\n\n"
        r"$$J = -\frac{1}{m} \sum_{i=1}^{m} (y^{(i)} \log a^{(i)} + (1-y^{(i)}) \log (1-a^{(i)}))$$"
        "\n\n"
        r"$$dZ = A - Y$$"
        "\n\n"
    )
    assert last(text + r"$$dW = \frac{1}{m} dZ X^T$$") is not Status.REFUTED


def test_units_with_names_are_numbers() -> None:
    text = (
        r"$$out_{o1} = \frac{1}{1+e^{-net_{o1}}}$$"
        "\n\n"
        r"$$E_{o1} = \frac{1}{2}(target_{o1} - out_{o1})^2$$"
        "\n\n"
    )
    line = r"$$\frac{\partial out_{o1}}{\partial net_{o1}} = out_{o1}(1 - out_{o1})$$"
    assert last(text + line) in _GOOD
    assert last(text + line.replace("1 - out", "1 + out")) is Status.REFUTED
