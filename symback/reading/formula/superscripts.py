"""Superscripts: layers, transposes, primes, powers, and what is left bare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.commands import FONTS
from symback.reading.formula.subscripts import ALL, single, star
from symback.reading.formula.syntax import (
    Dots,
    Fraction,
    Group,
    Mark,
    MarkKind,
    Node,
    Number,
    Product,
    Relation,
    Sum,
    Symbol,
    Tuple,
)  # fmt: skip
from symback.reading.formula.tokens import Token
from symback.reading.formula.unread import Reason
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser


__all__ = ["Scripts", "is_numeric", "superscript"]

_LAYERS = {"(": (")", MarkKind.LAYER), "[": ("]", MarkKind.BRACKET), "{": ("}", MarkKind.BRACE)}
_TRANSPOSED_FONTS = frozenset(["", "roman", "sans", "bold", "text"])
_WORD = 3


@dataclass(slots=True)
class Scripts:
    """What was written around one name."""

    primes: int = 0
    subscripts: tuple[Node, ...] = ()
    marks: tuple[Mark, ...] = ()
    power: Node | None = None
    transposed: bool = False
    condition: Relation | None = None  # the `t = 2` of `J^{t = 2}`


def superscript(parser: Parser, scripts: Scripts) -> None:
    """Read what stands after `^` and add it to what was written around a name."""
    if parser.sees("{"):
        end = parser.at + parser.group_end()
        parser.take()
        closers, parser.closers = parser.closers, []
        in_subscript, parser.in_subscript = parser.in_subscript, _is_word(parser, "}")
        if parser.at == end:
            raise parser.failure(Reason.SCRIPT)
        while parser.sees("prime") and parser.at + 1 < end:  # `f^{\\prime l-1}`
            parser.take()
            scripts.primes += 1
            parser.skip("punctuation", ",")
        if parser.sees("product") and parser.at + 1 < end:
            parser.take()  # `X^{\\circ 2}`, the power of each entry
        if _is_inverse_turned(parser.tokens[parser.at : end]):
            # `X^{-T}` is the transpose of the inverse.
            one = parser.peek(1)._replace(kind="number", text="1")
            parser.tokens[parser.at + 1 : end] = [one]
            end = parser.at + 2
            scripts.transposed = not scripts.transposed
        if not _known_pieces(parser, scripts, end):
            last = parser.tokens[end - 1]
            if last.kind == "name" and last.text == "top" and end - 1 > parser.at:
                # `^{l-1 \\top}` is the transpose of what is of layer l - 1.
                del parser.tokens[end - 1]
                scripts.transposed = not scripts.transposed
            _expression(parser, scripts)
        parser.expect("}")
        parser.closers, parser.in_subscript = closers, in_subscript
        return
    if parser.sees("bracket") and parser.peek().text in ("(", "["):
        _layer(parser, scripts)
    elif not _known_piece(parser, scripts, parser.at + 1):
        start = parser.at
        node = single(parser)
        _add(parser, scripts, node, start)


def _known_pieces(parser: Parser, scripts: Scripts, end: int) -> bool:
    """Read `(l)`, `T`, primes and the like up to `end`, if nothing else stands there.

    That is found out before anything is parsed: trying and stepping back would take a time
    exponential in the depth of nesting.
    """
    if not _only_pieces(parser, end):
        return False
    while parser.at < end:
        if parser.skip("punctuation", ","):
            continue
        if parser.sees("bracket"):
            _layer(parser, scripts)
        elif parser.sees("command"):
            parser.argument()
            scripts.transposed = not scripts.transposed
        elif not _known_piece(parser, scripts, end):
            raise parser.failure(Reason.SCRIPT)
    return True


def _only_pieces(parser: Parser, end: int) -> bool:
    tokens, at, pieces = parser.tokens, parser.at, 0
    while at < end:
        token = tokens[at]
        if token.kind == "bracket" and token.text in _LAYERS:
            closing, depth = _LAYERS[token.text][0], 0
            while at < end:
                if tokens[at].kind == "bracket":
                    depth += (tokens[at].text == token.text) - (tokens[at].text == closing)
                    if not depth:
                        break
                at += 1
            if depth:
                return False
        elif token.kind == "command" and token.text in FONTS:
            word = [t.text for t in tokens[at + 1 : at + 5]]
            if word[:3] != ["{", "T", "}"] and word != ["{", "T", "r", "}"]:
                return False
            at += 3 + (word[2] == "r")
        elif _is_tr(tokens[at:end]):
            at += 1
        elif not (
            token.kind == "prime"
            or (token.kind == "name" and token.text == "top")
            or (token.kind == "punctuation" and token.text == "," and pieces)
            or (at + 1 == end and token.kind in ("letter", "text") and token.text.strip() == "T")
            or (at + 1 == end and token.kind in ("sign", "product") and token.text in "+*-")
        ):
            return False
        at += 1
        pieces += 1
    return pieces > 0


def _is_inverse_turned(tokens: Sequence[Token]) -> bool:
    """Say whether these are a minus sign and the sign of a transpose."""
    if len(tokens) < 2 or (tokens[0].kind, tokens[0].text) != ("sign", "-"):
        return False
    rest = [token.text.strip() for token in tokens[1:]]
    if tokens[1].kind == "command" and rest[0] in FONTS:
        rest = rest[2:-1] if rest[1:2] == ["{"] and rest[-1] == "}" else []
    return rest in (["T"], ["top"])


def _is_tr(tokens: Sequence[Token]) -> bool:
    """Say whether the only letters that come are those of `^{Tr}`, a transpose."""
    if [(t.kind, t.text) for t in tokens] == [("letter", "T"), ("letter", "r")]:
        return True
    return len(tokens) == 1 and (tokens[0].kind, tokens[0].text.strip()) == ("text", "Tr")


def _known_piece(parser: Parser, scripts: Scripts, end: int) -> bool:
    token = parser.peek()
    alone = parser.at + 1 == end
    if token.kind == "prime":
        parser.take()
        scripts.primes += 1
        return True
    if token.kind == "name" and token.text == "top":
        parser.take()
        scripts.transposed = not scripts.transposed
        return True
    if alone and token.kind == "sign" and token.text == "-":
        parser.take()  # `s_k^-` beside `s^+`
        scripts.marks += (Mark(MarkKind.BARE, Symbol("minus"), span=token.span),)
        return True
    if alone and token.kind in ("sign", "product") and token.text in ("+", "*"):
        parser.take()
        kind = MarkKind.UPDATED if token.text == "+" else MarkKind.STAR
        scripts.marks += (Mark(kind, span=token.span),)
        return True
    if alone and (token.kind, token.text.strip()) in (("letter", "T"), ("text", "T")):
        parser.take()
        scripts.transposed = not scripts.transposed
        return True
    if _is_tr(parser.tokens[parser.at : end]):
        parser.at = end
        scripts.transposed = not scripts.transposed
        return True
    return False


def _layer(parser: Parser, scripts: Scripts) -> None:
    opening = parser.take()
    closing, kind = _LAYERS[opening.text]
    start = parser.at
    in_subscript = parser.in_subscript
    parser.in_subscript = in_subscript or _is_word(parser, closing)
    items: list[Node] = []
    while not parser.sees("bracket", closing):
        if parser.sees("punctuation", ":"):  # `W^{(i, :)}`
            items.append(Symbol(ALL, span=parser.take().span))
            parser.skip("punctuation", ",")
            continue
        if parser.sees("product") and parser.sees("bracket", closing, ahead=1):
            items.append(Dots(span=parser.take().span))  # `e^{(\cdot)}`
            break
        items.append(parser.sum())
        if not parser.skip("punctuation", ",") and not parser.sees("bracket", closing):
            raise parser.failure(Reason.SCRIPT)
    if not items:
        raise parser.failure(Reason.SCRIPT)
    parser.in_subscript = in_subscript
    span = parser.span_from(start)
    body = items[0] if len(items) == 1 else Tuple(tuple(items), opening.text, span=span)
    parser.take()
    scripts.marks += (Mark(kind, body, span=opening.to(parser.peek(-1))),)


def _is_word(parser: Parser, closing: str) -> bool:
    """Say whether three letters or more stand alone in a script, as in `h^{(fwd)}`: a name."""
    length = 0
    while parser.sees("letter", ahead=length):
        length += 1
    return length >= _WORD and parser.peek(length).text == closing


def _expression(parser: Parser, scripts: Scripts) -> None:
    start = parser.at
    node = star(parser) or parser.relation()
    if isinstance(node, Relation) and not scripts.condition:
        scripts.condition = node
        return
    if parser.sees("punctuation", ","):
        items = [node]
        while parser.skip("punctuation", ","):
            items.append(parser.sum())
        node = Tuple(tuple(items), "", span=parser.span_from(start))
    _add(parser, scripts, node, start)


def _add(parser: Parser, scripts: Scripts, node: Node, start: int) -> None:
    """Sort an expression that was found as a superscript."""
    if isinstance(node, Symbol) and node.name in ("T", "Tr") and node.font in _TRANSPOSED_FONTS:
        if not (node.subscripts or node.marks or node.primes or node.accents):
            scripts.transposed = not scripts.transposed
            return
    if is_numeric(node):
        if scripts.power:
            raise parser.failure(Reason.DOUBLE_SCRIPT)
        scripts.power = node
        return
    if any(mark.kind is MarkKind.BARE for mark in scripts.marks):
        raise parser.failure(Reason.DOUBLE_SCRIPT)
    scripts.marks += (Mark(MarkKind.BARE, node, span=parser.span_from(start)),)


def is_numeric(node: Node) -> bool:
    """Say whether an exponent is made of numbers alone, so that it can only be a power."""
    if isinstance(node, Number):
        return True
    if isinstance(node, (Sum, Product, Fraction, Group)):
        return all(is_numeric(child) for child in node.children())
    return False
