"""What an entry is drawn from, by what it is and by the functions of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

from sympy import Add, Expr, Pow

from symback.algebra.expressions import Apply
from symback.model.equations import Model, Quantity, Role
from symback.teaching.program import Kind, Line, Program

__all__ = ["RATES", "Grid", "softmax_lines", "width_of"]

RATES = tuple(Fraction(*rate) for rate in ((1, 2), (1, 5), (1, 10), (1, 20), (1, 100)))
"""Learning rates, the largest first: where the loss rises, a smaller one is taken."""


GUARD = Fraction(1, 100)
"""What only keeps a root or a quotient from 0 is small, and short to write."""


class Grid:
    """One draw for every given key of a program.

    Args:
        model: says what each quantity is.
        program: the same, unit by unit.
        piecewise: whether all functions are straight lines with kinks.
    """

    def __init__(self, model: Model, program: Program, piecewise: bool) -> None:
        self.model = model
        self.program = program
        self.piecewise = piecewise
        self.forward = program.of_kind(Kind.FORWARD)
        self.softmax = softmax_lines(program)
        # So many sizes are needed, at least, for inputs of which no two are alike.
        self.widest = max(
            (
                width_of(keys)
                for name, keys in program.given.items()
                if program.roles[name] is Role.INPUT
            ),
            default=1,
        )
        # Behind a sigmoid little is passed back, and less yet through small weights.
        squashed = {line.quantity for line in program.lines if line.function == "sigmoid"}
        weights = [name for name in program.given if program.roles[name] is Role.WEIGHT]
        self.guards = frozenset(_guards(model))
        self.later = frozenset(weights[1:] if len(squashed) > 1 else ())

    def tidy(self, random: Random) -> tuple[Callable[[Quantity], int], int]:
        """What an entry is drawn from, by the functions of the model: so many of a unit."""
        if self.piecewise:
            sizes = _signed(range(1, max(3, self.widest) + 1))

            def whole(quantity: Quantity) -> int:
                if quantity.role is Role.INPUT:
                    return random.choice(sizes)
                if quantity.role is Role.TARGET:
                    return random.randint(-4, 4)
                if quantity.role is Role.BIAS:
                    return random.randint(-2, 2)
                return random.choice((-3, -2, -2, -1, -1, 1, 1, 2, 2, 3))

            return whole, 1

        halves = _signed(range(5, 5 * max(4, self.widest) + 1, 5))

        def tenths(quantity: Quantity) -> int:
            if quantity.role is Role.TARGET:
                return self._target(random)
            if quantity.role is Role.BIAS:
                return random.randint(-5, 5)
            if quantity.role is Role.INPUT:
                return random.choice(halves)
            if quantity.name in self.later:
                return random.choice((-1, 1)) * random.randint(4, 9)
            value = 0
            while not value:
                value = random.randint(-9, 9)
            return value

        return tenths, 10

    def _target(self, random: Random) -> int:
        """A target, in tenths."""
        output = next(
            (e.function for e in self.model.equations if e.quantity.role is Role.OUTPUT), ""
        )
        loss = next((e.function for e in reversed(self.model.equations) if e.function), "")
        if loss == "binary-cross-entropy":
            return 10 * random.randint(0, 1)
        if output == "sigmoid":  # the outputs are about one half, and errors are to be seen
            return random.choice((0, 1, 2, 8, 9, 10))
        if output == "tanh":
            return random.randint(-10, 10)
        return random.randint(-20, 20)

    def plain(
        self, random: Random, entry: Callable[[Quantity], int], unit: int = 1
    ) -> dict[str, Any]:
        """One draw for every given key, as the facts about targets ask.

        Args:
            random: what draws.
            entry: draws a whole number for an entry of a quantity.
            unit: so many of them are one.
        """
        found: dict[str, Any] = {}
        for name, keys in self.program.given.items():
            quantity = self.model.quantities[name]
            numbers: list[Any]
            if quantity.value is not None:
                numbers = [Fraction(repr(quantity.value))]
            elif quantity.role is Role.TARGET and self._are_shares():
                width = width_of(keys)
                numbers = []
                for _ in range(len(keys) // width):
                    chosen = random.randrange(width)
                    numbers += [Fraction(int(place == chosen)) for place in range(width)]
            elif quantity.role is Role.TARGET and "targets-are-signs" in self.model.facts:
                numbers = [Fraction(random.choice((-1, 1))) for _ in keys]
            elif name in self.guards:
                numbers = [GUARD for _ in keys]
            elif quantity.is_positive:
                numbers = [Fraction(random.randint(1, 10), 10) for _ in keys]
            else:
                numbers = [_over(number, unit) for number in self._apart(quantity, keys, entry)]
            found.update(zip(keys, numbers, strict=True))
        found["eta"] = random.choice(RATES[:3])
        return found

    def _are_shares(self) -> bool:
        """Whether targets are shares of one: a fact, or what the loss of a softmax wants."""
        if "targets-sum-to-one" in self.model.facts:
            return True
        loss = [x for x in self.forward if self.program.roles[x.quantity] is Role.LOSS]
        return bool(self.softmax) and any("'log'" in repr(line.tree) for line in loss)

    def _apart(
        self, quantity: Quantity, keys: tuple[str, ...], entry: Callable[[Quantity], int]
    ) -> list[int]:
        """One draw for each key; of inputs and weights in a row no two alike, if that can be."""
        if quantity.role not in (Role.INPUT, Role.WEIGHT, Role.PARAMETER):
            return [entry(quantity) for _ in keys]
        size = abs if quantity.role is Role.INPUT else int
        width = width_of(keys)
        numbers: list[int] = []
        for place in range(len(keys)):
            if not place % width:
                row: list[int] = []
            number = entry(quantity)
            for _ in range(12):
                if size(number) not in row:
                    break
                number = entry(quantity)
            row.append(size(number))
            numbers.append(number)
        return numbers


def softmax_lines(program: Program) -> list[Line]:
    """The outputs of a softmax."""
    return [
        line for line in program.of_kind(Kind.FORWARD)
        if isinstance(line.tree, tuple) and line.tree[0] == "softmax"
    ]  # fmt: skip


def _guards(model: Model) -> Iterator[str]:
    """The names of positive constants that stand in roots and quotients alone, beside the rest."""
    for quantity in model.given:
        if quantity.role is Role.CONSTANT and quantity.is_positive and not quantity.ranges:
            entry = quantity.at()
            sides = [e.expression for e in model.equations if e.expression.has(entry)]
            if sides and not any(_guarded(side, entry).has(entry) for side in sides):
                yield quantity.name


def _guarded(expression: Expr, entry: Expr) -> Expr:
    """An expression without a constant that is added inside a root or below a quotient."""
    guarded = {}
    for node in expression.atoms(Pow, Apply):
        if isinstance(node, Pow):
            inner, opens = node.base, not (node.exp.is_Integer and node.exp.is_positive)
        else:
            inner, opens = node.argument, node.name == "sqrt"
        if opens and isinstance(inner, Add) and entry in inner.args:
            guarded[node] = node.xreplace({inner: inner - entry})
    return expression.xreplace(guarded)


def _signed(sizes: range) -> tuple[int, ...]:
    """Sizes with either sign, in order."""
    return (*(-size for size in reversed(sizes)), *sizes)


@cache
def _over(number: int, unit: int) -> Fraction:
    """So many of a unit: a draw has few numbers, and is made often."""
    return Fraction(number, unit)


@cache
def width_of(keys: tuple[str, ...]) -> int:
    """The length of the last axis."""
    last = keys[-1].partition("[")[2].rstrip("]").rpartition(",")[2]
    first = keys[0].partition("[")[2].rstrip("]").rpartition(",")[2]
    return int(last) - int(first) + 1 if last else 1
