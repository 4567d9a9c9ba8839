r"""Inner products that are set with a dot between two vectors: `z = \mathbf w \cdot \mathbf x + b`.

The dot also multiplies entry by entry, as in `\mathbf c_t = \mathbf f_t \cdot \mathbf c_{t-1}`. It
is an inner product in the equation of a number: no result is told there to be a vector. So is
`W x`, where both have entries by one index, `w_j` or `W_j` and `x_j`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Group,
    Node,
    Operator,
    Product,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_inner_products"]

_Pair = frozenset[str]
_SIGNS = (Operator.DOT, Operator.JUXTAPOSED)


def with_inner_products(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with `w^T x` for the dots between the vectors of an equation of a number."""
    statements = _with_capital_entries(statements)
    if not any(True for s in statements for side in _sides(s) for _ in _pairs(side)):
        return tuple(statements)
    entries = _entries(statements)
    vectors = set(entries)
    inner: set[_Pair] = set()
    entrywise: set[_Pair] = set()
    for statement in statements:
        left, right = statement.definition
        if statement.defines and left is not None and right is not None:
            found = {
                _names(one, other)
                for one, other, operator in _pairs(right)
                if _are(vectors, one, other)
                if operator is Operator.DOT or _share_index(entries, one, other)
            }
            (entrywise if _is_vector(vectors, left) else inner).update(found)
    meant = inner - entrywise
    if not meant:
        return tuple(statements)

    def read(node: Node) -> Node:
        node = changed(node, read)
        if not isinstance(node, Product):
            return node
        factors, operators = list(node.factors), list(node.operators)
        for at in reversed(range(len(operators))):
            one, other = factors[at], factors[at + 1]
            if operators[at] in _SIGNS and isinstance(one, Symbol) and not one.subscripts:
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


def _pairs(side: Node) -> Iterator[tuple[Symbol, Symbol, Operator]]:
    """The neighbours in products that have no subscripts, and what stands between them."""
    for node in everything(side):
        if isinstance(node, Product):
            for at, operator in enumerate(node.operators):
                one, other = node.factors[at : at + 2]
                if operator in _SIGNS and isinstance(one, Symbol) and isinstance(other, Symbol):
                    if not (one.subscripts or other.subscripts):
                        yield one, other, operator


def _names(one: Symbol, other: Symbol) -> _Pair:
    return frozenset([one.name, other.name])


def _are(vectors: set[str], one: Symbol, other: Symbol) -> bool:
    return one.name != other.name and _is_vector(vectors, one) and _is_vector(vectors, other)


def _is_vector(vectors: set[str], node: Node) -> bool:
    """Say whether a quantity is bold or has an arrow, or has entries elsewhere."""
    symbol = node.function if isinstance(node, Call) else node
    if not isinstance(symbol, Symbol):
        return True  # nothing says that it is a number
    if symbol.subscripts and symbol.font != "bold" and "vec" not in symbol.accents:
        return False
    if symbol.name[:1].isupper():
        return symbol.font == "bold" or symbol.name in vectors
    return symbol.font == "bold" or "vec" in symbol.accents or symbol.name in vectors


def _share_index(entries: Mapping[str, set[str]], one: Symbol, other: Symbol) -> bool:
    """Say whether both have entries by one letter, as `w_j` and `x_j`: samples have another."""
    return bool(entries.get(one.name, set()) & entries.get(other.name, set()))


def _entries(statements: Sequence[Statement]) -> dict[str, set[str]]:
    """The letters below those that stand with one, `w_j`, and without any elsewhere."""
    below: dict[str, set[str]] = {}
    bare, other = set(), set()
    for side in (side for s in statements for side in _sides(s)):
        for symbol in quantities(side):
            if len(symbol.subscripts) == 1 and isinstance(index := symbol.subscripts[0], Symbol):
                below.setdefault(symbol.name, set()).add(index.name)
            elif symbol.subscripts:
                other.add(symbol.name)
            else:
                bare.add(symbol.name)
    return {name: found for name, found in below.items() if name in bare - other}


def _with_capital_entries(statements: Sequence[Statement]) -> Sequence[Statement]:
    """The statements with `W_j` for the `w_j` by which is differentiated beside `W x`.

    That is where W stands in products before a vector alone, and w with one index alone.
    """
    sides = [side for s in statements for side in _sides(s)]
    symbols = [symbol for side in sides for symbol in quantities(side)]
    by = {
        each.name
        for side in sides
        for node in everything(side)
        if isinstance(node, Derivative)
        for each in node.by
        if isinstance(each, Symbol) and len(each.subscripts) == 1
    }
    small = set(_only_entries(symbols)) & by
    first = {one.name for side in sides for one, other, _ in _pairs(side) if other.name.islower()}
    transposed = {
        inner.name
        for side in sides
        for node in everything(side)
        if isinstance(node, Transpose) and isinstance(inner := stripped(node.body), Symbol)
    }
    plain = {s.name for s in symbols if not s.subscripts} - {
        s.name for s in symbols if s.subscripts
    }
    capital = {w.upper() for w in small} & first & plain - transposed - LOSSES
    if not capital:
        return statements

    def read(node: Node) -> Node:
        node = changed(node, read)
        if isinstance(node, Symbol) and node.subscripts and node.name.upper() in capital:
            return replace(node, name=node.name.upper())
        return node

    return [
        replace(s, left=s.left and read(s.left), right=s.right and read(s.right))
        for s in statements
    ]


def _only_entries(symbols: Sequence[Symbol]) -> Iterator[str]:
    """Small letters that stand with one letter below and in no other way."""
    ways: dict[str, set[bool]] = {}
    for s in symbols:
        is_entry = len(s.subscripts) == 1 and isinstance(s.subscripts[0], Symbol) and not s.marks
        ways.setdefault(s.name, set()).add(is_entry)
    yield from (name for name, found in ways.items() if found == {True} and name.islower())
