r"""Sums in braces that no reader sees: `{a - b}(c)` is set as `a - b(c)`, and read so."""

from __future__ import annotations

from collections.abc import Sequence

from symback.reading.formula.syntax import Node, Operator, Product, Span, Sum

__all__ = ["as_seen", "joined"]


def as_seen(product: Product) -> Node:
    """A product of which sums in braces are factors, as the terms that are seen."""
    if all(len(_terms(factor)) == 1 for factor in product.factors):
        return product
    terms: list[list[tuple[Operator, Node]]] = [[]]
    signs = [1]
    operators = (Operator.JUXTAPOSED, *product.operators)
    for operator, factor in zip(operators, product.factors, strict=True):
        for at, (sign, term) in enumerate(_terms(factor)):
            if at or (sign < 0 and terms[-1]):
                terms.append([])
                signs.append(sign)
            elif sign < 0:
                signs[-1] = sign
            terms[-1].append((Operator.JUXTAPOSED if at else operator, term))
    return Sum(tuple(map(_product, terms)), tuple(signs), span=product.span)


def joined(terms: Sequence[Node], signs: Sequence[int]) -> tuple[list[Node], list[int]]:
    """The terms of a sum and their signs, those of sums in braces among them."""
    found = [
        (own if at else sign * own, inner)
        for sign, term in zip(signs, terms, strict=True)
        for at, (own, inner) in enumerate(_terms(term))
    ]
    return [term for _, term in found], [sign for sign, _ in found]


def _terms(node: Node) -> list[tuple[int, Node]]:
    r"""The terms of a sum in braces; of anything else itself, as the number in `2 \cdot -1` is."""
    if isinstance(node, Sum) and len(node.terms) > 1:
        return list(zip(node.signs, node.terms, strict=True))
    return [(1, node)]


def _product(factors: Sequence[tuple[Operator, Node]]) -> Node:
    nodes = tuple(node for _, node in factors)
    if len(nodes) == 1:
        return nodes[0]
    span = Span(nodes[0].span[0], nodes[-1].span[1])
    return Product(nodes, tuple(operator for operator, _ in factors[1:]), span=span)
