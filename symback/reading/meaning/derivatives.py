"""Derivatives, gradients and differentials of what a document defines."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Nabla,
    Node,
    Symbol,
    stripped,
)
from symback.reading.meaning.arrays import Array, Jacobian, Value
from symback.reading.meaning.graph import Term
from symback.reading.network.places import Undecided
from symback.reading.network.symbols import quantities

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter

__all__ = ["Slopes"]

Env = Mapping[str, int]


class Slopes:
    """The derivatives of one interpreter."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)

    def derivative(self, node: Derivative, env: Env) -> Value:
        """A derivative by one thing after another."""
        if node.of is None:
            raise Undecided("nothing-differentiated")
        of = stripped(node.of)
        value = self.interpreter.value(of, env)
        for by in node.by:
            value = self.by(value, stripped(by), env, of)
        return value

    def nabla(self, node: Nabla, env: Env) -> Value:
        """A gradient, by the output where nothing is said."""
        if node.of is None:
            raise Undecided("nothing-differentiated")
        of = stripped(node.of)
        by = self._output(of) if node.by is None else self._of_last_layer(stripped(node.by))
        return self.by(self.interpreter.value(of, env), stripped(by), env, of)

    def _of_last_layer(self, by: Node) -> Node:
        """What a gradient is by: `nabla_a C` is by the activations of the last layer."""
        model = self.interpreter.model
        last = model.last_activation
        if last is None or not isinstance(by, Symbol):
            return by
        parts, own = model.names.split(by), model.names.split(last)
        same_letter = (parts.base, parts.tag) == (own.base, own.tag)
        if not same_letter or parts.layer is not None:
            return by
        if any(definition.parts.layer is None for definition in model.definitions.under(parts)):
            return by
        self.interpreter.note("gradient-by-output", by=own.base)
        return replace(last, subscripts=by.subscripts)

    def _output(self, loss: Node) -> Symbol:
        """What a loss is a function of directly: `nabla C` is by the output of the network.

        The gradient of what is written with its argument, `nabla E(w)`, is by that.
        """
        if isinstance(loss, Call) and len(loss.arguments) == 1:
            if isinstance(argument := stripped(loss.arguments[0]), Symbol):
                return argument
        if isinstance(loss, Symbol):
            parts = self.interpreter.model.names.split(loss)
            for definition in self.interpreter.model.definitions.under(parts):
                for symbol in quantities(definition.body):
                    own = self.interpreter.model.names.split(symbol)
                    if (own.base, own.tag) in self.interpreter.model.definitions.of:
                        self.interpreter.note("gradient-by-output", by=own.base)
                        return symbol
        raise Undecided("nabla-of-what")

    def differential(self, node: Differential, env: Env) -> Value:
        """Read `dz` as the loss's derivative by z, the way programs name it."""
        if node.of is None or node.kind != "d" or self.interpreter.loss is None:
            raise Undecided("differential")
        if stripped(node.of) == self.interpreter.loss:
            raise Undecided("differential")  # `dL` is that of the loss, and no adjoint
        self.interpreter.note("adjoint-shorthand")
        return self.by(
            self.interpreter.differentiated(node.of, env), node.of, env, self.interpreter.loss
        )

    def by(self, value: Value, by: Node, env: Env, of: Node) -> Value:
        """The derivative of a value by a quantity: scalars, gradients and Jacobians."""
        if not isinstance(by, Symbol):
            raise Undecided("derivative-by-expression")
        where = self.interpreter.value(by, env)
        name = self.interpreter.model.place(self.interpreter.model.names.split(by), env)
        if isinstance(value, Jacobian) or isinstance(where, Jacobian):
            raise Undecided("jacobian-layout")
        if isinstance(where, Term):
            if where.kind != "unknown":
                raise Undecided("derivative-by-expression")
            if isinstance(value, Term):
                return self._partial(value, where)
            return value.map(lambda item: self._partial(item, where))
        if isinstance(value, Term) or len(value.items) == 1:
            item = self.interpreter.as_scalar(value)
            slopes = where.map(lambda entry: self._partial(item, entry))
            return Array(slopes.rows, slopes.columns, slopes.items, name)
        if len(where.items) == 1:
            return value.map(lambda item: self._partial(item, where.items[0]))
        own: Hashable = None
        if isinstance(of, Symbol):
            own = self.interpreter.model.place(self.interpreter.model.names.split(of), env)
        items = tuple(
            tuple(self._partial(item, entry) for entry in where.items) for item in value.items
        )
        return Jacobian(value.shape, where.shape, items, own, name)

    def _partial(self, value: Term, by: Term) -> Term:
        if by.kind != "unknown":
            raise Undecided("derivative-by-expression")  # an entry has an equation of its own
        slope = self.interpreter.terms.derivative(value, by)
        if slope is self.interpreter.terms.zero and value.kind != "number":
            place = by.data[0]  # type: ignore[index]
            reached = {key[0] for key in self.interpreter.terms.reached(value)}  # type: ignore[index]
            if place not in reached:
                if self.interpreter.touched:
                    raise Undecided("undeclared", symbol=", ".join(self.interpreter.touched))
                raise Undecided("no-path", by=str(place.base))
            at = by.data[1]  # type: ignore[index]
            keys = self.interpreter.terms.reached(value)
            if all(len(key[1]) != len(at) for key in keys if key[0] == place):  # type: ignore[index]
                raise Undecided("shape-of-definition")  # `Y_i` of a matrix Y is no entry
        return slope
