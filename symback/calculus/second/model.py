"""The forward pass with its tangents as a model again, whose loss is the change of the loss.

In that model the adjoint of ``R_h`` is what the adjoint of ``h`` was, and the adjoint of ``h`` is R
of it, since derivatives commute; so the gradient of ``R_L`` by a parameter is the Hessian times the
vector, found in reverse over forward: another way than `symback.calculus.second.operator` takes.
That holds where no tangent's equation mentions what its own quantity is equal to: a derivative is
written through its function's input there, and not through its output.

For a Gauss-Newton product the tangents of the outputs are given, as numbers that nothing moves.
The gradient of ``R_L`` by a parameter is then ``J^T H_l u``, with u for these tangents, and with
their own equations ``J^T H_l J v``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from sympy import Expr, Indexed, S, Symbol

from symback.algebra.directions import Direction, Directional
from symback.algebra.expressions import Entry, Partial, Sum, differentiate, name_of
from symback.calculus.local import through_output
from symback.calculus.second.derivation import Second
from symback.model.equations import Equation, Model, Quantity, Role
from symback.records import dataclass

__all__ = ["Tangents", "outputs_model", "samples_model", "tangent_model"]


@dataclass(frozen=True)
class Tangents:
    """A model with its tangents, and what lines about the one say about the other.

    Attributes:
        model: the equations of the forward pass and of its tangents; its loss is ``R_L``.
        names: for each quantity that moves, the name of its tangent.
        loss: the loss that the lines are about.
        adjoints: for each quantity whose adjoint is no part of this model, the name of a quantity
            that stands for it: one that is given, and may be anything.
    """

    model: Model
    names: Mapping[str, str]
    loss: Expr
    adjoints: Mapping[str, str] = field(default_factory=dict)

    def read(self, node: Expr) -> Expr:
        """A line about both passes as one about this model.

        A step's result is then what the adjoint of the tangent should be, and R of a step what the
        adjoint of the quantity itself should be.
        """
        if isinstance(node, Directional):
            if isinstance(node.body, Partial):
                return Partial(self.model.loss.at(), node.body.by)
            return self._tangent(node.body)
        if isinstance(node, Partial) and node.of == self.loss:
            if name_of(node.by) in self.adjoints:
                return _named(self.adjoints[name_of(node.by)], node.by)
            return Partial(self.model.loss.at(), self._tangent(node.by))
        if not node.args or isinstance(node, Indexed):
            return node
        args = tuple(self.read(part) if isinstance(part, Expr) else part for part in node.args)
        return node if args == node.args else node.func(*args)

    def _tangent(self, entry: Expr) -> Expr:
        return _named(self.names[name_of(entry)], entry)


def _named(name: str, entry: Expr) -> Expr:
    """The same entry of another quantity."""
    return Entry(name, *entry.indices) if isinstance(entry, Indexed) else Symbol(name)


def tangent_model(second: Second) -> Tangents:
    """The model of the forward pass and its tangents.

    Args:
        second: any product; only what moves counts of it.
    """
    return _with_tangents(second, second.moved, tuple(q.name for q in second.direction))


def outputs_model(second: Second) -> Tangents:
    """The model of the forward pass and of the tangents of the loss's own equations.

    The tangents of its outputs are given, and so is what else a line might name that has no place
    in it: other tangents, and the adjoints of what is not the loss's own.

    Args:
        second: a Gauss-Newton product.
    """
    given = tuple(n for n in second.model.quantities if n in second.moved - second.tail)
    return _with_tangents(second, second.tail & second.moved, given, given)


def samples_model(second: Second) -> Tangents:
    """The forward pass whose loss adds up the samples' losses, each times a number that is given.

    With R of a sample's loss, times what a sample counts, as that number, the adjoint of what
    belongs to a sample is R of its loss times the adjoint in the model that this is made of.

    Args:
        second: an empirical Fisher product of a model that has samples.
    """
    model, own = second.model, second.model.quantities[second.samples]
    taken = {*model.quantities, *model.size_names}
    counted = replace(own, name=_free(f"R_{own.name}", taken), role=Role.OTHER, is_positive=False)
    loss = replace(model.loss, name=_free(f"R_{model.loss.name}", taken))
    letter = own.indices[0]
    limits = (letter, own.ranges[0].first, own.ranges[0].upper)
    names = [e.quantity.name for e in model.equations]
    last = len(names) - names[::-1].index(own.name)
    kept = [replace(e, number=n) for n, e in enumerate(model.equations[:last], start=1)]
    kept = [e for e in kept if e.quantity.name in _needed(model, own.name)]
    total = Equation(len(kept) + 1, loss, Sum(counted.at(letter) * own.at(letter), limits))
    whole = replace(
        model,
        given=(*model.given, counted),
        equations=tuple(replace(e, number=n) for n, e in enumerate((*kept, total), start=1)),
        wanted=tuple(q.name for q in second.direction),
        source=None,
        title="",
    )
    return Tangents(whole, {own.name: counted.name}, model.loss.at())


def _needed(model: Model, goal: str) -> set[str]:
    """Names of what a quantity is made of, and its own."""
    found = {goal}
    for _ in model.equations:
        for equation in model.equations:
            if equation.quantity.name in found:
                found |= set(equation.mentions)
    return found


def _with_tangents(
    second: Second, defined: Collection[str], given: Sequence[str], foreign: Sequence[str] = ()
) -> Tangents:
    """The forward pass with some tangents.

    Args:
        second: the product.
        defined: names of the quantities whose tangents have equations.
        given: names of those whose tangents are given.
        foreign: names of those whose adjoints by the loss are no part of the model.
    """
    model = second.model
    taken = {*model.quantities, *model.size_names}
    named = [name for name in model.quantities if name in defined or name in given]
    names = {name: _free(f"R_{name}", taken) for name in named}
    adjoints = {name: _free(f"d_{name}", taken) for name in foreign}

    def other(quantity: Quantity, name: str) -> Quantity:
        outside = None if quantity.outside is None else S.Zero
        made = replace(quantity, name=name, role=Role.OTHER, outside=outside)
        return replace(made, is_positive=False, value=None)

    plain = [e for e in model.equations if e.quantity != model.loss]
    reading = Tangents(model, names, model.loss.at(), adjoints)
    equations = [replace(e, number=n) for n, e in enumerate(plain, start=1)]
    direction = Direction(names)
    for equation in model.equations:
        name = equation.quantity.name
        if name in names and name not in given:
            raw = differentiate(equation.expression, direction)
            expression = reading.read(through_output(raw, S.NaN, S.NaN))
            made = other(equation.quantity, names[name])
            equations.append(Equation(len(equations) + 1, made, expression, at=equation.at))
    whole = replace(
        model,
        given=(
            *model.given,
            *(other(model.quantities[name], names[name]) for name in given),
            *(other(model.quantities[name], adjoints[name]) for name in foreign),
        ),
        equations=tuple(equations),
        wanted=(*(q.name for q in second.direction), *(names[name] for name in given)),
        source=None,
        title="",
    )
    return Tangents(whole, names, model.loss.at(), adjoints)


def _free(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, and is from now on."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
