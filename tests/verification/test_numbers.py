"""Sixty-digit differences agree with what is right, and refuse what is not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from faults import with_result
from sampling import covering
from sympy import Symbol

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.algebra.formula_syntax import ARITIES
from symback.calculus import derive
from symback.model.activations import ACTIVATIONS
from symback.model.language.reader import read_model
from symback.model.losses import LOSSES
from symback.model.network import Network
from symback.model.perceptron import FUNCTIONS
from symback.verification.arrays.decimals import BITS, ONE, Decimals
from symback.verification.arrays.finite_field import Outcome
from symback.verification.arrays.numbers import TOLERANCE, numbers
from symback.verification.arrays.points import ELEMENTARY, FROM_KINK, Point, _stand_in
from symback.verification.arrays.tensor import NoValueError, Tensor
from symback.verification.arrays.walk import model_sizes


@pytest.mark.parametrize(("name", "batch"), covering(ACTIVATIONS, [False, True]))
def test_every_activation(name: str, batch: bool) -> None:
    functions = ("tanh", name) if not ACTIVATIONS[name].elementwise else (name, name)
    found = numbers(derive(Network((2, 3, 2), functions, batch=batch)))
    assert found.ok, found
    assert found.tested == found.parameters == 17
    assert found.agreed > 40


@pytest.mark.parametrize(("name", "batch"), covering(LOSSES, [False, True]))
def test_every_loss(name: str, batch: bool) -> None:
    output = (LOSSES[name].outputs or ("identity",))[0]
    found = numbers(derive(Network((2, 3, 2), ("tanh", output), name, batch=batch)))
    assert found.ok, found


def test_functions_that_are_not_defined_everywhere() -> None:
    found = numbers(derive(Network((2, 3, 2), ("x*sqrt(x)", "log(x)"), "(y-yhat)**4")))
    assert found.ok, found


def test_a_function_that_is_defined_nowhere() -> None:
    found = numbers(derive(Network((2, 2), ("sqrt(-1-x**2)",), "(y-yhat)**2")))
    assert (found.outcome, found.reason) == (Outcome.UNDECIDED, "no-point")


def test_every_function_of_formulas_is_what_it_is() -> None:
    applied = {name for name, arity in ARITIES.items() if arity == 1}
    assert applied <= set(ELEMENTARY) | set(ACTIVATIONS)


ROOTS = """
input x[k]
param a[k]
const eps > 0
s = sqrt(sum(k, x[k]^2) + eps)
L = sum(k, a[k] x[k]) / s
"""


def test_a_root_in_a_model_is_no_stand_in() -> None:
    derivation = derive(read_model(ROOTS), gradients=("x", "a"))
    assert numbers(derivation).ok
    step = derivation.step_of["s"]
    wrong = numbers(with_result(derivation, step, step.result / 2))
    assert (wrong.outcome, wrong.step) == (Outcome.DIFFERS, step.number)


def test_what_is_said_to_be_positive_is_drawn_so() -> None:
    model = read_model(ROOTS)
    drawn = [Point(model, Decimals(f"{seed}"), model_sizes(model)).values for seed in range(9)]
    assert all(values["eps"][0] > 0 for values in drawn)
    assert any(entry < 0 for values in drawn for entry in values["x"])


def test_a_sample_of_a_large_network() -> None:
    found = numbers(derive(Network((40, 30, 5), ("relu", "softmax"), "cross-entropy")))
    assert found.ok
    assert (found.tested, found.parameters, found.sizes) == (23, 1385, ())


def test_a_very_large_network_is_made_narrower() -> None:
    found = numbers(derive(Network((2000, 300, 3))))
    assert found.ok
    assert dict(found.sizes) == {"n_0": 60, "n_1": 60}


def test_the_same_again() -> None:
    derivation = derive(Network((20, 30, 5)))
    assert numbers(derivation) == numbers(derivation)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2", "h1_pre", "h1", "y_pre"])
def test_a_wrong_step_is_located(name: str) -> None:
    derivation = derive(Network((2, 3, 2), ("tanh", "sigmoid")))
    step = derivation.step_of[name]
    found = numbers(with_result(derivation, step, 2 * step.result))
    assert (found.outcome, found.step) == (Outcome.DIFFERS, step.number)
    assert float(found.claimed) == pytest.approx(2 * float(found.difference))
    assert found.place is not None
    assert found.place[0] == name


@pytest.mark.parametrize("size", [1e-3, 1e-12, 1e-24])
def test_a_small_difference_is_seen(size: float) -> None:
    derivation = derive(Network((2, 2), ("tanh",), "squared-error"))
    step = derivation.step_of["W1"]
    almost = step.result * (1 + parse_formula(f"{size:.24f}", {}, {}))
    assert not numbers(with_result(derivation, step, almost)).ok


def test_the_catalogues_derivatives_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(ACTIVATIONS["relu"], derivative="1 - step(z)")
    monkeypatch.setitem(ACTIVATIONS, "relu", wrong)
    derivation = derive(Network((2, 3, 2), ("relu", "g")))
    found = numbers(derivation)
    assert (found.outcome, found.step) == (
        Outcome.DIFFERS,
        derivation.step_of["h1_pre"].number,
    )


@pytest.mark.parametrize("name", [n for n, e in ACTIVATIONS.items() if e.kinks])
def test_points_keep_away_from_kinks(name: str) -> None:
    network = Network((2, 20, 2), (name, "g"))
    for attempt in range(20):
        model = network.model()
        try:
            point = Point(model, Decimals(f"{attempt}"), model_sizes(model))
        except NoValueError:
            continue
        for where, _ in ACTIVATIONS[name].kinks:
            kink = int(parse_formula(where, {}, {}))
            for value in point.values["h1_pre"]:
                assert abs(Fraction(value, ONE) - kink) >= FROM_KINK


def test_near_a_kink_there_is_no_point() -> None:
    model = Network((1, 1), ("relu",), bias=False).model()
    point = Point(model, Decimals("seed"), model_sizes(model))
    near = int(FROM_KINK * ONE) - 1
    u = Tensor((), (), [near])
    with pytest.raises(NoValueError):
        point._elementary("positive", u)
    assert point._elementary("positive", Tensor((), (), [near + 2])).data == [near + 2]


@pytest.mark.parametrize("name", [n for n, e in ACTIVATIONS.items() if e.elementwise])
def test_catalogue_functions_follow_their_formulas(name: str) -> None:
    # The same function by the derivation's own application and by its formula.
    model = Network((2, 2), (name,)).model()
    point = Point(model, Decimals("seed"), model_sizes(model))
    formula = parse_formula(
        ACTIVATIONS[name].formula, {"z": model.quantities["y_pre"].entry}, FUNCTIONS
    )
    assert point.value(formula).data == point.values["yhat"]


def test_stand_ins_have_exact_derivatives_and_no_symmetry() -> None:
    h = 1e-6
    for name in ("f", "g", "phi", "f2"):
        f, slope = _stand_in(name, 0), _stand_in(name, 1)
        for u in (-1.5, -0.2, 0.7, 2.0):
            assert float((f(u + h) - f(u - h)) / (2 * h)) == pytest.approx(float(slope(u)), 1e-6)
            assert 0 < f(u) < 1
        assert abs(f(0.5) - f(-0.5)) > 1e-3
        assert abs(f(0.5) + f(-0.5)) > 1e-3
        assert abs(f(0.5) + f(-0.5) - 2 * f(0)) > 1e-3
    values = {float(_stand_in(name, 0)(0.3)) for name in "abcdefgh"}
    assert len(values) == 8


def test_what_is_asked_for() -> None:
    assert TOLERANCE == 25
    assert BITS > 3.33 * 60
    assert Apply("f", Symbol("u")).order == 0


def test_a_loss_too_steep_for_a_difference_is_tested_nearer_to_zero() -> None:
    steep = Network((4, 2, 2), ("x**64", "sin(x)*cos(x)"), "huber", batch=True)
    right = derive(steep)
    assert numbers(right).ok
    step = right.step_of["W2"]
    wrong = numbers(with_result(right, step, 2 * step.result))
    assert (wrong.outcome, wrong.arrays) == (Outcome.DIFFERS, ("W2",))
