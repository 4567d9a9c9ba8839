"""A loss that is a function of one array without a formula: no function of each of its entries."""

from __future__ import annotations

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

FORWARD = (
    r"\mathbf{z} = \mathbf{W}^{(1)} \mathbf{x}, \quad \mathbf{h} = \phi(\mathbf{z}), \quad"
    r" \mathbf{o} = \mathbf{W}^{(2)} \mathbf{h}, \quad "
)
LINE = (
    r"\frac{\partial J}{\partial \mathbf{h}} = {\mathbf{W}^{(2)}}^\top"
    r" \frac{\partial J}{\partial \mathbf{o}}"
)


@pytest.mark.parametrize("loss", [r"J = l(\mathbf{o})", r"J = f(\mathbf{o})"])
def test_it_is_any_function_of_the_array(loss: str) -> None:
    text = f"$${FORWARD}{loss}$$\n\n"
    assert check(f"{text}$${LINE}$$\n").judgements[-1].status is Status.PROVED
    slip = LINE.replace(r"^\top", "")
    found = check(f"{text}$${slip}$$\n").judgements[-1].status
    assert found in (Status.REFUTED, Status.UNDECIDED)


def test_of_a_number_it_has_a_slope() -> None:
    text = r"$$z = w x, \quad J = f(z)$$ $$\frac{dJ}{dw} = f'(z) x$$"
    assert check(text).judgements[-1].status is Status.PROVED
    assert check(text.replace("f'(z) x", "f(z) x")).judgements[-1].status is not Status.PROVED
