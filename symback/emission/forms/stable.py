"""What a target computes in place of a formula that loses digits; the derivation stays as it is.

Recognised in the trees of the derivation, by the definitions of the quantities in them: softmax and
its logarithm, ``log(sigmoid(z))`` and ``log(1 - sigmoid(z))``, and the derivatives that a text book
writes through the function's output, ``a (1 - a)`` and ``1 - a**2``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sympy import Integer, S, Sum

from symback.algebra.expressions import Apply
from symback.calculus.matrix.lowering import Lowering
from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatrixForm,
    Number,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
)
from symback.emission.tidy import tidy
from symback.emission.tree import LogSoftmax, Softmax, rebuild

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation

__all__ = ["Stabiliser"]

_MINUS_ONE = Integer(-1)


class Stabiliser:
    """Turns the matrix forms of one derivation into what is to be computed."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.definitions: dict[Array, Any] = {}

    def forms(self) -> Iterator[tuple[MatrixForm, Any]]:
        """Each form with the tree that is computed for it."""
        for form in self.derivation.matrices:
            value = tidy(self.stable(self._right(form)))
            self.definitions[Array(form.quantity, form.adjoint)] = value
            yield form, value

    def _right(self, form: MatrixForm) -> Any:
        """The right side; a piecewise loss of the catalogue as a function with a name."""
        if form.adjoint:
            return form.right
        equation = self.derivation.model.definitions[form.quantity.name]
        if equation.function != "huber" or not isinstance(equation.expression, Sum):
            return form.right
        inner = next(n for n in equation.expression.atoms(Apply) if n.name == "abs").argument
        named = equation.expression.func(Apply("huber", inner), *equation.expression.limits)
        return Lowering(self.derivation).of(form.quantity, named)

    def stable(self, node: Any) -> Any:
        """A tree of equal value that keeps its digits."""
        node = rebuild(node, self.stable)
        match node:
            case Hadamard(factors):
                return self._product(_product(self._softmax(list(factors))))
            case Elementwise("log", 0, body):
                return self._logarithm(node, body)
            case Plus(terms):
                return self._complement(node, terms)
        return node

    def _softmax(self, factors: list[Any]) -> list[Any]:
        """``exp(z) / sum(exp(z))`` among the factors of a product."""
        for divisor in factors:
            match divisor:
                case Power(Reduce(Elementwise("exp", 0, body), axis), exponent) if (
                    exponent == _MINUS_ONE and Elementwise("exp", 0, body) in factors
                ):
                    rest = [f for f in factors if f not in (divisor, Elementwise("exp", 0, body))]
                    if axis == 1:
                        return [*rest, Softmax(body)]
                    turned: Any = Softmax(Transpose(body))
                    return [*rest, Transpose(turned)]
        return factors

    def _product(self, node: Any) -> Any:
        """``a (1 - a)`` of ``a = sigmoid(z)`` is the derivative; ``1 - a`` is ``sigmoid(-z)``."""
        if not isinstance(node, Hadamard):
            return node
        factors = list(node.factors)
        for factor in factors:
            match factor:
                case Elementwise("sigmoid", 0, Scaled(minus, body)) if minus == _MINUS_ONE:
                    partner = next((f for f in factors if self._is(f, "sigmoid", body)), None)
                    if partner is not None:
                        factors.remove(partner)
                        factors[factors.index(factor)] = Elementwise("sigmoid", 1, body)
                        return self._product(_product(factors))
        return node

    def _is(self, node: Any, name: str, body: Any) -> bool:
        return bool(self._application(node) == Elementwise(name, 0, body))

    def _application(self, node: Any) -> Any:
        """What a quantity was defined as; a tree itself otherwise."""
        seen = 0
        while isinstance(node, Array) and node in self.definitions and seen < 2:
            node, seen = self.definitions[node], seen + 1
        return node

    def _logarithm(self, node: Any, body: Any) -> Any:
        match self._application(body):
            case Softmax(inner):
                return LogSoftmax(inner)
            case Elementwise("sigmoid", 0, inner):
                return Elementwise("log_sigmoid", 0, inner)
        return node

    def _complement(self, node: Any, terms: tuple[Any, ...]) -> Any:
        """``1 - sigmoid(z)`` and ``1 - tanh(z)**2``, where subtracting would cancel."""
        if len(terms) != 2 or Number(S.One) not in terms:
            return node
        other = terms[1] if terms[0] == Number(S.One) else terms[0]
        match other:
            case Scaled(minus, Power(body, exponent)) if minus == _MINUS_ONE and exponent == 2:
                match self._application(body):
                    case Elementwise("tanh", 0, inner):
                        return Elementwise("tanh", 1, inner)
            case Scaled(minus, body) if minus == _MINUS_ONE:
                match self._application(body):
                    case Elementwise("sigmoid", 0, inner):
                        return Elementwise("sigmoid", 0, Scaled(_MINUS_ONE, inner))
        return node


def _product(factors: list[Any]) -> Any:
    return factors[0] if len(factors) == 1 else Hadamard(tuple(factors))
