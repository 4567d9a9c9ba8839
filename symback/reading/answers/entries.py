r"""A vector of each sample in an answer, `a^{[1](i)}`, by its entries, `a_k^{[1](i)}`.

The equations of a stated batch have the entries of each sample, and whole arrays of all samples. A
vector of one sample is neither; what an answer says of it is what it says of every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symback.reading.answers.spellings import SAMPLES, Spellings
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Fraction,
    Group,
    Nabla,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.ranks import ELEMENTWISE
from symback.reading.network.symbols import INDEX_LETTERS, quantities
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["by_entries", "has_vector"]

_ENTRYWISE = ELEMENTWISE | {Operator.STAR}
_ONE = 1
"""The rows of a row, and the columns of a column."""


class _Unknown(Exception):
    """What stands here has no shape that is known."""


@dataclass(frozen=True, slots=True)
class _Array:
    """An expression by its entries.

    Attributes:
        rows: how many it has; 1 for a number and a row.
        columns: how many it has; 1 for a number and a column.
        entry: the expression of the entry in a row and a column.
    """

    rows: int
    columns: int
    entry: Callable[[Node, Node], Node]

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def is_number(self) -> bool:
        return self.shape == (_ONE, _ONE)


def by_entries(statement: Statement, spellings: Spellings) -> Statement | None:
    """The statement of every entry; None where it has no vector of a sample, or other shapes."""
    left, right = statement.left, statement.right
    if left is None or right is None or statement.relation != "=":
        return None
    own = _Entries(statement, spellings)
    try:
        one, other = own.array(left), own.array(right)
    except _Unknown:
        return None
    if not own.has_vector or one.shape != other.shape:
        return None
    row, column = own.letter(), own.letter()
    return replace(statement, left=one.entry(row, column), right=other.entry(row, column))


def has_vector(statement: Statement, spellings: Spellings) -> bool:
    """Say whether an answer has a vector of one sample."""
    return any(
        not symbol.subscripts and _is_of_sample(symbol)
        and any(len(one.sizes) == 1 and one.samples_above for one in spellings.like(symbol))
        for side in (statement.left, statement.right)
        for symbol in (quantities(side) if side is not None else ())
    )  # fmt: skip


def _is_of_sample(symbol: Symbol) -> bool:
    """Say whether a letter above says which sample it is of."""
    return any(isinstance(mark.body, Symbol) for mark in symbol.marks)


class _Entries:
    def __init__(self, statement: Statement, spellings: Spellings) -> None:
        self.spellings = spellings
        self.has_vector = False
        sides = [side for side in (statement.left, statement.right) if side is not None]
        used = {part.name for side in sides for part in _symbols(side)}
        used |= {one.base for one in spellings.of}
        order = [x for x in "kjpqruvnmil" if x in INDEX_LETTERS and x not in used]
        self.letters = iter(order)

    def letter(self) -> Node:
        """An index that stands nowhere yet."""
        name = next(self.letters, "")
        if not name:
            raise _Unknown
        return Symbol(name)

    def array(self, node: Node) -> _Array:
        """An expression by its entries."""
        match node:
            case Number():
                return _number(node)
            case Symbol():
                return self._symbol(node)
            case Group():
                body = self.array(node.body)
                return replace(body, entry=lambda r, c: replace(node, body=body.entry(r, c)))
            case Transpose():
                body = self.array(node.body)
                return _Array(body.columns, body.rows, lambda r, c: body.entry(c, r))
            case Differential(kind="d", of=Node() as of):
                body = self.array(of)
                return replace(body, entry=lambda r, c: replace(node, of=body.entry(r, c)))
            case Derivative(of=Node(), by=(by,)) if self._is_number(node.of):
                body = self.array(by)
                return replace(body, entry=lambda r, c: replace(node, by=(body.entry(r, c),)))
            case Nabla(of=Node() as of, by=Node() as by) if self._is_number(of):
                body = self.array(by)
                return replace(body, entry=lambda r, c: Derivative("∂", of, (body.entry(r, c),)))
            case BigSum(operator="sum"):
                body = self.array(node.body)
                return replace(body, entry=lambda r, c: replace(node, body=body.entry(r, c)))
            case Sum():
                return self._sum(node)
            case Fraction():
                return self._quotient(self.array(node.numerator), self.array(node.denominator))
            case Power(exponent=Number()):
                body = self.array(node.base)
                return replace(body, entry=lambda r, c: replace(node, base=body.entry(r, c)))
            case Call(arguments=(argument,)) if "softmax" not in node.function.name:
                body = self.array(argument)
                return replace(
                    body, entry=lambda r, c: replace(node, arguments=(body.entry(r, c),))
                )
            case Product():
                return self._product(node)
        raise _Unknown

    def _is_number(self, node: Node | None) -> bool:
        return node is not None and self.array(node).is_number

    def _symbol(self, symbol: Symbol) -> _Array:
        found = self.spellings.like(symbol)
        if symbol.subscripts or not found:
            return _number(symbol)
        shapes = {(one.sizes, one.samples_above) for one in found if not one.fixed}
        if not any(sizes for sizes, _ in shapes):
            return _number(symbol)
        if len(shapes) != 1:
            raise _Unknown
        ((sizes, above),) = shapes
        if SAMPLES in sizes or (above and sizes and not _is_of_sample(symbol)):
            raise _Unknown  # an array of all samples
        if len(sizes) == 1:
            self.has_vector = self.has_vector or above
            return _Array(
                sizes[0], _ONE, lambda r, c: replace(symbol, subscripts=(_at(r, sizes[0]),))
            )
        if len(sizes) == 2:
            rows, columns = sizes
            return _Array(
                rows, columns,
                lambda r, c: replace(symbol, subscripts=(_at(r, rows), _at(c, columns))),
            )  # fmt: skip
        return _number(symbol)

    def _sum(self, node: Sum) -> _Array:
        terms = [self.array(term) for term in node.terms]
        shape = _common(terms)
        return _Array(
            *shape, lambda r, c: replace(node, terms=tuple(term.entry(r, c) for term in terms))
        )

    def _quotient(self, above: _Array, below: _Array) -> _Array:
        shape = _common([above, below])
        return _Array(*shape, lambda r, c: Fraction(above.entry(r, c), below.entry(r, c)))

    def _product(self, node: Product) -> _Array:
        groups: list[_Array] = []
        total: _Array | None = None
        for factor, operator in zip(node.factors, ("", *node.operators), strict=True):
            value = self.array(factor)
            if total is None:
                total = value
            elif operator in _ENTRYWISE and not (total.is_number or value.is_number):
                groups.append(total)
                total = value
            elif operator == Operator.SLASH:
                total = self._quotient(total, value)
            else:
                total = self._times(total, value)
        assert total is not None
        groups.append(total)
        shape = _common(groups)
        return _Array(*shape, lambda r, c: _factors(*(group.entry(r, c) for group in groups)))

    def _times(self, left: _Array, right: _Array) -> _Array:
        if left.is_number or right.is_number:
            shape = right.shape if left.is_number else left.shape
            return _Array(*shape, lambda r, c: _factors(left.entry(r, c), right.entry(r, c)))
        if left.columns != right.rows:
            raise _Unknown
        if left.columns == _ONE:  # a column times a row
            return _Array(
                left.rows, right.columns,
                lambda r, c: _factors(left.entry(r, c), right.entry(r, c)),
            )  # fmt: skip
        inner = self.letter()
        assert isinstance(inner, Symbol)
        return _Array(
            left.rows, right.columns,
            lambda r, c: Group(BigSum("sum", (inner,), None, None,
                                      _factors(left.entry(r, inner), right.entry(inner, c)))),
        )  # fmt: skip


def _at(index: Node, size: int) -> Node:
    """An index, or the number of the only unit."""
    return index if size > 1 else Number("1")


def _number(node: Node) -> _Array:
    return _Array(_ONE, _ONE, lambda r, c: node)


def _common(arrays: list[_Array]) -> tuple[int, int]:
    """The shape of arrays that are taken entry by entry, numbers with all of them."""
    shapes = {array.shape for array in arrays if not array.is_number}
    if len(shapes) > 1:
        raise _Unknown
    return shapes.pop() if shapes else (_ONE, _ONE)


def _factors(*nodes: Node) -> Node:
    parts = tuple(n if isinstance(stripped(n), Symbol | Number) else Group(n) for n in nodes)
    return Product(parts, (Operator.JUXTAPOSED,) * (len(parts) - 1)) if len(parts) > 1 else parts[0]


def _symbols(node: Node) -> Iterator[Symbol]:
    return (part for part in node.walk() if isinstance(part, Symbol))
