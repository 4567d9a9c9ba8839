"""Derivatives, gradients and differentials of what a document defines."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Differential,
    Hessian,
    Nabla,
    Node,
    Symbol,
    stripped,
)
from symback.reading.meaning.arrays import Array, Jacobian, Value
from symback.reading.meaning.graph import Term
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import Undecided
from symback.reading.network.symbols import base_of, quantities, twice_by

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter

__all__ = ["Slopes"]

Env = Mapping[str, int]
_FEWEST = 2


class Slopes:
    """The derivatives of one interpreter."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)

    def derivative(self, node: Derivative, env: Env) -> Value:
        """A derivative by one thing after another."""
        if node.of is None:
            raise Undecided("nothing-differentiated")
        of = stripped(node.of)
        if (twice := twice_by(node)) is not None:
            return self.hessian(Hessian(of, twice), env)
        value = self.interpreter.value(of, env)
        for by in node.by:
            value = self.by(value, stripped(by), env, of)
        return value

    def nabla(self, node: Nabla, env: Env) -> Value:
        """A gradient, by the output where nothing is said."""
        if node.of is None:
            raise Undecided("nothing-differentiated")
        of = stripped(node.of)
        if node.by is None and (found := self._by_arguments(of, env)) is not None:
            return found
        by = self._output(of) if node.by is None else self._of_last_layer(stripped(node.by))
        return self.by(self.interpreter.value(of, env), stripped(by), env, of)

    def hessian(self, node: Hessian, env: Env) -> Value:
        """The symmetric matrix of all second derivatives of a number by a vector."""
        if node.of is None:
            raise Undecided("nothing-differentiated")
        of = stripped(node.of)
        if node.by is None and (found := self._by_arguments(of, env)) is not None:
            places = [self.interpreter.value(each, env) for each in self._arguments(of)]
            return self._by_pairs(found.items, [x for x in places if isinstance(x, Term)])
        by = self._of_last_layer(stripped(node.by)) if node.by is not None else self._output(of)
        slopes = self.by(self.interpreter.value(of, env), stripped(by), env, of)
        where = self.interpreter.value(stripped(by), env)
        if isinstance(slopes, Term) and isinstance(where, Term):
            return self._partial(slopes, where)
        if not (isinstance(slopes, Array) and isinstance(where, Array) and 1 in where.shape):
            raise Undecided("jacobian-layout")
        if slopes.shape != where.shape:
            raise Undecided("jacobian-layout")
        return self._by_pairs(slopes.items, where.items)

    def _by_pairs(self, slopes: Sequence[Term], entries: Sequence[Term]) -> Array:
        self.interpreter.note("second-derivatives")
        items = tuple(self._again(slope, entry) for slope in slopes for entry in entries)
        return Array(len(slopes), len(entries), items)

    def _again(self, slope: Term, by: Term) -> Term:
        """A second derivative, which is 0 where the first holds no such entry."""
        if by.kind != "unknown":
            raise Undecided("derivative-by-expression")
        return self.interpreter.terms.derivative(slope, by)

    def _by_arguments(self, of: Node, env: Env) -> Array | None:
        """The gradient by all that a function is written with, `nabla f` of `f(x, y) = x^2 y`.

        That is where they are numbers without equations. A loss is written with what is compared.
        """
        arguments = self._arguments(of)
        name = of.function if isinstance(of, Call) else of
        is_loss = isinstance(name, Symbol) and base_of(name) in LOSSES
        if len(arguments) < _FEWEST or (is_loss and len(arguments) == _FEWEST):
            return None
        entries = [self.interpreter.value(argument, env) for argument in arguments]
        value = self.interpreter.value(of, env)
        if isinstance(value, Jacobian) or not all(
            isinstance(entry, Term) and entry.kind == "unknown" for entry in entries
        ):
            return None
        item = self.interpreter.as_scalar(value)
        slopes = tuple(self._partial(item, entry) for entry in entries if isinstance(entry, Term))
        return Array(len(slopes), 1, slopes)

    def _arguments(self, of: Node) -> tuple[Symbol, ...]:
        """The letters that a function is written with, here or where its equation stands."""
        left: Node | None = of
        if isinstance(of, Symbol):
            model = self.interpreter.model
            equations = model.definitions.under(model.names.split(of))
            left = next((d.statement.left for d in equations if d.statement is not None), None)
        if not isinstance(left, Call):
            return ()
        found = [stripped(argument) for argument in left.arguments]
        return tuple(symbol for symbol in found if isinstance(symbol, Symbol))

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

        The gradient of what is written with its argument, `nabla E(w)`, is by that, be it where
        its equation stands.
        """
        if isinstance(loss, Call) and len(loss.arguments) == 1:
            if isinstance(argument := stripped(loss.arguments[0]), Symbol):
                return argument
        if isinstance(loss, Symbol):
            if len(arguments := self._arguments(loss)) == 1:
                return arguments[0]
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
        if not isinstance(by, Symbol) or self.interpreter.model.names.as_power(by):
            # By a square, by what a raised number names, or the second derivative, all of `d w^2`.
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
