"""Losses that are written with what they are of, `J(W, b)`, as the one number that they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Nabla, Node, Symbol
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
    differentiated = {
        base_of(node.of.function)
        for pair in claims
        for side in pair
        for node in everything(side)
        if isinstance(node, Derivative | Nabla) and isinstance(node.of, Call) and not node.of.order
    }
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
