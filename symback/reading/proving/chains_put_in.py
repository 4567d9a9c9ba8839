r"""Chains of derivatives of arrays with the equations put in: `\sum_t dL/dz_t dz_t/dW`.

The engine knows derivatives of what is differentiated alone. Behind one of them a factor `dz/dW` is
that of the equation for z, all else held: beside `z_t = W h_t` the product is `dL/dz_t h_t^T`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Fraction,
    Group,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.function_meanings import is_softmax
from symback.reading.network.symbols import base_of, everything
from symback.reading.proving.case import Pair

__all__ = ["chain_put_in"]

_PLAIN = frozenset([Operator.JUXTAPOSED, Operator.DOT, Operator.TIMES, Operator.STAR])


def chain_put_in(node: Node, equations: Sequence[Pair]) -> Node | None:
    """A line's side with its chains of derivatives written out; None where it has none."""
    if isinstance(node, Group):
        return chain_put_in(node.body, equations)
    if isinstance(node, BigSum):
        body = chain_put_in(node.body, equations)
        return replace(node, body=body) if body is not None else None
    if isinstance(node, Sum):
        terms = [chain_put_in(term, equations) for term in node.terms]
        if not any(terms):
            return None
        return replace(
            node, terms=tuple(new or old for new, old in zip(terms, node.terms, strict=True))
        )
    if not isinstance(node, Product) or not set(node.operators) <= _PLAIN:
        return None
    slope, *factors = map(stripped, node.factors)
    if isinstance(slope, Number | Fraction) and isinstance(node.factors[-1], BigSum | Group):
        rest = chain_put_in(node.factors[-1], equations)
        return replace(node, factors=(*node.factors[:-1], Group(rest))) if rest else None
    if not isinstance(slope, Derivative) or not factors:
        return None
    total: Node = slope
    last: Node = slope.by[0]
    for factor in factors:
        if not (isinstance(factor, Derivative) and factor.of is not None and len(factor.by) == 1):
            return None
        of, by = stripped(factor.of), factor.by[0]
        if of != last or not isinstance(of, Symbol) or not isinstance(by, Symbol):
            return None
        last = by
        formula = _formula(of, equations)
        put = _behind(formula, by, total) if formula is not None else None
        if put is None:
            return None
        total = put
    return total


def _formula(of: Symbol, equations: Sequence[Pair]) -> Node | None:
    """The right side of the equation for a quantity, at its step."""
    found = [
        (left, right)
        for left, right in equations
        if isinstance(left, Symbol) and base_of(left) == base_of(of)
        if len(left.subscripts) == len(of.subscripts) and left.marks == of.marks
    ]
    if len(found) != 1:
        return None
    left, right = found[0]
    at = dict(zip(left.subscripts, of.subscripts, strict=True))
    if not all(isinstance(index, Symbol) for index in at):
        return right if left == of else None

    def put(node: Node) -> Node:
        if isinstance(node, Symbol):
            return replace(node, subscripts=tuple(map(shifted, node.subscripts)))
        return changed(node, put)

    def shifted(index: Node) -> Node:
        if index in at:
            return at[index]
        if isinstance(index, Sum) and any(term in at for term in index.terms):
            return _step(replace(index, terms=tuple(at.get(term, term) for term in index.terms)))
        return index

    return put(right)


def _step(index: Sum) -> Node:
    """A step such as `t + 1 - 1` as the letter with one number, or without."""
    letters: list[tuple[Node, int]] = []
    more = 0
    waiting = list(zip(index.terms, index.signs, strict=True))
    while waiting:
        term, sign = waiting.pop()
        term = stripped(term)
        if isinstance(term, Sum):
            signs = (sign * own for own in term.signs)
            waiting += zip(term.terms, signs, strict=True)
        elif isinstance(term, Number) and term.digits.isdecimal():
            more += sign * int(term.digits)
        else:
            letters.append((term, sign))
    if len(letters) != 1 or letters[0][1] != 1:
        return index
    letter = letters[0][0]
    return Sum((letter, Number(str(abs(more)))), (1, 1 if more > 0 else -1)) if more else letter


def _behind(node: Node, by: Symbol, slope: Node) -> Node | None:
    """What a slope by an expression is of a slope by what stands in it once; None elsewhere."""
    node = stripped(node)
    if node == by:
        return slope
    places = [part for part in everything(node) if part == by]
    if len(places) != 1:
        return None
    if isinstance(node, Transpose):
        return _behind(node.body, by, Transpose(slope))
    if isinstance(node, Sum):
        for term, sign in zip(node.terms, node.signs, strict=True):
            if any(part == by for part in everything(term)):
                inner = _behind(term, by, slope)
                return inner if sign > 0 or inner is None else Sum((inner,), (-1,))
    if isinstance(node, Call) and len(node.arguments) == 1 and is_softmax(node.function.name):
        inner = _product(Transpose(Group(node)), slope, Operator.JUXTAPOSED)
        terms = (
            _product(node, slope, Operator.ODOT),
            _product(node, inner, Operator.JUXTAPOSED),
        )
        return _behind(node.arguments[0], by, Group(Sum(terms, (1, -1))))
    if isinstance(node, Call) and len(node.arguments) == 1:
        steep = replace(node, order=node.order + 1)
        return _behind(node.arguments[0], by, _product(slope, steep, Operator.ODOT))
    if isinstance(node, Product) and len(node.factors) == 2:
        (one, other), (operator,) = node.factors, node.operators
        inside = any(part == by for part in everything(one))
        if operator in (Operator.ODOT, Operator.CIRC):
            return _behind(
                one if inside else other, by, _product(slope, other if inside else one, operator)
            )
        if operator in _PLAIN and inside:
            return _behind(one, by, _product(slope, Transpose(Group(other)), Operator.JUXTAPOSED))
        if operator in _PLAIN:
            return _behind(other, by, _product(Transpose(Group(one)), slope, Operator.JUXTAPOSED))
    return None


def _product(one: Node, other: Node, operator: Operator) -> Node:
    return Product((Group(one), Group(other)), (operator,))
