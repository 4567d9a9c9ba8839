"""Whether the samples of a batch are its columns, as in `W X + b`, or its rows, as in `X W + b`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Node, Product, Sum, Symbol, stripped
from symback.reading.network.ranks import ELEMENTWISE

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["samples_are_columns"]


def samples_are_columns(model: DocumentModel) -> bool | None:
    """Say on which side of the weights the data stand; None where no equation shows it.

    Data have an equation of their own, as the layer before, or are nowhere differentiated by;
    weights are differentiated by, and have no equation.
    """
    found: set[bool] = set()
    for definition in model.definitions.all():
        for left, right in _pairs(definition.body):
            kinds = _is_weight(model, left), _is_weight(model, right)
            if kinds in ((True, False), (False, True)):
                found.add(kinds[0])
    return found.pop() if len(found) == 1 else None


def _pairs(body: Node) -> Iterator[tuple[Symbol, Symbol]]:
    """The two factors of a product that something is added to."""
    whole = stripped(body)
    for term in whole.terms if isinstance(whole, Sum) and len(whole.terms) == 2 else ():
        match stripped(term):
            case Product(factors=(Symbol() as left, Symbol() as right)) as product:
                if ELEMENTWISE.isdisjoint(product.operators):
                    yield left, right


def _is_weight(model: DocumentModel, symbol: Symbol) -> bool | None:
    """Say whether a factor is learnt; None where that cannot be told."""
    parts = model.names.split(symbol)
    if parts.indices:
        return None
    if model.definitions.under(parts):
        return False
    return parts.base in model.names.differentiated_by
