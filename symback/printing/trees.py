"""The trees of matrix forms as a reader reads them: signs, shared numbers, larger and smaller.

What is decided here is which form of a sum or a product is shown; `symback.printing.matrix` prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard

from sympy import Expr, Mul, Rational, S

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    MatrixForm,
    Node,
    Number,
    Over,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    axes,
)
from symback.model.equations import Range
from symback.printing.cases import BRACKETED
from symback.printing.extremes import extreme_among
from symback.printing.signs import coefficient
from symback.records import dataclass

__all__ = [
    "ExtremeOf", "inverse", "is_divisor", "is_scalar", "is_single", "is_square", "opposite",
    "parts_of", "signs_of", "with_shared_factor", "without_sign",
]  # fmt: skip


def signs_of(form: MatrixForm) -> frozenset[str]:
    """What a reader must be told of the signs in a form.

    These are ``product``, ``quotient``, ``power`` and ``function`` entry by entry, ``ones``,
    ``repeated`` rows or columns, a ``number`` beside an array, and a ``transpose`` as the form is
    laid out.
    """
    nodes = list(_nodes(form.right))
    found = {
        name
        for node in nodes
        for name, is_there in (
            (
                "product",
                isinstance(node, Hadamard)
                and sum(not (is_scalar(p) or is_divisor(p)) for p in node.factors) > 1
                and not (is_single(node) and not any(map(is_divisor, node.factors))),
            ),
            ("product", is_square(node) and not is_single(node)),
            ("quotient", is_divisor(node) and axes(node) != (None, None)),
            ("power", isinstance(node, Power) and node.exponent != 2 and abs(node.exponent) != 1),
            ("function", isinstance(node, Elementwise)),
            ("transpose", isinstance(node, Transpose)),
            ("transpose", isinstance(node, Reduce) and not node.has_one_term and node.axis == 0),
            ("ones", isinstance(node, Reduce) and not node.has_one_term),
            ("repeated", isinstance(node, Plus) and len(_layouts(node.terms)) > 1),
            ("repeated", isinstance(node, Hadamard) and len(_layouts(node.factors)) > 1),
            (
                "number",
                isinstance(node, Plus)
                and (None, None) in map(axes, node.terms)
                and _layouts(node.terms),
            ),
            ("number", isinstance(node, Hadamard) and _divides_by_a_number(node)),
        )
        if is_there
    }
    filled = isinstance(form.right, Number) and bool(form.quantity.ranges)
    return frozenset(found | {"ones"}) if filled else frozenset(found)


def _divides_by_a_number(node: Hadamard) -> bool:
    """Whether every entry of an array is divided by one sum, as a softmax's are."""
    numbers = [p for p in node.factors if is_divisor(p) and axes(p) == (None, None)]
    return bool(numbers) and bool(_layouts(node.factors))


def _layouts(parts: Iterable[Node]) -> set[tuple[object, ...]]:
    """How the arrays among some parts are laid out, numbers apart; rows or columns are as good."""
    return {tuple(map(_extent, axes(part))) for part in parts} - {(None, None)}


def _extent(axis: Range | None) -> object:
    return axis and (axis.name, axis.size, axis.first, axis.last)


def _nodes(node: Node) -> Iterator[Node]:
    """A tree's parts, itself first."""
    yield node
    match node:
        case MatMul(left, right):
            inner: tuple[Node, ...] = (left, right)
        case Hadamard(parts) | Plus(parts):
            inner = parts
        case Transpose(body) | Reduce(body, _) | Elementwise(_, _, body) | Power(body, _):
            inner = (body,)
        case Scaled(_, body) | Over(body):
            inner = (body,)
        case _:
            inner = ()
    for part in inner:
        yield from _nodes(part)


@dataclass(frozen=True, slots=True)
class ExtremeOf:
    """A number times the larger or smaller of two arrays, entry by entry, as it is printed."""

    factor: Rational
    name: str
    sides: tuple[Node, Node]


def is_divisor(node: Node) -> bool:
    """Whether a factor stands in the denominator."""
    return isinstance(node, Power) and bool(node.exponent.is_negative)


def is_scalar(node: Node) -> bool:
    """Whether this is a quantity without indices, such as the loss."""
    return isinstance(node, Array) and not node.quantity.ranges


def is_single(node: Node) -> bool:
    """Whether this is an array of one entry, about which "entry by entry" says nothing."""
    sides = [axis for axis in axes(node) if axis is not None]
    return bool(sides) and all(axis.size == 1 for axis in sides)


def is_square(node: Node) -> TypeGuard[Power]:
    """Whether this is a square entry by entry."""
    return isinstance(node, Power) and node.exponent == 2


def inverse(node: Node) -> Node:
    """What a divisor divides by."""
    assert isinstance(node, Power)
    return node.body if node.exponent == -1 else Power(node.body, -node.exponent)


def _shared_factor(terms: tuple[Node, ...]) -> Expr | None:
    factors = {abs(term.factor) if isinstance(term, Scaled) else S.One for term in terms}
    factor = factors.pop()
    return factor if not factors and factor is not S.One else None


def with_shared_factor(node: Node) -> Node:
    """A sum with the number that all its terms share in front: ``2 (a - b)``, or of a product."""
    if isinstance(node, Hadamard):
        parts = tuple(map(with_shared_factor, node.factors))
        shared = Mul(*(part.factor for part in parts if isinstance(part, Scaled)))
        if shared is S.One or shared.could_extract_minus_sign():
            return node
        return Scaled(
            shared, Hadamard(tuple(p.body if isinstance(p, Scaled) else p for p in parts))
        )
    if isinstance(node, Plus) and (shared := _shared_factor(node.terms)) is not None:
        return Scaled(shared, Plus(tuple(_divided(term, shared) for term in node.terms)))
    return node


def _divided(term: Node, factor: Expr) -> Node:
    assert isinstance(term, Scaled)
    rest = term.factor / factor
    return term.body if rest is S.One else Scaled(rest, term.body)


def opposite(total: Plus) -> Elementwise | None:
    """The condition of which a sum is the opposite: ``1 - [a > b]``."""
    numbers = _numbered(total.terms)
    if len(numbers) == 2 and numbers.pop(Number(S.One), None) is S.One:
        ((node, number),) = numbers.items()
        if number is S.NegativeOne and isinstance(node, Elementwise) and node.name in BRACKETED:
            return None if node.order else node
    return None


def parts_of(terms: Iterable[Node]) -> tuple[list[Node], list[ExtremeOf]]:
    """The terms of a sum, and what of them makes a larger or smaller of two."""
    rest = _numbered(terms)
    kinks = [t for t in rest if isinstance(t, Elementwise) and t.name == "positive" and not t.order]
    extremes: list[ExtremeOf] = []
    for node in sorted(kinks, key=lambda kink: -len(list(_nodes(kink)))):
        if node not in rest:
            continue
        around = {term: number for term, number in rest.items() if term != node}
        inner = node.body.terms if isinstance(node.body, Plus) else (node.body,)
        found = extreme_among(around, rest[node], _numbered(inner))
        if found is not None:
            first, second = map(_added, found.sides)
            extremes.append(ExtremeOf(found.factor, found.name, (first, second)))
            rest = found.without(around)
    return [_times(number, term) for term, number in rest.items()], extremes


def _numbered(terms: Iterable[Node]) -> dict[Node, Rational]:
    """Terms, each with the number before it; a number is so many times 1."""
    found: dict[Node, Rational] = {}
    for term in terms:
        number, body = S.One, term
        if isinstance(term, Scaled) and term.factor.is_Rational:
            number, body = term.factor, term.body
        elif isinstance(term, Number) and term.value.is_Rational:
            number, body = term.value, Number(S.One)
        found[body] = found.get(body, S.Zero) + number
    return found


def _times(number: Rational, term: Node) -> Node:
    if isinstance(term, Number):
        return Number(number * term.value)
    return term if number is S.One else Scaled(number, term)


def _added(terms: Mapping[Node, Rational]) -> Node:
    parts = tuple(_times(number, term) for term, number in terms.items())
    if len(parts) == 1:
        return parts[0]
    return Plus(parts) if parts else Number(S.Zero)


def without_sign(node: Node) -> tuple[bool, Node]:
    """Whether a term is negative, and the term without its sign."""
    if isinstance(node, Number):
        number, _ = coefficient(node.value)
        return bool(number.is_negative), Number(abs(node.value)) if number.is_negative else node
    if isinstance(node, Scaled):
        number, _ = coefficient(node.factor)
        if number.is_negative:
            factor = -node.factor
            return True, node.body if factor == 1 else Scaled(factor, node.body)
    if isinstance(node, Plus):
        signs = [without_sign(term) for term in node.terms]
        if all(negative for negative, _ in signs):
            return True, Plus(tuple(term for _, term in signs))
    return False, node
