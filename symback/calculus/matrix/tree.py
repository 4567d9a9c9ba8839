"""The same derivation in matrices: a small tree of array operations for every equation and step.

A sample is a row, so a vector of units is a matrix with one row and ``x W`` needs no transpose; for
a batch the formulas are the same, with more rows.  `entry` gives the index form of any tree back:
that is how the passage from indices to matrices is proved, for every size at once.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from symback.algebra.expressions import EVERY, Apply, Entry, OfVectors, Partial, fresh, indices_of
from symback.algebra.sums import total
from symback.model.drawn import Drawn
from symback.model.equations import Quantity, Range
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model

__all__ = [
    "Array",
    "Axes",
    "Elementwise",
    "Hadamard",
    "MatMul",
    "MatrixForm",
    "MatrixForms",
    "Node",
    "Number",
    "Over",
    "Partials",
    "Plus",
    "Power",
    "Reduce",
    "Scaled",
    "Transpose",
    "VectorLoss",
    "axes",
    "entry",
    "is_scalar",
    "matrix_forms",
    "placed",
]

Axes = tuple[Range | None, Range | None]
"""The ranges of rows and columns; None where there is only one."""


@dataclass(frozen=True, slots=True)
class Array:
    """A quantity as a whole, or (``adjoint``) the loss's gradient by it, of the same shape.

    Of a sequence it is one step: ``at`` is the first index, ``t`` or ``t + 1``, and the quantity
    has the other ranges only.
    """

    quantity: Quantity
    adjoint: bool = False
    at: Expr | None = None


@dataclass(frozen=True, slots=True)
class Partials:
    """The generic loss's own partials by a quantity, as an array of its shape: dL/dyhat."""

    of: Quantity
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or a size, that stands for itself."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Transpose:
    """Rows for columns."""

    body: Node


@dataclass(frozen=True, slots=True)
class MatMul:
    """A matrix product."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Hadamard:
    """The product entry by entry; a single row or column is repeated."""

    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Plus:
    """The sum entry by entry; a single row or column is repeated."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scaled:
    """A number, or a size, times an array."""

    factor: Expr
    body: Node


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A function, or one of its derivatives, applied to every entry."""

    name: str
    order: int
    body: Node


@dataclass(frozen=True, slots=True)
class Power:
    """Every entry to the same power."""

    body: Node
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Reduce:
    """The sum over rows (axis 0) or columns (axis 1); the axis stays, with one entry."""

    body: Node
    axis: int

    @property
    def has_one_term(self) -> bool:
        """Whether the network has one unit there, so that an author writes no sum."""
        summed = axes(self.body)[self.axis]
        return summed is not None and summed.size == 1


@dataclass(frozen=True, slots=True)
class Over:
    """The sum over the steps of a sequence."""

    body: Node
    index: Symbol
    first: Expr
    last: Expr


@dataclass(frozen=True, slots=True)
class VectorLoss:
    """The generic loss of whole arrays, one value for each sample."""

    of: Quantity
    name: str
    arguments: tuple[Node, ...]


Node = (
    Array
    | Partials
    | Number
    | Transpose
    | MatMul
    | Hadamard
    | Plus
    | Scaled
    | Elementwise
    | Power
    | Reduce
    | Over
    | VectorLoss
)


@dataclass(frozen=True, slots=True)
class MatrixForm(Drawn):
    """One equation or step in matrices.

    Attributes:
        number: that of the equation or step.
        quantity: what is defined, or whose adjoint it is.
        adjoint: whether this is a step (the left side is the loss's gradient by the quantity).
        right: the right side.
        index: the index form that the right side was made from, in the quantity's own letters.
        at: of a sequence, the step at which the form stands; the quantity has the other ranges.
        model: whose equations it writes.
    """

    number: int
    quantity: Quantity
    adjoint: bool
    right: Node
    index: Expr
    at: Expr | None = None
    model: Model | None = field(default=None, repr=False, compare=False)


class MatrixForms(Drawn, tuple[MatrixForm, ...]):
    """The matrix forms of a model, in the order of their numbers."""

    __slots__ = ()


def matrix_forms(derivation: Derivation) -> tuple[MatrixForm, ...]:
    """Every equation and every step in matrices, in the order of their numbers.

    Raises:
        InputError: for a quantity with more than two indices, by name, and where an index is no
            letter by itself, but for the steps of a recursion.
    """
    from symback.calculus.matrix.lowering import Lowering

    lowering = Lowering(derivation)
    forms = [
        lowering.form(e.number, e.quantity, False, e.expression)
        for e in derivation.model.equations
        if not e.is_boundary
    ]
    forms += [lowering.form(s.number, s.quantity, True, s.result) for s in derivation.steps]
    return tuple(forms)


def placed(quantity: Quantity) -> tuple[int | None, int | None]:
    """Which index of a quantity runs over rows and which over columns."""
    match len(quantity.ranges):
        case 0:
            return None, None
        case 1:
            return (0, None) if quantity.ranges[0].is_rows else (None, 0)
        case _:
            return 0, 1


def axes(node: Node) -> Axes:
    """The ranges of a tree's rows and columns."""
    match node:
        case Array(quantity) | Partials(_, quantity):
            row, column = placed(quantity)
            ranges = quantity.ranges
            return (
                None if row is None else ranges[row],
                None if column is None else ranges[column],
            )
        case Number():
            return None, None
        case VectorLoss(of):
            return axes(Array(of))
        case Transpose(body):
            rows, columns = axes(body)
            return columns, rows
        case MatMul(left, right):
            return axes(left)[0], axes(right)[1]
        case Hadamard(parts) | Plus(parts):
            every = [axes(part) for part in parts]
            rows = next((row for row, _ in every if row is not None), None)
            return rows, next((column for _, column in every if column is not None), None)
        case Scaled(_, body) | Power(body, _) | Elementwise(_, _, body) | Over(body):
            return axes(body)
        case Reduce(body, axis):
            rows, columns = axes(body)
            return (None, columns) if axis == 0 else (rows, None)


def is_scalar(form: MatrixForm) -> bool:
    """Whether a form is about single numbers alone."""
    return not form.quantity.ranges and not _has_arrays(form.right)


def _has_arrays(node: Node) -> bool:
    match node:
        case Array(quantity) | Partials(_, quantity):
            return bool(quantity.ranges)
        case Number():
            return False
        case MatMul() | VectorLoss():
            return True
        case Hadamard(parts) | Plus(parts):
            return any(map(_has_arrays, parts))
        case (
            Scaled(_, body)
            | Power(body, _)
            | Elementwise(_, _, body)
            | Transpose(body)
            | Over(body)
            | Reduce(body, _)
        ):
            return _has_arrays(body)


def entry(node: Node, row: Expr, column: Expr, loss: Expr) -> Expr:
    """The index form of one entry of a tree; an index is ignored along an axis of one entry."""
    match node:
        case Array(quantity, adjoint, at):
            own = _own(quantity, row, column)
            if at is not None:
                own = Entry(quantity.name, at, *indices_of(own))
            return Partial(loss, own) if adjoint else own
        case Partials(of, quantity):
            return Partial(_own(of, row, column), _own(quantity, row, column))
        case Number(value):
            return value
        case VectorLoss(_, name, arguments):
            return OfVectors(name, *(entry(part, row, EVERY, loss) for part in arguments))
        case Transpose(body):
            return entry(body, column, row, loss)
        case MatMul(left, right):
            inner = axes(left)[1]
            index = fresh("m")
            product = entry(left, row, index, loss) * entry(right, index, column, loss)
            return product if inner is None else total(product, [(index, inner.upper)])
        case Hadamard(factors):
            return Mul(*(entry(part, row, column, loss) for part in factors))
        case Plus(terms):
            return Add(*(entry(part, row, column, loss) for part in terms))
        case Scaled(factor, body):
            return factor * entry(body, row, column, loss)
        case Elementwise(name, order, body):
            return Apply(name, entry(body, row, column, loss), order)
        case Power(body, exponent):
            return Pow(entry(body, row, column, loss), exponent)
        case Over(body, step, first, last):
            return total(entry(body, row, column, loss), [(step, first, last)])
        case Reduce(body, axis):
            summed = axes(body)[axis]
            index = fresh("m")
            at = (index, column) if axis == 0 else (row, index)
            inner = entry(body, *at, loss)
            return inner if summed is None else total(inner, [(index, summed.upper)])


def _own(quantity: Quantity, row: Expr, column: Expr) -> Expr:
    at: dict[int | None, Expr] = dict(zip(placed(quantity), (row, column), strict=True))
    return quantity.at(*(at[axis] for axis in range(len(quantity.ranges))))


def index_form(form: MatrixForm, loss: Expr) -> Expr:
    """The general entry of a form's right side, to be held against its index form."""
    row, column = (
        Integer(1) if axis is None else form.quantity.indices[axis]
        for axis in placed(form.quantity)
    )
    return entry(form.right, row, column, loss)
