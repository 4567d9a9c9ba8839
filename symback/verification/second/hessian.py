"""The entries of a Hessian: against R of the gradient for every vector, and by differences.

Contracted with a vector, the blocks of one array's row are R of its gradient.  The model of the
forward pass and its tangents has that as the adjoint of the array, found the other way round, in
reverse over forward; the vector is any, so what agrees there agrees entry by entry.

Every line, those in between too, is worked out at every entry, with sixty digits, and held against
the difference over a step that moves one entry.  A loss that is left open is taken as a quadratic
form with a linear part, whose coefficients may be anything: at a point that is every gradient and
every second derivative that a loss can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial

from sympy import Add, Expr, Indexed, S, Symbol

from symback.algebra.directions import Directional
from symback.algebra.expressions import OfVectors, Partial, Sum, name_of
from symback.algebra.sums import replace as put_in
from symback.algebra.sums import total
from symback.calculus import derive
from symback.calculus.second import Second, Tangent, derive_second
from symback.calculus.second.model import tangent_model
from symback.model.equations import Equation, Model, Quantity, Role
from symback.records import dataclass
from symback.verification.bench import of_step
from symback.verification.oracle.decimals import Decimals
from symback.verification.oracle.field import NoValueError, Number
from symback.verification.oracle.instance import Bindings, Instance, Place
from symback.verification.oracle.judge import MAX_DRAWS, Judge
from symback.verification.oracle.sizes import small_sizes
from symback.verification.report import Check, Claim, Location, Report, Testimony, Verdict, Witness
from symback.verification.second.differences import AGREED, STEP, Placed, found_by_differences
from symback.verification.second.lines import Lines, letters_of, testimonies
from symback.verification.steps import Independent

__all__ = ["verify_hessian"]


def verify_hessian(second: Second, *, numbers: bool = True) -> Report:
    """Check every entry and every line that leads there.

    Args:
        second: the blocks.
        numbers: whether to ask sixty-digit differences, too, which see each line by itself.
    """
    closed = _Closed.of(second.model)
    report = _contracted(second, closed)
    if numbers:
        report = report.joined_by(*_by_differences(second, closed))
    return report


# A loss that is left open -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Closed:
    """A model whose open losses are quadratic forms, and what their partials then are.

    Attributes:
        model: it; the same where no loss is open.
        forms: for each quantity that was left open, the vector it is a function of, the linear
            part and the form.
    """

    model: Model
    forms: Mapping[str, tuple[Quantity, Quantity, Quantity]]

    @classmethod
    def of(cls, model: Model) -> _Closed:
        """The model with its open losses closed."""
        taken = {*model.quantities, *model.size_names}
        forms: dict[str, tuple[Quantity, Quantity, Quantity]] = {}
        equations = []
        for equation in model.equations:
            if isinstance(equation.expression, OfVectors):
                vector = _vector(model, equation.expression)
                form = _form(vector, taken)
                forms[equation.quantity.name] = form
                equation = replace(equation, expression=_quadratic(equation, *form), function="")
            equations.append(equation)
        given = (*model.given, *(made for form in forms.values() for made in form[1:]))
        if not forms:
            return cls(model, forms)
        made = replace(model, given=given, equations=tuple(equations), source=None)
        return cls(made, forms)

    def read(self, node: Expr) -> Expr:
        """A line with the partials of the open loss as what they are here."""
        if isinstance(node, Partial):
            twice = isinstance(node.of, Partial)
            of, by = (node.of.of, node.of.by) if twice else (node.of, node.by)
            form = self.forms.get(name_of(of)) if isinstance(of, Indexed | Symbol) else None
            if form is None or name_of(by) != form[0].name:
                return node
            vector, linear, square = form
            *rows, own = by.indices
            if twice:
                other = node.by.indices[-1]
                both = square.at(*rows, own, other) + square.at(*rows, other, own)
                return both / 2
            index = Symbol("_i", integer=True)
            both = square.at(*rows, own, index) + square.at(*rows, index, own)
            ends = [(index, vector.ranges[-1].upper)]
            return linear.at(*rows, own) + total(both * vector.at(*rows, index), ends) / 2
        if not node.args or isinstance(node, Indexed):
            return node
        args = tuple(self.read(part) if isinstance(part, Expr) else part for part in node.args)
        return node if args == node.args else node.func(*args)


def _vector(model: Model, loss: OfVectors) -> Quantity:
    """The vector of a loss that is computed; the others are given."""
    (name,) = {name_of(v) for v in loss.arguments if name_of(v) in model.definitions}
    return model.quantities[name]


def _form(vector: Quantity, taken: set[str]) -> tuple[Quantity, Quantity, Quantity]:
    """A vector with the coefficients of a quadratic form of it, of each row if it has rows."""
    names = []
    for stem in ("c", "Q"):
        name = f"{stem}_{vector.name}"
        while name in taken:
            name += "_"
        taken.add(name)
        names.append(name)
    last = f"{vector.letters[-1]}_"
    linear = Quantity(names[0], Role.OTHER, vector.ranges, vector.letters)
    ranges, letters = (*vector.ranges, vector.ranges[-1]), (*vector.letters, last)
    return vector, linear, Quantity(names[1], Role.OTHER, ranges, letters)


def _quadratic(equation: Equation, vector: Quantity, linear: Quantity, square: Quantity) -> Expr:
    rows = equation.indices
    upper = vector.ranges[-1].upper
    one, other = (Symbol(name, integer=True) for name in ("_i", "_j"))
    first = total(linear.at(*rows, one) * vector.at(*rows, one), [(one, upper)])
    body = square.at(*rows, one, other) * vector.at(*rows, one) * vector.at(*rows, other)
    return first + Sum(body, (one, S.One, upper), (other, S.One, upper)) / 2


# For every vector ---------------------------------------------------------------------------------


def _contracted(second: Second, closed: _Closed) -> Report:
    """The blocks of each array, times any vector, as R of its gradient."""
    model = replace(closed.model, wanted=tuple(q.name for q in second.direction))
    product = derive_second(derive(model), "hvp")
    lines = Lines(product, tangent_model(product))
    sure = all(check.ok for check in (*lines.forward(), *lines.backward()))
    bench = lines.bench
    bench.checks.clear()
    for quantity in second.direction:
        blocks = _row(second, quantity)
        claimed = lines.tangents.read(closed.read(blocks))
        bench.decide(
            Claim.HESSIAN,
            Location(quantity.name),
            partial(lines.identity.compare, Independent(quantity), claimed, letters_of(quantity)),
            of_step(quantity, claimed),
            (Directional(Partial(second.derivation.loss, quantity.entry)), blocks),
        )
    if not sure:  # then nothing stands behind what was compared with
        bench.checks[:] = [
            replace(check, verdict=Verdict.UNDECIDED, witnesses=()) for check in bench.checks
        ]
    checks = tuple(bench.checks)
    return Report(checks, testimonies(checks, (bench,)), second.model.facts)


def _row(second: Second, quantity: Quantity) -> Expr:
    """The sum over every array and entry of the block's entry times R of that."""
    terms = []
    for other in second.direction:
        line = second.blocks.get((quantity.name, other.name))
        turned = line is None
        if line is None:
            line = second.blocks[other.name, quantity.name]
        # In the other order the two sets of indices change places.
        own, theirs = line.other, line.quantity.indices
        if not turned:
            own, theirs = theirs, own
        summed = tuple(Symbol(f"_{other.name}_{i}", integer=True) for i in range(len(theirs)))
        at = dict(zip((*own, *theirs), (*quantity.indices, *summed), strict=True))
        entry = put_in(line.result, at)
        ends = [(i, r.upper) for i, r in zip(summed, other.ranges, strict=True)]
        terms.append(total(entry * Directional(other.at(*summed)), ends))
    return Add(*terms)


# By differences -----------------------------------------------------------------------------------


def _by_differences(second: Second, closed: _Closed) -> tuple[tuple[Check, ...], Testimony]:
    """Every line at every pair of entries, with sixty digits at small sizes."""
    sizes = small_sizes(closed.model)
    for seed in range(1, MAX_DRAWS + 1):
        try:
            point = _Point(second, closed, sizes, Decimals(seed, seed > MAX_DRAWS // 2))
            checks = tuple(point.check(line) for line in second.tangents)
        except (NoValueError, KeyError):
            continue
        agreed = sum(check.ok for check in checks)
        said = Testimony(Witness.NUMBERS, len(checks), agreed, digits=AGREED)
        if not second.model.has_layers:
            entries = sum(1 for q in second.direction for _ in point.base.places(q))
            said = replace(said, sizes=tuple(sizes.items()), parameters=entries)
        return checks, said
    return (), Testimony(Witness.NUMBERS, 0, 0, left_out="no-point")


class _Point:
    """One point, and what moving one entry does there."""

    def __init__(
        self, second: Second, closed: _Closed, sizes: Mapping[str, int], field: Decimals
    ) -> None:
        self.second = second
        self.closed = closed
        self.model = closed.model
        self.sizes = sizes
        self.field = field
        self.step = field.number(1, 10**STEP)
        self.base = Instance(self.model, sizes, field=field)
        self.here = Judge(self.base, {})
        self._moved: dict[Place, _Moved] = {}

    def moved(self, place: Place) -> _Moved:
        """What moving one entry does: of an output, to the loss's own equations alone."""
        if place not in self._moved:
            self._moved[place] = _Moved.at(self, place)
        return self._moved[place]

    @cached_property
    def tail(self) -> Model:
        """The loss's own equations as a model of the outputs."""
        names = self.second.outputs
        own = [e for e in self.model.equations if e.quantity.name in self.second.tail]
        given = {q.name: q for q in self.model.given}
        given |= {name: self.model.quantities[name] for name in names}
        return replace(
            self.model,
            given=tuple(given.values()),
            equations=tuple(replace(e, number=n) for n, e in enumerate(own, start=1)),
            wanted=(),
            source=None,
        )

    def check(self, line: Tangent) -> Check:
        """One line at every entry of its quantity, for every entry that moves."""
        assert line.by is not None
        wrong: tuple[int, ...] | None = None
        for moved in self.base.places(line.by):
            for place in self.base.places(line.quantity):
                at = dict(zip(line.quantity.indices, place[1], strict=True))
                at |= dict(zip(line.other, moved[1], strict=True))
                expected = self._value(line.subject, at)
                for link in line.links:
                    found = self.base.value(self.closed.read(link.expression), at, self._value)
                    if wrong is None and not self._same(found, expected):
                        wrong = (*place[1], *moved[1])
        return found_by_differences(line, wrong)

    def _place(self, entry: Expr, at: Bindings) -> Place:
        return self.base.place(entry, at) if isinstance(entry, Indexed) else (name_of(entry), ())

    def _value(self, node: Partial, at: Bindings) -> Number:
        """What a partial derivative comes to: by differences, or of the loss by going back."""
        by = self._place(node.by, at)
        if isinstance(node.of, Partial):
            return self.moved(by).adjoints.get(self._place(node.of.by, at), 0)
        if node.of == self.second.derivation.loss:
            return self.here.true[by]
        return self.moved(by).change[self._place(node.of, at)]

    def _same(self, left: Number, right: Number) -> bool:
        near = self.field.number(1, 10**AGREED)
        return bool(abs(left - right) <= near * (1 + abs(left) + abs(right)))


@dataclass(frozen=True, slots=True)
class _Moved:
    """Differences over a step that moves one entry, of every value and of every adjoint."""

    change: Mapping[Place, Number]
    adjoints: Mapping[Place, Number]

    @classmethod
    def at(cls, point: _Point, place: Place) -> _Moved:
        """What moving this entry does."""
        inside = place[0] in point.model.definitions
        model = point.tail if inside else point.model
        sides = []
        for sign in (1, -1):
            known = dict(point.base.values)
            known[place] = known[place] + sign * point.step
            sides.append(Judge(Placed(model, point.sizes, known, point.field), {}))
        up, down = sides
        twice = 2 * point.step
        return cls(
            {p: (v - down.instance.values[p]) / twice for p, v in up.instance.values.items()},
            {p: (v - down.true[p]) / twice for p, v in up.true.items()},
        )
