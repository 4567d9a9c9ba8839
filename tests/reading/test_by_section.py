r"""Lines that are open beside a whole document are settled by what leads to them, and only so."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

SHOWN = (Status.PROVED, Status.AGREES)

TWO_LOSSES = r"""
$$J(w) = \frac{1}{n} \sum_{i=1}^n (w^T x_i - y_i)^2 + \lambda \|w\|^2$$

$$\nabla J(w) = \frac{2}{n} \sum_{i=1}^n (w^T x_i - y_i) x_i + 2 \lambda w$$

$$\nabla_w J = \frac{2}{n} X^T (X w - y) + 2 \lambda w$$

$$L(w) = \max(0, 1 - y w^T x)$$

$$\nabla_w L = \begin{cases} -y x & \text{if } y w^T x < 1 \\ 0 & \text{otherwise} \end{cases}$$
"""

CHAPTERS = r"""
# One

## Logistic regression

### The cost

$$L(y, \hat{y}) = -[y \log(\hat{y}) + (1-y) \log(1-\hat{y})]$$

### Where the gradients come from

$$J(w, b) = \frac{1}{m} \sum_{i=1}^{m} L(y^{(i)}, \hat{y}^{(i)})$$

#### Step by step

where $\hat{y} = \sigma(w^T x + b)$

$$\frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1-y}{1-\hat{y}}$$

## Networks

- $z^{[l]} = a^{[l-1]} W^{[l]} + b^{[l]}$
- $a^{[l]} = f(z^{[l]})$, $\hat{y} = a^{[2]}$, $x = a^{[0]}$

$$z^{[l]}_{ij} = \sum_k a^{[l-1]}_{ik} W^{[l]}_{kj}$$
"""

RULES = r"""
$$\begin{align*}
d(\mathbf{x}^\top \mathbf{x}) & =(d\mathbf{x})^\top \mathbf{x}+\mathbf{x}^\top d\mathbf{x} & & \text{from eq. (15)}\\
 & =\mathbf{x}^\top d\mathbf{x} + \mathbf{x}^\top d\mathbf{x} & & \text{from } x=\mathrm{tr}(x)\\
 & =2\mathbf{x}^\top d\mathbf{x},                             & &
\end{align*}$$
"""  # noqa: E501


def _by_line(text: str) -> dict[int, Status]:
    return {found.statement.line: found.status for found in check(text, path="n.md").judgements}


def test_each_loss_of_a_page_is_judged_by_what_leads_to_it() -> None:
    found = _by_line(TWO_LOSSES)
    assert [found[line] in SHOWN for line in (4, 6, 10)] == [True] * 3


@pytest.mark.parametrize(
    ("line", "part", "slip"),
    [
        (4, r"+ 2 \lambda w", r"+ \lambda w"),
        (6, r"\frac{2}{n} X^T", r"\frac{1}{n} X^T"),
        (10, "-y x", "y x"),
    ],
)
def test_a_slip_beside_several_losses_is_not_shown(line: int, part: str, slip: str) -> None:
    lines = TWO_LOSSES.splitlines()
    assert part in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(part, slip)
    assert _by_line("\n".join(lines))[line] not in SHOWN


def test_an_equation_that_leads_to_a_loss_is_not_left_out_for_its_index() -> None:
    """What `z_i = w x_i` says holds of `z_j`: the gradient by w is not that of the penalty."""
    text = r"""
$$z_i = w x_i$$

$$L = \sum_j (z_j - y_j)^2 + w^2$$

$$M(v) = (v - 1)^2$$

$$\frac{dM}{dv} = 2 (v - 1)$$

$$\frac{\partial L}{\partial w} = 2 w$$
"""
    assert _by_line(text)[10] not in SHOWN


def test_a_chapter_is_judged_that_has_the_equation_of_what_is_differentiated() -> None:
    line = next(at for at, row in enumerate(CHAPTERS.splitlines(), 1) if r"\partial L" in row)
    assert _by_line(CHAPTERS)[line] in SHOWN
    assert _by_line(CHAPTERS.replace(r"= -\frac{y}", r"= \frac{y}"))[line] not in SHOWN


def test_the_rule_beside_a_row_is_no_link_of_its_chain() -> None:
    found = check(RULES, path="n.md").judgements
    rows = [one for one in found if one.statement.line in (3, 4, 5)]
    assert rows[-1].status is Status.PROVED
    wrong = check(RULES.replace("=2", "=3"), path="n.md").judgements
    assert wrong[-1].status not in SHOWN


def test_an_upright_d_of_another_function_makes_no_partial_derivative_of_a_round_one() -> None:
    """Only `dL/dw` beside `∂L/∂w` says that all else is held."""
    page = r"""
$$z = w x$$

$$L = (z - y)^2 + w^2$$

OTHER

$$\frac{\partial L}{\partial w} = 2 w$$
"""
    other = page.replace("OTHER", "$$M = (v - 1)^2$$\n\n$$\\frac{dM}{dv} = 2 (v - 1)$$")
    assert check(other, path="n.md").judgements[-1].status not in SHOWN
    own = page.replace("OTHER", r"$$\frac{dL}{dw} = 2 (z - y) x + 2 w$$")
    assert check(own, path="n.md").judgements[-1].status is Status.PROVED
