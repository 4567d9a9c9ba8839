"""Arithmetic of polynomials whose terms are sums over bound indices.

Factors are moved into sums and sums are split over terms; deltas, unused indices and sums that are
known to be one are used up at once, and a sum of terms that is a factor stays together until it is
to be multiplied out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from math import comb

from symback.algebra.monomials import (
    Atom,
    Coefficient,
    Index,
    Polynomial,
    Term,
    TooManyTermsError,
    content,
    is_sum,
    raised,
    shape,
)

__all__ = ["Algebra"]

MAX_TERMS = 4000
"""Beyond so many terms a product is not multiplied out."""


class Algebra:
    """The operations on polynomials, with one table of atoms: equal atoms are one object.

    Args:
        unit_sums: names of quantities whose entries sum to one over their last index.
        ranges: the upper end of the range of a free index, where it is known; a delta between
            indices of different ranges is left standing.
    """

    def __init__(
        self, unit_sums: Iterable[str] = (), ranges: Mapping[str, str] | None = None
    ) -> None:
        self.unit_sums = frozenset(unit_sums)
        self.ranges = dict(ranges or {})
        self._atoms: dict[tuple[object, ...], Atom] = {}
        self._parts: dict[str, Polynomial] = {}
        self._numbers = count(1)

    def fresh(self) -> int:
        """A bound index that no term has yet."""
        return -next(self._numbers)

    def atom(
        self,
        head: tuple[str, ...],
        indices: Iterable[Index] = (),
        parts: Iterable[Polynomial] = (),
    ) -> Atom:
        """The one atom with this head, at these indices, of these arguments."""
        shared = tuple(self._share(part) for part in parts)
        place = tuple(indices)
        key = (head, place, *map(id, shared))
        found = self._atoms.get(key)
        if found is None:
            found = self._atoms[key] = Atom(head, place, shared)
        return found

    def _share(self, part: Polynomial) -> Polynomial:
        if part.label:
            return part
        known = self._parts.setdefault(part.text, part)
        if not known.label:
            known.label = f"#{len(self._parts)}"
        return known

    def number(self, value: Coefficient) -> Polynomial:
        """A constant."""
        return Polynomial([(value, Term({}, ()))] if value else [])

    def of(self, atom: Atom, exponent: int = 1) -> Polynomial:
        """A power of one atom."""
        return Polynomial([(1, Term({atom: exponent}, ()))])

    def add(self, parts: Iterable[Polynomial], scale: Coefficient = 1) -> Polynomial:
        """The sum of polynomials, like terms put together."""
        merged: dict[object, tuple[Coefficient, Term]] = {}
        parts = list(parts)
        if len(parts) == 1 and scale == 1:
            return parts[0]
        for part in parts:
            for coefficient, term in part.terms:
                key = (term.limits, frozenset(term.factors.items()))
                known = merged.get(key)
                total = coefficient * scale + (known[0] if known else 0)
                merged[key] = (total, term)
        return Polynomial([item for item in merged.values() if item[0]])

    def subtract(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """The difference."""
        return self.add((left, self.add((right,), -1)))

    def multiply(self, parts: Sequence[Polynomial], keep_sums: bool = True) -> Polynomial:
        """The product; a factor of several terms stays together unless ``keep_sums`` is false."""
        single = [part.terms[0] for part in parts if len(part.terms) == 1]
        several = [part for part in parts if len(part.terms) > 1]
        if any(not part.terms for part in parts):
            return self.number(0)
        if keep_sums and len(single) + len(several) > 1:
            for part in several:
                single.extend(self.together(part).terms)
            several = []
        chosen = [single]
        for part in several:
            chosen = [[*product, term] for product in chosen for term in part.terms]
            if len(chosen) > MAX_TERMS:
                raise TooManyTermsError
        return self.add([Polynomial(self._product(product)) for product in chosen])

    def together(self, polynomial: Polynomial, exponent: int = 1) -> Polynomial:
        """A sum of terms as one factor: common number, common factors, and the rest as an atom."""
        if not polynomial.terms:
            if exponent < 0:
                raise ZeroDivisionError
            return polynomial
        coefficient, common, rest = content(polynomial if exponent > 0 else self.expand(polynomial))
        if len(rest.terms) == 1 and not rest.terms[0][1].limits:
            factor, term = rest.terms[0]
            body = {atom: power * exponent for atom, power in term.factors.items()}
            scale = raised(factor, exponent)
        else:
            body, scale = {self.atom(("terms",), (), (rest,)): exponent}, 1
        for atom, power in common.items():
            body[atom] = body.get(atom, 0) + power * exponent
        whole = raised(coefficient, exponent) * scale
        return Polynomial(self._simplify(whole, {a: e for a, e in body.items() if e}, ()))

    def close(self, polynomial: Polynomial, limits: Sequence[tuple[int, str]]) -> Polynomial:
        """The sum of a polynomial over bound indices."""
        return self.add(
            Polynomial(self._simplify(c, term.factors, (*term.limits, *limits)))
            for c, term in polynomial.terms
        )

    def expand(self, polynomial: Polynomial, keep: frozenset[str] = frozenset()) -> Polynomial:
        """Multiply out every positive power of a sum of terms, except those spelled in ``keep``."""
        result = polynomial
        while True:
            terms, changed = [], False
            for coefficient, term in result.terms:
                inner = next(
                    (
                        a
                        for a, e in term.factors.items()
                        if is_sum(a) and e > 0 and (not keep or shape(a) not in keep)
                    ),
                    None,
                )
                if inner is None:
                    terms.append(Polynomial([(coefficient, term)]))
                    continue
                changed = True
                rest = dict(term.factors)
                power = rest.pop(inner)
                if power > 1:
                    if _least_terms(inner.parts[0], power) > MAX_TERMS:
                        raise TooManyTermsError
                    rest[inner] = power - 1
                others = Polynomial([(coefficient, Term(rest, term.limits))])
                terms.append(self.multiply([others, inner.parts[0]], keep_sums=False))
            result = self.add(terms)
            if not changed:
                return result
            if len(result.terms) > MAX_TERMS:
                raise TooManyTermsError

    def clear_denominators(self, polynomial: Polynomial) -> Polynomial:
        """Multiply by every sum of terms that divides and does not stand under a sum's index."""
        result = self.expand(polynomial)
        for _ in range(8):
            lowest: dict[Atom, int] = {}
            for _, term in result.terms:
                for atom, exponent in term.factors.items():
                    if is_sum(atom) and exponent < 0 and not atom.bound:
                        lowest[atom] = min(lowest.get(atom, 0), exponent)
            if not lowest:
                return result
            terms = []
            for coefficient, term in result.terms:
                factors = dict(term.factors)
                for atom, exponent in lowest.items():
                    power = factors.pop(atom, 0) - exponent
                    if power:
                        factors[atom] = power
                terms.append((coefficient, Term(factors, term.limits)))
            result = self.expand(Polynomial(terms))
        return result

    def rename(self, polynomial: Polynomial, names: Mapping[Index, Index]) -> Polynomial:
        """Put other indices in place of some, renaming bound ones out of the way."""
        return self.add(
            Polynomial(self._rename_term(c, term, names)) for c, term in polynomial.terms
        )

    # Inner workings -----------------------------------------------------------------------------

    def _product(self, terms: Sequence[tuple[Coefficient, Term]]) -> list[tuple[Coefficient, Term]]:
        coefficient: Coefficient = 1
        factors: dict[Atom, int] = {}
        limits: list[tuple[int, str]] = []
        used: set[int] = set()
        for value, term in terms:
            coefficient *= value
            if term.limits:
                if not used.isdisjoint(index for index, _ in term.limits):
                    term = self._apart(term)
                limits.extend(term.limits)
                used.update(index for index, _ in term.limits)
            for atom, exponent in term.factors.items():
                power = factors.get(atom, 0) + exponent
                if power:
                    factors[atom] = power
                else:
                    factors.pop(atom, None)
        return self._simplify(coefficient, factors, tuple(limits))

    def _apart(self, term: Term) -> Term:
        """The same term with fresh bound indices."""
        names: dict[Index, Index] = {index: self.fresh() for index, _ in term.limits}
        factors = {self._rename_atom(a, names): e for a, e in term.factors.items()}
        return Term(factors, tuple((int(names[index]), upper) for index, upper in term.limits))

    def _rename_term(
        self, coefficient: Coefficient, term: Term, names: Mapping[Index, Index]
    ) -> list[tuple[Coefficient, Term]]:
        bound = {index for index, _ in term.limits}
        if not bound.isdisjoint(v for v in names.values() if isinstance(v, int)):
            term = self._apart(term)
            bound = {index for index, _ in term.limits}
        names = {old: new for old, new in names.items() if old not in bound}
        factors: dict[Atom, int] = {}
        for atom, exponent in term.factors.items():
            new = self._rename_atom(atom, names)
            factors[new] = factors.get(new, 0) + exponent
        return self._simplify(coefficient, {a: e for a, e in factors.items() if e}, term.limits)

    def _rename_atom(self, atom: Atom, names: Mapping[Index, Index]) -> Atom:
        if atom.bound.isdisjoint(names) and all(not isinstance(old, str) for old in names):
            return atom
        return self.atom(
            atom.head,
            [names.get(index, index) for index in atom.indices],
            [self.rename(part, names) for part in atom.parts],
        )

    def _simplify(
        self,
        coefficient: Coefficient,
        factors: dict[Atom, int],
        limits: tuple[tuple[int, str], ...],
    ) -> list[tuple[Coefficient, Term]]:
        """Use up deltas, unused indices and the sums that are known to be one."""
        standing: set[Atom] = set()
        while True:
            delta = next((a for a in factors if a.head[0] == "delta" and a not in standing), None)
            if delta is None:
                break
            left, right = delta.indices
            rest = {atom: power for atom, power in factors.items() if atom is not delta}
            if left == right:
                factors = rest
                continue
            if isinstance(left, int) and isinstance(right, int) and left > 0 and right > 0:
                return []
            known = self._collapse(left, right, limits)
            if known is None or factors[delta] < 0:
                standing.add(delta)
                continue
            gone, stays, limits, spent = known
            factors = {} if spent else {delta: 1}
            settled, standing = standing, set(factors)
            for atom, power in rest.items():
                new = self._rename_atom(atom, {gone: stays})
                if new is atom and atom in settled:
                    standing.add(atom)
                factors[new] = factors.get(new, 0) + power
            factors = {atom: power for atom, power in factors.items() if power}
        if limits:
            factors, limits = self._drop_unused(factors, limits)
        return [(coefficient, Term(factors, limits))] if coefficient else []

    def _collapse(
        self, left: Index, right: Index, limits: tuple[tuple[int, str], ...]
    ) -> tuple[Index, Index, tuple[tuple[int, str], ...], bool] | None:
        """Which index a delta replaces by which, what is still summed, whether it is spent.

        None where the two indices are known to have different ranges: nothing may be replaced.
        """
        uppers: dict[Index, str] = dict(limits)
        for gone, stays in ((left, right), (right, left)):
            if gone in uppers:
                known = uppers.get(stays, self.ranges.get(str(stays)))
                if known is None or known == uppers[gone]:
                    return gone, stays, tuple(item for item in limits if item[0] != gone), True
        if left in uppers or right in uppers:
            return None
        # Numbers first, then free indices: which one stays must not depend on the order of reading.
        stays, gone = sorted((left, right), key=lambda i: (isinstance(i, str), str(i)))
        return gone, stays, limits, False

    def _drop_unused(
        self, factors: dict[Atom, int], limits: tuple[tuple[int, str], ...]
    ) -> tuple[dict[Atom, int], tuple[tuple[int, str], ...]]:
        uses: dict[int, list[Atom]] = {index: [] for index, _ in limits}
        for atom in factors:
            for index in atom.bound:
                if index in uses:
                    uses[index].append(atom)
        kept = []
        for index, upper in limits:
            found = uses[index]
            if not found:
                size = self.size(upper)
                factors = {**factors, size: factors.get(size, 0) + 1}
            elif len(found) == 1 and self._sums_to_one(found[0], index, factors):
                factors = {a: e for a, e in factors.items() if a is not found[0]}
            else:
                kept.append((index, upper))
        return factors, tuple(kept)

    def size(self, upper: str) -> Atom:
        """The size of a range as a factor."""
        return self.atom(("symbol", upper))

    def _sums_to_one(self, atom: Atom, index: int, factors: Mapping[Atom, int]) -> bool:
        return (
            atom.head[0] == "entry"
            and atom.head[1] in self.unit_sums
            and factors[atom] == 1
            and atom.indices[-1] == index
            and index not in atom.indices[:-1]
        )


def _least_terms(polynomial: Polynomial, power: int) -> int:
    """So many terms, at least, a power has when it is multiplied out.

    Terms with an atom of their own make a new monomial for each choice of their exponents; all
    others are counted as one.
    """
    seen = Counter(atom for _, term in polynomial.terms for atom in term.factors)
    own = sum(any(seen[atom] == 1 for atom in term.factors) for _, term in polynomial.terms)
    others = own < len(polynomial.terms)
    return comb(power + own - (not others), power)
