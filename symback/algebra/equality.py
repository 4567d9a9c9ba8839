"""Equality of indexed expressions for all sizes, decided by a normal form.

Generic functions, their derivatives and partials are independent atoms, so two expressions are
equal for all sizes and all functions exactly if their normal forms as polynomials are (see
`symback.algebra.polynomial`).  Nothing is called equal that is not.  With quotients the answer may
be that equality was not shown: a denominator that stands under a sum's own index is not cleared,
and a root is an atom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    Sum,
    Symbol,
)

from symback.algebra.expressions import EVERY, Apply, Marked, OfVectors, Partial, name_of
from symback.algebra.monomials import Index, Polynomial, TooManyTermsError, is_sum, shape
from symback.algebra.polynomial import Algebra

__all__ = ["Environment", "Equality", "Reader", "equal"]

Environment = Mapping[Symbol, "Index | Polynomial"]
"""What stands for a symbol while an expression is read: an index, or a polynomial for a scalar."""

MAX_WRITTEN_OUT = 64
"""A sum up to a number is written out; one with more terms is refused."""

MANY_FACTORS = 6
"""From so many sums of terms in one product on, those that both sides share are left alone."""


class Equality(StrEnum):
    """What is known of two expressions."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_SHOWN = "not-shown"  # too large, or with quotients that were not cleared


def equal(left: Expr, right: Expr) -> bool:
    """Whether two expressions are equal for all sizes and all generic functions.

    False means different, except where the module's docstring says that it means "not shown".

    Raises:
        TypeError: for a kind of expression that is not known here.
    """
    return left == right or Reader().compare(left, right) is Equality.EQUAL


class Reader:
    """Reads expressions into polynomials; subclasses say what an entry or a partial stands for.

    Args:
        algebra: where the atoms live; polynomials of one algebra may be put together.
        sizes: sizes of those ranges over which a sum is written out, by the range's name.
    """

    def __init__(
        self, algebra: Algebra | None = None, sizes: Mapping[str, int] | None = None
    ) -> None:
        self.algebra = algebra or Algebra()
        self.sizes = dict(sizes or {})
        self._known: dict[Expr, Polynomial] = {}

    def compare(self, left: Expr, right: Expr) -> Equality:
        """Decide between two expressions."""
        try:
            return self.compare_read(self.read(left), self.read(right))
        except TooManyTermsError:
            return Equality.NOT_SHOWN

    def compare_read(self, left: Polynomial, right: Polynomial) -> Equality:
        """Decide between two polynomials of this reader's algebra."""
        try:
            if left.text == right.text:
                return Equality.EQUAL
            difference = self.algebra.subtract(left, right)
            whole = _shared_factors(left, right) | _divisors(difference)
            if whole and self.algebra.expand(difference, whole).is_zero:
                return Equality.EQUAL
            difference = self.algebra.clear_denominators(difference)
        except TooManyTermsError:
            return Equality.NOT_SHOWN
        if difference.is_zero:
            return Equality.EQUAL
        quotients = any(
            is_sum(atom) or atom.head[0] == "power"
            for _, term in difference.terms
            for atom in term.factors
        )
        return Equality.NOT_SHOWN if quotients else Equality.DIFFERENT

    def read(self, expression: Expr, at: Environment | None = None) -> Polynomial:
        """The polynomial of an expression, with indices and scalars put in as ``at`` says."""
        if at:
            return self._read(expression, at)
        known = self._known.get(expression)
        if known is None:
            known = self._known[expression] = self._read(expression, {})
        return known

    def index(self, index: Expr, at: Environment) -> Index:
        """A concrete index, a free one by name, or what ``at`` puts in its place."""
        found = at.get(index)
        if isinstance(found, int | str):
            return found
        if index.is_Integer:
            return int(index)
        if isinstance(index, Symbol):
            return free_name(index)
        raise TypeError(f"not an index: {index!r}")

    # What a subclass may give a meaning ---------------------------------------------------------

    def entry(self, name: str, indices: tuple[Index, ...]) -> Polynomial:
        """One entry of a quantity, or a scalar."""
        unit = self._last_of_unit_sum(name, indices)
        if unit is not None:
            return unit
        return self.algebra.of(self.algebra.atom(("entry", spelled(name)), indices))

    def apply(self, name: str, order: int, argument: Polynomial) -> Polynomial:
        """A function, or one of its derivatives, of an argument."""
        head = ("apply", spelled(name), str(order))
        return self.algebra.of(self.algebra.atom(head, (), (self._argument(argument),)))

    def partial(self, node: Partial, at: Environment) -> Polynomial:
        """The partial derivative of one thing by another, as an unknown."""
        parts = (self.read(node.of, at), self.read(node.by, at))
        return self.algebra.of(self.algebra.atom(("partial",), (), parts))

    def of_vectors(self, node: OfVectors, at: Environment) -> Polynomial:
        """A generic function of whole vectors, as an unknown."""
        parts = [self.read(argument, at) for argument in node.arguments]
        return self.algebra.of(self.algebra.atom(("vectors", spelled(node.name)), (), parts))

    # The kinds of expression --------------------------------------------------------------------

    def _read(self, node: Expr, at: Environment) -> Polynomial:
        if isinstance(node, Indexed):
            indices = tuple(self.index(index, at) for index in node.indices)
            return self.entry(name_of(node), indices)
        if isinstance(node, Mul):
            return self._product(node, at)
        if isinstance(node, Add):
            return self.algebra.add(self.read(part, at) for part in node.args)
        if isinstance(node, Rational):
            return self.algebra.number(int(node.p) if node.q == 1 else Fraction(node.p, node.q))
        if isinstance(node, Apply):
            return self.apply(node.name, node.order, self.read(node.argument, at))
        if isinstance(node, Sum):
            return self.sum(node, at)
        if isinstance(node, Partial):
            return self.partial(node, at)
        if isinstance(node, Pow):
            return self.power(node.base, node.exp, at)
        if isinstance(node, Symbol):
            return self._symbol(node, at)
        if isinstance(node, KroneckerDelta):
            left, right = (self.index(index, at) for index in node.args)
            return self.delta(left, right)
        if isinstance(node, OfVectors):
            return self.of_vectors(node, at)
        if isinstance(node, Marked):
            return self.read(node.body, at)
        if isinstance(node, NumberSymbol):
            return self.algebra.of(self.algebra.atom(("number", str(node))))
        raise TypeError(f"no normal form is known for {type(node).__name__}: {node!r}")

    def _symbol(self, node: Symbol, at: Environment) -> Polynomial:
        found = at.get(node)
        if isinstance(found, Polynomial):
            return found
        if found is not None:
            raise TypeError(f"an index stands where a number is wanted: {node!r}")
        if node.is_integer:
            size = self.sizes.get(node.name)
            if size is not None:
                return self.algebra.number(size)
            return self.algebra.of(self.algebra.size(free_name(node)))
        return self.entry(node.name, ())

    def delta(self, left: Index, right: Index) -> Polynomial:
        """Kronecker's delta of two indices."""
        pair = sorted((left, right), key=lambda index: (isinstance(index, str), str(index)))
        return self.algebra.multiply([self.algebra.of(self.algebra.atom(("delta",), pair))])

    def _product(self, node: Mul, at: Environment) -> Polynomial:
        dividing = [part for part in node.args if _divides(part)]
        parts = [self.read(part, at) for part in dividing]
        # A sum that also divides is kept whole, so that the two cancel.
        sums = {
            atom.parts[0].text
            for part in parts
            for _, term in part.terms
            for atom in term.factors
            if is_sum(atom)
        }
        for part in node.args:
            if not _divides(part):
                own = self.read(part, at)
                whole = sums and own.text in sums
                parts.append(self.algebra.together(own) if whole else own)
        return self.algebra.multiply(parts)

    def power(self, base: Expr, exponent: Expr, at: Environment) -> Polynomial:
        """An integer power; any other is an atom of its base and exponent."""
        body = self.read(base, at)
        if exponent.is_Integer:
            return self.raised(body, int(exponent))
        parts = (self._argument(body), self._argument(self.read(exponent, at)))
        return self.algebra.of(self.algebra.atom(("power",), (), parts))

    def raised(self, body: Polynomial, exponent: int) -> Polynomial:
        """An integer power; a sum of terms is kept as one factor."""
        if exponent > 0 and len(body.terms) == 1:
            return self.algebra.multiply([body] * exponent)
        return self.algebra.together(body, exponent)

    def sum(
        self,
        node: Sum,
        at: Environment,
        body: Callable[[Expr, Environment], Polynomial] | None = None,
    ) -> Polynomial:
        """A sum over indices that run from 1; short ranges of known size are written out.

        Args:
            node: the sum.
            at: what stands for a symbol outside the sum.
            body: what is summed of the sum's body, if not the body itself.
        """
        inner = dict(at)
        limits: list[tuple[int, str]] = []
        chosen: list[tuple[Symbol, int]] = []
        for index, lower, upper in node.limits:
            if lower != 1 or not (upper.is_Symbol or upper.is_Integer):
                raise TypeError(f"not a sum over a whole range: {node!r}")
            name = str(upper) if upper.is_Integer else free_name(upper)
            size = int(upper) if upper.is_Integer else self.sizes.get(name)
            if size is None:
                limits.append((self.algebra.fresh(), name))
                inner[index] = limits[-1][0]
            else:
                if size > MAX_WRITTEN_OUT:
                    raise TypeError(f"a sum of {size} terms is not written out: {node!r}")
                chosen.append((index, size))
        bodies = [inner]
        for index, size in chosen:
            bodies = [{**each, index: n} for each in bodies for n in range(1, size + 1)]
        take = body or self._read
        found = self.algebra.add(take(node.function, each) for each in bodies)
        return self.algebra.close(found, limits) if limits else found

    def _argument(self, polynomial: Polynomial) -> Polynomial:
        """An argument is multiplied out, since it is compared as a whole."""
        try:
            return self.algebra.expand(polynomial)
        except TooManyTermsError:
            return polynomial

    def _last_of_unit_sum(self, name: str, indices: tuple[Index, ...]) -> Polynomial | None:
        """Where entries sum to one and are written out, the last one is one less the others."""
        if not indices or name not in self.algebra.unit_sums:
            return None
        size = self.unit_sum_size(name)
        if size is None or indices[-1] != size:
            return None
        head = ("entry", spelled(name))
        others = [
            self.algebra.of(self.algebra.atom(head, (*indices[:-1], n))) for n in range(1, size)
        ]
        return self.algebra.subtract(self.algebra.number(1), self.algebra.add(others))

    def unit_sum_size(self, name: str) -> int | None:
        """How many entries sum to one, where sums over them are written out."""
        return None


def free_name(index: Symbol) -> str:
    """A free index's name; dummies of one name are told apart."""
    if index == EVERY:
        return ":"
    return f"{index.name}_{index.dummy_index}" if isinstance(index, Dummy) else spelled(index.name)


@lru_cache(maxsize=4096)
def spelled(name: str) -> str:
    """A name that cannot be taken for anything else in a spelling."""
    return name if name.isidentifier() else repr(name)


def _divides(part: Expr) -> bool:
    return isinstance(part, Pow) and bool(part.exp.is_negative)


def _divisors(polynomial: Polynomial) -> frozenset[str]:
    """Sums of terms that divide somewhere: kept whole, they cancel where they also multiply."""
    found: set[str] = set()
    stack = [polynomial]
    while stack:
        for _, term in stack.pop().terms:
            for atom, exponent in term.factors.items():
                if is_sum(atom):
                    if exponent < 0:
                        found.add(shape(atom))
                    stack.extend(atom.parts)
    return frozenset(found)


def _shared_factors(left: Polynomial, right: Polynomial) -> frozenset[str]:
    """Sums of terms that both sides have alike, when there are too many to multiply out."""
    counts: list[dict[str, int]] = []
    for side in (left, right):
        found: dict[str, int] = {}
        for _, term in side.terms:
            own: dict[str, int] = {}
            for atom, exponent in term.factors.items():
                if is_sum(atom) and exponent > 0:
                    own[shape(atom)] = own.get(shape(atom), 0) + exponent
            for text, number in own.items():
                found[text] = max(found.get(text, 0), number)
        counts.append(found)
    if sum(counts[0].values()) < MANY_FACTORS:
        return frozenset()
    return frozenset(text for text, n in counts[0].items() if counts[1].get(text) == n)
