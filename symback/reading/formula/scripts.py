r"""Subscripts, superscripts and primes: read in any order, told apart as far as writing tells.

`^{(2)}` and `^{[2]}` are layers, `^{2}` and `^{-1}` powers, `^T`, `^{Tr}`, `^\top` transposes, a
lone `^+` means updated, `^{\prime}` is a prime. Everything else (`^l`, `^{l+1}`) is left bare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.commands import FONTS, OLD_FONTS
from symback.reading.formula.function_names import INDEX_LETTERS
from symback.reading.formula.syntax import (
    A_FAMILY,
    Call,
    Derivative,
    Differential,
    Dots,
    Entry,
    Fraction,
    Group,
    Indicator,
    Mark,
    MarkKind,
    Matrix,
    Node,
    Norm,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Span,
    Sum,
    Symbol,
    Transpose,
    Tuple,
    Unevaluated,
)  # fmt: skip
from symback.reading.formula.tokens import Token
from symback.reading.formula.unread import Reason
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser

_LAYERS = {"(": (")", MarkKind.LAYER), "[": ("]", MarkKind.BRACKET), "{": ("}", MarkKind.BRACE)}
_TRANSPOSED_FONTS = frozenset(["", "roman", "sans", "bold", "text"])


_WORD = 3
_ALL = ":"
_SLOPE = "a derivative by what is not said"
_PAIR = 2


@dataclass(slots=True)
class Scripts:
    """What was written around one name."""

    primes: int = 0
    subscripts: tuple[Node, ...] = ()
    marks: tuple[Mark, ...] = ()
    power: Node | None = None
    transposed: bool = False
    condition: Relation | None = None  # the `t = 2` of `J^{t = 2}`


def read(parser: Parser) -> Scripts:
    """Read all the scripts that come next."""
    scripts = Scripts()
    while parser.peek().kind in ("sub", "sup", "prime"):
        token = parser.take()
        _modernize(parser)
        if token.kind == "prime":
            scripts.primes += 1
        elif token.kind == "sub":
            if scripts.subscripts:
                raise parser.failure(Reason.DOUBLE_SCRIPT, token)
            scripts.subscripts = subscripts(parser)
        elif parser.sees("{") and parser.sees("}", ahead=1):  # `\sum_p^{}` has no upper limit
            parser.at += 2
        else:
            _superscript(parser, scripts)
    return scripts


def joined(one: Scripts, other: Scripts) -> Scripts:
    """What stands around a name before its indices and behind them: `W^{(1)}[i, j]^2`."""
    return Scripts(
        one.primes + other.primes,
        one.subscripts or other.subscripts,
        (*one.marks, *other.marks),
        one.power or other.power,
        one.transposed or other.transposed,
        one.condition or other.condition,
    )


def _modernize(parser: Parser) -> None:
    r"""Take `{\rm in}` for `\mathrm{in}`: in a script an old font is of one word."""
    group, font = parser.peek(), parser.peek(1)
    if group.kind == "{" and font.kind == "command" and font.text in OLD_FONTS:
        new = next(name for name, of in FONTS.items() if of == OLD_FONTS[font.text])
        parser.tokens[parser.at : parser.at + 2] = [font._replace(text=new), group]


def attach(parser: Parser, node: Node, start: int) -> Node:
    """Read the scripts that follow an atom and return it with them."""
    if parser.peek().kind not in ("sub", "sup", "prime"):
        return node
    scripts = read(parser)
    span = parser.span_from(start)
    if (whole := _unevaluated(parser, node, scripts, span)) is not None:
        return whole
    if isinstance(node, Symbol) and not node.iteration:
        return apply(parser, node, scripts, span)
    if isinstance(node, Group) and isinstance(node.body, Symbol) and node.body.marks:
        if scripts == Scripts(primes=scripts.primes):  # `(f^{l})'` is the derivative of f^l
            return replace(node.body, primes=node.body.primes + scripts.primes, span=span)
    if isinstance(node, Group) and isinstance(call := node.body, Call) and not call.order:
        if len(call.arguments) == 1 and isinstance(call.arguments[0], Symbol):
            if scripts == Scripts(primes=scripts.primes):  # `(f(z))'` is the derivative at z
                return replace(call, order=scripts.primes, span=span)
    if isinstance(node, Differential) and isinstance(node.of, Symbol) and not node.of.subscripts:
        return replace(node, of=apply(parser, node.of, scripts, span), span=span)
    if node == Number("1") and len(scripts.subscripts) == 1:  # `1_{i = j}`
        if isinstance(condition := scripts.subscripts[0], Relation) and not scripts.marks:
            return Indicator(condition, span=span)
    if scripts.subscripts and isinstance(node, Group | Derivative | Call):
        body = node.body if isinstance(node, Group) else node
        node = Entry(body, scripts.subscripts, span=span)
        scripts = replace(scripts, subscripts=())
    if isinstance(node, Power) and isinstance(base := node.base, Symbol) and not base.subscripts:
        if scripts == Scripts(subscripts=scripts.subscripts):  # `{\sigma^2}_l`
            return replace(node, base=replace(base, subscripts=scripts.subscripts), span=span)
    if scripts.subscripts and (node == Number("0") or _tells_size(node, scripts.subscripts)):
        scripts = replace(scripts, subscripts=())  # `\\end{bmatrix}_{n \\times 1}`, `\\mathbf{0}_n`
    if isinstance(node, Norm) and node.kind is None and len(scripts.subscripts) == 1:
        node = replace(node, kind=scripts.subscripts[0])  # `\|x\|^2_2`
        scripts = replace(scripts, subscripts=())
    if isinstance(node, Tuple) and node.bracket == "[" and scripts == Scripts(primes=1):
        return Transpose(node, span=span)  # `[a, b]'`, as programs write a column
    if scripts.primes or scripts.subscripts:
        what = "an index on a formula" if scripts.subscripts else _SLOPE
        return Unevaluated(what, (node,), repr(scripts), span=span)
    bare = [mark for mark in scripts.marks if mark.kind is MarkKind.BARE]
    if len(bare) != len(scripts.marks) or len(bare) > 1 or (bare and scripts.power):
        what = "a mark on a formula"  # `(A B)^+`, `f(x)^{(i)}`
        return Unevaluated(what, (node,), repr(scripts), span=span)
    exponent = scripts.power or (bare[0].body if bare else None)
    if exponent:
        node = Power(node, exponent, span=span)
    return Transpose(node, span=span) if scripts.transposed else node


def _unevaluated(parser: Parser, node: Node, scripts: Scripts, span: Span) -> Node | None:
    """An atom with scripts that give it no value that could be worked out; None for others."""
    only = Scripts(subscripts=scripts.subscripts, marks=scripts.marks, power=scripts.power)
    whole = Unevaluated("", (node,), repr(scripts), span=span)
    if scripts.condition or isinstance(node, Unevaluated):
        return replace(whole, what="a value under a condition")
    ends = scripts.subscripts and isinstance(scripts.subscripts[0], Relation)
    if isinstance(node, Tuple) and scripts.subscripts and scripts == only:
        if ends or node.bracket in ("{", "<"):
            return replace(whole, what=A_FAMILY)  # `\{x_n, y_n\}_{n=1}^N`
    if isinstance(node, Group | Call | Tuple) and scripts.subscripts in (_PLUS, _MINUS):
        return replace(whole, what="a positive or a negative part")
    if isinstance(node, Number) and scripts.marks and scripts == Scripts(marks=scripts.marks):
        if scripts.marks[0].kind is MarkKind.UPDATED or scripts.marks[0].body in _MINUS:
            return replace(whole, what="a limit from one side")
    if scripts.primes and isinstance(node, Group | Product | Fraction | Sum | Derivative):
        plain = Scripts(primes=scripts.primes)
        names = isinstance(node, Group) and isinstance(node.body, Symbol | Call)
        if scripts == plain and not names:
            return replace(whole, what=_SLOPE)
    if (
        isinstance(node, Matrix)
        and scripts.subscripts
        and not _tells_size(node, scripts.subscripts)
    ):
        return replace(whole, what="an entry of an array that is written out")
    return None


_PLUS, _MINUS = (Symbol("plus"),), (Symbol("minus"),)


def _tells_size(node: Node, below: tuple[Node, ...]) -> bool:
    r"""Say whether the size of an array stands below it, `_{n \times 1}`, `_{(n, 1)}`."""
    size = below[0] if isinstance(node, Matrix) and len(below) == 1 else None
    size = size.body if isinstance(size, Group) else size
    is_pair = isinstance(size, Tuple) and len(size.items) == _PAIR
    return is_pair or (isinstance(size, Product) and size.operators == (Operator.TIMES,))


def apply(parser: Parser, symbol: Symbol, scripts: Scripts, span: Span) -> Node:
    """Return a symbol with its scripts; a power or a transpose goes around it."""
    if _takes_all(scripts):
        return Unevaluated("a slice", (symbol,), repr(scripts), span=span)
    if scripts.condition:
        inner = apply(parser, symbol, replace(scripts, condition=None), span)
        what, condition = "a value under a condition", repr(scripts.condition)
        return Unevaluated(what, (inner,), condition, span=span)
    if scripts.subscripts and symbol.subscripts:
        raise parser.failure(Reason.DOUBLE_SCRIPT)
    if isinstance(scripts.power, Number) and parser.functions.counts_layers(symbol):
        mark = Mark(MarkKind.LAYER, scripts.power, span=scripts.power.span)
        scripts = replace(scripts, marks=(*scripts.marks, mark), power=None)
    squares = isinstance(scripts.power, Number) and scripts.power.digits == "2"
    if squares and parser.functions.names_square(symbol):
        scripts = replace(scripts, marks=(*scripts.marks, Mark(MarkKind.SQUARED)), power=None)
    elif (half := _half(scripts.power)) and parser.functions.names_square(symbol):
        # `sigma^4` is the square of the variance.
        marks = (*scripts.marks, Mark(MarkKind.SQUARED))
        scripts = replace(scripts, marks=marks, power=half)
    named = decorated(symbol, scripts, span)
    if (entry := _entry_of_exponentials(parser, named)) is not None:
        node: Node = replace(entry, span=span)
    elif _is_exponential(parser, named):
        body = next(mark.body for mark in named.marks)
        node = Call(Symbol("exp"), (body,) if body else (), span=span)
    elif scripts.power and _is_exponential_base(parser, named) and not named.marks:
        node = Call(Symbol("exp"), (scripts.power,), span=span)
    else:
        node = Power(named, scripts.power, span=span) if scripts.power else named
    return Transpose(node, span=span) if scripts.transposed else node


def _takes_all(scripts: Scripts) -> bool:
    """Say whether a colon or a blank stands for an index, so that a row or a column is meant."""
    bodies = [mark.body for mark in scripts.marks]
    at = [*scripts.subscripts, *(b for b in bodies if b is not None)]
    at += [item for body in bodies if isinstance(body, Tuple) for item in body.items]
    return any(isinstance(index, Symbol) and index.name == _ALL for index in at)


def _half(power: Node | None) -> Number | None:
    """Half of an even power beyond the square."""
    if not isinstance(power, Number) or not power.digits.isdecimal():
        return None
    even = int(power.digits[:4])
    return Number(str(even // 2), span=power.span) if even > 2 and even % 2 == 0 else None


def decorated(symbol: Symbol, scripts: Scripts, span: Span) -> Symbol:
    """Return a symbol with primes, subscripts and marks, without any power or transpose."""
    return replace(
        symbol,
        primes=symbol.primes + scripts.primes,
        subscripts=symbol.subscripts or scripts.subscripts,
        marks=symbol.marks + scripts.marks,
        span=span,
    )


def _is_exponential_base(parser: Parser, symbol: Symbol) -> bool:
    return (
        symbol.name == "e"
        and symbol.font in ("", "roman")
        and not (symbol.accents or symbol.primes or symbol.subscripts)
        and not parser.functions.knows("e")
    )


def _entry_of_exponentials(parser: Parser, symbol: Symbol) -> Call | None:
    """The exponential of an entry, for `e^z_k`; None for anything else."""
    plain = replace(symbol, subscripts=())
    if not symbol.subscripts or not _is_exponential(parser, plain):
        return None
    body = plain.marks[0].body
    if not isinstance(body, Symbol) or body.subscripts or body.marks:
        return None
    if body.name in INDEX_LETTERS:  # `e_l^k` is an error
        return None
    return Call(Symbol("exp"), (replace(body, subscripts=symbol.subscripts),))


def _is_exponential(parser: Parser, symbol: Symbol) -> bool:
    """Say whether this is Euler's number to a power, which `e^{(l)}` and a vector e are not."""
    if len(symbol.marks) != 1 or symbol.marks[0].kind is not MarkKind.BARE:
        return False
    if _is_exponential_base(parser, symbol):
        return True
    # `e^{2x}` and `e^{-z}` are its powers where e is a quantity as well: no index is a product.
    return symbol.base == Symbol("e") == replace(symbol, marks=()) and _is_argument(
        symbol.marks[0].body
    )


def _is_argument(power: Node | None) -> bool:
    if isinstance(power, Product):
        return isinstance(power.factors[0], Number) and len(power.factors) > 1
    return isinstance(power, Sum) and power.signs[0] < 0 and not isinstance(power.terms[0], Number)


# --- subscripts -------------------------------------------------------------------------------


def subscripts(parser: Parser) -> tuple[Node, ...]:
    """Read what stands after `_`, split into indices."""
    if not parser.sees("{"):
        return (_single(parser),)
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
            items.append(Symbol(_ALL, span=parser.take().span))
            continue
        if parser.sees("relation"):  # `x_{<t}`
            sign = parser.take()
            items.append(Symbol(f"{sign.text}{_in_name(parser.sum())}", span=sign.span))
            continue
        items.append(_star(parser) or _range(parser, _unbracketed(parser.relation())))
    parser.take()
    parser.closers, parser.in_subscript = closers, in_subscript
    return tuple(items)  # none of `x_{}`, which a macro's empty argument leaves


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


def _single(parser: Parser) -> Node:
    """Read a script without braces, which is one token; `w_12` could be meant either way."""
    if parser.sees("number") and len(parser.peek().text) > 1:
        raise parser.failure(Reason.SCRIPT)
    return _star(parser) or _lone_sign(parser) or parser.argument()


def _lone_sign(parser: Parser) -> Node | None:
    """Read the sign of `s_+`, a name like any other; `a_-1` is not told from `a_{-1}`."""
    after = parser.peek(1)
    if not parser.sees("sign") or parser.sees("sign", "±"):
        return None
    if after.kind in ("number", "letter", "name") and not after.spaced:
        return None
    token = parser.take()
    return Symbol("minus" if token.text == "-" else "plus", span=token.span)


def _star(parser: Parser) -> Node | None:
    r"""Read the star of `x_*` and `w_{\ast j}`, and the sign of `x_{+}`, names like any other."""
    if parser.sees("sign") and parser.peek(1).kind in ("}", "end-of-formula"):
        token = parser.take()
        return Symbol("minus" if token.text == "-" else "plus", span=token.span)
    if parser.sees("product", "*"):
        return Symbol("star", span=parser.take().span)
    if parser.sees("product") and parser.peek(1).kind in ("}", "end-of-formula"):
        return Symbol("dot", span=parser.take().span)  # `v^{\\cdot}`
    return None


# --- superscripts -----------------------------------------------------------------------------


def _superscript(parser: Parser, scripts: Scripts) -> None:
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
        node = _single(parser)
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
            items.append(Symbol(_ALL, span=parser.take().span))
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
    node = _star(parser) or parser.relation()
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
