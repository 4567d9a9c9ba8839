"""The targets of a softmax with cross-entropy, which sum to one without its being said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    BigSum,
    Brace,
    Call,
    Fraction,
    Group,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.symbols import (
    everything,
    is_ones,
    quantities,
    spelled,
    summed_letters,
)

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel

__all__ = ["targets_of_cross_entropy"]


_OF_MIXTURES = (Sum, Product, Group, Symbol, Number, Fraction)
"""What the mean of targets and something else is written with."""


def targets_of_cross_entropy(model: DocumentModel) -> dict[str, int]:
    """Letters of given vectors that multiply a logarithm under a sum or in an inner product.

    They are the targets of a softmax, each with the place of the index over which its entries sum
    to one: of a batch, `y_{nk}`, the one that counts the outputs.
    """
    found: dict[str, int] = {}
    for definition in model.definitions.all():
        for node in everything(definition.body):
            factors = _summed_factors(node)
            if any(isinstance(f, Call) and f.function.name in ("log", "ln") for f in factors):
                for factor in factors:
                    if isinstance(factor, Symbol):
                        parts = model.names.split(factor)
                        place = _summed_place(node, parts.indices)
                        for base in _given(model, factor):
                            found[base] = place
    return found


def _given(model: DocumentModel, target: Symbol) -> Iterator[str]:
    """The letter of a target, or of those that it is made of: the y of `q = (1 - a) y + a / K`."""
    parts = model.names.split(target)
    equations = model.definitions.under(parts)
    if not equations:
        yield parts.base
    for definition in equations:
        if not all(isinstance(node, _OF_MIXTURES) for node in everything(definition.body)):
            continue
        for symbol in quantities(definition.body):
            own = model.names.split(symbol)
            alike = own.indices == definition.parts.indices
            is_entry = bool(own.indices) or model.ranks.rank(symbol) > 0
            if alike and is_entry and not model.definitions.under(own):
                yield own.base


def _summed_place(node: Node, indices: Sequence[Node]) -> int:
    """Which of a symbol's indices a sum runs over; the last where it is not written."""
    letters = summed_letters(node) if isinstance(node, BigSum) else ()
    places = [at for at, index in enumerate(indices) if spelled(index) in letters]
    return places[-1] if places else -1


def _summed_factors(node: Node) -> tuple[Node, ...]:
    r"""The factors of a product that a sum, or a vector of ones beside it, adds up."""
    if isinstance(node, BigSum):
        body = stripped(node.body)
    elif isinstance(node, Product) and any(is_ones(_plain(factor)) for factor in node.factors):
        others = [factor for factor in node.factors if not is_ones(_plain(factor))]
        body = stripped(others[0]) if len(others) == 1 else node
    elif isinstance(node, Product) and any(isinstance(f, Transpose) for f in node.factors):
        body = node  # `y^T log a`, or `y log(a)^T` of rows
    else:
        return ()
    return tuple(map(_plain, body.factors)) if isinstance(body, Product) else ()


def _plain(node: Node) -> Node:
    """What stands inside brackets, above braces and below a transpose."""
    while isinstance(node, Group | Brace | Transpose):
        node = node.body
    return node
