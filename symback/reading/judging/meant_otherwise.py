r"""What a document says it means otherwise than is usual, which makes what is usual doubtful.

A layout, a logarithm to another base, a norm of its own, targets of any sum, an activation that is
any function; and letters that are two quantities in two fonts, or with a square: `\sigma^2`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symback.reading.formula.languages import pattern
from symback.reading.formula.syntax import (
    Call,
    Derivative,
    MarkKind,
    Nabla,
    Node,
    Norm,
    Number,
    Power,
    Symbol,
    stripped,
)
from symback.reading.judging.behind import behind
from symback.reading.network.known_names import nodes_of
from symback.reading.network.symbols import base_of, everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["MeantOtherwise"]

_NUMERATOR = r"\bnumerator[- ]layout|\bgradients? (?:as|are|is) (?:an? )?rows?\b|is a row vector"
_DENOMINATOR = r"\bdenominator[- ]layout"
_ANY_SUM = (
    r"\b(?:need|do|does|must|may|will)(?: not|n't) (?:necessarily )?(?:sum|add)|\bnot sum\w* to"
    r"|\bmulti-?label|\bany vector|\btotal mass|\bunnormali[sz]ed (?:targets|labels|weights)"
)
_OF_BASE = (
    r"\bbase[- ](?:2|two|10|ten)\b|\bto (?:the )?base\s*\Z|\bbinary logarithm|\bzur Basis (?:2|10)"
    r"|\ben base (?:2|10)"
)
_ANY = (
    r"\b(?:any|arbitrary|generic|general|unspecified|unknown|beliebige?\w*|quelconque|cualquier"
    r"|qualquer|qualunque)\b|произвольн|任意"
)
_FUNCTION = r"activation|function|non-?linearity|funktion|fonction|función|função|функци|函数|関数"
_NEAR = 60
_LOGS = frozenset(["log", "ln", "lg"])
_GOOD = (Status.PROVED, Status.AGREES)


class MeantOtherwise:
    """What one document means otherwise, and the verdicts that it makes doubtful.

    Args:
        judgements: one for each statement, in order.
        worlds: the networks that they are about.
    """

    def __init__(self, judgements: Sequence[Judgement], worlds: Worlds) -> None:
        self._worlds = worlds
        statements = worlds.statements
        said = " … ".join(f"{s.excerpt.before} … {s.excerpt.after}" for s in statements)
        by_rows, by_columns = (_says(each, said) for each in (_NUMERATOR, _DENOMINATOR))
        self._rows, self._columns = by_rows and not by_columns, by_columns and not by_rows
        self._any_sum = _says(_ANY_SUM, said)
        self._any_function = any(map(_is_any_function, statements))
        self._of_base = any(map(_is_of_base, statements))
        self._own_norm = any(
            _defines_norm(j.statement) and j.status not in _GOOD for j in judgements
        )
        sections: dict[int, list[Statement]] = {}
        for statement in statements:
            sections.setdefault(worlds.section[id(statement)], []).append(statement)
        self._two_fonts = {at: frozenset(_in_two_fonts(own)) for at, own in sections.items()}
        self._named_twice = {at: frozenset(_named_twice(own)) for at, own in sections.items()}
        self._squared = {at: frozenset(_squared(own)) for at, own in sections.items()}

    def doubts(self, judgement: Judgement) -> bool:
        """Say whether a verdict is of what is usual, and the document means otherwise."""
        codes = {code for code, _ in judgement.readings}
        statement = judgement.statement
        if self._any_sum and "targets-sum-to-one" in codes:
            return True
        if self._any_function and "sigma-is-logistic" in codes:
            return True
        if (self._of_base or self._own_norm) and any(
            map(self._is_unusual, self._behind(statement))
        ):
            return True
        if judgement.status in _GOOD and self._is_turned(statement, codes):
            return True
        section = self._worlds.section[id(statement)]
        if self._two_fonts[section]:
            behind = {node.name for node in self._behind(statement) if isinstance(node, Symbol)}
            if not behind.isdisjoint(self._two_fonts[section]):
                return True
        if twice := self._named_twice[section]:
            applied = (node.function for node in self._behind(statement) if isinstance(node, Call))
            if not twice.isdisjoint(map(base_of, applied)):
                return True
        names = {node.name for node in nodes_of(statement) if isinstance(node, Symbol)}
        return judgement.status is Status.REFUTED and not names.isdisjoint(self._squared[section])

    def _is_unusual(self, node: Node) -> bool:
        if self._own_norm and isinstance(node, Norm):
            return True
        return self._of_base and isinstance(node, Call) and node.function.name in _LOGS

    def _is_turned(self, statement: Statement, codes: set[str]) -> bool:
        """Say whether a derivative by an array may be meant the other way round."""
        if self._columns:
            return "layout-rows-of" in codes
        if not self._rows:
            return False
        ranks = self._worlds.of(statement).ranks
        left = stripped(statement.left) if statement.left is not None else None
        by = left.by if isinstance(left, Derivative) else ()
        if isinstance(left, Nabla):
            by = (left.by,) if left.by is not None else ()
        arrays = any(isinstance(each, Symbol) and ranks.rank(each) > 0 for each in by)
        return "layout-rows-by" in codes or (arrays and "layout-rows-of" not in codes)

    def _behind(self, statement: Statement) -> Iterator[Node]:
        return behind(self._worlds.of(statement), statement)


def _says(words: str, text: str) -> bool:
    return pattern(words).search(text) is not None


def _is_any_function(statement: Statement) -> bool:
    """Say whether words behind a letter leave open which function it is."""
    if statement.relation or statement.excerpt.display:
        return False
    near = statement.excerpt.after[:_NEAR]
    return _says(_ANY, near) and _says(_FUNCTION, near)


def _is_of_base(statement: Statement) -> bool:
    excerpt = statement.excerpt
    return _says(_OF_BASE, excerpt.before) or _says(_OF_BASE, excerpt.after)


def _defines_norm(statement: Statement) -> bool:
    left = stripped(statement.left) if statement.left is not None else None
    if isinstance(left, Power):
        left = stripped(left.base)
    right = stripped(statement.right) if statement.right is not None else None
    return isinstance(left, Norm) and right is not None and not isinstance(right, Number)


def _in_two_fonts(statements: Sequence[Statement]) -> Iterator[str]:
    r"""The letters that are two quantities by their fonts: `\mathcal L = L + \lambda w^2`."""
    fonts: dict[str, set[str]] = {}
    for left, right in (s.definition for s in statements if s.defines):
        if isinstance(left, Symbol) and not (left.subscripts or left.marks or left.accents):
            fonts.setdefault(left.name, set()).add(left.font)
            for node in everything(right) if right is not None else ():
                if isinstance(node, Symbol) and node.name == left.name:
                    if node.font != left.font and not (node.subscripts or node.marks):
                        yield left.name
    yield from (name for name, found in fonts.items() if len(found) > 1)


def _named_twice(statements: Sequence[Statement]) -> Iterator[str]:
    r"""Letters of functions that are said to be two known ones: `\sigma = \tanh`, then another."""
    found: dict[str, set[Node]] = {}
    by_name: set[str] = set()
    for left, right in (s.definition for s in statements if s.defines):
        if isinstance(left, Call) and right is not None and len(left.arguments) == 1:
            name = base_of(left.function)
            if isinstance(right, Call) and right.arguments == left.arguments:
                by_name.add(name)
            found.setdefault(name, set()).add(right)
    yield from (name for name in by_name if len(found[name]) > 1)


def _squared(statements: Sequence[Statement]) -> Iterator[str]:
    r"""The letters that are differentiated by with a square and without: `\sigma^2`, `\sigma`."""
    plain: set[str] = set()
    raised: set[str] = set()
    for node in (node for statement in statements for node in nodes_of(statement)):
        if isinstance(node, Derivative):
            for by in node.by:
                if isinstance(by, Symbol):
                    is_square = any(mark.kind is MarkKind.SQUARED for mark in by.marks)
                    (raised if is_square else plain).add(by.name)
                elif isinstance(by, Power) and isinstance(by.base, Symbol):
                    raised.add(by.base.name)
    yield from plain & raised
