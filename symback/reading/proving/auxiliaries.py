r"""Quantities beside the forward pass, which only lines about it are written with.

Beside `J = -u_o^T v + \log \sum_w \exp(u_w^T v)` a page has a `\hat y_w` that J does not use. In
lines about J what its equation says is put in for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Group,
    Hessian,
    Nabla,
    Node,
    Symbol,
)
from symback.reading.network.symbols import everything, quantities

__all__ = ["with_auxiliaries"]

_BACKWARD = (Derivative, Differential, Hessian, Nabla)
_Pair = tuple[Node, Node]


def with_auxiliaries(claims: Sequence[_Pair], equations: Sequence[_Pair]) -> list[_Pair]:
    """The claims with what such quantities are put in on their right sides.

    Args:
        claims: left and right sides of lines.
        equations: those of quantities, which stay as they are.
    """
    used = {_bare(symbol) for _, right in equations for symbol in quantities(right)}
    used |= {index for pair in (*claims, *equations) for side in pair for index in _counting(side)}
    lefts = [left for left, _ in equations if isinstance(left, Symbol)]
    names = [_bare(left) for left in lefts]
    beside: dict[Symbol, _Pair] = {}
    for left, right in equations:
        if not isinstance(left, Symbol) or _bare(left) in used or names.count(_bare(left)) > 1:
            continue
        counts = all(isinstance(index, Symbol) for index in left.subscripts)
        if not counts or any(isinstance(node, _BACKWARD) for node in everything(right)):
            continue
        beside[_bare(left)] = left, right
    if not beside:
        return list(claims)
    return [(left, _put_in(right, beside)) for left, right in claims]


def _counting(side: Node) -> Iterator[Symbol]:
    """The letters in scripts and below sums."""
    for node in side.walk():
        scripts: tuple[Node | None, ...] = ()
        if isinstance(node, Symbol):
            scripts = (*node.subscripts, *(mark.body for mark in node.marks))
        elif isinstance(node, BigSum):
            scripts = (*node.indices, node.lower, node.upper)
        for script in scripts:
            if script is not None:
                yield from (part for part in script.walk() if isinstance(part, Symbol))


def _bare(symbol: Symbol) -> Symbol:
    return replace(symbol, subscripts=())


def _put_in(node: Node, beside: Mapping[Symbol, _Pair]) -> Node:
    if isinstance(node, _BACKWARD):
        return node
    if isinstance(node, Symbol):
        found = beside.get(_bare(node))
        if found is None:
            return node
        left, right = found
        assert isinstance(left, Symbol)
        if len(left.subscripts) == len(node.subscripts):
            given = dict(zip(left.subscripts, node.subscripts, strict=True))
            bound = {x for part in everything(right) if isinstance(part, BigSum)
                     for x in part.indices}  # fmt: skip
            if bound.isdisjoint(x for index in node.subscripts for x in index.walk()):
                return Group(_named(right, given), "(", span=node.span)
        return node
    if isinstance(node, BigSum):
        return replace(node, body=_put_in(node.body, beside))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_put_in(x, beside) for x in node.arguments))
    return changed(node, lambda inner: _put_in(inner, beside))


def _named(node: Node, given: Mapping[Node, Node]) -> Node:
    """An expression with other indices."""
    if isinstance(node, BigSum):
        return replace(node, body=_named(node.body, given))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_named(x, given) for x in node.arguments))
    if isinstance(node, Symbol):
        below = tuple(_named(index, given) for index in node.subscripts)
        return given.get(node) or replace(node, subscripts=below)
    return changed(node, lambda inner: _named(inner, given))
