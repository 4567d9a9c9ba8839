"""From an index form to matrix operations.

A product under a sum is a contraction: what carries the row of the result stands on the left, what
carries its column on the right, and the summed index between them makes the matrix product.  An
outer product is the same with a single sample between.  Everything else is entry by entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Mul, Pow, S, Sum, Symbol

from symback.algebra.expressions import Apply, OfVectors, Partial, name_of
from symback.algebra.sums import Limit, freshen, limits_of
from symback.calculus.matrix.orientation import transposed
from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    MatrixForm,
    Node,
    Number,
    Over,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    VectorLoss,
    placed,
)
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model, Quantity

__all__ = ["Lowering"]

Place = tuple[Expr | None, Expr | None]
"""The indices that run over the rows and the columns of an array; None for a single one."""

Placed = tuple[Node, Place]


class Lowering:
    """Turns the index forms of one derivation into trees of array operations."""

    def __init__(self, derivation: Derivation) -> None:
        self.model = derivation.model
        self.loss = derivation.loss
        self.steps = derivation.step_of
        self.steps_of_sequence = _sequence(self.model)
        for quantity in self.model.quantities.values():
            count = len(self.within(quantity).ranges)
            if count > 2:
                raise InputError(f"{quantity.name} has {count} indices; matrices have at most two")

    def form(self, number: int, quantity: Quantity, adjoint: bool, index: Expr) -> MatrixForm:
        """One equation or step in matrices; of a sequence, at the step t."""
        own = self.within(quantity)
        at = quantity.indices[0] if own is not quantity else None
        return MatrixForm(number, own, adjoint, self.of(own, index), index, at)

    def within(self, quantity: Quantity) -> Quantity:
        """A quantity at one step of a sequence: without its first index, where that is the step."""
        if not self._is_sequence(quantity):
            return quantity
        return replace(quantity, ranges=quantity.ranges[1:], letters=quantity.letters[1:])

    def _is_sequence(self, quantity: Quantity) -> bool:
        last = self.steps_of_sequence
        return last is not None and bool(quantity.ranges) and quantity.ranges[0].upper == last

    def of(self, quantity: Quantity, expression: Expr) -> Node:
        """The tree whose entries, at the quantity's own indices, are the expression."""
        row, column = (
            None if axis is None else quantity.indices[axis] for axis in placed(quantity)
        )
        node, place = self._lower(freshen(expression), (row, column))
        return _turned(node, place, (row, column))

    def _lower(self, expression: Expr, wanted: Place) -> Placed:
        """An expression as an array, laid out as wanted where it has both of its indices."""
        match expression:
            case Indexed():
                return self._array(expression, adjoint=False)
            case Partial():
                return self._partial(expression)
            case OfVectors():
                return self._vector_loss(expression, wanted)
            case Apply():
                body, place = self._lower(expression.argument, wanted)
                return Elementwise(expression.name, expression.order, body), place
            case Add():
                return self._plus(expression, wanted)
            case Sum():
                return self._summed(expression, wanted)
            case Mul():
                return self._product(list(expression.args), [], wanted)
            case _ if expression.is_number or expression.free_symbols <= set(self.model.sizes):
                return Number(expression), (None, None)
            case Pow():
                body, place = self._lower(expression.base, wanted)
                return Power(body, expression.exp), place
            case Symbol() if expression.name in self.model.quantities:
                return Array(self.model.quantities[expression.name]), (None, None)
            case _:
                raise InputError(f"no matrix form for {type(expression).__name__}")

    def _summed(self, expression: Sum, wanted: Place) -> Placed:
        """A sum: over the steps of a sequence outside, over rows and columns inside."""
        limits = limits_of(expression)
        for _, first, last in limits:
            if first is not S.One or not last.is_Symbol:
                if last != self.steps_of_sequence:
                    raise InputError(f"no matrix form for a sum from {first} to {last}")
        steps = [limit for limit in limits if limit[2] == self.steps_of_sequence]
        others = [limit for limit in limits if limit not in steps]
        node, place = self._product([expression.function], others, wanted)
        for index, first, last in steps:
            node = Over(node, index, first, last)
        return node, place

    def _array(self, entry: Expr, adjoint: bool) -> Placed:
        if not isinstance(entry, Indexed):
            return Array(self.model.quantities[str(entry)], adjoint), (None, None)
        quantity = self.model.quantities[str(entry.base.label)]
        own = self.within(quantity)
        at = entry.indices[0] if own is not quantity else None
        indices = entry.indices if at is None else entry.indices[1:]
        for index in indices:
            if not index.is_Symbol or index.is_positive:
                shown = index.xreplace({s: Symbol(s.name) for s in index.free_symbols})
                raise InputError(f"no matrix form for {quantity.name} at the index {shown}")
        return Array(own, adjoint, at), _place(own, indices)

    def _partial(self, partial: Expr) -> Placed:
        """A named adjoint, or the generic loss's own partials."""
        node, place = self._array(partial.by, adjoint=True)
        name = name_of(partial.by)
        step = self.steps.get(name)
        if partial.of == self.loss and step is not None and step.result != step.adjoint:
            return node, place
        quantities = self.model.quantities
        return Partials(quantities[name_of(partial.of)], quantities[name]), place

    def _vector_loss(self, expression: Expr, wanted: Place) -> Placed:
        of = next(e.quantity for e in self.model.equations if e.expression.has(OfVectors))
        arguments = tuple(self._array(part, adjoint=False)[0] for part in expression.arguments)
        if self.steps_of_sequence is not None:
            raise InputError("no matrix form for a loss of whole sequences")
        place = (wanted[0] if of.ranges else None, None)
        return VectorLoss(of, expression.name, arguments), place

    def _plus(self, expression: Expr, wanted: Place) -> Placed:
        terms = [self._lower(term, wanted) for term in expression.args]
        place = _joint([place for _, place in terms], wanted)
        return Plus(tuple(_turned(node, own, place) for node, own in terms)), place

    def _product(self, factors: list[Expr], limits: list[Limit], wanted: Place) -> Placed:
        """A product under sums: contractions first, then what is left entry by entry."""
        numbers: list[Expr] = []
        arrays: list[Placed] = []
        pending = list(factors)
        summed = [limit[0] for limit in limits]
        while pending:
            factor = pending.pop(0)
            if isinstance(factor, Mul):
                pending[:0] = factor.args
            elif isinstance(factor, Sum) and self._runs_over_steps(factor):
                arrays.append(self._summed(factor, wanted))
            elif isinstance(factor, Sum) and not _is_divided(factor, factors):
                summed += [limit[0] for limit in limits_of(factor)]
                pending.insert(0, factor.function)
            elif factor.is_number or not factor.has(Indexed, Partial):
                if factor.is_number or factor.has(*self.model.sizes):
                    numbers.append(factor)
                else:
                    arrays.append(self._lower(factor, wanted))
            else:
                arrays.append(self._lower(factor, _around(factor, wanted, summed)))
        while summed:
            # An index that two arrays share goes before one that more do: what is left are fewer.
            index = next((i for i in summed if _sharing(arrays, i) <= 2), summed[0])
            summed.remove(index)
            arrays = _contract(arrays, index, wanted, inner=not self.model.has_layers)
        node, place = _entrywise(arrays, wanted)
        factor = Mul(*numbers)
        if isinstance(node, Scaled) and factor is not S.One:
            factor, node = factor * node.factor, node.body
        return (node, place) if factor is S.One else (Scaled(factor, node), place)

    def _runs_over_steps(self, node: Sum) -> bool:
        return any(limit[2] == self.steps_of_sequence for limit in node.limits)


def _sequence(model: Model) -> Expr | None:
    """The last step of the one sequence that a model's recursions run over; None without any.

    Raises:
        InputError: where they run over several, or not over a first index.
    """
    found: set[Expr] = set()
    for name, boundaries in model.boundaries.items():
        quantity = model.quantities[name]
        for boundary in boundaries:
            fixed = [place for place, i in enumerate(boundary.at) if i not in quantity.indices]
            if fixed != [0]:
                raise InputError(f"no matrix form for {name}, which is given at single entries")
            found.add(quantity.ranges[0].upper)
    if len(found) > 1:
        raise InputError("no matrix form for recursions over several sequences")
    return found.pop() if found else None


def _sharing(arrays: list[Placed], index: Expr) -> int:
    """How many matrices with different indices an index ties together."""
    return len({frozenset(place) for _, place in arrays if index in place and None not in place})


def _is_divided(factor: Expr, factors: Sequence[Expr]) -> bool:
    return any(isinstance(part, Pow) and part.base == factor for part in factors)


def _place(quantity: Quantity, indices: Sequence[Expr]) -> Place:
    row, column = (None if axis is None else indices[axis] for axis in placed(quantity))
    return row, column


def _around(factor: Expr, wanted: Place, summed: list[Expr]) -> Place:
    """The layout to ask of a factor: its indices among those wanted and those summed."""
    row, column = wanted
    inner = [index for index in summed if factor.has(index)]
    if inner and (column is None or not factor.has(column)):
        return row, inner[0]
    if inner and (row is None or not factor.has(row)):
        return inner[0], column
    return wanted


def _contract(
    arrays: list[Placed], index: Expr, wanted: Place, *, inner: bool = False
) -> list[Placed]:
    """Sum a product over one index, as a matrix product where two arrays share it.

    Args:
        arrays: the factors.
        index: which is summed.
        wanted: the layout of the result.
        inner: whether two vectors make a product of a row and a column, too.
    """
    touching = [item for item in arrays if index in item[1]]
    others = [item for item in arrays if index not in item[1]]
    groups: dict[frozenset[Expr | None], list[Placed]] = {}
    for item in touching:
        groups.setdefault(frozenset(item[1]), []).append(item)
    if not groups:
        raise InputError("no matrix form for a sum over an index that stands nowhere under it")
    if inner and len(groups) == 1 and None in touching[0][1]:
        row, *vectors = _squares_apart(touching)
        if vectors:
            column = _entrywise(vectors, vectors[0][1])
            left, right = _turned(*row, (None, index)), _turned(*column, (index, None))
            return [(MatMul(left, right), (None, None)), *others]
    merged = [_entrywise(group, group[0][1]) for group in groups.values()]
    if len(merged) > 2:  # a vector along the summed index scales one of the matrices
        merged.sort(key=lambda item: item[1].count(None))
        vectors = [item for item in merged if None in item[1]]
        matrices = [item for item in merged if None not in item[1]]
        if len(matrices) > 2:
            raise InputError("no matrix product fits three arrays that share one index")
        first = matrices.pop(0)
        merged = [_entrywise([first, *vectors], first[1]), *matrices]
    if len(merged) == 1:
        node, place = merged[0]
        axis = place.index(index)
        rest = (None, place[1]) if axis == 0 else (place[0], None)
        return [(Reduce(node, axis), rest), *others]
    before, after = merged
    if _goes_left(after, before, index, wanted):
        before, after = after, before
    left_index, right_index = _other(before[1], index), _other(after[1], index)
    product = MatMul(_turned(*before, (left_index, index)), _turned(*after, (index, right_index)))
    return [(product, (left_index, right_index)), *others]


def _squares_apart(vectors: list[Placed]) -> list[Placed]:
    """Vectors, a square as two factors where it is all that there is."""
    (node, place), *rest = vectors
    if not rest and isinstance(node, Power) and node.exponent == 2:
        return [(node.body, place), (node.body, place)]
    return vectors


def _goes_left(item: Placed, other: Placed, index: Expr, wanted: Place) -> bool:
    """Whether the first of two arrays carries the row of the result."""
    own, rest = _other(item[1], index), _other(other[1], index)
    if own is None or rest is None:  # a row vector stands before a matrix
        return own is None and (wanted[0] is None or rest != wanted[0])
    return bool(own == wanted[0] or rest == wanted[1])


def _other(place: Place, index: Expr) -> Expr | None:
    return place[1] if place[0] == index else place[0]


def _entrywise(arrays: list[Placed], wanted: Place) -> Placed:
    """The product entry by entry; a column beside a row makes an outer product."""
    if not arrays:
        return Number(S.One), (None, None)
    place = _joint([own for _, own in arrays], wanted)
    row, column = place
    if row is not None and column is not None:
        rows = [item for item in arrays if set(item[1]) <= {row, None} and row in item[1]]
        columns = [item for item in arrays if set(item[1]) <= {column, None} and column in item[1]]
        rest = [item for item in arrays if item not in rows and item not in columns]
        if rows and columns and all(own == (None, None) for _, own in rest):
            left, _ = _entrywise(rows, (row, None))
            right, _ = _entrywise(columns, (None, column))
            outer = MatMul(left, right)
            return (Hadamard((*(n for n, _ in rest), outer)) if rest else outer), place
    nodes = [_turned(node, own, place) for node, own in arrays]
    return (nodes[0] if len(nodes) == 1 else Hadamard(tuple(nodes))), place


def _joint(places: list[Place], wanted: Place) -> Place:
    """The layout of several arrays together: as wanted, as far as they have the indices."""
    found = {index for place in places for index in place if index is not None}
    row, column = wanted
    if found <= {row, column}:
        return (row if row in found else None), (column if column in found else None)
    full = [place for place in places if None not in place]
    if full:
        return full[0]
    rest = [index for index in found if index not in wanted]
    if column not in found or column is None:
        return (row if row in found else None), rest[0]
    return rest[0], column


def _turned(node: Node, place: Place, wanted: Place) -> Node:
    """An array laid out as wanted: transposed if its indices stand the other way round."""
    row, column = place
    if (row is not None and row == wanted[1]) or (column is not None and column == wanted[0]):
        return transposed(node)
    return node
