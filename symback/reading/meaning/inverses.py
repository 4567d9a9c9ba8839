"""Inverses and determinants of square matrices, by elimination.

Every step is a term, so that what they hang on can be differentiated. Pivots are taken as they
stand: of a matrix of free entries none vanishes.
"""

from __future__ import annotations

from symback.reading.meaning.arrays import Array
from symback.reading.meaning.graph import Term, Terms
from symback.reading.network.places import Undecided

__all__ = ["determinant", "inverse"]


def inverse(terms: Terms, matrix: Array) -> Array:
    """The inverse of a square matrix."""
    size = matrix.rows
    if matrix.columns != size:
        raise Undecided("shape-of-definition")
    ones = [[terms.one if at == row else terms.zero for at in range(size)] for row in range(size)]
    rows = [[*own, *more] for own, more in zip(_rows(matrix), ones, strict=True)]
    for pivot in range(size):
        factor = terms.power(_nonzero(terms, rows[pivot][pivot]), terms.number(-1))
        rows[pivot] = [terms.product((factor, item)) for item in rows[pivot]]
        for other in range(size):
            if other != pivot:
                rows[other] = _without(terms, rows[other], rows[pivot], rows[other][pivot])
    return Array(size, size, tuple(item for row in rows for item in row[size:]))


def determinant(terms: Terms, matrix: Array) -> Term:
    """The determinant of a square matrix: the product of its pivots."""
    if matrix.columns != matrix.rows:
        raise Undecided("shape-of-definition")
    rows = _rows(matrix)
    pivots: list[Term] = []
    for pivot in range(matrix.rows):
        pivots.append(_nonzero(terms, rows[pivot][pivot]))
        for other in range(pivot + 1, matrix.rows):
            inverted = terms.power(pivots[-1], terms.number(-1))
            factor = terms.product((rows[other][pivot], inverted))
            rows[other] = _without(terms, rows[other], rows[pivot], factor)
    return terms.product(pivots)


def _nonzero(terms: Terms, pivot: Term) -> Term:
    if pivot is terms.zero:
        raise Undecided("not-supported", what="an inverse")
    return pivot


def _rows(matrix: Array) -> list[list[Term]]:
    width = matrix.columns
    return [list(matrix.items[at : at + width]) for at in range(0, len(matrix.items), width)]


def _without(terms: Terms, row: list[Term], pivot: list[Term], factor: Term) -> list[Term]:
    """A row without so many times the one of the pivot."""
    if factor is terms.zero:
        return row
    less = terms.product((terms.number(-1), factor))
    return [terms.sum((a, terms.product((less, b)))) for a, b in zip(row, pivot, strict=True)]
