"""What holds for a reason that says nothing of what is meant is never shown to be right."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

GOOD = (Status.PROVED, Status.AGREES)


def last(text: str) -> Status:
    return check(text, kind="latex" if "document" in text else "markdown").judgements[-1].status


@pytest.mark.parametrize("right", ["f(y_n, t_n)", "-f(y_n, t_n)", "2 f(y_n, t_n)"])
def test_no_equation_is_shown_by_itself(right: str) -> None:
    text = r"""
The slope is

$$\dot{y}(t_0) = \lim_{h \to 0} \frac{y(t_0+h) - y(t_0)}{h}.$$

With $y(t_{n+1}) = y(t_n) + h \frac{dy}{dt}\Big\vert_{t_n}$ and

$$\frac{dy}{dt}\Big\vert_{t_n} = \dot{y}_{t_n} = %s$$
"""
    assert last(text % right) not in GOOD


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("d(X A) = X dA + dX A", True),
        ("d(X A) = X dA + A", False),
        ("d(A^{n-1} A) = A^{n-1} dA + d(A^{n-2}) A", False),
    ],
)
def test_no_change_is_that_of_what_does_not_change(line: str, holds: bool) -> None:
    text = r"""
\begin{document}
We use $d(X Y) = dX Y + X dY$. Let $A = X$.

\[ M^n = M^{n-1} M \]

\[ %s \]
\end{document}
"""
    assert (last(text % line) in GOOD) is holds


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (r"(x_i - \mu) (x_i - \mu) = x_i^T x_i - 2 \mu^T x_i + \mu^T \mu", False),
        (r"(x_i - \mu) (x_i - \mu) = x_i x_i - 2 \mu x_i + \mu \mu", True),
    ],
)
def test_what_is_transposed_was_not_looked_at_as_a_number(line: str, holds: bool) -> None:
    assert (last(f"$${line}$$") in GOOD) is holds


def test_no_sum_goes_over_the_one_row_of_a_row() -> None:
    text = r"""
$$y = \gamma \odot \widehat{x} + \beta$$

$$\forall i \in [1,D] \, \ \frac{d y_{kl}}{d \beta_i}
= \frac{d (\gamma_l \widehat{x}_{kl} + \beta_l)}{d \beta_i} = \frac{d \beta_l}{d \beta_i}
= 1\{i=l\}$$

$$\frac{d \mathcal{L}}{d \beta_i}
= \sum_{k,l} \frac{d \mathcal{L}}{d y_{kl}} \frac{d y_{kl}}{d \beta_i} \\
= \sum_{k,l} \frac{d \mathcal{L}}{d y_{kl}} 1\{i=l\} = \frac{d \mathcal{L}}{d y_{ki}}$$
"""
    assert last(text) not in GOOD


@pytest.mark.parametrize("line", ["z = z_0", "z = z_2", "z_2 = x"])
def test_no_letter_with_a_number_is_the_letter(line: str) -> None:
    curves = "In the plane $z = z_1$ lies a curve, and others elsewhere.\n\n"
    assert last(f"{curves}$${line}$$") not in (*GOOD, Status.REFUTED)


@pytest.mark.parametrize(("entry", "holds"), [("y", True), ("y_1", False)])
def test_no_entry_is_that_of_a_number(entry: str, holds: bool) -> None:
    text = rf"$$y = f(w x)$$\n\n$$\frac{{\partial {entry}}}{{\partial w}} = f'(w x) x$$"
    assert (last(text.replace(r"\n", "\n")) in GOOD) is holds


def test_nothing_is_shown_by_both_sides_being_nothing() -> None:
    text = r"""
$$\mathbf{h} = \sigma(\mathbf{W} \mathbf{x} + \mathbf{b}^h), \quad
\mathbf{y} = \sigma(\mathbf{V} \mathbf{h} + \mathbf{b}^y)$$

$$u = \mathbf{V} \mathbf{h} + b^y$$

$$\hat{y} = \sigma(u)$$

$$L = \frac{1}{N} \sum_{i=1}^{N} (y_i - \hat{y}_i)^2$$

$$\frac{\partial L}{\partial u}
= -(\frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial u})$$
"""
    assert last(text) not in GOOD
