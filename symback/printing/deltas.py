"""A formula in deltas: what each delta is to be multiplied by stands in front of the formula.

A notation's delta may be the negative derivative of the loss, or, in a batch, that of one sample's
own loss.  Where it is the derivative itself nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Indexed, Mul, S, Sum

from symback.algebra.expressions import Partial
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
from symback.notation import Vocabulary

__all__ = ["form_in_deltas", "in_deltas"]

Factor = Callable[[str], Expr]
"""What delta is to be multiplied by for the loss's derivative by a quantity; 1 where none is."""


def in_deltas(expression: Expr, vocabulary: Vocabulary) -> Expr:
    """An expression in which each derivative that has a letter stands for that letter."""
    loss = vocabulary.model.loss.at()
    factor, rest = _pulled(expression, loss, _factor(vocabulary))
    return factor * rest


def form_in_deltas(form: MatrixForm, vocabulary: Vocabulary) -> tuple[Expr, Node]:
    """A matrix form's right side in deltas, of which the left side is one too.

    Returns:
        A number, or a size, and the array that it multiplies.
    """
    factor_of = _factor(vocabulary)
    factor, right = _pulled_array(form.right, factor_of)
    return factor / (factor_of(form.quantity.name) if form.adjoint else S.One), right


def _factor(vocabulary: Vocabulary) -> Factor:
    return lambda name: vocabulary.delta_factor(name) if name in vocabulary.deltas else S.One


def _pulled(node: Expr, loss: Expr, factor_of: Factor) -> tuple[Expr, Expr]:
    """The factors of deltas, as far as all terms share them, and the rest."""
    if isinstance(node, Partial):
        has_letter = node.of == loss and isinstance(node.by, Indexed)
        return (factor_of(str(node.by.base.label)) if has_letter else S.One), node
    if not node.has(Partial):
        return S.One, node
    if isinstance(node, Mul):
        parts = [_pulled(part, loss, factor_of) for part in node.args]
        return Mul(*(factor for factor, _ in parts)), Mul(*(rest for _, rest in parts))
    if isinstance(node, Sum):
        factor, body = _pulled(node.function, loss, factor_of)
        return factor, node.func(body, *node.limits)
    if isinstance(node, Add):
        parts = [_pulled(part, loss, factor_of) for part in node.args]
        factors = {factor for factor, _ in parts}
        if len(factors) == 1:
            return factors.pop(), Add(*(rest for _, rest in parts))
        return S.One, Add(*(factor * rest for factor, rest in parts))
    return S.One, node


def _pulled_array(node: Node, factor_of: Factor) -> tuple[Expr, Node]:
    def pulled(part: Node) -> tuple[Expr, Node]:
        return _pulled_array(part, factor_of)

    match node:
        case Array(quantity, adjoint):
            return (factor_of(quantity.name) if adjoint else S.One), node
        case Transpose(body):
            factor, rest = pulled(body)
            return factor, Transpose(rest)
        case MatMul(left, right):
            (first, left), (second, right) = pulled(left), pulled(right)
            return first * second, MatMul(left, right)
        case Hadamard(parts):
            found = [pulled(part) for part in parts]
            return Mul(*(f for f, _ in found)), Hadamard(tuple(rest for _, rest in found))
        case Plus(terms):
            found = [pulled(term) for term in terms]
            factors = {factor for factor, _ in found}
            if len(factors) == 1:
                return factors.pop(), Plus(tuple(rest for _, rest in found))
            return S.One, Plus(tuple(scaled(factor, rest) for factor, rest in found))
        case Scaled(number, body):
            factor, rest = pulled(body)
            return number * factor, rest
        case Reduce(body, axis):
            factor, rest = pulled(body)
            return factor, Reduce(rest, axis)
        case Over(body, index, first, last):
            factor, rest = pulled(body)
            return factor, Over(rest, index, first, last)
        case Elementwise() | Number() | Partials() | Power() | VectorLoss():
            return S.One, node


def scaled(factor: Expr, node: Node) -> Node:
    """A number, or a size, times an array."""
    return node if factor == 1 else Scaled(factor, node)
