"""Differentials that are changes, where the document writes them so; gradients elsewhere."""

import pytest

from symback.reading import check
from symback.reading.statements.verdicts import Status

RULE = r"d(U V) = dU V + U dV"


def last(*lines: str) -> Status:
    return check("\n\n".join(f"$${line}$$" for line in lines)).judgements[-1].status


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"d(XY) = dX Y + X dY", r"d(XY) = dX Y + Y dX"),
        (r"d(x^T x) = 2 x^T dx", r"d(x^T x) = x^T dx"),
        (r"d\,\mathrm{tr}(X) = \mathrm{tr}(dX)", r"d\,\mathrm{tr}(X) = 2 \mathrm{tr}(dX)"),
        (r"d(X^T H X) = dX^T H X + X^T H dX", r"d(X^T H X) = dX^T H X + X^T H^T dX"),
        (r"d\sigma(X) = \sigma'(X) \odot dX", r"d\sigma(X) = \sigma(X) \odot dX"),
        (
            r"df = \sum_i \frac{\partial f}{\partial x_i} dx_i",
            r"df = \sum_i 2 \frac{\partial f}{\partial x_i} dx_i",
        ),
    ],
)
def test_a_change_follows_from_others(right: str, wrong: str) -> None:
    assert last(RULE, right) is Status.PROVED
    assert last(RULE, wrong) is not Status.PROVED


def test_what_changes_is_said() -> None:
    found = check(f"$${RULE}$$").judgements[-1]
    assert ("differentials-are-changes", {"of": "U, V"}) in found.readings


def test_what_programs_call_dx_is_a_gradient() -> None:
    network = (r"z = W x", r"L = \frac12 \|z - t\|^2")
    assert last(*network, r"dx = W^T dz") is Status.PROVED
    assert last(*network, r"dz = W dx") is not Status.PROVED
