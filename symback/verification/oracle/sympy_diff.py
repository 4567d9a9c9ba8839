"""SymPy's own derivative of the fully substituted loss, for small networks.

The forward equations are put into each other until the loss is one expression of inputs and
parameters.  Every parameter then moves along a line, ``w + v t``, and SymPy differentiates once, by
``t``: the result is the sum over all parameters of ``v`` times the gradient.  With ``v`` drawn at
random this holds all gradients against the claimed ones at once; with ``v`` zero but for one
parameter, that one's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

import sympy
from sympy import Add, Expr, Function, Indexed, Integer, Mul, Pow, Rational, Sum, Symbol

from symback.algebra.expressions import Apply, Marked, OfVectors, name_of
from symback.model.equations import Model
from symback.verification.oracle.field import PRIME
from symback.verification.oracle.functions import catalogue_formula
from symback.verification.oracle.instance import Instance, Place

__all__ = ["MAX_PARAMETERS", "MAX_TERMS", "SubstitutedLoss"]

MAX_PARAMETERS = 200
"""Networks with more weights and biases than this are left to the other witnesses."""

MAX_TERMS = 3000
"""So many products may stand in the forward equations, once their sums are written out."""

TIME = Symbol("_t")


class SubstitutedLoss:
    """The loss of a model at its own sizes as one expression, and its derivative by SymPy.

    Args:
        model: the equations, with sizes.
        instance: the same model in numbers, at the same sizes.
    """

    def __init__(self, model: Model, instance: Instance) -> None:
        self.model = model
        self.instance = instance
        self.parameters = [p for q in model.asked for p in instance.places(q)]
        self._values: dict[Expr, int] = {}
        self._speeds: dict[Place, Symbol] = {}
        self._functions: dict[tuple[str, int], type[Function]] = {}
        self._keys: dict[type[Function], tuple[str, int]] = {}
        self._losses: set[str] = set()
        self._known: dict[Place, Expr] = {}
        self._units: list[Shared] = []
        moving = {quantity.name for quantity in model.asked}
        for quantity in model.given:
            for place in instance.places(quantity):
                self._known[place] = self._line(place, quantity.name in moving)
        for equation in model.equations:
            for place in instance.places(equation.quantity):
                at = dict(zip(equation.quantity.indices, map(Integer, place[1]), strict=True))
                self._known[place] = self._shared(self._substitute(equation.expression, at))

    def along(self, direction: Mapping[Place, int]) -> int:
        """The loss's derivative along a direction, as SymPy has it."""
        values = {TIME: 0, **self._values}
        for place, symbol in self._speeds.items():
            values[symbol] = direction.get(place, 0)
        for unit in self._units:
            values[unit] = self._value(unit.body, values)
        return self._value(self._known[self.model.loss.name, ()].slope, values)

    def _shared(self, body: Expr) -> Expr:
        """An expression with its derivative by time, as SymPy's rule for its kind has it.

        ``diff`` would ask of every result whether it is zero: that takes longer than all the rest.
        """
        return self._share(body, body._eval_derivative(TIME))

    def _share(self, body: Expr, slope: Expr) -> Expr:
        """One object for an expression however often it is used, and one for its derivative."""
        if slope.is_number or isinstance(slope, Shared | Symbol):
            inner = slope
        else:
            inner = Shared(slope, sympy.nan)
            self._units.append(inner)
        unit = Shared(body, inner)
        self._units.append(unit)
        return unit

    def _line(self, place: Place, moves: bool) -> Expr:
        """A given entry; a parameter moves along a line."""
        symbol = Symbol(f"{place[0]}{list(place[1])}", zero=False)
        self._values[symbol] = self.instance.values[place]
        if not moves:
            return symbol
        speed = self._speeds[place] = Symbol(f"speed of {symbol.name}", zero=False)
        return self._share(symbol + speed * TIME, speed)

    def _substitute(self, node: Expr, at: Mapping[Symbol, Expr]) -> Expr:
        """An equation's right side with everything in it put in."""
        if isinstance(node, Indexed):
            place = tuple(int(at.get(index, index)) for index in node.indices)
            return self._known[name_of(node), place]
        if isinstance(node, Sum):
            bound = [index for index, _, _ in node.limits]
            here = {index: int(value) for index, value in at.items() if value.is_Integer}
            terms = (
                self._substitute(node.function, {**at, **{i: Integer(each[i]) for i in bound}})
                for each in self.instance.limits(node, here)
            )
            return Add(*(self._shared(term) if term.is_Mul else term for term in terms))
        if isinstance(node, Apply):
            argument = self._substitute(node.argument, at)
            elementary = node.order > 0 or node.name in _SYMPY or node.name in _SLOPES
            formula = None if elementary else catalogue_formula(node.name)
            if formula is not None:
                return self._substitute(formula, {Symbol("z"): argument})
            return self._function(node.name, node.order)(argument)
        if isinstance(node, OfVectors):
            return self._vectors(node, at)
        if isinstance(node, Symbol):
            if node in at:
                return at[node]
            if node.is_integer:
                return Integer(self.instance.sizes[node.name])
            return self._known[node.name, ()]
        if isinstance(node, Marked):
            return self._substitute(node.body, at)
        if isinstance(node, Add | Mul | Pow):
            return node.func(*(self._substitute(part, at) for part in node.args))
        return node

    def _vectors(self, node: OfVectors, at: Mapping[Symbol, Expr]) -> Expr:
        """A generic function of vectors as a SymPy function of all their entries."""
        here = {index: int(value) for index, value in at.items() if value.is_Integer}
        places: list[Place] = []
        slopes: list[Symbol] = []
        for position, argument in enumerate(node.arguments):
            for place in self.instance.spread(argument, here):
                slope = Symbol(f"slope {len(self._values)} of {node.name}")
                self._values[slope] = self.instance.slope(node, position, place, here)
                slopes.append(slope)
                places.append(place)

        def fdiff(self: Expr, argindex: int = 1) -> Expr:
            return slopes[argindex - 1]

        self._losses.add(f"_{node.name}")
        whole = type(f"_{node.name}", (Function,), {"fdiff": fdiff, "nargs": len(places)})
        return whole(*(self._known[place] for place in places))

    def _function(self, name: str, order: int) -> type[Function]:
        """A function that SymPy knows only by name, whose derivative has one more prime."""
        key = name, order
        if key not in self._functions:
            own = _SYMPY.get(name) if order == 0 else None
            slope = _SLOPES.get(name) if order == 0 else None

            def fdiff(applied: Expr, argindex: int = 1) -> Expr:
                if slope is None:
                    return self._function(name, order + 1)(applied.args[0])
                return slope(lambda other, u: self._function(other, 0)(u), applied.args[0])

            made = own or type(f"_{name}_{order}", (Function,), {"fdiff": fdiff, "nargs": 1})
            self._functions[key] = made
            self._keys[made] = key
        return self._functions[key]

    def _value(self, node: Expr, known: dict[Expr, int]) -> int:
        """What an expression comes to, each of its parts once."""
        found = known.get(node)
        if found is not None:
            return found
        if isinstance(node, Rational):
            value = int(node.p) * pow(int(node.q), -1, PRIME)
        elif isinstance(node, Add):
            value = sum(self._value(part, known) for part in node.args)
        elif isinstance(node, Mul):
            value = 1
            for part in node.args:
                value = value * self._value(part, known) % PRIME
        elif isinstance(node, Pow):
            base = self._value(node.base, known)
            value = self.instance.field.power(base, int(node.exp.p), int(node.exp.q))
        elif node == sympy.pi:
            value = self.instance.field.pi
        elif isinstance(node, Function):
            name, order = self._keys.get(type(node)) or (type(node).__name__, 0)
            if name in self._losses:
                value = self.instance.field.generic(name, -1, 0)
            else:
                value = self.instance.apply(name, order, self._value(node.args[0], known))
        else:
            raise TypeError(f"no value is known for {type(node).__name__}: {node!r}")
        known[node] = value % PRIME
        return known[node]


class Shared(Expr):  # type: ignore[misc]
    """An expression that stands in many places as one object; it differentiates as what it is.

    SymPy walks through expressions as trees, and a network written out as a tree doubles with each
    layer.
    """

    __slots__ = ("body", "slope")
    is_commutative = True
    is_number = False
    # Said to be unknown here, since SymPy asks at every product and would go to great lengths.
    is_zero = is_real = is_extended_real = is_complex = is_finite = is_infinite = None
    is_integer = is_even = is_odd = is_rational = is_imaginary = is_hermitian = None
    is_positive = is_negative = is_extended_positive = is_extended_negative = None
    _numbers = count()

    def __new__(cls, body: Expr, slope: Expr) -> Shared:
        """The one object for an expression whose derivative by time is known."""
        made: Shared = Expr.__new__(cls, Integer(next(cls._numbers)))
        made.body, made.slope = body, slope
        return made

    @property
    def func(self) -> Callable[..., Shared]:
        """What SymPy puts an expression together with again: there is only this one."""
        return lambda *_: self

    @property
    def free_symbols(self) -> set[Symbol]:
        """Time, by which everything is differentiated."""
        return {TIME}

    def _eval_derivative(self, variable: Expr) -> Expr:
        return self.slope


_SYMPY: dict[str, type[Function]] = {
    "tanh": sympy.tanh,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "log": sympy.log,
}
"""Functions that SymPy differentiates itself; its ``exp`` would merge products into one."""

Named = Callable[[str, Expr], Expr]

_SLOPES: dict[str, Callable[[Named, Expr], Expr]] = {
    "exp": lambda function, u: function("exp", u),
    "erf": lambda function, u: 2 * function("exp", -(u**2)) / sympy.sqrt(sympy.pi),
    "positive": lambda function, u: function("step", u),
    "abs": lambda function, u: function("sign", u),
    "clip": lambda function, u: function("within", u),
    "sign": lambda function, u: sympy.S.Zero,
    "step": lambda function, u: sympy.S.Zero,
    "within": lambda function, u: sympy.S.Zero,
}
"""Derivatives of the other elementary functions, away from their kinks."""
