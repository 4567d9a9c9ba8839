"""Generic functions of whole vectors: each has slopes of its own, by each of its vectors."""

from __future__ import annotations

import pytest
from sympy import Expr, Symbol

from symback.algebra.equality import Equality
from symback.algebra.expressions import EVERY, OfVectors, Partial
from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.verification.identity.identity import Identity
from symback.verification.identity.meaning import Claims
from symback.verification.oracle.judge import seat

K = Symbol("k", integer=True)
UNITS = Range("n", 3)
X, Y, W, OUT = (
    Quantity(name, role, (UNITS,), ("k",))
    for name, role in (
        ("x", Role.INPUT),
        ("y", Role.TARGET),
        ("w", Role.WEIGHT),
        ("o", Role.OUTPUT),
    )
)
A = OfVectors("A", Y.at(EVERY), OUT.at(EVERY))
B = OfVectors("B", Y.at(EVERY), OUT.at(EVERY))
OTHER = OfVectors("A", X.at(EVERY), OUT.at(EVERY))


def two_losses(loss: Expr) -> Model:
    equations = (
        Equation(1, OUT, X.at(K) * W.at(K)),
        Equation(2, Quantity("J", Role.LOSS), loss),
    )
    return Model((X, Y, W), equations)


def slope(of: Expr) -> Expr:
    return Partial(of, OUT.at(K))


CASES = [
    (A + B, slope(A) + slope(B), 2 * slope(A)),
    (A + B, slope(A) + slope(B), 2 * slope(B)),
    (A + OTHER, slope(A) + slope(OTHER), 2 * slope(A)),
    (A - 3 * OTHER, slope(A) - 3 * slope(OTHER), -2 * slope(OTHER)),
]


@pytest.mark.parametrize(("loss", "right", "wrong"), CASES, ids=str)
def test_a_slope_is_named_by_function_and_vectors(loss: Expr, right: Expr, wrong: Expr) -> None:
    claims = Claims(two_losses(loss), {})
    identity = Identity(claims)
    adjoint = lambda reading: reading.independent(OUT)  # noqa: E731
    assert identity.compare(adjoint, right) is Equality.EQUAL
    assert identity.compare(adjoint, wrong) is not Equality.EQUAL
    assert identity.compare(right, wrong) is not Equality.EQUAL


@pytest.mark.parametrize(("loss", "right", "wrong"), CASES, ids=str)
def test_so_it_is_in_numbers(loss: Expr, right: Expr, wrong: Expr) -> None:
    judge = seat(two_losses(loss), {"n": 3}, {})
    assert judge is not None
    assert judge.step(OUT, right) is None
    assert judge.step(OUT, wrong) is not None


def test_a_slope_is_named_by_its_place_among_the_vectors() -> None:
    """The function of one vector taken twice has two slopes."""
    both = OfVectors("A", OUT.at(EVERY), X.at(EVERY))
    turned = OfVectors("A", X.at(EVERY), OUT.at(EVERY))
    identity = Identity(Claims(two_losses(both), {}))
    adjoint = lambda reading: reading.independent(OUT)  # noqa: E731
    assert identity.compare(adjoint, Partial(both, OUT.at(K))) is Equality.EQUAL
    assert identity.compare(adjoint, Partial(turned, OUT.at(K))) is not Equality.EQUAL
