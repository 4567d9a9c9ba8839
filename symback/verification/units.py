"""The working of one weight or bias, checked line by line.

Sums over short ranges are written out in it, so it is checked at the network's own sizes in those
ranges, and for all sizes in the others.  For numbers, a longer range is shrunk to a few units, and
the units that the working names are given numbers among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer, S, Sum

from symback.algebra.equality import Equality
from symback.algebra.expressions import Delta, Marked, Partial, name_of
from symback.algebra.sums import left_out
from symback.calculus.blackboard.substitution import MAX_TERMS
from symback.calculus.blackboard.working import Part
from symback.calculus.derivation import Link, Rule
from symback.model.equations import Model
from symback.verification.bench import Bench, Numbering, of_unit
from symback.verification.identity.identity import Identity
from symback.verification.identity.meaning import Claims
from symback.verification.oracle.judge import Panel
from symback.verification.oracle.sizes import small_sizes, turns
from symback.verification.report import Check, Claim, Location

if TYPE_CHECKING:
    from symback.calculus.blackboard.working import UnitDerivation

__all__ = ["UnitChecks"]


BY_ITSELF = (Rule.TOTAL, Rule.GATHER, Rule.INSTANCE, Rule.DELTA)
"""Links that are held against the left side of their chain, and not against the link before."""


class UnitChecks:
    """Checks workings of single weights and biases.

    Args:
        claims: the model and its claimed adjoints.
        bench: takes the checks.
        units: the workings.
        to_loss: decides between formulas for all sizes with every claimed adjoint put in.

    Attributes:
        sizes: the sizes at which numbers were taken.
    """

    def __init__(
        self, claims: Claims, bench: Bench, units: Iterable[UnitDerivation], to_loss: Identity
    ) -> None:
        self.model = claims.model
        # Where indices are shifted, limited or looked up, an entry is worked at the model's own
        # sizes, and there its lines are held against numbers, without renaming any unit.
        self.at_own_sizes = not self.model.is_plain
        self.numbers = {
            id(unit): {} if self.at_own_sizes else _numbering(self.model, unit) for unit in units
        }
        self.claims = claims
        self.ranges = {r.name: r.size for q in self.model.quantities.values() for r in q.ranges}
        self.to_loss = to_loss
        self._identities: dict[tuple[frozenset[str], frozenset[str]], Identity] = {}
        if self.at_own_sizes:
            own = {str(size): n for size, n in self.model.sizes.items() if size.is_Symbol and n}
            choices = [own]
        else:
            every = range(turns(self.model))
            choices = [small_sizes(self.model, MAX_TERMS, turn) for turn in every]
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
        held = unit.adjoint  # the last line about the whole gradient that was shown
        for position, chain in enumerate(unit.chains, start=1):
            previous = chain.subject
            for link_number, link in enumerate(chain.links, start=1):
                location = Location(name, number, unit.indices, position, link_number)
                left = chain.subject if link.rule in BY_ITSELF else previous
                left = held if link.rule is Rule.COLLECT else left
                check = self._decide(location, left, link.expression, self._identity(unit, link))
                if check.ok and chain.part in (Part.TOTAL, Part.COLLECTION):
                    held = link.expression
                for body in said_to_vanish(link.expression):
                    self._decide(location, Integer(0), body, self._by_names(unit))
                previous = link.expression
        self._check_result(unit, Location(name, number, unit.indices), held)

    def _identity(self, unit: UnitDerivation, link: Link) -> Identity:
        """What decides about a link: by names that both sides have, or by the whole way."""
        if link.rule is Rule.INSTANCE:
            return self.to_loss
        if link.rule is not Rule.TOTAL:
            return self._by_names(unit)
        partials = link.expression.atoms(Partial)
        cut = (name_of(partial.of) for partial in partials if partial.by == unit.adjoint.by)
        return self._by_names(unit, frozenset(cut))

    def _by_names(self, unit: UnitDerivation, cut: frozenset[str] = frozenset()) -> Identity:
        """Decides at the network's own sizes in what is written out, for all sizes elsewhere."""
        key = unit.written, cut
        if key not in self._identities:
            sizes = {name: self.ranges[name] for name in unit.written}
            self._identities[key] = Identity(self.claims, sizes, total=True, cut=cut)
        return self._identities[key]

    def _decide(self, location: Location, left: Expr, right: Expr, identity: Identity) -> Check:
        return self.bench.decide(
            Claim.UNIT,
            location,
            _left_to_numbers if self.at_own_sizes else partial(identity.compare, left, right),
            of_unit(left, right, self._names),
            (left, right),
        )

    def _check_result(self, unit: UnitDerivation, location: Location, last: Expr) -> None:
        """The result is what the working ends with, and the derivative in numbers."""
        check = self.bench.decide(
            Claim.UNIT_RESULT,
            location,
            _left_to_numbers
            if self.at_own_sizes
            else partial(self._by_names(unit).compare, last, unit.result),
            of_unit(unit.adjoint, unit.result, self._names),
            (unit.adjoint, unit.result),
            always=True,
        )
        fault = self.bench.faulty.get(location.quantity)
        if fault is not None and check.ok:
            self.bench.inherit(fault)


def _left_to_numbers() -> Equality:
    """Instances of a step are decided by numbers; the step itself is proved for all sizes."""
    return Equality.NOT_SHOWN


def said_to_vanish(expression: Expr, among: Expr = S.One) -> Iterator[Expr]:
    """What stands over a brace with ``= 0``, where the sum around it leaves out a value.

    Args:
        expression: a line of a working.
        among: 1, or 0 at the values that the sums around the expression leave out.
    """
    if isinstance(expression, Marked) and expression.mark == "vanishes":
        yield among * expression.body
    elif isinstance(expression, Sum):
        body, lacking = left_out(expression)
        for index, value in lacking.items():
            among *= 1 - Delta(index, value)
        yield from said_to_vanish(body, among)
    elif not isinstance(expression, Indexed):
        for part in expression.args:
            yield from said_to_vanish(part, among)


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
