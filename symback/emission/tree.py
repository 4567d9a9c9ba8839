"""Walks over trees of array operations, and the two operations that only code needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sympy import S

from symback.calculus.matrix import tree as matrix
from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    Node,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    VectorLoss,
)
from symback.records import dataclass

__all__ = [
    "LogSoftmax", "Softmax", "arrays", "axes", "children", "is_divisor", "rebuild", "replaced",
    "signed_term", "walk",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Softmax:
    """``exp(z_k)/sum_i exp(z_i)`` along each row, without overflow."""

    body: Node


@dataclass(frozen=True, slots=True)
class LogSoftmax:
    """The logarithm of that, as ``z_k - log(sum_i exp(z_i))``."""

    body: Node


def axes(node: Any) -> matrix.Axes:
    """The ranges of rows and columns; None where there is only one."""
    if isinstance(node, (Softmax, LogSoftmax)):
        return axes(node.body)
    match node:
        case Transpose(body):
            rows, columns = axes(body)
            return columns, rows
        case MatMul(left, right):
            return axes(left)[0], axes(right)[1]
        case Hadamard(parts) | Plus(parts):
            every = [axes(part) for part in parts]
            found = next((row for row, _ in every if row is not None), None)
            return found, next((column for _, column in every if column is not None), None)
        case Scaled(_, body) | Power(body, _) | Elementwise(_, _, body):
            return axes(body)
        case Reduce(body, axis):
            rows, columns = axes(body)
            return (None, columns) if axis == 0 else (rows, None)
        case _:
            return matrix.axes(node)


def children(node: Any) -> tuple[Any, ...]:
    """The trees that an operation is applied to."""
    match node:
        case MatMul(left, right):
            return left, right
        case Hadamard(parts) | Plus(parts) | VectorLoss(_, _, parts):
            return parts
        case (
            Transpose(body)
            | Scaled(_, body)
            | Elementwise(_, _, body)
            | Power(body, _)
            | Reduce(body, _)
            | Softmax(body)
            | LogSoftmax(body)
        ):
            return (body,)
        case _:
            return ()


def rebuild(node: Any, change: Callable[[Any], Any]) -> Any:
    """The same operation applied to changed trees."""
    match node:
        case MatMul(left, right):
            return MatMul(change(left), change(right))
        case Hadamard(parts):
            return Hadamard(tuple(map(change, parts)))
        case Plus(parts):
            return Plus(tuple(map(change, parts)))
        case VectorLoss(of, name, parts):
            return VectorLoss(of, name, tuple(map(change, parts)))
        case Transpose(body):
            return Transpose(change(body))
        case Scaled(factor, body):
            return Scaled(factor, change(body))
        case Elementwise(name, order, body):
            return Elementwise(name, order, change(body))
        case Power(body, exponent):
            return Power(change(body), exponent)
        case Reduce(body, axis):
            return Reduce(change(body), axis)
        case Softmax(body):
            return Softmax(change(body))
        case LogSoftmax(body):
            return LogSoftmax(change(body))
        case _:
            return node


def replaced(node: Any, old: Any, new: Any) -> Any:
    """A tree with one part in the place of another."""
    return new if node == old else rebuild(node, lambda part: replaced(part, old, new))


def walk(node: Any) -> Iterator[Any]:
    """Every tree inside a tree, itself first."""
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(children(part)))


def arrays(node: Any) -> list[Array]:
    """The quantities and adjoints that a tree mentions; a generic loss's partials need both."""
    found = []
    for part in walk(node):
        if isinstance(part, Array):
            found.append(part)
        elif isinstance(part, Partials):
            found.append(Array(part.quantity))
    return found


def signed_term(term: Any) -> tuple[int, Any]:
    """The sign of a term of a sum, and the term without it."""
    match term:
        case Scaled(factor, body) if factor == -1:
            return -1, body
        case Scaled(factor, body) if factor.could_extract_minus_sign():
            return -1, Scaled(-factor, body)
    return 1, term


def is_divisor(node: Any) -> bool:
    """Whether a factor divides: a power with the exponent -1."""
    return isinstance(node, Power) and node.exponent == S.NegativeOne
