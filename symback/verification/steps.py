"""A step of the chain rule: its paths, its links, and what it comes to.

Each step is judged given the adjoints that were claimed before it, so a fault is found in the step
that makes it; a step that is right but builds on a faulty one is said to inherit.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sympy import Expr, Integer

from symback.algebra.expressions import Partial
from symback.model.equations import Equation, Quantity, Range
from symback.records import dataclass
from symback.verification.bench import Bench, Numbers, at_entries, of_step
from symback.verification.deciding import Deciding
from symback.verification.oracle.judge import Judge, Mismatch
from symback.verification.reasons import follows
from symback.verification.report import Claim, Location, Verdict

if TYPE_CHECKING:
    from symback.calculus.derivation import Path, Step

__all__ = ["StepChecks"]


# Sides --------------------------------------------------------------------------------------------
# What a reading makes of the model itself.  Equal ones are read once, so they are values.


@dataclass(frozen=True, slots=True)
class Independent:
    """A quantity's adjoint from those of whatever its consumers define."""

    quantity: Quantity

    def __call__(self, reading: Any) -> Any:
        return reading.independent_of(self.quantity)


@dataclass(frozen=True, slots=True)
class Through:
    """What a quantity contributes to the loss through one equation."""

    equation: Equation
    quantity: Quantity

    def __call__(self, reading: Any) -> Any:
        return reading.through_of(self.equation, self.quantity)


@dataclass(frozen=True, slots=True)
class Local:
    """One equation's right side, at its own indices, differentiated by a quantity's entry."""

    equation: Equation
    own: tuple[Expr, ...]
    quantity: Quantity

    def __call__(self, reading: Any) -> Any:
        return reading.local_of(self.equation, self.own, self.quantity)


# Checks -------------------------------------------------------------------------------------------


class StepChecks:
    """Checks steps, in the order from the loss backwards.

    Args:
        identity: decides for all sizes.
        bench: takes the checks.
        circular: names of the quantities whose claimed adjoints rest on themselves.
    """

    def __init__(
        self, identity: Deciding, bench: Bench, circular: frozenset[str] = frozenset()
    ) -> None:
        self.circular = circular
        self.identity = identity
        self.bench = bench
        self.claims = identity.claims
        self.model = identity.claims.model
        self.loss = self.model.loss.at()
        self._number = len(self.model.equations)

    def check(self, step: Step) -> None:
        """Everything that one step claims."""
        before = len(self.bench.checks)
        self._number = step.number if step.number > self._number else 0
        if not self._number or step.quantity.name in self.circular:
            about = "circle" if self._number else "number"
            location = Location(step.quantity.name, step.number)
            self.bench.say(Claim.ADJOINT, location, False, (about,))
        self._check_paths(step)
        self._check_links(step)
        linked = {link.expression for link in step.links} if len(step.paths) == 1 else set()
        for path in step.paths:
            self._check_path(step, path, linked)
        self._check_result(step)
        own = self.bench.checks[before:]
        if any(check.verdict is Verdict.REFUTED for check in own):
            self.bench.faulty[step.quantity.name] = step.quantity.name

    def _check_paths(self, step: Step) -> None:
        """One path for every equation that mentions the quantity, and no other."""
        users = sorted(e.number for e in self.claims.consumers[step.quantity.name])
        stated = sorted(path.equation for path in step.paths)
        differing = tuple(str(number) for number in sorted(set(users) ^ set(stated)))
        location = Location(step.quantity.name, step.number)
        self.bench.say(Claim.PATHS, location, users == stated, differing)

    def _check_links(self, step: Step) -> None:
        quantity = step.quantity
        previous: Expr = step.adjoint
        for number, link in enumerate(step.links, start=1):
            left = Independent(quantity) if number == 1 else previous
            right = link.expression
            numbers = (
                of_step(quantity, right) if number == 1 else at_entries(quantity, previous, right)
            )
            check = self.bench.decide(
                Claim.LINK,
                Location(quantity.name, step.number, link=number),
                partial(self.identity.compare, left, right, self._letters(quantity)),
                numbers,
                (previous, right),
            )
            if check.ok and not follows(self.model, step, number, previous):
                self.bench.refute("reason")
            previous = right

    def _letters(self, quantity: Quantity) -> dict[Expr, Range]:
        return dict(zip(quantity.indices, quantity.ranges, strict=True))

    def _check_path(self, step: Step, path: Path, linked: set[Expr]) -> None:
        """What one path contributes, in each form in which it is kept."""
        quantity = step.quantity
        equation = self.model.equations[path.equation - 1]
        location = Location(quantity.name, step.number, equation=path.equation)
        user = equation.quantity
        at_loss = user == self.model.loss
        upstream = Integer(1) if at_loss else Partial(self.loss, user.at(*path.own))
        if path.through != user.name or path.upstream != upstream:
            self.bench.say(Claim.PATH, location, False)
            return

        letters = self._letters(quantity)
        own = letters | dict(zip(path.own, user.ranges, strict=True))
        self.bench.decide(
            Claim.PATH,
            location,
            partial(self.identity.compare, Local(equation, path.own, quantity), path.local, own),
            _local_numbers(equation, quantity, path),
            (None, path.local),
        )
        for part in dict.fromkeys((path.chain, path.spread, path.primed, path.contribution)):
            if part not in linked:
                self.bench.decide(
                    Claim.PATH,
                    location,
                    partial(self.identity.compare, Through(equation, quantity), part, letters),
                    _path_numbers(equation, quantity, part),
                    (None, part),
                )

    def _check_result(self, step: Step) -> None:
        """The last link against the derivative; after a fault it inherits that."""
        quantity = step.quantity
        check = self.bench.decide(
            Claim.ADJOINT,
            Location(quantity.name, step.number),
            partial(
                self.identity.compare,
                Independent(quantity),
                step.result,
                self._letters(quantity),
            ),
            of_step(quantity, step.result),
            (step.adjoint, step.result),
            always=True,
        )
        users = [e.quantity.name for e in self.claims.consumers[quantity.name]]
        faults = tuple(dict.fromkeys(self.bench.faulty[u] for u in users if u in self.bench.faulty))
        if faults and check.ok:
            self.bench.inherit(*faults)
        if faults:
            self.bench.faulty.setdefault(quantity.name, faults[0])


# Numbers ------------------------------------------------------------------------------------------


def _local_numbers(equation: Equation, quantity: Quantity, path: Path) -> Numbers:
    letters = (*path.own, *quantity.indices)

    def numbers(judge: Judge, truth: bool) -> Mismatch | None:
        for place in judge.instance.defined_by(equation):
            for by in judge.instance.places(quantity):
                pairs = zip(letters, (*place[1], *by[1]), strict=True)
                at = {i: n for i, n in pairs if i.is_Symbol and not i.is_positive}
                expected = judge.instance.jacobian[place].get(by, 0)
                found = judge.differs(expected, path.local, at, truth=truth)
                if found is not None:
                    return by[1], found or None
        return None

    return numbers


def _path_numbers(equation: Equation, quantity: Quantity, part: Expr) -> Numbers:
    def numbers(judge: Judge, truth: bool) -> Mismatch | None:
        for by in judge.instance.places(quantity):
            expected = sum(
                (judge.true[place] if truth else judge.claim(place))
                * judge.instance.jacobian[place].get(by, 0)
                for place in judge.instance.defined_by(equation)
            )
            expected = judge.instance.field.reduced(expected)
            at = dict(zip(quantity.indices, by[1], strict=True))
            found = judge.differs(expected, part, at, truth=truth)
            if found is not None:
                return by[1], found or None
        return None

    return numbers
