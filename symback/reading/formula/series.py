r"""Sums that are begun and left to the reader: `w_1 x_1 + w_2 x_2 + \dots + w_n x_n`.

The terms before the dots are the first ones, and the one behind them, where there is one, is the
last. What is not so regular keeps its dots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Dots,
    Meant,
    Node,
    Number,
    Span,
    Sum,
    Symbol,
)

__all__ = ["sum_of"]

_LETTERS = "qrpmkjisuvn"


def sum_of(terms: Sequence[Node], signs: Sequence[int], span: Span) -> Node:
    """The sum of terms with their signs; a series among them as a sum over a letter."""
    plain = Sum(tuple(terms), tuple(signs), span=span)
    dots = [at for at, term in enumerate(terms) if isinstance(term, Dots)]
    if len(dots) != 1 or not dots[0]:
        return plain
    (at,) = dots
    sign = signs[at]
    first = at
    while first and signs[first - 1] == sign:
        first -= 1
    has_last = at + 1 < len(terms) and signs[at + 1] == sign
    for last in (terms[at + 1], None) if has_last else (None,):
        for begin in range(first, at):
            whole = _series(terms[begin:at], last, span)
            if whole is None:
                continue
            rest = at + 1 if last is None else at + 2
            if last is None and rest < len(terms):
                return plain  # something stands behind the dots that is not the last term
            if begin == 0 and rest == len(terms) and sign > 0:
                return whole
            return Sum(
                (*terms[:begin], whole, *terms[rest:]),
                (*signs[:begin], sign, *signs[rest:]),
                span=span,
            )
    return plain


def _series(begun: Sequence[Node], last: Node | None, span: Span) -> Node | None:
    names = {part.name for term in begun for part in term.walk() if isinstance(part, Symbol)}
    letter = next((Symbol(x) for x in _LETTERS if x not in names), None)
    if letter is None:
        return None
    for body, upper in _bodies(begun, last, letter):
        terms = [_at(body, letter, Number(str(n + 1))) for n in range(len(begun))]
        if all(map(_are_same, terms, begun)):
            return BigSum(
                "sum", (letter,), Number("1"), upper, body, meant=Meant.BY_DOTS, span=span
            )
    return None


def _bodies(
    begun: Sequence[Node], last: Node | None, letter: Symbol
) -> Iterator[tuple[Node, Node | None]]:
    """What each term can be, with the last value of the letter."""
    if last is None:
        if len(begun) > 1:
            yield _at(begun[1], Number("2"), letter), None
        return
    tried: set[Node] = set()
    for symbol in last.walk():
        for index in symbol.subscripts if isinstance(symbol, Symbol) else ():
            if index in tried or not isinstance(index, Symbol | Number):
                continue
            tried.add(index)
            if not (isinstance(index, Number) and index.digits in ("1", "2")):
                yield _at(last, index, letter), index


def _at(node: Node, index: Node, value: Node) -> Node:
    """An expression with another value for an index of its quantities."""

    def put(part: Node) -> Node:
        if not isinstance(part, Symbol):
            return changed(part, put)
        own = _apart(part)
        return replace(own, subscripts=tuple(value if i == index else i for i in own.subscripts))

    return put(node)


def _apart(symbol: Symbol) -> Symbol:
    """A symbol with the digits of a lone index apart: of `w_{12}` the 1 and the 2."""
    only = symbol.subscripts[0] if len(symbol.subscripts) == 1 else None
    if isinstance(only, Number) and only.digits.isdecimal() and len(only.digits) == 2:
        return replace(symbol, subscripts=tuple(Number(d, span=only.span) for d in only.digits))
    return symbol


def _are_same(one: Node, other: Node) -> bool:
    return one == _at(other, Number("0"), Number("0"))
