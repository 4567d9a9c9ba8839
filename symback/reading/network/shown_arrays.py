"""What shows that letters are vectors and matrices: signs between them, fonts, norms and traces."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from symback.reading.formula.syntax import (
    Call,
    Entry,
    Nabla,
    Node,
    Norm,
    Number,
    Operator,
    Product,
    Symbol,
    Transpose,
    is_inner_product,
)  # fmt: skip
from symback.reading.network.function_meanings import is_softmax
from symback.reading.network.ranks import DIAGONAL, TRACES
from symback.reading.network.symbols import base_of, everything, quantities

__all__ = ["letters_with_rows", "multiplies_what_has_indices", "shows_arrays"]

_ENTRYWISE = frozenset([Operator.ODOT, Operator.CIRC, Operator.OTIMES])


def _is_whole(node: Node) -> bool:
    """Say whether nothing in an expression has an index, so that a norm of it is of vectors."""
    return not any(symbol.subscripts for symbol in quantities(node))


def shows_arrays(node: Node) -> bool:
    """Say whether an expression is one of vectors or matrices, by its signs or its letters."""
    for part in everything(node):
        if isinstance(part, Transpose) or (isinstance(part, Nabla) and part.by is not None):
            return True
        if isinstance(part, Entry) or (isinstance(part, Norm) and _is_whole(part.body)):
            return True
        if isinstance(part, Product) and not _ENTRYWISE.isdisjoint(part.operators):
            return True
        if isinstance(part, Symbol) and (part.font == "bold" or "vec" in part.accents):
            return True
        if isinstance(part, Symbol) and part.font and part.name == "R" and _is_of_pairs(part):
            return True
        if isinstance(part, Call) and part.function.name == DIAGONAL:
            return True
        if is_inner_product(part):
            return True
        if isinstance(part, Call) and part.function.name in TRACES:
            return True
        if isinstance(part, Call) and is_softmax(part.function.name):
            if isinstance(part.arguments[0], Symbol) and not part.arguments[0].subscripts:
                return True
    return False


def _is_of_pairs(space: Symbol) -> bool:
    """Say whether a space is one of matrices: `R^{m x n}`, neither of whose sizes is 1."""
    size = space.bare
    return isinstance(size, Product) and Number("1") not in size.factors


def multiplies_what_has_indices(operands: Iterable[Node]) -> bool:
    """Say whether what has two indices elsewhere is a factor without any: `W a` is of matrices."""
    matrices: set[str] = set()
    factors: set[str] = set()
    for node in (part for operand in operands for part in everything(operand)):
        if isinstance(node, Symbol) and len(node.subscripts) == 2:
            if all(isinstance(index, Symbol) for index in node.subscripts):
                matrices.add(base_of(node))
        elif isinstance(node, Product):
            bare = (f for f in node.factors if isinstance(f, Symbol) and not f.subscripts)
            factors |= set(map(base_of, bare))
    return not matrices.isdisjoint(factors)


def letters_with_rows(operands: Iterable[Node]) -> frozenset[str]:
    """Letters of which one index may say a row: `W_k x` beside `W x`."""
    whole: set[tuple[str, str]] = set()
    rows: set[tuple[str, str]] = set()
    for node in (part for operand in operands for part in everything(operand)):
        for one, other in pairwise(node.factors) if isinstance(node, Product) else ():
            if isinstance(one, Symbol) and isinstance(other, Symbol) and not other.subscripts:
                if not one.subscripts:
                    whole.add((base_of(one), base_of(other)))
                elif len(one.subscripts) == 1 and isinstance(one.subscripts[0], Symbol):
                    rows.add((base_of(one), base_of(other)))
    return frozenset(letter for letter, _ in whole & rows)
