r"""One formula read into chains of relations, words between them, and what is unread.

block = { words | connective | chain | remark | environment | "\\" | "," | "." | ";" }
chain = [expr] rel expr { rel expr }        without the first expr it continues the open chain
remark = (\rightarrow | \to) chain          hangs on the chain before and is never continued
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from .finding.excerpt import Excerpt
from .functions import FunctionTable
from .parsing.names import is_word
from .parsing.parser import Parser
from .rows import rows
from .syntax import Node, Relation, Span
from .tokens import Token, tokenize
from .unread import Reason, Unread, Unreadable

_CONDITION = re.compile(r"(?:if|when|unless|otherwise|else|whenever|provided)\b", re.IGNORECASE)
_SEPARATORS = frozenset(["punctuation", "quad"])
_ENDS = frozenset(["end-of-formula", "punctuation", "quad", "text", "arrow", "connective"])


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain: a relation, where it stands, and what is on its right."""

    relation: str
    operand: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """Expressions with relations between; `first` is None where the open chain goes on.

    A chain without links is an expression that states nothing. `remark` says that it stands
    after an arrow, `connective` is the `Rightarrow` or `therefore` before it, `words` the text in
    the formula before it. `broken` says that what comes after its last relation is unread, and
    `conditional` that an "if" follows it.
    """

    first: Node | None
    links: tuple[Link, ...]
    span: Span
    remark: bool = False
    connective: str = ""
    words: str = ""
    broken: bool = False
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """All that one formula says, in order; `words` is what it says at its end."""

    items: tuple[Chain | Unread, ...]
    words: str = ""


def read_block(excerpt: Excerpt, functions: FunctionTable | None = None) -> Block:
    """Return what a formula says; this never raises, what is not understood is in the result."""
    return block_of_tokens(
        excerpt, lambda: tokenize(excerpt.text, excerpt.macros), functions or FunctionTable()
    )


def block_of_tokens(
    excerpt: Excerpt, tokenizer: Callable[[], list[Token]], functions: FunctionTable
) -> Block:
    """Return what the tokens of a formula say."""
    try:
        tokens = tokenizer()
    except Unreadable as refusal:
        return Block((_unread(excerpt, refusal),))
    items: list[Chain | Unread] = []
    words = ""
    for row in rows(tokens):
        reader = _Row(row, functions, words)
        while True:
            try:
                reader.read()
            except Unreadable as refusal:
                items += [*reader.chains, _unread(excerpt, refusal)]
                if reader.recovers():
                    continue
            else:
                items += reader.chains
            break
        words = reader.said()
    return Block(tuple(items), words)


def read_expression(text: str, functions: FunctionTable | None = None) -> Node:
    """Return the tree of one expression or relation of a string; raises `Unreadable`."""
    parser = Parser(tokenize(text), functions or FunctionTable())
    node = parser.relation()
    parser.expect("end-of-formula")
    return node


def _unread(excerpt: Excerpt, refusal: Unreadable) -> Unread:
    line, column = excerpt.position(max(0, min(refusal.span.start, len(excerpt.text) - 1)))
    return Unread(refusal.reason, refusal.token, refusal.span, line, column)


class _Row:
    """The reader of one row."""

    def __init__(
        self, row: list[Token], functions: FunctionTable, words: str, *, nested: bool = False
    ) -> None:
        self.parser = Parser(row, functions)
        self.chains: list[Chain] = []
        self.words = [words] if words else []
        self.connective = ""
        self.remark = False
        self.nested = nested
        self.apart = False  # after a wide space that follows an equation

    def said(self) -> str:
        """Return the words that no chain has taken yet."""
        return " ".join(self.words)

    def recovers(self) -> bool:
        """Go on after the next wide space, where another equation begins."""
        parser = self.parser
        self.chains, self.apart = [], False
        parser.depth, parser.closers, parser.in_subscript = 0, [], False
        while not parser.sees("end-of-formula"):
            if parser.take().kind == "quad":
                return True
        return False

    def read(self) -> None:
        parser = self.parser
        if parser.sees("product") and len(parser.tokens) == 2:
            return  # an operator by itself is being named: "denoted by $\\odot$"
        while not parser.sees("end-of-formula"):
            token = parser.peek()
            if token.kind in _SEPARATORS:
                self.apart = token.kind == "quad" and any(chain.links for chain in self.chains)
                parser.take()
            elif token.kind == "connective":
                self.connective = parser.take().text
            elif token.kind == "arrow":
                parser.take()
                self.remark = True
            elif token.kind == "text" and not _names_quantity(parser):
                self.words.append(parser.take().text.strip())
                self.apart = False
                if self.chains and _CONDITION.match(self.words[-1]):
                    self.chains[-1] = replace(self.chains[-1], conditional=True)
            elif parser.opens_words():
                self._parenthesis()
            else:
                self._chain()

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
        inner = _Row(inside, parser.functions, "", nested=True)
        inner.remark = True
        inner.read()
        self.chains += inner.chains
        self.words += inner.words

    def _chain(self) -> None:
        parser, start = self.parser, self.parser.at
        first: Node | None = None
        links: list[Link] = []
        complete = 0  # how many links are followed by a relation, and so are whole
        begun = False
        try:
            if not self._relation_next():
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
                operands, signs, spans = _flat(parser.sum())
                links.append(Link(sign, operands[0], span))
                links += map(Link, signs, operands[1:], spans)
            if not self._ends(with_links=bool(links)):
                raise parser.failure(Reason.UNEXPECTED)
        except Unreadable:
            if begun and (first or complete):
                self._add(first, links[:complete], start, broken=True)
            raise
        self._add(first, links, start)

    def _ends(self, *, with_links: bool) -> bool:
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
            return token.text != ":" or not with_links
        if token.kind in _ENDS and self.apart and not with_links:
            return token.kind == "punctuation" or parser.peek(-1).text in (")", "]")
        return token.kind in _ENDS or parser.opens_words()

    def _relation_next(self) -> bool:
        here = self.parser.at
        found = bool(self.parser.relation_sign())
        self.parser.at = here
        return found

    def _add(
        self, first: Node | None, links: list[Link], start: int, *, broken: bool = False
    ) -> None:
        span = self.parser.span_from(start)
        self.chains.append(
            Chain(first, tuple(links), span, self.remark, self.connective, self.said(), broken)
        )
        self.words, self.connective = [], ""


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
        return False
    return after.kind in ("relation", "sub", "sup", "sign", "product") or after.text == "("
