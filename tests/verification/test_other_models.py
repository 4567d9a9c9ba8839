"""Lists of equations that are no perceptron: attention, tied weights, a skip connection."""

from __future__ import annotations

import pytest
from faults import with_result
from sympy import Expr, Symbol

from symback.algebra.expressions import EVERY, Apply, OfVectors
from symback.algebra.sums import total
from symback.calculus import derive
from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.verification.arrays.finite_field import finite_field
from symback.verification.arrays.numbers import numbers

POSITIONS, INNER, UNITS = Range("T", 3), Range("d", 2), Range("n", 4)
Q, K, M, J = (Symbol(letter, integer=True) for letter in "qkmi")


def quantity(name: str, role: Role, *ranges: Range, letters: str = "") -> Quantity:
    return Quantity(name, role, ranges, tuple(letters or "qkm"[: len(ranges)]))


def model(given: list[Quantity], *definitions: tuple[Quantity, Expr]) -> Model:
    equations = [Equation(n, q, e) for n, (q, e) in enumerate(definitions, start=1)]
    return Model(tuple(given), tuple(equations))


def attention() -> Model:
    """One head, with the query's and the key's weights the same, and a row-wise softmax."""
    x = quantity("x", Role.INPUT, POSITIONS, UNITS)
    target = quantity("y", Role.TARGET, POSITIONS, INNER)
    weight = quantity("W1", Role.WEIGHT, UNITS, INNER)
    value = quantity("W2", Role.WEIGHT, UNITS, INNER)
    a = quantity("a", Role.OTHER, POSITIONS, INNER)
    v = quantity("v", Role.OTHER, POSITIONS, INNER)
    score = quantity("s", Role.OTHER, POSITIONS, POSITIONS)
    share = quantity("p", Role.OTHER, POSITIONS, POSITIONS)
    out = quantity("o", Role.OUTPUT, POSITIONS, INNER)
    loss = Quantity("L", Role.LOSS)
    size = (POSITIONS.upper, INNER.upper, UNITS.upper)
    return model(
        [x, target, weight, value],
        (a, total(x.at(Q, J) * weight.at(J, K), [(J, size[2])])),
        (v, total(x.at(Q, J) * value.at(J, K), [(J, size[2])])),
        (score, total(a.at(Q, J) * a.at(K, J), [(J, size[1])])),
        (
            share,
            Apply("exp", score.at(Q, K)) / total(Apply("exp", score.at(Q, J)), [(J, size[0])]),
        ),
        (out, total(share.at(Q, J) * v.at(J, K), [(J, size[0])])),
        (
            loss,
            total((out.at(J, M) - target.at(J, M)) ** 2, [(J, size[0]), (M, size[1])]),
        ),
    )


def skip_and_tied() -> Model:
    """The same weights in two layers, whose input is added again."""
    x = quantity("x", Role.INPUT, UNITS)
    target = quantity("y", Role.TARGET, UNITS)
    weight = Quantity("W", Role.WEIGHT, (UNITS, UNITS), ("q", "k"))
    h = quantity("h", Role.ACTIVATION, UNITS)
    out = quantity("o", Role.OUTPUT, UNITS)
    loss = Quantity("L", Role.LOSS)

    def layer(source: Quantity) -> Expr:
        return Apply("f", total(source.at(J) * weight.at(J, Q), [(J, UNITS.upper)])) + source.at(Q)

    return model(
        [x, target, weight],
        (h, layer(x)),
        (out, layer(h)),
        (loss, OfVectors("L", target.at(EVERY), out.at(EVERY))),
    )


def mixed_indices() -> Model:
    """A function of two indices over one range, which stand in either order."""
    weight = quantity("W", Role.WEIGHT, POSITIONS, POSITIONS)
    given = quantity("x", Role.INPUT, POSITIONS, POSITIONS)
    h = quantity("h", Role.OTHER, POSITIONS, POSITIONS)
    loss = Quantity("L", Role.LOSS)
    return model(
        [given, weight],
        (h, Apply("f", weight.at(Q, K) * given.at(K, Q) + weight.at(K, Q))),
        (
            loss,
            total(
                h.at(J, M) * h.at(M, J) * given.at(J, M),
                [(J, POSITIONS.upper), (M, POSITIONS.upper)],
            ),
        ),
    )


@pytest.mark.parametrize("make", [attention, skip_and_tied, mixed_indices])
def test_both_witnesses_certify_it_and_refuse_a_fault(make) -> None:
    derivation = derive(make())
    field, differences = finite_field(derivation), numbers(derivation)
    assert field.ok, field
    assert differences.ok, differences
    for step in derivation.steps:
        wrong = with_result(derivation, step, -step.result)
        assert finite_field(wrong).step == step.number
        assert numbers(wrong).step == step.number
