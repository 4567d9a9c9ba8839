"""From a model and its derivation to the statements of a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sympy import Expr, Indexed, S, Symbol

from symback.algebra.directions import Directional
from symback.algebra.expressions import Entry, Marked, OfVectors, Partial, name_of
from symback.algebra.indexing import IntegerEntry
from symback.calculus.derivation import Derivation
from symback.calculus.second import Second
from symback.emission.indexed.affine import as_integer, at_least, letters_of, reach
from symback.emission.indexed.program import (
    ADJOINT,
    TANGENT,
    Array,
    IndexedProgram,
    Slots,
    Statement,
    needed,
)
from symback.emission.indexed.stable import stable
from symback.emission.indexed.tangents import add_tangents
from symback.emission.indexed.walk import bounds_within
from symback.errors import InputError
from symback.model.equations import Equation, Model, Quantity, Role

__all__ = ["check_wanted", "index_program"]


def index_program(
    model: Model, derivation: Derivation, second: Second | None = None
) -> IndexedProgram:
    """The program of a model, whose derivation gives the gradients that it asks for.

    Args:
        model: the equations.
        derivation: its steps.
        second: a product of second order, which takes the place of the gradients as what is wanted.

    Raises:
        InputError: for a gradient of what has none.
    """
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
    goals = [model.loss.name, *(ADJOINT + q.name for q in wanted)]
    if second is not None:
        goals = add_tangents(second, arrays, forward, backward, lambda e: _in_entries(e, model))
    forward, backward = stable(forward, backward)
    backward = _extended(arrays, extents, backward)
    kept = needed([*forward, *backward], goals)
    used = {s.key for s in kept} | {key for s in kept for key in s.reads}
    used |= {q.name for q in model.given}
    if second is not None:
        used |= {TANGENT + q.name for q in second.direction}
    return IndexedProgram(
        model,
        {key: array for key, array in arrays.items() if key in used},
        tuple(s for s in kept if not s.key.startswith(ADJOINT)),
        tuple(s for s in kept if s.key.startswith(ADJOINT)),
        wanted,
        tuple(goals) if second is not None else (),
    )


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
            case Directional():
                inner = change(node.body)
                name = name_of(inner)
                is_adjoint = name.startswith(ADJOINT)
                key = ADJOINT * is_adjoint + TANGENT + name.removeprefix(ADJOINT)
                return Entry(key, *inner.indices)
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


def check_wanted(model: Model) -> None:
    """Refuse a gradient by an array of indices."""
    for quantity in model.targets_of_derivation:
        if quantity.role is Role.INTEGER:
            raise InputError(f"{quantity.name} is an array of indices and has no gradient")
