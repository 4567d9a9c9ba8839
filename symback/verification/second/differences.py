"""Sixty-digit differences of the forward pass and of the gradient, along a direction.

Nothing of the chain rule is in here: the gradient comes from the equations' own derivatives, entry
by entry, at two points a step apart, and each line is worked out with what those differences say of
all that it mentions.  So a fault is seen in the line that makes it.

For a Gauss-Newton product the loss alone is moved, along the change of its outputs; what comes of
that is carried back by the ordinary backward pass at the point itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from sympy import Expr, Indexed, Symbol

from symback.algebra.directions import Directional
from symback.algebra.expressions import Entry, Partial, name_of
from symback.calculus.second import Second, Tangent
from symback.model.equations import Equation, Model, Quantity
from symback.verification.oracle.decimals import Decimals
from symback.verification.oracle.field import Field, NoValueError, Number
from symback.verification.oracle.instance import Instance, Place, letters_at
from symback.verification.oracle.judge import MAX_DRAWS, Judge
from symback.verification.oracle.sizes import edge_sizes, small_sizes
from symback.verification.report import Check, Claim, Location, Testimony, Verdict, Witness

__all__ = ["AGREED", "STEP", "Placed", "check_by_differences", "found_by_differences"]

STEP = 20
"""A step is ten to the minus this: what differences leave out is below ten to twice that."""

AGREED = 30
"""To so many decimal places lines and differences are compared."""

_ADJOINT, _ALONG = "∂", "ℛ"


def found_by_differences(line: Tangent, wrong: tuple[int, ...] | None) -> Check:
    """What differences say of a line: where it is wrong, or that it agrees everywhere."""
    return Check(
        Claim.CURVATURE,
        Location(line.quantity.name, line.number),
        Verdict.AGREES if wrong is None else Verdict.REFUTED,
        (Witness.NUMBERS,),
        line.subject,
        line.result,
        at=wrong or (),
    )


def check_by_differences(second: Second) -> tuple[tuple[Check, ...], Testimony]:
    """Every line at every entry, with sixty digits at small sizes."""
    model = second.model
    sizes = [small_sizes(model), *edge_sizes(model)][-1 if not model.is_plain else 0]
    for seed in range(1, MAX_DRAWS + 1):
        try:
            point = _Point(second, sizes, seed, positive=seed > MAX_DRAWS // 2)
            checks = tuple(point.check(line) for line in second.tangents)
        except (NoValueError, KeyError):
            continue
        entries = sum(1 for q in second.direction for _ in point.base.places(q))
        agreed = sum(check.ok for check in checks)
        said = Testimony(Witness.NUMBERS, len(checks), agreed, digits=AGREED)
        if not model.has_layers:  # a network's sizes are its own, and these are others
            said = replace(said, sizes=tuple(sizes.items()), parameters=entries)
        return checks, said
    return (), Testimony(Witness.NUMBERS, 0, 0, left_out="no-point")


class Placed(Instance):
    """A model in numbers that are given, and not drawn."""

    def __init__(
        self, model: Model, sizes: Mapping[str, int], known: Mapping[Place, Number], field: Field
    ) -> None:
        self._given = known
        super().__init__(model, sizes, field=field)

    def _draw(self, quantity: Quantity) -> None:
        for place in self.places(quantity):
            self.values[place] = self._given[place]


class _Point:
    """One point, a direction, and what differences along it come to."""

    def __init__(self, second: Second, sizes: Mapping[str, int], seed: int, positive: bool) -> None:
        self.second = second
        self.model = second.model
        self.sizes = sizes
        self.field = Decimals(seed, positive)
        self.step = self.field.number(1, 10**STEP)
        self.base = Instance(self.model, sizes, field=self.field)
        self.base.helper = self._helper
        self.here = Judge(self.base, {})
        moved = [place for q in second.direction for place in self.base.places(q)]
        self.vector = {place: self.field.draw() for place in moved}

    def _moved(self, model: Model, along: Mapping[Place, Number], sign: int) -> Judge:
        """A judge a step away from the point."""
        known = dict(self.base.values)
        for place, speed in along.items():
            known[place] = known[place] + sign * self.step * speed
        return Judge(Placed(model, self.sizes, known, self.field), {})

    def _difference(self, up: Number, down: Number) -> Number:
        return (up - down) / (2 * self.step)

    @cached_property
    def _sides(self) -> tuple[Judge, Judge]:
        up, down = (self._moved(self.model, self.vector, sign) for sign in (1, -1))
        return up, down

    @cached_property
    def change(self) -> Mapping[Place, Number]:
        """How every entry changes along the direction."""
        up, down = self._sides
        found = {
            place: self._difference(value, down.instance.values[place])
            for place, value in up.instance.values.items()
        }
        return found | self.vector

    @cached_property
    def adjoints(self) -> Mapping[Place, Number]:
        """How every adjoint changes; for Gauss-Newton, the part of it that is kept."""
        if self.second.is_linear:
            return self._gauss_newton()
        if self.second.product == "empirical-fisher":
            return self._empirical()
        up, down = self._sides
        return {p: self._difference(value, down.true[p]) for p, value in up.true.items()}

    def _empirical(self) -> Mapping[Place, Number]:
        """Each sample's gradient times the change of its loss."""
        samples = self.model.quantities[self.second.samples]
        if not samples.ranges:
            change = self.change[samples.name, ()]
            return {place: change * value for place, value in self.here.true.items()}
        rows = samples.ranges[0].name
        kept: dict[Place, Number] = {}
        for place in reversed(self.base.values):
            ranges = [r.name for r in self.model.quantities[place[0]].ranges]
            if rows in ranges:
                sample = samples.name, (place[1][ranges.index(rows)],)
                kept[place] = self.change.get(sample, 0) * self.here.true.get(place, 0)
            else:
                users = self.here.users.get(place, ())
                kept[place] = sum((kept[user] * slope for user, slope in users), start=0)
        return kept

    def _gauss_newton(self) -> Mapping[Place, Number]:
        tail = self.second.tail
        outputs = self.second.outputs
        own = [e for e in self.model.equations if e.quantity.name in tail]
        equations = tuple(replace(e, number=n) for n, e in enumerate(own, start=1))
        given = {q.name: q for q in self.model.given}
        given |= {name: self.model.quantities[name] for name in outputs}
        loss = replace(self.model, given=tuple(given.values()), equations=equations, wanted=())
        places = [p for name in outputs for p in self.base.entries(self.model.quantities[name])]
        along = {place: self.change[place] for place in places}
        up, down = (self._moved(loss, along, sign) for sign in (1, -1))
        found = {p: self._difference(value, down.true[p]) for p, value in up.true.items()}
        below = [p for p in reversed(self.base.values) if p[0] not in tail]
        kept = {p: v for p, v in found.items() if p[0] in tail or p[0] in outputs}
        for place in below:
            total = kept.get(place, 0)
            for user, slope in self.here.users.get(place, ()):
                if user[0] not in tail:
                    total += kept[user] * slope
            kept[place] = total
        return kept

    # Lines --------------------------------------------------------------------------------------

    def check(self, line: Tangent) -> Check:
        """One line at every entry of its quantity."""
        wrong = None
        for place, at in self._places(line):
            expected = (self.adjoints if line.is_adjoint else self.change)[place]
            for link in line.links:
                found = self.base.value(_encoded(link.expression), at, _no_partial)
                if wrong is None and not self._same(found, expected):
                    wrong = place[1]
        return found_by_differences(line, wrong)

    def _places(self, line: Tangent) -> list[tuple[Place, dict[Symbol, int]]]:
        if line.is_adjoint:
            quantity = line.quantity
            return [
                (place, dict(zip(quantity.indices, place[1], strict=True)))
                for place in self.base.places(quantity)
            ]
        equation: Equation = self.model.equations[line.of - 1]
        return [(place, letters_at(equation, place)) for place in self.base.defined_by(equation)]

    def _same(self, left: Number, right: Number) -> bool:
        near = self.field.number(1, 10**AGREED)
        return bool(abs(left - right) <= near * (1 + abs(left) + abs(right)))

    def _helper(self, place: Place) -> Number | None:
        """What stands for an adjoint or for R of something, beyond its entries 0."""
        name, indices = place
        along = name.startswith(_ALONG)
        name = name.removeprefix(_ALONG)
        if name.startswith(_ADJOINT):
            own = name.removeprefix(_ADJOINT), indices
            return (self.adjoints if along else self.here.true).get(own, 0)
        if along:
            found = self.change.get((name, indices))
            if found is None and self.model.quantities[name].outside is not None:
                return 0
            return found
        return None


def _encoded(node: Expr) -> Expr:
    """An expression in which adjoints and R are entries of arrays of their own."""
    if isinstance(node, Directional):
        inner = _encoded(node.body)
        return Entry(_ALONG + name_of(inner), *getattr(inner, "indices", ()))
    if isinstance(node, Partial):
        indices = node.by.indices if isinstance(node.by, Indexed) else ()
        return Entry(_ADJOINT + name_of(node.by), *indices)
    if not node.args or isinstance(node, Indexed):
        return node
    args = tuple(_encoded(part) if isinstance(part, Expr) else part for part in node.args)
    return node if args == node.args else node.func(*args)


def _no_partial(node: Partial, at: Mapping[Symbol, int]) -> Number:
    raise TypeError(f"a partial derivative stands in a line: {node!r}")
