"""A network's equations read of layers with one unit each, where every quantity is a number.

How gradients of vectors by matrices are laid out, and what is transposed, is where authors differ
and where many are careless. With one unit in every layer none of it matters: what is wrong there is
wrong in any layout, and what is right there is right at least for one unit.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import BigSum, Node, Number, Symbol
from symback.reading.meaning.arrays import Value
from symback.reading.meaning.graph import Term
from symback.reading.meaning.interpret import Env, Interpreter
from symback.reading.network.places import Place, Undecided

if TYPE_CHECKING:
    from symback.reading.network.naming import Parts

__all__ = ["OneUnit"]

_RANKS = ((), (1,), (1, 1), (1, 1, 1))


class OneUnit(Interpreter):
    """Reads expressions of one document as about one unit in every layer."""

    def _define(self, key: Hashable) -> Term | None:
        place: Place
        place, _ = key  # type: ignore[misc]
        signature = self.model.definitions.signatures.get((place.base, place.tag))
        if signature is not None:
            return self.calls.of_vectors(place.base, [self.value(node, {}) for node in signature])
        for indices in _RANKS:
            found = self.model.definitions.match(place, indices)
            if found is not None:
                definition, env = found
                touched, readings = dict(self.touched), dict(self.readings)
                value = self.scalar(definition.body, env)
                self.touched, self.readings = touched, readings
                return value
        return self._supposed(place, ())

    def quantity(self, node: Symbol, parts: Parts, place: Place, env: Env) -> Value:
        """The only entry of a quantity, whichever is written."""
        for index in parts.indices:
            if isinstance(index, Number) and index.digits != "1":
                raise Undecided("several-units")
        return self.entry(place, ())

    def entry(self, place: Place, indices: tuple[int, ...]) -> Term:
        """The only entry of a quantity."""
        return self.terms.unknown((place, ()))

    def index(self, node: Node, env: Env) -> int:
        """The only value of an index."""
        if isinstance(node, Symbol) and node.name in self.model.names.layer_letters:
            return super().index(node, env)
        return 1

    def range_of(self, node: BigSum, name: str, env: Env) -> range:
        """The only value of an index that is summed over."""
        if name in self.model.names.layer_letters:
            raise Undecided("several-units")
        return range(1, 2)

    def size_of(self, letter: str, nodes: list[Node], env: Env) -> int | None:
        """One."""
        return 1

    def softmax(self, argument: Value) -> Value:
        """Of one unit it is 1, whatever comes in: nothing is shown."""
        raise Undecided("several-units")  # of one unit it is 1, whatever comes in
