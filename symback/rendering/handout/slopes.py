"""Derivatives that everybody quotes, worked out in a few lines from the definitions."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Symbol

from symback.algebra.expressions import Apply
from symback.algebra.formula import parse_formula
from symback.model.perceptron import FUNCTIONS
from symback.rendering.equalities import ChainOf, Equality

__all__ = ["SLOPES"]

_Z = Symbol("z")


def _formula(text: str, name: str) -> Expr:
    """A formula in the argument ``z`` of a function and in its value ``a``."""
    return parse_formula(text, {"z": _Z, "a": Apply(name, _Z)}, FUNCTIONS)


def _sigmoid() -> tuple[ChainOf, ...]:
    """The logistic function, whose definition stands before."""

    def equal(text: str, rule: str) -> Equality:
        about = ("added-and-taken",) if rule == "one-fraction" else ()
        return Equality(_formula(text, "sigmoid"), rule, about=about)

    links = (
        equal("exp(-z)/(1 + exp(-z))**2", "quotient"),
        equal("a*(1 - 1/(1 + exp(-z)))", "one-fraction"),
        equal("a*(1 - a)", "definition"),
    )
    return (ChainOf(Apply("sigmoid", _Z, 1), links),)


def _tanh() -> tuple[ChainOf, ...]:
    """The hyperbolic tangent, by exponential functions."""
    above, below = "(exp(z) - exp(-z))", "(exp(z) + exp(-z))"

    def equal(text: str, rule: str = "") -> Equality:
        return Equality(_formula(text, "tanh"), rule)

    slope = (equal(f"({below}**2 - {above}**2)/{below}**2", "quotient"),)
    return (
        ChainOf(Apply("tanh", _Z), (equal(f"{above}/{below}"),)),
        ChainOf(Apply("tanh", _Z, 1), (*slope, equal("1 - a**2", "definition"))),
    )


SLOPES: dict[str, Callable[[], tuple[ChainOf, ...]]] = {"sigmoid": _sigmoid, "tanh": _tanh}
"""Functions of the catalogue, each with the working of its derivative, which is the last chain."""
