"""Numbers brought to the front of a tree, where they are multiplied once and read like a formula.

``2 yhat - 2 y`` over ``n`` becomes ``2 (yhat - y) / n``.
"""

from __future__ import annotations

from typing import Any

from sympy import Mul, S

from symback.calculus.matrix.tree import Hadamard, MatMul, Number, Plus, Reduce, Scaled, Transpose
from symback.emission.tree import axes, rebuild

__all__ = ["tidy"]


def tidy(node: Any) -> Any:
    """A tree of equal value with at most one factor in front of each product."""
    node = rebuild(node, tidy)
    match node:
        case Scaled(factor, Scaled(inner, body)):
            return _scaled(factor * inner, body)
        case Scaled(factor, body):
            return _scaled(factor, body)
        case Hadamard(factors):
            return _product(factors)
        case MatMul(left, right):
            outside = Mul(*(part.factor for part in (left, right) if isinstance(part, Scaled)))
            return _scaled(outside, MatMul(_bare(left), _bare(right)))
        case Reduce(Scaled(factor, body), axis):
            return _scaled(factor, Reduce(body, axis))
        case Transpose(Scaled(factor, body)):
            return _scaled(factor, Transpose(body))
        case Plus(terms):
            return _plus(terms)
    return node


def _scaled(factor: Any, body: Any) -> Any:
    return body if factor == 1 else Scaled(factor, body)


def _bare(node: Any) -> Any:
    return node.body if isinstance(node, Scaled) else node


def _product(factors: tuple[Any, ...]) -> Any:
    outside = S.One
    inside: list[Any] = []
    for part in factors:
        match part:
            case Number(value):
                outside *= value
            case Scaled(factor, body):
                outside *= factor
                inside += body.factors if isinstance(body, Hadamard) else [body]
            case _:
                inside.append(part)
    if not inside:
        return Number(outside)
    return _scaled(outside, inside[0] if len(inside) == 1 else Hadamard(tuple(inside)))


def _plus(terms: tuple[Any, ...]) -> Any:
    """Take out the factor that all terms share but for its sign."""
    factors = [part.factor if isinstance(part, Scaled) else S.One for part in terms]
    first = factors[0] if not factors[0].could_extract_minus_sign() else -factors[0]
    negative = all(factor.could_extract_minus_sign() for factor in factors)
    first = -first if negative else first
    if first == 1 or any(factor not in (first, -first) for factor in factors):
        return Plus(terms)
    rest = (_scaled(f / first, part.body) for f, part in zip(factors, terms, strict=True))
    whole = Plus(tuple(rest))
    return Scaled(first, whole) if axes(whole) == axes(Plus(terms)) else Plus(terms)
