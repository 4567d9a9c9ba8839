"""Any model in numbers: its loss by its equations, its adjoints by their formulas, held together.

What is true is found without the chain rule: a small imaginary change of one entry, of a parameter
or of anything between, changes the loss by its derivative (the complex step, exact to rounding).
"""

from __future__ import annotations

import cmath
import itertools
import math
import random
from collections.abc import Iterator, Mapping

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, Symbol, Tuple

from symback.algebra.expressions import Apply, Partial, Sum, indices_of, name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    Largest,
    Product,
    Smallest,
    Stop,
)
from symback.calculus import Derivation
from symback.model.equations import Quantity, Role, size_symbol

Place = tuple[int, ...]
Letters = Mapping[Expr, int]
STEP = 1e-30


class MissingError(Exception):
    """An entry was read that no equation defines."""


def _sigmoid(u: complex) -> complex:
    return 1 / (1 + cmath.exp(-u))


FUNCTIONS = {
    ("exp", 0): cmath.exp,
    ("log", 0): cmath.log,
    ("sqrt", 0): cmath.sqrt,
    ("sin", 0): cmath.sin,
    ("sin", 1): cmath.cos,
    ("cos", 0): cmath.cos,
    ("tanh", 0): cmath.tanh,
    ("tanh", 1): lambda u: 1 - cmath.tanh(u) ** 2,
    ("sigmoid", 0): _sigmoid,
    ("relu", 0): lambda u: u if u.real > 0 else 0 * u,
    ("relu", 1): lambda u: complex(u.real > 0),
    ("f", 0): lambda u: cmath.sin(u) + u * u,
    ("f", 1): lambda u: cmath.cos(u) + 2 * u,
}

RELATIONS = {
    "<=": lambda left, right: left <= right,
    "<": lambda left, right: left < right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}


class World:
    """A model at some sizes, with random numbers for what is given."""

    def __init__(self, derivation: Derivation, sizes: Mapping[str, int], seed: int = 0) -> None:
        self.model = derivation.model
        self.steps = dict(derivation.step_of)
        self.sizes: Letters = {size_symbol(name): number for name, number in sizes.items()}
        draw = random.Random(seed)
        self.given: dict[tuple[str, Place], complex] = {}
        for q in self.model.given:
            for place in self.range(q):
                most = 0 if q.counts is None else self.index(q.counts, {})
                value = draw.uniform(0.3, 1.7) * (1 if q.is_positive else draw.choice((-1, 1)))
                self.given[q.name, place] = complex(draw.randint(1, most) if most else value)
        self.moved: tuple[str, Place] | None = None
        self.values: dict[tuple[str, Place], complex] = {}
        self.adjoints: dict[tuple[str, Place], complex] = {}

    def range(self, quantity: Quantity) -> list[Place]:
        """The entries of a quantity's general range."""
        ends = [(self.index(r.first, {}), self.index(r.upper, {})) for r in quantity.ranges]
        return list(itertools.product(*(range(first, last + 1) for first, last in ends)))

    def boundary(self, quantity: Quantity, at: tuple[Expr, ...]) -> list[Place]:
        """The entries that a start or an end defines."""
        axes = []
        for index, r in zip(at, quantity.ranges, strict=True):
            if index in quantity.indices:
                axes.append(range(self.index(r.first, {}), self.index(r.upper, {}) + 1))
            else:
                axes.append(range(self.index(index, {}), self.index(index, {}) + 1))
        return list(itertools.product(*axes))

    def has(self, quantity: Quantity, place: Place) -> bool:
        """Whether an entry exists."""
        starts = self.model.boundaries.get(quantity.name, ())
        return place in self.range(quantity) or any(
            place in self.boundary(quantity, start.at) for start in starts
        )

    # Values -------------------------------------------------------------------------------------

    def value(self, name: str, place: Place) -> complex:
        """One entry, by the equation that defines it."""
        key = (name, place)
        if key not in self.values:
            change = 1j * STEP if key == self.moved else 0
            self.values[key] = self._defined(self.model.quantities[name], place) + change
        return self.values[key]

    def _defined(self, quantity: Quantity, place: Place) -> complex:
        if (quantity.name, place) in self.given:
            return self.given[quantity.name, place]
        at = dict(zip(quantity.indices, place, strict=True))
        for start in self.model.boundaries.get(quantity.name, ()):
            if place in self.boundary(quantity, start.at):
                return self.of(start.expression, at)
        if place in self.range(quantity) and quantity.name in self.model.definitions:
            return self.of(self.model.definitions[quantity.name].expression, at)
        if quantity.outside is None:
            raise MissingError(f"{quantity.name}{place}")
        return self.of(quantity.outside, {})

    def slope(self, name: str, place: Place) -> float:
        """The derivative of the loss by one entry, without any formula for it."""
        self.moved, self.values = (name, place), {}
        found = self.value(self.model.loss.name, ()).imag / STEP
        self.moved, self.values = None, {}
        return found

    def adjoint(self, name: str, place: Place) -> complex:
        """The derivative of the loss by one entry, by its step; 0 beyond the entries."""
        if name == self.model.loss.name:
            return 1
        quantity = self.model.quantities[name]
        if not self.has(quantity, place):
            return 0
        key = (name, place)
        if key not in self.adjoints:
            at = dict(zip(quantity.indices, place, strict=True))
            self.adjoints[key] = self.of(self.steps[name].result, at)
        return self.adjoints[key]

    # Expressions --------------------------------------------------------------------------------

    def index(self, expression: Expr, at: Letters) -> int:
        """An index expression as a number."""
        return round(complex(self.of(expression, at)).real)

    def over(self, limits: tuple[Tuple, ...], at: Letters) -> Iterator[Letters]:
        """Every value of some bound indices, the last limit outermost."""
        if not limits:
            yield at
            return
        *inner, (index, first, last) = limits
        for number in range(self.index(first, at), self.index(last, at) + 1):
            yield from self.over(tuple(inner), {**at, index: number})

    def of(self, node: Expr, at: Letters) -> complex:
        """The value of an expression."""
        match node:
            case _ if node in at:
                return at[node]
            case _ if node.is_Integer:
                return int(node)
            case _ if node.is_number:
                return complex(node)
            case Indexed():
                return self.value(name_of(node), tuple(self.index(i, at) for i in node.indices))
            case Symbol():
                return self.sizes[node] if node in self.sizes else self.value(node.name, ())
            case Add():
                return sum(self.of(part, at) for part in node.args)
            case Mul():
                return self._product(node, at)
            case Pow():
                return self.of(node.base, at) ** self.of(node.exp, at)
            case Sum():
                return sum(self.of(node.function, inner) for inner in self.over(node.limits, at))
            case Product():
                return math.prod(
                    self.of(node.body, inner) for inner in self.over((node.limit,), at)
                )
            case Extreme():
                return self._extreme(node, at)
            case Bracket():
                left, right = (complex(self.of(side, at)).real for side in (node.left, node.right))
                return int(RELATIONS[node.relation](left, right))
            case KroneckerDelta():
                return int(self.index(node.args[0], at) == self.index(node.args[1], at))
            case Divides():
                return int(self.index(node.args[1], at) % self.index(node.args[0], at) == 0)
            case Largest():
                return max(self.index(part, at) for part in node.args)
            case Smallest():
                return min(self.index(part, at) for part in node.args)
            case FloorOf():
                return self.index(node.numerator, at) // self.index(node.divisor, at)
            case CeilingOf():
                return -(-self.index(node.numerator, at) // self.index(node.divisor, at))
            case Stop():
                return self.of(node.body, at).real
            case Partial() if node.of == self.model.loss.at():
                place = tuple(self.index(i, at) for i in indices_of(node.by))
                return self.adjoint(name_of(node.by), place)
            case Apply():
                return FUNCTIONS[node.name, node.order](complex(self.of(node.argument, at)))
        raise TypeError(f"no value for {node!r}")

    def _product(self, node: Mul, at: Letters) -> complex:
        """A product is 0 where a factor is, whatever the others are."""
        found: complex = 1
        missing: MissingError | None = None
        for factor in node.args:
            try:
                value = self.of(factor, at)
            except (MissingError, OverflowError, ZeroDivisionError) as error:
                missing = MissingError(str(error))
                continue
            if value == 0:
                return 0
            found *= value
        if missing is not None:
            raise missing
        return found

    def _extreme(self, node: Extreme, at: Letters) -> complex:
        index = node.limit[0]
        found = [
            (self.of(node.body, inner), inner[index]) for inner in self.over((node.limit,), at)
        ]
        choose = max if node.kind.endswith("max") else min
        value, place = choose(found, key=lambda pair: complex(pair[0]).real)
        return place if node.kind.startswith("arg") else value


def worst_error(derivation: Derivation, sizes: Mapping[str, int], seed: int = 0) -> float:
    """How far any link or form of any step is from the truth, at any entry."""
    world = World(derivation, sizes, seed)
    worst = 0.0
    for step in derivation.steps:
        quantity = step.quantity
        places = world.range(quantity)
        for start in step.starts:
            places += world.boundary(quantity, start)
        for place in places:
            if quantity.role is Role.INTEGER:
                continue
            truth = world.slope(quantity.name, place)
            at = dict(zip(quantity.indices, place, strict=True))
            written = [link.expression for link in step.links] + [f.expression for f in step.forms]
            for expression in written:
                if any(node.of != derivation.loss for node in expression.atoms(Partial)):
                    continue  # the chain rule in partials, before a local derivative is found
                error = abs(world.of(expression, at) - truth) / max(1.0, abs(truth))
                worst = max(worst, error)
    return worst
