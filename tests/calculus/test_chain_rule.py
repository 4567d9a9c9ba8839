"""The chain rule over lists of equations: steps, paths, and gradients carried to the loss."""

from __future__ import annotations

import pytest
from sympy import Symbol

from symback.algebra.equality import equal
from symback.algebra.expressions import Apply, OfVectors, Partial
from symback.calculus import Derivation, derive
from symback.calculus.derivation import Rule
from symback.errors import InputError
from symback.model.equations import Equation, Model, Quantity, Range, Role
from symback.model.network import Network


def results(derivation: Derivation) -> dict[str, str]:
    return {step.quantity.name: str(step.result) for step in derivation.steps}


def test_the_founding_network() -> None:
    found = results(derive(Network((2, 2, 2))))
    assert found == {
        "yhat": "d(L)/d(yhat[k])",
        "y_pre": "g'(y_pre[k])*d(L)/d(yhat[k])",
        "W2": "h1[j]*d(L)/d(y_pre[k])",
        "b2": "d(L)/d(y_pre[k])",
        "h1": "Sum(W2[k, i]*d(L)/d(y_pre[i]), (i, 1, n_2))",
        "h1_pre": "f'(h1_pre[k])*Sum(W2[k, i]*d(L)/d(y_pre[i]), (i, 1, n_2))",
        "W1": "x[j]*d(L)/d(h1_pre[k])",
        "b1": "d(L)/d(h1_pre[k])",
    }


def test_nothing_depends_on_the_widths() -> None:
    assert results(derive(Network((2, 2, 2)))) == results(derive(Network((784, 128, 10))))


def test_a_network_that_was_derived_is_at_hand() -> None:
    found = derive(Network((2, 3, 2)))
    assert derive(Network((2, 3, 2))) is found
    for other in (Network((2, 3, 2), bias=False), Network((2, 3, 2), ("tanh", "g"))):
        assert results(derive(other)) != results(found)
    assert list(derive(Network((2, 3, 2)), ["W1"]).gradients) == ["W1"]
    assert "W2" in found.gradients


def test_the_index_form_of_the_notes() -> None:
    chain = derive(Network((2, 2, 2))).chain("W1")
    assert [link.rule for link in chain] == [Rule.CHAIN, Rule.LOCAL]
    assert str(chain[-1].expression) == (
        "Sum(f'(h1_pre[k])*g'(y_pre[i])*W2[k, i]*x[j]*d(L)/d(yhat[i]), (i, 1, n_2))"
    )


def test_the_first_summed_index_runs_over_the_outputs() -> None:
    chain = derive(Network((5, 4, 3, 2))).chain("W1")
    (first, second) = chain[-1].expression.limits
    assert (str(first[0]), str(first[2])) == ("i", "n_3")
    assert (str(second[0]), str(second[2])) == ("m", "n_2")


@pytest.mark.parametrize(
    ("output", "loss", "delta"),
    [
        ("sigmoid", "binary-cross-entropy", "-y[k] + yhat[k]"),
        ("softmax", "cross-entropy", "-y[k] + yhat[k]"),
        ("identity", "half-squared-error", "-y[k] + yhat[k]"),
        ("identity", "hinge", "-step(-y[k]*yhat[k] + 1)*y[k]"),
        ("g", "mean-absolute-error", "g'(y_pre[k])*sign(-y[k] + yhat[k])/n_2"),
    ],
)
def test_deltas_of_known_losses(output: str, loss: str, delta: str) -> None:
    assert results(derive(Network((2, 3, 4), ("f", output), loss)))["y_pre"] == delta


def test_softmax_uses_its_fact_in_a_step_of_its_own() -> None:
    derivation = derive(Network((2, 3, 4), ("f", "softmax"), "cross-entropy"))
    links = derivation.step_of["y_pre"].links
    assert [link.rule for link in links][-2:] == [Rule.UPSTREAM, Rule.FACT]
    assert links[-1].about == ("targets-sum-to-one",)
    assert str(links[-2].expression) == "-y[k] + yhat[k]*Sum(y[i], (i, 1, n_2))"


def test_a_batch_sums_over_its_samples() -> None:
    found = results(derive(Network((2, 3, 2), ("f", "g"), "half-squared-error", batch=True)))
    assert found["W2"] == "Sum(h1[s, j]*d(L)/d(y_pre[s, k]), (s, 1, N))"
    assert found["y_pre"] == "(-y[s, k] + yhat[s, k])*g'(y_pre[s, k])/N"


def test_weight_decay_adds_its_own_term() -> None:
    found = results(derive(Network((2, 3, 2), weight_decay=0.1)))
    assert found["W1"] == "lambda*W1[j, k] + x[j]*d(J)/d(h1_pre[k])"
    assert found["b1"] == "d(J)/d(h1_pre[k])"


UNITS = Range("n", 3)
K = Symbol("k", integer=True)


def vector(name: str, role: Role = Role.OTHER) -> Quantity:
    return Quantity(name, role, (UNITS,), ("k",))


def test_two_paths_are_added() -> None:
    x, b = vector("x", Role.INPUT), vector("b", Role.BIAS)
    u, v = vector("u"), vector("v")
    loss = Quantity("L", Role.LOSS)
    model = Model(
        (x, b),
        (
            Equation(1, u, Apply("f", x.at(K) * b.at(K))),
            Equation(2, v, Apply("g", u.at(K)) + u.at(K)),
            Equation(3, loss, OfVectors("L", v.at(Symbol(":")))),
        ),
    )
    step = derive(model).step_of["b"]
    assert equal(
        step.result, x.at(K) * Apply("f", x.at(K) * b.at(K), 1) * Partial(loss.at(), u.at(K))
    )
    assert (
        str(derive(model).step_of["u"].result) == ("g'(u[k])*d(L)/d(v[k]) + d(L)/d(v[k])")
        or str(derive(model).step_of["u"].result) == "(g'(u[k]) + 1)*d(L)/d(v[k])"
    )


@pytest.mark.parametrize(
    ("equations", "complaint"),
    [
        ([("u", "w")], "w is not defined before it is used"),
        ([("u", "x"), ("u", "x")], "u is defined twice"),
        ([("x", "x")], "x is defined twice"),
        ([("u", "x")], "the last equation must define the loss"),
    ],
)
def test_a_model_refuses_what_is_unbound(equations: list[tuple[str, str]], complaint: str) -> None:
    made = tuple(
        Equation(number, vector(left), vector(right).at(K))
        for number, (left, right) in enumerate(equations, start=1)
    )
    with pytest.raises(InputError, match=complaint):
        Model((vector("x", Role.INPUT),), made)
