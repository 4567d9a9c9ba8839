r"""A softmax that is defined entry by entry, `\sigma(z)_i = e^{z_i} / \sum_j e^{z_j}`.

What it defines is a function of whole vectors, by whatever letter it has: `\sigma(z) =
\mathrm{softmax}(z)`. A function of which an entry is something else has an equation that is not
taken up (`by_entries`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Entry,
    Fraction,
    Node,
    Number,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Kind, Statement

__all__ = ["by_entries", "with_softmax"]


def with_softmax(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with each such definition as one of a function of a vector."""
    return tuple(map(_whole, statements))


def by_entries(statements: Iterable[Statement]) -> frozenset[Symbol]:
    """Functions of which entries have an equation that does not say which function it is."""
    return frozenset(
        call.function
        for statement in statements
        if statement.left is not None
        and statement.right is not None
        and (call := _of_entry(stripped(statement.left), statement.right)) is not None
    )


def _of_entry(left: Node, right: Node) -> Call | None:
    """The call of `f(z)_i`, or of `f(z_1)` where the other side has further entries of z."""
    if isinstance(left, Entry):
        call = stripped(left.body)
        return call if isinstance(call, Call) else None
    if not isinstance(left, Call) or len(left.arguments) != 1:
        return None
    vector = _vector(left.arguments[0])
    if vector is None or not vector.subscripts:
        return None
    others = (
        node.subscripts
        for node in everything(right)
        if isinstance(node, Symbol) and (node.name, node.marks) == (vector.name, vector.marks)
    )
    return left if any(subscripts != vector.subscripts for subscripts in others) else None


def _whole(statement: Statement) -> Statement:
    left, right = statement.left, statement.right
    if left is None or right is None or statement.relation not in ("=", ":=", "\\equiv"):
        return statement
    call, index = _entry(stripped(left))
    if call is None or index is None:
        return statement
    vector = _vector(call.arguments[0])
    if vector is None or not _is_softmax(stripped(right), vector, index):
        return statement
    argument = replace(vector, subscripts=(), span=vector.span)
    whole = replace(call, arguments=(argument,))
    return replace(
        statement,
        left=whole,
        right=Call(Symbol("softmax"), (argument,), span=right.span),
        kind=Kind.DEFINITION,
        defines=True,
    )


def _entry(left: Node) -> tuple[Call | None, Node | None]:
    """The function and the index of one of its entries: of `f(z)_i`, or of `f(z_i)`."""
    index: Node | None
    if isinstance(left, Entry) and len(left.indices) == 1:
        call, index = stripped(left.body), left.indices[0]
    elif isinstance(left, Call) and len(left.arguments) == 1:
        call, argument = left, stripped(left.arguments[0])
        own = argument.subscripts if isinstance(argument, Symbol) else ()
        index = own[0] if len(own) == 1 else None
    else:
        return None, None
    whole = isinstance(call, Call) and len(call.arguments) == 1 and not call.order
    return (call, index) if isinstance(call, Call) and whole else (None, None)


def _vector(node: Node) -> Symbol | None:
    symbol = stripped(node)
    return symbol if isinstance(symbol, Symbol) else None


def _is_softmax(right: Node, vector: Symbol, index: Node) -> bool:
    """Say whether an expression is `e^{z_i} / sum_j e^{z_j}` of the vector z at this index."""
    if not isinstance(right, Fraction):
        return False
    total = stripped(right.denominator)
    if isinstance(total, Sum):
        terms = [_exponent(term) for term in total.terms]
        return (
            set(total.signs) == {1}
            and all(_is_numbered(term, vector) for term in terms)
            and len(set(terms)) == len(terms)
            and _exponent(right.numerator) in terms
            and _is_entry(_exponent(right.numerator), vector, index)
        )
    if not isinstance(total, BigSum) or total.operator != "sum" or total.conditions:
        return False
    if len(total.indices) != 1:
        return False
    one, other = _exponent(right.numerator), _exponent(total.body)
    return _is_entry(one, vector, index) and _is_entry(other, vector, total.indices[0])


def _exponent(node: Node) -> Node | None:
    call = stripped(node)
    if isinstance(call, Call) and call.function == Symbol("exp") and len(call.arguments) == 1:
        return stripped(call.arguments[0])
    return None


def _is_numbered(node: Node | None, vector: Symbol) -> bool:
    own = node.subscripts if isinstance(node, Symbol) else ()
    return len(own) == 1 and isinstance(own[0], Number) and _is_entry(node, vector, own[0])


def _is_entry(node: Node | None, vector: Symbol, index: Node) -> bool:
    return (
        isinstance(node, Symbol)
        and node.subscripts == (index,)
        and (node.name, node.marks) == (vector.name, vector.marks)
    )
