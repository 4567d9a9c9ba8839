"""One weight, worked as on the board."""

from __future__ import annotations

import pytest

from symback.algebra.expressions import Marked, Partial, within
from symback.calculus import derive
from symback.calculus.blackboard.working import Gathering, Part, UnitDerivation, Why
from symback.calculus.derivation import Rule
from symback.errors import InputError
from symback.model.network import Network

NOTES = derive(Network((2, 2, 2), bias=False))


def lines(unit: UnitDerivation, part: Part) -> list[list[str]]:
    return [
        [str(chain.subject), *(str(link.expression) for link in chain.links)]
        for chain in unit.chains
        if chain.part is part
    ]


def test_an_output_weight_goes_in_one_chain() -> None:
    unit = NOTES.unit("W2", 1, 1)
    (total,) = lines(unit, Part.TOTAL)
    assert total[2:] == [
        "d(L)/d(yhat[1])*d(yhat[1])/d(W2[1, 1])",
        "d(L)/d(yhat[1])*d(g(W2[1, 1]*h1[1] + W2[2, 1]*h1[2]))/d(W2[1, 1])",
        "g'(W2[1, 1]*h1[1] + W2[2, 1]*h1[2])*h1[1]*d(L)/d(yhat[1])",
        "g'(y_pre[1])*h1[1]*d(L)/d(yhat[1])",
    ]
    assert lines(unit, Part.VANISHING) == [["yhat[2]", "g(W2[1, 2]*h1[1] + W2[2, 2]*h1[2])"]]
    assert unit.paths == 1


def test_a_hidden_weight_substitutes_and_collects() -> None:
    unit = NOTES.unit("W1", 1, 2)
    first, second = lines(unit, Part.SUBSTITUTION)
    assert first[:4] == [
        "yhat[1]",
        "g(y_pre[1])",
        "g(W2[1, 1]*h1[1] + W2[2, 1]*h1[2])",
        "g(f(h1_pre[1])*W2[1, 1] + f(h1_pre[2])*W2[2, 1])",
    ]
    assert len(second) == 5
    assert str(unit.result) == (
        "f'(h1_pre[2])*g'(y_pre[1])*W2[2, 1]*x[1]*d(L)/d(yhat[1])"
        " + f'(h1_pre[2])*g'(y_pre[2])*W2[2, 2]*x[1]*d(L)/d(yhat[2])"
    )
    assert unit.paths == 2


def test_renaming_units_gives_what_working_gives() -> None:
    network = Network((3, 2, 3, 2), ("tanh", "f", "sigmoid"), "squared-error")
    shared = derive(network)
    for array, indices in [("W1", (3, 2)), ("W1", (1, 1)), ("W2", (2, 3)), ("W3", (1, 2))]:
        shared.unit(array, *(1 for _ in indices))
        renamed = shared.unit(array, *indices)
        assert renamed == derive(network).unit(array, *indices)


def test_many_outputs_are_summed_and_counted() -> None:
    unit = derive(Network((784, 128, 10))).unit("W1", 500, 100)
    (total,) = lines(unit, Part.TOTAL)
    assert total[1] == "Sum(d(L)/d(yhat[i])*d(yhat[i])/d(W1[500, 100]), (i, 1, n_2))"
    assert unit.paths == 10
    assert derive(Network((5, 4, 3, 2))).unit("W1", 1, 1).paths == 6


def test_softmax_gives_way_to_what_it_mixes() -> None:
    network = Network((2, 3, 3), ("f", "softmax"), "cross-entropy")
    unit = derive(network).unit("W2", 2, 1)
    assert str(unit.result) == "(-y[1] + yhat[1])*h1[2]"
    rules = [link.rule for link in unit.chains[0].links]
    assert rules[:4] == [Rule.TOTAL, Rule.GATHER, Rule.VANISH, Rule.OPERATOR]
    assert rules[-2:] == [Rule.UPSTREAM, Rule.FACT]
    assert (unit.paths, unit.each) == (3, 1)
    assert unit.gathered == Gathering("y_pre", Why.MIXED)


@pytest.mark.parametrize(
    ("array", "indices", "complaint"),
    [
        ("W3", (1, 1), "no parameter 'W3'; known are W1, W2"),
        ("W1", (3, 1), r"W1\[3, 1\] is not in W1\[1..2, 1..2\]"),
        ("W1", (0, 1), "is not in"),
        ("W1", (1,), "is not in"),
    ],
)
def test_what_is_not_there(array: str, indices: tuple[int, ...], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        NOTES.unit(array, *indices)


DEEP = {
    "two": ((10, 10, 10), False),
    "three": ((10, 10, 10, 10), False),
    "four": ((4, 4, 4, 4, 4), False),
    "batch": ((10, 10, 10, 10), True),
}


@pytest.mark.parametrize("name", DEEP)
def test_what_vanishes_has_the_letter_that_it_has_under_its_brace(name):
    layers, batch = DEEP[name]
    derivation = derive(Network(layers, batch=batch))
    told = 0
    for quantity in derivation.model.parameters:
        worked = derivation.unit(quantity.name, *(2 for _ in quantity.shape))
        shown = {
            partial.of
            for chain in worked.chains
            for link in chain.links
            for mark in within(link.expression, Marked)
            if mark.mark == "vanishes"
            for partial in within(mark, Partial)
        }
        reasons = [chain for chain in worked.chains if chain.part is Part.VANISHING]
        assert {chain.subject for chain in reasons} == shown
        told += len(reasons)
    assert told >= len(layers) - 1
