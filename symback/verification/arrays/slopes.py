"""The derivative of every function that stands in an equation, by the function's own argument.

A table of its own, so that nothing is shared with the chain rule that is judged here.  A function
of the catalogue has the derivative that its entry states; one that keeps its prime, and one that
is generic, has an unknown.  Functions with a kink are taken apart into signs, which are odd and of
which nothing else is used, so that either side of a kink is covered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Expr, Integer, Rational, pi, sqrt

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.model.activations import ACTIVATIONS
from symback.model.perceptron import FUNCTIONS

__all__ = ["ELEMENTARY_SLOPES", "in_signs", "slope_of", "taught_slope"]

Build = Callable[[Expr], Expr]


def _exponential(u: Expr) -> Expr:
    return Apply("exp", u)


ELEMENTARY_SLOPES: Mapping[str, Build] = {
    "exp": _exponential,
    "log": lambda u: 1 / u,
    "sqrt": lambda u: 1 / (2 * Apply("sqrt", u)),
    "cos": lambda u: -Apply("sin", u),
    "erf": lambda u: 2 / sqrt(pi) * Apply("exp", -(u**2)),
    "abs": lambda u: Apply("sign", u),
    "positive": lambda u: Apply("step", u),
    "clip": lambda u: Apply("within", u),
    "sign": lambda u: Integer(0),
    "step": lambda u: Integer(0),
    "within": lambda u: Integer(0),
}
"""The derivatives of the elementary functions that formulas are made of."""

HALF = Rational(1, 2)


def _sign(u: Expr) -> Expr:
    return Apply("sign", u)


_IN_SIGNS: Mapping[str, Build] = {
    "step": lambda u: HALF + _sign(u) / 2,
    "abs": lambda u: u * _sign(u),
    "positive": lambda u: u * (HALF + _sign(u) / 2),
    "within": lambda u: HALF - _sign(Apply("abs", u) - 1) / 2,
    "clip": lambda u: u * Apply("within", u) + _sign(u) * (1 - Apply("within", u)),
}


def in_signs(application: Apply) -> Expr | None:
    """A function with a kink by means of the sign of its argument; None for every other."""
    build = _IN_SIGNS.get(application.name) if application.order == 0 else None
    return build(application.argument) if build else None


def taught_slope(application: Apply, *, always: bool = False) -> Expr | None:
    """The catalogue's derivative for ``f'(u)``; None where the prime is kept, or unknown.

    Args:
        application: the function itself, ``f(u)``.
        always: whether to put the formula in where a derivation keeps the prime, too.
    """
    known = ACTIVATIONS.get(application.name)
    if known is None or not known.elementwise or (known.keeps_prime and not always):
        return None
    names = {"z": application.argument, "a": application}
    return parse_formula(known.derivative, names, FUNCTIONS)


def slope_of(application: Apply) -> Expr:
    """The derivative of one application by its argument, as an expression."""
    name, argument, order = application.name, application.argument, application.order
    if order == 0 and name in ELEMENTARY_SLOPES:
        return ELEMENTARY_SLOPES[name](argument)
    taught = taught_slope(application) if order == 0 else None
    return Apply(name, argument, order + 1) if taught is None else taught
