"""Which indices run together: every index of every quantity, written or not, has a range."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from itertools import count

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Entry,
    Fraction,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.lowering.expressions import ONE
from symback.reading.network.sizes import Sizes
from symback.reading.network.symbols import spelled
from symback.reading.proving.kinds import Kind, Kinds, is_diagonal, is_index
from symback.reading.proving.names import letters_of

__all__ = ["Dims", "Ranges", "is_entrywise", "kind_of"]

Dims = tuple[Hashable, Hashable] | None
"""The ranges of rows and columns, `ONE` for a single one; None for a number."""

Letters = Mapping[str, Hashable]


class Ranges:
    """Ranges united by equations.

    Args:
        kinds: how many indices each quantity has.
    """

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.sizes = Sizes()
        self._number = count()
        self._places: dict[str, list[Hashable]] = {}

    def equate(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        """Take equations up: what is equal runs alike, and so do the places of one letter."""
        for left, right in pairs:
            scope = next(self._number)
            letters = {x: ("letter", scope, x) for x in self.kinds.spelling.letters}
            self._alike([self.dims(left, letters), self.dims(right, letters)])

    def range_of_letter(self, letter: str) -> Hashable | None:
        """The range of a letter, where it is the same everywhere."""
        found = {self.sizes.find(place) for place in self._places.get(letter, ())}
        return found.pop() if len(found) == 1 else None

    def dims(self, node: Node, letters: Letters) -> Dims:
        """The ranges of an expression, after whatever stands in it is united."""
        if isinstance(node, Symbol):
            return self._symbol(node, letters)
        if isinstance(node, Sum):
            return self._alike([self.dims(term, letters) for term in node.terms])
        if isinstance(node, Product):
            return self._product(node, letters)
        if isinstance(node, Fraction):
            return self._alike([self.dims(part, letters) for part in node.children()])
        if isinstance(node, Transpose):
            inner = self.dims(node.body, letters)
            return inner[::-1] if inner is not None else None
        if isinstance(node, BigSum):
            own = {spelled(index): ("sum", next(self._number)) for index in node.indices}
            return self.dims(node.body, {**letters, **own})
        if isinstance(node, Derivative):
            return self.dims(node.by[0], letters)
        if isinstance(node, Entry):
            inner = self.dims(node.body, letters)
            for index, place in zip(
                node.indices, [d for d in inner or () if d != ONE], strict=False
            ):
                self._index(index, place, letters)
            return None
        if isinstance(node, Call) and is_diagonal(node):
            inner = self.dims(node.arguments[0], letters) or (ONE, ONE)
            where = inner[0] if inner[1] == ONE else inner[1]
            return None if where == ONE else (where, where)
        found = [self.dims(part, letters) for part in self._parts(node)]
        return None if isinstance(node, Norm) else self._alike(found)

    @staticmethod
    def _parts(node: Node) -> list[Node]:
        if isinstance(node, Call):
            return list(node.arguments)
        if isinstance(node, Power):
            return [node.exponent if stripped(node.base) == Symbol("e") else node.base]
        if isinstance(node, Differential):
            return [node.of] if node.of is not None else []
        return list(node.children())

    def _symbol(self, node: Symbol, letters: Letters) -> Dims:
        if is_index(self.kinds.spelling, node):
            return None
        if isinstance(node.bare, Number):
            return self.dims(node.as_power(), letters)
        name, indices = self.kinds.spelling.use(node)
        for position, index in enumerate(indices):
            self._index(index, (name, position), letters)
        hidden = [(name, position) for position in range(len(indices), self.kinds.totals[name])]
        for place in hidden:
            self.sizes.find(place)
        if not hidden:
            return None
        if len(hidden) == 1:
            return (ONE, hidden[0]) if self.kinds.rows else (hidden[0], ONE)
        return hidden[0], hidden[1]

    def _index(self, index: Node, place: Hashable, letters: Letters) -> None:
        spelling = self.kinds.spelling
        for letter in letters_of(index):
            own = spelling.end_of(letter) if letter not in letters else letter
            if own is not None and own in letters:
                self.sizes.unite(place, letters[own])
                self._places.setdefault(own, []).append(place)
        self.sizes.find(place)

    def _product(self, node: Product, letters: Letters) -> Dims:
        total, kind = self.dims(node.factors[0], letters), self.kinds.of(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            other, its = self.dims(factor, letters), self.kinds.of(factor)
            if total is None or other is None or is_entrywise(operator, kind, its):
                total = self._alike([total, other])
                kind = its if kind in (Kind.NUMBER, Kind.LITERAL) else kind
                continue
            if _are_vectors_alike(total, other):
                total = self._alike([total, other])
                continue
            if total[1] != ONE and other[0] != ONE:
                self.sizes.unite(total[1], other[0])
            total = None if total[0] == other[1] == ONE else (total[0], other[1])
            kind = kind_of(total)
        return total

    def _alike(self, found: Iterable[Dims]) -> Dims:
        kept = [dims for dims in found if dims is not None]
        for dims in kept[1:]:
            for one, other in zip(kept[0], dims, strict=True):
                if ONE not in (one, other):
                    self.sizes.unite(one, other)
        return kept[0] if kept else None


def is_entrywise(operator: Operator, one: Kind | None, other: Kind | None) -> bool:
    """Whether two arrays are multiplied or divided entry by entry."""
    if operator in (Operator.ODOT, Operator.CIRC, Operator.SLASH):
        return True
    return operator in (Operator.STAR, Operator.TIMES) and one is other


def _are_vectors_alike(one: tuple[Hashable, Hashable], other: tuple[Hashable, Hashable]) -> bool:
    """Two columns, or two rows, which no product of matrices can take."""
    return any(
        one[at] == other[at] == ONE and ONE not in (one[1 - at], other[1 - at]) for at in (0, 1)
    )


def kind_of(dims: Dims) -> Kind:
    """Whether something with these ranges is a number, a column, a row or a matrix."""
    if dims is None:
        return Kind.NUMBER
    rows, columns = (d != ONE for d in dims)
    return Kind.MATRIX if rows and columns else Kind.COLUMN if rows else Kind.ROW
