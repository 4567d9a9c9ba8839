"""What an expression is, a number, a vector or a matrix, beside the indices that are written.

A transposed quantity is no number, factors side by side must fit, and both sides of an equation are
of one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from symback.reading.formula.syntax import (
    Abs,
    BigSum,
    Brace,
    Call,
    Derivative,
    Differential,
    Entry,
    Fraction,
    Group,
    Indicator,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Sqrt,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.function_meanings import is_softmax
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import function_name
from symback.reading.network.symbols import base_of, everything
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.proving.names import Name, Spelling

__all__ = ["ENTRYWISE", "Kind", "Kinds", "is_diagonal", "is_index", "names_in"]

ENTRYWISE = (Operator.ODOT, Operator.CIRC)
_EITHER = (Operator.STAR, Operator.TIMES)


class Kind(Enum):
    """What an expression is beside its written indices."""

    LITERAL = "literal"
    NUMBER = "number"
    COLUMN = "column"
    ROW = "row"
    MATRIX = "matrix"


_NUMBERS = (Kind.LITERAL, Kind.NUMBER)
_ACROSS = {Kind.COLUMN: Kind.ROW, Kind.ROW: Kind.COLUMN, Kind.MATRIX: Kind.MATRIX}
_TIMES = {
    (Kind.MATRIX, Kind.MATRIX): Kind.MATRIX,
    (Kind.MATRIX, Kind.COLUMN): Kind.COLUMN,
    (Kind.ROW, Kind.MATRIX): Kind.ROW,
    (Kind.ROW, Kind.COLUMN): Kind.NUMBER,
    (Kind.COLUMN, Kind.ROW): Kind.MATRIX,
}
_OF_RANK = (Kind.NUMBER, Kind.COLUMN, Kind.MATRIX)


class _NoFit(Exception):
    """An expression has no kind under what is tried."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """How many indices each quantity has, those that are not written counted.

    Attributes:
        spelling: how symbols are told apart.
        totals: the number of indices of each quantity.
        rows: whether vectors are rows.
        unfit: quantities whose equations fit nothing, of which nothing can be said.
        adds_up: whether a loss adds up the entries of a vector without saying so, and multiplies
            vectors side by side entry by entry, as in `y log(yhat)`.
        entrywise: whether this is so in what is looked at.
    """

    spelling: Spelling
    totals: Mapping[Name, int]
    rows: bool = False
    unfit: frozenset[Name] = frozenset()
    adds_up: bool = False
    entrywise: bool = False

    def hidden(self, symbol: Symbol) -> int:
        """How many indices of a symbol are not written.

        Raises:
            KeyError: for a quantity of which nothing is known.
        """
        name, indices = self.spelling.use(symbol)
        return self.totals[name] - len(indices)

    def of(self, node: Node) -> Kind | None:
        """The kind of an expression; None where its parts do not fit, or it has no rule."""
        try:
            return self._of(node)
        except (_NoFit, KeyError):
            return None

    def fits(self, left: Node, right: Node) -> bool:
        """Whether two sides can be equal.

        A matrix of derivatives can be either way round, and a vector stand for its diagonal.
        """
        one, other = self.of(left), self.of(right)
        of = self._differentiated(left)
        if of in (Kind.COLUMN, Kind.ROW):
            if one in (Kind.COLUMN, Kind.ROW):
                return other in (Kind.COLUMN, Kind.ROW, Kind.MATRIX)
            return one in _NUMBERS and other in (Kind.COLUMN, Kind.ROW)
        if of is Kind.MATRIX:
            return False
        if other is None and self.adds_up and self.is_loss(left):
            return replace(self, entrywise=True).of(right) in (Kind.COLUMN, Kind.ROW)
        if one is None or other is None:
            return False
        return one is other or (one in _NUMBERS and other in _NUMBERS) or other is Kind.LITERAL

    def is_loss(self, left: Node) -> bool:
        """Say whether a symbol is a loss, which is one number."""
        return isinstance(left, Symbol) and base_of(left) in self.spelling.losses

    def _differentiated(self, node: Node) -> Kind | None:
        """The kind of that of which a side is a derivative."""
        node = stripped(node)
        if isinstance(node, Derivative) and node.of is not None and len(node.by) == 1:
            return self.of(node.of)
        return None

    def _of(self, node: Node) -> Kind:
        rule = _RULES.get(type(node))
        if rule is None:
            raise _NoFit
        return rule(self, node)

    def _symbol(self, node: Symbol) -> Kind:
        spelling = self.spelling
        if is_index(spelling, node):
            return Kind.LITERAL
        if node.bare is not None and isinstance(node.bare, Number):
            return self._of(node.as_power())
        hidden = self.hidden(node)
        if not 0 <= hidden < len(_OF_RANK):
            raise _NoFit
        kind = _OF_RANK[hidden]
        return Kind.ROW if self.rows and kind is Kind.COLUMN else kind

    def _sum(self, node: Sum) -> Kind:
        return self._alike([self._of(term) for term in node.terms])

    @staticmethod
    def _alike(found: list[Kind]) -> Kind:
        kinds = [kind for kind in found if kind is not Kind.LITERAL]
        if any(kind is not kinds[0] for kind in kinds):
            raise _NoFit
        return kinds[0] if kinds else Kind.LITERAL

    def _product(self, node: Product) -> Kind:
        total = self._of(node.factors[0])
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            total = self._pair(total, self._of(factor), operator)
        return total

    def _pair(self, one: Kind, other: Kind, operator: Operator) -> Kind:
        if operator in ENTRYWISE:
            if one in _NUMBERS or other in _NUMBERS:
                raise _NoFit
            return self._alike([one, other])
        if one in _NUMBERS:
            if operator is Operator.SLASH and other not in _NUMBERS:
                raise _NoFit
            return one if other is Kind.LITERAL else other
        if other in _NUMBERS:
            return one
        if operator is Operator.SLASH or (operator in _EITHER and one is other):
            return self._alike([one, other])
        if self.entrywise and one is other is not Kind.MATRIX:
            return one
        if operator is Operator.OTIMES or (one, other) not in _TIMES:
            raise _NoFit
        return _TIMES[one, other]

    def _fraction(self, node: Fraction) -> Kind:
        return self._pair(self._of(node.numerator), self._of(node.denominator), Operator.SLASH)

    def _power(self, node: Power) -> Kind:
        if stripped(node.base) == Symbol("e"):
            return self._of(node.exponent)
        if isinstance(node.base, Norm):
            return self._of(node.base)
        base = self._of(node.base)
        if self._of(node.exponent) not in _NUMBERS or base is Kind.MATRIX:
            raise _NoFit
        return base

    def _transpose(self, node: Transpose) -> Kind:
        inner = self._of(node.body)
        if inner not in _ACROSS:
            raise _NoFit
        return _ACROSS[inner]

    def _norm(self, node: Norm) -> Kind:
        self._of(node.body)
        return Kind.NUMBER

    def _inside(self, node: Group | Brace | Sqrt | Abs) -> Kind:
        return self._of(node.body)

    def _call(self, node: Call) -> Kind:
        if len(node.arguments) != 1:
            return Kind.NUMBER
        inner = self._of(node.arguments[0])
        if base_of(node.function) in LOSSES:
            return Kind.NUMBER  # a loss makes one number of an array
        if is_diagonal(node):
            if inner not in (Kind.COLUMN, Kind.ROW):
                raise _NoFit
            return Kind.MATRIX
        if is_softmax(function_name(node.function)) and inner in _NUMBERS:
            raise _NoFit
        return inner

    def _big_sum(self, node: BigSum) -> Kind:
        return self._of(node.body)

    def _derivative(self, node: Derivative) -> Kind:
        if len(node.by) != 1:
            raise _NoFit
        return self._of(node.by[0])

    def _differential(self, node: Differential) -> Kind:
        if node.of is None:
            raise _NoFit
        return self._of(node.of)

    def _entry(self, node: Entry) -> Kind:
        wanted = 2 if self._of(node.body) is Kind.MATRIX else 1
        if self._of(node.body) in _NUMBERS or len(node.indices) != wanted:
            raise _NoFit
        return Kind.NUMBER


def is_diagonal(node: Call) -> bool:
    """Say whether a call makes a vector the diagonal of a matrix."""
    return function_name(node.function).lower() in ("diag", "diagonal") and not node.order


_RULES: Mapping[type[Node], Callable[[Kinds, Any], Kind]] = {
    Number: lambda own, node: Kind.LITERAL,
    Indicator: lambda own, node: Kind.NUMBER,
    Symbol: Kinds._symbol,
    Group: Kinds._inside,
    Brace: Kinds._inside,
    Sqrt: Kinds._inside,
    Abs: Kinds._inside,
    Sum: Kinds._sum,
    Product: Kinds._product,
    Fraction: Kinds._fraction,
    Power: Kinds._power,
    Transpose: Kinds._transpose,
    Norm: Kinds._norm,
    Call: Kinds._call,
    BigSum: Kinds._big_sum,
    Derivative: Kinds._derivative,
    Differential: Kinds._differential,
    Entry: Kinds._entry,
}


def is_index(spelling: Spelling, node: Symbol) -> bool:
    """Say whether a symbol is an index letter or the number of its values."""
    if node.subscripts or node.marks or node.accents or node.primes:
        return False
    is_end = spelling.end_of(node.name) is not None and node.name not in spelling.losses
    return node.name in spelling.letters or is_end


def names_in(spelling: Spelling, node: Node) -> Iterator[Name]:
    """The quantities of an expression, each as often as it stands there."""
    for part in everything(node):
        if isinstance(part, Symbol) and not is_index(spelling, part):
            yield spelling.use(part).name
