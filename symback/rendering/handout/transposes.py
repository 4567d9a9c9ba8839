"""Why each transpose of a matrix form is there."""

from __future__ import annotations

from collections.abc import Iterator

from symback.calculus.matrix.tree import (
    Elementwise,
    Hadamard,
    MatMul,
    Node,
    Over,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    axes,
)

__all__ = ["transposes"]


def transposes(node: Node, samples: frozenset[str]) -> Iterator[tuple[str, Node]]:
    """Why each transpose in a tree is there, from how the product around it sums."""
    match node:
        case MatMul(left, right):
            inner = axes(left)[1]
            kind = "outer" if inner is None else "samples" if inner.name in samples else "sum"
            for factor, side in ((left, "left"), (right, "right")):
                if isinstance(factor, Transpose):
                    yield f"{kind}-{side}", factor.body
                yield from transposes(_turned(factor), samples)
        case Reduce(body) if node.has_one_term:
            yield from transposes(body, samples)
        case Reduce(body, axis):
            rows = axes(body)[axis]
            over = "samples" if rows is not None and rows.name in samples else "entries"
            yield f"ones-{over}-{'left' if axis == 0 else 'right'}", body
            yield from transposes(body, samples)
        case Transpose(body):
            yield "alone", body
            yield from transposes(body, samples)
        case Hadamard(parts) | Plus(parts):
            for part in parts:
                yield from transposes(part, samples)
        case Scaled(_, body) | Power(body, _) | Elementwise(_, _, body) | Over(body):
            yield from transposes(body, samples)


def _turned(node: Node) -> Node:
    return node.body if isinstance(node, Transpose) else node
