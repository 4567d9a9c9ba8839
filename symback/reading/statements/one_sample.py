r"""Equations of one sample, said of each that a loss adds up.

Beside `L = 1/m \sum_i (\hat y^{(i)} - y^{(i)})^2` the equation `\hat y = w x + b` is that of any
sample: where x has the number of a sample elsewhere, and nothing says what `\hat y^{(i)}` is, it
says that `\hat y^{(i)} = w x^{(i)} + b`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from symback.reading.formula.function_names import USUAL
from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Dots,
    Group,
    Hessian,
    Mark,
    MarkKind,
    Matrix,
    Nabla,
    Node,
    Norm,
    Symbol,
    Transpose,
    Tuple,
    stripped,
)
from symback.reading.network.function_meanings import function_named, is_softmax
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["Samples", "of_each_sample"]

_NUMBERS = (MarkKind.LAYER, MarkKind.BRACKET)
_OTHERS = "qrsuv"
"""Letters for the number of a sample where that of the sum counts something else."""


@dataclass(frozen=True, slots=True)
class _Numbering:
    """How the samples that a loss adds up are numbered: `y^{(i)}`, or `y_i`.

    `letters` are those that have the number, `compared` those of them that a loss adds up, and
    `losses` the names of these sums, `bodies` what they add up.
    """

    index: Symbol
    kind: MarkKind | None
    letters: frozenset[str]
    compared: frozenset[str]
    losses: frozenset[str]
    bodies: tuple[Node, ...]

    def numbers(self, symbol: Symbol) -> bool:
        """Say whether a symbol has the number of a sample."""
        if self.kind is None:
            return symbol.subscripts == (self.index,) and not symbol.marks
        return any(m.kind is self.kind and m.body == self.index for m in symbol.marks)

    def numbered(self, symbol: Symbol, index: Symbol) -> Symbol:
        """A symbol with the number of a sample."""
        if self.kind is None:
            return replace(symbol, subscripts=(index,))
        return replace(symbol, marks=(*symbol.marks, Mark(self.kind, index)))

    def leaves_bare(self, symbol: Symbol) -> bool:
        """Say whether a symbol could have the number of a sample and has none."""
        return not symbol.marks and not (self.kind is None and symbol.subscripts)


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
    """

    of_each: Mapping[int, Statement]
    of_numbers: Mapping[int, Statement]
    of_one: Mapping[int, Statement]
    about_all: frozenset[int]
    mixed: Mapping[int, tuple[str, ...]]


def of_each_sample(statements: Sequence[Statement]) -> Samples | None:
    """The lines of a document about one sample and about all; None where none are numbered."""
    numbering = _numbering(statements)
    if numbering is None:
        return None
    letters, computed = _of_samples(statements, numbering)
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
    return Samples(found, as_entries, alone, frozenset(about), mixed)


def _of_numbers(
    statements: Mapping[int, Statement], letters: frozenset[str], numbering: _Numbering
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
    statements: Sequence[Statement], letters: frozenset[str], numbering: _Numbering
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
    numbering: _Numbering,
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


def _free_letter(symbols: Sequence[Symbol], numbering: _Numbering) -> Symbol | None:
    """A letter for the number of a sample that counts nothing else in an equation."""
    taken = {letter for symbol in symbols for letter in _letters(symbol)}
    choice = (numbering.index, *map(Symbol, _OTHERS))
    return next((letter for letter in choice if letter not in taken), None)


def _numbered_by(numbering: _Numbering, index: Symbol, letters: frozenset[str], node: Node) -> Node:
    """An expression with the number of a sample at each letter that has none."""
    if isinstance(node, Symbol) and base_of(node) in letters:
        return numbering.numbered(node, index) if numbering.leaves_bare(node) else node
    return changed(node, partial(_numbered_by, numbering, index, letters))


def _numbering(statements: Sequence[Statement]) -> _Numbering | None:
    """How samples are numbered, where all losses that add them up do it in one way."""
    found: dict[tuple[Symbol, MarkKind | None], tuple[set[str], set[str]]] = {}
    bodies: list[Node] = []
    summed = {base_of(of) for statement in statements for of in _differentiated(statement)}
    for statement in statements:
        if not statement.defines or statement.right is None:
            continue
        left = statement.left
        name = left.function if isinstance(left, Call) else left
        if not isinstance(name, Symbol) or name.subscripts or name.marks:
            continue
        if base_of(name) not in summed:
            continue
        for total in everything(statement.right):
            if not isinstance(total, BigSum) or len(total.indices) != 1:
                continue
            (index,) = total.indices
            bodies.append(total.body)
            for kind, letter in _numbered(total.body, index):
                letters, losses = found.setdefault((index, kind), (set(), set()))
                letters.add(letter)
                losses.add(base_of(name))
    if len(found) != 1:
        return None
    ((index, kind), (letters, losses)) = next(iter(found.items()))
    compared = frozenset(letters)
    own = _Numbering(index, kind, compared, compared, frozenset(losses), tuple(bodies))
    for statement in statements:
        for side in (statement.left, statement.right):
            for total in everything(side) if side is not None else ():
                if not isinstance(total, BigSum) or index not in total.indices:
                    continue
                inside = list(quantities(total.body))
                # A mark counts samples wherever it stands, an index those of the letters beside it.
                if kind or any(base_of(s) in compared and own.numbers(s) for s in inside):
                    letters |= {base_of(s) for s in inside if own.numbers(s)}
    return replace(own, letters=frozenset(letters))


def _numbered(body: Node, index: Symbol) -> Iterator[tuple[MarkKind | None, str]]:
    """The letters in a sum that have the letter of the sum for their number, and where."""
    for symbol in quantities(body):
        for mark in symbol.marks:
            if mark.kind in _NUMBERS and mark.body == index:
                yield mark.kind, base_of(symbol)
        if symbol.subscripts == (index,) and not symbol.marks:
            yield None, base_of(symbol)


def _of_samples(
    statements: Sequence[Statement], numbering: _Numbering
) -> tuple[frozenset[str], frozenset[str]]:
    """The letters of one sample, those with its number and what is made of them, and the latter.

    None are made where no equation is of one sample alone, or where one says already what a
    sample's is.
    """
    nothing: frozenset[str] = frozenset()
    made: dict[str, set[str]] = {}
    for statement in statements:
        left, right = statement.definition
        if not statement.defines or not isinstance(left, Symbol) or right is None:
            continue
        if base_of(left) in numbering.letters and numbering.numbers(left):
            return nothing, nothing
        if any(_is_no_equation(part, numbering) for part in everything(right)):
            continue
        if numbering.kind is None and _is_of_vectors(right):
            continue  # an index is that of an entry beside `W x` or a softmax
        if numbering.leaves_bare(left) and not left.subscripts:
            made.setdefault(base_of(left), set()).update(map(base_of, quantities(right)))
    # What no line differentiates by is data, and as well of each sample as the same for all.
    learnt = {base_of(by) for statement in statements for by in _differentiated_by(statement)}
    if any(map(_computes, numbering.bodies)):
        return nothing, nothing
    shown = {base_of(s) for body in numbering.bodies for s in quantities(body)} & learnt
    made = {
        name: of
        for name, of in made.items()
        if name not in numbering.compared or shown.isdisjoint(of - numbering.letters)
    }
    wanted = _wanted(numbering.compared, made)
    if wanted is None:
        return nothing, nothing
    made = {name: of for name, of in made.items() if name not in wanted | numbering.losses}
    letters = set(numbering.letters)
    waiting = list(numbering.letters & made.keys())
    for name in waiting:
        waiting += (more := made.get(name, set()) - letters - learnt)
        letters |= more
    while more := {n for n, of in made.items() if n not in letters and not of.isdisjoint(letters)}:
        letters |= more
    computed = frozenset(n for n, of in made.items() if not of.isdisjoint(letters))
    if computed.isdisjoint(numbering.compared):
        return nothing, nothing
    return frozenset(letters), computed


def _differentiated(statement: Statement) -> Iterator[Symbol]:
    for node in (node for side in _sides(statement) for node in everything(side)):
        if isinstance(node, Derivative | Hessian | Nabla) and node.of is not None:
            of = stripped(node.of)
            of = of.function if isinstance(of, Call) else of
            if isinstance(of, Symbol):
                yield of


def _differentiated_by(statement: Statement) -> Iterator[Symbol]:
    for node in (node for side in _sides(statement) for node in everything(side)):
        if isinstance(node, Derivative):
            yield from (by for by in map(stripped, node.by) if isinstance(by, Symbol))
        elif isinstance(node, Hessian | Nabla) and isinstance(node.by, Symbol):
            yield node.by


def _is_no_equation(node: Node, numbering: _Numbering) -> bool:
    """Say whether an expression is no equation of one sample: `x = [x_1, x_2]`, a solution."""
    if isinstance(node, BigSum):
        return numbering.index in node.indices
    return isinstance(node, Tuple | Matrix | Dots)


def _computes(body: Node) -> bool:
    """Say whether what a loss adds up holds an output by itself, `h(x^{(i)})`, beside a target."""
    return any(
        isinstance(node, Call)
        and function_named(node.function.name) is None
        and base_of(node.function) not in LOSSES | USUAL
        for node in everything(body)
    )


def _is_of_vectors(node: Node) -> bool:
    """Say whether an equation without indices is one of vectors: a matrix, a softmax, a norm."""
    return any(
        isinstance(part, Norm)
        or (isinstance(part, Symbol) and part.name[0].isupper())
        or (isinstance(part, Call) and is_softmax(part.function.name))
        for part in everything(node)
    )


def _wanted(letters: frozenset[str], made: Container[str]) -> frozenset[str] | None:
    r"""The letters of what a loss compares that are given, though an equation has them.

    Beside `\hat y` the letter y is what is wanted, and `y = w x + b` what is thought to be true.
    None where nothing is given.
    """
    if any(letter not in made for letter in letters) or letters <= LOSSES:
        return frozenset()
    found = frozenset(x for x in letters if any(y.split()[1:] == [x] for y in letters))
    return found or None


def _sides(statement: Statement) -> Iterator[Node]:
    yield from (side for side in (statement.left, statement.right) if side is not None)


def _symbols(node: Node) -> Iterator[Symbol]:
    """All quantities of an expression, those that it differentiates by with them."""
    yield from (part for part in everything(node) if isinstance(part, Symbol))


def _letters(symbol: Symbol) -> Iterator[Symbol]:
    """A symbol and all letters in its scripts."""
    yield symbol
    for script in (*symbol.subscripts, *(mark.body for mark in symbol.marks)):
        if script is not None:
            yield from (part for part in script.walk() if isinstance(part, Symbol))
