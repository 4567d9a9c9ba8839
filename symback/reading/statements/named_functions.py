r"""Functions that are given by the name of another one alone: `\sigma = \tanh`, `f = \sin`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Call, Symbol
from symback.reading.network.function_meanings import IDENTITIES, names_function
from symback.reading.statements.statements import Statement

__all__ = ["with_named_functions"]

_X = Symbol("x")


def with_named_functions(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with such functions at some argument, as any function is defined."""
    return tuple(map(_with_argument, statements))


def _with_argument(statement: Statement) -> Statement:
    left, right = statement.left, statement.right
    if statement.relation != "=" or not names_function(left, right):
        return statement
    assert isinstance(left, Symbol)
    assert isinstance(right, Symbol)
    return replace(
        statement,
        left=Call(left, (_X,), span=left.span),
        right=_X if right.name in IDENTITIES else Call(right, (_X,), span=right.span),
        defines=True,
    )
