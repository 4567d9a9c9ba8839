"""A softmax by its index, as the language of models writes it: `softmax(k, z[k])`.

It is the value *at* k, `exp(z[k]) / sum(k, exp(z[k]))`, and no function of two numbers.
"""

from __future__ import annotations

from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import BigSum, Call, Fraction, Node, Symbol, stripped
from symback.reading.network.symbols import quantities
from symback.reading.statements.statements import Statement

__all__ = ["with_softmax_over"]


def with_softmax_over(statement: Statement) -> Statement:
    """A statement with each such softmax as the quotient that it is."""
    left, right = (side and _quotients(side) for side in (statement.left, statement.right))
    if left is statement.left and right is statement.right:
        return statement
    return replace(statement, left=left, right=right)


def _quotients(node: Node) -> Node:
    node = changed(node, _quotients)
    if not isinstance(node, Call) or node.function != Symbol("softmax") or node.order:
        return node
    match tuple(map(stripped, node.arguments)):
        case Symbol() as letter, exponent if letter == letter.base and _has(exponent, letter):
            power = Call(Symbol("exp"), (exponent,), span=node.span)
            total = BigSum("sum", (letter,), None, None, power, span=node.span)
            return Fraction(power, total, span=node.span)
    return node


def _has(node: Node, letter: Symbol) -> bool:
    return any(letter in symbol.subscripts for symbol in quantities(node))
