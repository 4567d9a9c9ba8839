r"""One formula read into chains of relations, words between them, and what is unread.

block = { words | connective | chain | remark | environment | "\\" | "," | "." | ";" }
chain = [expr] rel expr { rel expr }        without the first expr it continues the open chain
remark = (\rightarrow | \to) chain          hangs on the chain before and is never continued
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from symback.reading.finding.excerpt import Excerpt
from symback.reading.formula import scripts
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.languages import words
from symback.reading.formula.opening_words import opener, opens_forwards
from symback.reading.formula.parser import Parser
from symback.reading.formula.rows import rows
from symback.reading.formula.symbols import is_name, is_word
from symback.reading.formula.syntax import Node, Relation, Span, Tuple
from symback.reading.formula.token_meanings import as_meant
from symback.reading.formula.tokens import Token, tokenize
from symback.reading.formula.unread import Reason, Unread, Unreadable
from symback.reading.statements.conditions import Said, dotted, hung, leads
from symback.reading.statements.relations import Block, Chain, Link

__all__ = ["Block", "Chain", "Link", "block_of_tokens", "read_block", "read_expression"]

_IN_WORDS = re.compile(words("if", "otherwise") + r"(?! and only if)", re.IGNORECASE)
_NAMED_ALONE = frozenset(["product", "sign", "operator", "relation", "arrow", "prime"])
_SEPARATORS = frozenset(["punctuation", "quad"])
_ENDS = frozenset(
    ["end-of-formula", "punctuation", "quad", "text", "arrow", "connective", "quantifier"]
)


def read_block(excerpt: Excerpt, functions: FunctionTable | None = None) -> Block:
    """Return what a formula says; this never raises, what is not understood is in the result."""
    return block_of_tokens(
        excerpt,
        lambda: as_meant(tokenize(excerpt.text, excerpt.macros)),
        functions or FunctionTable(),
    )


def block_of_tokens(
    excerpt: Excerpt, tokenizer: Callable[[], list[Token]], functions: FunctionTable
) -> Block:
    """Return what the tokens of a formula say."""
    try:
        tokens = tokenizer()
    except Unreadable as refusal:
        return Block((_unread(excerpt, refusal),))
    said: list[Said] = []
    words, follows = "", False
    for number, row in enumerate(rows(tokens)):
        reader = _Row(row, functions, words, number)
        if follows and reader.continues():
            reader.words = []  # they are the reason for the step before
        while True:
            try:
                reader.read()
            except Unreadable as refusal:
                said += [*reader.said, Said(_unread(excerpt, refusal), number)]
                if reader.recovers():
                    continue
            else:
                said += reader.said
            break
        words = " ".join(reader.words)
        follows = bool(reader.said)
    return Block(hung(said), words)


def read_expression(text: str, functions: FunctionTable | None = None) -> Node:
    """Return the tree of one expression or relation of a string; raises `Unreadable`."""
    parser = Parser(as_meant(tokenize(text)), functions or FunctionTable())
    node = parser.relation()
    parser.expect("end-of-formula")
    return node


def _unread(excerpt: Excerpt, refusal: Unreadable) -> Unread:
    line, column = excerpt.position(max(0, min(refusal.span.start, len(excerpt.text) - 1)))
    return Unread(refusal.reason, refusal.token, refusal.span, line, column)


class _Row:
    """The reader of one row."""

    def __init__(
        self,
        row: list[Token],
        functions: FunctionTable,
        words: str,
        number: int,
        *,
        nested: bool = False,
    ) -> None:
        self.parser = Parser(row, functions)
        self.number = number
        self.said: list[Said] = []
        self.words = [words] if words else []
        self.connective = ""
        self.remark = False
        self.nested = nested
        self.apart = False  # after a wide space that follows an equation
        self.reached = 0  # what lies before was given up
        self.opener = ""  # the kind of word that last opened a condition
        self.again = False  # something has followed that word already
        self.forwards = False  # that word begins a sentence

    def continues(self) -> bool:
        """Say whether the row begins with a relation."""
        return self._relation_next()

    def recovers(self) -> bool:
        """Go on after the next wide space, where another equation begins."""
        parser = self.parser
        self.said, self.apart, self.opener = [], False, ""
        parser.depth, parser.closers, parser.in_subscript = 0, [], False
        # What was tried in another way can have gone back behind the space before.
        parser.at = max(parser.at, self.reached)
        while not parser.sees("end-of-formula"):
            if parser.take().kind == "quad":
                self.reached = parser.at
                return True
        return False

    def read(self) -> None:
        parser = self.parser
        if len(parser.tokens) == 2 and parser.peek().kind in _NAMED_ALONE:
            return  # an operator by itself is being named: "denoted by $\\odot$"
        if parser.peek().kind in ("sub", "sup") and self._is_script():
            return
        while not parser.sees("end-of-formula"):
            token = parser.peek()
            if token.kind in _SEPARATORS:
                self._separator(parser.take())
            elif token.kind == "connective":
                self.connective = parser.take().text
                self._mark_last()
            elif token.kind == "arrow":
                parser.take()
                self.remark = True
            elif token.kind == "quantifier":
                self._text(parser.take().text)
            elif token.kind == "text" and not _names_quantity(parser):
                self._text(parser.take().text.strip())
            elif parser.opens_words():
                self._parenthesis()
            else:
                self._chain()

    def _is_script(self) -> bool:
        """Step over scripts of nothing that are all of a formula: a word goes before them."""
        parser = self.parser
        try:
            scripts.read(parser)
        except Unreadable:
            parser.at = 0
            return False
        if not parser.sees("end-of-formula"):
            parser.at = 0
            return False
        return True

    def _separator(self, token: Token) -> None:
        self.apart = token.kind == "quad" and any(
            isinstance(said.item, Chain) and said.item.links for said in self.said
        )
        if token.text == ":":
            self._mark_last()

    def _mark_last(self) -> None:
        """Note that what was said last leads to what follows: `i = j: …`."""
        if self.said:
            self.said[-1] = self.said[-1]._replace(leads=True)

    def _text(self, words: str) -> None:
        self.words.append(words)
        self.apart = False
        if self.opener and words.lower() in ("and", "or"):
            self.opener, self.again = "or" if words.lower() == "or" else self.opener, False
        else:
            self.opener, self.again, self.forwards = opener(words), False, opens_forwards(words)
        if self.said and not self.opener and _IN_WORDS.match(words):
            last = self.said[-1]
            if isinstance(last.item, Chain):
                self.said[-1] = last._replace(item=replace(last.item, conditional=True))

    def _parenthesis(self) -> None:
        """Read words in brackets, such as the reason given for a step, as a remark."""
        parser, start = self.parser, self.parser.at
        depth = 0
        while True:
            token = parser.take()
            if token.kind == "end-of-formula":
                raise parser.failure(Reason.UNBALANCED, parser.tokens[start])
            if token.kind == "bracket":
                depth += (token.text in "([") - (token.text in ")]")
                if not depth:
                    break
        if self.nested:
            raise parser.failure(Reason.TOO_DEEP, parser.tokens[start])
        inside = parser.tokens[start + 1 : parser.at - 1]
        last = inside[-1]
        inside.append(Token("end-of-formula", "", last.end, last.end))
        inner = _Row(inside, parser.functions, "", self.number, nested=True)
        inner.remark = True
        inner.read()
        self.said += inner.said
        self.words += inner.words

    def _chain(self) -> None:
        parser, start = self.parser, self.parser.at
        first: Node | None = None
        links: list[Link] = []
        complete = 0  # how many links are followed by a relation, and so are whole
        begun = False
        try:
            if not self._relation_next() or self._opens_angled():
                operands, signs, spans = _flat(parser.sum())
                first = operands[0]
                links += map(Link, signs, operands[1:], spans)
            while True:
                here = parser.peek()
                sign = parser.relation_sign()
                if not sign:
                    break
                complete, begun = len(links), True
                span = parser.span_from(parser.at - 1) if here.kind != "relation" else here.span
                blank = parser.sees("end-of-formula") or parser.sees("text", "?")
                if sign == "=" and first and blank:
                    break  # a right side left blank, for the reader to fill in, states nothing
                operands, signs, spans = _flat(parser.sum())
                links.append(Link(sign, operands[0], span))
                links += map(Link, signs, operands[1:], spans)
            if links and self._lists_range():
                links[-1] = replace(links[-1], operand=self._range(links[-1].operand))
            chain = self._made(first, links, start)
            if not self._ends(chain):
                raise parser.failure(Reason.UNEXPECTED)
        except Unreadable:
            if begun and (first or complete):
                self._add(self._made(first, links[:complete], start, broken=True))
            raise
        self._add(chain)

    def _lists_range(self) -> bool:
        r"""Say whether what follows goes on to a list with dots in it: `1, \dots, n`."""
        parser, ahead = self.parser, 0
        while parser.sees("punctuation", ",", ahead):
            if parser.sees("dots", None, ahead + 1):
                return True
            ahead += 2  # only single tokens can stand before the dots
        return False

    def _range(self, start: Node) -> Node:
        """Read the rest of a list with dots in it."""
        parser, at = self.parser, self.parser.at
        items = [start]
        while parser.skip("punctuation", ","):
            items.append(parser.sum())
            if dotted(items[:-1]):
                break
        return Tuple(tuple(items), "", span=Span(start.span.start, parser.span_from(at).end))

    def _ends(self, chain: Chain) -> bool:
        """Say whether a chain can end here: nothing of an expression is ever cut off.

        A full stop is also typed for a product (`W.x`), a comma for the decimal point, a colon
        for a ratio; and what stands apart after an equation must be one too, or in brackets.
        """
        parser = self.parser
        token, after = parser.peek(), parser.peek(1)
        if token.kind == "punctuation":
            if token.text == ".":
                return after.kind in _ENDS
            if token.text == ",":
                before = parser.peek(-1)
                return not (before.kind == after.kind == "number" and not after.spaced)
            return token.text != ":" or not chain.links or bool(self.opener) or leads(chain)
        if token.kind in _ENDS and self.apart and not chain.links:
            if token.kind == "text" and len(token.text.split()) > 1:
                return True  # a remark beside a row: `W \\text{ is kept constant}`
            return token.kind == "punctuation" or parser.peek(-1).text in (")", "]")
        return token.kind in _ENDS or parser.opens_words() or parser.opens_condition()

    def _opens_angled(self) -> bool:
        """Say whether the sign that comes next is a bracket: `<x, y>`."""
        parser = self.parser
        if not parser.sees("relation", "<"):
            return False
        ahead, commas = 1, 0
        while not parser.sees("end-of-formula", ahead=ahead):
            if parser.sees("relation", ahead=ahead):
                return commas > 0 and parser.sees("relation", ">", ahead)
            commas += parser.sees("punctuation", ",", ahead)
            ahead += 1
        return False

    def _relation_next(self) -> bool:
        here = self.parser.at
        found = bool(self.parser.relation_sign())
        self.parser.at = here
        return found

    def _made(
        self, first: Node | None, links: list[Link], start: int, *, broken: bool = False
    ) -> Chain:
        span = self.parser.span_from(start)
        words = " ".join(self.words)
        return Chain(first, tuple(links), span, self.remark, self.connective, words, broken)

    def _add(self, chain: Chain) -> None:
        self.said.append(Said(chain, self.number, self.opener, self.again, self.forwards))
        self.words, self.connective, self.again = [], "", True


def _flat(node: Node) -> tuple[list[Node], list[str], list[Span]]:
    """Return a boxed relation as parts of the chain it stands in."""
    if isinstance(node, Relation):
        spans = [Span(operand.span.end, operand.span.end) for operand in node.operands[:-1]]
        return list(node.operands), list(node.operators), spans
    return [node], [], []


def _names_quantity(parser: Parser) -> bool:
    r"""Say whether the `\text{…}` at the start of a chain is the name of a quantity."""
    after = parser.peek(1)
    if not is_word(parser.peek().text):
        return is_name(parser)
    return after.kind in ("relation", "sub", "sup", "prime", "sign", "product") or after.text == "("
