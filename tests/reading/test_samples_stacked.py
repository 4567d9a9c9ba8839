"""Matrices of all samples beside sums over samples: read one way, and wrong lines refused."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

LOGISTIC = r"""
$$L(w) = -\frac{1}{N} \sum_{i=1}^{N} [y_i \log \hat{y}_i + (1-y_i) \log(1-\hat{y}_i)]$$

$$\hat{y}_i = \sigma(w^\top x_i + b)$$

"""
SQUARES = r"""
$$L = \frac12 \sum_{i=1}^n (w^T x_i - y_i)^2$$

"""
_GOOD = (Status.PROVED, Status.AGREES)


def statuses(text: str) -> list[Status]:
    return [j.status for j in check(text, path="notes.md").judgements if j.statement.is_claim]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize(
    ("document", "right", "wrong"),
    [
        (
            LOGISTIC,
            r"\frac{\partial L}{\partial w} = \frac1N X^T (\hat{y} - y)",
            r"\frac{\partial L}{\partial w} = \frac1N X^T (y - \hat{y})",
        ),
        (
            LOGISTIC,
            r"\frac{\partial L}{\partial w} = \frac1N \sum_{i=1}^N (\hat{y}_i - y_i) x_i",
            r"\frac{\partial L}{\partial w} = \frac1N \sum_{i=1}^N (\hat{y}_i + y_i) x_i",
        ),
        (SQUARES, r"\nabla_w L = X^T (X w - y)", r"\nabla_w L = X^T (X w + y)"),
        (SQUARES, r"\nabla_w L = X (X^T w - y)", r"\nabla_w L = X (X^T w + y)"),
    ],
)
def test_a_matrix_of_samples(document: str, right: str, wrong: str) -> None:
    assert statuses(f"{document}$${right}$$")[-1] in _GOOD
    assert statuses(f"{document}$${wrong}$$")[-1] not in _GOOD


def test_the_reading_is_said() -> None:
    report = check(SQUARES + r"$$\nabla_w L = X (X^T w - y)$$", path="notes.md")
    assert ("samples-in-columns", {"of": "X"}) in report.judgements[-1].readings


def test_lines_that_need_one_way_each_stay_open() -> None:
    both = r"$$\nabla_w L = X (X^T w - y)$$" + "\n\n" + r"$$\nabla_w L = X^T (X w - y)$$"
    assert not set(statuses(SQUARES + both)[-2:]) & {*_GOOD, Status.REFUTED}


def test_a_gradient_by_the_one_argument_of_its_loss() -> None:
    text = (
        r"$$\ell(w) = \sum_{i=1}^{n} y_i \log p_i + (1-y_i) \log(1-p_i)$$"
        "\n\n"
        r"$$p_i = \sigma(w^\top x_i)$$"
        "\n\n"
        r"$$\nabla \ell(w) = \sum_{i=1}^n (%s) x_i$$"
    )
    assert statuses(text % "y_i - p_i")[-1] in _GOOD
    assert statuses(text % "y_i + p_i")[-1] not in _GOOD


HYPOTHESIS = r"""
$$J(\theta) = \frac{1}{2m} \sum_{i=1}^{m} (h_\theta(x^{(i)}) - y^{(i)})^2, \quad h_\theta(x) = %s$$

"""


@pytest.mark.parametrize(
    ("formula", "by", "factor"),
    [
        (r"\theta_0 + \theta_1 x", r"\theta_1", "x^{(i)}"),
        (r"\theta_0 + \theta_1 x", r"\theta_0", ""),
        (r"\sum_j \theta_j x_j", r"\theta_j", "x^{(i)}_j"),
    ],
)
def test_a_hypothesis_at_one_sample(formula: str, by: str, factor: str) -> None:
    line = (
        r"$$\frac{\partial J}{\partial %s} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) %s"
        r" y^{(i)}) %s$$"
    )
    assert statuses(HYPOTHESIS % formula + line % (by, "-", factor))[-1] in _GOOD
    assert statuses(HYPOTHESIS % formula + line % (by, "+", factor))[-1] not in _GOOD


def test_a_function_written_out_at_what_it_is_of() -> None:
    document = r"$$h_\theta(x) = g(\theta^T x) = \frac{1}{1 + e^{-\theta^T x}}$$" + "\n\n"
    assert statuses(document + "$$g'(z) = g(z)(1 - g(z))$$")[-1] in _GOOD
    assert statuses(document + "$$g'(z) = g(z)(1 + g(z))$$")[-1] not in _GOOD


LAYERS = r"""
$$z^{[1]} = W^{[1]} x + b^{[1]}$$
$$a^{[1]} = \tanh(z^{[1]})$$
$$z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}$$
$$a^{[2]} = \sigma(z^{[2]})$$
$$L = -(y \log a^{[2]} + (1-y) \log(1 - a^{[2]}))$$

$$Z^{[1]} = W^{[1]} X + b^{[1]}$$
$$A^{[1]} = \tanh(Z^{[1]})$$
$$Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}$$
$$A^{[2]} = \sigma(Z^{[2]})$$

"""
BACKWARD = (
    "dZ^{[2]} = A^{[2]} - Y",
    r"dW^{[2]} = \frac1m dZ^{[2]} A^{[1]T}",
    r"db^{[2]} = \frac1m np.sum(dZ^{[2]}, axis=1, keepdims=True)",
    "dZ^{[1]} = W^{[2]T} dZ^{[2]} * (1 - (A^{[1]})^2)",
    r"dW^{[1]} = \frac1m dZ^{[1]} X^T",
)


def batch(*lines: str) -> list[Status]:
    text = LAYERS + "\n".join(f"$${line}$$" for line in lines)
    return statuses(text)[-len(lines) :]


def test_a_batch_beside_the_network_for_one_sample() -> None:
    assert set(batch(*BACKWARD)) <= set(_GOOD)
    report = check(LAYERS + f"$${BACKWARD[1]}$$", path="notes.md")
    assert ("gradients-are-means", {"of": "m"}) in report.judgements[-1].readings


@pytest.mark.parametrize(
    ("at", "right", "wrong"),
    [
        (0, "- Y", "+ Y"),
        (1, "A^{[1]T}", "A^{[2]T}"),
        (2, "dZ^{[2]}", "dZ^{[1]}"),
        (3, "(1 - (A^{[1]})^2)", "(1 + (A^{[1]})^2)"),
        (4, r"\frac1m ", ""),
    ],
)
def test_a_wrong_line_about_a_batch(at: int, right: str, wrong: str) -> None:
    lines = list(BACKWARD)
    lines[at] = lines[at].replace(right, wrong)
    assert batch(*lines)[at] not in _GOOD


NORM = r"""
$$\hat x_{ij} = \frac{x_{ij} - \mu_i}{\sigma_i}, \quad \mu_i = \frac1d \sum_j x_{ij}, \quad
\sigma_i = \sqrt{\frac1d \sum_j (x_{ij} - \mu_i)^2}$$

$$y_{ij} = \gamma_j \hat x_{ij} + \beta_j$$

"""
OF_INPUT = (
    r"$$\frac{\partial L}{\partial x_{ij}} = \frac{1}{d \sigma_i}\left(d \frac{\partial L}"
    r"{\partial \hat x_{ij}} - \sum_k \frac{\partial L}{\partial \hat x_{ik}} - \hat x_{ij}"
    r" \sum_k \frac{\partial L}{\partial \hat x_{ik}} \hat x_{ik}\right)$$"
)


def test_means_over_a_range_that_only_their_divisor_names() -> None:
    report = check(NORM + OF_INPUT, path="notes.md")
    assert report.judgements[-1].status in _GOOD
    assert ("means-over-all", {"of": "d"}) in report.judgements[-1].readings
    wrong = OF_INPUT.replace(r"- \sum_k", r"+ \sum_k", 1)
    assert statuses(NORM + wrong)[-1] is Status.REFUTED


ONE_OF_MANY = r"""$$z_k^{[1](i)} = \sum_j W_{kj}^{[1]} x_j^{(i)} + b_k^{[1]}$$
$$a_k^{[1](i)} = \tanh(z_k^{[1](i)})$$
$$z_n^{[2](i)} = \sum_k W_{nk}^{[2]} a_k^{[1](i)} + b_n^{[2]}$$
$$\hat{y}_n^{(i)} = \sigma(z_n^{[2](i)})$$
$$J = \frac{1}{2 m} \sum_i \sum_n (\hat{y}_n^{(i)} - y_n^{(i)})^2$$
$$\frac{\partial J}{\partial z_k^{[1](i)}} = (1 - (a_k^{[1](SAMPLE)})^2)
\sum_n \frac{\partial J}{\partial z_n^{[2](i)}} W_{nk}^{[2]}$$
"""


@pytest.mark.parametrize(("sample", "proved"), [("i", True), ("i+1", False), ("1", False)])
def test_two_samples_in_a_line_are_not_one(sample: str, proved: bool) -> None:
    last = check(ONE_OF_MANY.replace("SAMPLE", sample), path="notes.md").judgements[-1]
    assert (last.status is Status.PROVED) == proved
