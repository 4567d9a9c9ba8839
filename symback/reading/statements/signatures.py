"""Losses that are stated by their arguments alone: `C = C(a)`, `L(y, hat y)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Call, Dots, Group, Node, Product, Symbol, Tuple
from symback.reading.network.symbols import base_of

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["arguments_of", "is_signature", "lists_arguments", "signatures"]


def is_signature(statement: Statement) -> bool:
    """Say whether an equation only names the arguments of a loss: `C = C(a)`."""
    left, body = statement.left, statement.right
    if statement.relation not in ("=", ":=") or not isinstance(left, Symbol):
        return False
    if left.subscripts:
        return False  # `l_s = l(y_s, a_s)` is an equation for the loss of each sample
    return body is not None and _applies(left, body) and not _has_dots(body)


def lists_arguments(left: Node, body: Node) -> bool:
    """Say whether an equation says in dots what a quantity is a function of, and no more.

    `C = C(z_1, ..., z_n)` looks at a loss that is defined elsewhere, or nowhere.
    """
    return isinstance(left, Symbol) and _applies(left, body) and _has_dots(body)


def _has_dots(node: Node) -> bool:
    return any(isinstance(part, Dots) for part in node.walk())


def _applies(left: Symbol, body: Node) -> bool:
    """Say whether a formula is a name with its arguments."""
    if isinstance(body, Call):
        return base_of(body.function) == base_of(left) and not body.order
    if isinstance(body, Product) and len(body.factors) == 2:
        name, arguments = body.factors
        if isinstance(name, Symbol) and isinstance(arguments, Tuple | Group):
            return base_of(name) == base_of(left)
    return False


def arguments_of(body: Node) -> tuple[Node, ...]:
    """What a loss is a function of."""
    if isinstance(body, Call):
        return body.arguments
    assert isinstance(body, Product)
    last = body.factors[1]
    if isinstance(last, Tuple):
        return last.items
    return (last.body,) if isinstance(last, Group) else (last,)


def signatures(statements: Iterable[Statement]) -> Iterator[Node]:
    """The losses that are stated with their arguments and without a formula."""
    for statement in statements:
        node = statement.left
        if statement.relation:
            continue
        if (isinstance(node, Call) and not node.order and len(node.arguments) > 1) or (
            isinstance(node, Product)
            and len(node.factors) == 2
            and isinstance(node.factors[0], Symbol)
            and isinstance(node.factors[1], Tuple)
        ):
            yield node
