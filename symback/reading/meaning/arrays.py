"""Vectors, matrices and Jacobians of terms, with shapes that are checked and never stretched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from symback.reading.meaning.graph import Term, Terms
from symback.records import dataclass

__all__ = [
    "Array", "Jacobian", "ShapeError", "Value", "combine", "multiply", "terms_of", "transpose",
]  # fmt: skip


class ShapeError(ArithmeticError):
    """Two arrays that do not fit; says their shapes."""

    def __init__(self, left: tuple[int, int], right: tuple[int, int]) -> None:
        super().__init__(f"{left[0]}x{left[1]} and {right[0]}x{right[1]}")
        self.left = left
        self.right = right


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """A matrix of terms, row by row; a vector is a matrix of one row or one column.

    `by` names the quantity by which this is a gradient, where it is one.
    """

    rows: int
    columns: int
    items: tuple[Term, ...]
    by: object = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def map(self, function: Callable[[Term], Term]) -> Array:
        """The array of a function of each entry."""
        return Array(self.rows, self.columns, tuple(map(function, self.items)))


@dataclass(frozen=True, slots=True, eq=False)
class Jacobian:
    """All derivatives of one array's entries by another's: `items[entry of][entry by]`."""

    of_shape: tuple[int, int]
    by_shape: tuple[int, int]
    items: tuple[tuple[Term, ...], ...]
    of: object
    by: object


Value = Term | Array | Jacobian


def transpose(array: Array) -> Array:
    """The transposed array."""
    items = tuple(
        array.items[row * array.columns + column]
        for column in range(array.columns)
        for row in range(array.rows)
    )
    return Array(array.columns, array.rows, items)


def combine(left: Array, right: Array, rule: Callable[..., Term]) -> Array:
    """Two arrays entry by entry; a row of biases is added to every row of a batch."""
    if left.shape != right.shape:
        raise ShapeError(left.shape, right.shape)
    items = tuple(map(rule, left.items, right.items))
    return Array(left.rows, left.columns, items)


def multiply(terms: Terms, left: Array, right: Array) -> Array:
    """The product of two matrices."""
    if left.columns != right.rows:
        raise ShapeError(left.shape, right.shape)
    width = left.columns
    rows = [left.items[row * width : (row + 1) * width] for row in range(left.rows)]
    columns = [right.items[column :: right.columns] for column in range(right.columns)]
    items = [_inner_product(terms, row, column) for row in rows for column in columns]
    return Array(left.rows, right.columns, tuple(items))


def contract(terms: Terms, left: Value, right: Value) -> Array | Jacobian | None:
    """The chain rule on whole arrays: the sum over all entries of what stands between.

    An array under a name of its own, `delta` for a gradient, is one by what the Jacobian beside it
    is of, where it has the shape for that.
    """
    if isinstance(left, Jacobian) and isinstance(right, Jacobian):
        if left.by != right.of:
            left, right = right, left
        if left.by != right.of or left.by_shape != right.of_shape:
            return None
        columns = list(zip(*right.items, strict=True))
        items = tuple(
            tuple(_inner_product(terms, row, column) for column in columns) for row in left.items
        )
        return Jacobian(left.of_shape, right.by_shape, items, left.of, right.by)
    if isinstance(left, Jacobian):
        left, right = right, left
    if not (isinstance(left, Array) and isinstance(right, Jacobian)):
        return None
    if left.by not in (None, right.of) or left.shape != right.of_shape:
        return None
    gradient = tuple(
        _inner_product(terms, left.items, column) for column in zip(*right.items, strict=True)
    )
    return Array(*right.by_shape, gradient, right.by)


def _inner_product(terms: Terms, left: Iterable[Term], right: Iterable[Term]) -> Term:
    """The sum of the products of entries; Jacobians of arrays hold little but zeros."""
    zero = terms.zero
    return terms.sum(
        terms.product((one, other))
        for one, other in zip(left, right, strict=True)
        if one is not zero and other is not zero
    )


def terms_of(value: Value) -> Iterator[Term]:
    """All scalars that a value is made of."""
    if isinstance(value, Term):
        yield value
    elif isinstance(value, Array):
        yield from value.items
    else:
        for row in value.items:
            yield from row
