"""Equations that say where a loss is least, and not what a parameter is.

Behind `J(w) = |y - X w|^2` the line `w = (X^T X)^{-1} X^T y` is what solves `dJ/dw = 0`; every
derivative by w is taken where w is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Call, Node, Symbol, Tuple, stripped
from symback.reading.network.symbols import base_of, quantities

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["without_solutions"]


def without_solutions(defining: Sequence[Statement]) -> list[Statement]:
    """The equations without those for what a loss was said to be a function of before."""
    free: set[str] = set()
    known: set[str] = set()
    kept: list[Statement] = []
    for statement in defining:
        left, right = statement.definition
        if isinstance(left, Symbol) and left.unmarked == left and base_of(left) in free:
            if not _is_output(left, right, known):
                continue
        kept.append(statement)
        if isinstance(left, Call) and right is not None and left.function.name[0].isupper():
            inside = {base_of(symbol) for symbol in quantities(right)}
            known |= inside
            for argument in left.arguments:
                parts = argument.items if isinstance(argument, Tuple) else (argument,)
                free |= {base_of(p) for p in parts if isinstance(p, Symbol)} & inside
    return kept


def _is_output(left: Symbol, right: Node | None, known: set[str]) -> bool:
    """Say whether an equation is of an output, `hat y = softmax(z)`, and solves nothing.

    What a loss is minimal at is made of the data in it; an output is made of other things.
    """
    if right is None or not {base_of(symbol) for symbol in quantities(right)}.isdisjoint(known):
        return False
    return "hat" in left.accents or isinstance(stripped(right), Call)
