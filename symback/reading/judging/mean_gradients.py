r"""How gradients of weights over a batch are written: `1/m dZ A^T`, `1/m \sum_i dz^{(i)}`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Fraction,
    Nabla,
    Node,
    Number,
    Product,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.symbols import quantities

__all__ = [
    "by_what", "divided", "divisor_of", "is_slope", "summand", "with_small_letters",
    "without_first",
]  # fmt: skip

_SUMS = frozenset(["sum"])


def by_what(node: Node) -> Symbol | None:
    """By what a derivative, a gradient or a differential is; None for anything else."""
    node = stripped(node)
    if isinstance(node, Differential) and node.order == 1:
        return node.of if isinstance(node.of, Symbol) else None
    if isinstance(node, Derivative) and len(node.by) == 1:
        return node.by[0] if isinstance(node.by[0], Symbol) else None
    if isinstance(node, Nabla):
        return node.by if isinstance(node.by, Symbol) else None
    return None


def is_slope(node: Node) -> bool:
    """Say whether an expression is nothing but a derivative."""
    return isinstance(stripped(node), Derivative | Differential | Nabla)


def divisor_of(right: Node) -> str:
    """The letter by which a side is divided, as its first factor; "" for none."""
    node = stripped(right)
    first = node.factors[0] if isinstance(node, Product) else node
    if isinstance(first, Fraction) and first.numerator == Number("1"):
        if isinstance(first.denominator, Symbol):
            return first.denominator.name
    return ""


def divided(right: Node, count: str) -> Node | None:
    """What is divided by a count, or the side itself for the count ""; None for another divisor."""
    if divisor_of(right) != count:
        return None
    node = stripped(right)
    if not count:
        return node
    return without_first(node) if isinstance(node, Product) else None


def without_first(node: Product) -> Node:
    """A product without its first factor."""
    rest, operators = node.factors[1:], node.operators[1:]
    return rest[0] if len(rest) == 1 else replace(node, factors=rest, operators=operators)


def summand(right: Node, letters: Collection[str]) -> Node | None:
    """What one sample gives of what all of them add up to: of `sum(dZ)` or `dZ A^T`.

    Args:
        right: the sum, without what it is divided by.
        letters: those of a batch.
    """
    inner = stripped(right)
    if isinstance(inner, Call) and inner.function.name in _SUMS and inner.arguments:
        return inner.arguments[0]
    over_samples = (
        isinstance(inner, Product)
        and len(inner.factors) == 2
        and isinstance(inner.factors[1], Transpose)
        and all(any(s.name in letters for s in quantities(each)) for each in inner.factors)
    )
    return inner if over_samples else None


def with_small_letters(letters: Mapping[str, str], node: Node) -> Node:
    """A side with the letters of one sample."""
    if isinstance(node, Symbol):
        return replace(node, name=letters.get(node.name, node.name))
    return changed(node, partial(with_small_letters, letters))
