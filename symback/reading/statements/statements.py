"""The statements of a document: every relation with its two sides, its place and its part.

A display that begins with `=` continues the open chain. What never becomes the open chain: a
remark after an arrow, and mathematics in a sentence after "since", "where" and their like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from enum import StrEnum
from itertools import zip_longest

from symback.reading.finding import find
from symback.reading.finding.excerpt import Excerpt, Findings
from symback.reading.formula.function_names import FunctionTable
from symback.reading.formula.infix import read_infix
from symback.reading.formula.languages import words
from symback.reading.formula.relations_typed import bare, lines_apart
from symback.reading.formula.syntax import (
    BigSum,
    Brace,
    Call,
    Derivative,
    Differential,
    Dots,
    Node,
    Relation,
    Span,
    Symbol,
)  # fmt: skip
from symback.reading.formula.unread import Reason, Unread
from symback.reading.network.letters_as_layers import ERRORS
from symback.reading.network.symbols import quantities
from symback.reading.statements.bare_slopes import with_arguments
from symback.reading.statements.blocks import read_block
from symback.reading.statements.conditions import in_sentences
from symback.reading.statements.defining import (
    defined_name,
    definition_of,
    goes_on_from,
    is_count,
    is_number,
    is_of_event,
    is_probability,
    is_range,
    is_same_turned,
    is_set,
    is_updated,
    names_output,
    of_every_layer,
    states_loss,
    symbols,
)
from symback.reading.statements.hypotheses import with_formulas
from symback.reading.statements.labels import without_labels
from symback.reading.statements.learning import learn
from symback.reading.statements.loss_arguments import without_arguments
from symback.reading.statements.named_entries import named_entries
from symback.reading.statements.relations import IMPLIES, Block, Chain, Link
from symback.reading.statements.shapes import are_shapes
from symback.reading.statements.signatures import lists_arguments
from symback.reading.statements.turned import with_turned
from symback.reading.statements.turned_by_letter import with_turned_by_letter
from symback.records import dataclass

_ASIDE = re.compile(
    r"(?:(?:\b(?:as|given|assuming|using)|" + words("since", "where", "if", "for") + r")[,:]?|\()$",
    re.IGNORECASE,
)
# Beside a row these give the rule that it is by, `& & \text{from } x = \mathrm{tr}(x)`.
_RULE = re.compile(words("by", "let") + r"[,:]?\s*$", re.IGNORECASE)
# A display behind these is the reason for a step, and the chain goes on after it.
_REASON = re.compile(words("since") + r"[,:]?\s*$", re.IGNORECASE)
# A label set in bold, behind which a formula is about what the label names.
_LABEL = re.compile(r"(?:\*\*|__|\\textbf\{[^{}]*\}|</b>|</strong>)[\s:]*$")
_STEP = re.compile(
    r"\b(?:apply|applying|using|by|substitut\w+|simplif\w+|expand\w*|rearrang\w+|differentiat\w+"
    r"|rule|cancel\w*|factor(?:ing|ise|ize)\w*|therefore|thus|hence)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;.\\]*")
ADDITIONS = frozenset(["+=", "-="])
"""Relations that add to the old value, of programs: what stands behind is no new value."""

_EQUALITIES = frozenset(["=", ":=", "=:", "\\equiv", "\\approx"])
_DEFINING = frozenset([":=", "\\equiv"])
_INDICES = frozenset(["i", "j", "k", "l", "ell"])


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
    that it is not claimed everywhere, and `conditions` where it is: all of them, or none where one
    is said in words alone. `defines` says that it can be the definition of what stands on its
    left; whether it is one depends on what else the document says.
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
    conditions: tuple[Relation, ...] = ()
    defines: bool = False

    @property
    def definition(self) -> tuple[Node | None, Node | None]:
        """What it can define, and by what: the name can stand on the right, as in `… =: delta`."""
        if self.left is None or self.right is None:
            return self.left, self.right
        return definition_of(self.left, self.relation, self.right)

    @property
    def is_claim(self) -> bool:
        """Whether it says that two things are equal."""
        return self.kind in (Kind.CLAIM, Kind.DEFINITION)


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


def read_findings(
    findings: Findings,
    functions: FunctionTable | None = None,
    before: Sequence[tuple[Excerpt, Block]] = (),
) -> Reading:
    """Return the statements of formulas already found, learning the functions' names first.

    Args:
        findings: the formulas.
        functions: names of functions that are known.
        before: formulas that are read already, which stand before them.
    """
    table = functions or FunctionTable()
    own = [block for _, block in before]
    excerpts = (*(excerpt for excerpt, _ in before), *findings.excerpts)
    blocks = without_labels(read_block(excerpt, table) for excerpt in findings.excerpts)
    learned = learn(zip(excerpts, (*own, *blocks), strict=True), table)
    if learned != table:
        blocks = without_labels(read_block(excerpt, learned) for excerpt in findings.excerpts)
    blocks = with_arguments([*own, *blocks], learned)
    blocks = with_turned_by_letter(with_turned(blocks))
    blocks = with_formulas(without_arguments(blocks))
    pairs = in_sentences(zip(excerpts, blocks, strict=True))
    statements = tuple(_Reader().read(pairs))
    return Reading(statements, learned, findings)


_LATEX = re.compile(r"\\|[_^]\s*\{|\{|^\$")
# What no LaTeX has, where the only braces of a formula are those of its scripts.
_TYPED = re.compile(r"\w'*\[|\b(?:np|numpy)\.|@|\.T\b|\bsum\(")
_SCRIPTS = re.compile(r"[_^]\s*\{[^{}\\]*\}")


def read_formula(
    text: str, functions: FunctionTable | None = None, *, arrays: bool = False
) -> Reading:
    """Return the statements of one formula, in LaTeX or, without any of its signs, plain infix.

    What sets it off in a text, `$…$` or a full stop, is no part of it; a line can be an equation.

    Args:
        text: the formula.
        functions: which names are functions.
        arrays: as for `read_infix`.

    Raises:
        InputError: where it is no text.
    """
    text = lines_apart(bare(text))
    table = functions or FunctionTable()
    latex = bool(_LATEX.search(text)) and not (
        _TYPED.search(text) and not re.search(r"[\\{}]", _SCRIPTS.sub("", text))
    )
    excerpt = Excerpt.of(text, plain=not latex)
    block = read_block(excerpt, table) if latex else read_infix(text, table, arrays=arrays)
    learned = learn([(excerpt, block)], table)
    if learned != table:
        block = read_block(excerpt, learned) if latex else read_infix(text, learned, arrays=arrays)
    findings = Findings("formula", (excerpt,))
    return Reading(tuple(_Reader().read([(excerpt, block)])), learned, findings)


_ROW_GOES_ON = re.compile(r"\s*&?\s*(?:=|:=|\\(?:approx|equiv|simeq|stackrel)(?![A-Za-z]))")


def _goes_on_unread(excerpt: Excerpt, item: Unread) -> bool:
    """Say whether a chain goes through what is not read: a row with a relation first, a remark.

    A remark stands in a column of its own behind what was claimed, and claims nothing.
    """
    row = excerpt.text[: item.span.start].rpartition("\\\\")[2]
    before, _, cell = row.rpartition("&")
    cell += re.split(r"&|\\\\", excerpt.text[item.span.start :], maxsplit=1)[0]
    is_remark = "=" in before and "=" not in cell and "\\frac" not in cell
    return bool(_ROW_GOES_ON.match(row)) or is_remark


@dataclass(slots=True)
class _Open:
    """The chain that a leading relation would continue."""

    number: int
    last: Node
    position: int = 0
    conditional: bool = False
    conditions: tuple[Relation, ...] = ()
    excerpt: Excerpt | None = None  # the formula that opened it or went on with it last

    def comes_under(self, chain: Chain) -> None:
        """Add a chain's conditions; one that is said in words alone leaves none to be named."""
        in_words = any(c.conditional and not c.conditions for c in (self, chain))
        new = (relation for relation in chain.conditions if relation not in self.conditions)
        self.conditions = () if in_words else (*self.conditions, *new)
        self.conditional = self.conditional or chain.conditional


class _Reader:
    """The one pass over a document's blocks, in order."""

    def __init__(self) -> None:
        self.chains = 0
        self.open: _Open | None = None
        self.defined: set[Node] = set()
        self.mentioned: set[Node] = set()
        self.previous: Excerpt | None = None
        self.leads = False
        self.premise: tuple[Excerpt | None, frozenset[Node]] = None, frozenset()

    def read(self, blocks: Iterable[tuple[Excerpt, Block]]) -> Iterator[Statement]:
        """Yield the statements of the blocks."""
        for excerpt, block in blocks:
            words = _REASON if excerpt.display else _ASIDE
            aside = bool(words.search(excerpt.before))
            lone = len(block.items) == 1
            for item, after in zip_longest(block.items, block.items[1:]):
                self.leads = isinstance(after, Chain) and after.connective in IMPLIES
                if isinstance(item, Unread):
                    yield self._unread(excerpt, item)
                    if not _goes_on_unread(excerpt, item):
                        self.open = None  # what goes on from it goes on from nothing before
                else:
                    yield from self._chain(excerpt, item, aside=aside, lone=lone)
            self.previous = excerpt

    def _unread(self, excerpt: Excerpt, unread: Unread) -> Statement:
        number = self.open.number if self.open else 0
        return Statement(
            excerpt, unread.span, unread.line, unread.column, Kind.UNREAD, Place.CHAIN, None, "",
            None, number, 0, excerpt.before, "", unread,
        )  # fmt: skip

    def _chain(
        self, excerpt: Excerpt, chain: Chain, *, aside: bool, lone: bool
    ) -> Iterator[Statement]:
        aside = aside or chain.condition or bool(_ASIDE.search(chain.words))
        begun = self.open is not None and self.open.excerpt is excerpt
        aside = aside or (begun and bool(_RULE.search(chain.words)))
        place = Place.REMARK if chain.remark else Place.SIDE if aside else Place.CHAIN
        words = chain.words or excerpt.before
        if chain.first is None:
            goes_on = place is Place.CHAIN and self._goes_on(excerpt, chain)
            current = self.open if goes_on else None
            if current is None and (chain.words or not excerpt.display) and chain.links:
                yield self._said(excerpt, chain, words)
                yield from self._goes_on_from_words(excerpt, chain, aside=aside, lone=lone)
                return
            if current is None:
                yield self._without_left(excerpt, chain, words)
                return
            current.comes_under(chain)
        else:
            self.chains += 1
            current = _Open(self.chains, chain.first)
            current.comes_under(chain)
            if not chain.links and not chain.broken:
                yield self._expression(excerpt, chain, current, place, words)
                if lone and excerpt.display and place is Place.CHAIN:
                    self._opens(current, excerpt)
                return
            yield from self._braces(excerpt, chain.first, current, words)
        where, said = self.premise
        known = said if chain.connective in IMPLIES and where is excerpt else frozenset()
        operands = [current.last, *(link.operand for link in chain.links)]
        self.premise = excerpt, frozenset(s for node in operands for s in symbols(node))
        following = iter(chain.links[1:])
        for link in chain.links:
            current.position += 1
            self.mentioned |= symbols(current.last)
            found = self._link(excerpt, chain, link, current, place, words)
            name = defined_name(found.left) if found.left is not None else None
            # What an equation is solved for behind an arrow is no definition beside it, and no
            # more is what is supposed before one of a name that has its equation.
            supposed = name in known or (self.leads and found.kind is Kind.CLAIM)
            # A probability that stands between a name and its formula is only another name.
            after = next(following, None)
            named = after is not None and isinstance(current.last, Symbol)
            named = named and is_probability(link.operand, after.operand if after else link.operand)
            if named:
                found = replace(found, kind=Kind.REMARK, defines=False)
            yield replace(found, defines=False) if found.defines and supposed else found
            self.mentioned |= symbols(link.operand)
            yield from self._braces(excerpt, link.operand, current, words)
            if link.relation in _EQUALITIES or link.relation == "\\leftarrow":
                if not named:
                    current.last = link.operand  # what is given a value has that of the right side
        opens = chain.broken or any(link.relation in _EQUALITIES for link in chain.links)
        if place is Place.CHAIN and opens:
            self._opens(current, excerpt)

    def _opens(self, current: _Open, excerpt: Excerpt) -> None:
        current.excerpt = excerpt
        self.open = current

    def _goes_on_from_words(
        self, excerpt: Excerpt, chain: Chain, *, aside: bool, lone: bool
    ) -> Iterator[Statement]:
        r"""Yield what is said behind `\text{cost} = 2 + 3`, and let the rows after it go on there.

        The name in words has no value of its own; what it is equal to has.
        """
        first, *rest = chain.links
        if not chain.words or first.relation not in _EQUALITIES:
            return
        if rest:
            rest_of_it = replace(chain, first=first.operand, links=tuple(rest))
            yield from self._chain(excerpt, rest_of_it, aside=aside, lone=lone)
            return
        self.chains += 1
        current = _Open(self.chains, first.operand)
        current.comes_under(chain)
        self._opens(current, excerpt)

    def _said(self, excerpt: Excerpt, chain: Chain, words: str) -> Statement:
        r"""The remark that a relation is whose left side is in words or left out, `$\leq 1$`."""
        link = chain.links[0]
        line, column = excerpt.position(link.span.start)
        left = Dots(span=link.span)
        return Statement(
            excerpt, link.span, line, column, Kind.REMARK, Place.CHAIN, left, link.relation,
            link.operand, 0, 0, words, chain.connective,
        )  # fmt: skip

    def _goes_on(self, excerpt: Excerpt, chain: Chain) -> bool:
        r"""Say whether a leading relation continues the open chain: not behind a name in words.

        `\text{Accuracy} = 85` and "accuracy $= 85$" are about what the words name, as is a formula
        behind a label in bold. In a sentence only spaces and punctuation may stand between. Words
        that say what is done, `\text{by the chain rule:}`, stand between two steps of one chain.
        """
        if not self.open:
            return False
        if chain.words:
            return self.open.excerpt is excerpt and bool(_STEP.search(chain.words))
        if self.open.excerpt is excerpt:
            return True
        if excerpt.display:
            return not _LABEL.search(excerpt.before)
        return self.open.excerpt is self.previous and bool(_BETWEEN.fullmatch(excerpt.before))

    def _link(
        self, excerpt: Excerpt, chain: Chain, link: Link, current: _Open, place: Place, words: str
    ) -> Statement:
        kind = Kind.REMARK if chain.condition else self._kind(link, current)
        line, column = excerpt.position(link.span.start)
        return Statement(
            excerpt, link.span, line, column, kind, place, current.last, link.relation,
            link.operand, current.number, current.position, words, chain.connective,
            conditional=current.conditional, conditions=current.conditions,
            defines=self._can_define(link, current),
        )  # fmt: skip

    def _can_define(self, link: Link, current: _Open) -> bool:
        """Say whether a link can be a definition: a name on one side, a formula on the other."""
        if link.relation not in (*_DEFINING, "=", "=:"):
            return False
        left, right = definition_of(current.last, link.relation, link.operand)
        if left is None or right is None:
            return False
        if left is not current.last and link.relation == "=":
            # `a = f(z) = f(W x)` says what z is, wherever it was mentioned; a chain that ends with
            # a name names what it found only the first time.
            of_last = isinstance(current.last, Call) and left in current.last.arguments
            if of_last and current.position == 1:
                return False  # `f(x) = f(x_0 + h)` is about any x
            if left in self.defined if of_last else self._is_mentioned(left, right):
                return False
        name = defined_name(left)
        if name is None or is_updated(left, right) or is_same_turned(left, right):
            return False
        plain = isinstance(left, Symbol) and not (left.subscripts or left.marks)
        if isinstance(left, Symbol) and plain and left.name in _INDICES and is_count(right):
            return False  # `l = L - 1, …, 2` says how far an index runs
        if isinstance(left, Call):
            # `sigma(z_1) = sigma(0.6)` is a value of a function and no formula for it.
            # That of a vector may be written with its entries, `H(p, q) = -sum_i p_i log q_i`.
            arguments = {argument.unmarked for argument in quantities(left)}
            inside = symbols(right) | {symbol.base for symbol in quantities(right)}
            is_value = bool(arguments) and arguments.isdisjoint(inside)
            if is_value and not (names_output(left, right) or states_loss(left, right)):
                return False
        if named_entries(left, right) is not None:
            return False
        if any(isinstance(part, Dots) for part in right.walk()):
            return False  # `X = [x_11 … x_1n]` shows what it is made of and says no more
        whole = replace(name, subscripts=()) if isinstance(name, Symbol) else name
        if is_set(right) or is_of_event(right):
            return False
        return not (is_number(right) or {name, whole} & symbols(right))  # `c_{qj} = (c^T)_{jq}`

    def _is_mentioned(self, name: Node, what: Node) -> bool:
        """Say whether a name was there before: itself, or for one or every other layer."""
        if name in self.mentioned:
            return True
        if isinstance(what, Derivative) and isinstance(name, Symbol) and name.name not in ERRORS:
            # `dz^o / dW^o = A^h` finds an activation and defines none.
            others = {other.base for other in self.mentioned if isinstance(other, Symbol)}
            return name.base in others
        key = of_every_layer(name)
        return key is not None and any(of_every_layer(other) == key for other in self.mentioned)

    def _kind(self, link: Link, current: _Open) -> Kind:
        left = current.last
        if link.relation in ("\\leftarrow", *ADDITIONS) or is_updated(left, link.operand):
            return Kind.ASSIGNMENT
        if isinstance(left, Differential) and left.kind == "Δ" and link.relation == "=":
            return Kind.ASSIGNMENT  # `\\Delta w = -\\eta …` says what a step adds
        if link.relation not in _EQUALITIES or is_range(link.operand):
            return Kind.REMARK
        if (
            is_set(link.operand)
            or are_shapes(left, link.operand)
            or lists_arguments(left, link.operand)
        ):
            return Kind.REMARK
        if link.relation == "=:":
            left = link.operand
        elif link.relation == "\\approx":
            return Kind.CLAIM
        if current.position > 1 and link.relation == "=":
            return Kind.CLAIM
        name = defined_name(left)
        if name is None:
            return Kind.CLAIM
        if is_same_turned(left, link.operand):
            return Kind.ASSIGNMENT  # `a_{ij} = a_{ji}` says that a matrix is symmetric
        if isinstance(name, Symbol) and link.relation != "=:" and name in symbols(link.operand):
            new = name not in self.defined or goes_on_from(name, link.operand)
            return Kind.ASSIGNMENT if new else Kind.CLAIM
        if name in self.defined and link.relation not in _DEFINING:
            return Kind.CLAIM
        self.defined.add(name)
        return Kind.DEFINITION

    def _braces(
        self, excerpt: Excerpt, node: Node, current: _Open, words: str
    ) -> Iterator[Statement]:
        """Yield what the braces in one operand claim, under a sum where its conditions hold."""
        sums = [part for part in node.walk() if isinstance(part, BigSum) and part.conditions]
        for brace in node.walk():
            if not isinstance(brace, Brace) or brace.claim is None:
                continue
            left = brace.body
            around = [one for one in sums if any(part is brace for part in one.body.walk())]
            conditions = [condition for one in around for condition in one.conditions]
            for sign, right in zip(brace.claim.operators, brace.claim.operands[1:], strict=True):
                line, column = excerpt.position(brace.claim.span.start)
                yield Statement(
                    excerpt, brace.claim.span, line, column, Kind.CLAIM, Place.BRACE, left,
                    sign, right, current.number, current.position, words,
                    conditional=current.conditional or bool(conditions),
                    conditions=(*current.conditions, *conditions),
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
