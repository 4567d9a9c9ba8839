r"""Sums and products over indices: `\sum_{i=1}^{n}`, `\sum_i`, `\sum_{k \neq j}`, `\sum`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    BigSum,
    Dots,
    Limit,
    Node,
    Relation,
    Sum,
    Symbol,
    Text,
    Tuple,
    Unevaluated,
)

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser


def read(parser: Parser) -> Node:
    """Read a sum with its limits and the term it reaches over."""
    start = parser.at
    operator = parser.take().text
    below: list[Node] = []
    upper: Node | None = None
    while parser.sees("sub") or parser.sees("sup"):
        if parser.take().kind == "sub":
            below = _below(parser)
        elif parser.sees("{") and parser.sees("}", ahead=1):
            parser.at += 2
        else:
            upper = parser.argument()
    primed = parser.sees("prime")
    while parser.skip("prime"):
        pass
    if primed or not (below or upper or start == 0 or _goes_on(parser)):
        # `\\frac{e_j}{\\sum}`, short for one that was written out before
        return Unevaluated("a sum whose terms are not said", (), span=parser.span_from(start))
    if not _goes_on(parser) and start:
        return Unevaluated("a sum whose terms are not said", (), span=parser.span_from(start))
    found = _sorted(below)
    body = _body(parser, alone=not start)
    span = parser.span_from(start)
    if found is None:
        what = "a sum over what is not told to be indices"
        return Unevaluated(what, (body,), repr(below), span=span)
    indices, lower, conditions = found
    return BigSum(operator, indices, lower, upper, body, conditions, span=span)


def read_limit(parser: Parser) -> Node:
    """Read an integral or a limit with the term it is of, whatever its ends are."""
    start = parser.at
    operator = parser.take().text
    first = parser.at
    while parser.sees("sub") or parser.sees("sup"):
        parser.take()
        if parser.sees("{"):
            parser.at += parser.group_end()
        parser.take()
    ends = " ".join(token.text for token in parser.tokens[first : parser.at])
    parser.integrals += operator != "lim"
    body = _body(parser, alone=not start)
    parser.integrals -= operator != "lim"
    return Limit(operator, body, ends, span=parser.span_from(start))


def _body(parser: Parser, *, alone: bool) -> Node:
    """Read the term that a sign is of; of one that is being named, `$\\sum_b$`, there is none."""
    start = parser.at
    if alone and (parser.sees("end-of-formula") or parser.sees("relation")):
        return Dots(span=parser.peek().span)
    if parser.sees("sign", "-"):
        parser.take()
        term = parser.term()
        return Sum((term,), (-1,), span=parser.span_from(start))
    return parser.term()


def _below(parser: Parser) -> list[Node]:
    """Read the conditions below a sum, separated by commas or by the rows of a `\\substack`."""
    if not parser.sees("{"):
        return [parser.argument()]
    end = parser.at + parser.group_end()
    parser.take()
    closers, parser.closers = parser.closers, []
    in_subscript, parser.in_subscript = parser.in_subscript, True
    items: list[Node] = []
    while parser.at < end:
        kind = parser.peek().kind
        of_words = parser.sees("command", "substack") or kind == "quantifier"  # `\\forall x`
        if kind in ("punctuation", "row", "{", "}") or of_words:
            parser.take()
            continue
        if kind == "relation" and items:  # `k = 1, \\neq j`
            sign = parser.take().text
            index = next((n for n in items[-1].walk() if isinstance(n, Symbol)), items[-1])
            items.append(Relation((index, parser.sum()), (sign,)))
            continue
        items.append(parser.relation())
    parser.expect("}")
    parser.closers, parser.in_subscript = closers, in_subscript
    return items


def _goes_on(parser: Parser) -> bool:
    """Say whether a term can follow; whatever else does is refused at its place."""
    ends = parser.peek().kind in (
        "}",
        "relation",
        "product",
        "end-of-formula",
        "align",
        "row",
        "end",
    )
    closing = parser.sees("bracket") and parser.peek().text in (")", "]", "}", "|>")
    return not (ends or closing or parser.sees("sign", "+") or parser.sees("sup"))


def read_operator(parser: Parser) -> Node:
    r"""Read `\bigcup_{i} A_i` and its kin, whatever their ends are."""
    start = parser.at
    operator = parser.take().text
    scripted = parser.at
    while parser.sees("sub") or parser.sees("sup"):
        parser.take()
        parser.at += parser.group_end() if parser.sees("{") else 0
        parser.take()
    beside = " ".join(token.text for token in parser.tokens[scripted : parser.at])
    body = _body(parser, alone=not start)
    what = f"the operator {operator}"
    return Unevaluated(what, (body,), beside, span=parser.span_from(start))


def _sorted(
    items: list[Node],
) -> tuple[tuple[Symbol, ...], Node | None, tuple[Relation, ...]] | None:
    """Return the indices, where they start, and the other conditions on them, None for others."""
    indices: list[Symbol] = []
    conditions: list[Relation] = []
    lower: Node | None = None
    for item in items:
        if isinstance(item, Relation):
            index = next((part for part in item.operands if isinstance(part, Symbol)), None)
            if index is None:
                return None
            if index not in indices:
                indices.append(index)
            if item.operators == ("=",) and item.operands[0] == index and lower is None:
                lower = item.operands[1]
            else:
                conditions.append(item)
        elif isinstance(item, Symbol):
            indices.append(item)
        elif isinstance(item, Text):
            indices.append(Symbol(item.words, span=item.span))
        elif isinstance(item, Tuple) and all(isinstance(part, Symbol) for part in item.items):
            indices += [part for part in item.items if isinstance(part, Symbol)]
        else:
            return None
    return tuple(indices), lower, tuple(conditions)
