"""An I of which nothing is said is an identity matrix, as large as what stands beside it."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

_GOOD = (Status.PROVED, Status.AGREES)

UNIT = (
    r"\mathbf{r} = \mathbf{q} / \sqrt{\mathbf{q}^\top \mathbf{q}}",
    r"\frac{\partial \mathbf{r}}{\partial \mathbf{q}} = \frac{1}{\sqrt{\mathbf{q}^\top"
    r" \mathbf{q}}} (\mathbf{I} - \mathbf{r} \mathbf{r}^\top)",
)
RESIDUAL = (
    r"\mathbf{z} = W \mathbf{x} + \mathbf{b}",
    r"\mathbf{h} = \mathbf{x} + g(\mathbf{z})",
    r"\frac{\partial \mathbf{h}}{\partial \mathbf{x}} = I + \text{diag}(g'(\mathbf{z})) W",
)
BIAS = (
    r"\mathbf{z} = W \mathbf{x} + \mathbf{b}",
    r"\frac{\partial \mathbf{z}}{\partial \mathbf{b}} = I",
)


def last(lines: tuple[str, ...]) -> Status:
    text = "\n\n".join(f"$${line}$$" for line in lines)
    return check(text, path="notes.md").judgements[-1].status


@pytest.mark.parametrize("lines", [UNIT, RESIDUAL, BIAS], ids=["unit", "residual", "bias"])
def test_jacobians_with_an_identity(lines: tuple[str, ...]) -> None:
    assert last(lines) in _GOOD


@pytest.mark.parametrize(
    ("lines", "right", "wrong"),
    [
        (UNIT, r"\mathbf{I} - ", r"\mathbf{I} + "),
        (UNIT, r"\mathbf{I} - ", r"2 \mathbf{I} - "),
        (UNIT, r"\mathbf{I} - ", "1 - "),
        (RESIDUAL, "= I +", "= 2 I +"),
        (RESIDUAL, "= I +", "= I -"),
        (RESIDUAL, "= I +", "="),
        (BIAS, "= I", "= 2 I"),
        (BIAS, "= I", "= -I"),
    ],
)
def test_wrong_jacobians_with_an_identity(lines: tuple[str, ...], right: str, wrong: str) -> None:
    assert right in lines[-1]
    assert last((*lines[:-1], lines[-1].replace(right, wrong))) not in _GOOD


def test_an_input_is_no_identity() -> None:
    """Where equations compute with I it is a quantity like any other."""
    assert last((r"z = w I + b", r"\frac{\partial z}{\partial w} = 1")) not in _GOOD
    assert last((r"z = w I + b", r"\frac{\partial z}{\partial w} = I")) in _GOOD
