"""Numbers: a gradient against the difference that a small change of one weight makes to the loss.

The network is worked out at a seeded point with more than sixty digits, once with a weight a little
larger and once a little smaller; a quarter of the digits goes into the step, so that what is left
of the difference is the derivative to more than forty.  Nothing is used but the equations and the
functions' own formulas, so that this witness judges the catalogue's derivatives as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from random import Random
from typing import TYPE_CHECKING

from symback.records import dataclass
from symback.verification.arrays.decimals import BITS, DIGITS, ONE, Decimals, context
from symback.verification.arrays.finite_field import SEED, Outcome, resting_on
from symback.verification.arrays.points import Point
from symback.verification.arrays.tensor import IllFormedError, NoValueError, Shape
from symback.verification.arrays.walk import UnknownKindError, model_sizes

if TYPE_CHECKING:
    from symback.calculus import Derivation, Step
    from symback.model.equations import Equation, Model, Quantity

__all__ = ["TOLERANCE", "NumbersProof", "numbers"]

TOLERANCE = 25
"""Two numbers agree when they differ by at most ``10**-25 * (1 + |the second|)``."""

STEP = 80
"""The change of a weight is two to the minus this."""

FINER = 4
"""Before a gradient is refused, the change is made smaller by two to the minus this."""

CLOSER = 6
"""How often a point with numbers half as large is drawn because the loss was too steep."""

ALL = 100
"""Up to so many parameters every one is tested."""

SAMPLE = 24
"""Of more parameters, so many: a share of every array, or one of each of so many arrays."""

LARGE = 200_000
"""Beyond so many parameters, layers of `NARROW` units are tested instead."""

NARROW = 60

DRAWS = 200
"""How often another point is drawn because a kink was near, or a function was not defined."""

OF_A_STEP = 2
"""How many entries are tested of an adjoint between the loss and the parameters."""

STEPS = 60
"""Of more adjoints than this between the loss and the parameters, as many as this are tested."""

Place = tuple[str, tuple[int, ...]]
"""One entry of a quantity: its name and its indices, from 1."""


@dataclass(frozen=True, slots=True)
class NumbersProof:
    """What differences say of a derivation.

    Attributes:
        outcome: whether the gradients that were tested are right.
        parameters: the number of weights and biases of the network that was tested.
        tested: of how many of them the gradient was tested; a seeded sample of a large network.
        sizes: of each range that was made narrower, the size at which the network was tested.
        digits: of the numbers.
        agreed: all gradients agreed to at least so many decimal places.
        seed: of the point and of the sample.
        arrays: for a difference, the parameters whose gradients are wrong.
        step: for a difference, the number of the first step that is wrong; 0 where none was found.
        place: for a difference, one entry that differs,
        difference: what the loss's difference comes to there, in decimal,
        claimed: and what the gradient says.
        reason: why nothing was decided: ``no-point`` or ``kind``.
    """

    outcome: Outcome
    parameters: int
    tested: int = 0
    sizes: tuple[tuple[str, int], ...] = ()
    digits: int = DIGITS
    agreed: int = 0
    seed: int = SEED
    arrays: tuple[str, ...] = ()
    step: int = 0
    place: Place | None = None
    difference: str = ""
    claimed: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether every gradient that was tested is right."""
        return self.outcome is Outcome.AGREES


def numbers(derivation: Derivation) -> NumbersProof:
    """Test the claimed gradients of a derivation by differences of its equations.

    Args:
        derivation: its model is taken as it is, and the results of its steps as claims.
    """
    return _Trial(derivation.model, derivation.steps).proof()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One entry's two numbers, scaled."""

    place: Place
    difference: int
    claimed: int

    @property
    def error(self) -> int:
        return abs(self.difference - self.claimed) * ONE // (ONE + abs(self.claimed))

    @property
    def ok(self) -> bool:
        return bool(self.error * 10**TOLERANCE <= ONE)


class _TooSteepError(Exception):
    """The loss bends so much at a point that its difference is not its derivative."""


class _Trial:
    """The differences about one derivation."""

    def __init__(self, model: Model, steps: Sequence[Step]) -> None:
        self.model = model
        self.steps = steps
        stated = model_sizes(model)
        self.sizes = dict(stated)
        if self._count() > LARGE:
            self.sizes = {name: min(size, NARROW) for name, size in stated.items()}
        self.narrowed = tuple(
            (name, size) for name, size in self.sizes.items() if size != stated[name]
        )
        self.count = self._count()
        self.random = Random(f"{SEED} sample")
        self.dependents = _dependents(model)

    def _count(self) -> int:
        shapes = ([self.sizes[r.name] for r in q.ranges] for q in self.model.asked)
        return sum(prod(shape) for shape in shapes)

    def proof(self) -> NumbersProof:
        known = {step.quantity.name for step in self.steps}
        missing = tuple(q.name for q in self.model.asked if q.name not in known)
        if missing:
            return self._result(Outcome.DIFFERS, arrays=missing)
        for closer in range(CLOSER):
            try:
                point = self._point(closer)
            except UnknownKindError:
                return self._result(Outcome.UNDECIDED, reason="kind")
            if point is None:
                break
            try:
                return self._proof_at(point)
            except _TooSteepError:
                continue
        return self._result(Outcome.UNDECIDED, reason="no-point")

    def _proof_at(self, point: Point) -> NumbersProof:
        """Work out what is claimed at a point, and test it."""
        for step in self.steps:
            try:
                point.claim(step.quantity, step.result)
            except IllFormedError:
                arrays = resting_on(step, self.steps)
                return self._result(Outcome.DIFFERS, arrays=arrays, step=step.number)
            except (UnknownKindError, NoValueError):
                return self._result(Outcome.UNDECIDED, reason="kind")
        return self._judged(point)

    def _judged(self, point: Point) -> NumbersProof:
        """Test every adjoint, from the loss backwards: the first that is wrong is at fault."""
        parameters = {quantity.name for quantity in self.model.asked}
        share = self._share()
        between = [s.quantity.name for s in self.steps if s.quantity.name not in parameters]
        if len(between) > STEPS:
            between = self.random.sample(between, STEPS)
        worst = tested = first = 0
        wrong: list[_Reading] = []
        for step in self.steps:
            name = step.quantity.name
            own = name in parameters
            if own:
                count = share.get(name, 0)
            elif name in between:
                count = self._entries(step.quantity) if self.count <= ALL else OF_A_STEP
            else:
                count = 0
            for at in self._some(point, step.quantity, count):
                reading = self._reading(point, name, at)
                worst = max(worst, reading.error)
                tested += own
                if not reading.ok:
                    first = first or step.number
                    wrong.append(reading)
        if wrong:
            arrays = tuple(r.place[0] for r in wrong if r.place[0] in parameters)
            return self._result(
                Outcome.DIFFERS, tested=tested, arrays=tuple(dict.fromkeys(arrays)), step=first,
                reading=wrong[0],
            )  # fmt: skip
        agreed = int(-context().log10(context().ldexp(worst + 1, -BITS)))
        return self._result(Outcome.AGREES, tested=tested, agreed=agreed)

    def _point(self, closer: int) -> Point | None:
        """A point at which everything is defined and no kink is near."""
        for attempt in range(DRAWS):
            try:
                arithmetic = Decimals(f"{SEED} point {attempt}")
                return Point(
                    self.model,
                    arithmetic,
                    self.sizes,
                    positive=attempt % 4 == 3,
                    closer=closer,
                )
            except NoValueError:
                continue
        return None

    # What is tested -----------------------------------------------------------------------------

    def _share(self) -> dict[str, int]:
        """How many entries of each parameter are tested."""
        parameters = self.model.asked
        if self.count <= ALL:
            return {quantity.name: self._entries(quantity) for quantity in parameters}
        if len(parameters) > SAMPLE:
            parameters = tuple(self.random.sample(parameters, SAMPLE))
        each = max(1, SAMPLE // len(parameters))
        return {quantity.name: each for quantity in parameters}

    def _some(self, point: Point, quantity: Quantity, count: int) -> list[int]:
        """Positions of entries; of a sample, the half that is not claimed to be zero if it can."""
        entries = self._entries(quantity)
        if count >= entries:
            return list(range(entries))
        order = self.random.sample(range(entries), min(entries, 50 * count))
        claimed = point.adjoints[quantity.name]
        speaking = [at for at in order if claimed[at]][: -(-count // 2)]
        return sorted([*speaking, *(at for at in order if at not in speaking)][:count])

    def _entries(self, quantity: Quantity) -> int:
        return prod(self.sizes[r.name] for r in quantity.ranges)

    def _reading(self, point: Point, name: str, at: int) -> _Reading:
        """The loss's difference for a change of one entry, and the claimed adjoint.

        Raises:
            _TooSteepError: where the difference still depends on the step, so that it is not yet
                the derivative.
        """
        shape = point.shape(self.model.quantities[name])
        place, claimed = (name, _indices(at, shape)), point.adjoints[name][at]
        reading = _Reading(place, self._difference(point, name, at, STEP), claimed)
        if reading.ok:
            return reading
        finer = self._difference(point, name, at, STEP + FINER)
        if not _Reading(place, reading.difference, finer).ok:
            raise _TooSteepError
        return _Reading(place, finer, claimed)

    def _difference(self, point: Point, name: str, at: int, step: int) -> int:
        """The loss's central difference for a change of one entry by two to the minus ``step``."""
        kept = dict(point.values)
        losses = []
        for change in (1 << BITS - step, -(1 << BITS - step)):
            entries = list(kept[name])
            entries[at] += change
            point.values[name] = entries
            point.define(self.dependents[name])
            losses += point.values[self.model.loss.name]
        point.values = kept
        return int((losses[0] - losses[1] << step) // 2)

    def _result(
        self,
        outcome: Outcome,
        *,
        tested: int = 0,
        agreed: int = 0,
        arrays: tuple[str, ...] = (),
        step: int = 0,
        reading: _Reading | None = None,
        reason: str = "",
    ) -> NumbersProof:
        return NumbersProof(
            outcome,
            self.count,
            tested,
            self.narrowed,
            agreed=agreed,
            arrays=arrays,
            step=step,
            place=reading.place if reading else None,
            difference=_decimal(reading.difference) if reading else "",
            claimed=_decimal(reading.claimed) if reading else "",
            reason=reason,
        )


def _dependents(model: Model) -> dict[str, list[Equation]]:
    """For each quantity, the equations to work out anew when it changes, in their order."""
    found = {}
    for name in model.quantities:
        changed: set[str] = {name}
        equations: list[Equation] = []
        for equation in model.equations:
            if equation.quantity.name != name and not changed.isdisjoint(equation.mentions):
                changed.add(equation.quantity.name)
                equations.append(equation)
        found[name] = equations
    return found


def _indices(position: int, shape: Shape) -> tuple[int, ...]:
    """The indices, from 1, of an entry whose position in the flat list is known."""
    indices: list[int] = []
    for size in reversed(shape):
        position, index = divmod(position, size)
        indices.insert(0, index + 1)
    return tuple(indices)


def _decimal(value: int) -> str:
    own = context()
    return str(own.nstr(own.ldexp(value, -BITS), 12))
