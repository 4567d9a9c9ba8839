r"""Equations of one sample, said of each that a loss adds up.

Beside `L = 1/m \sum_i (\hat y^{(i)} - y^{(i)})^2` the equation `\hat y = w x + b` is that of any
sample: where x has the number of a sample elsewhere, and nothing says what `\hat y^{(i)}` is, it
says that `\hat y^{(i)} = w x^{(i)} + b`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    Call,
    Group,
    Node,
    Norm,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.sample_numbers import (
    Numbering,
    letters_of_samples,
    numbering_of,
)
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["Samples", "of_each_sample"]

_OTHERS = "qrsuv"
"""Letters for the number of a sample where that of the sum counts something else."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What a document says of each sample, and of one.

    Attributes:
        of_each: its statements by their places, equations of one sample as those of each, without
            what else is said of one.
        of_numbers: those of each sample with its number as the index of an entry, where all that is
            numbered are numbers.
        of_one: its statements without those about numbered samples or a loss of all.
        about_all: the places of those.
        mixed: the places of the others that are about a loss of all, by letters without a number.
        is_said: whether anything tells that these are samples, and no classes or outputs.
    """

    of_each: Mapping[int, Statement]
    of_numbers: Mapping[int, Statement]
    of_one: Mapping[int, Statement]
    about_all: frozenset[int]
    mixed: Mapping[int, tuple[str, ...]]
    is_said: bool


def of_each_sample(statements: Sequence[Statement]) -> Samples | None:
    """The lines of a document about one sample and about all; None where none are numbered."""
    numbering = numbering_of(statements)
    if numbering is None:
        return None
    letters, computed = letters_of_samples(statements, numbering)
    if not computed:
        return None
    formulas = dict(_losses(statements, letters, numbering))
    found: dict[int, Statement] = {}
    about: set[int] = set()
    mixed: dict[int, tuple[str, ...]] = {}
    for at, statement in enumerate(statements):
        own = [symbol for side in _sides(statement) for symbol in _symbols(side)]
        bare = [s for s in own if base_of(s) in letters and numbering.leaves_bare(s)]
        if not bare:
            found[at] = _with_losses(statement, formulas, numbering, letters)
            if any(base_of(s) in numbering.losses or numbering.numbers(s) for s in own):
                about.add(at)
            continue
        if any(base_of(s) in numbering.losses for s in own):
            mixed[at] = tuple(dict.fromkeys(map(base_of, bare)))
        left, _ = statement.definition
        defines = statement.defines and isinstance(left, Symbol) and base_of(left) in computed
        index = _free_letter(own, numbering) if defines else None
        if index is None or any(map(numbering.numbers, own)):
            continue
        put = partial(_numbered_by, numbering, index, letters)
        both = (statement.left, statement.right)
        sides = [put(side) if side is not None else None for side in both]
        found[at] = replace(statement, left=sides[0], right=sides[1])
    dropped = about.union(mixed)
    alone = {at: statement for at, statement in enumerate(statements) if at not in dropped}
    as_entries = _of_numbers(found, letters, numbering)
    return Samples(found, as_entries, alone, frozenset(about), mixed, numbering.is_said)


def _of_numbers(
    statements: Mapping[int, Statement], letters: frozenset[str], numbering: Numbering
) -> Mapping[int, Statement]:
    """The statements with marks of samples as indices; none where anything is an array."""
    nodes = [n for s in statements.values() for side in _sides(s) for n in everything(side)]
    arrays = any(
        isinstance(node, Transpose | Norm)
        or (isinstance(node, Symbol) and (node.font == "bold" or "vec" in node.accents))
        for node in nodes
    )
    own = [node for node in nodes if isinstance(node, Symbol) and base_of(node) in letters]
    if numbering.kind is None or arrays or any(s.subscripts or s.name.isupper() for s in own):
        return {}

    def below(node: Node) -> Node:
        if isinstance(node, Symbol) and base_of(node) in letters and node.marks:
            (mark, *more) = (m for m in node.marks if m.kind is numbering.kind)
            return (
                node
                if more or mark.body is None
                else replace(node, marks=(), subscripts=(mark.body,))
            )
        return changed(node, below)

    return {
        at: replace(s, left=s.left and below(s.left), right=s.right and below(s.right))
        for at, s in statements.items()
    }


def _losses(
    statements: Sequence[Statement], letters: frozenset[str], numbering: Numbering
) -> Iterator[tuple[str, Node]]:
    r"""The losses of one sample by their letters, with what they are: `L(\hat y, y) = …`."""
    for statement in statements:
        left, right = statement.left, statement.right
        name = left.function if isinstance(left, Call) else left
        if not statement.defines or not isinstance(name, Symbol) or right is None:
            continue
        given = left.arguments if isinstance(left, Call) else ()
        own = {base_of(s) for s in _symbols(right) if numbering.leaves_bare(s)}
        if base_of(name) in LOSSES and own and own <= letters:
            if all(isinstance(a, Symbol) and base_of(a) in letters for a in map(stripped, given)):
                yield base_of(name), right


def _with_losses(
    statement: Statement,
    formulas: Mapping[str, Node],
    numbering: Numbering,
    letters: frozenset[str],
) -> Statement:
    r"""A statement with what the loss of a sample is put in for it: `L(\hat y^{(i)}, y^{(i)})`."""

    def put(node: Node) -> Node:
        if isinstance(node, Call) and not node.order and base_of(node.function) in formulas:
            given = list(map(stripped, node.arguments))
            if all(isinstance(a, Symbol) and numbering.numbers(a) for a in given):
                body = formulas[base_of(node.function)]
                return Group(
                    _numbered_by(numbering, numbering.index, letters, body), span=node.span
                )
        return changed(node, put)

    if not formulas or statement.right is None:
        return statement
    return replace(statement, right=put(statement.right))


def _free_letter(symbols: Sequence[Symbol], numbering: Numbering) -> Symbol | None:
    """A letter for the number of a sample that counts nothing else in an equation."""
    taken = {letter for symbol in symbols for letter in _letters(symbol)}
    choice = (numbering.index, *map(Symbol, _OTHERS))
    return next((letter for letter in choice if letter not in taken), None)


def _numbered_by(numbering: Numbering, index: Symbol, letters: frozenset[str], node: Node) -> Node:
    """An expression with the number of a sample at each letter that has none."""
    if isinstance(node, Symbol) and base_of(node) in letters:
        return numbering.numbered(node, index) if numbering.leaves_bare(node) else node
    return changed(node, partial(_numbered_by, numbering, index, letters))


def _symbols(node: Node) -> Iterator[Symbol]:
    """All quantities of an expression, those that it differentiates by with them."""
    yield from (part for part in everything(node) if isinstance(part, Symbol))


def _letters(symbol: Symbol) -> Iterator[Symbol]:
    """A symbol and all letters in its scripts."""
    yield symbol
    for script in (*symbol.subscripts, *(mark.body for mark in symbol.marks)):
        if script is not None:
            yield from (part for part in script.walk() if isinstance(part, Symbol))


def _sides(statement: Statement) -> Iterator[Node]:
    yield from (side for side in (statement.left, statement.right) if side is not None)
