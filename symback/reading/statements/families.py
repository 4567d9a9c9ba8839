r"""Functions with the number of what they are of, all the same: `h_i(z_i) = 1/(1 + e^{-z_i})`.

`h_4(z_4)` then is that function of z_4, and no entry of an array h.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Node, Symbol
from symback.reading.network.symbols import quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_families"]

_CONSTANTS = (Symbol("e"), Symbol("pi"))


def with_families(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with each such function under one name, and defined of one letter."""
    found = {family: argument for s in statements for family, argument in _defined(s)}
    several = {
        left.function.base
        for s in statements
        if isinstance(left := s.definition[0], Call) and s.defines and not any(_defined(s))
    }
    families = {family: argument for family, argument in found.items() if family not in several}
    if not families:
        return tuple(statements)

    def named(node: Node) -> Node:
        node = changed(node, named)
        if isinstance(node, Call) and node.function.base in families:
            if len(node.function.subscripts) == 1 and not node.function.marks:
                return replace(node, function=replace(node.function, subscripts=()))
        return node

    def read(statement: Statement) -> Statement:
        own = replace(
            statement,
            left=statement.left and named(statement.left),
            right=statement.right and named(statement.right),
        )
        if not any(family in families for family, _ in _defined(statement)):
            return own
        argument = next(argument for _, argument in _defined(statement))

        def of_one(node: Node) -> Node:
            node = changed(node, of_one)
            return replace(argument, subscripts=()) if node == argument else node

        return replace(
            own, left=own.left and of_one(own.left), right=own.right and of_one(own.right)
        )

    return tuple(map(read, statements))


def _defined(statement: Statement) -> Iterator[tuple[Symbol, Symbol]]:
    """The function that a statement defines for every number, and the letter that it is of."""
    left, body = statement.definition
    if not statement.defines or not isinstance(left, Call) or body is None:
        return
    match left.function.subscripts, left.arguments:
        case (Symbol() as number,), (Symbol() as argument,):
            if argument.subscripts == (number,) and not left.function.marks:
                if all(symbol == argument or symbol in _CONSTANTS for symbol in quantities(body)):
                    yield left.function.base, argument
