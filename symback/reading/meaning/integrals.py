"""Integrals and means as sums over values of their variable, each with a weight of its own.

What holds for any few values with any weights, whatever the functions under the sign are, holds
for what is added up over all of them, where differentiating may go under the sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import Call, Density, Derivative, Integral, Nabla, Node, Symbol
from symback.reading.meaning.arrays import Array, Value
from symback.reading.meaning.graph import Term
from symback.reading.network.places import Place, Undecided
from symback.reading.network.symbols import everything, quantities, spelled

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter

__all__ = ["INTEGRAL", "Integrals", "key_of_value"]

Env = Mapping[str, int]

INTEGRAL = "integral-as-sum"
"""The note of what was added up over the values of a variable."""

_SIGN = "∫"
_VALUES = 3
"""So many values a variable takes."""
_DEEPEST = 4
"""So many integrals stand in each other that are worked out."""


def key_of_value(symbol: Symbol) -> str:
    """Under what it is known which value of an integral's variable a symbol has."""
    return _SIGN + spelled(symbol)


class Integrals:
    """The integrals of one interpreter.

    Attributes:
        adds_up: whether it counts that densities add up to 1.
        has_densities: whether one was met.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)
        self.adds_up = False
        self.has_densities = False

    def value(self, node: Integral, env: Env) -> Value:
        """What is added up over the values of a variable."""
        if self.adds_up and self._mixes(node):
            raise _refused()
        if sum(name.startswith(_SIGN) for name in env) >= _DEEPEST:
            raise Undecided("too-large")
        self.interpreter.note(INTEGRAL)
        place = self._place(node.variable)
        key, total = key_of_value(node.variable), None
        for number in range(1, _VALUES + 1):
            found = self.interpreter.value(node.body, {**env, key: number})
            if not isinstance(found, Term | Array):
                raise _refused()
            items = [found] if isinstance(found, Term) else found.items
            if any(self._is_of(item, place) for item in items):
                raise _refused()  # by an equation that has the variable for all its values
            part = self.interpreter.products.scale(self._weight(node, number), found)
            total = part if total is None else self.interpreter.products.add(total, part)
        assert total is not None
        return total

    def at(self, symbol: Symbol, env: Env) -> Value | None:
        """The value of a variable of an integral; None of what is none here."""
        number = env.get(key_of_value(symbol))
        if number is None:
            return None
        place = self._place(symbol)
        where = {name: value for name, value in env.items() if name != key_of_value(symbol)}
        own = self.interpreter.value(symbol, where)
        of = Place(f"value of {place.base}", number, f"{place.tag}{spelled(symbol)}")

        def one(item: Term) -> Term:
            if item.kind != "unknown":
                raise _refused()
            return self.interpreter.terms.unknown((of, item.data[1]))  # type: ignore[index]

        if isinstance(own, Array):
            return own.map(one)
        if not isinstance(own, Term):
            raise _refused()
        return one(own)

    def is_at_value(self, node: Call, env: Env) -> bool:
        """Say whether a function is taken at a value of an integral's variable."""
        if not any(name.startswith(_SIGN) for name in env):
            return False
        return any(key_of_value(symbol) in env for symbol in quantities(node))

    def density(self, node: Density, env: Env) -> Value:
        """A density, of which the last value makes the sum of all of them 1."""
        key = key_of_value(node.variable)
        self.has_densities = True
        if env.get(key) != _VALUES or not self.adds_up:
            return self.interpreter.value(node.call, env)
        terms = self.interpreter.terms
        others = [
            terms.product(
                [
                    self._weight(node, number),
                    self.interpreter.scalar(node.call, {**env, key: number}),
                ]
            )
            for number in range(1, _VALUES)
        ]
        self.interpreter.note("density", of=spelled(node.call.function))
        rest = [terms.one, *(terms.product([terms.number(-1), other]) for other in others)]
        return terms.quotient(terms.sum(rest), self._weight(node, _VALUES))

    def _weight(self, node: Integral | Density, number: int) -> Term:
        place = self._place(node.variable)
        ends = node.ends if isinstance(node, Integral) else ""
        of = Place(f"weight of {place.base}", number, f"{spelled(node.variable)} {ends}")
        return self.interpreter.terms.unknown((of, ()))

    def _place(self, symbol: Symbol) -> Place:
        model = self.interpreter.model
        return model.place(model.names.split(symbol), {})

    def _is_of(self, item: Term, place: Place) -> bool:
        reached = self.interpreter.terms.reached(item)
        return any(key[0] == place for key in reached)  # type: ignore[index]

    def _mixes(self, node: Integral) -> bool:
        """Say whether a density's last value is differentiated by what it is the value of."""
        parts = list(everything(node.body))
        if not any(isinstance(part, Density) for part in parts):
            return False
        return any(node.variable in _differentiated_by(part) for part in parts)


def _refused() -> Undecided:
    return Undecided("not-supported", what="an integral")


def _differentiated_by(node: Node) -> tuple[Node | None, ...]:
    if isinstance(node, Derivative):
        return node.by
    return (node.by,) if isinstance(node, Nabla) else ()
