r"""Slopes that are written without an argument: `\sigma' = \sigma(1 - \sigma)`.

What stands there is the function's value at whatever it is applied to, and its bracket a product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Group,
    Node,
    Number,
    Operator,
    Product,
    Symbol,
)
from symback.reading.network.symbols import everything
from symback.reading.statements.relations import Block, Chain

__all__ = ["is_bare_slope", "with_arguments"]

_AT = Symbol("z")


def is_bare_slope(left: Node, right: Node) -> bool:
    """Say whether an equation gives a letter's slope by its value: of nothing but the letter."""
    if not isinstance(left, Symbol) or left.primes != 1 or left != replace(left.base, primes=1):
        return False
    own = left.base
    nodes = list(everything(right))
    symbols = [node for node in nodes if isinstance(node, Symbol)]
    called = {node.function for node in nodes if isinstance(node, Call)}
    return bool(symbols) and set(symbols) | called == {own}


def with_arguments(blocks: Sequence[Block], table: FunctionTable) -> list[Block]:
    """Blocks in which such slopes and values of functions have an argument.

    Args:
        blocks: what the formulas say.
        table: which names are functions.
    """
    return [
        replace(
            block, items=tuple(_of(i, table) if isinstance(i, Chain) else i for i in block.items)
        )
        for block in blocks
    ]


def _of(chain: Chain, table: FunctionTable) -> Chain:
    first = chain.first
    if not isinstance(first, Symbol) or not chain.links or not table.calls(first.base):
        return chain
    if not all(is_bare_slope(first, link.operand) for link in chain.links):
        return chain
    put_in = partial(_at, first.base)
    slope = Call(first.base, (_AT,), 1, span=first.span)
    return replace(chain.with_operands(put_in), first=slope)


def _at(function: Symbol, node: Node) -> Node:
    if node == function:
        return Call(function, (_AT,), span=node.span)
    if isinstance(node, Call) and node.function == function and len(node.arguments) == 1:
        inner = node.arguments[0]
        factors = (Call(function, (_AT,)), Group(_at(function, inner), span=inner.span))
        return Product(factors, (Operator.JUXTAPOSED,), span=node.span)
    if isinstance(node, Number):
        return node
    return changed(node, partial(_at, function))
