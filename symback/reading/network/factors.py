"""What letters are that usually stand for numbers, as the products of the equations show it.

`N`, `M`, `K`, `C`, `E`, `J` often count something or are a loss, and `p`, `t`, `lambda` a number.
Nobody divides by a matrix, sums up to one or raises to the power of one, so such a letter is a
number where it does any of that. Elsewhere one that stands before an array, `M v`, multiplies it as
any other capital letter does, and one that stands behind a matrix, `W p`, is what it is applied to.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from itertools import pairwise

from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Fraction,
    Group,
    Node,
    Operator,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)  # fmt: skip
from symback.reading.network.naming import Names
from symback.reading.network.symbols import everything, quantities

__all__ = [
    "counted",
    "made_by_matrices",
    "multiplied_capitals",
    "put_into_functions",
    "ranks_by_products",
]

_MATRIX, _VECTOR = 2, 1


def counted(names: Names, operands: Iterable[Node]) -> set[str]:
    """Letters that are numbers by where they stand: below a fraction, on a sum, in an exponent."""
    found: set[str] = set()
    for node in (part for operand in operands for part in operand.walk()):
        places: list[Node | None] = []
        if isinstance(node, Fraction):
            places.append(node.denominator)
        elif isinstance(node, Power):
            places.append(node.exponent)
        elif isinstance(node, BigSum):
            places += [node.lower, node.upper]
        elif isinstance(node, Symbol):
            places += [*(parts := names.split(node)).indices, parts.layer]
        for place in places:
            if place is not None:
                found.update(map(names.canonical, quantities(place)))
    return found


def ranks_by_products(
    names: Names, bodies: Iterable[Node], usual: Callable[[str], bool], counts: Container[str]
) -> dict[str, int]:
    """Return the ranks of letters that their factors show to be matrices or vectors.

    Args:
        names: how symbols are told apart.
        bodies: the right sides of the equations; a claim has no say.
        usual: whether a letter is a number where nothing shows otherwise.
        counts: letters that are numbers by where they stand.
    """
    found: dict[str, int] = {}
    for one, other in _neighbours(bodies):
        left, right = _bare(names, one), _bare(names, other)
        is_matrix = left is not None and left.name.isupper()
        if left is not None and is_matrix and _is_open(names, left, usual, counts):
            if _is_array(names, other, usual, counts):
                found[names.canonical(left)] = _MATRIX
        if right is not None and _is_open(names, right, usual, counts):
            if isinstance(stripped(one), Transpose) or (
                is_matrix and _is_array(names, one, usual, counts)
            ):
                rank = _MATRIX if right.name.isupper() else _VECTOR
                found.setdefault(names.canonical(right), rank)
    return found


def multiplied_capitals(
    names: Names, bodies: Iterable[Node], counts: Container[str]
) -> tuple[str, ...]:
    """Capital letters that stand beside another quantity as a matrix does: the `W` of `W x`.

    Args:
        names: how symbols are told apart.
        bodies: the right sides of the equations.
        counts: letters that are numbers by where they stand, or by a value that they have.
    """
    found: dict[str, None] = {}
    for pair in _neighbours(bodies):
        both = [_bare(names, factor) for factor in pair]
        if not all(_is_array(names, factor, lambda base: False, counts) for factor in pair):
            continue
        for symbol in both:
            if symbol is not None and symbol.name.isupper():
                if (base := names.canonical(symbol)) not in counts:
                    found[base] = None
    return tuple(found)


def made_by_matrices(
    definitions: Iterable[tuple[str, Node]], capitals: Container[str], names: Names
) -> set[str]:
    """Letters that are a product of matrices, or a sum with one: `C = A B`, `E = T - X W`.

    Args:
        definitions: a letter and its right side, for each equation.
        capitals: the letters that stand as matrices do.
        names: how symbols are told apart.
    """
    found = set()
    for base, body in definitions:
        inner = stripped(body)
        for term in inner.terms if isinstance(inner, Sum) else (inner,):
            if isinstance(product := stripped(term), Product):
                first, *others = (_bare(names, factor) for factor in product.factors)
                if first is not None and None not in others:
                    if names.canonical(first) in capitals:
                        found.add(base)
    return found


def put_into_functions(names: Names, bodies: Iterable[Node]) -> set[str]:
    """Letters to which the equations apply a function: `K = f(C)`, where C is no loss."""
    return {
        names.canonical(argument)
        for node in (part for body in bodies for part in everything(body))
        if isinstance(node, Call)
        for argument in map(stripped, node.arguments)
        if isinstance(argument, Symbol)
    }


def _neighbours(bodies: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    """Factors with nothing but a dot between them."""
    for node in (part for body in bodies for part in everything(body)):
        if isinstance(node, Product):
            for at, pair in enumerate(pairwise(node.factors)):
                if node.operators[at] in (Operator.JUXTAPOSED, Operator.DOT):
                    yield pair


def _bare(names: Names, node: Node) -> Symbol | None:
    body = stripped(node)
    if isinstance(body, Transpose):
        body = stripped(body.body)
    return body if isinstance(body, Symbol) and not names.split(body).indices else None


def _is_open(
    names: Names, symbol: Symbol, usual: Callable[[str], bool], counts: Container[str]
) -> bool:
    """Say whether a letter is usually a number and here shows nothing of it."""
    base = names.canonical(symbol)
    return usual(base) and base not in counts


def _is_array(
    names: Names, node: Node, usual: Callable[[str], bool], counts: Container[str]
) -> bool:
    """Say whether a factor is one that a matrix can stand before."""
    node = stripped(node)
    if isinstance(node, Symbol):
        base = names.canonical(node)
        number = base in counts or (usual(base) and not node.name.isupper())
        return not names.split(node).indices and not number
    if isinstance(node, Transpose):
        return True
    if isinstance(node, Call):
        return any(_is_array(names, argument, usual, counts) for argument in node.arguments)
    if isinstance(node, Group | Derivative):
        return any(_is_array(names, part, usual, counts) for part in node.children())
    return False
