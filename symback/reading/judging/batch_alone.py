r"""A document about a batch, `Z = W A + b` or `J = 1/m \sum_i L^{(i)}`, as that about one sample.

Where the samples are the columns of Z, A and X, every line about them says of each sample what it
says of one: `dA = W^T dZ`. Gradients of the weights add up, or average, what each sample gives:
`1/m dZ A^T` is `dz a^T` of one, if the loss is a mean over the m samples. So it is beside a network
for one sample, `z = w^T x + b`, whose losses are added up: each has that network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Fraction,
    MarkKind,
    Matrix,
    Nabla,
    Node,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.judging.mean_gradients import (
    by_what,
    divided,
    divisor_of,
    is_slope,
    summand,
    without_first,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = ["OneSample", "of_numbers", "of_one_sample"]

_LOSS = Symbol("L")


@dataclass(frozen=True, slots=True)
class OneSample:
    """What a document about a batch says of one sample.

    Attributes:
        worlds: the document, said of one sample.
        judged: the statements, by their places, that say there what they say of the batch.
        letters: the letters of the batch.
        count: the number of samples over which gradients of weights are means; "" for sums.
    """

    worlds: Worlds
    judged: frozenset[int]
    letters: tuple[str, ...]
    count: str


def of_one_sample(worlds: Worlds) -> OneSample | None:
    r"""The document said of one sample; None where it is not about a batch of them.

    That is so where samples are columns, small letters have no equations of their own, and
    either the loss adds up samples, `J = 1/m \sum_{i=1}^m`, or gradients of weights do; or where
    the equations are of one sample, and the loss adds up theirs.
    """
    sums = {found for s in worlds.statements if (found := _sum_of_loss(s)) is not None}
    index = {each.index for each in sums} or {
        node.indices[0].name
        for node in _nodes(worlds)
        if isinstance(node, BigSum) and _end_of(node)
    }
    if len(index) > 1:
        return None
    batch = _Batch(worlds, index.pop() if index else "")
    if any(map(batch.mixes_samples, (body for each in sums for body in each.bodies))):
        return None
    letters = batch.letters()
    if letters:
        if not batch.are_columns(letters):
            return None
    elif sums and batch.is_of_one():
        letters = batch.given()
    else:
        return None
    gradients = list(batch.gradients(letters))
    counts = {divisor_of(right) for right in gradients} | {s.end if s.mean else "" for s in sums}
    if len(counts) != 1:
        return None
    (count,) = counts
    if not sums and all(
        summand(rest, letters) is None
        for right in gradients
        if (rest := divided(right, count)) is not None
    ):
        return None
    ends = {s.end for s in sums} | ({count} if count else set())
    if len(ends) > 1:
        return None
    of_batch, of_weights = batch.losses(letters)
    if count and of_batch & of_weights:
        return None  # of a mean, what belongs to a sample has 1/m too
    if not sums and of_batch and of_weights - of_batch:
        return None  # what the one loss has to do with the other is not said
    turn = _Turn(batch, letters, count, ends.pop() if ends else "", of_batch | of_weights)
    made, judged = [], set()
    for place, statement in enumerate(worlds.statements):
        new = turn.statement(statement)
        if new is not None:
            judged.add(place)
        made.append(new if new is not None else statement)
    small = Worlds(tuple(made), worlds.headings, worlds.stated)
    return OneSample(small, frozenset(judged), tuple(sorted(letters)), count)


def of_numbers(statement: Statement) -> Iterator[Statement]:
    """A line about one sample, and the same where an output is a number, `x (a - y)^T`."""
    yield statement
    match stripped(statement.right) if statement.right is not None else None:
        case Product(factors=(first, Transpose() as second)) as both:
            yield replace(statement, right=replace(both, factors=(first, second.body)))


class _Batch:
    """What a document says of a batch.

    Args:
        worlds: the document.
        index: the letter that counts samples; "" where none does.
    """

    def __init__(self, worlds: Worlds, index: str) -> None:
        self.worlds = worlds
        self.index = index
        self.equations = [
            (left, right)
            for s in worlds.statements
            if s.defines and (left := s.definition[0]) is not None
            if (right := s.definition[1]) is not None and not isinstance(stripped(right), Matrix)
        ]
        self.made = {left.name for left, _ in self.equations if isinstance(left, Symbol)}
        symbols = [node for node in _nodes(worlds) if isinstance(node, Symbol)]
        self.marked = {symbol.name for symbol in symbols if self.has_sample(symbol)}
        self.seen = {symbol.name for symbol in symbols}
        by = {found.name for node in _nodes(worlds) if (found := by_what(node)) is not None}
        self.learnt = by - self.made - self.marked

    def has_sample(self, symbol: Symbol) -> bool:
        """Say whether a quantity is that of the sample that is counted: `z^{[l](i)}`."""
        return any(self.is_sample(mark.kind, mark.body) for mark in symbol.marks)

    def is_sample(self, kind: MarkKind, body: Node | None) -> bool:
        """Say whether a mark is the index of a sample."""
        return bool(self.index) and kind is MarkKind.LAYER and body == Symbol(self.index)

    def is_of_each(self, body: Node) -> bool:
        """Say whether all that belongs to samples has their index, below a sum over them."""
        symbols = list(quantities(body))
        return any(map(self.has_sample, symbols)) and all(
            self.has_sample(symbol) or symbol.name in self.learnt or base_of(symbol) in LOSSES
            for symbol in symbols
        )

    def mixes_samples(self, body: Node) -> bool:
        """Say whether something belongs to samples elsewhere, and has no index here."""
        own = self.made | self.marked
        return any(
            s.name in own and not self.has_sample(s) and base_of(s) not in LOSSES
            for s in quantities(body)
        )

    def is_parameter(self, by: Symbol, letters: Mapping[str, str]) -> bool:
        """Say whether something belongs to all samples: it is not computed, nor of one of them."""
        return by.name not in {*letters, *letters.values(), *self.made, *self.marked}

    def letters(self) -> dict[str, str]:
        """The capital letters of what has a column for each sample, with small ones.

        These have equations of others, `Z = W A + b`, stand behind weights, as X does, or are
        what an output is compared with. Empty where small letters have equations of their own.
        """
        computed = {
            left.name
            for left, right in self.equations
            if isinstance(left, Symbol) and _is_capital(left) and base_of(left) not in LOSSES
            if any(map(_is_capital, quantities(right)))
        }
        behind = {second.name for _, second in self._products() if _is_capital(second)}
        compared = {
            symbol.name
            for node in _nodes(self.worlds)
            if isinstance(node, Sum) and any(_names(term) & computed for term in node.terms)
            for symbol in node.terms
            if isinstance(symbol, Symbol) and _is_capital(symbol)
        }
        named = {  # the X of `A^{[0]} = X`
            right.name
            for left, right in self.equations
            if isinstance(left, Symbol) and left.name in computed
            if isinstance(right, Symbol) and _is_capital(right)
        }
        letters = {name: name.lower() for name in (computed | behind | compared | named) - LOSSES}
        if not (computed and behind) or self.made & set(letters.values()):
            return {}
        return letters

    def are_columns(self, letters: Mapping[str, str]) -> bool:
        """Say whether weights stand before the data in every equation of a layer: `Z = W A + b`."""
        found = {
            second.name in letters
            for first, second in self._products()
            if (first.name in letters) != (second.name in letters)
        }
        return found == {True}

    def _products(self) -> Iterator[tuple[Symbol, Symbol]]:
        """The two factors of the products to which something is added in equations."""
        for _, right in self.equations:
            whole = stripped(right)
            for term in whole.terms if isinstance(whole, Sum) else ():
                match stripped(term):
                    case Product(factors=(Symbol() as first, Symbol() as second)):
                        yield first, second

    def is_of_one(self) -> bool:
        """Say whether equations are of one sample, `z = w x + b`, and losses alone of all."""
        names = [left.function if isinstance(left, Call) else left for left, _ in self.equations]
        symbols = [name for name in names if isinstance(name, Symbol)]
        return any(base_of(symbol) not in LOSSES for symbol in symbols) and not any(
            map(self.has_sample, symbols)
        )

    def given(self) -> dict[str, str]:
        """Capital letters without equations beside small ones: the Y of all `y^{(i)}`."""
        capitals = {x for x in self.seen - self.made - LOSSES if len(x) == 1 and x.isupper()}
        return {x: x.lower() for x in capitals if x.lower() in self.seen}

    def gradients(self, letters: Mapping[str, str]) -> Iterator[Node]:
        """What gradients of weights are said to be, by what belongs to samples."""
        for statement in self.worlds.statements:
            left, right = statement.left, statement.right
            by = by_what(left) if left is not None else None
            if by is None or right is None or by.name in letters or is_slope(right):
                continue
            if any(s.name in letters or self.has_sample(s) for s in quantities(right)):
                yield right

    def losses(self, letters: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
        """The losses that are differentiated by what belongs to samples, and by weights."""
        found: tuple[set[str], set[str]] = set(), set()
        for statement in self.worlds.statements:
            left, right = statement.left, statement.right
            if left is None or right is None or not statement.is_claim:
                continue
            if by_what(left) == by_what(right) is not None:
                continue  # `dW = dJ/dW` says what dW is
            for node in (*everything(left), *everything(right)):
                if isinstance(node, Derivative | Nabla) and (by := by_what(node)) is not None:
                    if (of := _name_of(node.of)) in LOSSES:
                        found[by.name not in letters].add(of)
        return frozenset(found[0]), frozenset(found[1])


@dataclass(frozen=True, slots=True)
class _Turn:
    """How what is said of a batch is said of one sample."""

    batch: _Batch
    letters: Mapping[str, str]
    count: str
    end: str
    losses: frozenset[str]

    def statement(self, statement: Statement) -> Statement | None:
        """The same of one sample; None for a gradient of weights in another form."""
        left, right = statement.left, statement.right
        if left is None or right is None:
            return statement
        if isinstance(stripped(right), Matrix):  # `W = [a b; c d]` shows an array of some layer
            return replace(statement, defines=False)
        by = by_what(left)
        if by is not None and by.name not in self.letters and not is_slope(right):
            inner = self._summand(right) if self.batch.is_parameter(by, self.letters) else None
            if inner is None:
                return None
            right = inner
        elif _sum_of_loss(statement) is not None:
            right = self._of_loss(right)
        if any(map(self._is_of_another, (*quantities(left), *quantities(right)))):
            return None
        left, right = self._node(left), self._node(right)
        if left == right:  # `J = 1/m \sum_i L^{(i)}` of one sample
            return replace(statement, left=left, right=right, defines=False)
        return replace(statement, left=left, right=right)

    def _summand(self, right: Node) -> Node | None:
        """What one sample gives of a gradient that all of them add up to."""
        inner = divided(right, self.count)
        if inner is None:
            return None
        if not isinstance(inner := stripped(inner), BigSum):
            return summand(inner, self.letters)
        is_over_all = _end_of(inner) == self.end != "" and inner.indices[0].name == self.batch.index
        return inner.body if is_over_all and self.batch.is_of_each(inner.body) else None

    def _of_loss(self, node: Node) -> Node:
        """A loss of all samples as that of one."""
        node = changed(node, self._of_loss)
        if isinstance(node, BigSum) and _end_of(node) == self.end != "":
            return node.body
        if isinstance(node, Product) and self.count and divisor_of(node) == self.count:
            return without_first(node)
        return node

    def _is_of_another(self, symbol: Symbol) -> bool:
        """Say whether a quantity is that of one sample by its number: `z^{[l](1)}`."""
        marks = [m for m in symbol.marks if m.kind is MarkKind.LAYER]
        return len(symbol.marks) > len(marks) > 0 and not all(
            self.batch.is_sample(mark.kind, mark.body) for mark in marks
        )

    def _node(self, node: Node) -> Node:
        if isinstance(node, Call) and not node.order and base_of(node.function) in self.losses:
            return _LOSS  # `J(w, b)`, `L(a, y)`
        if isinstance(node, Symbol):
            if base_of(node) in self.losses and not node.subscripts:
                return _LOSS
            kept = tuple(m for m in node.marks if not self.batch.is_sample(m.kind, m.body))
            return replace(node, name=self.letters.get(node.name, node.name), marks=kept)
        return changed(node, self._node)


@dataclass(frozen=True, slots=True)
class _Added:
    """How a loss adds up samples: by which letter, to which end, whether as a mean, and what."""

    index: str
    end: str
    mean: bool
    bodies: tuple[Node, ...]


def _sum_of_loss(statement: Statement) -> _Added | None:
    """How the loss that a statement defines adds up samples; None where it adds up none."""
    left, right = statement.definition
    if not statement.defines or right is None or _name_of(left) not in LOSSES:
        return None
    nodes = list(everything(right))
    sums = [node for node in nodes if isinstance(node, BigSum) and _end_of(node)]
    found = {
        (node.indices[0].name, _end_of(node))
        for node in sums
        if any(
            mark.kind is MarkKind.LAYER and mark.body == node.indices[0]
            for symbol in quantities(node.body)
            for mark in symbol.marks
        )
    }
    if len(found) != 1:
        return None
    ((index, end),) = found
    mean = any(isinstance(n, Fraction) and n.denominator == Symbol(end) for n in nodes)
    return _Added(index, end, mean, tuple(n.body for n in sums if _end_of(n) == end))


def _end_of(node: BigSum) -> str:
    """The letter that a sum by one index ends at; "" for another sum."""
    if len(node.indices) != 1 or not isinstance(node.upper, Symbol):
        return ""
    return node.upper.name if node.upper == Symbol(node.upper.name) else ""


def _name_of(node: Node | None) -> str:
    """The letter of a quantity, or of a function that stands for one."""
    symbol = node.function if isinstance(node, Call) else node
    return base_of(symbol) if isinstance(symbol, Symbol) else ""


def _names(node: Node) -> set[str]:
    return {symbol.name for symbol in quantities(node)}


def _is_capital(symbol: Symbol) -> bool:
    return len(symbol.name) == 1 and symbol.name.isupper()


def _nodes(worlds: Worlds) -> Iterator[Node]:
    for statement in worlds.statements:
        for side in (statement.left, statement.right):
            if side is not None:
                yield from everything(side)
