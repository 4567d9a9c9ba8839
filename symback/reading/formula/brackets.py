r"""Brackets: groups, lists, arguments, indicators, absolute values and norms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula import tabular
from symback.reading.formula.syntax import (
    Abs,
    Dots,
    Group,
    Indicator,
    Limit,
    Matrix,
    Node,
    Norm,
    Number,
    Operator,
    Product,
    Relation,
    Sum,
    Symbol,
    Tuple,
    Unevaluated,
)  # fmt: skip
from symback.reading.formula.tokens import Token
from symback.reading.formula.unread import Reason

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">", "⌊": "⌋", "⌈": "⌉"}
_SLICE = "a slice"
_ROUNDED = frozenset("⌊⌈")
_OPEN, _CLOSED = frozenset("([{"), frozenset(")]}")
_BARS = {"|": "|", "|<": "|", "||": "||", "||<": "||"}


def opens(parser: Parser) -> bool:
    """Say whether a bracket that can hold arguments comes next."""
    return parser.sees("bracket") and parser.peek().text in ("(", "[", "{")


def read(parser: Parser) -> Node:
    """Read what stands in brackets or between bars."""
    if parser.peek().text in _BARS:
        return _between_bars(parser)
    if tabular.opens_cases(parser):
        return tabular.read_behind_brace(parser)
    start = parser.at
    opening = parser.peek().text
    if opening not in _CLOSING:
        raise parser.failure(Reason.UNEXPECTED)
    if _opens_interval(parser):
        return _interval(parser)
    items = _items(parser, "group")
    span = parser.span_from(start)
    if len(items) > 1:
        if any(isinstance(item, Unevaluated) and item.what == _SLICE for item in items):
            return Unevaluated(_SLICE, (), repr(items), span=span)  # `A[i, :]`
        return Tuple(items, opening, span=span)
    body = items[0]
    if opening in _ROUNDED:
        return Unevaluated("a rounded number", items, span=span)
    if isinstance(body, Matrix) and not body.bracket:
        return replace(body, bracket=opening, span=span)
    if isinstance(body, Relation) and opening == "[":
        return Indicator(body, span=span)
    return Group(body, opening, span=span)


def arguments(parser: Parser) -> tuple[Node, ...]:
    """Read the bracketed arguments of a function."""
    return _items(parser, "call")


def _items(parser: Parser, purpose: str) -> tuple[Node, ...]:
    opening = parser.take()
    closing = _CLOSING[opening.text]
    parser.closers.append(purpose)
    in_subscript, parser.in_subscript = parser.in_subscript, False
    items: list[Node] = []
    while True:
        items.append(_item(parser, closing))
        if parser.sees("bracket", closing):
            break
        if not (_separates(parser) and parser.take()):
            raise parser.failure(Reason.UNEXPECTED)
    parser.take()
    parser.closers.pop()
    parser.in_subscript = in_subscript
    return tuple(items)


def _opens_interval(parser: Parser) -> bool:
    r"""Say whether what is read is a half-open interval, `\\in (0, 1]`."""
    before = parser.tokens[parser.at - 1] if parser.at else None
    if before is None or (before.kind, before.text) != ("relation", "\\in"):
        return False
    if parser.peek().text not in ("(", "["):
        return False
    depth = ahead = 0
    while not parser.sees("end-of-formula", ahead=ahead):
        text = parser.peek(ahead).text
        depth += (text in _OPEN) - (text in _CLOSED)
        if depth == 0:
            return text in (")", "]") and text != _CLOSING[parser.peek().text]
        ahead += 1
    return False


def _interval(parser: Parser) -> Node:
    start = parser.at
    opening = parser.take().text
    lower = parser.sum()
    parser.expect("punctuation", ",")
    upper = parser.sum()
    if not (parser.sees("bracket") and parser.peek().text in (")", "]")):
        raise parser.failure(Reason.UNEXPECTED)
    parser.take()
    return Tuple((lower, upper), opening, span=parser.span_from(start))


def _item(parser: Parser, closing: str) -> Node:
    start = parser.at
    if _is_place(parser, closing):
        token = parser.take()  # the `\\cdot` of `g(\\cdot)`
        return Dots(span=token.span)
    if parser.sees("bracket", closing):  # `\\sigma()`
        return Dots(span=parser.peek().span)
    ends: list[Node] = []
    if not parser.sees("punctuation", ":"):
        ends.append(parser.relation())
        if not (parser.sees("punctuation", ":") and parser.peek(1).kind != "text"):
            return ends[0]
    while parser.skip("punctuation", ":"):
        if not parser.sees("punctuation") and not parser.sees("bracket", closing):
            ends.append(parser.relation())
    beside = repr(tuple(ends))
    return Unevaluated(_SLICE, (), beside, span=parser.span_from(start))


def _is_place(parser: Parser, closing: str) -> bool:
    r"""Say whether a dot stands for an argument: `\pi(\cdot | x)`, `f(.)`."""
    dot = parser.sees("product") or parser.sees("punctuation", ".")
    after = parser.peek(1)
    ends = after.text == closing or after.kind == "punctuation"
    return dot and (ends or (after.kind == "bracket" and after.text in ("|", "mid", "||")))


def _separates(parser: Parser) -> bool:
    if parser.sees("punctuation"):
        return parser.peek().text in (",", ";")
    return parser.sees("bracket", "mid") or parser.sees("bracket", "|")


def angled(parser: Parser) -> Node:
    """Read a tuple typed with the signs of inequality: `<X, Y>`."""
    start = parser.at
    parser.take()
    items = [parser.sum()]
    while parser.skip("punctuation", ","):
        items.append(parser.sum())
    if len(items) < 2:
        raise parser.failure(Reason.MISSING_OPERAND, parser.tokens[start])
    parser.expect("relation", ">")
    return Tuple(tuple(items), "<", span=parser.span_from(start))


def at_point(parser: Parser, node: Node, start: int) -> Node:
    r"""Read the bar of a value at a point, `f'(x)|_{x = 0}`; an open bar is closed by it."""
    bars = ("|", "|>", "mid")
    while parser.sees("bracket") and parser.peek().text in bars and parser.sees("sub", ahead=1):
        if parser.closers and parser.closers[-1] in ("|", "||"):
            break
        parser.take()
        while parser.sees("sub") or parser.sees("sup"):
            parser.take()
            parser.at += parser.group_end() if parser.sees("{") else 0
            parser.take()
        node = Limit("|", node, span=parser.span_from(start))
    return node


def holds_list(parser: Parser) -> bool:
    """Say whether the bracket that comes next holds a comma of its own."""
    return holds(parser, _is_comma)


def is_lone_bar(parser: Parser) -> bool:
    """Say whether the bar that comes next is the only one before its bracket closes: `[x|y]`."""
    depth = 0
    for ahead in range(1, len(parser.tokens) - parser.at):
        token = parser.peek(ahead)
        if token.text in _CLOSED and not depth:
            return token.kind == "bracket"
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
        if token.kind == "bracket" and token.text == "|":
            return False
    return False


def _is_comma(token: Token) -> bool:
    return token.kind == "punctuation" and token.text in (",", ";")


def _is_relation(token: Token) -> bool:
    return token.kind == "relation"


def holds(parser: Parser, wanted: Callable[[Token], bool]) -> bool:
    """Say whether the bracket that comes next directly holds a token of some sort."""
    depth = 0
    for ahead in range(end(parser)):
        token = parser.peek(ahead)
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
        if depth == 1 and wanted(token):
            return True
    return False


def end(parser: Parser) -> int:
    """Return how many places on the bracket that comes next closes, or the formula ends."""
    depth = ahead = 0
    while not parser.sees("end-of-formula", ahead=ahead):
        token = parser.peek(ahead)
        depth += (token.text in _OPEN) - (token.text in _CLOSED)
        if depth <= 0:
            break
        ahead += 1
    return ahead


def indicator(parser: Parser, one: Node) -> Node:
    r"""Return a 1 followed by a bracketed condition as an indicator, anything else as it is."""
    is_one = isinstance(one, Symbol) or (isinstance(one, Number) and one.digits == "1")
    if not (is_one and opens(parser) and holds(parser, _is_relation)):
        return one
    start = parser.at - 1
    group = read(parser)
    condition = group.body if isinstance(group, Group) else group
    if isinstance(condition, Indicator):
        return condition
    span = parser.span_from(start)
    if isinstance(condition, Tuple):  # `1\{i = k, j = l\}` asks for both
        both = tuple(Indicator(c, span=span) for c in condition.items if isinstance(c, Relation))
        if len(both) == len(condition.items):
            return Product(both, (Operator.JUXTAPOSED,) * (len(both) - 1), span=span)
    if not isinstance(condition, Relation):
        raise parser.failure(Reason.UNEXPECTED, parser.tokens[start])
    return Indicator(condition, span=span)


def _between(parser: Parser, bar: str) -> Node:
    r"""Read what bars stand around, also the dot of `\|\cdot\|`."""
    if parser.sees("product") and parser.peek(1).text in (bar, f"{bar}>"):
        return Dots(span=parser.take().span)
    return parser.relation()


def _is_vector(node: Node) -> bool:
    r"""Say whether this is written as a vector, or a sum of such: `|\\mathbf w|` is its length."""
    if isinstance(node, Sum):
        return all(map(_is_vector, node.terms))
    if isinstance(node, Product):  # `|\\mathbf X \\mathbf w - \\mathbf y|`
        matrices = all(
            isinstance(x, Symbol) and x.font == "bold" and x.name[:1].isupper()
            for x in node.factors[:-1]
        )
        return matrices and _is_vector(node.factors[-1])
    if not isinstance(node, Symbol) or node.subscripts:
        return False
    return (node.font == "bold" and node.name[:1].islower()) or "vec" in node.accents


def _between_bars(parser: Parser) -> Node:
    start = parser.at
    opening = parser.take()
    bar = _BARS[opening.text]
    # `||x||` is often typed as two pairs of single bars.
    doubled = bar == "|" and parser.sees("bracket", "|") and not parser.peek().spaced
    if doubled:
        parser.take()
    parser.closers.append(bar)
    in_subscript, parser.in_subscript = parser.in_subscript, False
    body = _between(parser, bar)
    parser.closers.pop()
    parser.in_subscript = in_subscript
    for _ in range(2 if doubled else 1):
        if not (parser.sees("bracket") and parser.peek().text in (bar, f"{bar}>")):
            raise parser.failure(Reason.UNEXPECTED)
        parser.take()
    if bar == "|" and not doubled and not _is_vector(body):
        return Abs(body, span=parser.span_from(start))
    kind = None
    if parser.skip("sub"):
        kind = parser.argument()
    return Norm(body, kind, span=parser.span_from(start))
