r"""Primes on a formula in brackets: of `\sigma'(x) = (1 / (1 + e^{-x}))'` the derivative by x.

A prime can be a transpose as well. It is a derivative in a chain that begins with a slope written
with one, `f'(x)`, and then by what the slope is taken at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    SLOPE_UNSAID,
    Call,
    Derivative,
    Form,
    Node,
    Symbol,
    Unevaluated,
    stripped,
)
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_primed_formulas"]


def with_primed_formulas(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with derivatives for such primes."""
    variables: dict[tuple[int, int], Symbol] = {}
    for s in statements:
        if s.position == 1 and (symbol := _variable(s.left)) is not None:
            variables[id(s.excerpt), s.chain] = symbol

    def read(by: Symbol, node: Node) -> Node:
        if isinstance(node, Unevaluated) and node.what == SLOPE_UNSAID and len(node.parts) == 1:
            (part,) = node.parts
            if "primes=1," in node.beside and by in set(quantities(part)):
                inner = read(by, stripped(part))
                return Derivative("d", inner, (by,), form=Form.FRACTION, span=node.span)
        return changed(node, lambda inner: read(by, inner))

    return tuple(
        replace(s, left=s.left and read(by, s.left), right=s.right and read(by, s.right))
        if (by := variables.get((id(s.excerpt), s.chain))) is not None
        and any(isinstance(node, Unevaluated) for node in _nodes(s))
        else s
        for s in statements
    )


def _variable(first: Node | None) -> Symbol | None:
    """What a slope is taken at with which a chain begins, `f'(x)`."""
    call = stripped(first) if first is not None else None
    if not isinstance(call, Call) or call.order != 1 or len(call.arguments) != 1:
        return None
    argument = stripped(call.arguments[0])
    return argument if isinstance(argument, Symbol) else None


def _nodes(statement: Statement) -> list[Node]:
    sides = (side for side in (statement.left, statement.right) if side is not None)
    return [node for side in sides for node in everything(side)]
