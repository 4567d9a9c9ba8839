"""Arithmetic on sums of terms: products, powers, roots, and functions that have laws.

A denominator of several terms stays one factor until it is cleared; a root is an atom whose powers
stay below its degree.  Laws of functions are used where they hold: away from kinks, for logarithms
of what is positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from symback.verification.allsizes.affine import Condition
from symback.verification.allsizes.terms import (
    MOST_TERMS,
    Atom,
    Given,
    Poly,
    Term,
    TooLargeError,
    key_of,
    spell,
)

__all__ = ["ONE", "Sums", "UnknownError"]

ONE: Poly = (Term(1, {}),)
"""The number one."""


class UnknownError(Exception):
    """A kind of expression that has no normal form here."""


REFLECTED: Mapping[str, tuple[int, int]] = {
    "tanh": (0, -1),
    "sin": (0, -1),
    "erf": (0, -1),
    "cos": (0, 1),
    "sigmoid": (1, -1),
    "step": (1, -1),
}
"""Functions of ``-u``: a number plus a multiple of the function of ``u``."""


class Sums:
    """The operations; nothing in them is about a model."""

    def add(self, parts: Iterable[Poly]) -> Poly:
        """The sum, like terms put together."""
        terms = [t for part in parts for t in part]
        if len(terms) > MOST_TERMS:
            raise TooLargeError
        return tuple(terms)

    def times(self, *parts: Poly) -> Poly:
        """The product."""
        result: Poly = ONE
        for part in parts:
            if len(result) * len(part) > MOST_TERMS:
                raise TooLargeError
            products = []
            for left in result:
                for right in part:
                    if not left.bound.isdisjoint(right.bound):
                        right = right.apart()
                    products.append(self._product(left, right))
            result = tuple(t for each in products for t in each)
        return self.merged(result)

    def _product(self, left: Term, right: Term) -> Poly:
        factors = dict(left.factors)
        for atom, exponent in right.factors.items():
            factors[atom] = factors.get(atom, 0) + exponent
        whole = Term(
            left.coefficient * right.coefficient,
            factors,
            left.bound | right.bound,
            left.conditions | right.conditions,
        )
        return self.reduced(whole)

    def reduced(self, term: Term) -> Poly:
        """A term whose roots stand below their degree; a step is its own square."""
        for atom, exponent in term.factors.items():
            if atom.head == "step" and exponent > 1:
                return self.reduced(
                    Term(term.coefficient, {**term.factors, atom: 1}, term.bound, term.conditions)
                )
            if atom.head.startswith("root "):
                degree = int(atom.head.split()[1])
                whole, rest = divmod(exponent, degree)
                if whole:
                    factors = {**term.factors, atom: rest}
                    body = Term(term.coefficient, factors, term.bound, term.conditions)
                    return self.times((body,), self._together(atom.args[0], whole))
        return (term,)

    def merged(self, poly: Poly) -> Poly:
        """Like terms put together, those that vanish left out."""
        plain = Given(())
        groups: dict[object, list[Term]] = {}
        for term in poly:
            for simple in plain.simplified(term):
                kind = frozenset((atom.head, e) for atom, e in simple.factors.items())
                groups.setdefault((kind, len(simple.bound)), []).append(simple)
        merged: list[Term] = []
        for terms in groups.values():
            # Only terms with the same kinds of factor can be alike; spelling them takes long.
            if len(terms) == 1 or len(terms[0].bound) > 4:
                merged += terms
                continue
            found: dict[tuple[str, str], Term] = {}
            for term in terms:
                key = key_of(term)
                total = term.coefficient + (found[key].coefficient if key in found else 0)
                found[key] = term.weighing(total)
            merged += [term for term in found.values() if term.coefficient]
        return tuple(merged)

    def scaled(self, poly: Poly, scale: Fraction | int) -> Poly:
        """A multiple."""
        return tuple(term.times(scale) for term in poly) if scale else ()

    def number(self, value: Fraction | int) -> Poly:
        """A constant."""
        return (Term(value, {}),) if value else ()

    def of(self, atom: Atom, exponent: int = 1) -> Poly:
        """A power of one atom."""
        return (Term(1, {atom: exponent}),)

    def where(self, poly: Poly, conditions: Iterable[Condition]) -> Poly:
        """A sum of terms where conditions hold, and 0 elsewhere."""
        extra = tuple(conditions)
        if any(c.holds is False for c in extra):
            return ()
        return tuple(Term(t.coefficient, t.factors, t.bound, {*t.conditions, *extra}) for t in poly)

    def summed(self, poly: Poly, letters: Iterable[int]) -> Poly:
        """The sum over letters; their ranges are conditions already."""
        bound = frozenset(letters)
        return tuple(Term(t.coefficient, t.factors, t.bound | bound, t.conditions) for t in poly)

    def power(self, base: Poly, exponent: int) -> Poly:
        """A whole power; of a sum of terms a negative one is an atom."""
        base = self.merged(base)
        if exponent >= 0:
            return self.times(*([base] * exponent))
        if not base:
            raise UnknownError("a denominator that is zero")
        if len(base) == 1 and not base[0].bound and not base[0].conditions:
            (term,) = base
            factors = {atom: e * exponent for atom, e in term.factors.items()}
            return self.reduced(Term(Fraction(term.coefficient) ** exponent, factors))
        return self.of(Atom("sum", (), (base,)), exponent)

    def _together(self, base: Poly, exponent: int) -> Poly:
        """A whole power in which a sum of terms stays one factor, so that it can cancel."""
        base = self.merged(base)
        if len(base) == 1 and not base[0].bound and not base[0].conditions:
            return self.power(base, exponent)
        return self.of(Atom("sum", (), (base,)), exponent)

    def cleared(self, poly: Poly) -> Poly:
        """A sum of terms times every denominator that does not stand under a sum's own letter."""
        lowest: dict[Atom, int] = {}
        for term in poly:
            for atom, exponent in term.factors.items():
                if atom.head == "sum" and exponent < 0 and term.bound.isdisjoint(atom.variables):
                    lowest[atom] = min(exponent, lowest.get(atom, 0))
        parts: list[Poly] = []
        changed = bool(lowest)
        for term in poly:
            factors, powers = dict(term.factors), []
            for atom, exponent in lowest.items():
                factors[atom] = factors.get(atom, 0) - exponent
            for atom, exponent in tuple(factors.items()):
                if atom.head == "sum" and exponent >= 0:
                    changed = True
                    powers.append(self.power(atom.args[0], factors.pop(atom)))
            body = Term(term.coefficient, factors, term.bound, term.conditions)
            parts.append(self.times((body,), *powers))
        return self.merged(self.add(parts)) if changed else poly

    def root(self, base: Poly, top: int, bottom: int) -> Poly:
        """A power of a root; numbers and factors are left under it."""
        atom = Atom(f"root {bottom}", (), (self.merged(base),))
        return self.reduced(Term(1, {atom: top}))

    def step(self, argument: Poly) -> Poly:
        """The step function, 1 where its argument is positive; ``u`` may hold its own step."""
        argument = self.merged(argument)
        if not argument:
            return ()
        first = min(argument, key=key_of)
        argument = self.scaled(argument, 1 / abs(Fraction(first.coefficient)))
        text = spell(argument)
        for term in argument:
            for atom in term.factors:
                if atom.head != "step":
                    continue
                inner, own = atom.args[0], self.of(atom)
                if spell(self.times(inner, own)) == text:
                    return own
                other = self.add([ONE, self.scaled(own, -1)])
                if spell(self.times(self.scaled(inner, -1), other)) == text:
                    return other
        return self._applied("step", argument)

    def _applied(self, name: str, argument: Poly) -> Poly:
        """A function at an argument or at its opposite, always the same of the two."""
        argument = self.merged(argument)
        if name in REFLECTED:
            opposite = self.scaled(argument, -1)
            if spell(opposite) > spell(argument):  # "-" comes first: the positive one is taken
                start, scale = REFLECTED[name]
                atom = Atom(name if name == "step" else f"apply {name} 0", (), (opposite,))
                return self.add([self.number(start), self.scaled(self.of(atom), scale)])
        return self.of(Atom(name if name == "step" else f"apply {name} 0", (), (argument,)))

    def _exponential(self, argument: Poly) -> Poly:
        """``exp(a + 2b)`` as ``exp(a) exp(b)^2``, and ``exp(log(a))`` as ``a``."""
        parts: list[Poly] = []
        for term in self.merged(argument):
            body = Term(1, term.factors, term.bound, term.conditions)
            coefficient = Fraction(term.coefficient)
            single = list(term.factors.items())
            if (
                len(single) == 1
                and single[0][1] == 1
                and single[0][0].head == "apply log 0"
                and not term.bound
                and not term.conditions
                and coefficient.denominator == 1
            ):
                parts.append(self.power(single[0][0].args[0], int(coefficient)))
                continue
            scale, whole = Fraction(1, coefficient.denominator), coefficient.numerator
            inside = (Term(scale, body.factors, body.bound, body.conditions),)
            parts.append(self.of(Atom("apply exp 0", (), (inside,)), whole))
        return self.times(*parts)
