r"""Outer products by their sign, `a \otimes b`, as the product `a b^T` of two columns."""

from __future__ import annotations

from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Node, Operator, Product, Transpose

__all__ = ["with_outer_products"]


def with_outer_products(node: Node) -> Node:
    """The expression with its outer products of two factors written out."""
    node = changed(node, with_outer_products)
    if not isinstance(node, Product) or node.operators[-1] is not Operator.OTIMES:
        return node
    if node.operators.count(Operator.OTIMES) > 1:
        return node
    *before, last = node.factors
    operators = (*node.operators[:-1], Operator.JUXTAPOSED)
    return replace(node, factors=(*before, Transpose(last, span=last.span)), operators=operators)
