"""A witness for keys: the loss's differences, from the equations alone.

It shares no code with what makes a key: it reads the right sides of the model by rules of its own,
works them out with forty digits, and never sees a derivation.  A gradient is what the loss changes
by when one entry is changed a little, also where that entry lies in the middle of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import sympy
from sympy import Expr, Indexed, Symbol

from symback.algebra.expressions import Apply, name_of
from symback.algebra.formula import parse_formula
from symback.algebra.indexing import Bracket, Extreme, IntegerEntry, Product, Stop
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model
from symback.model.perceptron import FUNCTIONS
from symback.records import dataclass

__all__ = ["Testimony", "Witness"]

PRECISION = 40
TOLERANCE = 1e-9
"""Relative to one and the number: what is claimed has the digits of a double."""

Place = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the witness says of some claims.

    Attributes:
        values: how many values of the forward pass were compared.
        gradients: how many derivatives of the loss were.
        wrong: the keys of those that differ, each with what the witness has.
        kinks: the keys whose derivative does not exist here, which were not compared.
    """

    values: int
    gradients: int
    wrong: tuple[tuple[str, str], ...]
    kinks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.wrong


@cache
def _numbers() -> Any:
    from mpmath import MPContext

    own = MPContext()
    own.dps = PRECISION
    return own


class Witness:
    """Works a model out by its equations alone.

    Args:
        model: with a number for every size.
        sizes: numbers for sizes that it leaves open.
        integers: entries of integer arrays, by key.
    """

    def __init__(
        self,
        model: Model,
        sizes: Mapping[str, int] | None = None,
        integers: Mapping[str, int] | None = None,
    ) -> None:
        self.model = model.with_sizes(sizes) if sizes else model
        self.sizes = {
            r.name: (sizes or {}).get(r.name, r.size)
            for q in self.model.quantities.values()
            for r in q.ranges
        } | {**dict(model.numbers), **(sizes or {})}
        self.integers = dict(integers or {})
        self.known: dict[Place, Any] = {}
        self.base: dict[Place, Any] = {}
        self.users: dict[Place, set[Place]] = {}
        self.working: list[Place] = []
        self.given: dict[Place, Any] = {}

    # Claims ---------------------------------------------------------------------------------------

    def judge(self, given: Mapping[str, Any], claims: Mapping[str, Any]) -> Testimony:
        """Compare claimed values with its own.

        Args:
            given: numbers by key, ``x[1]``, ``W1[1,2]``.
            claims: numbers by key: ``h1[1]``, ``L``, and ``dL/dW1[1,2]`` for derivatives.
        """
        own = _numbers()
        self.given = {_place(key): _exactly(own, value) for key, value in given.items()}
        loss = self.model.loss.name
        values = gradients = 0
        wrong: list[tuple[str, str]] = []
        kinks: list[str] = []
        self.known, self.base, self.users, self.working = {}, {}, {}, []
        for key, claimed in claims.items():
            if key.startswith(f"d{loss}/d"):
                gradients += 1
                found = self._difference(_place(key[len(loss) + 3 :]))
                if found is None:
                    kinks.append(key)
                    continue
            else:
                values += 1
                found = self._value(_place(key))
            if not abs(found - _exactly(own, claimed)) <= TOLERANCE * (1 + abs(found)):
                wrong.append((key, own.nstr(found, 12)))
        return Testimony(values, gradients, tuple(wrong), tuple(kinks))

    def loss(self, given: Mapping[str, Any]) -> Any:
        """The loss at given values, with forty digits."""
        own = _numbers()
        self.given = {_place(key): _exactly(own, value) for key, value in given.items()}
        self.known, self.base, self.users, self.working = {}, {}, {}, []
        return self._value((self.model.loss.name, ()))

    def _difference(self, place: Place) -> Any:
        """The loss's change for a change of one entry; None where the two sides disagree.

        What does not rest on the entry keeps its value; all else is worked out anew.
        """
        own = _numbers()
        loss = (self.model.loss.name, ())
        if not self.base:
            self._value(loss)
            self.base = dict(self.known)
        if place not in self.base:
            return own.mpf(0)  # the loss does not rest on it
        moving = self._resting_on(place)
        step = own.mpf(10) ** -12
        losses = []
        for shift in (step, -step):
            self.known = {p: value for p, value in self.base.items() if p not in moving}
            self.known[place] = self.base[place] + shift
            losses.append(self._value(loss))
        self.known = dict(self.base)
        middle = self.base[loss]
        right, left = (losses[0] - middle) / step, (middle - losses[1]) / step
        if abs(right - left) > 1e-6 * (1 + abs(right)):
            return None
        return (right + left) / 2

    def _resting_on(self, place: Place) -> set[Place]:
        """The entries whose values rest on one, itself among them."""
        found, stack = {place}, [place]
        while stack:
            for user in self.users.get(stack.pop(), ()):
                if user not in found:
                    found.add(user)
                    stack.append(user)
        return found

    # Values ---------------------------------------------------------------------------------------

    def _value(self, place: Place) -> Any:
        if self.working:
            self.users.setdefault(place, set()).add(self.working[-1])
        if place not in self.known:
            found = self.given.get(place)
            if found is None:
                self.working.append(place)
                found = self._defined(place)
                self.working.pop()
            self.known[place] = found
        return self.known[place]

    def _defined(self, place: Place) -> Any:
        name, at = place
        for equation in self.model.boundaries.get(name, ()):
            letters = _matches(equation, at, self)
            if letters is not None:
                return self._of(equation.expression, letters)
        general = self.model.definitions.get(name)
        if general is None or not self._inside(general, at):
            outside = self.model.quantities[name].outside
            if outside is not None:
                return self._of(outside, {})
            raise KeyError(place)
        names = {s.name: i for s, i in zip(general.quantity.indices, at, strict=True)}
        return self._of(general.expression, names)

    def _inside(self, equation: Equation, at: Sequence[int]) -> bool:
        ranges = equation.quantity.ranges
        return all(
            self._index(r.first, {}) <= i <= self._index(r.upper, {})
            for i, r in zip(at, ranges, strict=True)
        )

    def _index(self, node: Expr, letters: Mapping[Any, int]) -> int:
        """An index expression as a number."""
        if node.is_Integer:
            return int(node)
        if isinstance(node, IntegerEntry):
            at = ",".join(str(self._index(i, letters)) for i in node.indices)
            return self.integers[f"{node.base.label}[{at}]" if at else str(node.base.label)]
        if isinstance(node, Symbol):
            if node in letters:
                return letters[node]
            return letters[node.name] if node.name in letters else self.sizes[node.name]
        parts = {part: self._index(part, letters) for part in node.args}
        return int(node.func(*(sympy.Integer(parts[part]) for part in node.args)))

    def _of(self, node: Expr, letters: Mapping[Any, int]) -> Any:
        own = _numbers()
        if node.is_Rational:
            return own.mpf(int(node.p)) / int(node.q)
        if node is sympy.pi:
            return own.pi
        if isinstance(node, Indexed) and not isinstance(node, IntegerEntry):
            at = tuple(self._index(i, letters) for i in node.indices)
            return self._value((name_of(node), at))
        if isinstance(node, Symbol):
            if node.name in self.model.quantities:
                return self._value((node.name, ()))
            return own.mpf(self._index(node, letters))
        if isinstance(node, sympy.Add):
            return own.fsum(self._of(part, letters) for part in node.args)
        if isinstance(node, sympy.Mul):
            return own.fprod(self._factors(node, letters))
        if isinstance(node, sympy.Pow):
            return self._of(node.base, letters) ** self._of(node.exp, letters)
        if isinstance(node, sympy.Sum):
            return own.fsum(self._over(node.function, list(node.limits), letters))
        if isinstance(node, Product):
            return own.fprod(self._over(node.body, [node.limit], letters))
        if isinstance(node, Extreme):
            best = {"max": max, "min": min}[node.kind]
            return best(self._over(node.body, [node.limit], letters))
        if isinstance(node, Apply):
            return _apply(node.name, self._of(node.argument, letters))
        if isinstance(node, Stop):
            return self._of(node.body, letters)
        if isinstance(node, Bracket):
            left, right = self._of(node.left, letters), self._of(node.right, letters)
            holds = {"<=": left <= right, "<": left < right, "==": left == right}
            return own.mpf(holds.get(node.relation, left != right))
        if isinstance(node, sympy.KroneckerDelta):
            left, right = (self._index(i, letters) for i in node.args)
            return own.mpf(left == right)
        return own.mpf(self._index(node, letters))

    def _factors(self, node: Expr, letters: Mapping[Any, int]) -> list[Any]:
        """Brackets first: what they make zero need not exist."""
        first = [f for f in node.args if isinstance(f, Bracket | sympy.KroneckerDelta)]
        deciding = [self._of(f, letters) for f in first]
        if any(value == 0 for value in deciding):
            return deciding
        return deciding + [self._of(f, letters) for f in node.args if f not in first]

    def _over(self, body: Expr, limits: list[Any], letters: Mapping[Any, int]) -> list[Any]:
        if not limits:
            return [self._of(body, letters)]
        *inner, (index, first, last) = limits
        found: list[Any] = []
        for value in range(self._index(first, letters), self._index(last, letters) + 1):
            found += self._over(body, inner, {**letters, index: value})
        return found


def _place(key: str) -> Place:
    name, _, rest = key.partition("[")
    return name, tuple(int(i) for i in rest.rstrip("]").split(",")) if rest else ()


def _exactly(own: Any, value: Any) -> Any:
    if isinstance(value, Fraction):
        return own.mpf(value.numerator) / value.denominator
    if hasattr(value, "to_decimal"):
        return value.to_decimal(own)
    return own.mpf(value)


def _matches(equation: Equation, at: Sequence[int], witness: Witness) -> dict[Any, int] | None:
    """The letters of a boundary's free indices at this entry; None where it says nothing of it."""
    letters: dict[Any, int] = {}
    for index, own, value in zip(equation.at, equation.quantity.indices, at, strict=True):
        if index == own:
            letters[own] = value
            letters[own.name] = value
        elif witness._index(index, {}) != value:
            return None
    return letters


_ELEMENTARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "exp": lambda own, u: own.exp(u),
    "log": lambda own, u: own.log(u),
    "sqrt": lambda own, u: own.sqrt(u),
    "sin": lambda own, u: own.sin(u),
    "cos": lambda own, u: own.cos(u),
    "erf": lambda own, u: own.erf(u),
    "tanh": lambda own, u: own.tanh(u),
    "abs": lambda own, u: abs(u),
    "sign": lambda own, u: own.sign(u),
    "step": lambda own, u: own.mpf(u > 0),
    "positive": lambda own, u: max(u, own.mpf(0)),
    "clip": lambda own, u: max(own.mpf(-1), min(own.mpf(1), u)),
    "within": lambda own, u: own.mpf(-1 < u < 1),
}


def _apply(name: str, argument: Any) -> Any:
    own = _numbers()
    if name in _ELEMENTARY:
        return _ELEMENTARY[name](own, argument)
    formula = _catalogue(name)
    return _Plain(argument).of(formula)


@cache
def _catalogue(name: str) -> Expr:
    return parse_formula(ACTIVATIONS[name].formula, {"z": Symbol("z")}, FUNCTIONS)


class _Plain(Witness):
    """A function of the catalogue by its formula, in which only ``z`` is free."""

    def __init__(self, argument: Any) -> None:
        self.argument = argument

    def of(self, formula: Expr) -> Any:
        """The formula's value."""
        return self._of(formula, {})

    def _of(self, node: Expr, letters: Mapping[Any, int]) -> Any:
        return self.argument if node == Symbol("z") else super()._of(node, letters)
