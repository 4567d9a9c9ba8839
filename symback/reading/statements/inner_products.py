r"""Inner products that are set with a dot between two vectors: `z = \mathbf w \cdot \mathbf x + b`.

The dot also multiplies entry by entry, as in `\mathbf c_t = \mathbf f_t \cdot \mathbf c_{t-1}`. It
is an inner product in the equation of a number: no result is told there to be a vector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Group,
    Node,
    Operator,
    Product,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_inner_products"]

_Pair = frozenset[str]


def with_inner_products(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with `w^T x` for the dots between the vectors of an equation of a number."""
    dotted = {pair for s in statements for side in _sides(s) for pair in _pairs(side)}
    if not dotted:
        return tuple(statements)
    vectors = set(_with_entries(statements))
    inner: set[_Pair] = set()
    entrywise: set[_Pair] = set()
    for statement in statements:
        left, right = statement.definition
        if statement.defines and left is not None and right is not None:
            found = {
                _names(one, other) for one, other in _pairs(right) if _are(vectors, one, other)
            }
            (entrywise if _is_vector(vectors, left) else inner).update(found)
    meant = inner - entrywise
    if not meant:
        return tuple(statements)

    def read(node: Node) -> Node:
        node = changed(node, read)
        if not isinstance(node, Product) or Operator.DOT not in node.operators:
            return node
        factors, operators = list(node.factors), list(node.operators)
        for at in reversed(range(len(operators))):
            one, other = factors[at], factors[at + 1]
            if operators[at] is Operator.DOT and isinstance(one, Symbol):
                if isinstance(other, Symbol) and _names(one, other) in meant:
                    product = Product((Transpose(one), other), (Operator.JUXTAPOSED,))
                    factors[at : at + 2] = [Group(product)]
                    del operators[at]
        if len(factors) == len(node.factors):
            return node
        if not operators:
            return replace(stripped(factors[0]), span=node.span)
        return replace(node, factors=tuple(factors), operators=tuple(operators))

    return tuple(
        replace(s, left=s.left and read(s.left), right=s.right and read(s.right))
        for s in statements
    )


def _sides(statement: Statement) -> Iterator[Node]:
    yield from (side for side in (statement.left, statement.right) if side is not None)


def _pairs(side: Node) -> Iterator[tuple[Symbol, Symbol]]:
    r"""The letters without subscripts that a `\cdot` stands between."""
    for node in everything(side):
        if isinstance(node, Product):
            for at, operator in enumerate(node.operators):
                one, other = node.factors[at : at + 2]
                if operator is Operator.DOT and isinstance(one, Symbol):
                    if isinstance(other, Symbol) and not one.subscripts:
                        yield one, other


def _names(one: Symbol, other: Symbol) -> _Pair:
    return frozenset([one.name, other.name])


def _are(vectors: set[str], one: Symbol, other: Symbol) -> bool:
    return one.name != other.name and _is_vector(vectors, one) and _is_vector(vectors, other)


def _is_vector(vectors: set[str], node: Node) -> bool:
    """Say whether a quantity is bold or has an arrow, or has entries elsewhere."""
    symbol = node.function if isinstance(node, Call) else node
    if not isinstance(symbol, Symbol):
        return True  # nothing says that it is a number
    if symbol.name[:1].isupper():
        return symbol.font == "bold"
    return symbol.font == "bold" or "vec" in symbol.accents or symbol.name in vectors


def _with_entries(statements: Sequence[Statement]) -> Iterator[str]:
    """Small letters that stand with a letter below, `w_j`, and without one elsewhere."""
    below, bare = set(), set()
    for side in (side for s in statements for side in _sides(s)):
        for symbol in quantities(side):
            if len(symbol.subscripts) == 1 and isinstance(symbol.subscripts[0], Symbol):
                below.add(symbol.name)
            elif not symbol.subscripts:
                bare.add(symbol.name)
    yield from below & bare
