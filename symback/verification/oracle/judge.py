"""Claimed adjoints held against derivatives that are found in numbers.

Each adjoint is judged on its own: given the claimed adjoints of the quantities that use it, it must
be the sum over them of their adjoint times the local derivative.  So a fault is seen in the step
that makes it and not in those that build on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sympy import Expr, Indexed, Symbol

from symback.algebra.expressions import Partial, indices_of
from symback.model.equations import Model, Quantity
from symback.verification.oracle.field import NoValueError, Number
from symback.verification.oracle.instance import Bindings, Instance, Place

__all__ = ["Judge", "Mismatch", "Panel", "seat"]

MAX_DRAWS = 20
"""So often random values are drawn because a denominator was zero or a root did not exist."""

LAST = 4
"""In so many of them, the last, a root that does not exist is an unknown."""

Mismatch = tuple[tuple[int, ...], tuple[Number, Number] | None]
"""The indices at which two sides differ and their values; None where one side has no value."""


class Judge:
    """One instance of a model, with the adjoints that are claimed for it.

    Args:
        instance: the model in numbers.
        claims: for each quantity, from the loss backwards, its claimed adjoint in its own letters.
    """

    def __init__(self, instance: Instance, claims: Mapping[str, Expr]) -> None:
        self.instance = instance
        self.model = instance.model
        self.claims = claims
        self.loss: Place = (self.model.loss.name, ())
        self.users: dict[Place, list[tuple[Place, Number]]] = {}
        for place, derivatives in instance.jacobian.items():
            for used, slope in derivatives.items():
                self.users.setdefault(used, []).append((place, slope))
        self._claimed: dict[Place, Number] = {self.loss: 1}
        self._under_way: set[Place] = set()
        self.broken: set[str] = set()
        self._totals: dict[Place, dict[Place, Number]] = {}

    @cached_property
    def true(self) -> Mapping[Place, Number]:
        """Every entry's derivative of the loss, worked back from the loss."""
        found: dict[Place, Number] = {self.loss: 1}
        reduced = self.instance.field.reduced
        # What was worked out later uses what was worked out before, whichever way time runs.
        for place in reversed(self.instance.values):
            if place != self.loss:
                users = self.users.get(place, ())
                found[place] = reduced(sum(found[user] * slope for user, slope in users))
        return found

    @cached_property
    def claimed(self) -> Mapping[Place, Number]:
        """Every entry's adjoint as it is claimed; where nothing is, what its users make of it."""
        return {place: self.claim(place) for place in reversed(self.instance.values)}

    def local(self, place: Place) -> Number:
        """An entry's adjoint, given those that are claimed for whatever uses it."""
        total: Number = 0
        for user, slope in self.users.get(place, ()):
            total += slope * self.claim(user)
        return self.instance.field.reduced(total)

    def claim(self, place: Place) -> Number:
        """What is claimed for an entry's adjoint.

        Where the claim has no value, at an index that there is not or in a circle, its users say.
        """
        found = self._claimed.get(place)
        if found is not None:
            return found
        name, indices = place
        claim = self.claims.get(name)
        quantity = self.model.quantities[name]
        itself = Partial(self.model.loss.at(), quantity.entry)
        if claim is None or claim == itself or place in self._under_way:
            if claim is not None and claim != itself:
                self.broken.add(name)
            value = self.local(place)
        elif not self.instance.is_inside(place, quantity):
            value = self.local(place)
        else:
            self._under_way.add(place)
            try:
                bindings = dict(zip(quantity.indices, indices, strict=True))
                value = self.value(claim, bindings, place)
            except KeyError:
                self.broken.add(name)
                value = self.local(place)
            self._under_way.discard(place)
        self._claimed[place] = value
        return value

    @property
    def is_sure(self) -> bool:
        """Whether what differs before this judge is different; what is equal is, in any case."""
        return not self.instance.field.is_formal

    # Values of expressions ----------------------------------------------------------------------

    def value(
        self,
        node: Expr,
        at: Bindings,
        subject: Place | None = None,
        total: bool = False,
        truth: bool = False,
    ) -> Number:
        """What an expression of a derivation comes to.

        Args:
            node: the expression.
            at: the value of each free index.
            subject: the entry that a step is about; its own adjoint is what its users make it.
            total: whether every partial is a total derivative.
            truth: use true adjoints, not claimed ones.
        """

        def partial(part: Partial, here: Bindings) -> Number:
            by = self._place(part.by, here)
            if part.of == Symbol(self.loss[0]):
                if by not in self.instance.values:
                    # Beyond the entries of a quantity nothing reaches the loss, as after the end of
                    # time.  A letter by itself has a range, which was left.
                    if all(index.is_Symbol or index.is_Integer for index in indices_of(part.by)):
                        raise KeyError(by)
                    return 0
                if truth:
                    return self.true[by]
                return self.local(by) if by == subject else self.claim(by)
            if isinstance(part.of, Indexed | Symbol):
                of = self._place(part.of, here)
                equation = self.model.definitions.get(of[0])
                if not total and equation is not None and by[0] in equation.mentions:
                    return self.instance.jacobian[of].get(by, 0)
                return self.total(by).get(of, 0)
            slopes = self.total(by)
            _, change = self.instance.dual(
                part.of, here, lambda place: {by: slopes[place]} if place in slopes else {}
            )
            return change.get(by, 0)

        return self.instance.value(node, at, partial)

    def _place(self, node: Expr, at: Bindings) -> Place:
        is_entry = isinstance(node, Indexed)
        return self.instance.place(node, at) if is_entry else (node.name, ())

    def total(self, by: Place) -> Mapping[Place, Number]:
        """The total derivatives of every entry that depends on one, worked forwards."""
        if by not in self._totals:
            found = {by: 1}
            for place, derivatives in self.instance.jacobian.items():
                change = sum(found[used] * s for used, s in derivatives.items() if used in found)
                if self.instance.field.reduced(change):
                    found[place] = self.instance.field.reduced(change)
            self._totals[by] = found
        return self._totals[by]

    # Comparisons --------------------------------------------------------------------------------

    def step(self, quantity: Quantity, expression: Expr, truth: bool = False) -> Mismatch | None:
        """Where an expression for a quantity's adjoint differs from what its users make it."""
        for place in self.instance.places(quantity):
            expected = self.true[place] if truth else self.local(place)
            bindings = dict(zip(quantity.indices, place[1], strict=True))
            try:
                found = self.value(expression, bindings, place, truth=truth)
            except KeyError:
                return place[1], None
            if not self.instance.field.same(found, expected):
                return place[1], (expected, found)
        return None

    def equal(
        self,
        left: Expr,
        right: Expr,
        at: Bindings,
        total: bool = False,
        truth: bool = False,
    ) -> tuple[Number, Number] | tuple[()] | None:
        """Both sides' values where they differ, an empty pair where one has none, None if equal."""
        try:
            expected = self.value(left, at, None, total, truth)
        except KeyError:
            return ()
        return self.differs(expected, right, at, total, truth)

    def differs(
        self,
        expected: Number,
        right: Expr,
        at: Bindings,
        total: bool = False,
        truth: bool = False,
    ) -> tuple[Number, Number] | tuple[()] | None:
        """The same for a left side that is a number."""
        try:
            found = self.value(right, at, None, total, truth)
        except KeyError:
            return ()
        return None if self.instance.field.same(found, expected) else (expected, found)


def seat(model: Model, sizes: Mapping[str, int], claims: Mapping[str, Expr]) -> Judge | None:
    """A judge over random values for which every denominator and root exists.

    Of many square roots all but never exist at once: the last draws take for an unknown what does
    not.  Returns None where there is no value at all.
    """
    for seed in range(1, MAX_DRAWS + 1):
        try:
            return Judge(Instance(model, sizes, seed, formal=seed > MAX_DRAWS - LAST), claims)
        except (NoValueError, KeyError):  # a KeyError: at these sizes an entry does not exist
            continue
    return None


class Panel:
    """Judges over the same model at different sizes, each called when it is first needed.

    Args:
        model: the equations.
        claims: the claimed adjoints.
        sizes: the sizes of each judge's instance.
    """

    def __init__(
        self, model: Model, claims: Mapping[str, Expr], sizes: Sequence[Mapping[str, int]]
    ) -> None:
        self.model = model
        self.claims = claims
        self.sizes = sizes
        self._seated: list[Judge | None] = []

    @cached_property
    def decimal(self) -> Judge | None:
        """A judge over numbers with sixty digits, where residues cannot say."""
        from symback.verification.oracle.decimals import Decimals  # few derivations want mpmath

        for seed in range(1, MAX_DRAWS + 1):
            try:
                field = Decimals(seed, positive=seed > MAX_DRAWS // 2)
                return Judge(Instance(self.model, self.sizes[0], field=field), self.claims)
            except (NoValueError, KeyError):
                continue
        return None

    @property
    def first(self) -> Judge | None:
        """The judge that is asked about everything; None where there is none."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[Judge]:
        for position, sizes in enumerate(self.sizes):
            if position == len(self._seated):
                self._seated.append(seat(self.model, sizes, self.claims))
            judge = self._seated[position]
            if judge is not None:
                yield judge
