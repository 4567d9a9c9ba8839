r"""Subscripts, superscripts and primes: read in any order, told apart as far as writing tells.

`^{(2)}` and `^{[2]}` are layers, `^{2}` and `^{-1}` powers, `^T`, `^{Tr}`, `^\top` transposes, a
lone `^+` means updated, `^{\prime}` is a prime. Everything else (`^l`, `^{l+1}`) is left bare.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.commands import FONTS, OLD_FONTS
from symback.reading.formula.function_names import INDEX_LETTERS
from symback.reading.formula.subscripts import ALL, subscripts
from symback.reading.formula.superscripts import Scripts, superscript
from symback.reading.formula.syntax import (
    A_FAMILY,
    SLOPE_UNSAID,
    Call,
    Derivative,
    Differential,
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
from symback.reading.formula.unread import Reason

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser


_PAIR = 2


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
            superscript(parser, scripts)
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
    if (whole := _unevaluated(node, scripts, span)) is not None:
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
        what = "an index on a formula" if scripts.subscripts else SLOPE_UNSAID
        return Unevaluated(what, (node,), repr(scripts), span=span)
    bare = [mark for mark in scripts.marks if mark.kind is MarkKind.BARE]
    if len(bare) != len(scripts.marks) or len(bare) > 1 or (bare and scripts.power):
        what = "a mark on a formula"  # `(A B)^+`, `f(x)^{(i)}`
        return Unevaluated(what, (node,), repr(scripts), span=span)
    exponent = scripts.power or (bare[0].body if bare else None)
    if exponent:
        node = Power(node, exponent, span=span)
    return Transpose(node, span=span) if scripts.transposed else node


def _unevaluated(node: Node, scripts: Scripts, span: Span) -> Node | None:
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
            return replace(whole, what=SLOPE_UNSAID)
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
    return any(isinstance(index, Symbol) and index.name == ALL for index in at)


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
