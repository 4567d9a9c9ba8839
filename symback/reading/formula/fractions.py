r"""Commands that take arguments: fractions and derivatives, roots, sums, nablas and braces.

derivative = \frac{D^n [expr]}{D factor …} | {D a \over D b} | D a / D b
D          = \partial | d | \mathrm{d} | \delta  without expr: an operator on what follows

`\delta` is a sign of differentiation only where both halves of a fraction begin with one that
nothing decorates; elsewhere it is a letter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula import brackets, sums
from symback.reading.formula import commands as words
from symback.reading.formula import symbols as names
from symback.reading.formula.subscripts import subscripts
from symback.reading.formula.syntax import (
    Binomial,
    Brace,
    Call,
    Derivative,
    Differential,
    Dots,
    Extremum,
    Form,
    Fraction,
    Group,
    Hessian,
    Mark,
    MarkKind,
    Nabla,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Span,
    Sqrt,
    Sum,
    Symbol,
    Text,
    Transpose,
    Tuple,
    Unevaluated,
    stripped,
)  # fmt: skip
from symback.reading.formula.unread import Reason, Unreadable

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser
    from symback.reading.formula.tokens import Token

_BEGINS_NAME = frozenset(["letter", "name", "command", "{"])
_ORDER_LIMIT = 9
_TWICE = 2
_WORD = 3
_RATES = frozenset(["lambda", "alpha", "beta", "gamma", "eta", "mu"])
_NO_SIGN_BELOW = "a derivative without its sign below"
_DERIVATIVES = (Derivative, Differential, Hessian, Nabla)


def contents(parser: Parser) -> Node:
    r"""Read what stands in braces: an expression, in an old font, or halves around `\over`."""
    start = parser.at
    if parser.sees("command") and parser.peek().text in words.OLD_FONTS:
        font = words.OLD_FONTS[parser.take().text]
        return names.in_font(parser, contents(parser), font)
    node = parser.relation()
    if parser.skip("command", "over"):
        denominator = parser.relation()
        return _over(parser, node, denominator, Form.FRACTION, parser.span_from(start))
    return node


# --- fractions and derivatives ----------------------------------------------------------------


def fraction(parser: Parser) -> Node:
    r"""Read `\frac` and its kin, telling derivatives from quotients."""
    start = parser.at
    parser.take()
    if _is_leibniz(parser):
        numerator, denominator = _leibniz(parser, True), _leibniz(parser, False)
    else:
        numerator, denominator = parser.argument(), parser.argument()
    span = parser.span_from(start)
    node = _over(parser, numerator, denominator, Form.FRACTION, span)
    return applied(parser, node, start)


def join_halves(factors: list[Node], operators: list[Operator], span: Span) -> None:
    r"""Take two differentials with a slash between them for one: `{\partial y}/{\partial z}`.

    Args:
        factors: those read so far, whose last two become one.
        operators: what stands between them.
        span: where they stand.
    """
    numerator, denominator = map(stripped, factors[-2:])
    if operators[-1] is not Operator.SLASH or not isinstance(numerator, Differential):
        return
    below = _below(denominator, numerator.order)
    if numerator.of is None or numerator.kind == "Δ" or below is None:
        return
    if numerator.order == len(below):
        form = Form.SLASH
        factors[-2:] = [Derivative(numerator.kind, numerator.of, below, form, span=span)]
        operators.pop()


def _over(parser: Parser, numerator: Node, denominator: Node, form: Form, span: Span) -> Node:
    """Return a derivative where both halves begin with its sign, and a quotient otherwise."""
    above = _above(numerator)
    below = _below(denominator, above.order if above is not None else None)
    if above is None or below is None:
        if isinstance(numerator, Differential) and numerator.of is None:
            if numerator.kind != "∂":
                raise parser.failure(Reason.DERIVATIVE)
            return Unevaluated(_NO_SIGN_BELOW, (denominator,), span=span)
        return Fraction(numerator, denominator, span=span)
    # A sign for each letter below says the order where the one above leaves it out.
    if above.order not in (1, len(below)):
        raise parser.failure(Reason.DERIVATIVE)
    return Derivative(above.kind, above.of, below, form, span=span)


def _above(node: Node) -> Differential | None:
    """Return a numerator as one differential: `\\partial W x` is of the product W x."""
    if isinstance(node, Product) and isinstance(first := node.factors[0], Differential):
        if first.of is None or any(isinstance(f, Differential) for f in node.factors[1:]):
            return None
        whole = Product((first.of, *node.factors[1:]), node.operators, span=node.span)
        return Differential(first.kind, whole, first.order, span=node.span)
    return node if isinstance(node, Differential) and node.kind != "Δ" else None


def _below(node: Node, order: int | None) -> tuple[Node, ...] | None:
    """Return what a denominator differentiates by, `\\partial w^2` as (w, w).

    Below a numerator that differentiates once, the number is that of a layer: `\\partial a^2 /
    \\partial w^2`.
    """
    parts = node.factors if isinstance(node, Product) else (node,)
    by: list[Node] = []
    for part in parts:
        if not isinstance(part, Differential) or part.of is None or part.kind == "Δ":
            return None
        if isinstance(part.of, Power) and isinstance(part.of.exponent, Number):
            base, number = part.of.base, part.of.exponent
            if order == len(parts) == 1 and isinstance(base, Symbol):
                mark = Mark(MarkKind.BARE, number, span=number.span)
                by.append(replace(base, marks=(*base.marks, mark), span=part.of.span))
                continue
            by += [part.of.base] * _count(part.of.exponent.digits)
        elif part.order > 1 and part.order == order:
            by += [part.of] * part.order  # `\\partial^2 f / \\partial^2 x`, a slip of the pen
        elif order == _TWICE and len(parts) == 1 and (plain := _squared(part.of)) is not None:
            by += [plain] * _TWICE
        else:
            by.append(part.of)
    return tuple(by)


def _squared(node: Node) -> Node | None:
    r"""The w of `\partial^2 L / \partial w^2` where a raised 2 elsewhere is a layer or a name."""
    if not isinstance(node, Symbol) or not node.marks:
        return None
    last = node.marks[-1]
    is_two = last.kind is MarkKind.LAYER and last.body == Number("2")
    if last.kind is MarkKind.SQUARED or is_two:
        return replace(node, marks=node.marks[:-1])
    return None


def _count(digits: str) -> int:
    return int(digits) if digits.isdecimal() and int(digits) <= _ORDER_LIMIT else 0


def _is_leibniz(parser: Parser) -> bool:
    r"""Say whether both halves of the `\frac` here begin with a differential's d."""
    if not parser.sees("{") or not _d_at(parser, 1, numerator=True):
        return False
    below = parser.group_end() + 1
    return (
        parser.sees("{", ahead=below)
        and bool(_d_at(parser, below + 1, numerator=False))
        and _is_delta(parser, 1) == _is_delta(parser, below + 1)
    )


def _is_delta(parser: Parser, ahead: int) -> bool:
    return parser.sees("name", "delta", ahead)


def _d_at(parser: Parser, ahead: int, *, numerator: bool) -> int:
    """Return how many tokens the d of a differential takes there, 0 where there is none."""
    length = 0
    if parser.sees("letter", "d", ahead):
        length = 1
    elif parser.sees("command", "mathrm", ahead) or parser.sees("command", "text", ahead):
        if [parser.peek(ahead + n).text for n in (1, 2, 3)] == ["{", "d", "}"]:
            length = 4
    elif parser.sees("text", "d", ahead) or _is_delta(parser, ahead):
        length = 1
    after = parser.peek(ahead + length)
    begins = after.kind in _BEGINS_NAME or (
        numerator and (after.kind in ("}", "sup") or after.text == "(")
    )
    return length if begins else 0


def _leibniz(parser: Parser, numerator: bool) -> Node:
    """Read one half of a fraction of d's."""
    start = parser.at
    parser.take()
    kind = "∂" if _is_delta(parser, 0) else "d"
    parts: list[Node] = []
    while not parser.sees("}"):
        length = _d_at(parser, 0, numerator=numerator)
        if not length:
            raise parser.failure(Reason.DERIVATIVE)
        parser.at += length
        order = _order(parser)
        of = None if parser.sees("}") else parser.term() if numerator else _below_sign(parser)
        parts.append(Differential(kind, of, order, span=parser.span_from(start)))
    parser.take()
    if len(parts) == 1:
        return parts[0]
    between = (Operator.JUXTAPOSED,) * (len(parts) - 1)
    return Product(tuple(parts), between, span=parser.span_from(start))


def _below_sign(parser: Parser) -> Node:
    r"""Read what a d below a stroke belongs to, also a function, `\delta D(x)`."""
    start = parser.at
    of = parser.factor()
    if isinstance(of, Symbol) and parser.sees("bracket", "("):
        return Call(of, brackets.arguments(parser), span=parser.span_from(start))
    return of


def partial(parser: Parser) -> Node:
    r"""Read `\partial` with what it stands before."""
    start = parser.at
    parser.take()
    if parser.sees("sub"):  # `\\partial_w C`
        parser.take()
        by = parser.argument()
        of = _operand(parser) if parser.starts_factor() else None
        return Derivative("∂", of, (by,), Form.OPERATOR, span=parser.span_from(start))
    return differential(parser, "∂")


def differential(parser: Parser, kind: str) -> Node:
    """Read what a differential's sign, just taken, belongs to, and a slash with another."""
    start = parser.at - 1
    order = _order(parser)
    while parser.sees("{") and parser.sees("}", ahead=1):
        parser.at += 2  # the place of what `\\frac{\\partial{}}{\\partial{x}}` is applied to
    word = parser.sees("text") and names.is_word(parser.peek().text.strip())
    alone = not (word or parser.starts_factor())
    of = None if alone else parser.factor()
    node: Node = Differential(kind, of, order, span=parser.span_from(start))
    if kind == "Δ" or not parser.sees("product", "/") or not _sign_follows(parser, kind):
        return node
    parser.take()
    denominator = parser.factor()
    span = parser.span_from(start)
    return applied(parser, _over(parser, node, denominator, Form.SLASH, span), start)


def _sign_follows(parser: Parser, kind: str) -> bool:
    if kind == "∂":
        return parser.sees("command", "partial", ahead=1)
    return bool(_d_at(parser, 1, numerator=False))


def _order(parser: Parser) -> int:
    if not parser.skip("sup"):
        return 1
    exponent = parser.argument()
    order = _count(exponent.digits) if isinstance(exponent, Number) else 0
    if not order:
        raise parser.failure(Reason.DERIVATIVE)
    return order


def applied(parser: Parser, node: Node, start: int) -> Node:
    """Apply a derivative without numerator to what follows."""
    if not isinstance(node, Derivative) or node.of is not None or not parser.starts_factor():
        return node
    of = parser.factor() if parser.sees("bracket") else parser.term()
    span = parser.span_from(start)
    return Derivative(node.kind, of, node.by, Form.OPERATOR, span=span)


# --- the other commands -----------------------------------------------------------------------


def nabla(parser: Parser) -> Node:
    r"""Read `\nabla_{W} J`, and `\nabla_{W}^2 J`."""
    start = parser.at
    parser.take()
    named = _names_estimate(parser)
    twice = not named and _is_squared(parser)
    by, several = None, False
    if parser.skip("sub"):
        several = parser.sees("{") and _lists(parser)
        by = Tuple(subscripts(parser), "") if several else parser.argument()
    twice = twice or (not named and not several and _is_squared(parser))
    word = parser.sees("text") and names.is_word(parser.peek().text.strip())
    goes_on = parser.starts_factor() or (word and not parser.closes_word())
    of = (_operand(parser) if by else parser.factor()) if goes_on else None
    span = parser.span_from(start)
    if several:
        parts = () if of is None else (of,)
        return Unevaluated("a gradient by several quantities", parts, repr(by), span=span)
    if named:
        parts = () if of is None else (of,)
        return Unevaluated("an estimate of a gradient", parts, repr(by), span=span)
    return Hessian(of, by, span=span) if twice else Nabla(of, by, span=span)


def _is_squared(parser: Parser) -> bool:
    """Take the square of a nabla, where it has one."""
    squared = parser.sees("sup") and [(t.kind, t.text) for t in _script(parser)] == [
        ("number", "2")
    ]
    if squared:
        parser.take()
        parser.argument()
    return squared


def _script(parser: Parser) -> list[Token]:
    """The tokens of the superscript that comes next, without its braces."""
    if not parser.sees("{", ahead=1):
        return [parser.peek(1)]
    return [parser.peek(n) for n in range(2, parser.group_end(1))]


def _lists(parser: Parser) -> bool:
    """Say whether the braces that come next hold a list."""
    depth = 0
    for ahead in range(parser.group_end()):
        token = parser.peek(ahead)
        depth += (token.text in ("{", "(", "[")) - (token.text in ("}", ")", "]"))
        if depth == 1 and (token.kind, token.text) == ("punctuation", ","):
            return True
    return False


def _names_estimate(parser: Parser) -> bool:
    r"""Say whether a nabla is of an estimate: `\hat{\nabla}_w`, or of a name, `\nabla_{SGD}`."""
    if parser.tokens[parser.at - 1].text != "nabla":
        return True
    if not (parser.sees("sub") and parser.sees("{", ahead=1)):
        return False
    inside = [parser.peek(n) for n in range(2, parser.group_end(1))]
    word = "".join(token.text for token in inside)
    if len(word) < _WORD or not word.isupper() or any(t.kind != "letter" for t in inside):
        return False
    name = inside[0]._replace(kind="name", text=word, end=inside[-1].end)
    parser.tokens[parser.at + 2 : parser.at + 2 + len(inside)] = [name]
    return True


def _operand(parser: Parser) -> Node:
    r"""Read what an operator is applied to: one factor, or a product that begins with a row.

    `\nabla_w r^T r` is the gradient of a number; a row has none that a column could stand behind.
    Before another derivative, `\nabla_x z^T \nabla_z L`, it is the chain rule instead. A number in
    front belongs to what is behind it: `\nabla_w \frac12 e^2`.
    """
    start = parser.at
    factors = [parser.factor()]
    end, depth = parser.at, parser.depth
    if not (isinstance(factors[0], Transpose) or _is_coefficient(factors[0])):
        return factors[0]
    while parser.starts_factor():
        factors.append(parser.factor())
    found = [node for factor in factors for node in factor.walk()]
    if len(factors) == 1 or any(isinstance(node, _DERIVATIVES) for node in found):
        parser.at, parser.depth = end, depth
        return factors[0]
    between = (Operator.JUXTAPOSED,) * (len(factors) - 1)
    return Product(tuple(factors), between, span=parser.span_from(start))


def _is_coefficient(node: Node) -> bool:
    r"""Say whether this is a number that nobody differentiates alone: `2`, `\frac{\lambda}{2m}`."""
    if not isinstance(node, Fraction):
        return isinstance(node, Number)
    above, *below = stripped(node.numerator), *_factors(node.denominator)
    plain = isinstance(above, Number) or (isinstance(above, Symbol) and above.name in _RATES)
    return plain and all(
        isinstance(each, Number) or (isinstance(each, Symbol) and each == each.base)
        for each in below
    )


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Product) else (stripped(node),)


def root(parser: Parser) -> Node:
    r"""Read `\sqrt[n]{x}`."""
    start = parser.at
    parser.take()
    degree = None
    if parser.skip("bracket", "["):
        degree = parser.sum()
        parser.expect("bracket", "]")
    # Plain text types the root as a function: `sqrt(2*pi)`.
    typed = parser.sees("bracket", "(")
    inner = brackets.read(parser) if typed else parser.argument()
    inner = inner.body if typed and isinstance(inner, Group) else inner
    return Sqrt(inner, degree, span=parser.span_from(start))


def binomial(parser: Parser) -> Node:
    r"""Read `\binom{n}{k}`."""
    start = parser.at
    parser.take()
    return Binomial(parser.argument(), parser.argument(), span=parser.span_from(start))


def brace(parser: Parser) -> Node:
    r"""Read `\underbrace{x}_{= 0}`, which claims, or `_{\text{blue}}`, which decorates."""
    start = parser.at
    over = parser.take().text == "overbrace"
    body = parser.argument()
    claim: Relation | None = None
    note: Node | None = None
    if parser.skip("sup" if over else "sub"):
        claim, note = _note(parser)
    return Brace(body, claim, note, over, span=parser.span_from(start))


def _note(parser: Parser) -> tuple[Relation | None, Node | None]:
    """Read what stands at a brace; what is no formula is its decoration, kept as words."""
    if not parser.sees("{"):
        return None, parser.argument()
    here, start = parser.at, parser.at + 1
    end = here + parser.group_end()
    state = (parser.depth, parser.closers, parser.in_subscript)
    claims = parser.tokens[start].kind == "relation"
    try:
        if not claims:
            return None, parser.argument()
        parser.take()
        sign = parser.take()
        right = parser.relation()
        operands = right.operands if isinstance(right, Relation) else (right,)
        signs = (sign.text, *(right.operators if isinstance(right, Relation) else ()))
        span = parser.span_from(start)
        while parser.sees("text"):
            parser.take()
        parser.expect("}")
        return Relation((Dots(span=sign.span), *operands), signs, span=span), None
    except Unreadable:
        if claims:
            raise
        parser.depth, parser.closers, parser.in_subscript = state
        parser.at = end + 1
        inside = " ".join(token.text for token in parser.tokens[start:end])
        return None, Text(inside, span=Span(parser.tokens[start].start, parser.tokens[end].start))


def annotated(parser: Parser) -> Node:
    r"""Read `\overset{note}{x}` and `\underset{note}{x}`."""
    start = parser.at
    over = parser.take().text != "underset"
    _claim, note = _note(parser)
    body = parser.argument()
    if not over and note is not None and isinstance(body, Symbol) and body.name in names.EXTREMA:
        return Extremum(body.name, note, parser.factor(), span=parser.span_from(start))
    return Brace(body, None, note, over, span=parser.span_from(start))


COMMANDS: dict[str, Callable[[Parser], Node]] = {
    **dict.fromkeys(["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"], fraction),
    **dict.fromkeys(["binom", "dbinom", "tbinom"], binomial),
    **dict.fromkeys(["overset", "underset", "stackrel"], annotated),
    "partial": partial,
    "nabla": nabla,
    "estimated nabla": nabla,
    "sqrt": root,
    "sum": sums.read,
    "prod": sums.read,
    **dict.fromkeys(["int", "iint", "iiint", "oint", "lim"], sums.read_limit),
    "underbrace": brace,
    "overbrace": brace,
}


def place_of(derivative: Node, behind: Node) -> Node | None:
    r"""What is meant by a derivative and a bracket behind it that says where: `\frac{df}{dx}(x)`.

    It is the derivative itself where the bracket has the letters by which is differentiated. With a
    number or another letter alone in it nobody knows; what is more than that is a factor: None.
    """
    if not isinstance(derivative, Derivative) or derivative.of is None or not derivative.by:
        return None
    if derivative.form is not Form.FRACTION or not isinstance(behind, Group):
        return None
    if behind.bracket != "(":
        return None
    body = behind.body
    said = body.items if isinstance(body, Tuple) else (body,)
    if not all(map(_is_place, said)):
        return None
    by = [each for each in derivative.by if isinstance(each, Symbol)]
    if any(each in said for each in by):
        return replace(derivative, span=Span(derivative.span[0], behind.span[1]))
    # At a number or another letter it is taken, or multiplied: `\frac{df}{dx}(2)`.
    span = Span(derivative.span[0], behind.span[1])
    return Unevaluated("a derivative at a place", (derivative, body), span=span)


def _is_place(node: Node) -> bool:
    if isinstance(node, Sum) and len(node.terms) == 1:
        node = node.terms[0]
    return isinstance(node, Symbol | Number)
