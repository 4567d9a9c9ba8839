"""Second derivatives of the catalogue's functions, as formulas in their argument."""

from __future__ import annotations

from functools import cache

from sympy import Expr, Symbol

from symback.algebra.expressions import Apply, differentiate
from symback.algebra.formula import parse_formula
from symback.errors import InputError
from symback.model.activations import ACTIVATIONS
from symback.model.perceptron import FUNCTIONS

__all__ = ["second_derivative"]

_SLOT = Symbol("_slot")


def second_derivative(application: Apply) -> Expr:
    """The second derivative of a function of the catalogue, from that of its first one.

    Raises:
        InputError: for a function of which no more than its name is known.
    """
    if application.name not in ACTIVATIONS:
        raise InputError(
            f"{application.name} is left open: its second derivative has no name here",
            where="second",
            hint="write it as a formula, or take a function that symback list activations has",
        )
    return _of(application.name).xreplace({_SLOT: application.argument})


@cache
def _of(name: str) -> Expr:
    return differentiate(_first(name), _SLOT).replace(
        lambda node: isinstance(node, Apply) and node.order == 1 and node.name in ACTIVATIONS,
        lambda node: _first(node.name).xreplace({_SLOT: node.argument}),
    )


def _first(name: str) -> Expr:
    """The first derivative as the catalogue has it, in the argument."""
    names = {"z": _SLOT, "a": Apply(name, _SLOT)}
    return parse_formula(ACTIVATIONS[name].derivative, names, FUNCTIONS)
