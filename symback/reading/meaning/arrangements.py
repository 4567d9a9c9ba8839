"""How what stands for a derivative of an array by an array says its entries.

A matrix has a row for each entry of the one or of the other; a vector stands for the matrix that
has it on its diagonal; and where an entry depends only on those of its own row or column, as of
`W x` by W, what is common to all rows is written once: `x`.  A derivative that is the same for all
entries is one number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product

from symback.reading.meaning.arrays import Array, Jacobian
from symback.reading.meaning.graph import Term
from symback.records import dataclass

__all__ = ["LAYOUTS", "Arrangement", "arrangements"]

LAYOUTS = ROWS_OF, ROWS_BY = "layout-rows-of", "layout-rows-by"
"""The numerator layout and the denominator layout."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One way to read a value as a derivative of an array by an array.

    Attributes:
        code: of the reading.
        pairs: each entry of the derivative with what the value says of it.
    """

    code: str
    pairs: tuple[tuple[Term, Term], ...]


def arrangements(jacobian: Jacobian, value: Term | Array, zero: Term) -> Iterator[Arrangement]:
    """All ways that fit by their shapes to read a value as a derivative.

    Args:
        jacobian: the derivative, all of it.
        value: what is said to be it.
        zero: what an entry is of which the value does not speak.
    """
    of = [size for size in jacobian.of_shape if size != 1]
    by = [size for size in jacobian.by_shape if size != 1]
    axes = [*of, *by]
    own = [size for size in value.shape if size != 1] if isinstance(value, Array) else []
    if 0 in axes:
        return  # of nothing, or by nothing: no entry can show anything
    for joined in _pairings(of, by):
        paired = {axis for pair in joined for axis in pair}
        free = [axis for axis in range(len(axes)) if axis not in paired]
        # Where all axes run together, what is written stands on the diagonal.
        along = free or [one for one, _ in joined]
        for order in permutations(along) if own else [()]:
            if [axes[axis] for axis in order] == own and _may_stand(joined, order, len(of)):
                code = _code(jacobian, joined, order, bool(own))
                yield Arrangement(code, tuple(_pairs(jacobian, axes, joined, order, value, zero)))


def _may_stand(joined: Sequence[tuple[int, int]], order: Sequence[int], of: int) -> bool:
    """Say whether a matrix stands as it does in the chain rule, where only the one way is it.

    Of `A B` by A the rows run together, and `B^T` stands behind the gradient; by B the columns do,
    and `A^T` stands before it. Of `A^T B` by A it is the gradient that is transposed.
    """
    if len(joined) != 1 or len(order) != 2 or of != 2:
        return True
    own, other = joined[0]
    return own == other - of and (order[0] < order[1]) == (own == 0)


def _pairings(of: Sequence[int], by: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Which axes of the one run with which of the other, the most of them first."""
    for count in range(min(len(of), len(by)), -1, -1):
        for ones in permutations(range(len(of)), count):
            if list(ones) != sorted(ones):
                continue
            for others in permutations(range(len(by)), count):
                if all(of[i] == by[j] for i, j in zip(ones, others, strict=True)):
                    yield [(i, len(of) + j) for i, j in zip(ones, others, strict=True)]


def _code(
    jacobian: Jacobian, joined: Sequence[tuple[int, int]], order: Sequence[int], is_array: bool
) -> str:
    if not joined:
        is_matrix = len(order) == 2 and 1 in jacobian.of_shape and 1 in jacobian.by_shape
        if is_matrix:
            return ROWS_OF if order[0] < order[1] else ROWS_BY
        return "derivative-by-entries"
    if is_array and set(order) <= {one for one, _ in joined}:
        return "vector-is-diagonal"
    return "derivative-as-factor"


def _pairs(
    jacobian: Jacobian,
    axes: Sequence[int],
    joined: Sequence[tuple[int, int]],
    order: Sequence[int],
    value: Term | Array,
    zero: Term,
) -> Iterator[tuple[Term, Term]]:
    entries = [item for row in jacobian.items for item in row]
    for entry, at in zip(entries, product(*map(range, axes)), strict=True):
        if any(at[one] != at[other] for one, other in joined):
            yield entry, zero
            continue
        if isinstance(value, Term):
            yield entry, value
            continue
        place = 0
        for axis in order:
            place = place * axes[axis] + at[axis]
        yield entry, value.items[place]
