r"""Slopes of functions that are written as derivatives of the function's letter.

Where `a = \sigma(z)`, the letter of `\partial\sigma / \partial z` is no quantity, and the slope
`\sigma'(z)` is meant.  Only a letter is read so that stands for a function wherever else it stands,
and that the document does not define by a formula of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Node, Symbol, stripped
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Statement

__all__ = ["with_slopes"]


def with_slopes(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with derivatives of a function's letter as calls of its derivative."""
    functions = _functions(statements)
    if not functions:
        return tuple(statements)

    def read(node: Node) -> Node:
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
