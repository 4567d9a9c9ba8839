r"""Slopes of functions that are written as derivatives of the function's letter.

Where `a = \sigma(z)`, the letter of `\partial\sigma / \partial z` is no quantity, and the slope
`\sigma'(z)` is meant.  Only a letter is read so that stands for a function wherever else it stands,
and that the document does not define by a formula of its own.  Beside the sign of a product entry
by entry, `\odot \partial\phi(z) / \partial z` is the slope at every entry, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Node,
    Operator,
    Product,
    Symbol,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Statement

__all__ = ["with_slopes"]


def with_slopes(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with derivatives of a function's letter as calls of its derivative."""
    functions = _functions(statements)
    sides = [s for each in statements for s in (each.left, each.right) if s is not None]
    if not functions and not any(map(_has_slope_by_entries, sides)):
        return tuple(statements)

    def read(node: Node) -> Node:
        if isinstance(node, Product):
            factors = (
                _slope(f) if slopes else f
                for f, slopes in zip(node.factors, _by_entries(node), strict=True)
            )
            return replace(node, factors=tuple(map(read, factors)))
        of = stripped(node.of) if isinstance(node, Derivative) and node.of is not None else None
        if isinstance(node, Derivative) and of in functions and len(node.by) == 1:
            assert isinstance(of, Symbol)
            return Call(of, (changed(node.by[0], read),), 1, span=node.span)
        return changed(node, read)

    return tuple(
        replace(
            statement,
            left=None if statement.left is None else read(statement.left),
            right=None if statement.right is None else read(statement.right),
        )
        for statement in statements
    )


def _by_entries(node: Product) -> list[bool]:
    """For each factor, whether the sign of a product entry by entry stands beside it."""
    signs = [operator is Operator.ODOT for operator in node.operators]
    return [left or right for left, right in zip([False, *signs], [*signs, False], strict=True)]


def _slope(node: Node) -> Node:
    """The slope that a derivative `d phi(z) / dz` is; anything else as it is."""
    if not isinstance(node, Derivative) or len(node.by) != 1 or node.of is None:
        return node
    of = stripped(node.of)
    if not isinstance(of, Call) or of.order or of.arguments != node.by:
        return node
    is_loss = of.function.name in LOSSES
    return node if is_loss else replace(of, order=1, span=node.span)


def _has_slope_by_entries(side: Node) -> bool:
    return any(
        isinstance(node, Product)
        and any(
            by and _slope(f) is not f for f, by in zip(node.factors, _by_entries(node), strict=True)
        )
        for node in everything(side)
    )


def _functions(statements: Sequence[Statement]) -> set[Symbol]:
    """The letters that are differentiated, and else stand before an argument in brackets alone."""
    sides = [s for each in statements for s in (each.left, each.right) if s is not None]
    differentiated = {
        of
        for side in sides
        for node in everything(side)
        if isinstance(node, Derivative)
        and node.of is not None
        and isinstance(of := stripped(node.of), Symbol)
    }
    if not differentiated:
        return set()
    called = {
        node.function
        for side in sides
        for node in everything(side)
        if isinstance(node, Call) and len(node.arguments) == 1
    }
    written = {left.function for each in statements if isinstance(left := each.left, Call)}
    bare = {symbol for side in sides for symbol in _quantities(side)}
    found = (differentiated & called) - written - bare
    return {function for function in found if function.name not in LOSSES}


def _quantities(node: Node) -> Iterator[Symbol]:
    """The symbols that stand for quantities, what is differentiated left out."""
    if isinstance(node, Symbol):
        yield node
    elif isinstance(node, Derivative):
        for part in (*node.by, *([] if node.of is None else [node.of])):
            if not isinstance(stripped(part), Symbol) or part in node.by:
                yield from _quantities(part)
    else:
        for child in node.arguments if isinstance(node, Call) else node.children():
            yield from _quantities(child)
