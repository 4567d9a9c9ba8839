"""Known functions in numbers modulo a prime: values and derivatives at a point."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sympy import Expr, Symbol

from symback.algebra.expressions import differentiate
from symback.algebra.formula import parse_formula
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.perceptron import FUNCTIONS
from symback.verification.oracle.field import Field, Number

__all__ = ["BENDS", "ELEMENTARY", "INPUT", "catalogue_formula", "catalogue_slope"]

INPUT = Symbol("z")
"""The argument of a catalogue function's formula."""


Pair = tuple[Number, Number]
"""A value and a derivative."""


def _tanh(field: Field, u: Number) -> Pair:
    value = field.tanh(u)
    return value, 1 - value * value


def _sqrt(field: Field, u: Number) -> Pair:
    root = field.power(u, 1, 2)
    return root, field.inverse(2 * root)


def _erf(field: Field, u: Number) -> Pair:
    root = field.power(field.pi, 1, 2)
    bell = field.exp(field.reduced(-u * u))
    return field.erf(u), 2 * field.inverse(root) * bell


def _step(field: Field, u: Number) -> Number:
    return field.reduced((1 + field.sign(u)) * field.number(1, 2))


def _within(field: Field, u: Number) -> Number:
    return field.reduced(1 - _step(field, field.reduced(u * field.sign(u) - 1)))


def _clip(field: Field, u: Number) -> Pair:
    inside = _within(field, u)
    return u * inside + field.sign(u) * (1 - inside), inside


ELEMENTARY: dict[str, Callable[[Field, Number], Pair]] = {
    "exp": lambda field, u: (field.exp(u), field.exp(u)),
    "log": lambda field, u: (field.log(u), field.inverse(u)),
    "tanh": _tanh,
    "sqrt": _sqrt,
    "sin": lambda field, u: field.circle(u),
    "cos": lambda field, u: (field.circle(u)[1], -field.circle(u)[0]),
    "erf": _erf,
    "sign": lambda field, u: (field.sign(u), 0),
    "step": lambda field, u: (_step(field, u), 0),
    "within": lambda field, u: (_within(field, u), 0),
    "abs": lambda field, u: (u * field.sign(u), field.sign(u)),
    "positive": lambda field, u: (u * _step(field, u), _step(field, u)),
    "clip": _clip,
}
"""An elementary function's value and derivative at a point, away from kinks."""


def _zero(field: Field, u: Number) -> Number:
    return 0


BENDS: dict[str, Callable[[Field, Number], Number]] = {
    "exp": lambda field, u: field.exp(u),
    "log": lambda field, u: -(field.inverse(u) ** 2),
    "tanh": lambda field, u: -2 * _tanh(field, u)[0] * _tanh(field, u)[1],
    "sqrt": lambda field, u: -field.inverse(4 * u * field.power(u, 1, 2)),
    "sin": lambda field, u: -field.circle(u)[0],
    "cos": lambda field, u: -field.circle(u)[1],
    "erf": lambda field, u: -2 * u * _erf(field, u)[1],
} | dict.fromkeys(("sign", "step", "within", "abs", "positive", "clip"), _zero)
"""An elementary function's second derivative at a point, away from kinks."""


@cache
def catalogue_slope(name: str) -> Expr | None:
    """The derivative of a catalogue function's formula, where it has one."""
    formula = catalogue_formula(name)
    return None if formula is None else differentiate(formula, INPUT)


@cache
def catalogue_formula(name: str) -> Expr | None:
    """A catalogue function's formula in `INPUT`, where it is made of elementary functions."""
    known = ACTIVATIONS.get(name)
    if known is None or not known.elementwise:
        return None
    try:
        return parse_formula(known.formula, {"z": INPUT}, FUNCTIONS)
    except InputError:
        return None
