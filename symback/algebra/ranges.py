"""What is known of index letters: their ranges, and what follows from them for any sizes.

An index is affine in letters and sizes.  The questions that a derivation asks are small: is an
index within a range, does one bound make another superfluous, which letter does an equality
determine, and which limits do conditions leave to a sum.  Each is answered by the ends of the
ranges, as in Presburger arithmetic with coefficients 1 and a stride; where that does not reach, a
condition is left standing and nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from sympy import Add, Expr, Indexed, Integer, KroneckerDelta, Mul, S, Symbol, expand_mul

from symback.algebra.expressions import Entry, Partial, indices_of, name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Smallest,
    bracket,
)
from symback.records import dataclass

__all__ = ["NOTHING", "Known", "Limits", "linear", "solved", "within"]

Limits = tuple[Symbol, Expr, Expr]
"""A bound index with its first and last value."""

Ends = tuple[Expr, Expr]
"""The first and last value of a range."""

MAX_DEPTH = 12
"""Letters are replaced by the ends of their ranges so often before a question is left open."""


@dataclass(frozen=True)
class Known:
    """What may be taken for granted while indices are summed.

    Attributes:
        ranges: the first and last value of index letters.
        facts: index expressions that are not negative: conditions on the sizes.
        adjoints: for a quantity, the ends of each index beyond which its adjoint is 0.
        supports: for a quantity and for an adjoint, in its own letters, brackets without which it
            is 0: those letters and the brackets.
        counts: for an array of indices, the largest value of its entries.
        checks: whether an index that stands for another is held against that one's range; without
            it, letters that a plain delta ties have the same range.
    """

    ranges: Mapping[Expr, Ends] = field(default_factory=dict)
    facts: tuple[Expr, ...] = ()
    adjoints: Mapping[str, tuple[Ends, ...]] = field(default_factory=dict)
    supports: Mapping[tuple[str, bool], tuple[tuple[Expr, ...], tuple[Expr, ...]]] = field(
        default_factory=dict
    )
    counts: Mapping[str, Expr] = field(default_factory=dict)
    checks: bool = True

    def inside(self, limits: Iterable[Limits]) -> Known:
        """The same under sums over these indices."""
        return replace(self, ranges={**self.ranges, **{index: (a, b) for index, a, b in limits}})

    # Inequalities -------------------------------------------------------------------------------

    def holds(self, condition: Expr) -> bool:
        """Whether a bracket is 1 whatever its letters and sizes are."""
        if condition is S.One:
            return True
        if isinstance(condition, Bracket) and condition.relation == "<=":
            return self.is_at_most(condition.left, condition.right)
        return False

    def is_at_most(self, left: Expr, right: Expr) -> bool:
        """Whether ``left <= right``, whatever the letters and sizes are."""
        if left == right:
            return True
        if isinstance(right, Largest) or isinstance(left, Smallest):
            whole, other = (right, left) if isinstance(right, Largest) else (left, right)
            pairs = ((p, other) if whole is left else (other, p) for p in whole.args)
            return any(self.is_at_most(*pair) for pair in pairs)
        if isinstance(right, Smallest):
            return all(self.is_at_most(left, part) for part in right.args)
        if isinstance(left, Largest):
            return all(self.is_at_most(part, right) for part in left.args)
        return self.is_nonnegative(right - left)

    def is_nonnegative(self, expression: Expr, depth: int = 0) -> bool:
        """Whether an affine index expression is at least 0, whatever its letters and sizes are."""
        expression = plain(expression)
        if expression.is_Integer:
            return bool(expression >= 0)
        if depth > MAX_DEPTH:
            return False
        letter = self._innermost(expression)
        if letter is None:
            return depth == 0 and self._by_facts(expression)
        parts = linear(expression, letter)
        if parts is None:
            return False
        factor, rest = parts
        first, last = self._ends(letter)
        if factor.is_positive:
            least = None if first is None else first
            choices = least.args if isinstance(least, Largest) else (least,)
        elif factor.is_negative:
            choices = last.args if isinstance(last, Smallest) else (last,)
        else:
            return False
        known = [end for end in choices if end is not None]
        if any(self.is_nonnegative(factor * end + rest, depth + 1) for end in known):
            return True
        return depth == 0 and self._by_facts(expression)

    def _by_facts(self, expression: Expr) -> bool:
        return any(self.is_nonnegative(expression - fact, 1) for fact in self.facts)

    def _innermost(self, expression: Expr) -> Expr | None:
        """A letter on whose value no other letter's range depends; sizes come last."""
        atoms = [atom for atom in _unknowns(expression) if self._ends(atom) != (None, None)]
        for atom in atoms:
            others = (end for other in atoms if other != atom for end in self._ends(other))
            if not any(end is not None and end.has(atom) for end in others):
                return atom
        return atoms[0] if atoms else None

    def _ends(self, atom: Expr) -> tuple[Expr | None, Expr | None]:
        """The smallest and largest value of a letter, a size or an entry, where that is known."""
        if atom in self.ranges:
            return self.ranges[atom]
        if isinstance(atom, IntegerEntry):
            return S.One, self.counts.get(name_of(atom))
        if isinstance(atom, Extreme):
            return atom.limit[1], atom.limit[2]
        if atom.is_Symbol and atom.is_positive:
            return S.One, None
        return None, None

    # Bounds -------------------------------------------------------------------------------------

    def largest(self, *choices: Expr) -> Expr:
        """The largest of several bounds, without those that never are."""
        return self._choice(Largest, choices)

    def smallest(self, *choices: Expr) -> Expr:
        """The smallest of several bounds, without those that never are."""
        return self._choice(Smallest, choices)

    def _choice(self, kind: type[Largest] | type[Smallest], choices: Iterable[Expr]) -> Expr:
        left: list[Expr] = []
        for choice in choices:
            for part in choice.args if isinstance(choice, kind) else (choice,):
                if any(self._covers(kind, other, part) for other in left):
                    continue
                left = [other for other in left if not self._covers(kind, part, other)]
                left.append(part)
        return kind(*left)

    def _covers(self, kind: type[Largest] | type[Smallest], one: Expr, other: Expr) -> bool:
        low, high = (other, one) if kind is Largest else (one, other)
        return self.is_at_most(low, high)

    # What is 0 by itself --------------------------------------------------------------------------

    def vanishes_unless(self, factors: Iterable[Expr], condition: Expr) -> bool:
        """Whether one factor is an adjoint beyond its quantity's entries where a bracket is 0."""
        return any(
            self.holds_given(bound, condition)
            for factor in factors
            if isinstance(factor, Partial)
            for bound in self.bounds_of(factor)
        )

    def holds_given(self, bound: Expr, condition: Expr) -> bool:
        """Whether a condition follows from a bound of the same affine form."""
        if bound == condition:
            return True
        if not (isinstance(bound, Bracket) and isinstance(condition, Bracket)):
            return False
        if bound.relation != "<=" or condition.relation != "<=":
            return False
        slack = plain((condition.right - condition.left) - (bound.right - bound.left))
        return self.is_nonnegative(slack)

    def bounds_of(self, adjoint: Partial) -> Iterator[Expr]:
        """The brackets without which an adjoint is 0: its indices lie within the entries."""
        for index, (first, last) in zip(
            indices_of(adjoint.by), self.adjoints.get(name_of(adjoint.by), ()), strict=False
        ):
            yield from within(index, first, last)

    def beyond(self, adjoint: Partial) -> list[int]:
        """The places of an adjoint's indices that can lie beyond the quantity's entries."""
        ends = self.adjoints.get(name_of(adjoint.by), ())
        return [
            place
            for place, (index, (first, last)) in enumerate(
                zip(indices_of(adjoint.by), ends, strict=False)
            )
            if not all(self.holds(condition) for condition in within(index, first, last))
        ]

    def support(self, factor: Expr) -> list[Expr]:
        """Brackets without which a factor is 0, by the definition of what it is an entry of."""
        entry = factor.by if isinstance(factor, Partial) else factor
        if not isinstance(entry, Indexed):
            return []
        found = self.supports.get((name_of(entry), isinstance(factor, Partial)))
        if found is None:
            return []
        letters, conditions = found
        at = dict(zip(letters, indices_of(entry), strict=True))
        return [condition.xreplace(at) for condition in conditions]


NOTHING = Known(checks=False)
"""Nothing is known of any letter."""


def within(index: Expr, first: Expr, last: Expr) -> list[Expr]:
    """The brackets that say that an index lies within a range, without those that are 1."""
    lower = first.args if isinstance(first, Largest) else (first,)
    upper = last.args if isinstance(last, Smallest) else (last,)
    conditions = [bracket(end, "<=", index) for end in lower]
    conditions += [bracket(index, "<=", end) for end in upper]
    return [condition for condition in conditions if condition is not S.One]


def plain(expression: Expr) -> Expr:
    """An index expression multiplied out."""
    if expression.is_Mul or expression.is_Add:
        return expand_mul(expression)
    return expression


def linear(expression: Expr, letter: Expr) -> tuple[Expr, Expr] | None:
    """Factor and rest of ``factor * letter + rest``; None where the letter stands otherwise."""
    factors, rest = [], []
    for term in Add.make_args(plain(expression)):
        if term == letter:
            factors.append(S.One)
        elif term.is_Mul and letter in term.args:
            factor = Mul(*(part for part in term.args if part != letter))
            if factor.has(letter):
                return None
            factors.append(factor)
        elif term.has(letter):
            return None
        else:
            rest.append(term)
    return Add(*factors), Add(*rest)


def solved(delta: KroneckerDelta, letter: Symbol) -> Expr | None:
    """The value that an equality of indices gives to a letter of coefficient 1 or -1."""
    left, right = delta.args
    if left == letter and not right.has(letter):
        return right
    if right == letter and not left.has(letter):
        return left
    parts = linear(left - right, letter)
    if parts is None:
        return None
    factor, rest = parts
    if factor is S.One:
        return plain(-rest)
    return plain(rest) if factor is S.NegativeOne else None


def bound_on(condition: Bracket, letter: Symbol) -> tuple[bool, Expr] | None:
    """What a bracket says of a letter: whether it is a first value, and that value."""
    parts = linear(condition.right - condition.left, letter)
    if parts is None or parts[0] is S.Zero:
        return None
    factor, rest = parts
    if factor is S.One:
        return True, plain(-rest)
    if factor is S.NegativeOne:
        return False, plain(rest)
    # Counted from 1, as indices are: i <= floor((h - 1)/s) + 1.
    if factor.is_positive:
        return True, _divided(CeilingOf, plain(-rest - factor), factor) + 1
    if factor.is_negative:
        return False, _divided(FloorOf, plain(rest + factor), -factor) + 1
    return None


def _divided(kind: type[CeilingOf] | type[FloorOf], numerator: Expr, divisor: Expr) -> Expr:
    """A rounded quotient."""
    return numerator if numerator is S.Zero else kind(numerator, divisor)


def _unknowns(expression: Expr) -> list[Expr]:
    """Letters, sizes and entries of an index expression, in a fixed order."""
    found: dict[Expr, None] = {}
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Entry | Extreme | Symbol):
            found[node] = None
        elif isinstance(node, Integer):
            continue
        else:
            stack.extend(node.args)
    return sorted(found, key=lambda a: (bool(a.is_positive), str(a)))
