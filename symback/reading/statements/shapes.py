r"""Shapes set as products, no claims: `(n \times k) \cdot (k \times m) = (n \times m)`."""

from __future__ import annotations

from itertools import pairwise

from symback.reading.formula.syntax import (
    Brace,
    Group,
    Node,
    Number,
    Operator,
    Product,
    Symbol,
    Transpose,
    Tuple,
)

__all__ = ["are_shapes"]

Shape = tuple[Node, ...]


def are_shapes(left: Node, right: Node) -> bool:
    r"""Say whether both sides are made of nothing but shapes.

    Each stands in brackets, or they are right of shapes: `(2 \times 3)(3 \times 2) = 2 \times 2`,
    which is wrong of numbers.
    """
    if _is_of_shapes(left) and _is_of_shapes(right):
        return True
    found = _shape(left)
    return found is not None and found == _shape(right) and (_is_made(left) or _is_made(right))


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


def _is_made(node: Node) -> bool:
    """Say whether this is a product of shapes, and no single one."""
    while isinstance(node, Group | Brace):
        node = node.body
    return isinstance(node, Product) and len(_factors(node)) > 1


def _shape(node: Node) -> Shape | None:
    """The rows and columns that are left of shapes multiplied; None where they misfit."""
    while isinstance(node, Group | Brace):
        node = node.body
    if isinstance(node, Transpose):
        turned = _shape(node.body)
        return turned and turned[::-1]
    if isinstance(node, Tuple):
        return _sizes(node.items)
    if not isinstance(node, Product):
        return None
    factors = _factors(node)
    if len(factors) == 1:
        return _sizes(factors[0])
    shapes = [_shape(part[0]) if len(part) == 1 else _sizes(part) for part in factors]
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes) or any(a[1] != b[0] for a, b in pairwise(known)):
        return None
    return known[0][0], known[-1][1]


def _factors(node: Product) -> list[tuple[Node, ...]]:
    r"""The shapes of a product, with their sizes: `2 \times 3 \cdot 3 \times 1` has two."""
    if not any(isinstance(factor, Symbol | Number) for factor in node.factors):
        return [(factor,) for factor in node.factors]
    parts: list[list[Node]] = [[node.factors[0]]]
    for operator, factor in zip(node.operators, node.factors[1:], strict=True):
        if operator is Operator.TIMES:
            parts[-1].append(factor)
        else:
            parts.append([factor])
    return [tuple(part) for part in parts]


def _sizes(nodes: tuple[Node, ...]) -> Shape | None:
    """Rows and columns as they are written, where these are two counts."""
    are_counts = all(
        isinstance(node, Symbol) or (isinstance(node, Number) and node.digits.isdecimal())
        for node in nodes
    )
    return nodes if len(nodes) == 2 and are_counts else None
