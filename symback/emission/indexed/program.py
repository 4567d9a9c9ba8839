"""A model and its derivation as a list of statements about arrays, in index form.

Quantities and adjoints are arrays alike: an adjoint is an entry of an array of its own.  Nothing
here depends on a target; `symback.emission.indexed.schedule` puts the statements in order and in
loops, and each target writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr, Indexed, Mul, S, Symbol

from symback.algebra.expressions import Apply, Entry, Marked, OfVectors, Partial, name_of
from symback.algebra.indexing import Bracket, IntegerEntry, Stop
from symback.calculus.derivation import Derivation
from symback.emission.indexed.affine import Bounds, as_integer, at_least, letters_of, reach
from symback.emission.indexed.walk import bounds_within, entries
from symback.errors import InputError
from symback.model.equations import Equation, Model, Quantity, Role

__all__ = ["ADJOINT", "Array", "IndexedProgram", "Statement", "index_program"]

ADJOINT = "∂"
"""Begins the key of an adjoint; no name of a quantity has it."""

Slots = tuple[tuple[Expr, Expr], ...]
"""The first and the last index along each axis."""


@dataclass(frozen=True)
class Array:
    """One array of a program.

    Attributes:
        key: the quantity's name, with `ADJOINT` before it for an adjoint.
        quantity: the quantity, or whose adjoint it is.
        slots: the indices that have an entry, starts and ends among them.
        label: its name in code, where it is no quantity and no adjoint of the derivation.
    """

    key: str
    quantity: Quantity
    slots: Slots
    label: str = ""

    @property
    def is_adjoint(self) -> bool:
        """Whether it is the gradient of the loss by a quantity."""
        return self.key.startswith(ADJOINT)

    @property
    def is_integer(self) -> bool:
        """Whether its entries are indices."""
        return self.quantity.role is Role.INTEGER and not self.is_adjoint

    @property
    def outside(self) -> Expr | None:
        """What is read beyond its slots; None where nothing may be."""
        return S.Zero if self.is_adjoint else self.quantity.outside


@dataclass(frozen=True)
class Statement:
    """``array[indices] = value`` for all values of its letters.

    Attributes:
        number: that of the equation or step.
        key: the array.
        indices: on the left: letters, or integers and sizes.
        bounds: the first and the last value of each letter on the left.
        value: the right side, in entries of arrays.
        is_boundary: whether it gives single entries, a start or an end.
    """

    number: int
    key: str
    indices: tuple[Expr, ...]
    bounds: Bounds
    value: Expr
    is_boundary: bool = False
    mentions: tuple[Entry, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentions", tuple(entries(self.value)))

    @property
    def reads(self) -> tuple[str, ...]:
        """The keys of the arrays on the right side."""
        return tuple(dict.fromkeys(name_of(entry) for entry in self.mentions))

    @property
    def letters(self) -> tuple[Symbol, ...]:
        """The letters on the left, in order."""
        return tuple(i for i in self.indices if isinstance(i, Symbol) and i in self.bounds)


@dataclass(frozen=True)
class IndexedProgram:
    """Everything that a target writes.

    Attributes:
        model: the equations, with an index of samples where a batch was asked for.
        arrays: every array by its key.
        forward: the statements of the equations that the loss depends on.
        backward: the statements of the steps that a wanted gradient depends on.
        wanted: the quantities whose gradients are asked for.
    """

    model: Model
    arrays: Mapping[str, Array]
    forward: tuple[Statement, ...]
    backward: tuple[Statement, ...]
    wanted: tuple[Quantity, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them, forward first."""
        return self.forward + self.backward

    @cached_property
    def held(self) -> frozenset[str]:
        """Names of what reaches the body of a ``stop``: differences of the loss would see it."""
        inside = {
            key
            for s in self.model.equations
            for stop in s.expression.atoms(Stop)
            for key in _names(stop)
        }
        for _ in self.model.equations:
            for equation in self.model.equations:
                if equation.quantity.name in inside:
                    inside |= set(equation.mentions)
        return frozenset(inside)

    @cached_property
    def _definitions(self) -> dict[str, Statement]:
        return {s.key: s for s in self.statements if not s.is_boundary}

    def support(self, entry: Entry, depth: int = 4) -> set[Expr]:
        """Conditions outside of which an entry is 0 by its definition."""
        from symback.algebra.exponentials import Softmax
        from symback.emission.indexed.walk import substituted

        statement = self._definitions.get(name_of(entry))
        if statement is None or not depth:
            return set()
        at = dict(zip(statement.indices, entry.indices, strict=True))
        found: set[Expr] = set()
        for factor in Mul.make_args(statement.value):
            if isinstance(factor, Bracket):
                found.add(factor)
            elif isinstance(factor, Softmax):
                _, first, last = factor.limit
                found |= {Bracket(factor.at, "<=", last), Bracket(first, "<=", factor.at)}
            elif isinstance(factor, Indexed) and not isinstance(factor, IntegerEntry):
                found |= self.support(factor, depth - 1)
        return {substituted(c, at) for c in found}

    @cached_property
    def losses(self) -> tuple[Statement, ...]:
        """The statements that the loss alone depends on."""
        return tuple(_needed(self.forward, [self.model.loss.name]))

    @cached_property
    def inputs(self) -> tuple[Quantity, ...]:
        """What the caller passes beside the parameters, in the order of the contract."""
        order = (Role.INPUT, Role.TARGET, Role.CONSTANT, Role.INTEGER)
        return tuple(q for role in order for q in self.model.given if q.role is role)

    @cached_property
    def generic(self) -> tuple[str, ...]:
        """Names of the generic functions of one argument, in the order of their first use."""
        from symback.emission.forms.functions import derivative_form
        from symback.emission.indexed.walk import walk

        found: dict[str, None] = {}
        for statement in self.statements:
            for node in walk(statement.value):
                if isinstance(node, Apply) and derivative_form(node.name, 0) is None:
                    found[node.name] = None
        return tuple(found)

    @cached_property
    def generic_loss(self) -> OfVectors | None:
        """The loss that is passed in by the caller, of whole arrays."""
        from symback.emission.indexed.walk import walk

        for statement in self.forward:
            for node in walk(statement.value):
                if isinstance(node, OfVectors):
                    return node
        return None


def index_program(model: Model, derivation: Derivation) -> IndexedProgram:
    """The program of a model, whose derivation gives the gradients that it asks for.

    Args:
        model: the equations.
        derivation: its steps.

    Raises:
        InputError: for a gradient of what has none.
    """
    from symback.emission.indexed.stable import stable

    wanted = model.targets_of_derivation
    extents = {q.name: _extent(q, model.boundaries.get(q.name, ())) for q in _all(model)}
    forward = [_of_equation(e, model) for e in model.equations]
    loss = Statement(0, ADJOINT + model.loss.name, (), {}, S.One)
    backward = [loss]
    for step in derivation.steps:
        entry = step.adjoint.by
        quantity = step.quantity
        indices = tuple(entry.indices) if isinstance(entry, Indexed) else ()
        bounds = dict(zip(quantity.indices, _ranges(quantity), strict=True))
        result = step.result
        if result == step.adjoint:  # a loss that is not known: its partial stands for itself
            result = Partial(model.definitions[model.loss.name].expression, entry)
        value = _in_entries(result, model)
        backward.append(Statement(step.number, ADJOINT + quantity.name, indices, bounds, value))
    arrays = {}
    for quantity in _all(model):
        arrays[quantity.name] = Array(quantity.name, quantity, extents[quantity.name])
        key = ADJOINT + quantity.name
        arrays[key] = Array(key, quantity, _ranges(quantity))
    for quantity in wanted:
        if not any(s.key == ADJOINT + quantity.name for s in backward):
            bounds = dict(zip(quantity.indices, _ranges(quantity), strict=True))
            left = quantity.indices
            backward.append(Statement(0, ADJOINT + quantity.name, left, bounds, S.Zero))
    forward, backward = stable(model, forward, backward)
    backward = _extended(arrays, extents, backward)
    goals = [model.loss.name, *(ADJOINT + q.name for q in wanted)]
    kept = _needed([*forward, *backward], goals)
    used = {s.key for s in kept} | {key for s in kept for key in s.reads}
    used |= {q.name for q in model.given}
    return IndexedProgram(
        model,
        {key: array for key, array in arrays.items() if key in used},
        tuple(s for s in kept if not s.key.startswith(ADJOINT)),
        tuple(s for s in kept if s.key.startswith(ADJOINT)),
        wanted,
    )


def _names(expression: Expr) -> set[str]:
    """Names of the quantities that an expression mentions, scalars too."""
    found = {name_of(e) for e in expression.atoms(Indexed)}
    return found | {s.name for s in expression.atoms(Symbol) if not s.is_integer}


def _all(model: Model) -> Iterator[Quantity]:
    yield from model.quantities.values()


def _ranges(quantity: Quantity) -> Slots:
    return tuple((r.first, r.upper) for r in quantity.ranges)


def _extent(quantity: Quantity, boundaries: Sequence[Equation]) -> Slots:
    """The indices that have an entry: the ranges, and what boundaries add next to them."""
    slots = list(_ranges(quantity))
    for _ in range(len(boundaries) + 1):
        for equation in boundaries:
            for axis, index in enumerate(equation.at):
                if letters_of(index):
                    continue
                first, last = slots[axis]
                if as_integer(first - index) == 1:
                    slots[axis] = (index, last)
                elif as_integer(index - last) == 1:
                    slots[axis] = (first, index)
    return tuple(slots)


def _of_equation(equation: Equation, model: Model) -> Statement:
    quantity = equation.quantity
    bounds = dict(zip(quantity.indices, _ranges(quantity), strict=True))
    left = equation.indices
    free = {s for index in left for s in index.free_symbols}
    return Statement(
        equation.number,
        quantity.name,
        tuple(left),
        {letter: ends for letter, ends in bounds.items() if letter in free},
        _in_entries(equation.expression, model),
        equation.is_boundary,
    )


def _in_entries(expression: Expr, model: Model) -> Expr:
    """An expression in which adjoints and scalars are entries of arrays."""
    loss = model.loss.at()

    def change(node: Expr) -> Expr:
        match node:
            case Partial() if node.of == loss:
                by = node.by
                indices = by.indices if isinstance(by, Indexed) else ()
                return Entry(ADJOINT + name_of(by), *indices)
            case Partial() if not isinstance(node.of, OfVectors):
                return Partial(_whole_function(node.of, model), node.by)
            case Partial() | OfVectors():
                return node
            case Marked():
                return change(node.body)
            case IntegerEntry():
                return node
            case Symbol() if not node.is_integer and node.name in model.quantities:
                return Entry(node.name)
            case Indexed():
                return node
        if not node.args:
            return node
        args = tuple(change(part) if isinstance(part, Expr) else part for part in node.args)
        return node if args == node.args else node.func(*args)

    return change(expression)


def _whole_function(of: Expr, model: Model) -> Expr:
    """The function of whole arrays that defines an entry."""
    equation = model.definitions[name_of(of)]
    indices = of.indices if isinstance(of, Indexed) else ()
    values = dict(zip(equation.quantity.indices, indices, strict=True))
    assert isinstance(equation.expression, OfVectors)
    arguments = (a.xreplace(values) for a in equation.expression.arguments)
    return OfVectors(equation.expression.name, *arguments)


def _extended(
    arrays: dict[str, Array], extents: Mapping[str, Slots], backward: Sequence[Statement]
) -> list[Statement]:
    """Adjoints that hold starts and ends too, where another step reads them there."""
    bounds_of = {s.key: s for s in backward}
    for _ in range(len(backward)):
        changed = False
        for statement in list(bounds_of.values()):
            bounds = bounds_within(statement.bounds, statement.value)
            for entry in statement.mentions:
                key = name_of(entry)
                if key not in bounds_of or key == statement.key:
                    continue
                array = arrays[key]
                extent = extents[array.quantity.name]
                slots = list(array.slots)
                for axis, index in enumerate(entry.indices):
                    first, last = slots[axis]
                    full_first, full_last = extent[axis]
                    low, high = reach(index, bounds)
                    if first != full_first and not at_least(low, first):
                        slots[axis] = (full_first, slots[axis][1])
                    if last != full_last and not at_least(last, high):
                        slots[axis] = (slots[axis][0], full_last)
                if tuple(slots) != array.slots:
                    changed = True
                    arrays[key] = Array(key, array.quantity, tuple(slots))
                    old = bounds_of[key]
                    ends = dict(zip(array.quantity.indices, slots, strict=True))
                    bounds_of[key] = Statement(old.number, key, old.indices, ends, old.value)
        if not changed:
            break
    return [bounds_of[s.key] for s in backward]


def _needed(statements: Sequence[Statement], goals: Sequence[str]) -> list[Statement]:
    """The statements that some goal depends on, in their order."""
    writers: dict[str, list[Statement]] = {}
    for statement in statements:
        writers.setdefault(statement.key, []).append(statement)
    found: set[str] = set()
    pending = list(goals)
    while pending:
        key = pending.pop()
        if key in found:
            continue
        found.add(key)
        for statement in writers.get(key, ()):
            pending += statement.reads
    return [s for s in statements if s.key in found]


def check_wanted(model: Model) -> None:
    """Refuse a gradient by an array of indices."""
    for quantity in model.targets_of_derivation:
        if quantity.role is Role.INTEGER:
            raise InputError(f"{quantity.name} is an array of indices and has no gradient")
