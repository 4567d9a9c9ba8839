r"""The expression parser: precedence climbing over the flat token list of one formula.

    relation = sum { rel sum }
    sum      = [sign] term { sign term }
    term     = factor { [operator] factor }          nothing between two factors is a product
    factor   = atom scripts                          the atoms are in the sibling modules

The depth of nesting is counted in `factor`, which every construct passes through, so no input
can exhaust Python's stack; a long formula is only a long list.
"""

from __future__ import annotations

from collections.abc import Sequence

from symback.reading.formula import (
    brackets,
    fractions,
    scripts,
    series,
    sums,
    tabular,
    unseen_braces,
)
from symback.reading.formula import symbols as names
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Dots,
    Node,
    Number,
    Operator,
    Product,
    Relation,
    Span,
    Sum,
    Symbol,
    Text,
    Tuple,
    Unevaluated,
)
from symback.reading.formula.tokens import Token
from symback.reading.formula.unread import Reason, Unreadable

DEPTH_LIMIT = 50

# Kinds of token that begin a factor wherever they stand.
_FACTOR_KINDS = frozenset(["letter", "name", "number", "dots", "{", "begin", "unknown"])
_OPENING = frozenset(["(", "[", "{", "<", "|<", "||<", "⌊", "⌈"])
_AFTER_CONDITION = frozenset(["end-of-formula", "punctuation", "quad", "text"])
_ENDING_COMMANDS = frozenset(["over", "atop"])


class Parser:
    """A reader of expressions, standing at one token of a list.

    `closers` are the brackets that are open, innermost last; `in_subscript` says that nothing
    between two letters separates indices instead of multiplying.
    """

    def __init__(self, tokens: Sequence[Token], functions: FunctionTable) -> None:
        self.tokens = list(tokens)
        self.functions = functions
        self.at = 0
        self.depth = 0
        self.closers: list[str] = []
        self.in_subscript = False
        self.integrals = 0

    # --- the token list -------------------------------------------------------------------

    def peek(self, ahead: int = 0) -> Token:
        """Return the token `ahead` places on, without taking it."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def take(self) -> Token:
        """Return the current token and step over it."""
        token = self.peek()
        if self.at < len(self.tokens) - 1:
            self.at += 1
        return token

    def sees(self, kind: str, text: str | None = None, ahead: int = 0) -> bool:
        """Say whether a token of this kind (and text) comes next."""
        token = self.peek(ahead)
        return token.kind == kind and (text is None or token.text == text)

    def skip(self, kind: str, text: str | None = None) -> bool:
        """Step over a token of this kind (and text), if it comes next."""
        if self.sees(kind, text):
            self.take()
            return True
        return False

    def expect(self, kind: str, text: str | None = None) -> Token:
        """Step over a token that must come next."""
        if not self.sees(kind, text):
            raise self.failure(Reason.UNEXPECTED)
        return self.take()

    def failure(self, reason: Reason, token: Token | None = None) -> Unreadable:
        """Return the refusal of the current token, or of the one given."""
        token = token or self.peek()
        if token.kind == "unknown":
            command = token.text.startswith("\\")
            reason = Reason.UNKNOWN_COMMAND if command else Reason.UNKNOWN_CHARACTER
        return Unreadable(reason, token.text or "end of formula", token.span)

    def span_from(self, start: int) -> Span:
        """Return the stretch from token number `start` to the last one taken."""
        return self.tokens[start].to(self.tokens[max(start, self.at - 1)])

    def group_end(self, ahead: int = 0) -> int:
        """Return how many places on the `}` of the `{` at `ahead` stands."""
        depth = 0
        while True:
            token = self.peek(ahead)
            if token.kind == "{":
                depth += 1
            elif token.kind == "}":
                depth -= 1
                if not depth:
                    return ahead
            elif token.kind == "end-of-formula":
                raise self.failure(Reason.UNBALANCED)
            ahead += 1

    # --- the grammar ----------------------------------------------------------------------

    def relation(self) -> Node:
        """Read expressions with relations between, or one expression alone."""
        start = self.at
        operands, operators = [self.sum()], []
        while operator := self.relation_sign() or self._arrow_within():
            operators.append(operator)
            operands.append(self.sum())
        if not operators:
            return operands[0]
        return Relation(tuple(operands), tuple(operators), span=self.span_from(start))

    def relation_sign(self) -> str:
        r"""Step over a relation and return it, or return "" where none comes next.

        `\stackrel{!}{=}` and `\overset{(3)}{=}` are the relation they are set over.
        """
        if self.sees("relation"):
            sign = self.take().text
            while self.sees("sub") or (self.sees("sup") and self.sees("{", ahead=1)):
                self.take()  # `\\sim_{iid}`, `=^{(1)}`
                self.at += self.group_end() + 1 if self.sees("{") else 1
            return sign
        if self.sees("command") and self.peek().text in ("stackrel", "overset", "underset"):
            if not self.sees("{", ahead=1):
                return ""
            over = self.group_end(1)
            at = over + 2 if self.sees("{", ahead=over + 1) else over + 1
            if self.sees("command", ahead=at):
                here = self.at  # `\\underset{a}{\\overset{b}{=}}`
                self.at += at
                if (sign := self.relation_sign()) and (at == over + 1 or self.skip("}")):
                    return sign
                self.at = here
                return ""
            if self.sees("relation", ahead=at):
                sign = self.peek(at).text
                self.at += at + 1
                if at == over + 2:
                    self.skip("}")
                return ":=" if sign == "=" and self._says_definition(over) else sign
        return ""

    def _arrow_within(self) -> str:
        r"""Step over an arrow in brackets or a script, `\kappa_{u \to v}`; others are remarks."""
        if self.sees("arrow") and (self.closers or self.in_subscript):
            self.take()
            return "\\to"
        return ""

    def _says_definition(self, length: int) -> bool:
        return any(
            token.kind == "text" and token.text.strip().startswith("def")
            for token in self.tokens[max(0, self.at - length - 4) : self.at]
        )

    def sum(self) -> Node:
        """Read terms with their signs."""
        start = self.at
        node = self._plain_sum()
        if self.sees("dots", ".."):
            dots = Dots(span=self.take().span)
            items = (node, dots, self._plain_sum())
            return Tuple(items, "", span=self.span_from(start))
        while self.sees("operator"):
            operator = self.take().text
            parts = (node, self._plain_sum())
            node = Unevaluated(f"the operator {operator}", parts, span=self.span_from(start))
        return node

    def _plain_sum(self) -> Node:
        start = self.at
        signs, terms = [self._sign()], [self.term()]
        while self.sees("sign") and not (signs[0] < 0 and tabular.ends_in_a_stroke(self)):
            signs.append(self._sign())
            terms.append(self.term())
        if len(terms) == 1 and signs == [1]:
            return terms[0]
        if 0 in signs:
            return Unevaluated("plus or minus", tuple(terms), span=self.span_from(start))
        return series.sum_of(*unseen_braces.joined(terms, signs), self.span_from(start))

    def _sign(self) -> int:
        """Step over a sign and return it: 0 for plus or minus."""
        if not self.sees("sign"):
            return 1
        if self.skip("sign", "±"):
            return 0
        if self.take().text == "-":
            doubled = self.sees("sign", "-") and self.sees("number", ahead=1)
            if doubled and not self.sees("sup", ahead=2):
                self.take()  # `a - -1`
                return 1
            return -1
        return -1 if self.sees("number", ahead=1) and self.skip("sign", "-") else 1  # `a + -1`

    def term(self) -> Node:
        """Read factors with what stands between them."""
        start = self.at
        factors, operators = [self.factor()], []
        while True:
            if self.sees("product"):
                operators.append(Operator(self.take().text))
                factors.append(self._signed_factor())
                fractions.join_halves(factors, operators, self.span_from(start))
            elif self._stop_multiplies():
                self.take()
                operators.append(Operator.DOT)
                factors.append(self.factor())
            elif (linked := self._linked_by_stop(factors[-1])) is not None:
                operators.append(Operator.DOT)
                factors.append(linked)
            elif self.depth and self._is_unit(factors[-1]):
                operators.append(Operator.DOT)
                said = self.take()
                factors.append(Text(said.text.strip(), span=said.span))
            elif not self.in_subscript and self.starts_factor():
                begun = self.peek()
                factor = self.factor()
                if (place := fractions.place_of(factors[-1], factor)) is not None:
                    factors[-1] = place
                    continue
                operators.append(Operator.JUXTAPOSED)
                factors.append(factor)
                self._check_division(factors, operators, begun)
            else:
                break
        if not operators:
            return factors[0]
        if any(isinstance(factor, Relation) for factor in factors):
            raise self.failure(Reason.UNEXPECTED, self.tokens[start])
        if any(isinstance(factor, Text) for factor in factors):
            if Operator.JUXTAPOSED in operators:
                raise self.failure(Reason.UNEXPECTED, self.tokens[start])
            return Unevaluated("words", tuple(factors), span=self.span_from(start))
        product = Product(tuple(factors), tuple(operators), span=self.span_from(start))
        return unseen_braces.as_seen(product)

    def _is_unit(self, before: Node) -> bool:
        r"""Say whether a text is the unit of a number in a group: `\\frac{3 \\text{ words}}{…}`."""
        unit = isinstance(before, Number) and self.sees("text") and self.peek(1).kind == "product"
        return unit and not names.is_name(self)

    def _stop_multiplies(self) -> bool:
        r"""Say whether a full stop is typed for a product: `y_1.\frac{…}{…}`, `[w.\delta]`.

        No sentence ends within brackets; a word or a T behind the stop is what a program has there.
        """
        after = self.peek(1)
        together = not (self.peek().spaced or after.spaced or self.peek(-1).kind == "number")
        in_brackets = bool(self.closers) and after.kind == "command" and after.text == "frac"
        if not self.sees("punctuation", ".") or not (together or in_brackets):
            return False
        if after.kind == "name" or (after.kind == "letter" and after.text != "T"):
            return bool(self.closers) and self.peek(2).kind != "letter"
        return after.kind == "command" and after.text == "frac"

    def _linked_by_stop(self, before: Node) -> Node | None:
        r"""Read the next link of a chain rule behind a full stop: `dL/dz. dz/dw`, nothing else."""
        if not self.sees("punctuation", ".") or not isinstance(before, Derivative) or self.closers:
            return None
        if not (self.sees("command", ahead=1) and self.peek(1).text in _FRACTIONS):
            return None
        here, depth = self.at, self.depth
        if depth > 1:  # which it never is in a chain, and trying has its price
            return None
        self.take()
        try:
            after = self.factor()
        except Unreadable:
            after = None
        if isinstance(after, Derivative) and (after.of,) == before.by:
            return after
        self.at, self.depth = here, depth
        return None

    def _signed_factor(self) -> Node:
        """Read the factor after an operator, where a sign may stand: `a \\cdot -1`."""
        start = self.at
        sign = self._sign()
        factor = self.factor()
        if not sign:
            return Unevaluated("plus or minus", (factor,), span=self.span_from(start))
        return Sum((factor,), (-1,), span=self.span_from(start)) if sign < 0 else factor

    def _check_division(self, factors: list[Node], operators: list[Operator], begun: Token) -> None:
        """Refuse `a / b c`, which is written for (a/b)c and for a/(bc) alike."""
        if len(operators) > 1 and operators[-2] is Operator.SLASH:
            plain = begun.kind in ("letter", "name", "number")
            if plain and (not begun.spaced or isinstance(factors[-2], Symbol)):
                raise self.failure(Reason.AMBIGUOUS_DIVISION, begun)

    def starts_factor(self) -> bool:
        """Say whether the current token can begin a factor after another one."""
        token = self.peek()
        if token.kind in _FACTOR_KINDS and token.text != "..":
            return token.kind != "begin" or token.text in tabular.ENVIRONMENTS
        if token.kind == "command":
            return token.text not in _ENDING_COMMANDS and not self._relation_ahead()
        if token.kind == "bracket":
            apart = self.opens_words() or self.opens_condition()
            return (token.text in _OPENING and not apart) or (
                token.text in ("|", "||") and self._opens_bar(token.text)
            )
        return token.kind == "text" and names.is_name(self)

    def starts_factor_behind(self) -> bool:
        """Say whether more of a formula stands behind the text that comes next."""
        return self.peek(1).kind in ("letter", "name", "number", "command", "{", "bracket")

    def closes_word(self) -> bool:
        """Say whether a text that comes next is a remark at the end of its formula."""
        return self.peek(1).kind in ("end-of-formula", "row", "quad", "align", "text")

    def opens_words(self) -> bool:
        r"""Say whether a bracket set apart holds words: `(\text{by the chain rule})`.

        So does one with a sentence in it, `(I \text{ is the identity})`.
        """
        token, said, after = self.peek(), self.peek(1), self.peek(2)
        if not (token.kind == "bracket" and token.text in ("(", "[")):
            return False
        if said.kind == "quantifier" and token.text == "(" and not self.depth:
            return True
        if said.kind != "text":
            apart = token.spaced and not self.depth and not self.closers
            return apart and brackets.holds(self, _is_sentence)
        alone = after.kind == "bracket" and after.text in (")", "]")
        if self.depth > 1 and alone and names.is_word(said.text):
            return False  # `\\frac{\\partial f}{\\partial (\\text{inv})}`
        return (token.spaced or not self.at) and (alone or not names.is_word(said.text))

    def opens_condition(self) -> bool:
        r"""Say whether a bracket set apart says where an equation holds: `a = b \; (i \neq j)`."""
        if self.depth or not self.sees("bracket", "(") or not self.peek().spaced:
            return False
        end = brackets.end(self)
        return self.peek(end + 1).kind in _AFTER_CONDITION and brackets.holds(
            self, lambda token: token.kind == "relation"
        )

    def _relation_ahead(self) -> bool:
        if self.peek().text not in ("stackrel", "overset", "underset"):
            return False
        here = self.at
        found = bool(self.relation_sign())
        self.at = here
        return found

    def _opens_bar(self, bar: str) -> bool:
        # After an operand a bar closes the one that is open, and divides a list of arguments.
        if self.closers and self.closers[-1] == "group":
            return not brackets.is_lone_bar(self)
        return not self.closers or self.closers[-1] not in (bar, "call")

    def factor(self) -> Node:
        """Read one atom with its scripts."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.failure(Reason.TOO_DEEP)
        while self.sees("{") and self.sees("}", ahead=1) and self.peek(2).kind not in _SCRIPTS:
            self.at += 2  # an empty group only steers TeX's spacing
        start = self.at
        node = brackets.at_point(self, scripts.attach(self, self._atom(), start), start)
        while self.sees("unknown", "!") and not self.sees("relation", "=", ahead=1):
            self.take()
            node = Call(Symbol("factorial"), (node,), span=self.span_from(start))
        self.depth -= 1
        return node

    def _atom(self) -> Node:
        token = self.peek()
        start = self.at
        if token.kind == "number":
            self.take()
            return brackets.indicator(self, Number(token.text, span=token.span))
        if token.kind == "text" and names.is_typed_word(token):
            raise self.failure(Reason.NAME_OR_PRODUCT)
        if token.kind in ("letter", "name", "text"):
            return names.read(self)
        if token.kind == "command":
            handler = fractions.COMMANDS.get(token.text)
            return handler(self) if handler else names.read(self)
        if token.kind == "{":
            return names.called(self, fractions.applied(self, self.argument(), start), start)
        if token.kind == "bracket":
            return brackets.read(self)
        if token.kind == "begin":
            return tabular.read(self)
        if token.kind == "dots":
            self.take()
            return Dots(span=self.span_from(start))
        if token.kind == "operator" and self.peek(1).kind in _SCRIPTS:
            return sums.read_operator(self)
        if token.kind == "relation" and token.text == "<":
            return brackets.angled(self)
        if token.kind == "end-of-formula" or token.kind in ("relation", "sign", "product"):
            raise self.failure(Reason.MISSING_OPERAND)
        raise self.failure(Reason.UNEXPECTED)

    def argument(self) -> Node:
        r"""Read what a command such as `\frac` or `\hat` is applied to: a group or one token."""
        if not self.sees("{"):
            self.split_number()
            return self._bare_argument()
        self.take()
        closers, self.closers = self.closers, []
        in_subscript, self.in_subscript = self.in_subscript, False
        node = fractions.contents(self)
        if self.sees("punctuation") and self.sees("}", ahead=1) and self.peek().text in ".,;":
            self.take()  # the full stop of a sentence in a box
        if self.sees("text") and self.sees("}", ahead=1):
            self.take()  # a unit, `\\frac{4 \\text{ words}}{8}`, or another remark
            node = Unevaluated("words", (node,), span=node.span)
        self.expect("}")
        self.closers, self.in_subscript = closers, in_subscript
        return node

    def _bare_argument(self) -> Node:
        """Read an argument without braces: one letter, digit or command, no scripts."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise self.failure(Reason.TOO_DEEP)
        if self.sees("letter"):
            node: Node = names.single_letter(self)
        elif self.sees("number"):
            token = self.take()
            node = Number(token.text, span=token.span)
        elif self.sees("command") or self.sees("name") or self.sees("text"):
            node = names.bare(self)
        elif self.sees("dots"):
            node = Dots(span=self.take().span)
        else:
            raise self.failure(Reason.MISSING_OPERAND)
        self.depth -= 1
        return node

    def split_number(self) -> None:
        r"""Leave only its first digit of a number where TeX takes one token: `\frac12`."""
        token = self.peek()
        if token.kind == "number" and len(token.text) > 1:
            if not token.text.isdecimal():  # `\\frac0.5`: nobody means a nought over a point
                raise self.failure(Reason.UNEXPECTED)
            first = token._replace(text=token.text[0], end=token.start + 1)
            rest = token._replace(text=token.text[1:], start=token.start + 1, spaced=False)
            self.tokens[self.at : self.at + 1] = [first, rest]


_SCRIPTS = frozenset(["sub", "sup", "prime"])
_FRACTIONS = frozenset(["frac", "dfrac", "tfrac"])
_WORDS_OF_A_SENTENCE = 3


def _is_sentence(token: Token) -> bool:
    return token.kind == "text" and len(token.text.split()) >= _WORDS_OF_A_SENTENCE
