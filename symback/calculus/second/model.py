"""The forward pass with its tangents as a model again, whose loss is the change of the loss.

In that model the adjoint of ``R_h`` is what the adjoint of ``h`` was, and the adjoint of ``h`` is R
of it, since derivatives commute; so the gradient of ``R_L`` by a parameter is the Hessian times the
vector, found in reverse over forward: another way than `symback.calculus.second.operator` takes.
That holds where no tangent's equation mentions what its own quantity is equal to: a derivative is
written through its function's input there, and not through its output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Indexed, S, Symbol

from symback.algebra.directions import Direction, Directional
from symback.algebra.expressions import Entry, Partial, differentiate, name_of
from symback.calculus.local import through_output
from symback.calculus.second.derivation import Second
from symback.model.equations import Equation, Model, Quantity, Role

__all__ = ["Tangents", "tangent_model"]


@dataclass(frozen=True)
class Tangents:
    """A model with its tangents, and what lines about the one say about the other.

    Attributes:
        model: the equations of the forward pass and of its tangents; its loss is ``R_L``.
        names: for each quantity that moves, the name of its tangent.
        loss: the loss that the lines are about.
    """

    model: Model
    names: Mapping[str, str]
    loss: Expr

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
            return Partial(self.model.loss.at(), self._tangent(node.by))
        if not node.args or isinstance(node, Indexed):
            return node
        args = tuple(self.read(part) if isinstance(part, Expr) else part for part in node.args)
        return node if args == node.args else node.func(*args)

    def _tangent(self, entry: Expr) -> Expr:
        name = self.names[name_of(entry)]
        return Entry(name, *entry.indices) if isinstance(entry, Indexed) else Symbol(name)


def tangent_model(second: Second) -> Tangents:
    """The model of the forward pass and its tangents.

    Args:
        second: any product; only what moves counts of it.
    """
    model = second.model
    taken = {*model.quantities, *model.size_names}
    names: dict[str, str] = {}
    for name in model.quantities:
        if name in second.moved:
            names[name] = _free(f"R_{name}", taken)
            taken.add(names[name])

    def tangent(quantity: Quantity) -> Quantity:
        outside = None if quantity.outside is None else S.Zero
        made = replace(quantity, name=names[quantity.name], role=Role.OTHER, outside=outside)
        return replace(made, is_positive=False, value=None)

    plain = [e for e in model.equations if e.quantity != model.loss]
    reading = Tangents(model, names, model.loss.at())
    equations = [replace(e, number=n) for n, e in enumerate(plain, start=1)]
    direction = Direction(second.moved)
    for equation in model.equations:
        if equation.quantity.name in names:
            raw = differentiate(equation.expression, direction)
            expression = reading.read(through_output(raw, S.NaN, S.NaN))
            made = tangent(equation.quantity)
            equations.append(Equation(len(equations) + 1, made, expression, at=equation.at))
    given = (*model.given, *(tangent(q) for q in second.direction))
    wanted = (*(q.name for q in second.direction), *(names[q.name] for q in second.direction))
    whole = replace(
        model, given=given, equations=tuple(equations), wanted=wanted, source=None, title=""
    )
    return Tangents(whole, names, model.loss.at())


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
