r"""Likelihoods that are only said by their logarithms: `\log L(\mu) = -\sum_i (x_i - \mu)^2 / 2`.

The equation says what L is, `L = e^{…}`, where no other does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symback.reading.formula.syntax import Call, Node, Symbol, stripped
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.statements import Kind, Statement

__all__ = ["with_likelihoods"]

_LOGARITHMS = frozenset(["log", "ln"])


def with_likelihoods(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with equations for logarithms as those for what they are of."""
    made = {name for s in statements if s.defines and (name := _name(s.definition[0]))}
    found: dict[int, Statement] = {}
    for at, statement in enumerate(statements):
        of, right = _logarithm_of(statement.left), statement.right
        if of is None or right is None or statement.relation not in ("=", ":="):
            continue
        name = _name(of)
        inside = (part for part in everything(right) if isinstance(part, Symbol))
        if name and name not in made and name not in map(base_of, inside):
            made.add(name)
            power = Call(Symbol("exp"), (right,), span=right.span)
            kind = Kind.DEFINITION
            found[at] = replace(statement, left=of, right=power, kind=kind, defines=True)
    return tuple(found.get(at, statement) for at, statement in enumerate(statements))


def _logarithm_of(left: Node | None) -> Node | None:
    """What a left side is the natural logarithm of."""
    left = stripped(left) if left is not None else None
    if not isinstance(left, Call) or left.function.name not in _LOGARITHMS or left.order:
        return None
    return stripped(left.arguments[0]) if len(left.arguments) == 1 else None


def _name(node: Node | None) -> str:
    symbol = node.function if isinstance(node, Call) else node
    plain = isinstance(symbol, Symbol) and not (symbol.subscripts or symbol.marks)
    return base_of(symbol) if isinstance(symbol, Symbol) and plain else ""
