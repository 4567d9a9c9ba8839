"""A model of one sample as a model of many: a first index of samples, and the loss over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import Expr, Indexed, S, Symbol, Tuple

from symback.algebra.expressions import EVERY, Entry, OfVectors, Sum, name_of
from symback.algebra.indexing import IntegerEntry
from symback.emission.indexed.walk import rebuilt
from symback.model.equations import Equation, Model, Quantity, Range, Role, size_symbol

__all__ = ["batched"]

_SAMPLED = (Role.INPUT, Role.TARGET, Role.INTEGER)


def batched(model: Model, reduction: str = "mean") -> Model:
    """The model of a batch: inputs, targets and integer arrays get a first index of samples.

    Args:
        model: of one sample, or of as many as it says itself.
        reduction: the loss is the ``mean`` or the ``sum`` over the samples.
    """
    names = {q.name for q in model.quantities.values()}
    size = _free("batch", {*names, *model.size_names})
    letters = {letter for q in model.quantities.values() for letter in q.letters}
    letter = next(
        x for x in ("s", "n", "b", "r", *(f"s{i}" for i in range(99))) if x not in letters
    )
    samples = Range(size, 0, is_rows=True)
    sampled = _sampled(model)
    each = _free(f"{model.loss.name}_each", names)
    index = Symbol(letter, integer=True)

    def many(quantity: Quantity) -> Quantity:
        if quantity.name not in sampled:
            return quantity
        return replace(
            quantity,
            name=each if quantity.name == model.loss.name else quantity.name,
            role=Role.OTHER if quantity.name == model.loss.name else quantity.role,
            ranges=(samples, *quantity.ranges),
            letters=(letter, *quantity.letters),
        )

    change = _indexing(sampled, index)
    equations = [
        Equation(
            e.number,
            many(e.quantity),
            change(e.expression),
            e.function,
            (index, *e.at) if e.at and e.quantity.name in sampled else e.at,
        )
        for e in model.equations
    ]
    total: Expr = model.loss.at()
    if model.loss.name in sampled:
        upper = size_symbol(size)
        total = Sum(Entry(each, index), Tuple(index, S.One, upper))
        if reduction == "mean":
            total = total / upper
        equations.append(Equation(len(equations) + 1, model.loss, total))
    return replace(
        model,
        given=tuple(map(many, model.given)),
        equations=tuple(equations),
        wanted=tuple(q.name for q in model.targets_of_derivation),
        conditions=model.conditions,
    )


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _sampled(model: Model) -> set[str]:
    """Names of what differs from sample to sample."""
    found = {q.name for q in model.given if q.role in _SAMPLED}
    for _ in model.equations:
        before = len(found)
        for equation in model.equations:
            if found & set(equation.mentions):
                found.add(equation.quantity.name)
        if len(found) == before:
            break
    return found


def _indexing(sampled: set[str], index: Expr) -> Callable[[Expr], Expr]:
    """What gives every entry of such a quantity the index of the sample."""

    def change(node: Expr) -> Expr:
        match node:
            case OfVectors():
                return OfVectors(node.name, *map(change, node.arguments))
            case Symbol() if not node.is_integer and node.name in sampled:
                return Entry(node.name, index)
            case Indexed() if name_of(node) in sampled:
                indices = tuple(i if i == EVERY else change(i) for i in node.indices)
                kind = IntegerEntry if isinstance(node, IntegerEntry) else Entry
                return kind(node.base, index, *indices)
        return rebuilt(node, change)

    return change
