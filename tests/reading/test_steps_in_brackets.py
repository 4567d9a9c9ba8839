"""Recurrent networks with steps in brackets, `h^{(t)}`, and the loss a sum over all steps."""

import pytest
from sampling import FULL

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

FORWARD = r"""$$a^{(t)} = b + W h^{(t-1)} + U x^{(t)}$$
$$h^{(t)} = \tanh(a^{(t)})$$
$$o^{(t)} = c + V h^{(t)}$$
$$\hat{y}^{(t)} = \mathrm{softmax}(o^{(t)})$$

with the loss $L = \sum_t L^{(t)}$, $L^{(t)} = -\sum_i y_i^{(t)} \log \hat{y}_i^{(t)}$.

"""
LINES = (
    r"\frac{\partial L}{\partial L^{(t)}} = 1",
    r"(\nabla_{o^{(t)}} L)_i = \hat{y}_i^{(t)} - y_i^{(t)}",
    r"\frac{\partial L}{\partial o_i^{(t)}} = \hat{y}_i^{(t)} - y_i^{(t)}",
    r"\nabla_{o^{(t)}} L = \hat{y}^{(t)} - y^{(t)}",
    r"\nabla_{h^{(t)}} L = W^\top \mathrm{diag}(1 - (h^{(t+1)})^2) (\nabla_{h^{(t+1)}} L)"
    r" + V^\top (\nabla_{o^{(t)}} L)",
)


def statuses(*lines: str) -> list[Status]:
    text = FORWARD + "\n\n".join(f"$${line}$$" for line in lines)
    return [each.status for each in check(text, path="notes.md").judgements[-len(lines) :]]


@pytest.mark.parametrize("line", LINES)
def test_a_line_about_a_step(line: str) -> None:
    assert statuses(line)[0] in _GOOD


SLIPS = [
    (0, "= 1", "= 2"),
    (1, "- y", "+ y"),
    (2, r"\hat{y}_i^{(t)} - ", r"\hat{y}_i^{(t+1)} - "),
    (3, "- y", "- 2 y"),
    (4, r"W^\top", "W"),
    (4, "h^{(t+1)})^2", "h^{(t)})^2"),
    (4, r"+ V^\top (\nabla_{o^{(t)}} L)", ""),
]


def test_wrong_lines_about_a_step() -> None:
    assert all(right in LINES[at] for at, right, _ in SLIPS)
    lines = [LINES[at].replace(right, wrong, 1) for at, right, wrong in SLIPS]
    assert not set(statuses(*lines)) & set(_GOOD)
    for line in lines if FULL else ():
        assert statuses(line)[0] not in _GOOD, line
