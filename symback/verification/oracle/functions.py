"""Known functions in numbers modulo a prime: values and derivatives at a point."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from sympy import Expr, Symbol

from symback.algebra.formula import parse_formula
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.perceptron import FUNCTIONS
from symback.verification.oracle.field import PRIME, Field

__all__ = ["ELEMENTARY", "INPUT", "catalogue_formula"]

INPUT = Symbol("z")
"""The argument of a catalogue function's formula."""

HALF = (PRIME + 1) // 2


def _tanh(field: Field, u: int) -> tuple[int, int]:
    value = field.tanh(u)
    return value, 1 - value * value


def _sqrt(field: Field, u: int) -> tuple[int, int]:
    root = field.power(u, 1, 2)
    return root, field.inverse(2 * root)


def _erf(field: Field, u: int) -> tuple[int, int]:
    root = field.power(field.pi, 1, 2)
    bell = field.exp(-u * u % PRIME)
    return field.generic("erf", 0, u), 2 * field.inverse(root) * bell


def _step(field: Field, u: int) -> int:
    return (1 + field.sign(u)) * HALF % PRIME


def _within(field: Field, u: int) -> int:
    return (1 - _step(field, (u * field.sign(u) - 1) % PRIME)) % PRIME


def _clip(field: Field, u: int) -> tuple[int, int]:
    inside = _within(field, u)
    return u * inside + field.sign(u) * (1 - inside), inside


ELEMENTARY: dict[str, Callable[[Field, int], tuple[int, int]]] = {
    "exp": lambda field, u: (field.exp(u), field.exp(u)),
    "log": lambda field, u: (field.generic("log", 0, u), field.inverse(u)),
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
