r"""The loss of one sample that only the whole loss defines: `E_i` beside `E = \frac1N \sum_i …`.

It is the term of the sum with the numbers before it, and without the count that makes a mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as Rational
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Fraction,
    Group,
    Node,
    Number,
    Operator,
    Product,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.network.document_model import DocumentModel
from symback.reading.network.letters_as_layers import renamed
from symback.reading.network.symbols import base_of, everything, spelled
from symback.reading.statements.statements import Statement

__all__ = ["of_terms"]


def of_terms(model: DocumentModel, statement: Statement) -> tuple[Statement, str] | None:
    """A statement with losses of samples written out, and their letter; None without any."""
    sides = [side for side in (statement.left, statement.right) if side is not None]
    if len(sides) < 2 or isinstance(stripped(sides[0]), Symbol):
        return None
    terms: dict[Symbol, Node] = {}
    for symbol in (node for side in sides for node in everything(side)):
        if isinstance(symbol, Symbol) and symbol not in terms:
            if (term := _term(model, symbol)) is not None:
                terms[symbol] = term
    if len({base_of(symbol) for symbol in terms}) != 1:
        return None
    left, right = (_written_out(terms, side) for side in sides)
    return replace(statement, left=left, right=right), base_of(next(iter(terms)))


def _written_out(terms: dict[Symbol, Node], node: Node) -> Node:
    if isinstance(node, Symbol):
        return Group(terms[node], span=node.span) if node in terms else node
    return changed(node, partial(_written_out, terms))


def _term(model: DocumentModel, symbol: Symbol) -> Node | None:
    """What a letter with one index is of the sum that defines it without."""
    if len(symbol.subscripts) != 1 or symbol.marks or not isinstance(symbol.subscripts[0], Symbol):
        return None
    parts = model.names.split(symbol)
    found = model.definitions.under(parts)
    if len(parts.indices) != 1 or len(found) != 1 or found[0].parts.indices:
        return None
    for total, factor in _totals(found[0].body):
        if len(total.indices) == 1 and not total.conditions and total.operator == "sum":
            own = renamed(total.body, {spelled(total.indices[0]): spelled(parts.indices[0])})
            return _times(factor, own)
    return None


def _totals(body: Node) -> Iterator[tuple[BigSum, Rational]]:
    """The sum that a loss is, and the number before it; nothing where it is more than that."""
    node, factor = stripped(body), Rational(1)
    if isinstance(whole := node, Sum) and len(whole.terms) == 1:
        node, factor = stripped(whole.terms[0]), Rational(whole.signs[0])
    if isinstance(node, Product) and not set(node.operators) - {Operator.JUXTAPOSED, Operator.DOT}:
        *before, last = map(stripped, node.factors)
        numbers = [_number(each) for each in before]
        if any(number is None for number in numbers):
            return
        for number in numbers:
            factor *= number or 1
        node = last
    if isinstance(node, BigSum):
        yield node, factor


def _number(node: Node) -> Rational | None:
    r"""The number in `\frac{1}{2N}`, whose letter counts; None for anything else."""
    if isinstance(node, Number):
        return Rational(node.value)
    if isinstance(node, Symbol):
        return Rational(1) if not node.subscripts and not node.marks else None
    if isinstance(node, Product):
        total = Rational(1)
        for found in map(_number, map(stripped, node.factors)):
            if found is None:
                return None
            total *= found
        return total
    if isinstance(node, Fraction):
        above, below = (_number(stripped(each)) for each in (node.numerator, node.denominator))
        return above / below if above is not None and below else None
    return None


def _times(factor: Rational, node: Node) -> Node:
    sign = -1 if factor < 0 else 1
    above, below = abs(factor.numerator), factor.denominator
    whole = Group(node, span=node.span)
    if above != 1 or below != 1:
        number = Fraction(Number(str(above)), Number(str(below)))
        return Sum((Product((number, whole), (Operator.JUXTAPOSED,)),), (sign,))
    return whole if sign > 0 else Sum((whole,), (sign,))
