"""What a list of equations may hold: kinds of expression, functions, ranges that fit their slots.

A `symback.model.equations.Model` that is built in Python is held to what the reader of texts holds
its own to, so that a slip is said where it is made and not as an exception somewhere later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from sympy import (
    Add,
    Expr,
    Float,
    Function,
    Indexed,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    Symbol,
)

from symback.algebra.expressions import (
    EVERY,
    KINKED,
    SMOOTH,
    Apply,
    Extremum,
    Marked,
    OfVectors,
    Partial,
    Sum,
)
from symback.algebra.indexing import Bracket, Extreme, Product, Stop, is_index
from symback.errors import InputError, quote
from symback.model.activations import ACTIVATIONS
from symback.model.network import GREEK_LETTERS
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.model.equations import Equation, Quantity, Range

__all__ = ["check_expression", "check_sizes"]

_KINDS = (
    Add, Mul, Pow, Rational, NumberSymbol, Symbol, Indexed, Sum, Apply, OfVectors, Partial,
    KroneckerDelta, Bracket, Extreme, Product, Stop, Extremum, Marked,
)  # fmt: skip
"""Kinds of expression that are differentiated, printed and emitted; all others are refused."""

Ends = tuple[Expr, Expr]


def check_sizes(quantities: Collection[Quantity]) -> None:
    """Ranges of one name are one range.

    Raises:
        InputError: for two sizes under one name.
    """
    known: dict[str, Range] = {}
    for quantity in quantities:
        for r in quantity.ranges:
            other = known.setdefault(r.name, r)
            if (other.size, other.first, other.last) != (r.size, r.first, r.last):
                raise InputError(
                    f"the range {r.name} has two sizes: {other.size} and {r.size}",
                    where=quantity.name,
                )


def check_expression(
    equation: Equation, quantities: Mapping[str, Quantity], functions: Collection[str], where: str
) -> None:
    """Hold a right side to the kinds, the functions and the ranges that a model may have.

    Raises:
        InputError: for anything else, with the equation's number.
    """
    scope: dict[Expr, Ends] = {}
    if not equation.is_boundary:
        pairs = zip(equation.quantity.indices, equation.quantity.ranges, strict=True)
        scope = {index: (r.first, r.upper) for index, r in pairs}
    stack: list[tuple[Expr, dict[Expr, Ends]]] = [(equation.expression, scope)]
    while stack:
        node, known = stack.pop()
        if is_index(node) and not isinstance(node, Indexed | KroneckerDelta):
            continue
        _check_kind(node, functions, where)
        if isinstance(node, Indexed):
            _check_slots(node, quantities, known, where)
            continue
        if isinstance(node, Sum):
            known = {**known, **{i: (first, last) for i, first, last in node.limits}}
            stack.append((node.function, known))
            continue
        if isinstance(node, Extreme | Product):
            index, first, last = node.limit
            stack.append((node.body, {**known, index: (first, last)}))
            continue
        stack.extend((part, known) for part in node.args if isinstance(part, Expr))


def _check_kind(node: Expr, functions: Collection[str], where: str) -> None:
    if isinstance(node, Float):
        raise InputError(
            f"{node} is a rounded number",
            where=where,
            hint=f"write sympy.Rational({str(float(node))!r})",
        )
    if isinstance(node, Function) and not isinstance(node, KroneckerDelta):
        name = type(node).__name__
        raise InputError(
            f"{name} is SymPy's own function", where=where, hint=f"write Apply({name!r}, …)"
        )
    if not isinstance(node, _KINDS):
        raise InputError(f"{type(node).__name__} cannot stand in a model", where=where)
    if isinstance(node, Apply) and not _is_function(node.name, functions):
        known = (*ACTIVATIONS, *SMOOTH, *functions)
        raise InputError(
            f"unknown function {quote(node.name)}{did_you_mean(node.name, known)}",
            where=where,
            hint="a generic function is one letter, or is named in functions",
        )


def _is_function(name: str, functions: Collection[str]) -> bool:
    base = name.rstrip("0123456789'")
    return (
        name in ACTIVATIONS
        or name in SMOOTH
        or name in KINKED
        or name in ("sin", "tanh")
        or name in functions
        or len(base) == 1
        or base in GREEK_LETTERS
    )


def _check_slots(
    entry: Indexed, quantities: Mapping[str, Quantity], known: Mapping[Expr, Ends], where: str
) -> None:
    """An index that stands alone in a slot of a whole range runs over no more than that."""
    quantity = quantities.get(str(entry.base.label))
    if quantity is None or quantity.outside is not None:
        return
    for index, r in zip(entry.indices, quantity.ranges, strict=False):
        ends = known.get(index)
        if index == EVERY or ends is None or not r.is_plain:
            continue
        last = ends[1]
        if ends[0] == r.first and isinstance(last, Symbol) and _is_size(last) and last != r.upper:
            raise InputError(
                f"{index} runs to {last}, and stands in {entry} where the range is {r.name}",
                where=where,
            )


def _is_size(symbol: Symbol) -> bool:
    return bool(symbol.is_positive)
