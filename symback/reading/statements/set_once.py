r"""Lines of programs that set a quantity once, `z \leftarrow W x + b`: they define it.

What is set again, or from its own old value, has no value that holds throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Call, Node, Symbol
from symback.reading.network.symbols import base_of, quantities
from symback.reading.statements.defining import defined_name
from symback.reading.statements.statements import Kind, Statement

__all__ = ["with_set_once"]

_SETS = "\\leftarrow"


def with_set_once(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with such lines as definitions, where nothing else says what is set there."""
    setting = [s for s in statements if s.kind in (Kind.ASSIGNMENT, Kind.DEFINITION) or s.defines]
    if not any(s.relation == _SETS for s in setting):
        return tuple(statements)
    times = Counter(_letter(s.left) for s in setting)
    return tuple(
        replace(s, kind=Kind.DEFINITION, defines=True) if _defines(s, times) else s
        for s in statements
    )


def _defines(statement: Statement, times: Counter[str]) -> bool:
    left, right = statement.left, statement.right
    if statement.kind is not Kind.ASSIGNMENT or statement.relation != _SETS or left is None:
        return False
    letter = _letter(left)
    return (
        right is not None
        and defined_name(left) is not None
        and times[letter] == 1
        and any(True for _ in quantities(right))
        and letter not in {base_of(symbol) for symbol in quantities(right)}
    )


def _letter(left: Node | None) -> str:
    symbol = left.function if isinstance(left, Call) else left
    return base_of(symbol) if isinstance(symbol, Symbol) else ""
