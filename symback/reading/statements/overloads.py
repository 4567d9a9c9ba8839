r"""Quantities that are written with their arguments: the output, and two losses of one letter.

`h_{W,b}(x) = a^{(3)}` is the last layer, whatever is in its brackets; and so is the `h_{W,b}(x)`
that a loss compares, where layers have equations and it has none.

`J(W, b) = \frac1m \sum_i J(W, b; x^{(i)}, y^{(i)})` writes the loss of one sample and that of all
of them with the same letter. The one without samples gets a name of its own; what it is made of is
not taken up, since the loss of another sample is not that of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.function_names import USUAL
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Node, Symbol, stripped
from symback.reading.network.function_meanings import function_named
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.defining import names_output
from symback.reading.statements.statements import Statement

__all__ = ["told_apart"]

_TOTAL = Symbol("total")


def told_apart(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with outputs named, and the loss of all samples not named as that of one."""
    overall = frozenset(_overall(statements))
    outputs = frozenset(_outputs(statements)) | _compared(statements)
    if not overall and not outputs:
        return tuple(statements)

    def named(node: Node) -> Node:
        if isinstance(node, Call) and not node.order:
            if _signature(node) in overall:
                return replace(node.function, subscripts=(_TOTAL,), span=node.span)
            if node.function in outputs:
                return replace(node.function, span=node.span)
        return changed(node, named)

    return tuple(
        replace(
            s,
            left=s.left and named(s.left),
            right=s.right and named(s.right),
            defines=s.defines and _defined(s) not in overall,
        )
        for s in statements
    )


def _overall(statements: Iterable[Statement]) -> Iterator[tuple[str, frozenset[str]]]:
    """The letters and arguments of losses that are made of one with the same letter and more."""
    for statement in statements:
        left, body = statement.definition
        if not (statement.defines and isinstance(left, Call) and body is not None):
            continue
        letter, arguments = _signature(left)
        if letter in LOSSES and any(
            isinstance(node, Call)
            and (other := _signature(node))[0] == letter
            and other[1] > arguments
            for node in everything(body)
        ):
            yield letter, arguments


def _outputs(statements: Iterable[Statement]) -> Iterator[Symbol]:
    """The functions of the input that are said to be a layer."""
    for statement in statements:
        left, body = statement.definition
        if statement.defines and isinstance(left, Call) and body is not None:
            if names_output(left, body):
                yield left.function


def _compared(statements: Sequence[Statement]) -> frozenset[Symbol]:
    """The functions of the input that a loss compares, beside layers; none that has an equation.

    They are written with what is learnt.
    """
    lefts = [s.definition[0] for s in statements if s.defines]
    if not any(isinstance(left, Symbol) and left.marks for left in lefts):
        return frozenset()
    given = {left.function.base for left in lefts if isinstance(left, Call)}
    made = {base_of(left) for left in lefts if isinstance(left, Symbol)}
    found: set[Symbol] = set()
    for statement in statements:
        left, body = statement.definition
        loss = left.function if isinstance(left, Call) else left
        if not statement.defines or not isinstance(loss, Symbol) or base_of(loss) not in LOSSES:
            continue
        for node in everything(body) if body is not None else ():
            if isinstance(node, Call) and len(node.arguments) == 1 and not node.order:
                if not node.function.subscripts:
                    continue  # `y(x)` can as well be what is wanted
                only = stripped(node.arguments[0])
                if isinstance(only, Symbol) and base_of(only) not in made and not only.marks:
                    found.add(node.function)
    known = given | {each.base for each in found if function_named(each.name) or each.name in USUAL}
    return frozenset(each for each in found if each.base not in known)


def _defined(statement: Statement) -> tuple[str, frozenset[str]] | None:
    left, _ = statement.definition
    return _signature(left) if isinstance(left, Call) else None


def _signature(call: Call) -> tuple[str, frozenset[str]]:
    """The letter of a function and those of its arguments."""
    letters = {base_of(node) for node in call.arguments if isinstance(node, Symbol)}
    return base_of(call.function), frozenset(letters)
