"""The functions of the catalogue as a document defines them, each with its derivative."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Symbol

from symback.algebra.expressions import Apply, Marked
from symback.algebra.formula import parse_formula
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model
from symback.model.perceptron import FUNCTIONS
from symback.rendering.equalities import ChainOf, Equality

__all__ = ["definitions"]


def definitions(model: Model) -> tuple[ChainOf, ...]:
    """The functions of the catalogue that a model calls by name, each with its derivative.

    What takes its part from another function is followed by that; a function of a whole layer, and
    the identity, are written out where they are applied.
    """
    found: dict[str, tuple[ChainOf, ...]] = {}
    waiting = _called(e.expression for e in model.equations)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = _definition(name)
            waiting += _called(link.expression for c in found[name] for link in c.links)
    return tuple(chain for chains in found.values() for chain in chains)


def _called(expressions: Iterable[Expr]) -> list[str]:
    """The functions of the catalogue that some expressions apply."""
    nodes = (node for expression in expressions for node in expression.atoms(Apply))
    return sorted({node.name for node in nodes if node.name in ACTIVATIONS})


def _definition(name: str) -> tuple[ChainOf, ...]:
    """A function of the catalogue and its derivative, at a letter; what is elementary is known."""
    z = Symbol("z")
    known = ACTIVATIONS[name]
    names = {"z": z, "a": Apply(name, z)}
    sides = [
        (Apply(name, z, order), parse_formula(text, names, FUNCTIONS))
        for order, text in enumerate((known.formula, known.derivative))
    ]
    return tuple(
        ChainOf(left, (Equality(Marked(right, "cases")),)) for left, right in sides if left != right
    )
