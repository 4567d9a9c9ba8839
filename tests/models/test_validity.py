"""A list of equations that is wrong is refused when it is built, and not somewhere later."""

from __future__ import annotations

import pytest
import sympy
from sympy import Symbol

import symback
from symback.algebra.expressions import Apply, fresh
from symback.algebra.sums import total
from symback.errors import InputError
from symback.model.equations import Equation, Model, Quantity, Range, Role

J, K = Range("J", 2), Range("K", 3)
X = Quantity("x", Role.INPUT, (J,), ("j",))
W = Quantity("W", Role.PARAMETER, (J, K), ("j", "k"))
H = Quantity("h", Role.OTHER, (K,), ("k",))
j, k = Symbol("j", integer=True), Symbol("k", integer=True)


def built(right: sympy.Expr, given: tuple[Quantity, ...] = (X, W)) -> Model:
    i = fresh("k")
    loss = total(H.at(i) ** 2, [(i, K.upper)])
    equations = (Equation(1, H, right), Equation(2, Quantity("L", Role.LOSS), loss))
    return Model(given, equations)


def weighted(function=None) -> sympy.Expr:
    i = fresh("j")
    inner = total(W.at(i, k) * X.at(i), [(i, J.upper)])
    return function(inner) if function else inner


def test_what_is_right_is_built() -> None:
    assert built(weighted()).parameters == (W,)
    assert built(weighted(lambda u: Apply("tanh", u))).parameters == (W,)
    assert built(weighted(lambda u: Apply("f", u) / 2)).parameters == (W,)


def wrong_range() -> sympy.Expr:
    i = fresh("j")
    return total(W.at(i, k) * X.at(i), [(i, K.upper)])


def exchanged() -> sympy.Expr:
    i = fresh("j")
    return total(W.at(k, i) * X.at(i), [(i, J.upper)])


@pytest.mark.parametrize(
    ("right", "part"),
    [
        (wrong_range(), "runs to K, and stands in"),
        (exchanged(), "where the range is"),
        (weighted(sympy.tanh), "tanh is SymPy's own function"),
        (weighted(lambda u: 0.5 * u), "is a rounded number"),
        (weighted(lambda u: Apply("sigmod", u)), "did you mean sigmoid?"),
        (weighted(lambda u: Apply("whatever", u)), "unknown function 'whatever'"),
        (weighted() + sympy.Integral(Symbol("s"), (Symbol("s"), 0, 1)), "s is not defined"),
        (W.at(k, j), "index j stands on the right side only"),
    ],
)
def test_what_is_wrong_is_refused(right: sympy.Expr, part: str) -> None:
    with pytest.raises(InputError, match=part.replace("(", r"\(")):
        built(right)


def test_one_name_has_one_size() -> None:
    other = Quantity("V", Role.PARAMETER, (Range("J", 5),), ("j",))
    with pytest.raises(InputError, match="the range J has two sizes: 2 and 5"):
        built(weighted(), (X, W, other))


def test_nothing_to_differentiate_by_is_said() -> None:
    model = symback.read_model("input x[j]\nL = sum(j, x[j]^2)")
    with pytest.raises(InputError, match="nothing to differentiate by"):
        symback.derive(model)
    assert list(symback.derive(model, gradients="inputs").gradients) == ["x"]


def test_gradients_are_asked_for_by_name() -> None:
    model = symback.read_model("input x[j]; param w[j]; L = sum(j, w[j] x[j])^2 / 2")
    derivation = symback.derive(model, gradients=("w", "x"))
    assert list(derivation.gradients) == ["w", "x"]
    with pytest.raises(InputError, match="did you mean w"):
        symback.derive(model, gradients=("w1",))
    with pytest.raises(InputError, match="no adjoint of 'y'"):
        derivation.adjoint("y")
    assert derivation.adjoint("x").result == derivation.gradients["x"].formula
