r"""Names of quantities and functions: letters, words, fonts, accents, and what they apply to.

Letters typed together are the hard part: `Wx` is a product, `target` a name, `dz` a differential.
Words are names when they are known, or long and pronounceable; two letters are a product; what
lies between is refused and not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula import brackets, fractions, scripts, steps
from symback.reading.formula import commands as words
from symback.reading.formula.superscripts import Scripts
from symback.reading.formula.syntax import (
    NOWHERE,
    Call,
    Differential,
    Dots,
    Extremum,
    Fraction,
    Group,
    Indicator,
    Mark,
    MarkKind,
    Node,
    Number,
    Operator,
    Power,
    Product,
    Relation,
    Sum,
    Symbol,
    Text,
    Transpose,
    Unevaluated,
)  # fmt: skip
from symback.reading.formula.tokens import Token
from symback.reading.formula.unread import Reason, Unreadable

if TYPE_CHECKING:
    from symback.reading.formula.parser import Parser

_INDEX_LETTERS = frozenset("ijklmnpqrst")
_VOWELS = frozenset("aeiouyAEIOUY")
_TRACES = frozenset(["tr", "Tr", "trace"])
_TRACE_OF = re.compile(r"([Tt]r)[A-Z]+")
EXTREMA = frozenset(["max", "min", "sup", "inf", "argmax", "argmin", "argsup", "arginf"])
_COUNTING = frozenset("bcdhijklmnpqrstuvwxy") | {"ell"}
_COUNTING_ALONE = frozenset("ijklmnt") | {"ell"}
_LAST = frozenset("LT")
_BLACKBOARD = frozenset(["mathds", "mathbbm", "textbb"])
_ONES = frozenset(["1", "I"])
_LOSS, _EXPECTATION = Symbol("E"), "𝔼"
_PROBABILITIES = frozenset(["P", "p", "Pr"])
_DENSITIES = _PROBABILITIES | {"q", "Q", "pi"}
_LOGARITHM = re.compile(r"[A-Za-z](ln|log)[A-Za-z]?")
_COMPOUND = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+")
_OF_A_LETTER = re.compile(r"ln[A-Za-z]")
_OF_ONES = ("blackboard", "bold")
_PAIR, _WORD = 2, 3
_WITH_D = frozenset(["add", "odd", "adj", "idx", "ids", "edd"])
_AFTER_NAME = frozenset(["sub", "sup", "prime", "relation", "sign", "product"])


def read(parser: Parser) -> Node:
    """Read a name with its scripts and, where it is a function, its arguments."""
    start = parser.at
    if sign := differential_sign(parser):
        return fractions.differential(parser, sign)
    head = _head(parser)
    if isinstance(head, Text) and _COMPOUND.fullmatch(head.words) and _is_applied(parser, 0):
        head = Symbol(head.words, span=head.span)  # `\\text{Gumbel-Softmax}(z)`
    if not isinstance(head, Symbol):
        return head
    written = scripts.read(parser)
    span = parser.span_from(start)
    if head.name in _ONES and head.font in _OF_ONES and not written.marks:
        return _indicator(parser, head, written, start)
    whole = head.name.startswith("arg") or not brackets.opens(parser)
    if head.name in EXTREMA and written.subscripts and whole:
        below = written.subscripts[0]
        named = parser.peek().kind in ("end-of-formula", "quad", "punctuation")  # `$\\max_x$`
        body = Dots(span=parser.peek().span) if named else parser.factor()
        return Extremum(head.name, below, body, span=parser.span_from(start))
    before = parser.at
    if (arguments := _arguments(parser, head)) is not None and _are_of(head, written, arguments):
        parser.at, arguments = before, None  # `a(1 - a)`, also where `a(z) = …` is a function
    if arguments is not None:
        if written.power and not _counts(written.power):  # `f^{-1}`: an inverse or a quotient
            what = "the inverse of a function, or one over it"
            beside = repr((head, written))
            return Unevaluated(what, arguments, beside, span=parser.span_from(start))
        order, written.primes = written.primes, 0
        power, transposed = written.power, written.transposed
        function = scripts.decorated(head, written, span)
        node = _to_base(Call(function, arguments, order, span=parser.span_from(start)))
        node = Power(node, power, span=node.span) if power else node
        node = Transpose(node, span=node.span) if transposed else node
        if written.condition:
            what = "a value under a condition"
            return Unevaluated(what, (node,), repr(written.condition), span=node.span)
        return node
    if parser.functions.steps(head) and parser.sees("bracket", "("):
        parser.take()
        step = parser.sum()
        parser.expect("bracket", ")")
        head = replace(head, iteration=step)
        span = parser.span_from(start)
    if parser.functions.has_step_behind(head) and not written.marks:
        if mark := steps.behind(parser):
            written.marks = (mark,)
            written = scripts.joined(written, scripts.read(parser))
            span = parser.span_from(start)
    elif parser.functions.has_place_behind(head) and not written.marks:
        if place := _indices_behind(parser, with_last=True):
            mark = Mark(MarkKind.BRACKET, place[0], span=place[0].span)
            written.marks = (mark,)
            written = scripts.joined(written, scripts.read(parser))
            span = parser.span_from(start)
    elif parser.functions.has_indices_behind(head) and not written.subscripts:
        written.subscripts = _indices_behind(parser)
        if written.subscripts:
            written = scripts.joined(written, scripts.read(parser))
            span = parser.span_from(start)
    return scripts.apply(parser, head, written, span)


def called(parser: Parser, node: Node, start: int) -> Node:
    """Return what stands in braces, applied to what follows if it is a function: `{f_a}'(x)`."""
    if not isinstance(node, Symbol) or parser.in_subscript:
        return node
    # A list cannot be multiplied: `{E_t}(y, a)`.
    is_of_list = parser.sees("bracket", "(") and brackets.holds_list(parser)
    if not is_of_list and not parser.functions.calls(node):
        return node
    primes = 0
    while parser.sees("prime", ahead=primes):
        primes += 1
    if not parser.sees("bracket", "(", ahead=primes):
        return node
    before = parser.at
    parser.at += primes
    arguments = brackets.arguments(parser)
    if not primes and _holds(node, arguments):
        parser.at = before
        return node
    return Call(node, arguments, primes, span=parser.span_from(start))


def counts_entries(items: Sequence[Node], *, with_last: bool = False) -> bool:
    """Say whether what stands in a bracket are indices: letters that count, numbers, sums of them.

    With one index alone it needs a letter, as `a[1]` can be a factor as well. The last layer or
    step has a capital letter, `y_i[L]`, which can be a factor, too.
    """
    letters = _COUNTING if len(items) > 1 else _COUNTING_ALONE
    letters = letters | _LAST if with_last else letters
    nodes = [node for item in items for node in item.walk()]
    return all(
        isinstance(node, Number | Sum | Product | Group)
        or (isinstance(node, Symbol) and node.name in letters and not node.marks)
        for node in nodes
    ) and any(isinstance(node, Symbol) or len(items) > 1 for node in nodes)


def _indices_behind(parser: Parser, *, with_last: bool = False) -> tuple[Node, ...]:
    """Read the indices in the square bracket that comes next; nothing where it holds none."""
    if not parser.sees("bracket", "[") or parser.peek().spaced:
        return ()
    before = parser.at
    parser.take()
    try:
        items = [parser.sum()]
        while parser.skip("punctuation", ","):
            items.append(parser.sum())
    except Unreadable:  # `A[i, :]`
        items = [Dots()]
    shown = [*items, Number("1")][: max(2, len(items))]
    if parser.sees("bracket", "]") and counts_entries(shown, with_last=with_last):
        parser.take()
        return tuple(items)
    parser.at = before
    return ()


def _are_of(head: Symbol, written: Scripts, arguments: tuple[Node, ...]) -> bool:
    """Say whether what stands in a bracket is made of the name before it, which it multiplies."""
    if head.name in words.FUNCTIONS or written.primes or len(arguments) != 1:
        return False
    return _holds(scripts.decorated(head, written, NOWHERE), arguments)


def _holds(symbol: Symbol, arguments: tuple[Node, ...]) -> bool:
    """Say whether a name stands by itself, applied to nothing, in a sum: the a of `1 - a`."""
    sums = [argument for argument in arguments if isinstance(argument, Sum)]
    parts = [part for argument in sums for part in argument.walk()]
    applied = {id(part.function) for part in parts if isinstance(part, Call)}
    return any(part == symbol and id(part) not in applied for part in parts)


def _to_base(call: Call) -> Node:
    r"""Return a logarithm with its base written out: `\log_2 x` is log x over log 2."""
    if call.function.name != "log" or len(call.function.subscripts) != 1 or call.function.marks:
        return call
    (base,) = call.function.subscripts
    if not isinstance(base, Number | Symbol):
        return call
    natural = replace(call, function=replace(call.function, subscripts=()))
    if isinstance(base, Symbol) and base.name == "e" and base.font in ("", "roman"):
        return natural
    return Fraction(natural, replace(natural, arguments=(base,), order=0), span=call.span)


def _is_bar(token: Token) -> bool:
    return token.kind == "bracket" and token.text in ("|", "mid")


def _is_sign(token: Token) -> bool:
    return token.kind == "sign"


def _arguments(parser: Parser, head: Symbol) -> tuple[Node, ...] | None:
    """Return the arguments that follow, or None where this name is not applied to anything."""
    if parser.functions.calls(head):
        if brackets.opens(parser):
            return brackets.arguments(parser)
        if parser.sees("{") and parser.sees("bracket", "(", ahead=1):  # `\sigma{(z)}`
            parser.take()
            arguments = brackets.arguments(parser)
            parser.expect("}")
            return arguments
        if head.name in words.FUNCTIONS and not parser.in_subscript and parser.starts_factor():
            of_product = head.name in _TRACES
            return (_product(parser) if of_product else _bare_argument(parser),)
        return None
    if parser.sees("bracket", "("):
        # A list cannot be multiplied, and `k(m)` in a subscript is a map of indices.
        if parser.in_subscript or brackets.holds_list(parser):
            return brackets.arguments(parser)
        if head.name in _DENSITIES and brackets.holds(parser, _is_bar):  # `P(t = 1 | z)`
            return brackets.arguments(parser)
    return None


def _bare_argument(parser: Parser) -> Node:
    r"""Read the one factor that `\log` or `\tanh` without brackets is applied to.

    `\log p q` is written for (log p)q and for log(pq) alike, and is refused. A probability is of
    what its brackets hold, and alone behind the logarithm: `\log \pi_\theta(a) (G - b)`. A
    number before pi begins what is under the logarithm of a density: `\log 2\pi\sigma^2`.
    """
    start = parser.at
    argument = parser.factor()
    if isinstance(argument, Number) and parser.sees("name", "pi"):
        argument = _times_pi(parser, argument, start)
    if (
        isinstance(argument, Symbol)
        and argument.name in _DENSITIES
        and brackets.opens(parser)
        and not brackets.holds(parser, _is_sign)  # `\log p (1 - p)` can be a product
    ):
        argument = Call(argument, brackets.arguments(parser), span=parser.span_from(start))
    elif isinstance(argument, Symbol) and parser.sees("bracket", "(") and _of_one(parser):
        # Nobody multiplies behind a logarithm by one letter in brackets: `\log D(x)`.
        argument = Call(argument, brackets.arguments(parser), span=parser.span_from(start))
        return argument
    elif isinstance(argument, Symbol) and argument.name == _EXPECTATION and brackets.opens(parser):
        return Call(argument, brackets.arguments(parser), span=parser.span_from(start))
    stepped = isinstance(argument, Symbol) and argument.iteration is not None  # `p_\\theta(\\tau)`
    name = argument.function.name if isinstance(argument, Call) else ""
    name = argument.name if stepped and isinstance(argument, Symbol) else name
    # The value of an action, `Q^\\pi(s, a)`: behind a policy no Q is a density.
    values = parser.sees("letter", "Q") and (name == "pi" or parser.sees("sup", ahead=1))
    if name in _DENSITIES and (values or parser.peek().text not in _DENSITIES):
        return argument
    after = parser.peek()
    function_next = after.kind == "command" and after.text in words.FUNCTIONS
    if parser.integrals and _is_differential_next(parser):
        return argument
    if parser.starts_factor() and not function_next:
        raise parser.failure(Reason.AMBIGUOUS_ARGUMENT)
    return argument


def _times_pi(parser: Parser, number: Node, start: int) -> Node:
    r"""Read the letters that follow a number before pi, with the powers of them."""
    factors = [number]
    while (parser.sees("name") or parser.sees("letter")) and not _is_differential_next(parser):
        factors.append(parser.factor())
    signs = (Operator.JUXTAPOSED,) * (len(factors) - 1)
    return Product(tuple(factors), signs, span=parser.span_from(start))


def _is_differential_next(parser: Parser) -> bool:
    r"""Say whether the `dx` of an integral comes next, which no function is of."""
    here = parser.at
    found = bool(differential_sign(parser))
    parser.at = here
    return found


def _product(parser: Parser) -> Node:
    r"""Read the product that a trace without brackets is of: `\\mathrm{tr} A B^T`."""
    start = parser.at
    factors = [parser.factor()]
    while parser.starts_factor() and not parser.sees("begin"):
        factors.append(parser.factor())
    if len(factors) == 1:
        return factors[0]
    between = (Operator.JUXTAPOSED,) * (len(factors) - 1)
    return Product(tuple(factors), between, span=parser.span_from(start))


def _of_one(parser: Parser) -> bool:
    """Say whether the bracket that comes next holds one letter alone."""
    return parser.peek(1).kind in ("letter", "name") and parser.peek(2).text == ")"


def _counts(power: Node) -> bool:
    return isinstance(power, Number)


def _indicator(parser: Parser, head: Symbol, written: Scripts, start: int) -> Node:
    if len(written.subscripts) == 1 and isinstance(written.subscripts[0], Relation):
        return Indicator(written.subscripts[0], span=parser.span_from(start))
    node = scripts.apply(parser, head, written, parser.span_from(start))
    return brackets.indicator(parser, node)


# --- heads: a name without scripts ------------------------------------------------------------


def _head(parser: Parser) -> Node:
    token = parser.peek()
    if token.kind == "letter":
        return _letters(parser)
    parser.take()
    if token.kind == "name":
        return Symbol(token.text, span=token.span)
    if token.kind == "text":
        word = token.text.strip().replace("\\_", "_")
        return Symbol(word, span=token.span) if word.isalnum() else Text(word, span=token.span)
    name = token.text
    if name in words.ACCENTS:
        return _accented(parser, words.ACCENTS[name])
    if name in words.FONTS or name in _BLACKBOARD:
        return _in_font(parser, words.FONTS.get(name, "blackboard"))
    if (
        name == "arg"
        and parser.sees("command")
        and parser.peek().text in ("max", "min", "sup", "inf")
    ):
        return Symbol(f"arg{parser.take().text}", span=token.span)
    if name in words.FUNCTIONS:
        return Symbol(name, span=token.span)
    raise parser.failure(Reason.UNEXPECTED, token)


def single_letter(parser: Parser) -> Symbol:
    """Read one letter, whatever stands after it."""
    token = parser.take()
    return Symbol(token.text, span=token.span)


def bare(parser: Parser) -> Node:
    r"""Read one command and its arguments, as in `\hat\mathbf{y}` or `x^\frac12`."""
    handler = fractions.COMMANDS.get(parser.peek().text)
    if parser.sees("command") and handler:
        return handler(parser)
    return _head(parser)


def _accented(parser: Parser, accent: str) -> Node:
    start = parser.at - 1
    if parser.sees("{") and parser.sees("}", ahead=1):
        parser.at += 2  # `v^{\\bar{}}`
        return Unevaluated("an accent over nothing", (), accent, span=parser.span_from(start))
    body = parser.argument()
    if accent == "vec" and isinstance(body, Number) and body.digits in ("0", "1"):
        return in_font(parser, body, "bold")  # a vector of ones, or of noughts
    if isinstance(body, Text | Relation):
        raise parser.failure(Reason.UNEXPECTED, parser.tokens[start])
    if not isinstance(body, Symbol):
        what = "an accent over a formula"
        return Unevaluated(what, (body,), span=parser.span_from(start))
    return replace(body, accents=(accent, *body.accents), span=parser.span_from(start))


def _in_font(parser: Parser, font: str) -> Node:
    start = parser.at - 1
    if font == "roman" and parser.sees("{") and _holds_word(parser):
        word = _upright_word(parser)
        if len(word) > 1:
            return Symbol(word, span=parser.span_from(start))
        return Symbol(word, "roman", span=parser.span_from(start))
    if not font:
        _join_digits(parser)
    elif font in _OF_ONES:
        _free_ones(parser)
    return in_font(parser, parser.argument(), font)


def _free_ones(parser: Parser) -> None:
    r"""Read `\mathbf{1_m}` as `\mathbf{1}_m`, the ones with the number of them."""
    if parser.sees("{") and parser.sees("number", ahead=1) and parser.sees("sub", ahead=2):
        if parser.peek(1).text in ("0", "1"):
            end = parser.at + parser.group_end()
            closing, last = parser.tokens[end], parser.tokens[end - 1]
            parser.tokens[end - 1] = last._replace(end=closing.end)
            del parser.tokens[end], parser.tokens[parser.at]


def _join_digits(parser: Parser) -> None:
    r"""Make one name of the letters and digits a `\mathit{W2_{00}}` begins with."""
    letters = 0
    while parser.sees("letter", ahead=1 + letters):
        letters += 1
    digits = parser.peek(1 + letters)
    if parser.sees("{") and letters and digits.kind == "number" and digits.text.isdecimal():
        begin, end = parser.at + 1, parser.at + 2 + letters
        if not any(token.spaced for token in parser.tokens[begin + 1 : end]):
            name = "".join(token.text for token in parser.tokens[begin:end])
            joined = parser.tokens[begin]._replace(kind="name", text=name, end=digits.end)
            parser.tokens[begin:end] = [joined]


def _joins_words(parser: Parser, before: int) -> bool:
    r"""Say whether a minus is a hyphen: three letters or more stand on each of its sides."""
    if not parser.sees("sign", "-") or before < _WORD:
        return False
    return all(parser.sees("letter", ahead=1 + n) for n in range(_WORD))


def _holds_word(parser: Parser) -> bool:
    r"""Say whether an `\operatorname{…}` holds letters and digits alone, and no formula."""
    inside = [parser.peek(ahead).kind for ahead in range(1, parser.group_end())]
    return "command" not in inside[:1] and not {"bracket", "sub", "sup", "}"}.intersection(inside)


def _upright_word(parser: Parser) -> str:
    r"""Read the letters and digits of an `\operatorname{…}`, and the hyphen of `skip-gram`."""
    parser.take()
    letters: list[str] = []
    while not parser.sees("}"):
        if _joins_words(parser, len(letters)):
            letters.append(parser.take().text)
            continue
        if not (parser.sees("letter") or parser.sees("number") or parser.sees("text")):
            raise parser.failure(Reason.UNEXPECTED)
        letters.append(parser.take().text.strip())
    parser.take()
    if not letters:
        raise parser.failure(Reason.MISSING_OPERAND)
    return "".join(letters)


def in_font(parser: Parser, node: Node, font: str) -> Node:
    """Return a node with its letters set in a font."""
    if isinstance(node, Symbol):
        if font == "blackboard" and node == _LOSS:
            return replace(node, name=_EXPECTATION, font=font)  # no error, though its letter is E
        return (
            node
            if node.font or (len(node.name) > 1 and font == "roman")
            else replace(node, font=font)
        )
    if isinstance(node, Number) and node.digits == "0" and font == "bold":
        return node
    if isinstance(node, Number) and node.digits.isdecimal():
        return Symbol(node.digits, font, span=node.span)
    if isinstance(node, Differential) and isinstance(node.of, Symbol):
        return replace(node, of=in_font(parser, node.of, font))
    if isinstance(node, Product) and font == "bold" and _is_adjoint(node):
        return Differential("d", in_font(parser, node.factors[1], font), span=node.span)
    if isinstance(node, Product):
        factors = tuple(in_font(parser, factor, font) for factor in node.factors)
        return replace(node, factors=factors)
    if isinstance(node, (Transpose, Power)):
        return node
    if isinstance(node, Call) and font == "roman":
        named = in_font(parser, node.function, font)
        return replace(node, function=named) if isinstance(named, Symbol) else node
    if font == "roman" and not isinstance(node, Text):
        return node  # `\\mathrm{z(u, v) + …}`: upright or not, the quantities are the same
    if font == "bold" and not isinstance(node, Relation | Text):
        return node  # a whole formula in heavy type, `\\mathbf{\\frac{\\partial L}{\\partial w}}`
    raise parser.failure(Reason.UNEXPECTED)


def _is_adjoint(node: Product) -> bool:
    r"""Say whether two letters are a gradient's name in one font, `\mathbf{dx}`."""
    if len(node.factors) != 2 or node.operators[0] is not Operator.JUXTAPOSED:
        return False
    sign, of = node.factors
    return sign == Symbol("d") and isinstance(of, Symbol) and of == Symbol(of.name)


# --- letters typed together -------------------------------------------------------------------


def _letters(parser: Parser) -> Node:
    """Read one letter, or a whole word where the letters typed together are a name."""
    start = parser.at
    run = _run(parser)
    word = _indices_word(run) if parser.in_subscript else _word(parser, run)
    parser.at += len(word)
    symbol = Symbol(word, span=parser.span_from(start))
    after = parser.peek()
    if after.kind == "number" and not after.spaced and parser.sees("sub", ahead=1):
        if after.text.isdecimal():
            parser.take()  # `M2_a`: a number cannot have an index
            return replace(symbol, name=word + after.text, span=parser.span_from(start))
    # `w5` is how people type w_5; a product would have its number in front.
    if after.kind == "number" and not (after.spaced or parser.in_subscript):
        if after.text.isdecimal():
            parser.take()
            index = Number(after.text, span=after.span)
            return replace(symbol, subscripts=(index,), span=parser.span_from(start))
    return symbol


def _run(parser: Parser) -> str:
    letters = [parser.peek().text]
    while parser.sees("letter", ahead=len(letters)) and not parser.peek(len(letters)).spaced:
        letters.append(parser.peek(len(letters)).text)
    return "".join(letters)


def _word(parser: Parser, run: str) -> str:
    """Return how much of a run of letters in a formula is one name."""
    if len(run) == 1 or run in words.WORDS or run in words.FUNCTIONS or run in words.ACRONYMS:
        return run
    if len(run) == _WORD and run in words.GREEK:
        return run  # `phi`, whose stroke is missing
    if run in words.APPLIED and _is_applied(parser, len(run)):
        return run
    if run.lower() in words.SENTENCE_WORDS:
        ahead = parser.tokens[parser.at - 1].kind if parser.at else ""
        if len(run) == _PAIR and run[0].isupper() and ahead in ("sign", "product", "relation"):
            return run[0]  # `A x + By`
        raise parser.failure(Reason.NAME_OR_PRODUCT)
    if _LOGARITHM.fullmatch(run):
        return run[0]  # `ylna` is y ln a
    if _OF_A_LETTER.fullmatch(run):
        return "ln"  # `lna`
    if trace := _TRACE_OF.fullmatch(run):
        return trace[1]
    before = parser.tokens[parser.at - 1] if parser.at else None
    if run.isupper() and not parser.peek().spaced:
        if "".join(t.text for t in parser.tokens[max(0, parser.at - 2) : parser.at]) in _TRACES:
            return run[0]  # `trABC`
    if before and before.kind == "letter" and not parser.peek().spaced:
        found = _LOGARITHM.fullmatch(before.text + run)
        if found:
            return found[1]
    if len(run) == _PAIR:
        if run.isupper() and parser.sees("bracket", "(", ahead=2):
            raise parser.failure(Reason.NAME_OR_PRODUCT)
        return run[0]
    if len(run) > 3 and _VOWELS.intersection(run):
        return run
    if _are_quantities(parser, run) and not parser.sees("bracket", "(", ahead=len(run)):
        return run[0]
    raise parser.failure(Reason.NAME_OR_PRODUCT)


def _is_applied(parser: Parser, length: int) -> bool:
    """Say whether a bracket stands behind a name, its number and its index: `rot180(W)`."""
    ahead = length
    if parser.sees("number", ahead=ahead) and not parser.peek(ahead).spaced:
        ahead += 1
    if parser.sees("sub", ahead=ahead):
        ahead += 1
        ahead = parser.group_end(ahead) + 1 if parser.sees("{", ahead=ahead) else ahead + 1
    return parser.peek(ahead).kind == "bracket" and parser.peek(ahead).text in ("(", "[")


def _are_quantities(parser: Parser, run: str) -> bool:
    """Say whether letters are a product: each of them stands by itself in the document.

    A d before one is its differential, as in `HdX`. Small letters alone may be a word.
    """
    letters = [letter for at, letter in enumerate(run) if letter != "d" or at == len(run) - 1]
    is_form = len(run) == _WORD and run[1] == "d" and run not in _WITH_D  # `x dy`
    return (is_form or not run.islower()) and parser.functions.letters.issuperset(letters)


def _indices_word(run: str) -> str:
    """Return how much of a run of letters in a subscript is one index or name."""
    if run in words.WORDS or run in words.FUNCTIONS or len(run) > 3:
        return run
    if len(run) == 3 and not _INDEX_LETTERS.issuperset(run):
        return run
    return run[0]


def is_word(text: str) -> bool:
    r"""Say whether a `\text{…}` is one word that can be a name, and not one of a sentence."""
    return text.isalnum() and text.lower() not in words.SENTENCE_WORDS


def is_typed_word(token: Token) -> bool:
    """Say whether a text is a word of a sentence that was typed as letters, and so no name."""
    typed = token.end - token.start == len(token.text)
    return typed and token.text.lower() in words.SENTENCE_WORDS


def is_name(parser: Parser) -> bool:
    r"""Say whether a `\text{…}` after an operand is a factor and not a word of the sentence."""
    written = parser.peek().text
    if parser.integrals and written.strip() == "d":
        return True  # `\\text{d}x`
    if not is_word(written):
        compound = _COMPOUND.fullmatch(written.strip().replace("\\_", "_"))
        return bool(compound) and _is_applied(parser, 1)
    after = parser.peek(1)
    opens = after.kind == "bracket" and after.text == "("
    return opens or after.kind in _AFTER_NAME or written in words.FUNCTIONS


def differential_sign(parser: Parser) -> str:
    r"""Step over the `d` or `\Delta` of a differential and return it; "" where there is none."""
    token, after = parser.peek(), parser.peek(1)
    if parser.in_subscript:
        return ""
    if token.kind == "text" and token.text.strip() == "d" and parser.integrals:
        if after.kind in ("letter", "name") and not after.spaced:
            parser.take()
            return "d"
    if parser.functions.knows(token.text):
        return ""
    if token.kind == "name" and token.text == "Delta":
        if after.kind in ("letter", "name") or _names(after):
            parser.take()
            return "Δ"
    elif token.kind == "letter" and token.text == "d":
        run = _run(parser)
        rest = run[1:]
        glued = (after.kind in ("name",) and not after.spaced) or _names(after)
        glued = glued or _opens_term(parser)  # `d(X Y)`
        product = len(rest) > 1 and not _VOWELS.intersection(rest) and _are_quantities(parser, rest)
        product = product or (len(rest) == _PAIR and _are_quantities(parser, rest))
        if (not rest and glued) or len(rest) == 1 or rest in words.WORDS or product:
            if run not in words.WORDS and run not in words.FUNCTIONS:
                parser.take()
                return "d"
    elif token.kind == "command" and token.text in ("mathrm", "operatorname"):
        if [parser.peek(n).text for n in (1, 2, 3)] == ["{", "d", "}"]:
            if parser.peek(4).kind in ("letter", "name", "command"):
                parser.at += 4
                return "d"
    return ""


def _opens_term(parser: Parser) -> bool:
    """Say whether a bracket stands right behind a letter that begins a term, and is no list."""
    before = parser.tokens[parser.at - 1].kind if parser.at else "relation"
    if before in ("letter", "name", "number", "command", "product"):
        return False
    if not parser.sees("bracket", "(", ahead=1) or parser.peek(1).spaced:
        return False
    parser.at += 1
    is_list = brackets.holds_list(parser)
    parser.at -= 1
    return not is_list


def _names(token: Token) -> bool:
    named = token.text in words.ACCENTS or token.text in words.FONTS
    return token.kind == "command" and named
