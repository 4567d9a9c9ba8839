r"""Functions with their parameters below: `p_\theta(x)` is a function of x and of theta.

A page that differentiates by theta says by that notation what depends on it. Where it has an
equation for the function, that says more, and nothing is changed. What has such a function above,
as `Q^\pi(s, a)` has, depends on its parameters as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.function_names import INDEX_LETTERS
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Symbol, stripped
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import Statement

__all__ = ["with_parameters_below"]


def with_parameters_below(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with such parameters as the last arguments of their functions."""
    nodes = [
        node
        for statement in statements
        for side in (statement.left, statement.right)
        if side is not None
        for node in everything(side)
    ]
    parameters = {by for node in nodes for by in _differentiated_by(node)}
    defined = {head for statement in statements if statement.defines for head in _head(statement)}
    functions = {
        (node.function, len(node.arguments))
        for node in nodes
        if isinstance(node, Call)
        and len(node.function.subscripts) == 1
        and node.function.subscripts[0] in parameters
        and defined.isdisjoint([(node.function, 0), (node.function, len(node.arguments))])
    }
    if not functions:
        return tuple(statements)

    above = {function.name: function.subscripts[0] for function, _ in functions}

    def written(node: Node) -> Node:
        node = changed(node, written)
        if isinstance(node, Call) and (hidden := _above(node.function, above)) is not None:
            return replace(node, arguments=(*node.arguments, hidden))
        if isinstance(node, Call) and not node.order and _use(node) in functions:
            parameter = node.function.subscripts[0]
            if parameter in map(stripped, node.arguments):
                return node
            function = replace(node.function, subscripts=())
            return replace(node, function=function, arguments=(*node.arguments, parameter))
        return node

    return tuple(
        replace(
            statement,
            left=statement.left and written(statement.left),
            right=statement.right and written(statement.right),
        )
        for statement in statements
    )


def _differentiated_by(node: Node) -> Iterator[Symbol]:
    """The whole letters that an expression is differentiated by, none of which counts."""
    found: tuple[Node | None, ...] = ()
    if isinstance(node, Derivative):
        found = node.by
    elif isinstance(node, Nabla):
        found = (node.by,)
    for by in found:
        if isinstance(by, Symbol) and not by.subscripts and by.name not in INDEX_LETTERS:
            yield by


def _head(statement: Statement) -> Iterator[tuple[Symbol, int]]:
    """What a statement is an equation for, and of how many arguments: of none where unsaid."""
    left = statement.definition[0]
    if isinstance(left, Call):
        yield _use(left)
    elif isinstance(left, Symbol):
        yield left, 0


def _above(function: Symbol, above: Mapping[str, Node]) -> Node | None:
    """The parameter of a function that stands above another one; None without one."""
    for mark in function.marks:
        for part in mark.body.walk() if mark.body is not None else ():
            if isinstance(part, Symbol) and part.name in above:
                return above[part.name]
    return None


def _use(call: Call) -> tuple[Symbol, int]:
    return call.function, len(call.arguments)
