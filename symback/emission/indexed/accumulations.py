"""Sums that are added straight into the array that they define, in the order of its memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, S, Symbol, Tuple

from symback.algebra.expressions import Sum
from symback.algebra.indexing import Bracket
from symback.emission.indexed.affine import letters_of
from symback.emission.indexed.program import Statement
from symback.emission.indexed.walk import (
    BINDERS,
    MASKS,
    limits_of,
    open_entries,
    outermost_first,
    substituted,
    walk,
)
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.emission.indexed.loops import LoopBody

__all__ = ["Accumulations", "Part"]


@dataclass(frozen=True)
class Part:
    """One term that is added up in place.

    Attributes:
        loops: letters with their first and last values, outermost first.
        factors: of what is added; a single sum where ``free`` is a number.
        conditions: under which it is added.
        indices: of the entry that it is added to.
        free: how many loops there are where the rest of the sum is a number of its own.
    """

    loops: tuple[tuple[Expr, ...], ...]
    factors: tuple[Expr, ...]
    conditions: tuple[Expr, ...]
    indices: tuple[Expr, ...]
    free: int | None = None


class Accumulations:
    """Writes statements that add a sum up in place.

    Args:
        body: the lines of the function.
    """

    def __init__(self, body: LoopBody) -> None:
        self.body = body

    def accumulated(self, term: Expr, item: Statement) -> tuple[list[Expr], Expr] | None:
        """A term as its factors and its sum, if that is added up in place."""
        if not item.letters:
            return None
        factors = list(Mul.make_args(term))
        sums = [f for f in factors if isinstance(f, Sum)]
        if len(sums) != 1:
            return None
        outside = [f for f in factors if f is not sums[0]]
        if any(letters_of(f) & set(item.letters) and not isinstance(f, MASKS) for f in outside):
            if not self._targets(sums[0], item):
                return None
        if sums[0].function.has(*BINDERS):
            if not self._targets(sums[0], item):
                return None
        return outside, sums[0]

    def _targets(self, node: Sum, item: Statement) -> dict[Symbol, tuple[Expr, Expr]]:
        """Letters of the left side that a delta sets to what is summed over, with their deltas."""
        bodies = Add.make_args(node.function)
        if len(bodies) != 1:
            return {}
        factors = Mul.make_args(bodies[0])
        summed = {limit[0] for limit in limits_of(node)}
        found: dict[Symbol, tuple[Expr, Expr]] = {}
        for delta in factors:
            if not isinstance(delta, KroneckerDelta):
                continue
            for letter, value in (delta.args, tuple(reversed(delta.args))):
                if letter not in item.letters or letter in found:
                    continue
                if letter in letters_of(value) or not letters_of(value) & summed:
                    continue
                if letters_of(value) & set(found):
                    continue
                found[letter] = (delta, value)
                break
        return found

    def add(self, item: Statement, outside: list[Expr], node: Sum) -> None:
        """Add a sum to the entries of an array that is there already."""
        for part in self.parts(item, outside, node):
            loops, factors = list(part.loops), list(part.factors)
            if part.free is None:
                self._accumulate(item, loops, factors, list(part.conditions), list(part.indices))
            else:
                free = [loop[0] for loop in loops]
                value = part.factors[0]
                self.body.nest(free, item.bounds, value, lambda v: self.put_entry(item, v))

    def parts(self, item: Statement, outside: list[Expr], node: Sum) -> Iterator[Part]:
        """What is to be added up, term by term."""
        if isinstance(node.function, Add):
            for term in Add.make_args(node.function):
                yield from self.parts(item, outside, Sum(term, *node.limits))
            return
        body = Mul(*outside, *Mul.make_args(node.function))
        targets = self._targets(node, item)
        values = {letter: value for letter, (_, value) in targets.items()}
        deltas = [delta for delta, _ in targets.values()]
        factors = [substituted(f, values) for f in Mul.make_args(body) if f not in deltas]
        conditions: list[Expr] = []
        for letter, value in values.items():
            first, last = item.bounds[letter]
            conditions += [Bracket(first, "<=", value), Bracket(value, "<=", last)]
        limits = [*limits_of(node)]
        left = [letter for letter in item.letters if letter not in values]
        indices = [i.xreplace(values) for i in item.indices]
        every = [(letter, *item.bounds[letter]) for letter in left]
        loops = self._loop_order(every, limits, factors, indices)
        if not targets and loops[-1][0] not in left:  # along the sum: a number of its own
            inner = [Tuple(*loop) for loop in reversed(loops[len(left) :])]
            bound = {loop[0] for loop in loops[len(left) :]}
            fixed = [f for f in factors if not letters_of(f) & bound]
            value = Mul(*fixed, Sum(Mul(*(f for f in factors if f not in fixed)), *inner))
            yield Part(tuple(loops[: len(left)]), (value,), (), tuple(item.indices), len(left))
            return
        yield Part(tuple(loops), tuple(factors), tuple(conditions), tuple(indices))

    def put_entry(self, item: Statement, found: Expr) -> None:
        """Add what was found to the entry that a statement is about."""
        self.body.reductions.added(self.body.entry(item.key, item.indices), [], found)

    def _loop_order(
        self,
        free: list[tuple[Expr, ...]],
        limits: Sequence[Expr],
        factors: Sequence[Expr],
        indices: Sequence[Expr],
    ) -> list[tuple[Expr, ...]]:
        """The loops of an accumulation, the innermost the one along which most entries lie."""
        summed = [tuple(limit) for limit in outermost_first(list(limits))]
        if not free:
            return summed
        dependent = {s for limit in summed for end in limit[1:] for s in letters_of(end)}
        last = free[-1]
        if last[0] in dependent:
            return [*free, *summed]
        along = int(len(indices) > 1 and indices[-1] == last[0])
        across = 0
        for factor in factors:
            for node in walk(factor):
                if isinstance(node, Indexed) and node.indices:
                    at_end = letters_of(node.indices[-1])
                    along += last[0] in at_end
                    across += bool(at_end & {limit[0] for limit in summed})
        if across >= along:
            return [*free, *summed]
        return [*free[:-1], *summed, last]

    def _accumulate(
        self,
        item: Statement,
        loops: list[tuple[Expr, ...]],
        factors: list[Expr],
        conditions: list[Expr],
        indices: list[Expr],
    ) -> None:
        """Loops around ``entry += factors``, each factor computed as far outside as it can be."""
        letters = {loop[0] for loop in loops}
        value, conditions, indices = self.ready(letters, Mul(*factors), conditions, indices)
        if loops:
            with self.body.reductions.forgetting(), self.body.over(loops[0][0], loops[0][1:]):
                self._accumulate(item, loops[1:], list(Mul.make_args(value)), conditions, indices)
            return
        self.add_entry(item, value, conditions, indices)

    def ready(
        self, letters: set[Expr], value: Expr, conditions: Sequence[Expr], indices: Sequence[Expr]
    ) -> tuple[Expr, list[Expr], list[Expr]]:
        """A term with all that loops over these letters do not change computed before them."""
        value = self.body.prepared(value, letters)
        if letters:
            value = self.gathered(value, letters)
        return (
            value,
            [self.body.prepared(c, letters) for c in conditions],
            [self.body.prepared(i, letters) for i in indices],
        )

    def add_entry(
        self, item: Statement, value: Expr, conditions: Sequence[Expr], indices: Sequence[Expr]
    ) -> None:
        """``entry += value``, where conditions hold."""
        tests, rest = self.body.guarded(Mul(value, *conditions))
        self.body.reductions.added(self.body.entry(item.key, indices), tests, rest)

    def gathered(self, product: Expr, unknown: set[Symbol]) -> Expr:
        """A product whose factors that no further loop changes are one number."""
        known: list[Expr] = []
        rest: list[Expr] = []
        for factor in Mul.make_args(product):
            free = not letters_of(factor) & unknown and not isinstance(factor, MASKS)
            if free and any(self.body.inside(e) for e in open_entries(factor)):
                free = False
            (known if free else rest).append(factor)
        sign = [f for f in known if f is S.NegativeOne]
        known = [f for f in known if f is not S.NegativeOne]
        if not rest or not known or (len(known) == 1 and not isinstance(known[0], Pow)):
            if len(known) != 1 or not isinstance(known[0], Indexed):
                return product
        name = self.body.fresh("factor")
        self.body.line(self.body.target.new(name, self.body(Mul(*known))))
        return Mul(*sign, *rest, Symbol("@" + name))
