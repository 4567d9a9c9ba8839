"""Divisions by an output that may be 0, cancelled against the factor that is the output itself.

Behind softmax, ``-y (1 - yhat)**2 log(yhat)`` has the derivative ``yhat (… - (1 - yhat)**2/yhat)``:
where ``yhat`` is 0 this would be 0 times infinity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import S

from symback.calculus.matrix.tree import Elementwise, Hadamard, Number, Plus, Power, Scaled
from symback.emission.tree import children, rebuild, walk

__all__ = ["cancelled", "divisors"]


def cancelled(node: Any) -> Any:
    """A tree of equal value in which no factor of a product stands below another's line."""
    node = rebuild(node, cancelled)
    if not isinstance(node, Hadamard):
        return node
    factors = list(node.factors)
    for factor in node.factors:
        for other in factors:
            if other is not factor and factor in factors and _divides(factor, other):
                factors.remove(factor)
                factors[factors.index(other)] = _times(other, factor)
                rest = tuple(factors)
                return cancelled(rest[0] if len(rest) == 1 else Hadamard(rest))
    return node


def _divides(factor: Any, node: Any) -> bool:
    """Whether a factor stands below the line somewhere in a sum or product."""
    match node:
        case Power(body, exponent) if exponent.is_Integer and exponent < 0:
            return bool(body == factor)
        case Plus(parts) | Hadamard(parts):
            return any(_divides(factor, part) for part in parts)
        case Scaled(_, body):
            return _divides(factor, body)
    return False


def _times(node: Any, factor: Any) -> Any:
    """A tree times a factor that divides it somewhere."""
    match node:
        case Power(body, exponent) if body == factor and exponent.is_Integer and exponent < 0:
            if exponent == S.NegativeOne:
                return Number(S.One)
            return Power(body, exponent + 1)
        case Plus(terms):
            return Plus(tuple(_times(term, factor) for term in terms))
        case Scaled(number, body):
            return Scaled(number, _times(body, factor))
        case Hadamard(factors):
            for position, part in enumerate(factors):
                if _divides(factor, part):
                    changed = _times(part, factor)
                    rest = (*factors[:position], changed, *factors[position + 1 :])
                    kept = tuple(p for p in rest if p != Number(S.One))
                    return kept[0] if len(kept) == 1 else Hadamard(kept)
            return Hadamard((factor, *factors))
        case Number(value) if value == 1:
            return factor
    return Hadamard((factor, node))


def divisors(node: Any) -> Iterator[Any]:
    """What a tree divides by, or takes the logarithm of."""
    for part in walk(node):
        match part:
            case Power(body, exponent) if exponent.is_negative and children(part):
                yield body
            case Elementwise("log", 0, body):
                yield body
