"""The forward pass with its indices written out, one unit after the other."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Sum, Symbol

from symback.algebra.expressions import EVERY, OfVectors
from symback.algebra.sums import write_out
from symback.model.equations import Model, Quantity, Role
from symback.rendering.equalities import ChainOf, Equality
from symback.rendering.worked_entries import entry_count

__all__ = ["unit_by_unit"]

MAX_TERMS = 4
"""Up to so many terms a weighted sum is written out."""


def unit_by_unit(model: Model, most: int) -> tuple[ChainOf, ...]:
    """The equations of every unit, where there are at most so many and no sum is long or open."""
    if not model.has_layers:
        return ()
    quantities = [equation.quantity for equation in model.equations]
    lengths = [
        _length(node, model.sizes) for e in model.equations for node in e.expression.atoms(Sum)
    ]
    if sum(map(entry_count, quantities)) > most or not all(0 < n <= MAX_TERMS for n in lengths):
        return ()
    return tuple(
        _equation(model, quantity, index)
        for pair in _layers(quantities)
        for index in range(1, max(entry_count(pair[0]), 1) + 1)
        for quantity in pair
        if quantity is not None
    )


def _equation(model: Model, quantity: Quantity, index: int) -> ChainOf:
    place = (Integer(index),) * len(quantity.ranges)
    right = model.definition(quantity.name, place)
    right = right.xreplace({s: Add(*write_out(s, model.sizes)) for s in right.atoms(Sum)})
    return ChainOf(quantity.at(*place), (Equality(_spread(right, model.quantities)),))


def _length(node: Sum, sizes: dict[Symbol, int]) -> int:
    """How many terms a sum has; 0 where it is open."""
    length = 1
    for _, _, upper in node.limits:
        length *= sizes.get(upper, 0)
    return length


def _layers(quantities: list[Quantity]) -> list[tuple[Quantity, Quantity | None]]:
    """Pre-activations with the activations that follow them: they are read unit by unit."""
    pairs: list[tuple[Quantity, Quantity | None]] = []
    rest = list(quantities)
    while rest:
        first = rest.pop(0)
        follows = rest and first.role is Role.PREACTIVATION and rest[0].layer == first.layer
        pairs.append((first, rest.pop(0) if follows else None))
    return pairs


def _spread(expression: Expr, quantities: dict[str, Quantity]) -> Expr:
    """A generic loss of its single outputs, ``L(y, yhat_1, yhat_2)``."""
    values = {}
    for node in expression.atoms(OfVectors):
        arguments: list[Expr] = []
        for argument in node.arguments:
            quantity = quantities.get(str(getattr(argument, "base", "")))
            is_output = quantity is not None and quantity.role is Role.OUTPUT
            if quantity and is_output and argument.indices == (EVERY,):
                arguments += [quantity.at(i) for i in range(1, quantity.shape[0] + 1)]
                continue
            arguments.append(argument)
        values[node] = OfVectors(node.name, *arguments)
    return expression.xreplace(values)
