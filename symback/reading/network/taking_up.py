"""How equations are taken up: what each defines, and what says again what is known.

Of several equations for one quantity the first counts, and one by which a layer follows from the
layer before it goes before one that is written out; a formula at an argument defines a function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from symback.reading.formula.commands import DEFINABLE, FUNCTIONS
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    Tuple,
    stripped,
)  # fmt: skip
from symback.reading.network.function_meanings import is_softmax
from symback.reading.network.naming import Parts
from symback.reading.network.places import Definition, Function, function_name
from symback.reading.network.ranks import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.signatures import arguments_of, is_signature

if TYPE_CHECKING:
    from symback.reading.network.document_model import DocumentModel
    from symback.reading.statements.statements import Statement

__all__ = ["define", "define_by_values"]

_VARIABLE = Symbol("u", font="variable")


def define(
    model: DocumentModel, statements: Iterable[Statement], signatures: list[Node]
) -> list[Definition]:
    """Take equations up; those that say entry by entry what is known of the whole come back."""
    again: list[Definition] = []
    statements = list(statements)
    parted = frozenset(_with_parameters(statements))
    for statement in statements:
        left, body = statement.definition
        assert body is not None
        if isinstance(left, Symbol):
            parts = model.names.split(left)
            body = model.summed_to_its_end(parts, body)
            if is_signature(statement):
                key = (parts.base, parts.tag)
                model.definitions.signatures.setdefault(key, arguments_of(body))
                model.definitions.adopted.add(id(statement))
            elif _is_of_its_entries(model, parts, body):
                model.definitions.adopted.add(id(statement))
            elif not _knows(model, parts, body, statement):
                model.definitions.add(Definition(parts, body, statement))
            else:
                again.append(Definition(parts, body, statement))
        elif isinstance(left, Call):
            _define_call(model, left, body, statement, parted)
    _prefer_recurrences(model, again)
    for node in signatures:
        if isinstance(node, Call):
            symbol, arguments = node.function, node.arguments
        else:
            assert isinstance(node, Product)
            symbol, second = node.factors  # type: ignore[assignment]
            arguments = second.items if isinstance(second, Tuple) else (second,)
        parts = model.names.split(symbol)
        key = (parts.base, parts.tag)
        if key not in model.definitions.of:
            model.definitions.signatures.setdefault(key, arguments)
    return [
        d
        for d in again
        if d.parts.indices
        and all(not own.parts.indices for own in model.definitions.under(d.parts))
    ]


def _is_of_its_entries(model: DocumentModel, parts: Parts, body: Node) -> bool:
    """Say whether a quantity is only said to be made of its entries: `x = (x_j)`."""
    entry = stripped(body)
    own = model.names.split(entry) if isinstance(entry, Symbol) else None
    return (
        own is not None
        and not parts.indices
        and bool(own.indices)
        and all(isinstance(index, Symbol) for index in own.indices)
        and (own.base, own.tag, own.layer) == (parts.base, parts.tag, parts.layer)
    )


def _knows(model: DocumentModel, parts: Parts, body: Node, statement: Statement) -> bool:
    """Say whether an equation for a quantity says again what is here already."""
    if model.definitions.covers(parts, body):
        return True
    given = {id(s) for s in model.stated.statements}
    return (
        bool(given)
        and id(statement) not in given
        and any(id(d.statement) in given for d in model.definitions.under(parts))
    )


def _with_parameters(statements: Iterable[Statement]) -> Iterator[str]:
    r"""Functions of one letter whose formulas have others, `\Omega(w) = \lambda w^2`."""
    for left, body in (statement.definition for statement in statements):
        if isinstance(left, Call) and body is not None and not _is_of_argument(left, body):
            yield function_name(left.function)


def _is_of_argument(left: Call, body: Node) -> bool:
    """Say whether a formula has no other letter than the one argument of what it defines."""
    only = left.arguments[0]
    return (
        len(left.arguments) == 1
        and isinstance(only, Symbol)
        and not only.subscripts
        and any(symbol == only for symbol in quantities(body))
        and all(symbol in (only, Symbol("e"), Symbol("pi")) for symbol in quantities(body))
    )


def _define_call(
    model: DocumentModel, left: Call, body: Node, statement: Statement, parted: frozenset[str]
) -> None:
    only = left.arguments[0]
    name = function_name(left.function)
    if name in FUNCTIONS - DEFINABLE:
        return  # `\\log p_m = …` says nothing of the logarithm
    if _is_one_value(left):
        return  # `f(z_1)` and `f(z_2)` are two values of a function, and no quantity
    # What is made of functions with parameters is a quantity, as they are.
    is_function = _is_of_argument(left, body) and not any(
        isinstance(node, Call) and function_name(node.function) in parted
        for node in everything(body)
    )
    whole = stripped(body)
    if isinstance(whole, Call) and is_softmax(whole.function.name) and not is_softmax(name):
        if whole.arguments == left.arguments:
            model.meanings.setdefault(name, "softmax")
            model.definitions.adopted.add(id(statement))
            return
    if is_softmax(name) and _says_softmax(model, only, body):
        model.definitions.adopted.add(id(statement))
        return
    if is_function and isinstance(only, Symbol):
        if name not in model.definitions.functions:
            model.definitions.functions[name] = Function(only, body)
            model.definitions.adopted.add(id(statement))
        return
    parts = model.names.split(left.function)
    if not _knows(model, parts, body, statement):
        model.definitions.add(Definition(parts, body, statement))
        model.declared.add(parts.base)
        model.layered.add((parts.base, parts.layer is not None))


def define_by_values(model: DocumentModel, statements: Iterable[Statement]) -> None:
    """Take up functions that are written out at what they are applied to.

    `g(w^T x) = 1 / (1 + exp(-w^T x))` says what g is, wherever what it is of stands as a whole.
    """
    for statement in statements:
        left, right = statement.left, statement.right
        if not isinstance(left, Call) or right is None or statement.relation != "=":
            continue
        name = function_name(left.function)
        if left.order or len(left.arguments) != 1 or name in model.definitions.functions:
            continue
        inner = stripped(left.arguments[0])
        if isinstance(inner, Symbol | Number) or name in FUNCTIONS or name in model.meanings:
            continue
        body = _replaced(right, inner, _VARIABLE)
        letters = set(quantities(body)) - {Symbol("e"), Symbol("pi")}
        if letters == {_VARIABLE} and not isinstance(body, Symbol):
            model.definitions.functions[name] = Function(_VARIABLE, body)
            model.definitions.adopted.add(id(statement))


def _says_softmax(model: DocumentModel, argument: Node, body: Node) -> bool:
    """Say whether a formula made of exponentials of one vector says what the softmax is.

    It is often written as nobody can evaluate it, `e^z / sum_k e^z_k`, and means the usual one.
    """
    nodes = list(everything(body))
    if not isinstance(argument, Symbol) or any(isinstance(node, Sum) for node in nodes):
        return False
    letters = {base_of(symbol) for symbol in quantities(body)}
    is_exponential = "e" in letters or any(
        isinstance(node, Call) and node.function.name == "exp" for node in nodes
    )
    return (
        is_exponential
        and letters <= {base_of(argument), "e", "exp"}
        and any(isinstance(node, BigSum) for node in nodes)
    )


def _prefer_recurrences(model: DocumentModel, again: Iterable[Definition]) -> None:
    """Take `z^l = W^l a^{l-1}` for the equation of a layer where `z^l = W^l x` came first."""
    for later in again:
        found = model.definitions.under(later.parts)
        for at, own in enumerate(found):
            same = (own.parts.layer, own.parts.indices) == (
                later.parts.layer, later.parts.indices,
            )  # fmt: skip
            if same and _recurs(model, later.body) and _is_closed(model, own):
                model.definitions.adopted.discard(id(own.statement))
                model.definitions.adopted.add(id(later.statement))
                found[at] = later


def _recurs(model: DocumentModel, body: Node) -> bool:
    return any(isinstance(model.names.split(x).layer, Sum) for x in quantities(body))


def _is_closed(model: DocumentModel, definition: Definition) -> bool:
    """Say whether a layer's equation is made of nothing that has one."""
    bodies = map(model.names.split, quantities(definition.body))
    return not any(model.definitions.under(body) for body in bodies)


def _is_one_value(left: Call) -> bool:
    """Say whether a function stands at an entry, `f(z_1)`; a loss may be of all: `L(w_1, w_2)`."""
    numbers = [
        tuple(s.digits for s in a.subscripts if isinstance(s, Number))
        for a in left.arguments
        if isinstance(a, Symbol)
    ]
    of_all = base_of(left.function) in LOSSES and len(set(numbers)) > 1
    return isinstance(left.arguments[0], Symbol) and bool(numbers[0]) and not of_all


def _replaced(node: Node, old: Node, new: Node) -> Node:
    """An expression with another one in the place of one that stands in it."""
    return new if node == old else changed(node, lambda part: _replaced(part, old, new))
