"""A walk in which every function is what it is: the network at one definite point.

A function of the catalogue is worked out by its own formula and a generic one by a smooth stand-in;
the derivatives that stand in claims come from the catalogue, or belong to the stand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any

from sympy import Expr, Indexed, NumberSymbol, Pow, Symbol

from symback.algebra.expressions import EVERY, Apply, OfVectors, indices_of
from symback.algebra.formula import parse_formula
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model, Quantity, Role
from symback.model.perceptron import FUNCTIONS
from symback.verification.arrays.decimals import BITS, ONE, Decimals, context
from symback.verification.arrays.slopes import ELEMENTARY_SLOPES, taught_slope
from symback.verification.arrays.tensor import NoValueError, Shape, Tensor
from symback.verification.arrays.walk import UnknownKindError, Walk

__all__ = ["ELEMENTARY", "FROM_KINK", "Point"]

FROM_KINK = Fraction(1, 1000)
"""A point is not nearer than this to any kink."""


def _step(u: Any) -> Any:
    return 1 if u > 0 else 0


ELEMENTARY: Mapping[str, Callable[[Any], Any]] = {
    "abs": abs,
    "clip": lambda u: max(-1, min(1, u)),
    "cos": lambda u: context().cos(u),
    "erf": lambda u: context().erf(u),
    "exp": lambda u: context().exp(u),
    "log": lambda u: context().log(u),
    "positive": lambda u: max(0, u),
    "sign": lambda u: context().sign(u),
    "sin": lambda u: context().sin(u),
    "sqrt": lambda u: context().sqrt(u),
    "step": _step,
    "tanh": lambda u: context().tanh(u),
    "within": lambda u: _step(1 - abs(u)),
}
"""The functions that formulas are made of."""

KINKS: Mapping[str, tuple[int, ...]] = {
    "abs": (0,),
    "clip": (-1, 1),
    "positive": (0,),
    "sign": (0,),
    "step": (0,),
    "within": (-1, 1),
}


class Point(Walk):
    """One point: weights, inputs and targets, and everything that follows from them.

    Args:
        model: the equations.
        arithmetic: of decimals.
        sizes: how many values each range has, by its name.
        positive: whether all weights and inputs are positive, for functions that want that.
        closer: how often to halve their bounds, for functions that grow fast.

    Raises:
        NoValueError: when a function is not defined at this point, or a kink is too near.
    """

    arithmetic: Decimals

    def __init__(
        self,
        model: Model,
        arithmetic: Decimals,
        sizes: Mapping[str, int],
        *,
        positive: bool = False,
        closer: int = 0,
    ) -> None:
        super().__init__(model, arithmetic, sizes)
        self.arithmetic = arithmetic
        self._closer = closer
        for quantity in model.given:
            self.values[quantity.name] = self._draw(quantity, self.shape(quantity), positive)
        self.define()

    def _draw(self, quantity: Quantity, shape: Shape, positive: bool) -> list[int]:
        """Entries of a size that neither lets a signal die out nor grow through the layers."""
        draw = self.arithmetic
        if quantity.value is not None:
            return [int(Fraction(quantity.value) * ONE)]
        if quantity.role is Role.TARGET and "targets-sum-to-one" in self.model.facts:
            return draw.draw_unit_rows(shape)
        if quantity.role is Role.TARGET and "targets-are-signs" in self.model.facts:
            return draw.choices((-1, 1), shape)
        bound = Fraction(3, 2)
        if quantity.role is Role.WEIGHT and len(shape) > 1:
            inputs = shape[0]
            bound = Fraction(2, inputs if positive else isqrt(inputs))
        bound /= 2**self._closer
        positive = positive or quantity.is_positive
        return draw.between(bound / 8 if positive else -bound, bound, shape)

    # Functions ----------------------------------------------------------------------------------

    def apply(self, node: Apply) -> Tensor:
        """A function at an argument: elementary, by the catalogue's formula, or a stand-in."""
        name, order, argument = node.name, node.order, node.argument
        if order == 0 and name in ELEMENTARY:
            return self._elementary(name, self.value(argument))
        known = ACTIVATIONS.get(name)
        if order == 0 and known is not None:
            return self.value(parse_formula(known.formula, {"z": argument}, FUNCTIONS))
        if order == 1:
            taught = taught_slope(Apply(name, argument), always=True)
            if taught is None and name in ELEMENTARY_SLOPES:
                taught = ELEMENTARY_SLOPES[name](argument)
            if taught is not None:
                return self.value(taught)
        if known is not None or name in ELEMENTARY:
            raise UnknownKindError(f"derivative {order} of {name}")
        return self.arithmetic.mapped(_stand_in(name, order), self.value(argument))

    def _elementary(self, name: str, argument: Tensor) -> Tensor:
        for kink in KINKS.get(name, ()):
            near = int(FROM_KINK * ONE)
            if any(abs(value - (kink << BITS)) < near for value in argument.data):
                raise NoValueError
        return self.arithmetic.mapped(ELEMENTARY[name], argument)

    def root(self, node: Pow) -> Tensor:
        """A power that is not whole."""
        if not node.exp.is_Rational:
            raise UnknownKindError("an exponent is not a number")
        top, bottom = int(node.exp.p), int(node.exp.q)
        own = context()
        return self.arithmetic.mapped(
            lambda u: own.power(u, own.mpf(top) / bottom), self.value(node.base)
        )

    def constant(self, node: NumberSymbol) -> Tensor:
        """A number with a name: pi."""
        if str(node) != "pi":
            raise UnknownKindError(f"no value is known for {node}")
        return Tensor((), (), [int(context().ldexp(context().pi, BITS))])

    # A generic function of vectors: sin(sum_k w_k v_k) + sum_k w_k v_k^2 / 2 ----------------------

    def vectors(self, node: OfVectors) -> Tensor:
        """The stand-in's value."""
        squares = []
        for position, vector in enumerate(node.arguments):
            entries = self.value(vector)
            weights = _weights(position, vector, entries)
            halves = weights._replace(data=[weight >> 1 for weight in weights.data])
            factors = [entries, entries, halves]
            squares.append(self.arithmetic.product(factors, _every(entries)))
        wave = self.arithmetic.mapped(ELEMENTARY["sin"], self._weighted(node))
        return self.arithmetic.add([wave, *squares])

    def partial_of_vectors(self, node: OfVectors, by: Indexed) -> Tensor:
        """The stand-in's partial: ``w_k (cos(sum_k w_k v_k) + v_k)``."""
        position = self.argument(node, by)
        entries = self.value(by)
        slope = self.arithmetic.mapped(ELEMENTARY["cos"], self._weighted(node))
        return self.arithmetic.product(
            [_weights(position, by, entries), self.arithmetic.add([slope, entries])], {}
        )

    def _weighted(self, node: OfVectors) -> Tensor:
        terms = []
        for position, vector in enumerate(node.arguments):
            entries = self.value(vector)
            weights = _weights(position, vector, entries)
            terms.append(self.arithmetic.product([weights, entries], _every(entries)))
        return self.arithmetic.add(terms)


def _every(entries: Tensor) -> dict[Symbol, int]:
    """The axis of a vector's entries."""
    sizes = zip(entries.axes, entries.shape, strict=True)
    return {index: size for index, size in sizes if index == EVERY}


def _weights(position: int, vector: Expr, entries: Tensor) -> Tensor:
    """A weight of its own for each entry of each argument, between 1/2 and 3/2."""
    indices = indices_of(vector)
    size = entries.shape[-1] if indices else 1
    weights = list(_drawn_weights(position, size))
    return Tensor(entries.axes[-1:] if indices else (), (size,) if indices else (), weights)


@cache
def _drawn_weights(position: int, size: int) -> tuple[int, ...]:
    """Multiples of the golden ratio's fraction, so that no two are alike."""
    return tuple(
        ONE // 2 + ((k + 1 + 7 * position) * 11400714819323198485 % 2**64 << BITS - 64)
        for k in range(size)
    )


@cache
def _stand_in(name: str, order: int) -> Callable[[Any], Any]:
    """A smooth function for each name, ``1/2 + 2/5 sin(b u + c)``, or one of its derivatives.

    It is neither even nor odd, no two names share it, and its values are probabilities, for the
    losses that want those.
    """
    own = context()
    number = sum((position + 1) * ord(letter) for position, letter in enumerate(name))
    rate = 1 + own.mpf(number % 17) / 20
    phase = own.mpf(3) / 10 + own.mpf(number % 13) / 17 + order * own.pi / 2
    scale, offset = own.mpf(2) / 5 * rate**order, 0 if order else own.mpf(1) / 2
    return lambda u: offset + scale * own.sin(rate * u + phase)
