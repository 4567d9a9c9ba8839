"""Losses that are written with what they are of, `J(W, b)`, as the one number that they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Group,
    Nabla,
    Node,
    Product,
    Symbol,
    Tuple,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import INDEX_LETTERS, base_of, everything

__all__ = ["with_plain_losses"]

Pair = tuple[Node, Node]


def with_plain_losses(
    equations: Sequence[Pair], claims: Sequence[Pair]
) -> tuple[list[Pair], list[Pair]]:
    """Equations and claims with `J(W, b)` as `J`, where it is differentiated.

    What has an index among its arguments, as `J(x^{(i)}, y^{(i)})`, is the loss of one sample and
    stays as it is.
    """
    equations, claims = _of_any_steps(equations, claims)
    differentiated = {
        base_of(node.of.function)
        for pair in claims
        for side in pair
        for node in everything(side)
        if isinstance(node, Derivative | Nabla) and isinstance(node.of, Call) and not node.of.order
    }
    # `L(w) = ...` beside `dL/dw` is the same one.
    stated = {
        base_of(left.function) for left, _ in equations if isinstance(left, Call) and not left.order
    }
    differentiated |= stated & {
        base_of(node.of)
        for pair in claims
        for side in pair
        for node in everything(side)
        if isinstance(node, Derivative | Nabla) and isinstance(node.of, Symbol)
        if not (node.of.subscripts or node.of.marks)
    }
    arguments = {
        base_of(left.function): left.arguments
        for left, _ in equations
        if isinstance(left, Call) and not left.order
    }
    claims = [
        (_by_argument(left, arguments), _by_argument(right, arguments)) for left, right in claims
    ]
    calls = [
        node
        for pair in (*equations, *claims)
        for side in pair
        for node in everything(side)
        if isinstance(node, Call)
    ]
    of_samples = {base_of(call.function) for call in calls if _has_index(call.arguments)}
    plain = (differentiated & LOSSES) - of_samples
    if not plain:
        return list(equations), list(claims)
    return (
        [(_plain(left, plain), _plain(right, plain)) for left, right in equations],
        [(_plain(left, plain), _plain(right, plain)) for left, right in claims],
    )


def _of_any_steps(
    equations: Sequence[Pair], claims: Sequence[Pair]
) -> tuple[list[Pair], list[Pair]]:
    r"""Losses of steps that are left open: of `L = \sum_t \ell_t(o_t)` L is any function.

    Of one output only its own step's loss is a function, so that `d\ell_t/do_t` is `dL/do_t`.
    """
    defined = {base_of(left) for left, _ in equations if isinstance(left, Symbol)}
    of: dict[str, tuple[Symbol, str]] = {}
    kept: list[Pair] = []
    for left, right in equations:
        match left, stripped(right):
            case Symbol() as loss, BigSum(indices=(letter,), body=body) if (
                call := _called(stripped(body))
            ) is not None and _is_of_step(call, letter, defined):
                first = call.arguments[0]
                assert isinstance(first, Symbol)
                of[base_of(call.function)] = loss, base_of(first)
            case _:
                kept.append((left, right))
    if not of:
        return list(equations), list(claims)

    def read(node: Node) -> Node:
        if (
            isinstance(node, Derivative)
            and isinstance(node.of, Symbol | Call)
            and len(node.by) == 1
        ):
            step = node.of.function if isinstance(node.of, Call) else node.of
            by, found = node.by[0], of.get(base_of(step))
            if found is not None and isinstance(by, Symbol) and base_of(by) == found[1]:
                if len(node.by) == 1 and (step.subscripts, step.marks) == (by.subscripts, by.marks):
                    return replace(node, of=found[0])
        return changed(node, read)

    return kept, [(read(left), read(right)) for left, right in claims]


def _called(node: Node) -> Call | None:
    """A function with its arguments, also where it is read as a product with a bracket."""
    if isinstance(node, Call):
        return node
    match node:
        case Product(factors=(Symbol() as name, Group(body=Symbol() as argument, bracket="("))):
            return Call(name, (argument,))
        case Product(factors=(Symbol() as name, Tuple(items=items, bracket="("))):
            return Call(name, items)
    return None


def _is_of_step(call: Call, letter: Symbol, defined: set[str]) -> bool:
    """Say whether a loss without an equation is of the output of its own step and of data."""
    own = call.function
    if base_of(own) in defined or call.order or own.subscripts != (letter,) or own.marks:
        return False
    symbols = [argument for argument in call.arguments if isinstance(argument, Symbol)]
    if len(symbols) != len(call.arguments) or not symbols:
        return False
    made = [symbol for symbol in symbols if base_of(symbol) in defined]
    return made == symbols[:1] and all(symbol.subscripts == (letter,) for symbol in symbols)


def _by_argument(node: Node, stated: Mapping[str, tuple[Node, ...]]) -> Node:
    """A gradient that does not say by what it is, by the one argument that its loss has."""
    if isinstance(node, Nabla) and node.by is None and isinstance(of := node.of, Call | Symbol):
        letter = of.function if isinstance(of, Call) else of
        arguments = of.arguments if isinstance(of, Call) else stated.get(base_of(letter), ())
        if len(arguments) == 1 and isinstance(arguments[0], Symbol) and base_of(letter) in stated:
            return replace(node, by=arguments[0])
    return changed(node, lambda part: _by_argument(part, stated))


def _has_index(arguments: Iterable[Node]) -> bool:
    for argument in arguments:
        for node in everything(argument):
            if isinstance(node, Symbol):
                scripts = (*node.subscripts, *(mark.body for mark in node.marks))
                if any(isinstance(s, Symbol) and s.name in INDEX_LETTERS for s in scripts):
                    return True
    return False


def _plain(node: Node, losses: set[str]) -> Node:
    if isinstance(node, Call) and not node.order and base_of(node.function) in losses:
        return node.function
    return changed(node, lambda part: _plain(part, losses))
