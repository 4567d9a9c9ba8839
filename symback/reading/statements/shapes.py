r"""Shapes set as products, no claims: `(n \times k) \cdot (k \times m) = (n \times m)`."""

from __future__ import annotations

from symback.reading.formula.syntax import Group, Node, Number, Operator, Product, Symbol, Transpose

__all__ = ["are_shapes"]


def are_shapes(left: Node, right: Node) -> bool:
    """Say whether both sides are made of nothing but shapes in brackets."""
    return _is_of_shapes(left) and _is_of_shapes(right)


def _is_of_shapes(node: Node) -> bool:
    if isinstance(node, Transpose):
        return _is_of_shapes(node.body)
    if isinstance(node, Group):
        return _is_shape(node.body)
    return isinstance(node, Product) and all(map(_is_of_shapes, node.factors))


def _is_shape(node: Node) -> bool:
    r"""Say whether this is a product of sizes, `n \times 1`."""
    return (
        isinstance(node, Product)
        and set(node.operators) == {Operator.TIMES}
        and all(isinstance(size, Symbol | Number) for size in node.factors)
    )
