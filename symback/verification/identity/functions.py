"""Known functions as exact identity sees them: their derivatives, and their kinks by a sign.

A function with a kink is written through the sign of its argument, of which nothing is used but
that it is odd; so what is shown holds on every branch, away from the kink itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

from sympy import Expr, Symbol

from symback.algebra.equality import Environment
from symback.algebra.formula import parse_formula
from symback.algebra.monomials import Polynomial
from symback.algebra.polynomial import Algebra
from symback.model.activations import ACTIVATIONS
from symback.model.perceptron import FUNCTIONS

__all__ = ["KINKED", "SLOPES", "A", "Z", "catalogue_derivative", "formula"]

Z, A = Symbol("z"), Symbol("a")
"""A function's argument and its value, in a formula for its derivative."""


class Signed(Protocol):
    """A reader that knows what a sign is."""

    algebra: Algebra

    def sign(self, argument: Polynomial) -> Polynomial:
        """The sign of an argument."""

    def read(self, expression: Expr, at: Environment | None = None) -> Polynomial:
        """The polynomial of an expression."""


def _step(reader: Signed, u: Polynomial) -> Polynomial:
    return reader.read((1 + A) / 2, {A: reader.sign(u)})


def _within(reader: Signed, u: Polynomial) -> Polynomial:
    beyond = reader.read(A * Z - 1, {Z: u, A: reader.sign(u)})
    return reader.read(1 - A, {A: _step(reader, reader.algebra.expand(beyond))})


def _clip(reader: Signed, u: Polynomial) -> Polynomial:
    sign, inside = reader.sign(u), _within(reader, u)
    return reader.algebra.add(
        (
            reader.algebra.multiply([u, inside]),
            reader.algebra.multiply([sign, reader.read(1 - A, {A: inside})]),
        )
    )


KINKED: Mapping[str, Callable[[Signed, Polynomial], Polynomial]] = {
    "sign": lambda reader, u: reader.sign(u),
    "step": _step,
    "within": _within,
    "clip": _clip,
    "abs": lambda reader, u: reader.algebra.multiply([u, reader.sign(u)]),
    "positive": lambda reader, u: reader.algebra.multiply([u, _step(reader, u)]),
}
"""Functions with a kink in terms of the sign of their argument, away from the kink."""

SLOPES: Mapping[str, str] = {
    "exp": "exp(z)",
    "log": "1/z",
    "sqrt": "1/(2*sqrt(z))",
    "sin": "cos(z)",
    "cos": "-sin(z)",
    "erf": "2*exp(-z**2)/sqrt(pi)",
    "abs": "sign(z)",
    "positive": "step(z)",
    "clip": "within(z)",
    "sign": "0",
    "step": "0",
    "within": "0",
}
"""Derivatives of elementary functions; ``positive`` is what ``max`` and ``min`` are made of."""


@cache
def formula(text: str) -> Expr:
    """A formula in `Z` and `A`, read once."""
    return parse_formula(text, {"z": Z, "a": A}, {**FUNCTIONS, "positive": FUNCTIONS["step"]})


@cache
def catalogue_derivative(name: str) -> Expr:
    """The derivative of a function of the catalogue, in `Z` and `A`."""
    return formula(ACTIVATIONS[name].derivative)
