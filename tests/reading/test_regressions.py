"""Linear and logistic regression as courses write them: samples, arrows, dots, sums from 0."""

import pytest
from sampling import FULL

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

ONE_FEATURE = (
    r"""$f_{w,b}(x^{(i)}) = w x^{(i)} + b$

$$J(w,b) = \frac{1}{2m} \sum\limits_{i = 0}^{m-1} (f_{w,b}(x^{(i)}) - y^{(i)})^2$$""",
    r"\frac{\partial J(w,b)}{\partial w} = \frac{1}{m} \sum\limits_{i = 0}^{m-1}"
    r" (f_{w,b}(x^{(i)}) - y^{(i)})x^{(i)}",
    r"\frac{\partial J(w,b)}{\partial b} = \frac{1}{m} \sum\limits_{i = 0}^{m-1}"
    r" (f_{w,b}(x^{(i)}) - y^{(i)})",
)
RIDGE = (
    r"""$$J(\mathbf{w},b) = \frac{1}{2m} \sum_{i = 0}^{m-1} (f_{\mathbf{w},b}(\mathbf{x}^{(i)})
- y^{(i)})^2 + \frac{\lambda}{2m} \sum_{j=0}^{n-1} w_j^2$$

$$f_{\mathbf{w},b}(\mathbf{x}^{(i)}) = \mathbf{w} \cdot \mathbf{x}^{(i)} + b$$""",
    r"\frac{\partial J(\mathbf{w},b)}{\partial w_j} = \frac{1}{m} \sum_{i = 0}^{m-1}"
    r" (f_{\mathbf{w},b}(\mathbf{x}^{(i)}) - y^{(i)})x_{j}^{(i)} + \frac{\lambda}{m} w_j",
)
ARROWS = (
    r"""$$f_{\vec{w},b}(\vec{x}) = \vec{w} \cdot \vec{x} + b$$

$$J(\vec{w},b) = \frac{1}{2m} \sum_{i=1}^{m} (f_{\vec{w},b}(\vec{x}^{(i)}) - y^{(i)})^2$$""",
    r"\frac{\partial}{\partial w_j} J(\vec{w},b) = \frac{1}{m} \sum_{i=1}^{m}"
    r" (f_{\vec{w},b}(\vec{x}^{(i)}) - y^{(i)})x_j^{(i)}",
)
LOGISTIC = (
    r"""$$z^{(i)} = w^T x^{(i)} + b$$

$$a^{(i)} = \sigma(z^{(i)})$$

$$\mathcal{L}(a^{(i)}, y^{(i)}) = - y^{(i)} \log(a^{(i)}) - (1-y^{(i)}) \log(1-a^{(i)})$$

$$J = \frac{1}{m} \sum_{i=1}^m \mathcal{L}(a^{(i)}, y^{(i)})$$

$$A = \sigma(w^T X + b)$$""",
    r"\frac{\partial J}{\partial w} = \frac{1}{m} X (A - Y)^T",
    r"\frac{\partial J}{\partial b} = \frac{1}{m} \sum_{i=1}^m (a^{(i)} - y^{(i)})",
)
MATRIX = (
    r"""$\hat{y} = Xw + b$, with $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^d$.

$$L = \frac{1}{n} \sum_{i=1}^{n} (y_i - \hat{y}_i)^2$$""",
    r"\frac{\partial L}{\partial w} = -\frac{2}{n} X^T (y - \hat{y})",
    r"\frac{\partial L}{\partial b} = -\frac{2}{n} \sum_{i=1}^{n} (y_i - \hat{y}_i)",
)
ALL = (ONE_FEATURE, RIDGE, ARROWS, LOGISTIC, MATRIX)
NAMES = ["one", "ridge", "arrows", "logistic", "matrix"]


def ends(document: tuple[str, ...], *lines: str) -> list[Status]:
    """The verdicts on lines behind a document."""
    before, *others = document
    text = before + "".join(f"\n\n$${line}$$" for line in (*others, *lines))
    return [each.status for each in check(text, path="notes.md").judgements[-len(lines) :]]


def last(document: tuple[str, ...], line: str) -> Status:
    return ends(document, line)[0]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("document", ALL, ids=NAMES)
def test_gradients_of_regressions(document: tuple[str, ...]) -> None:
    for line in document[1:]:
        assert last(document, line) in _GOOD, line


SLIPS = [
    (ONE_FEATURE, r"\frac{1}{m}", r"\frac{2}{m}"),
    (ONE_FEATURE, "- y", "+ y"),
    (ONE_FEATURE, ")x^{(i)}", ")y^{(i)}"),
    (ONE_FEATURE, "{m-1}", "{m-2}"),
    (RIDGE, r"\frac{\lambda}{m}", r"\frac{\lambda}{2m}"),
    (RIDGE, "x_{j}", "x_{i}"),
    (RIDGE, "{i = 0}^{m-1}", "{i = 1}^{m-1}"),
    (ARROWS, "x_j", "w_j"),
    (ARROWS, "- y", "+ y"),
    (LOGISTIC, "X (A - Y)^T", "X (Y - A)^T"),
    (LOGISTIC, "a^{(i)} - y", "a^{(i)} + y"),
    (MATRIX, "X^T (y", "X^T (-y"),
    (MATRIX, "y_i - ", "y_i + "),
]


@pytest.mark.spread(paired=True)
@pytest.mark.parametrize("document", ALL, ids=NAMES)
def test_wrong_gradients_of_regressions(document: tuple[str, ...]) -> None:
    own = [(right, wrong) for of, right, wrong in SLIPS if of is document]
    assert len(own) > 1
    lines = [
        line.replace(right, wrong, 1)
        for line in document[1:]
        for right, wrong in own
        if right in line
    ]
    assert not set(ends(document, *lines)) & set(_GOOD)
    for line in lines if FULL else ():
        assert last(document, line) not in _GOOD, line


def test_a_batch_that_says_something_else_is_no_stack() -> None:
    before, line, _ = LOGISTIC
    other = before.replace(r"w^T X + b)", r"w^T X - b)"), line
    assert last(other, line) not in _GOOD


def test_a_dot_between_gates_stays_entry_by_entry() -> None:
    gates = (
        r"$$\mathbf{c}_t = \mathbf{f}_t \cdot \mathbf{c}_{t-1} + \mathbf{i}_t \cdot \mathbf{g}_t$$",
        r"\frac{\partial L}{\partial \mathbf{g}_t} = \frac{\partial L}{\partial \mathbf{c}_t}"
        r" \cdot \mathbf{i}_t",
    )
    assert last(gates, gates[1]) in _GOOD
    assert last(gates[:1], gates[1].replace(r"\mathbf{i}_t", r"\mathbf{f}_t")) not in _GOOD


def test_an_arrow_that_tells_two_quantities_apart_stays() -> None:
    text = r"$$L = \vec{x} \cdot \vec{x} + x$$" + "\n\n" + r"$$\frac{\partial L}{\partial x} = 1$$"
    assert check(text, path="n.md").judgements[-1].status in _GOOD
    wrong = text.replace("= 1$", r"= 2 \vec{x} + 1$")
    assert check(wrong, path="n.md").judgements[-1].status not in _GOOD


def test_numbers_of_many_samples_are_no_vectors() -> None:
    """With `x_i` of samples and weights `w_j` of features `w x` is a product of two numbers."""
    text = r"""$$a = w x + b$$

$$L = \frac12 (a - y)^2$$

Samples are $x_i$, and earlier weights $w_j$ do not count.

$$\frac{\partial L}{\partial w} = LINE$$
"""
    right, wrong = r"(a - y) x", r"(a - y) w"
    assert check(text.replace("LINE", right), path="n.md").judgements[-1].status in _GOOD
    assert check(text.replace("LINE", wrong), path="n.md").judgements[-1].status not in _GOOD
