r"""Derivatives of a sum, which are the sums of the derivatives, whatever it is that is added up.

`E = \sum_t E_t` shows `\partial E/\partial W = \sum_t \partial E_t/\partial W`, whatever E_t is.
"""

from __future__ import annotations

from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Brace,
    Call,
    Derivative,
    Fraction,
    Group,
    Nabla,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.symbols import everything, spelled
from symback.reading.statements.statements import Statement

__all__ = ["is_linear"]


def is_linear(model: DocumentModel, statement: Statement) -> bool:
    """Say whether a line is a definition that adds something up, differentiated term by term."""
    left, right = statement.left, statement.right
    if left is None or right is None:
        return False
    own = _plain(left)
    if not isinstance(own, Derivative) or len(own.by) != 1 or not isinstance(own.by[0], Symbol):
        return False
    of, by = own.of, own.by[0]
    if not isinstance(of, Symbol):
        return False
    found = model.definitions.under(model.names.split(of))
    if len(found) != 1 or found[0].parts.indices:
        return False
    try:
        expected = _differentiated(_plain(found[0].body), by)
    except _NoSum:
        return False
    return _alike(expected, _plain(right))


class _NoSum(Exception):
    """An expression is no sum of quantities with numbers before them."""


def _differentiated(node: Node, by: Symbol) -> Node:
    if isinstance(node, BigSum) and node.operator == "sum" and node.indices:
        letters = set(map(spelled, node.indices))
        scripts = (*by.subscripts, *(mark.body for mark in by.marks))
        if any(spelled(part) in letters for s in scripts if s is not None for part in s.walk()):
            raise _NoSum  # `w_t` is differentiated by in one term alone
        return replace(node, body=_differentiated(node.body, by))
    if isinstance(node, Sum):
        return replace(node, terms=tuple(_differentiated(term, by) for term in node.terms))
    if isinstance(node, Product):
        added = [at for at, factor in enumerate(node.factors) if isinstance(factor, BigSum)]
        others = [f for f in node.factors if not isinstance(f, BigSum)]
        if len(added) != 1 or not all(map(_is_number, others)):
            raise _NoSum
        factors = list(node.factors)
        factors[added[0]] = _differentiated(factors[added[0]], by)
        return replace(node, factors=tuple(factors))
    if isinstance(node, Symbol) and node.base != by.base:
        return Derivative("∂", node, (by,))
    if isinstance(node, Call) and not node.order and node.function.base != by.base:
        return Derivative("∂", node, (by,))
    raise _NoSum


def _is_number(node: Node) -> bool:
    """Say whether a factor is a number or one over the size of something, as `1/m`."""
    if isinstance(node, Fraction):
        below = node.denominator
        plain = isinstance(below, Symbol) and below == Symbol(below.name)
        return isinstance(node.numerator, Number) and (plain or isinstance(below, Number))
    return isinstance(node, Number)


def _plain(node: Node) -> Node:
    """An expression without brackets, with every derivative written in one way."""
    if isinstance(node, Group | Brace):
        return _plain(node.body)
    node = changed(node, _plain)
    if isinstance(node, Nabla) and node.of is not None and node.by is not None:
        return Derivative("∂", node.of, (node.by,))
    if isinstance(node, Derivative):
        of = stripped(node.of) if node.of is not None else None
        if isinstance(of, Call) and not of.order and not any(map(_is_of_one, of.arguments)):
            of = of.function  # `E(w)`
        return Derivative("∂", of, node.by)
    return node


def _is_of_one(argument: Node) -> bool:
    """Say whether an argument is one of several, as in `l(y_t, o_t)`."""
    argument = stripped(argument)
    return not isinstance(argument, Symbol) or bool(argument.subscripts or argument.marks)


def _alike(one: Node, other: Node) -> bool:
    """Say whether two expressions are written alike, but for limits that one of them leaves out."""
    if isinstance(one, BigSum) and isinstance(other, BigSum):
        if (one.operator, one.indices, one.conditions) != (
            other.operator, other.indices, other.conditions,
        ):  # fmt: skip
            return False
        limits = (one.lower, one.upper), (other.lower, other.upper)
        if limits[0] != limits[1] and (None, None) not in limits:
            return False
        if limits[0] != limits[1] and not all(lower in _FIRST for lower, _ in limits):
            return False
        return _alike(one.body, other.body)
    if isinstance(one, Sum | Product) and type(one) is type(other):
        pairs = list(zip(one.children(), other.children(), strict=False))
        signs = not isinstance(one, Sum) or one.signs == other.signs  # type: ignore[union-attr]
        same = len(list(one.children())) == len(list(other.children()))
        return same and signs and all(_alike(a, b) for a, b in pairs)
    return one == other and not any(isinstance(part, BigSum) for part in everything(one))


_FIRST = (None, Number("1"), Number("0"))
