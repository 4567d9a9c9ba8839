"""Sums that name no index where the same sum stands written out: a scheme, and no other equation.

`E = sum 1/2 (target - output)^2` says in what way an error is made, and
`E = 1/2 (target_1 - out_1)^2 + 1/2 (target_2 - out_2)^2` what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import BigSum, Sum, Symbol, stripped
from symback.reading.network.symbols import base_of, quantities
from symback.reading.statements.statements import Kind, Statement

__all__ = ["without_schemes"]


def without_schemes(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements, of which schemes claim and define nothing."""
    written = [s for s in statements if s.defines and len(_terms(s)) > 1]
    return tuple(
        replace(s, kind=Kind.REMARK, defines=False)
        if written and any(_is_scheme_of(s, other) for other in written)
        else s
        for s in statements
    )


def _is_scheme_of(statement: Statement, written: Statement) -> bool:
    left, right = statement.definition
    body = stripped(right) if right is not None else None
    if not statement.defines or left != written.definition[0] or not isinstance(left, Symbol):
        return False
    if not isinstance(body, BigSum) or body.indices or body.operator != "sum":
        return False
    inside = list(quantities(body.body))
    if any(symbol.subscripts or symbol.marks for symbol in inside):
        return False
    letters = set(map(base_of, inside))
    return all(
        any(base_of(symbol) in letters and symbol.subscripts for symbol in term)
        for term in _terms(written)
    )


def _terms(statement: Statement) -> list[list[Symbol]]:
    """What stands in each term of a sum that is written out."""
    _, right = statement.definition
    body = stripped(right) if right is not None else None
    return [list(quantities(term)) for term in body.terms] if isinstance(body, Sum) else []
