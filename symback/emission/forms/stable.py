"""What a target computes in place of a formula that loses digits; the derivation stays as it is.

Recognised in the trees of the derivation, by the definitions of the quantities in them: softmax and
its logarithm, ``log(sigmoid(z))``, ``log(1 - sigmoid(z))`` and ``log(1 + exp(z))``, and the
logistic function written out.  A derivative is taken from its function's output wherever it is a
function of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from symback.emission.forms.cancelling import cancelled, divisors
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
        self.values: dict[Any, Array] = {}
        self.unstable: dict[int, Array] = {}

    def forms(self) -> Iterator[tuple[MatrixForm, Any]]:
        """Each form with the tree that is computed for it."""
        for form in self.derivation.matrices:
            value = self.stable(self._right(form))
            if form.adjoint:
                value = cancelled(self._through_output(value))
            if any(map(self._may_vanish, divisors(value))):
                self.unstable[form.number] = Array(form.quantity, form.adjoint)
            value = self._known(tidy(value))
            left = Array(form.quantity, form.adjoint)
            self.definitions[left] = value
            if not form.adjoint:
                self.values.setdefault(value, left)
            yield form, value

    def _may_vanish(self, node: Any) -> bool:
        """Whether this is 0 for large logits: an output of softmax or sigmoid, or 1 minus one."""
        if isinstance(node, Plus) and len(node.terms) == 2 and Number(S.One) in node.terms:
            other = node.terms[1] if node.terms[0] == Number(S.One) else node.terms[0]
            node = other.body if isinstance(other, Scaled) else other
        kind = self._application(node)
        return isinstance(kind, Softmax) or (
            isinstance(kind, Elementwise) and (kind.name, kind.order) == ("sigmoid", 0)
        )

    def _known(self, node: Any) -> Any:
        """A tree in which nothing is computed that has a name already."""
        if node in self.values and not isinstance(node, Array | Number):
            return self.values[node]
        return rebuild(node, self._known)

    def _through_output(self, node: Any) -> Any:
        """Each derivative from its function's output, where it is one of that.

        The error of a derivative counts absolutely, beside the largest value that it takes: that
        ``1 - tanh(20)**2`` is 0 and not 1.7e-17 is no error that a gradient could feel.
        """
        node = rebuild(node, self._through_output)
        match node:
            case Elementwise(name, order, body) if (name, order) in _THROUGH:
                function, write = _THROUGH[name, order]
                output = self.values.get(Elementwise(function, 0, body))
                if output is not None:
                    return write(output)
        return node

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
                return _product(_with_sigmoid(self._softmax(list(factors))))
            case Power(body, exponent) if exponent.is_integer and exponent.is_negative:
                inner = _after_one(body)
                if inner is not None:  # 1/(1 + exp(u)), which overflows
                    low = Elementwise("sigmoid", 0, _negative(inner))
                    return _raised(low, -exponent)
            case Elementwise("log", 0, body):
                return self._logarithm(node, body)
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

    def _application(self, node: Any) -> Any:
        """What a quantity was defined as; a tree itself otherwise."""
        seen = 0
        while isinstance(node, Array) and node in self.definitions and seen < 2:
            node, seen = self.definitions[node], seen + 1
        return node

    def _logarithm(self, node: Any, body: Any) -> Any:
        if isinstance(body, Hadamard):
            return self._logarithm_of_product(node, body.factors)
        if (inner := _after_one(body)) is not None:
            return Elementwise("softplus", 0, inner)
        match self._application(body):
            case Softmax(inner):
                return LogSoftmax(inner)
            case Elementwise("sigmoid", 0, inner):
                return Elementwise("log_sigmoid", 0, inner)
            case Plus((first, second)) if Number(S.One) in (first, second):
                # 1 - sigmoid(z) is sigmoid(-z)
                match second if first == Number(S.One) else first:
                    case Scaled(minus, other) if minus == _MINUS_ONE:
                        match self._application(other):
                            case Elementwise("sigmoid", 0, inner):
                                negative = Scaled(_MINUS_ONE, inner)
                                return Elementwise("log_sigmoid", 0, negative)
        return node

    def _logarithm_of_product(self, node: Any, factors: tuple[Any, ...]) -> Any:
        """``log(y/yhat)`` as ``log(y) - log(yhat)``, where the last has a stable form."""
        for factor in factors:
            exponent = S.One
            base = factor
            if isinstance(factor, Power) and factor.exponent.is_number:
                base, exponent = factor.body, factor.exponent
            plain = Elementwise("log", 0, base)
            stable = self._logarithm(plain, base)
            if stable != plain and not isinstance(base, Hadamard):
                rest = _product([f for f in factors if f is not factor])
                term = stable if exponent == S.One else Scaled(exponent, stable)
                return Plus((self._logarithm(Elementwise("log", 0, rest), rest), term))
        return node


def _after_one(body: Any) -> Any:
    """The u of ``1 + exp(u)``; None of anything else."""
    match body:
        case Plus((Number(S.One), Elementwise("exp", 0, inner))):
            return inner
        case Plus((Elementwise("exp", 0, inner), Number(S.One))):
            return inner
    return None


def _negative(node: Any) -> Any:
    if isinstance(node, Scaled):
        return node.body if node.factor == _MINUS_ONE else Scaled(-node.factor, node.body)
    return Scaled(_MINUS_ONE, node)


def _with_sigmoid(factors: list[Any]) -> list[Any]:
    """The factors of a product in which ``exp(u)`` times the logistic of -u is that of u."""
    powers = [_power(factor) for factor in factors]
    for at, (base, exponent) in enumerate(powers):
        match base:
            case Elementwise("exp", 0, inner):
                low = Elementwise("sigmoid", 0, _negative(inner))
                high = Elementwise("sigmoid", 0, inner)
                for place, (other, times) in enumerate(powers):
                    if other == low and all(n.is_integer and n > 0 for n in (exponent, times)):
                        both = min(exponent, times)
                        powers[at] = high, both
                        powers[place] = low, times - both
                        powers.insert(at, (base, exponent - both))
                        kept = [_raised(*power) for power in powers if power[1] != 0]
                        return _with_sigmoid(kept)
    return factors


def _power(node: Any) -> tuple[Any, Any]:
    return (node.body, node.exponent) if isinstance(node, Power) else (node, S.One)


def _raised(base: Any, exponent: Any) -> Any:
    return base if exponent == S.One else Power(base, exponent)


def _elu(output: Any) -> Any:
    """``1 + min(a, 0)``."""
    below = Elementwise("positive", 0, Scaled(_MINUS_ONE, output))
    return Plus((Number(S.One), Scaled(_MINUS_ONE, below)))


def _softplus(output: Any) -> Any:
    """``1 - exp(-a)``."""
    return Plus(
        (
            Number(S.One),
            Scaled(_MINUS_ONE, Elementwise("exp", 0, Scaled(_MINUS_ONE, output))),
        )
    )


_THROUGH: dict[tuple[str, int], tuple[str, Callable[[Any], Any]]] = {
    ("relu", 1): ("relu", lambda output: Elementwise("relu-slope", 0, output)),
    ("leaky-relu", 1): ("leaky-relu", lambda output: Elementwise("leaky-relu", 1, output)),
    ("hard-tanh", 1): ("hard-tanh", lambda output: Elementwise("hard-tanh-slope", 0, output)),
    ("elu", 1): ("elu", _elu),
    ("selu", 1): ("selu", lambda output: Elementwise("selu-slope", 0, output)),
    ("sigmoid", 0): ("softplus", _softplus),
}
"""Derivatives by name and order: the function, and the derivative as a tree of its output.

Those that the catalogue itself states through the output, ``1 - a**2`` and ``a (1 - a)``, come from
the derivation as they are.
"""


def _product(factors: list[Any]) -> Any:
    return factors[0] if len(factors) == 1 else Hadamard(tuple(factors))
