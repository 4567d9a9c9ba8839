"""The statements of a document: every relation with its two sides, its place and its part.

A display that begins with `=` continues the open chain. What never becomes the open chain: a
remark after an arrow, and mathematics in a sentence after "since", "where" and their like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .blocks import Block, Chain, Link, read_block
from .finding import find
from .finding.excerpt import Excerpt, Findings
from .functions import FunctionTable
from .infix import read_infix
from .learning import learn
from .names import quantities
from .syntax import Brace, Call, MarkKind, Node, Span, Symbol
from .unread import Reason, Unread

_ASIDE = re.compile(
    r"(?:\b(?:since|because|where|as|with|if|for|given|when|assuming|using)[,:]?|\()$",
    re.IGNORECASE,
)
_EQUALITIES = frozenset(["=", ":=", "=:", "\\equiv", "\\approx"])
_DEFINING = frozenset([":=", "\\equiv"])
_NEW = frozenset(["new", "next", "updated"])


class Kind(StrEnum):
    """What a statement does, as far as reading alone can tell."""

    DEFINITION = "definition"
    CLAIM = "claim"
    ASSIGNMENT = "assignment"
    REMARK = "remark"  # a relation that claims no equality: `x \\in R`
    EXPRESSION = "expression"  # no relation at all, such as the signature of a loss
    UNREAD = "unread"


class Place(StrEnum):
    """Where a statement stands."""

    CHAIN = "chain"
    REMARK = "remark"  # after an arrow
    SIDE = "side"  # in a sentence, after "since", "where", …
    BRACE = "brace"  # under or over a brace


@dataclass(frozen=True, slots=True)
class Statement:
    """One relation of a document.

    `line` and `column` are those of the relation's own sign in the file (of the expression or
    of the token not understood where there is none). `position` counts the links of a chain
    from 1. `words` is the text before it, in the formula or in the sentence. `conditional` says
    that an "if" follows in the formula, so that it is not claimed everywhere.
    """

    excerpt: Excerpt = field(repr=False)
    span: Span
    line: int
    column: int
    kind: Kind
    place: Place
    left: Node | None
    relation: str
    right: Node | None
    chain: int
    position: int
    words: str = ""
    connective: str = ""
    unread: Unread | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a document: its statements in order and the table they were read with."""

    statements: tuple[Statement, ...]
    functions: FunctionTable
    findings: Findings


def read_document(
    text: str,
    kind: str | None = None,
    *,
    name: str | None = None,
    functions: FunctionTable | None = None,
) -> Reading:
    """Return the statements of a document given as a string; see `finding.find` for errors."""
    return read_findings(find(text, kind, name=name), functions)


def read_findings(findings: Findings, functions: FunctionTable | None = None) -> Reading:
    """Return the statements of formulas already found, learning the functions' names first."""
    table = functions or FunctionTable()
    blocks = [read_block(excerpt, table) for excerpt in findings.excerpts]
    learned = learn(zip(findings.excerpts, blocks, strict=True), table)
    if learned != table:
        blocks = [read_block(excerpt, learned) for excerpt in findings.excerpts]
    statements = tuple(_Reader().read(zip(findings.excerpts, blocks, strict=True)))
    return Reading(statements, learned, findings)


_LATEX = re.compile(r"\\|[_^]\s*\{|\{|^\$")


def read_formula(text: str, functions: FunctionTable | None = None) -> Reading:
    """Return the statements of one formula, in LaTeX or, without any of its signs, plain infix."""
    excerpt = Excerpt.of(text)
    table = functions or FunctionTable()
    latex = bool(_LATEX.search(text))
    block = read_block(excerpt, table) if latex else read_infix(text, table)
    learned = learn([(excerpt, block)], table)
    if learned != table:
        block = read_block(excerpt, learned) if latex else read_infix(text, learned)
    findings = Findings("formula", (excerpt,))
    return Reading(tuple(_Reader().read(iter([(excerpt, block)]))), learned, findings)


@dataclass(slots=True)
class _Open:
    """The chain that a leading relation would continue."""

    number: int
    last: Node
    position: int = 0


class _Reader:
    """The one pass over a document's blocks, in order."""

    def __init__(self) -> None:
        self.chains = 0
        self.open: _Open | None = None
        self.defined: set[Node] = set()

    def read(self, blocks: Iterator[tuple[Excerpt, Block]]) -> Iterator[Statement]:
        for excerpt, block in blocks:
            aside = not excerpt.display and bool(_ASIDE.search(excerpt.before))
            lone = len(block.items) == 1
            for item in block.items:
                if isinstance(item, Unread):
                    yield self._unread(excerpt, item)
                else:
                    yield from self._chain(excerpt, item, aside=aside, lone=lone)

    def _unread(self, excerpt: Excerpt, unread: Unread) -> Statement:
        number = self.open.number if self.open else 0
        return Statement(
            excerpt, unread.span, unread.line, unread.column, Kind.UNREAD, Place.CHAIN, None, "",
            None, number, 0, excerpt.before, "", unread,
        )  # fmt: skip

    def _chain(
        self, excerpt: Excerpt, chain: Chain, *, aside: bool, lone: bool
    ) -> Iterator[Statement]:
        aside = aside or bool(_ASIDE.search(chain.words))
        place = Place.REMARK if chain.remark else Place.SIDE if aside else Place.CHAIN
        words = chain.words or excerpt.before
        if chain.first is None:
            current = self.open if place is Place.CHAIN else None
            if current is None:
                yield self._without_left(excerpt, chain, words)
                return
        else:
            self.chains += 1
            current = _Open(self.chains, chain.first)
            if not chain.links and not chain.broken:
                yield self._expression(excerpt, chain, current, place, words)
                if lone and excerpt.display and place is Place.CHAIN:
                    self.open = current
                return
            yield from self._braces(excerpt, chain.first, current, words)
        for link in chain.links:
            current.position += 1
            yield self._link(excerpt, chain, link, current, place, words)
            yield from self._braces(excerpt, link.operand, current, words)
            if link.relation in _EQUALITIES:
                current.last = link.operand
        opens = chain.broken or any(link.relation in _EQUALITIES for link in chain.links)
        if place is Place.CHAIN and opens:
            self.open = current

    def _link(
        self, excerpt: Excerpt, chain: Chain, link: Link, current: _Open, place: Place, words: str
    ) -> Statement:
        kind = self._kind(link, current)
        line, column = excerpt.position(link.span.start)
        return Statement(
            excerpt, link.span, line, column, kind, place, current.last, link.relation,
            link.operand, current.number, current.position, words, chain.connective,
            conditional=chain.conditional,
        )  # fmt: skip

    def _kind(self, link: Link, current: _Open) -> Kind:
        left = current.last
        if link.relation == "\\leftarrow" or _is_updated(left):
            return Kind.ASSIGNMENT
        if link.relation not in _EQUALITIES:
            return Kind.REMARK
        if link.relation == "=:":
            left = link.operand
        elif link.relation == "\\approx":
            return Kind.CLAIM
        if current.position > 1 and link.relation == "=":
            return Kind.CLAIM
        name = _defined_name(left)
        if name is None:
            return Kind.CLAIM
        if isinstance(name, Symbol) and link.relation != "=:" and name in _symbols(link.operand):
            return Kind.ASSIGNMENT
        if name in self.defined and link.relation not in _DEFINING:
            return Kind.CLAIM
        self.defined.add(name)
        return Kind.DEFINITION

    def _braces(
        self, excerpt: Excerpt, node: Node, current: _Open, words: str
    ) -> Iterator[Statement]:
        """Yield what the braces in one operand claim."""
        for brace in node.walk():
            if not isinstance(brace, Brace) or brace.claim is None:
                continue
            left = brace.body
            for sign, right in zip(brace.claim.operators, brace.claim.operands[1:], strict=True):
                line, column = excerpt.position(brace.claim.span.start)
                yield Statement(
                    excerpt, brace.claim.span, line, column, Kind.CLAIM, Place.BRACE, left,
                    sign, right, current.number, current.position, words,
                )  # fmt: skip
                left = right

    def _expression(
        self, excerpt: Excerpt, chain: Chain, current: _Open, place: Place, words: str
    ) -> Statement:
        line, column = excerpt.position(chain.span.start)
        return Statement(
            excerpt, chain.span, line, column, Kind.EXPRESSION, place, chain.first, "", None,
            current.number, 0, words, chain.connective,
        )  # fmt: skip

    def _without_left(self, excerpt: Excerpt, chain: Chain, words: str) -> Statement:
        """Refuse a relation that continues nothing."""
        span = chain.links[0].span if chain.links else chain.span
        line, column = excerpt.position(span.start)
        token = chain.links[0].relation if chain.links else ""
        unread = Unread(Reason.NO_LEFT_SIDE, token, span, line, column)
        right = chain.links[0].operand if chain.links else None
        return Statement(
            excerpt, span, line, column, Kind.UNREAD, Place.CHAIN, None, token, right, 0, 0,
            words, chain.connective, unread,
        )  # fmt: skip


def _defined_name(left: Node) -> Node | None:
    """Return what an equation with this left side would define, None where it defines nothing."""
    if isinstance(left, Symbol):
        return left.unmarked
    if isinstance(left, Call) and not left.order:
        if all(isinstance(argument, Symbol) for argument in left.arguments):
            return Call(left.function, ())
    return None


def _is_updated(left: Node) -> bool:
    """Say whether a left side is the next value of a quantity: `w^+`, `w^{new}`, `W(t + 1)`."""
    if not isinstance(left, Symbol):
        return False
    names: Sequence[Node | None] = [*left.subscripts, *(mark.body for mark in left.marks)]
    return (
        left.iteration is not None
        or any(mark.kind is MarkKind.UPDATED for mark in left.marks)
        or any(isinstance(name, Symbol) and name.name in _NEW for name in names)
    )


def _symbols(node: Node) -> set[Node]:
    return {found.unmarked for found in quantities(node)}
