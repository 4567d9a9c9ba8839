"""What the catalogues say of a derivative is what SymPy finds from the formula."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy
from sampling import FULL
from sympy import Expr, Integer, Rational, Symbol

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.model.activations import ACTIVATIONS
from symback.model.losses import LOSSES
from symback.model.perceptron import FUNCTIONS

Z, Y, YHAT, N = sympy.symbols("z y yhat n", real=True)

# Each function with a kink, on the branch where its argument lies.
BRANCHES: dict[str, Callable[[Expr, Expr], Expr]] = {
    "step": lambda u, at: Integer(1 if at > 0 else 0),
    "positive": lambda u, at: u if at > 0 else Integer(0),
    "abs": lambda u, at: u if at > 0 else -u,
    "sign": lambda u, at: Integer(1 if at > 0 else -1),
    "clip": lambda u, at: u if abs(at) < 1 else sympy.sign(at),
    "within": lambda u, at: Integer(1 if abs(at) < 1 else 0),
}


def on_branch(expression: Expr, point: dict[Symbol, Expr]) -> Expr:
    """A formula as SymPy's own functions, on the branch of the kinks around a point."""
    if not isinstance(expression, Apply):
        if not expression.args:
            return expression
        return expression.func(*(on_branch(part, point) for part in expression.args))
    argument = on_branch(expression.argument, point)
    if expression.name in BRANCHES:
        return BRANCHES[expression.name](argument, argument.xreplace(point))
    if expression.name in ACTIVATIONS:
        formula = parse_formula(ACTIVATIONS[expression.name].formula, {"z": argument}, FUNCTIONS)
        if not isinstance(formula, Apply) or formula.name != expression.name:
            return on_branch(formula, point)
    return getattr(sympy, expression.name)(argument)


def vanishes(expression: Expr) -> bool:
    return bool(sympy.simplify(sympy.expand(expression.rewrite(sympy.exp))) == 0)


PLACES = [Rational(-3), Rational(-1, 2), Rational(1, 3), Rational(5, 2)]
"""On every branch of every function; one without a kink has the same formula at each."""


@pytest.mark.parametrize(
    ("name", "at"),
    [
        (name, at)
        for name, entry in ACTIVATIONS.items()
        if entry.elementwise and (FULL or name != "mish")  # which takes as long as all others
        for at in (PLACES if entry.kinks else PLACES[:1])
    ],
)
def test_derivative_of_an_activation(name: str, at: Rational) -> None:
    entry, point = ACTIVATIONS[name], {Z: at}
    formula = on_branch(parse_formula(entry.formula, {"z": Z}, FUNCTIONS), point)
    stated = parse_formula(entry.derivative, {"z": Z, "a": formula}, FUNCTIONS)
    assert vanishes(formula.diff(Z) - on_branch(stated, point))


# The conventions, as PyTorch has them: each function, the point, and the derivative taken there.
AT_KINKS = [
    ("relu", "0", "0"),
    ("leaky-relu", "0", "0.01"),
    ("elu", "0", "1"),
    ("selu", "0", "1.0507009873554805*1.6732632423543772"),
    ("hard-tanh", "-1", "0"),
    ("hard-tanh", "1", "0"),
]

# Each loss, a target and an output at its kink, and the derivative by the output taken there.
LOSS_AT_KINKS = [
    ("mean-absolute-error", Rational(1, 3), Rational(1, 3)),
    ("hinge", 1, 1),
    ("hinge", -1, -1),
]


def test_the_tables_of_kinks_are_complete() -> None:
    stated = [(name, *kink) for name, entry in ACTIVATIONS.items() for kink in entry.kinks]
    assert sorted(stated) == sorted(AT_KINKS)
    assert {name for name, entry in LOSSES.items() if entry.kinks} == {n for n, *_ in LOSS_AT_KINKS}


@pytest.mark.parametrize(("name", "place", "value"), AT_KINKS)
def test_value_at_a_kink(name: str, place: str, value: str) -> None:
    at, stated = parse_formula(place, {}), parse_formula(value, {})
    derivative = parse_formula(ACTIVATIONS[name].derivative, {"z": at}, FUNCTIONS)
    assert at_kink(derivative) == stated


@pytest.mark.parametrize(("name", "y", "yhat"), LOSS_AT_KINKS)
def test_value_at_a_losss_kink(name: str, y: Expr, yhat: Expr) -> None:
    names = {"y": sympy.sympify(y), "yhat": sympy.sympify(yhat), "n": Integer(2)}
    assert at_kink(parse_formula(LOSSES[name].derivative, names, FUNCTIONS)) == 0


def at_kink(expression: Expr) -> Expr:
    """A derivative at a number, with the conventions for step, sign and within."""
    if not expression.args:
        return expression
    if isinstance(expression, Apply):
        u = at_kink(expression.argument)
        values = {
            "step": Integer(1 if u > 0 else 0),
            "sign": sympy.sign(u),
            "within": Integer(1 if abs(u) < 1 else 0),
            "exp": sympy.exp(u),
        }
        return values[expression.name]
    return expression.func(*(at_kink(part) for part in expression.args))


@pytest.mark.parametrize("pair", [(-2, 3), (Rational(1, 4), Rational(1, 2)), (1, Rational(1, 3))])
@pytest.mark.parametrize("name", list(LOSSES))
def test_derivative_of_a_loss(name: str, pair: tuple[Expr, Expr]) -> None:
    entry = LOSSES[name]
    names = {"y": Y, "yhat": YHAT, "n": N}
    point = {Y: Integer(0) + pair[0], YHAT: Integer(0) + pair[1]}
    term = on_branch(parse_formula(entry.term, names, FUNCTIONS), point)
    stated = on_branch(parse_formula(entry.derivative, names, FUNCTIONS), point)
    assert vanishes(term.diff(YHAT) - stated)


def test_a_wrong_derivative_is_seen() -> None:
    wrong = parse_formula("a*(1 + a)", {"a": 1 / (1 + sympy.exp(-Z))})
    assert not vanishes((1 / (1 + sympy.exp(-Z))).diff(Z) - wrong)
