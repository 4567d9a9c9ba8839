"""Where a closed form reads adjoints beyond the entries of their quantity, at which they are 0."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Symbol

from symback.algebra.expressions import Partial, Sum, name_of
from symback.algebra.ranges import Known, linear, plain
from symback.algebra.sums import limits_of
from symback.model.equations import Model

__all__ = ["MAX_ENDS", "adjoints_in", "read_beyond"]

MAX_ENDS = 3
"""Up to so many steps beyond its range an adjoint is said to be 0 entry by entry."""


def read_beyond(
    model: Model, result: Expr, known: Known
) -> tuple[tuple[Expr, ...], tuple[str, ...]]:
    """The adjoints that a result reads beyond their quantity's entries.

    Args:
        model: the quantities.
        result: a closed form in a step's own letters.
        known: the ranges of these letters.

    Returns:
        The ends of a recursion, as the entries that are read, in the quantity's own letters; and
        the names of quantities whose adjoints are 0 all around, as that of a convolution's output.
    """
    ends: dict[Expr, None] = {}
    outside: dict[str, None] = {}
    for adjoint, around in adjoints_in(result, known):
        name = name_of(adjoint.by)
        quantity = model.quantities[name]
        for place in around.beyond(adjoint):
            index = adjoint.by.indices[place]
            values = _values(index, known, around, around.adjoints[name][place])
            if values is None:
                outside[name] = None
                continue
            for value in values:
                at = list(quantity.indices)
                at[place] = value
                ends[Partial(adjoint.of, quantity.at(*at))] = None
    return tuple(sorted(ends, key=str)), tuple(outside)


def adjoints_in(node: Expr, known: Known) -> Iterator[tuple[Partial, Known]]:
    """Every adjoint in an expression, with what is known where it stands."""
    if isinstance(node, Partial):
        yield node, known
    elif isinstance(node, Sum):
        yield from adjoints_in(node.function, known.inside(limits_of(node)))
    elif node.has(Partial):
        for part in node.args:
            yield from adjoints_in(part, known)


def _values(
    index: Expr, known: Known, around: Known, entries: tuple[Expr, Expr]
) -> list[Expr] | None:
    """The few values beyond the entries that ``letter + number`` takes; None for other indices."""
    first, last = entries
    if not index.free_symbols or not isinstance(index, Symbol | Add):
        return None
    letters = [s for s in index.free_symbols if s in around.ranges]
    if len(letters) != 1 or letters[0] not in known.ranges:
        return None
    parts = linear(index, letters[0])
    if parts is None or parts[0] != 1 or not parts[1].is_Integer:
        return None
    low, high = known.ranges[letters[0]]
    above = plain(high + parts[1] - last)
    below = plain(first - low - parts[1])
    if not (above.is_Integer and below.is_Integer) or max(above, below) > MAX_ENDS:
        return None
    return [plain(last + Integer(n)) for n in range(1, int(above) + 1)] + [
        plain(first - Integer(n)) for n in range(1, int(below) + 1)
    ]
