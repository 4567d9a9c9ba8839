"""A sum read to the end of its sum of terms instead of to the next plus or minus.

This is a second reading, for statements in which the first one leaves a summed index without its
sum: `sum_i w_i x_i + b_i` can only mean that `b_i` is summed too.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from symback.reading.formula.syntax import BigSum, Node, Product, Sum, Symbol, names_of_nodes
from symback.reading.network.symbols import quantities, spelled

__all__ = ["changed", "widened"]


def widened(node: Node, *, bracketed: bool = False) -> Node:
    """Return the expression with sums reaching over all terms that use their index.

    Args:
        node: the expression.
        bracketed: whether a bracket is missing behind the sum, so that the sign before it is that
            of every term, `-sum_j y_j ln a_j + (1 - y_j) ln (1 - a_j)`.
    """
    node = changed(node, partial(widened, bracketed=bracketed))
    if not isinstance(node, Sum):
        return node
    for at, whole in enumerate(node.terms[:-1]):
        term = whole.factors[-1] if isinstance(whole, Product) else whole
        if not isinstance(term, BigSum) or len(term.indices) != 1:
            continue
        letter = spelled(term.indices[0])
        if isinstance(whole, Product) and any(_uses(f, letter) for f in whole.factors[:-1]):
            continue
        last = max(
            (n for n in range(at + 1, len(node.terms)) if _uses(node.terms[n], letter)), default=at
        )
        if last > at:
            sign = node.signs[at]
            outer = 1 if bracketed else sign
            signs = (1, *(outer * s for s in node.signs[at + 1 : last + 1]))
            inner = Sum((term.body, *node.terms[at + 1 : last + 1]), signs)
            wide: Node = replace(term, body=inner)
            if isinstance(whole, Product):  # `1/m sum_i y_i ln a_i + …`: the factor is of all
                wide = replace(whole, factors=(*whole.factors[:-1], wide))
            terms = (*node.terms[:at], wide, *node.terms[last + 1 :])
            if len(terms) == 1 and sign > 0:
                return wide
            return Sum(terms, (*node.signs[: at + 1], *node.signs[last + 1 :]), span=node.span)
    return node


def _uses(node: Node, letter: str) -> bool:
    return any(
        isinstance(index, Symbol) and spelled(index) == letter
        for symbol in quantities(node)
        for index in (*symbol.subscripts, *(mark.body for mark in symbol.marks))
    )


def changed(node: Node, function: Any) -> Node:
    """Return a node with a function applied to each node directly under it."""
    edits: dict[str, Any] = {}
    for name in names_of_nodes(node):
        value = getattr(node, name)
        new = _applied(value, function)
        if new is not value:
            edits[name] = new
    return replace(node, **edits) if edits else node


def _applied(value: Any, function: Any) -> Any:
    if isinstance(value, Node):
        return function(value)
    if isinstance(value, tuple) and value and not hasattr(value, "_fields"):
        items = tuple(_applied(item, function) for item in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
