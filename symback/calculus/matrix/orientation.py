"""Matrix forms for whoever writes some arrays the other way round: ``W x`` for ``x W``.

An array that is written transposed stands for the same entries with its two indices exchanged.
Each form is carried over exactly, (A B)ᵀ = Bᵀ Aᵀ, so no transpose is ever guessed; `entry` of a
carried-over tree gives the entries of the first one with their indices exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    MatrixForm,
    Node,
    Number,
    Over,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    VectorLoss,
)
from symback.model.equations import Quantity

__all__ = ["exchanged", "oriented", "transposed"]

Exchanges = Callable[[Quantity], bool]
"""Whether a quantity's array is written with rows and columns exchanged."""


def oriented(form: MatrixForm, exchanges: Exchanges) -> MatrixForm:
    """A form with some of the arrays transposed, its own left side among them.

    Args:
        form: a form with samples in rows and weights from source to target.
        exchanges: which quantities have rows and columns exchanged.
    """
    if not form.quantity.ranges:  # a scalar is its own transpose: the plainer of the two
        ways = [_laid(form.right, flip, exchanges) for flip in (False, True)]
        return replace(form, right=min(ways, key=_count_transposes))
    flip = exchanges(form.quantity)
    return replace(
        form,
        quantity=exchanged(form.quantity) if flip else form.quantity,
        right=_laid(form.right, flip, exchanges),
    )


def exchanged(quantity: Quantity) -> Quantity:
    """A quantity whose array has its rows and columns exchanged."""
    ranges = quantity.ranges
    if len(ranges) == 1:  # what lay in a row of one sample stands in a column
        return replace(quantity, ranges=(replace(ranges[0], is_rows=not ranges[0].is_rows),))
    return replace(quantity, ranges=ranges[::-1], letters=quantity.letters[::-1])


def _laid(node: Node, flip: bool, exchanges: Exchanges) -> Node:
    """The tree, or (``flip``) its transpose, in arrays as they are written."""

    def laid(body: Node) -> Node:
        return _laid(body, flip, exchanges)

    def own(quantity: Quantity) -> Quantity:
        return exchanged(quantity) if exchanges(quantity) else quantity

    match node:
        case Array(quantity, adjoint, at):
            written: Node = Array(own(quantity), adjoint, at)
            return written if exchanges(quantity) is flip else _transposed(written)
        case Partials(of, quantity):
            written = Partials(own(of), own(quantity))
            return written if exchanges(quantity) is flip else _transposed(written)
        case Number():
            return node
        case VectorLoss(of, name, arguments):
            # A function of whole arrays takes them as they are written.
            written = VectorLoss(own(of), name, tuple(_as_written(a, exchanges) for a in arguments))
            return written if not of.ranges or exchanges(of) is flip else Transpose(written)
        case Transpose(body):
            return _laid(body, not flip, exchanges)
        case MatMul(left, right):
            return MatMul(laid(right), laid(left)) if flip else MatMul(laid(left), laid(right))
        case Hadamard(factors):
            return Hadamard(tuple(map(laid, factors)))
        case Plus(terms):
            return Plus(tuple(map(laid, terms)))
        case Scaled(factor, body):
            return Scaled(factor, laid(body))
        case Elementwise(name, order, body):
            return Elementwise(name, order, laid(body))
        case Power(body, exponent):
            return Power(laid(body), exponent)
        case Over(body, index, first, last):
            return Over(laid(body), index, first, last)
        case Reduce(body, axis):
            return Reduce(laid(body), 1 - axis if flip else axis)


def _as_written(node: Node, exchanges: Exchanges) -> Node:
    flip = isinstance(node, Array) and exchanges(node.quantity)
    return _laid(node, flip, exchanges)


def transposed(node: Node) -> Node:
    """The transpose of a tree, written at its parts where that takes no more transposes.

    A function is left as it is applied unless that saves one: ``f(A)^T`` rather than ``f(A^T)``.
    """
    if isinstance(node, Transpose):
        return node.body
    if isinstance(node, Number):
        return node
    within = _laid(node, True, lambda quantity: False)
    count, whole = _count_transposes(within), 1 + _count_transposes(node)
    is_plain = isinstance(node, Power | Scaled | Hadamard | Plus)
    return within if count < whole or (is_plain and count == whole) else Transpose(node)


def _count_transposes(node: Node) -> int:
    match node:
        case Transpose(body):
            return 1 + _count_transposes(body)
        case MatMul(left, right):
            return _count_transposes(left) + _count_transposes(right)
        case Hadamard(parts) | Plus(parts):
            return sum(map(_count_transposes, parts))
        case Scaled(_, body) | Power(body, _) | Elementwise(_, _, body) | Reduce(body, _):
            return _count_transposes(body)
        case Over(body):
            return _count_transposes(body)
        case _:
            return 0


def _transposed(node: Node) -> Node:
    """A scalar is its own transpose."""
    is_scalar = isinstance(node, Array) and not node.quantity.ranges
    return node if is_scalar else Transpose(node)
