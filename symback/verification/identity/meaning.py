"""What the symbols of a derivation stand for, as polynomials that hold for all sizes.

Here every partial derivative is found a second time: by rules of its own, in the normal form of
`symback.algebra.equality` and not by SymPy, so that the engine's answer is held against another.
Two readings are told apart: the partial of a quantity by something that its own equation mentions
is that of the equation alone; every other is the total derivative, through all quantities between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sympy import Add, Expr, Indexed, Mul, NumberSymbol, Pow, Rational, Sum, Symbol

from symback.algebra.equality import Environment, Reader, free_name, spelled
from symback.algebra.expressions import (
    EVERY,
    Apply,
    Marked,
    OfVectors,
    Partial,
    indices_of,
    name_of,
)
from symback.algebra.monomials import Index, Polynomial
from symback.algebra.polynomial import Algebra
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Quantity
from symback.verification.identity.claims import Claims
from symback.verification.identity.functions import (
    KINKED,
    SLOPES,
    A,
    Z,
    catalogue_derivative,
    formula,
)

__all__ = ["Claims", "Meaning", "Place"]

Place = tuple[str, tuple[Index, ...]]
"""One entry of a quantity: its name and its indices."""

Rule = Callable[[str, tuple[Index, ...]], Polynomial]
"""The derivative of an entry."""


class Meaning(Reader):
    """Reads expressions of a derivation; some names are put in, the others are unknowns.

    Args:
        claims: the model and its claimed adjoints.
        entries: quantities to put in the definitions of.
        adjoints: quantities to put in the claimed adjoints of.
        algebra: where the atoms live.
        sizes: sizes of the ranges over which sums are written out.
        total: whether every partial is a total derivative.
        cut: quantities whose total derivatives are unknowns; the loss's derivative by anything
            before them is then found through them, and not as claimed.
    """

    def __init__(
        self,
        claims: Claims,
        entries: Iterable[str] = (),
        adjoints: Iterable[str] = (),
        algebra: Algebra | None = None,
        sizes: Mapping[str, int] | None = None,
        total: bool = False,
        cut: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(algebra or Algebra(claims.unit_sums), sizes)
        self.cut = cut
        self.behind = frozenset(
            name for name in claims.model.quantities if not cut.isdisjoint(claims.dependents[name])
        )
        self.claims = claims
        self.model = claims.model
        self.entries = frozenset(entries)
        self.adjoints = frozenset(adjoints)
        self.all_total = total
        self._defined: dict[Place, Polynomial] = {}
        self._claimed: dict[str, Polynomial] = {}
        self._claimed_at: dict[Place, Polynomial] = {}
        self._locals: dict[tuple[int, str], Polynomial] = {}
        self._totals: dict[Place, Rule] = {}

    # What stands for an entry, a function, an adjoint -------------------------------------------

    def entry(self, name: str, indices: tuple[Index, ...]) -> Polynomial:
        """An entry, or the right side of its equation where definitions are put in."""
        if name not in self.entries or name not in self.model.definitions:
            return super().entry(name, indices)
        place = name, indices
        if place not in self._defined:
            equation = self.model.definitions[name]
            self._defined[place] = self.read(equation.expression, _at(equation, indices))
        return self._defined[place]

    def unit_sum_size(self, name: str) -> int | None:
        """How many targets sum to one, where their sums are written out."""
        return self.sizes.get(self.model.quantities[name].ranges[-1].name)

    def apply(self, name: str, order: int, argument: Polynomial) -> Polynomial:
        """A function at an argument; a first derivative as the catalogue has it."""
        kinked = KINKED.get(name)
        if kinked is not None and order == 0:
            return kinked(self, argument)
        known = ACTIVATIONS.get(name)
        if order != 1 or known is None or known.keeps_prime or not known.elementwise:
            return super().apply(name, order, argument)
        value = super().apply(name, 0, argument)
        return self.read(catalogue_derivative(name), {Z: argument, A: value})

    def adjoint(self, name: str, indices: tuple[Index, ...]) -> Polynomial:
        """The loss's total derivative by an entry: as claimed, or an unknown."""
        if name == self.model.loss.name:
            return self.algebra.number(1)
        if name in self.behind:
            loss = self.model.equations[-1].expression
            return self.derivative(loss, {}, self.total(name, indices))
        if name in self.claims.open_ended:
            loss = self.model.equations[-1].expression
            return self.derivative(loss, {}, self.by(name, indices))
        if name not in self.adjoints:
            return self.algebra.of(self.algebra.atom(("adjoint", spelled(name)), indices))
        letters = self.model.quantities[name].letters
        if self.sizes:  # where sums are written out, indices are numbers, and few
            place = name, indices
            if place not in self._claimed_at:
                at = dict(zip(self.model.quantities[name].indices, indices, strict=True))
                self._claimed_at[place] = self.read(self.claims.adjoints[name], at)
            return self._claimed_at[place]
        if name not in self._claimed:
            self._claimed[name] = self.read(self.claims.adjoints[name])
        names: dict[Index, Index] = {
            spelled(letter): index
            for letter, index in zip(letters, indices, strict=True)
            if spelled(letter) != index
        }
        found = self._claimed[name]
        return self.algebra.rename(found, names) if names else found

    def prepare(self) -> None:
        """Read the claims from the loss on, so that none is read from deep within another."""
        for name in self.claims.adjoints:
            if name in self.adjoints:
                self.adjoint(name, tuple(map(spelled, self.model.quantities[name].letters)))

    def partial(self, node: Partial, at: Environment) -> Polynomial:
        """A partial derivative, worked out; an adjoint as `adjoint` has it."""
        name, indices = self._place(node.by, at)
        if node.of == self.model.loss.at():
            return self.adjoint(name, indices)
        if isinstance(node.of, Indexed | Symbol) and not self.all_total:
            of_name, of_indices = self._place(node.of, at)
            equation = self.model.definitions.get(of_name)
            if equation is not None and name in equation.mentions:
                return self.local(equation, of_indices, name, indices)
        if isinstance(node.of, OfVectors):
            return self.derivative(node.of, at, self.by(name, indices))
        return self.derivative(node.of, at, self.total(name, indices))

    def _place(self, node: Expr, at: Environment) -> Place:
        if isinstance(node, Indexed):
            return name_of(node), tuple(self.index(index, at) for index in node.indices)
        if isinstance(node, Symbol):
            return node.name, ()
        raise TypeError(f"not a quantity: {node!r}")

    # The chain rule, by rules of its own --------------------------------------------------------

    def local(
        self, equation: Equation, own: tuple[Index, ...], name: str, indices: tuple[Index, ...]
    ) -> Polynomial:
        """The partial of one equation's right side, at its own indices, by one entry."""
        if self.sizes:
            return self.derivative(equation.expression, _at(equation, own), self.by(name, indices))
        # Worked out once, at indices that have names of their own, and renamed wherever it stands.
        places = (
            tuple(f"?{n}" for n in range(len(own))),
            tuple(f"!{n}" for n in range(len(indices))),
        )
        key = equation.number, name
        if key not in self._locals:
            rule = self.by(name, places[1])
            there = _at(equation, places[0])
            self._locals[key] = self.derivative(equation.expression, there, rule)
        names: dict[Index, Index] = dict(
            zip((*places[0], *places[1]), (*own, *indices), strict=True)
        )
        return self.algebra.rename(self._locals[key], names)

    def through(self, equation: Equation, quantity: Quantity) -> Polynomial:
        """What a quantity, in its own letters, contributes to the loss through one equation."""
        indices = tuple(spelled(letter) for letter in quantity.letters)
        limits = [(self.algebra.fresh(), r.name) for r in equation.quantity.ranges]
        own = tuple(index for index, _ in limits)
        upstream = self.adjoint(equation.quantity.name, own)
        local = self.local(equation, own, quantity.name, indices)
        return self.algebra.close(self.algebra.multiply([upstream, local]), limits)

    def independent(self, quantity: Quantity) -> Polynomial:
        """A quantity's adjoint from those of the quantities that its consumers define."""
        if quantity.name in self.claims.open_ended:
            return self.adjoint(quantity.name, tuple(spelled(x) for x in quantity.letters))
        users = self.claims.consumers[quantity.name]
        return self.algebra.add(self.through(equation, quantity) for equation in users)

    def independent_of(self, quantity: Quantity) -> Polynomial:
        """The same, as `symback.verification.allsizes` is asked for it."""
        return self.independent(quantity)

    def through_of(self, equation: Equation, quantity: Quantity) -> Polynomial:
        """What a quantity contributes to the loss through one equation."""
        return self.through(equation, quantity)

    def local_of(self, equation: Equation, own: Sequence[Expr], quantity: Quantity) -> Polynomial:
        """One equation's right side, at its own indices, by a quantity's general entry."""
        place = tuple(free_name(index) for index in own)
        at = tuple(free_name(index) for index in quantity.indices)
        return self.local(equation, place, quantity.name, at)

    def by(self, name: str, indices: tuple[Index, ...]) -> Rule:
        """The rule for a partial: an entry's derivative by another is a product of deltas."""

        def rule(own: str, at: tuple[Index, ...]) -> Polynomial:
            if own != name:
                return self.algebra.number(0)
            return self.algebra.multiply([self.algebra.number(1), *map(self.delta, at, indices)])

        return rule

    def total(self, name: str, indices: tuple[Index, ...]) -> Rule:
        """The rule for a total derivative: through the equation of every entry that depends."""
        place = name, indices
        if place in self._totals:
            return self._totals[place]
        dependents = self.claims.dependents[name]
        itself = self.by(name, indices)
        known: dict[Place, Polynomial] = {}

        def rule(own: str, at: tuple[Index, ...]) -> Polynomial:
            if own == name or own not in dependents:
                return itself(own, at)
            if own in self.cut:
                head = ("total", spelled(own), spelled(name))
                return self.algebra.of(self.algebra.atom(head, (*at, *indices)))
            if (own, at) not in known:
                equation = self.model.definitions[own]
                known[own, at] = self.derivative(equation.expression, _at(equation, at), rule)
            return known[own, at]

        self._totals[place] = rule
        return rule

    def derivative(self, node: Expr, at: Environment, rule: Rule) -> Polynomial:
        """The derivative of an expression, given the rule for that of an entry."""
        algebra = self.algebra
        if isinstance(node, Indexed):
            return rule(name_of(node), tuple(self.index(i, at) for i in node.indices))
        if isinstance(node, Add):
            return algebra.add(self.derivative(part, at, rule) for part in node.args)
        if isinstance(node, Mul):
            terms = []
            for part in node.args:
                inner = self.derivative(part, at, rule)
                if inner.terms:
                    others = [self.read(other, at) for other in node.args if other is not part]
                    terms.append(algebra.multiply([inner, *others]))
            return algebra.add(terms)
        if isinstance(node, Apply):
            inner = self.derivative(node.argument, at, rule)
            if not inner.terms:
                return inner
            slope = self._slope(node.name, node.order, self.read(node.argument, at))
            return algebra.multiply([slope, inner])
        if isinstance(node, Sum):
            return self.sum(node, at, lambda body, inside: self.derivative(body, inside, rule))
        if isinstance(node, Pow):
            inner = self.derivative(node.base, at, rule)
            if not inner.terms:
                return inner
            lower = self.power(node.base, node.exp - 1, at)
            return algebra.multiply([self.read(node.exp, at), lower, inner])
        if isinstance(node, OfVectors):
            return algebra.add(
                self._by_argument(node, position, at, rule)
                for position in range(len(node.arguments))
            )
        if isinstance(node, Marked):
            return self.derivative(node.body, at, rule)
        if isinstance(node, Symbol) and not node.is_integer and node not in at:
            return rule(node.name, ())
        if isinstance(node, Symbol | Rational | NumberSymbol):
            return algebra.number(0)
        raise TypeError(f"no derivative is known for {type(node).__name__}: {node!r}")

    def _slope(self, name: str, order: int, argument: Polynomial) -> Polynomial:
        """The derivative of a function at an argument."""
        slope = SLOPES.get(name) if order == 0 else None
        if slope is not None:
            return self.read(formula(slope), {Z: argument})
        return self.apply(name, order + 1, argument)

    def _by_argument(
        self, node: OfVectors, position: int, at: Environment, rule: Rule
    ) -> Polynomial:
        """A generic function's change through one of its vectors: its slope by each entry.

        A slope is named by the function, by all that it is a function of and by the place of the
        vector among that: two functions of one vector have slopes of their own.
        """
        argument = node.arguments[position]
        head = ("slope", spelled(node.name), str(position), *map(_vector_name, node.arguments))
        rows = tuple(
            self.index(index, at)
            for vector in node.arguments
            for index in indices_of(vector)
            if index != EVERY
        )
        if isinstance(argument, Symbol):
            inner = rule(argument.name, ())
            slope = self.algebra.of(self.algebra.atom(head, rows))
            return self.algebra.multiply([slope, inner])
        name = name_of(argument)
        ranges = self.model.quantities[name].ranges
        places: list[tuple[Index, ...]] = [()]
        limits: list[tuple[int, str]] = []
        for index, r in zip(argument.indices, ranges, strict=True):
            if index != EVERY:
                choices: list[Index] = [self.index(index, at)]
            elif r.name in self.sizes:
                choices = list(range(1, self.sizes[r.name] + 1))
            else:
                limits.append((self.algebra.fresh(), r.name))
                choices = [limits[-1][0]]
            places = [(*place, choice) for place in places for choice in choices]
        terms = []
        for place in places:
            inner = rule(name, place)
            if inner.terms:
                slope = self.algebra.of(self.algebra.atom(head, (*rows, *place)))
                terms.append(self.algebra.multiply([slope, inner]))
        return self.algebra.close(self.algebra.add(terms), limits)

    # Functions with a kink, by the sign of their argument ---------------------------------------

    def sign(self, argument: Polynomial) -> Polynomial:
        """An odd function: the sign of ``-u`` is minus that of ``u``."""
        opposite = self.algebra.add((argument,), -1)
        if opposite.text < argument.text:
            return self.algebra.add((super().apply("sign", 0, opposite),), -1)
        return super().apply("sign", 0, argument)


def _vector_name(vector: Expr) -> str:
    """A whole vector's name, with a mark for each index that is not held fixed."""
    marks = "".join(":" if index == EVERY else "." for index in indices_of(vector))
    return spelled(name_of(vector)) + marks


def _at(equation: Equation, indices: tuple[Index, ...]) -> Environment:
    return dict(zip(equation.quantity.indices, indices, strict=True))
