r"""Entries that are written as programs write them: `O[i, j] = \sum_m I[i + m, j] K[m]`.

A square bracket behind a letter is a factor elsewhere. Where a whole left side is one, or a
derivative is of one or by one, and what is in it counts, brackets hold indices. Behind a letter
that has its indices below they hold its layer or its step: `y_i[l]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symback.reading.formula.function_names import spelling
from symback.reading.formula.symbols import counts_entries
from symback.reading.formula.syntax import (
    Differential,
    Fraction,
    Group,
    Node,
    Operator,
    Power,
    Product,
    Symbol,
    Tuple,
)
from symback.reading.statements.relations import Chain

__all__ = ["with_bracket_indices"]


def with_bracket_indices(chains: Iterable[Chain]) -> tuple[set[str], set[str]]:
    """The names with indices in square brackets, and those with a layer or a step in them.

    They are spelled as tables of names spell them.
    """
    found: set[str] = set()
    placed: set[str] = set()
    is_shown = False
    for chain in chains:
        operands = [*([chain.first] if chain.first else []), *(k.operand for k in chain.links)]
        is_shown = is_shown or bool(chain.links and chain.first and _is_entry(chain.first))
        for node in (node for operand in operands for node in operand.walk()):
            if isinstance(node, Product):
                for symbol in _indexed(node):
                    (placed if symbol.subscripts else found).add(spelling(symbol))
            elif isinstance(node, Fraction):
                parts = node.numerator, node.denominator
                is_shown = is_shown or any(_is_entry(part, Differential) for part in parts)
    return (found, placed) if is_shown else (set(), set())


def _is_entry(node: Node, kind: type[Node] = Symbol) -> bool:
    """Say whether an expression is a name, or a differential of one, and indices in a bracket."""
    return (
        isinstance(node, Product)
        and len(node.factors) == 2
        and isinstance(node.factors[0], kind)
        and any(True for _ in _indexed(node))
    )


def _indexed(product: Product) -> Iterator[Symbol]:
    for operator, one, other in zip(
        product.operators, product.factors, product.factors[1:], strict=False
    ):
        symbol = one.of if isinstance(one, Differential) else one
        bracket = other.base if isinstance(other, Power) else other
        if operator is not Operator.JUXTAPOSED or not isinstance(symbol, Symbol):
            continue
        if isinstance(bracket, Tuple) and bracket.bracket == "[":
            items = bracket.items
        elif isinstance(bracket, Group) and bracket.bracket == "[":
            items = (bracket.body,)
        else:
            continue
        is_placed = bool(symbol.subscripts) and not symbol.marks and len(items) == 1
        if (is_placed or not symbol.subscripts) and counts_entries(items, with_last=is_placed):
            yield symbol
