r"""Products: of scalars, of matrices, entry by entry, and the chain rule on whole arrays.

Juxtaposed factors bind tighter than `\odot`; where that does not fit, the factors are taken from
left to right. A `*`, `\times` or `\cdot` between arrays that no matrix product fits is taken entry
by entry, and the judgement says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import Brace, Group, Node, Operator, Product, Transpose
from symback.reading.meaning.arrays import (
    Array,
    Jacobian,
    ShapeError,
    Value,
    combine,
    contract,
    multiply,
)
from symback.reading.meaning.graph import Term
from symback.reading.network.places import Undecided
from symback.reading.network.ranks import ELEMENTWISE
from symback.reading.network.symbols import is_ones

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter

__all__ = ["Products"]

_SIGNS = frozenset([Operator.STAR, Operator.TIMES, Operator.DOT])


class Products:
    """The products of one interpreter."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)
        self.only_vectors = False

    def value(self, node: Product, env: Mapping[str, int]) -> Value:
        """The value of a product."""
        if any(None not in map(_ones, pair) for pair in pairwise(node.factors)):
            raise Undecided("not-supported", what="ones of a number that nothing tells")
        values = [self.interpreter.value(factor, env) for factor in node.factors]
        for at, factor in enumerate(node.factors):
            if (transposed := _ones(factor)) is not None:
                values[at] = self._of_ones(transposed, values, node.operators, at)
        # Where no factor is a matrix, vectors side by side can only be multiplied entry by entry.
        self.only_vectors = all(not isinstance(v, Array) or 1 in v.shape for v in values)
        terms = self.interpreter.terms
        if Operator.SLASH not in node.operators and all(isinstance(v, Term) for v in values):
            return terms.product(values)  # type: ignore[arg-type]
        if ELEMENTWISE.isdisjoint(node.operators):
            return self._fold(values, list(node.operators))
        try:
            return self._by_groups(values, node.operators)
        except ShapeError as first:
            try:
                return self._fold(values, list(node.operators))
            except ShapeError:
                raise first from None

    def _of_ones(
        self, transposed: bool, values: list[Value], operators: tuple[Operator, ...], at: int
    ) -> Value:
        """A column or a row of ones, as long as its neighbour in the matrix product wants."""
        beside = at + 1 if transposed else at - 1
        if not 0 <= beside < len(values) or operators[min(at, beside)] in ELEMENTWISE:
            return values[at]
        neighbour = values[beside]
        if not isinstance(neighbour, Array):
            return values[at]
        size = neighbour.rows if transposed else neighbour.columns
        shape = (1, size) if transposed else (size, 1)
        return Array(*shape, (self.interpreter.terms.one,) * size)

    def _by_groups(self, values: list[Value], operators: tuple[Operator, ...]) -> Value:
        groups: list[Value] = []
        start = 0
        for at, operator in enumerate([*operators, Operator.ODOT]):
            if operator in ELEMENTWISE:
                inner = list(operators[start:at])
                groups.append(self._fold(values[start : at + 1], inner))
                start = at + 1
        total = groups[0]
        for group in groups[1:]:
            total = self._pair(total, group, Operator.ODOT)
        return total

    def _fold(self, values: list[Value], operators: list[Operator]) -> Value:
        if any(isinstance(value, Jacobian) for value in values):
            if set(operators) <= {Operator.JUXTAPOSED, Operator.DOT, Operator.TIMES, Operator.STAR}:
                return self.chain(values)
            raise Undecided("jacobian-layout")
        total = values[0]
        for value, operator in zip(values[1:], operators, strict=True):
            total = self._pair(total, value, operator)
        return total

    def _pair(self, left: Value, right: Value, operator: Operator) -> Value:
        terms = self.interpreter.terms
        if isinstance(left, Jacobian) or isinstance(right, Jacobian):
            raise Undecided("jacobian-layout")
        if operator is Operator.SLASH:
            if isinstance(right, Array):
                return self.entrywise(left, right, terms.quotient)
            return self.scale(terms.power(right, terms.number(-1)), left)
        if isinstance(left, Term):
            return self.scale(left, right)
        if isinstance(right, Term):
            return self.scale(right, left)
        if operator in ELEMENTWISE:
            return self.entrywise(left, right, lambda a, b: terms.product((a, b)))
        try:
            return multiply(terms, left, right)
        except ShapeError:
            if len(left.items) == 1:
                return self.scale(left.items[0], right)
            if len(right.items) == 1:
                return self.scale(right.items[0], left)
            if (operator in _SIGNS or self.only_vectors) and left.shape == right.shape:
                self.interpreter.note("elementwise-product")
                return self.entrywise(left, right, lambda a, b: terms.product((a, b)))
            raise

    def entrywise(self, left: Value, right: Value, rule: Callable[[Term, Term], Term]) -> Value:
        """Two arrays entry by entry, a scalar with every entry."""
        if isinstance(left, Jacobian) or isinstance(right, Jacobian):
            raise Undecided("jacobian-layout")
        if isinstance(left, Term) and isinstance(right, Term):
            return rule(left, right)
        if isinstance(left, Term):
            return right.map(lambda item: rule(left, item))  # type: ignore[union-attr]
        if isinstance(right, Term):
            return left.map(lambda item: rule(item, right))
        if len(left.items) == 1 and len(right.items) > 1:
            return right.map(lambda item: rule(left.items[0], item))
        if len(right.items) == 1 and len(left.items) > 1:
            return left.map(lambda item: rule(item, right.items[0]))
        return combine(left, right, rule)

    def scale(self, factor: Term, value: Value) -> Value:
        """A scalar times anything."""
        terms = self.interpreter.terms
        if isinstance(value, Term):
            return terms.product((factor, value))
        if isinstance(value, Jacobian):
            items = tuple(tuple(terms.product((factor, x)) for x in row) for row in value.items)
            return Jacobian(value.of_shape, value.by_shape, items, value.of, value.by)
        scaled = value.map(lambda item: terms.product((factor, item)))
        return Array(scaled.rows, scaled.columns, scaled.items, value.by)

    def add(self, left: Value, right: Value) -> Value:
        """A sum of two arrays; a scalar that is zero is nothing."""
        terms = self.interpreter.terms
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Term) and one.value == 0:
                return other
        if isinstance(left, Jacobian) or isinstance(right, Jacobian):
            raise Undecided("jacobian-layout")
        if isinstance(left, Term) != isinstance(right, Term):
            number = left if isinstance(left, Term) else right
            if (name := _named_number(number)) is not None:
                self.interpreter.note("added-to-entries", of=name)
            elif not (isinstance(number, Term) and number.value is not None):
                whole = right if isinstance(left, Term) else left
                if not (isinstance(whole, Array) and len(whole.items) == 1):
                    raise ShapeError((1, 1), whole.shape if isinstance(whole, Array) else (1, 1))
        left, right = self._spread(left, right)
        result = self.entrywise(left, right, lambda a, b: terms.sum((a, b)))
        both = isinstance(left, Array) and isinstance(right, Array) and left.by == right.by
        if both and isinstance(result, Array) and isinstance(left, Array):
            return Array(result.rows, result.columns, result.items, left.by)
        return result

    def _spread(self, left: Value, right: Value) -> tuple[Value, Value]:
        """Add a vector of biases to every sample of a batch."""
        if not (isinstance(left, Array) and isinstance(right, Array)) or left.shape == right.shape:
            return left, right
        for one, other, swapped in ((left, right, False), (right, left, True)):
            rows, columns = one.shape
            if other.shape == (1, columns) and rows > 1:
                spread = Array(rows, columns, other.items * rows)
            elif other.shape == (rows, 1) and columns > 1:
                spread = Array(rows, columns, tuple(x for x in other.items for _ in range(columns)))
            else:
                continue
            self.interpreter.note("added-to-every-sample")
            return (spread, one) if swapped else (one, spread)
        return left, right

    def chain(self, values: list[Value]) -> Value:
        """A product with Jacobians in it, as the chain rule says it on whole arrays."""
        waiting = list(values)
        factor = self.interpreter.terms.one
        arrays: list[Value] = []
        for value in waiting:
            if isinstance(value, Term):
                factor = self.interpreter.terms.product((factor, value))
            else:
                arrays.append(value)
        if not arrays:
            return factor
        self.interpreter.note("chain-rule-on-arrays")
        total = arrays[0]
        for value in arrays[1:]:
            found = contract(self.interpreter.terms, total, value)
            if found is None:
                raise Undecided("jacobian-layout")
            total = found
        return self.scale(factor, total)


def _named_number(value: Value) -> str | None:
    """The letter of a number that has a name, which may stand with a sign: `-c`."""
    if isinstance(value, Term) and value.kind == "product":
        rest = [factor for factor in value.arguments if factor.value is None]
        return _named_number(rest[0]) if len(rest) == 1 else None
    if isinstance(value, Term) and value.kind == "unknown":
        return str(value.data[0].base)  # type: ignore[index]
    return None


def _ones(factor: Node) -> bool | None:
    """Whether a factor is a row of ones, or a column of them; None if it is neither."""
    while isinstance(factor, Group | Brace):
        factor = factor.body
    if is_ones(factor):
        return False
    return True if isinstance(factor, Transpose) and _ones(factor.body) is False else None
