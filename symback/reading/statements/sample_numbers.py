r"""How a document numbers its samples, and which of its letters are of one.

The samples are those that a loss adds up, as `y^{(i)}` or as `y_i`. What an equation computes from
letters with that number is of one sample, be it typed there or not.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from symback.reading.formula.function_names import USUAL
from symback.reading.formula.languages import pattern, words
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Dots,
    Fraction,
    Hessian,
    Mark,
    MarkKind,
    Matrix,
    Nabla,
    Node,
    Norm,
    Symbol,
    Tuple,
    stripped,
)  # fmt: skip
from symback.reading.network.function_meanings import function_named, is_softmax
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["Numbering", "letters_of_samples", "numbering_of"]

_CLASSES = frozenset("ckjl")
"""Letters that count classes or units rather than samples."""
_MARKS = (MarkKind.LAYER, MarkKind.BRACKET)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the samples that a loss adds up are numbered: `y^{(i)}`, or `y_i`.

    `letters` are those that have the number, `compared` those of them that a loss adds up, and
    `losses` the names of these sums, `bodies` what they add up. `is_said` says whether anything
    tells that they are samples, and no classes or outputs.
    """

    index: Symbol
    kind: MarkKind | None
    letters: frozenset[str]
    compared: frozenset[str]
    losses: frozenset[str]
    bodies: tuple[Node, ...]
    is_said: bool

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


def numbering_of(statements: Sequence[Statement]) -> Numbering | None:
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
    said = True if kind is not None else _counts_samples(index, statements, bodies)
    if said is None:
        return None
    compared = frozenset(letters)
    own = Numbering(index, kind, compared, compared, frozenset(losses), tuple(bodies), said)
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


def _counts_samples(
    index: Symbol, statements: Sequence[Statement], bodies: Sequence[Node]
) -> bool | None:
    r"""Say whether a document shows that an index below a letter is that of a sample, `y_i`.

    It counts classes or outputs as well: a mean, or words, tell that it is of samples. None where
    a parameter has as many entries, `b \in R^n`.
    """
    ends: set[Node] = set()
    is_mean = False
    for statement in statements:
        if statement.right is None or not statement.defines:
            continue
        nodes = list(everything(statement.right))
        sums = [n for n in nodes if isinstance(n, BigSum) and n.body in bodies]
        own = {n.upper for n in sums if n.upper is not None}
        ends |= own
        is_mean = is_mean or any(isinstance(n, Fraction) and _divides(n, own) for n in nodes)
    for statement in statements:
        if statement.relation == "\\in" and statement.right is not None:
            if ends.intersection(everything(statement.right)):
                return None
    if index.name in _CLASSES:
        return False
    excerpts = {id(s.excerpt): s.excerpt for s in statements}.values()
    said = (words_ for excerpt in excerpts for words_ in (excerpt.before, excerpt.after))
    return is_mean or any(pattern(words("sample")).search(each) for each in said)


def _divides(node: Fraction, ends: Container[Node]) -> bool:
    """Say whether a fraction is one over the end of a sum, `1/m` or `1/(2m)`."""
    return any(part in ends for part in everything(node.denominator))


def _numbered(body: Node, index: Symbol) -> Iterator[tuple[MarkKind | None, str]]:
    """The letters in a sum that have the letter of the sum for their number, and where."""
    for symbol in quantities(body):
        for mark in symbol.marks:
            if mark.kind in _MARKS and mark.body == index:
                yield mark.kind, base_of(symbol)
        if symbol.subscripts == (index,) and not symbol.marks:
            yield None, base_of(symbol)


def letters_of_samples(
    statements: Sequence[Statement], numbering: Numbering
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


def _is_no_equation(node: Node, numbering: Numbering) -> bool:
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
