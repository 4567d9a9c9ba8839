r"""Derivatives in the notation of Lagrange, with what a function is a function of in its brackets.

`C'(W) = C'(R) R'(Z) Z'(W)` is the chain rule: each bracket has the name of the next function. Only
such a chain is read so, since `f'(z)` by itself is the derivative of `f` at `z`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Node, Product, Symbol, stripped
from symback.reading.statements.statements import Statement

__all__ = ["with_derivatives"]


def with_derivatives(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with chains of functions of each other as chains of derivatives."""
    return tuple(map(_read, statements))


def _read(statement: Statement) -> Statement:
    left, right = statement.left, statement.right
    if left is None or right is None:
        return statement
    chain = _chain(right)
    right = _written(right, chain) if chain else right
    whole, links = stripped(left), _links(right)
    if links and isinstance(whole, Call) and _is_by(whole, links[0].of, links[-1].by[0]):
        left = _derivative(whole)
    return replace(statement, left=left, right=right)


def _links(node: Node) -> list[Derivative]:
    """The factors of a product that are derivatives, one by what the next one is of."""
    factors = list(map(stripped, node.factors)) if isinstance(node, Product) else []
    found = [factor for factor in factors if isinstance(factor, Derivative) and factor.of]
    linked = all(one.by == (other.of,) for one, other in itertools.pairwise(found))
    return found if linked and len(found) == len(factors) else []


def _chain(node: Node) -> list[Call]:
    """The factors of a product, in which each function is the argument of the one before."""
    if not isinstance(node, Product):
        return []
    factors = [factor for factor in map(stripped, node.factors) if isinstance(factor, Call)]
    if len(factors) < max(2, len(node.factors)):
        return []
    follows = all(
        _is_by(one, one.function, other.function) for one, other in itertools.pairwise(factors)
    )
    last = factors[-1]
    return factors if follows and _is_by(last, last.function, last.arguments[0]) else []


def _is_by(call: Call, function: Node | None, argument: Node) -> bool:
    return (
        call.order == 1
        and len(call.arguments) == 1
        and isinstance(argument, Symbol)
        and (call.function, call.arguments[0]) == (function, argument)
    )


def _written(node: Node, chain: Sequence[Call]) -> Node:
    def read(part: Node) -> Node:
        if isinstance(part, Call) and part in chain:
            return _derivative(part)
        return changed(part, read)

    return read(node)


def _derivative(call: Call) -> Derivative:
    return Derivative("d", call.function, call.arguments, span=call.span)
