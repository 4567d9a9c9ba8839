"""The working of one weight or bias, checked line by line.

Sums over short ranges are written out in it, so it is checked at the network's own sizes in those
ranges, and for all sizes in the others.  For numbers, a longer range is shrunk to a few units, and
the units that the working names are given numbers among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer

from symback.algebra.nodes import Marked, name_of
from symback.calculus.unit import MAX_TERMS
from symback.model.equations import Model
from symback.verification.bench import Bench, Numbering, of_unit
from symback.verification.identity import Identity
from symback.verification.meaning import Claims
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import small_sizes, turns
from symback.verification.report import Claim, Location

if TYPE_CHECKING:
    from symback.calculus.unit import UnitDerivation

__all__ = ["UnitChecks"]


MAX_AT_LOSS = 10
"""In models of at most so many equations adjoints are put in all at once, and so read once."""


class UnitChecks:
    """Checks workings of single weights and biases.

    Attributes:
        sizes: the sizes at which numbers were taken.
    """

    def __init__(self, claims: Claims, bench: Bench, units: Iterable[UnitDerivation]) -> None:
        self.model = claims.model
        self.numbers = {id(unit): _numbering(self.model, unit) for unit in units}
        ranges = {r.name: r.size for q in self.model.quantities.values() for r in q.ranges}
        written_out = {name: size for name, size in ranges.items() if 0 < size <= MAX_TERMS}
        # Written out, all adjoints of a deep network are too many terms: there only those that a
        # line needs are put in.
        shallow = len(self.model.equations) <= MAX_AT_LOSS
        self.identity = Identity(claims, written_out, total=True, at_once=shallow)
        choices = [small_sizes(self.model, MAX_TERMS, turn) for turn in range(turns(self.model))]
        for sizes in choices:
            for name in sizes:
                named = max((len(n.get(name, ())) for n in self.numbers.values()), default=0)
                sizes[name] = max(sizes[name], named)
        self.sizes = choices[0]
        self.bench = Bench(Panel(self.model, claims.adjoints, choices), bench.checks, bench.faulty)

    def check(self, unit: UnitDerivation, number: int) -> None:
        """Every link of every chain, every brace that says ``= 0``, and the result.

        Args:
            unit: the working.
            number: the number of the parameter's step.
        """
        self._names = self.numbers[id(unit)]
        name = unit.quantity.name
        for position, chain in enumerate(unit.chains, start=1):
            previous = chain.subject
            for link_number, link in enumerate(chain.links, start=1):
                location = Location(name, number, unit.indices, position, link_number)
                self._decide(Claim.UNIT, location, previous, link.expression)
                for body in _said_to_vanish(link.expression):
                    self._decide(Claim.UNIT, location, Integer(0), body)
                previous = link.expression
        location = Location(name, number, unit.indices)
        self._decide(Claim.UNIT_RESULT, location, unit.adjoint, unit.result)

    def _decide(self, claim: Claim, location: Location, left: Expr, right: Expr) -> None:
        check = self.bench.decide(
            claim,
            location,
            partial(self.identity.compare, left, right),
            of_unit(left, right, self._names),
            (left, right),
            always=claim is Claim.UNIT_RESULT,
        )
        fault = self.bench.faulty.get(location.quantity)
        if fault is not None and check.ok and claim is Claim.UNIT_RESULT:
            self.bench.inherit(fault)


def _said_to_vanish(expression: Expr) -> Iterator[Expr]:
    """What stands over a brace with ``= 0``."""
    stack = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, Marked) and node.mark == "vanishes":
            yield node.body
        elif not isinstance(node, Indexed):
            stack.extend(node.args)


def _numbering(model: Model, unit: UnitDerivation) -> Numbering:
    """Numbers, from 1, for the units that a working names in each range that is shrunk."""
    named: dict[str, set[int]] = {}
    sizes = {r.name: r.size for q in model.quantities.values() for r in q.ranges}
    long = {name for name, size in sizes.items() if size > MAX_TERMS}
    if not long:
        return {}
    expressions = [unit.adjoint, unit.result]
    expressions += [link.expression for chain in unit.chains for link in chain.links]
    for expression in expressions:
        for entry in expression.atoms(Indexed):
            ranges = model.quantities[name_of(entry)].ranges
            for index, r in zip(entry.indices, ranges, strict=True):
                if r.name in long and index.is_Integer:
                    named.setdefault(r.name, set()).add(int(index))
    return {
        name: {index: n for n, index in enumerate(sorted(indices), start=1)}
        for name, indices in named.items()
    }
