"""Functions applied: of their own meaning, of the document's definition, or left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.commands import FUNCTIONS
from symback.reading.formula.syntax import Call, Node, Symbol, stripped
from symback.reading.meaning.arrays import Array, Jacobian, Value
from symback.reading.meaning.graph import Circular, Term
from symback.reading.meaning.inverses import determinant
from symback.reading.meaning.other_letters import at_other_letters
from symback.reading.meaning.products import Products
from symback.reading.network.function_meanings import (
    NAMED_FUNCTIONS,
    function_named,
    is_softmax,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import Place, Undecided, function_name
from symback.reading.network.ranks import DETERMINANTS, DIAGONAL, OUTER, TRACES
from symback.reading.network.symbols import base_of

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter
    from symback.reading.network.naming import Parts

__all__ = ["KNOWN_NAMES", "Calls"]

Env = Mapping[str, int]

KNOWN_NAMES = frozenset([*NAMED_FUNCTIONS, "max", "min", "softmax", "prod"])
_KINKED = frozenset(["relu", "abs"])
_JUMPS = frozenset(["step", "sign"])
_LOSSES = LOSSES | {"R", "Q"}


class Calls:
    """The functions that one interpreter applies."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)

    def value(self, node: Call, env: Env) -> Value:
        """The value of a function at its arguments."""
        name = function_name(node.function)
        if name == "prod" and len(node.arguments) > 1:
            return self.interpreter.products.chain(
                [self.interpreter.value(argument, env) for argument in node.arguments]
            )
        base = base_of(node.function)
        parts = self.interpreter.model.names.split(node.function)
        known = self.interpreter.model.definitions
        is_quantity = any(
            key in known.of or key in known.signatures
            for key in ((base, ""), (parts.base, parts.tag))
        )
        if is_quantity and self.interpreter.integrals.is_at_value(node, env):
            # What an equation says of its letter for all its values is not put in at one of them.
            if any(d.statement is not None for d in known.under(parts)):
                return self._put_in(node, parts, env)
            is_quantity = False
        if is_quantity and name not in known.functions and not self._names_itself(node):
            if self._is_of_another(node, parts):
                raise Undecided("not-supported", what="a function of several units")
            if self._is_elsewhere(node, parts, env):
                if (body := self._with_other_letters(node, parts)) is not None:
                    return self.interpreter.value(body, env)
                raise Undecided("not-supported", what="a function at other arguments")
            if not node.order:
                return self.interpreter.quantities.value(node.function, env)
            if len(node.arguments) == 1 and isinstance(by := stripped(node.arguments[0]), Symbol):
                if base not in ("f", "g") or self._is_written_in(parts, by):
                    found = self.interpreter.value(node.function, env)
                    for _ in range(node.order):
                        found = self.interpreter.slopes.by(found, by, env, node.function)
                    return found
        values = [self._argument(argument, env) for argument in node.arguments]
        if name in ("max", "min"):
            return self._extreme(name, values)
        if name == OUTER and len(values) == 2:
            return self._outer(*values)
        if name == DIAGONAL and len(values) == 1 and not node.order and name not in known.functions:
            return self._diagonal(values[0])
        if name in DETERMINANTS and len(values) == 1 and not node.order:
            if name not in known.functions and isinstance(values[0], Array):
                return determinant(self.interpreter.terms, values[0])
        if name in TRACES and len(values) == 1 and not node.order and name not in known.functions:
            return self._trace(values[0])
        softmax = is_softmax(name) or self.interpreter.model.meanings.get(name) == "softmax"
        if softmax and len(values) == 1 and not node.order and name not in known.functions:
            return self.interpreter.softmax(values[0])
        is_of_vector = isinstance(values[0], Array) and (
            name in _LOSSES or self._is_open_at_value(node, name, env)
        )
        if len(values) > 1 or is_of_vector:
            if node.order:
                raise Undecided("derivative-of-several")
            return self.of_vectors(name, values)
        return self.map(name, node.order, values[0])

    def _is_open_at_value(self, node: Call, name: str, env: Env) -> bool:
        """Say whether an open function is of what is integrated over, as a whole: a number."""
        known = name in KNOWN_NAMES or name in FUNCTIONS or name in self.interpreter.model.meanings
        if known or name in self.interpreter.model.definitions.functions:
            return False
        return self.interpreter.integrals.is_at_value(node, env)

    def _put_in(self, node: Call, parts: Parts, env: Env) -> Value:
        """What its equation says a function is at arguments that are the equation's own letters."""
        found = [d for d in self.interpreter.model.definitions.under(parts) if d.statement]
        left = found[0].statement.definition[0] if found[0].statement else None
        if len(found) != 1 or node.order or not isinstance(left, Call):
            raise Undecided("not-supported", what="an integral")
        if left.arguments != node.arguments:
            raise Undecided("not-supported", what="an integral")
        return self.interpreter.value(found[0].body, env)

    def _with_other_letters(self, node: Call, parts: Parts) -> Node | None:
        """What a function of bare letters is, where others are put in for them: `z(u_o, v_c)`.

        None where its equation is written with what rests on these letters in turn.
        """
        model = self.interpreter.model
        found = [d for d in model.definitions.under(parts) if d.statement is not None]
        if len(found) != 1 or node.order or parts.base in LOSSES:
            return None
        statement = found[0].statement
        left = statement.definition[0] if statement is not None else None
        return at_other_letters(model, left, found[0].body, node)

    def _is_of_another(self, node: Call, parts: Parts) -> bool:
        """Say whether what has a number is of another unit here than where it is defined.

        `h_i(z_i) = …` says nothing of `h_4(z_1)`.
        """
        for definition in self.interpreter.model.definitions.under(parts):
            left = definition.statement.definition[0] if definition.statement else None
            match left, node:
                case (
                    Call(function=Symbol(subscripts=(one,)), arguments=(Symbol() as own,)),
                    Call(function=Symbol(subscripts=(other,)), arguments=(Symbol() as at,)),
                ) if own.subscripts == (one,):
                    if replace(own, subscripts=(other,)) != at:
                        return True
        return False

    def _is_elsewhere(self, node: Call, parts: Parts, env: Env) -> bool:
        """Say whether a function is written out in other arguments: `K(b, c)` beside `K(a, b) = …`.

        Of a loss the arguments only tell what it hangs on, but for those of one sample among many:
        `L(y_i, a_i)` beside `L(y, a) = …`.
        """
        if parts.indices:
            return False
        lefts = [
            definition.statement.definition[0]
            for definition in self.interpreter.model.definitions.under(parts)
            if definition.statement is not None
        ]
        if not all(isinstance(left, Call) for left in lefts):
            return False
        own = [x for x in lefts if isinstance(x, Call) and x.function == node.function]
        if parts.base in LOSSES:
            return bool(own) and all(_is_of_entries(left, node) for left in own)
        return bool(own) and not any(
            self._are_same(left.arguments, node.arguments, env) for left in own
        )

    def _are_same(self, one: tuple[Node, ...], other: tuple[Node, ...], env: Env) -> bool:
        """Say whether two lists of arguments are one, or one of them leaves some out."""
        if len(one) != len(other):
            few, many = sorted((one, other), key=len)
            return set(few) <= set(many)
        return all(
            a == b or self._argument(a, env) == self._argument(b, env)
            for a, b in zip(one, other, strict=True)
        )

    def _is_written_in(self, parts: Parts, argument: Symbol) -> bool:
        """Say whether a function is written out in this argument: `f(y) = a log y + b y`."""
        lefts = [
            definition.statement.definition[0]
            for definition in self.interpreter.model.definitions.under(parts)
            if definition.statement is not None
        ]
        return bool(lefts) and all(
            isinstance(left, Call) and left.arguments == (argument,) for left in lefts
        )

    def _names_itself(self, node: Call) -> bool:
        """Say whether a loss is defined as the function of that letter: `l_s = l(y_s, a_s)`."""
        parts = self.interpreter.model.names.split(node.function)
        found = self.interpreter.model.definitions.under(parts)
        return bool(found) and all(
            isinstance(body := stripped(d.body), Call) and body.function == node.function
            for d in found
        )

    def _argument(self, node: Node, env: Env) -> Value:
        """An argument; a row that is named by its first index, `y_s`, with all of its entries."""
        if not isinstance(symbol := stripped(node), Symbol):
            return self.interpreter.value(node, env)
        model = self.interpreter.model
        parts = model.names.split(symbol)
        rank = model.names.ranks.get(parts.base, 0)
        if len(parts.indices) != 1 or rank != 2 or model.arrays:
            return self.interpreter.value(node, env)
        place = model.place(parts, env)
        at = self.interpreter.index(parts.indices[0], env)
        size = model.sizes.size((place, 1))
        items = tuple(self.interpreter.quantities.entry(place, (at, n)) for n in range(1, size + 1))
        return Array(1, size, items)

    def map(self, name: str, order: int, argument: Value) -> Value:
        """A function of every entry."""
        if isinstance(argument, Array):
            return argument.map(lambda item: self.applied(name, order, item))
        if isinstance(argument, Jacobian):
            raise Undecided("jacobian-layout")
        return self.applied(name, order, argument)

    def applied(self, name: str, order: int, argument: Term) -> Term:
        """A function of a scalar: of its own meaning, of the document's definition, or generic."""
        function = self.interpreter.model.definitions.functions.get(name)
        if function is not None:
            slot = self.interpreter.terms.unknown((Place("slot of", None, name), ()))
            if name not in self.interpreter.by_hand:
                if name in self.interpreter.expanding:
                    raise Circular
                slots = _Slots(self.interpreter, name, function.variable, slot)
                self.interpreter.by_hand[name] = slots.scalar(function.body, {})
            body = self.interpreter.by_hand[name]
            for _ in range(order):
                body = self.interpreter.terms.derivative(body, slot)
            if order and argument.value == 0 and self._has_kink(body):
                raise Undecided("kink")
            return self.interpreter.terms.replaced(body, slot, argument)
        known = self.interpreter.model.meanings.get(name) or function_named(name)
        if known is None and name not in self.interpreter.model.applied:
            plain = name.split("^")[0]
            if plain in self.interpreter.model.applied:
                self.interpreter.note("same-letter", written=name, taken=plain)
                return self.applied(plain, order, argument)
            self.interpreter.touched[name] = None
        if order and known in _KINKED and argument.value == 0:
            raise Undecided("kink")
        if known is not None and order > 1:
            raise Undecided("higher-derivative")
        return self.interpreter.terms.apply(known or name, [argument], [order])

    def _has_kink(self, slope: Term) -> bool:
        """Say whether a slope jumps where something changes its sign."""
        return not _JUMPS.isdisjoint(self.interpreter.terms.applied(slope))

    def of_vectors(self, name: str, values: list[Value]) -> Term:
        """A function that is left open, of all entries of its arguments."""
        items: list[Term] = []
        for value in values:
            if isinstance(value, Jacobian):
                raise Undecided("jacobian-layout")
            items += value.items if isinstance(value, Array) else (value,)
        return self.interpreter.terms.apply(f"{name}(", items)

    def _outer(self, left: Value, right: Value) -> Value:
        """Every entry of one vector times every one of another, rows or columns."""
        if not (isinstance(left, Array) and isinstance(right, Array)):
            raise Undecided("not-supported", what=OUTER)
        items = [self.interpreter.terms.product((a, b)) for a in left.items for b in right.items]
        return Array(len(left.items), len(right.items), tuple(items))

    def _diagonal(self, value: Value) -> Value:
        """The matrix with a vector on its diagonal; of a matrix the vector that is on its own."""
        if not isinstance(value, Array):
            raise Undecided("not-supported", what=DIAGONAL)
        if 1 not in value.shape:
            if value.rows != value.columns:
                raise Undecided("not-supported", what=DIAGONAL)
            own = tuple(value.items[at * (value.columns + 1)] for at in range(value.rows))
            return Array(value.rows, 1, own)
        size, zero = len(value.items), self.interpreter.terms.zero
        items = [
            value.items[row] if row == column else zero
            for row in range(size)
            for column in range(size)
        ]
        return Array(size, size, tuple(items))

    def _trace(self, value: Value) -> Value:
        """The sum of what is on the diagonal of a square matrix; of a number that number."""
        if not isinstance(value, Array):
            return self.interpreter.as_scalar(value)
        if value.rows != value.columns:
            raise Undecided("shape-of-definition")
        return self.interpreter.terms.sum(value.items[:: value.columns + 1])

    def _extreme(self, name: str, values: list[Value]) -> Value:
        if len(values) != 2:
            raise Undecided("not-supported", what=name)
        zero = [isinstance(value, Term) and value.value == 0 for value in values]
        if name == "max" and any(zero):
            return self.map("relu", 0, values[zero.index(False)] if False in zero else values[0])
        one, other = map(self.interpreter.as_scalar, values)
        difference = self.interpreter.terms.sum((one, self.interpreter.terms.negative(other)))
        above = self.interpreter.terms.apply("relu", [difference])
        if name == "max":
            return self.interpreter.terms.sum((other, above))
        return self.interpreter.terms.sum((one, self.interpreter.terms.negative(above)))


def _is_of_entries(left: Node | None, node: Call) -> bool:
    """Say whether a function is of entries of the letters that it is written out in."""
    if not isinstance(left, Call):
        return False
    own, at = (list(map(stripped, call.arguments)) for call in (left, node))
    symbols = [x for x in at if isinstance(x, Symbol) and x.subscripts]
    return len(symbols) == len(at) > 0 and {replace(x, subscripts=()) for x in symbols} == set(own)


class _Slots:
    """Reads the body of a function's definition with its variable as an unknown."""

    def __init__(self, interpreter: Interpreter, name: str, variable: Symbol, slot: Term) -> None:
        self.interpreter, self.variable, self.slot = interpreter, variable, slot
        self.expanding = interpreter.expanding | {name}

    def scalar(self, node: Node, env: Env) -> Term:
        """The body as a term."""
        own = self.interpreter
        inner = own.__class__(own.model, expanding=self.expanding, fixed=own.fixed)
        inner.terms, inner.products = own.terms, Products(inner)
        inner.note = own.note  # type: ignore[method-assign]
        symbol_rule = inner.quantities.value

        def symbol(found: Symbol, at: Env) -> Value:
            return self.slot if found == self.variable else symbol_rule(found, at)

        inner.quantities.value = symbol  # type: ignore[method-assign,assignment]
        return inner.scalar(node, env)
