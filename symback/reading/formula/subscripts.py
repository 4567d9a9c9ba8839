"""Subscripts: indices, ranges of them, and signs that are names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symback.reading.formula.syntax import (
    Dots,
    Group,
    Node,
    Number,
    Sum,
    Symbol,
    Tuple,
)  # fmt: skip
from symback.reading.formula.unread import Reason

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser


__all__ = ["ALL", "single", "star", "subscripts"]

ALL = ":"


def subscripts(parser: Parser) -> tuple[Node, ...]:
    """Read what stands after `_`, split into indices."""
    if not parser.sees("{"):
        return (single(parser),)
    parser.take()
    closers, parser.closers = parser.closers, []
    in_subscript, parser.in_subscript = parser.in_subscript, True
    items: list[Node] = []
    while not parser.sees("}"):
        if parser.skip("punctuation", ",") or parser.skip("quad") or parser.skip("row"):
            continue
        if parser.skip("punctuation", ";"):
            continue
        if parser.sees("end-of-formula"):
            raise parser.failure(Reason.SCRIPT)
        if parser.sees("punctuation", ":") or parser.sees("sub"):  # `A_{:, j}`, `A_{\\_, j}`
            items.append(Symbol(ALL, span=parser.take().span))
            continue
        if _is_lone_dot(parser):  # `A_{\\cdot, j}`
            items.append(Symbol(ALL, span=parser.take().span))
            continue
        if parser.sees("relation"):  # `x_{<t}`
            sign = parser.take()
            items.append(Symbol(f"{sign.text}{_in_name(parser.sum())}", span=sign.span))
            continue
        items.append(star(parser) or _range(parser, _unbracketed(parser.relation())))
    parser.take()
    parser.closers, parser.in_subscript = closers, in_subscript
    return tuple(items)  # none of `x_{}`, which a macro's empty argument leaves


def _is_lone_dot(parser: Parser) -> bool:
    """Say whether a dot stands for all values of an index, with others beside it."""
    if not (parser.sees("product") and parser.peek().text in ("\\cdot", "·")):
        return False
    before, after = parser.peek(-1), parser.peek(1)
    ends = (before.kind in ("{", "punctuation"), after.kind in ("}", "punctuation"))
    return all(ends) and (before.kind, after.kind) != ("{", "}")


def _range(parser: Parser, first: Node) -> Node:
    """Return the script of `x_{1:K}` or `x_{1..K}`, which names all of them, as one name."""
    if isinstance(first, Tuple) and not first.bracket and isinstance(first.items[1], Dots):
        ends = [_in_name(node) for node in (first.items[0], first.items[2])]
        return Symbol(":".join(ends), span=first.span)
    if parser.sees("bracket") and parser.peek().text in ("|", "mid", "|<", "|>"):
        parser.take()  # `\\Sigma_{t|t-1}`
        return Symbol(f"{_in_name(first)}|{_in_name(parser.sum())}", span=first.span)
    if not parser.sees("punctuation", ":") or parser.sees("}", ahead=1):
        return first
    start = parser.at
    parser.take()
    last = parser.sum()
    ends = [_in_name(node) for node in (first, last)]
    return Symbol(":".join(ends), span=parser.span_from(start))


def _in_name(node: Node) -> str:
    """An index in a name of its own: `1`, `t`, `t-1`."""
    if isinstance(node, Symbol):
        return node.name
    if isinstance(node, Number):
        return node.digits
    if isinstance(node, Sum):
        signs = ["-" if sign < 0 else "+" for sign in node.signs]
        text = "".join(s + _in_name(t) for s, t in zip(signs, node.terms, strict=True))
        return text.removeprefix("+")
    return "_"


def _unbracketed(node: Node) -> Node:
    """Return the index of `x_{[i]}`, whose bracket says no more than that it is one."""
    if isinstance(node, Group) and node.bracket == "[" and isinstance(node.body, Symbol):
        return node.body
    return node


def single(parser: Parser) -> Node:
    """Read a script without braces, which is one token; `w_12` could be meant either way."""
    if parser.sees("number") and len(parser.peek().text) > 1:
        raise parser.failure(Reason.SCRIPT)
    return star(parser) or _lone_sign(parser) or parser.argument()


def _lone_sign(parser: Parser) -> Node | None:
    """Read the sign of `s_+`, a name like any other; `a_-1` is not told from `a_{-1}`."""
    after = parser.peek(1)
    if not parser.sees("sign") or parser.sees("sign", "±"):
        return None
    if after.kind in ("number", "letter", "name") and not after.spaced:
        return None
    token = parser.take()
    return Symbol("minus" if token.text == "-" else "plus", span=token.span)


def star(parser: Parser) -> Node | None:
    r"""Read the star of `x_*` and `w_{\ast j}`, and the sign of `x_{+}`, names like any other."""
    if parser.sees("sign") and parser.peek(1).kind in ("}", "end-of-formula"):
        token = parser.take()
        return Symbol("minus" if token.text == "-" else "plus", span=token.span)
    if parser.sees("product", "*"):
        return Symbol("star", span=parser.take().span)
    if parser.sees("product") and parser.peek(1).kind in ("}", "end-of-formula"):
        return Symbol("dot", span=parser.take().span)  # `v^{\\cdot}`
    return None
