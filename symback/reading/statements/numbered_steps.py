r"""The single steps of a recursion, `h_1`, `h_2`, `h_3` beside `h_t = \tanh(w x_t + u h_{t-1})`.

A number in the place of the letter that counts is one of its steps. Each is written as a quantity
of its own, with the equation that it has at its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Node,
    Number,
    Sum,
    Symbol,
)
from symback.reading.network.symbols import everything, of_step
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["NumberedSteps", "with_numbered_steps"]

_MOST = 6
"""So many steps are written out at most."""


@dataclass(frozen=True, slots=True)
class NumberedSteps:
    """A document whose recursions are written out, one quantity for each step.

    Attributes:
        statements: equations at each number, and lines about single steps.
        lines: for each of those lines, its place in the document and here.
        letters: the letters of the recursions.
    """

    statements: tuple[Statement, ...]
    lines: Mapping[int, int]
    letters: tuple[str, ...]


def with_numbered_steps(statements: Sequence[Statement]) -> NumberedSteps | None:
    """The document with its steps written out.

    None where it has no recursion with numbers, and where it has two for one quantity: then nothing
    tells of which a single step is.
    """
    lefts = {left.base for s in statements if (left := _defined(s)) is not None}
    recursions = {
        (base, letter)
        for s in statements
        if (left := _defined(s)) is not None
        for letter, by in _indices(left)
        for base in _behind(letter, by, s.right)
        if base in lefts
    }
    letters = {letter for _, letter in recursions}
    if len(letters) != 1:
        return None
    (letter,) = letters
    counted = {
        symbol.base
        for s in statements
        if _defined(s) is not None
        for side in (s.left, s.right)
        if side is not None
        for symbol in _symbols(side)
        if any(found == letter for found, _ in _indices(symbol))
    }
    writer = _Writer(letter, frozenset(counted))
    equations: dict[Symbol, Node | None] = {}
    for s in statements:
        left = _defined(s)
        if (
            left is not None
            and writer.counts(left)
            and equations.setdefault(left, s.right) != s.right
        ):
            return None
    numbers = [n for s in statements if s.is_claim for n in writer.numbers(s)]
    if not numbers or max(numbers) > _MOST:
        return None
    last = max(numbers)
    written: list[Statement] = []
    lines: dict[int, int] = {}
    told = {s.left for s in statements if s.defines and s.left and list(writer.of_side(s.left))}
    for at, s in enumerate(statements):
        if s.left is None or s.right is None or not s.is_claim:
            continue
        if (left := _defined(s)) is not None and writer.counts(left):
            (by,) = (by for found, by in _indices(left) if found == letter)
            for number in range(1, last + 1):
                new = writer.at(s, number - by)
                if new is not None and writer.numbered(left, number) not in told:
                    written.append(new)
        elif (new := writer.at(s, None)) is not None:
            if list(writer.numbers(s)):
                lines[at] = len(written)
            written.append(new)
    if not lines:
        return None
    return NumberedSteps(tuple(written), lines, tuple(sorted(b.name for b, _ in recursions)))


def _defined(statement: Statement) -> Symbol | None:
    """The quantity with an index that a statement gives an equation."""
    left = statement.left
    if not statement.defines or not isinstance(left, Symbol) or statement.right is None:
        return None
    return left if any(True for _ in _indices(left)) else None


def _indices(symbol: Symbol) -> Iterator[tuple[Symbol, int]]:
    """Yield the letters in a symbol's indices, below or above, and how far each is shifted."""
    bodies = [*symbol.subscripts, *(mark.body for mark in symbol.marks if mark.body is not None)]
    for body in bodies:
        if (found := of_step(body)) is not None and found[0] == found[0].base:
            yield found


def _behind(letter: Symbol, by: int, right: Node | None) -> Iterator[Symbol]:
    """Yield what a right side has of another step than its left: the h of `h_{t-1}`."""
    for symbol in _symbols(right) if right is not None else ():
        if any(found == letter and other != by for found, other in _indices(symbol)):
            yield symbol.base


def _symbols(node: Node) -> Iterator[Symbol]:
    return (part for part in everything(node) if isinstance(part, Symbol))


class _Writer:
    """Puts numbers in the place of the letter that counts steps.

    Args:
        letter: the letter.
        counted: the quantities that have a step.
    """

    def __init__(self, letter: Symbol, counted: frozenset[Symbol]) -> None:
        self.letter = letter
        self.counted = counted

    def counts(self, symbol: Symbol) -> bool:
        """Say whether this is at a step that the letter names."""
        return symbol.base in self.counted and any(f == self.letter for f, _ in _indices(symbol))

    def numbers(self, statement: Statement) -> Iterator[int]:
        """Yield the numbers of the single steps in a line."""
        for side in (statement.left, statement.right):
            if side is not None:
                yield from self.of_side(side)

    def of_side(self, side: Node) -> Iterator[int]:
        """Yield the numbers of the single steps in an expression."""
        for symbol in _symbols(side):
            number = self._number(symbol)
            if number is not None:
                yield number

    def at(self, statement: Statement, number: int | None) -> Statement | None:
        """A line with a number for the letter; None where its steps are not all numbers then."""
        assert statement.left is not None
        assert statement.right is not None
        left = self._put(statement.left, number)
        right = self._put(statement.right, number)
        if left is None or right is None:
            return None
        return replace(statement, left=left, right=right)

    def numbered(self, symbol: Symbol, number: int) -> Symbol:
        """A quantity as the document writes it with the number of its step."""

        def one(body: Node) -> Node:
            found = of_step(body)
            return Number(str(number)) if found and found[0] == self.letter else body

        return replace(
            symbol,
            subscripts=tuple(map(one, symbol.subscripts)),
            marks=tuple(replace(m, body=m.body and one(m.body)) for m in symbol.marks),
        )

    def _number(self, symbol: Symbol) -> int | None:
        """The number of the single step that a symbol is of: it stands alone as its index."""
        if symbol.base not in self.counted:
            return None
        bodies = [*symbol.subscripts, *(mark.body for mark in symbol.marks)]
        if len(bodies) != 1 or not isinstance(bodies[0], Number):
            return None
        return int(bodies[0].digits) if bodies[0].digits.isdecimal() else None

    def _put(self, node: Node, number: int | None) -> Node | None:
        try:
            return self._written(node, number)
        except _Open:
            return None

    def _written(self, node: Node, number: int | None) -> Node:
        if isinstance(node, Symbol):
            return self._symbol(node, number)
        if isinstance(node, BigSum):
            return self._sum(node, number)
        if isinstance(node, Call):
            arguments = tuple(self._written(each, number) for each in node.arguments)
            return replace(node, arguments=arguments)
        return changed(node, lambda part: self._written(part, number))

    def _symbol(self, symbol: Symbol, number: int | None) -> Symbol:
        if symbol.base not in self.counted:
            if number is None and symbol == self.letter:
                raise _Open
            return symbol
        single = self._number(symbol)
        if single is not None:
            return replace(symbol.base, accents=(*symbol.accents, f"step {single}"))
        own = [by for found, by in _indices(symbol) if found == self.letter]
        if len(own) != 1:
            if own or symbol.subscripts or symbol.marks:
                raise _Open
            return symbol
        if number is None:
            raise _Open

        def counts(body: Node | None) -> bool:
            found = of_step(body) if body is not None else None
            return bool(found and found[0] == self.letter)

        return replace(
            symbol,
            accents=(*symbol.accents, f"step {number + own[0]}"),
            subscripts=tuple(s for s in symbol.subscripts if not counts(s)),
            marks=tuple(m for m in symbol.marks if not counts(m.body)),
        )

    def _sum(self, node: BigSum, number: int | None) -> Node:
        """A sum over steps as its terms; one over other letters as it is."""
        if self.letter not in node.indices:
            return changed(node, lambda part: self._written(part, number))
        first, last = node.lower, node.upper
        if not (isinstance(first, Number) and isinstance(last, Number) and len(node.indices) == 1):
            raise _Open
        numbers = range(int(first.digits), int(last.digits) + 1)
        if not 0 < len(numbers) <= _MOST:
            raise _Open
        terms = tuple(self._written(node.body, each) for each in numbers)
        return Sum(terms, (1,) * len(terms), span=node.span) if len(terms) > 1 else terms[0]


class _Open(Exception):
    """A step that no number can be put in for."""
