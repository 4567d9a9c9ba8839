r"""A document about a batch, `Z = W A + b` or `J = 1/m \sum_i L^{(i)}`, as that about one sample.

Where the samples are the columns of Z, A and X, every line about them says of each sample what it
says of one: `dA = W^T dZ`. Gradients of the weights add up, or average, what each sample gives:
`1/m dZ A^T` is `dz a^T` of one, if the loss is a mean over the m samples. So it is beside a network
for one sample, `z = w^T x + b`, whose losses are added up: each has that network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import (
    BigSum,
    Call,
    Derivative,
    Differential,
    Fraction,
    MarkKind,
    Matrix,
    Nabla,
    Node,
    Number,
    Product,
    Sum,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.network.naming import LOSSES
from symback.reading.network.symbols import base_of, everything, quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.records import dataclass

__all__ = [
    "OneSample", "by_what", "divisor_of", "of_numbers", "of_one_sample", "parted",
    "with_small_letters",
]  # fmt: skip

_SUMS = frozenset(["sum"])
_ONE_BY = Fraction(Number("1"), Symbol("m"))


@dataclass(frozen=True, slots=True)
class OneSample:
    """What a document about a batch says of one sample.

    Attributes:
        worlds: the document, said of one sample.
        judged: whether a statement, by its place, says there what it says of the batch.
        letters: the letters of the batch.
        count: the number of samples over which gradients of weights are means; "" for sums.
    """

    worlds: Worlds
    judged: frozenset[int]
    letters: tuple[str, ...]
    count: str


def of_one_sample(worlds: Worlds) -> OneSample | None:
    """The document said of one sample; None where it is not about a batch of them.

    That is so where samples are columns, small letters have no equations of their own, and
    either the loss adds up samples, `J = 1/m \\sum_{i=1}^m`, or gradients of weights do; or where
    the equations are of one sample, and the loss adds up theirs.
    """
    sums = {found for s in worlds.statements if (found := _sum_of_loss(s)) is not None}
    letters = _letters(worlds)
    if letters:
        if not _are_columns(worlds, letters):
            return None
    elif sums and _is_of_one(worlds):
        letters = _given(worlds)
    else:
        return None
    gradients = list(_gradients(worlds, letters))
    counts = {divisor_of(right) for _, right in gradients} | {m if mean else "" for m, mean in sums}
    if len(counts) != 1 or not (sums or _add_up(gradients, letters)):
        return None
    count = counts.pop()
    ends = {m for m, _ in sums} | {count} - {""}
    if len(ends) > 1:
        return None
    of_batch, of_weights = _losses(worlds, letters)
    if count and of_batch & of_weights:
        return None  # of a mean, what belongs to a sample has 1/m too
    if not sums and of_batch and of_weights - of_batch:
        return None  # what the one loss has to do with the other is not said
    losses = of_batch | of_weights
    turn = _Turn(letters, count, ends.pop() if ends else "", losses)
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


@dataclass(frozen=True, slots=True)
class _Turn:
    """How what is said of a batch is said of one sample."""

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
        if by is not None and by.name not in self.letters and not _is_slope(right):
            inner = self._summand(right)
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
        mean, rest = parted(right, self.count)
        if bool(self.count) != mean:
            return None
        inner = stripped(rest)
        if isinstance(inner, Call) and inner.function.name in _SUMS and inner.arguments:
            return inner.arguments[0]
        if isinstance(inner, BigSum):
            of_sample = _end_of(inner) == self.end != "" and all(
                _has_sample(symbol)
                for symbol in quantities(inner.body)
                if symbol.name in self.letters or symbol.name in self.letters.values()
            )
            return inner.body if of_sample else None
        return inner if _is_outer(inner, self.letters) else None

    def _of_loss(self, node: Node) -> Node:
        """A loss of all samples as that of one."""
        before, node = node, changed(node, self._of_loss)
        if isinstance(node, BigSum) and _end_of(node) == self.end:
            return node.body
        if isinstance(node, Fraction) and self.count and node.denominator == Symbol(self.count):
            return node.numerator
        if isinstance(node, Product) and node.factors[0] == Number("1") and node != before:
            return parted(Product((_ONE_BY, *node.factors[1:]), node.operators), "m")[1]
        return node

    def _is_of_another(self, symbol: Symbol) -> bool:
        """Say whether a quantity is that of one sample by its number: `z^{[l](1)}`."""
        marks = [m for m in symbol.marks if m.kind is MarkKind.LAYER]
        return len(symbol.marks) > len(marks) > 0 and not all(
            _is_sample(mark.kind, mark.body) for mark in marks
        )

    def _node(self, node: Node) -> Node:
        if isinstance(node, Call) and not node.order and base_of(node.function) in self.losses:
            return Symbol("L")  # `J(w, b)`, `L(a, y)`
        if isinstance(node, Derivative | Nabla) and isinstance(node.of, Symbol | Call):
            if base_of(node.of.function if isinstance(node.of, Call) else node.of) in self.losses:
                by = self._node_of(node)
                return replace(by, of=Symbol("L"))
        if isinstance(node, Symbol):
            if base_of(node) in self.losses and not node.subscripts:
                return Symbol("L")
            kept = tuple(mark for mark in node.marks if not _is_sample(mark.kind, mark.body))
            return replace(node, name=self.letters.get(node.name, node.name), marks=kept)
        return changed(node, self._node)

    def _node_of(self, node: Derivative | Nabla) -> Derivative | Nabla:
        new = changed(node, self._node)
        assert isinstance(new, Derivative | Nabla)
        return new


def _is_sample(kind: MarkKind, body: Node | None) -> bool:
    return kind is MarkKind.LAYER and isinstance(body, Symbol) and body == Symbol("i")


def _has_sample(symbol: Symbol) -> bool:
    return any(_is_sample(mark.kind, mark.body) for mark in symbol.marks)


def _letters(worlds: Worlds) -> dict[str, str]:
    """The capital letters of quantities that have a column for each sample, with small ones."""
    equations = {
        left.name
        for s in worlds.statements
        if s.defines and isinstance(left := s.definition[0], Symbol)
        if base_of(left) not in LOSSES and not isinstance(s.definition[1], Matrix)
    }
    seen = {
        symbol.name
        for s in worlds.statements
        for side in (s.left, s.right)
        if side is not None
        for symbol in quantities(side)
    }
    letters = {x: x.lower() for x in equations if len(x) == 1 and x.isupper()}
    letters |= {x: x.lower() for x in ("X", "Y") if x in seen}
    by = {symbol.name for s in worlds.statements if s.left and (symbol := by_what(s.left))}
    weights = {x for x in letters if x in by and x not in equations and x not in ("X", "Y")}
    if weights or not {"X", "A"} & letters.keys() or equations & set(letters.values()):
        return {}
    return letters


def _is_of_one(worlds: Worlds) -> bool:
    """Say whether equations are of one sample, `z = w x + b`, and losses alone of all of them."""
    marked: set[str] = set()
    plain: set[str] = set()
    for left in (s.definition[0] for s in worlds.statements if s.defines):
        symbol = left.function if isinstance(left, Call) else left
        if isinstance(symbol, Symbol):
            (marked if _has_sample(symbol) else plain).add(base_of(symbol))
    return bool(plain - LOSSES) and not marked


def _given(worlds: Worlds) -> dict[str, str]:
    """Capital letters without equations beside small ones: the Y of all `y^{(i)}`."""
    seen = {
        symbol.name
        for s in worlds.statements
        for side in (s.left, s.right)
        if side is not None
        for symbol in quantities(side)
    }
    made = {
        left.name
        for s in worlds.statements
        if s.defines and isinstance(left := s.definition[0], Symbol)
    }
    capitals = {x for x in seen - made if len(x) == 1 and x.isupper() and x not in LOSSES}
    return {x: x.lower() for x in capitals if x.lower() in seen}


def _are_columns(worlds: Worlds, letters: Mapping[str, str]) -> bool:
    """Say whether weights stand before the data in every equation of a layer: `Z = W A + b`."""
    found = set()
    for right in (s.definition[1] for s in worlds.statements if s.defines):
        whole = stripped(right) if right is not None else None
        for term in whole.terms if isinstance(whole, Sum) else ():
            match stripped(term):
                case Product(factors=(Symbol() as first, Symbol() as second)):
                    of_samples = first.name in letters, second.name in letters
                    if of_samples[0] != of_samples[1]:
                        found.add(of_samples[1])
    return found == {True}


def _gradients(worlds: Worlds, letters: Mapping[str, str]) -> Iterator[tuple[Symbol, Node]]:
    """By which weights gradients are taken, and what they are said to be."""
    for statement in worlds.statements:
        by = by_what(statement.left) if statement.left is not None else None
        right = statement.right
        if by is None or right is None or by.name in letters or _is_slope(right):
            continue
        if any(s.name in letters or _has_sample(s) for s in quantities(right)):
            yield by, right


def _add_up(gradients: list[tuple[Symbol, Node]], letters: Mapping[str, str]) -> bool:
    """Say whether a gradient of weights adds up what columns give: `dZ A^T`."""
    return any(_is_outer(stripped(parted(r, divisor_of(r))[1]), letters) for _, r in gradients)


def _is_outer(node: Node, letters: Mapping[str, str]) -> bool:
    return (
        isinstance(node, Product)
        and len(node.factors) == 2
        and _is_transposed(node.factors[1])
        and all(any(s.name in letters for s in quantities(each)) for each in node.factors)
    )


def _is_transposed(node: Node) -> bool:
    if isinstance(node, Transpose):
        return True
    return isinstance(node, Symbol) and any(mark.body == Symbol("T") for mark in node.marks)


def _losses(worlds: Worlds, letters: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The losses that are differentiated by what belongs to samples, and by weights."""
    found: tuple[set[str], set[str]] = set(), set()
    for statement in worlds.statements:
        left, right = statement.left, statement.right
        if left is not None and right is not None and by_what(left) == by_what(right) is not None:
            continue  # `dW = dJ/dW` says what dW is
        if not statement.is_claim:
            continue
        for side in (left, right):
            for node in everything(side) if side is not None else ():
                if isinstance(node, Derivative | Nabla) and isinstance(node.of, Symbol | Call):
                    by = by_what(node)
                    of = base_of(node.of.function if isinstance(node.of, Call) else node.of)
                    if by is not None and of in LOSSES:
                        found[by.name not in letters].add(of)
    return frozenset(found[0]), frozenset(found[1])


def _sum_of_loss(statement: Statement) -> tuple[str, bool] | None:
    """Over how many samples the loss that a statement defines is summed, and whether as a mean."""
    left, right = statement.definition
    name = left.function if isinstance(left, Call) else left
    if not statement.defines or not isinstance(name, Symbol) or base_of(name) not in LOSSES:
        return None
    nodes = list(everything(right)) if right is not None else []
    ends = {_end_of(node) for node in nodes if isinstance(node, BigSum)} - {""}
    if len(ends) != 1:
        return None
    end = ends.pop()
    mean = any(isinstance(n, Fraction) and n.denominator == Symbol(end) for n in nodes)
    return end, mean


def _end_of(node: BigSum) -> str:
    """The letter that a sum over samples ends at; "" for another sum."""
    if node.indices != (Symbol("i"),) or not isinstance(node.upper, Symbol):
        return ""
    return node.upper.name if node.upper == Symbol(node.upper.name) else ""


def _is_slope(node: Node) -> bool:
    return isinstance(stripped(node), Derivative | Differential | Nabla)


def by_what(left: Node) -> Symbol | None:
    """By what a line's left side differentiates."""
    node = stripped(left)
    if isinstance(node, Differential) and node.order == 1:
        return node.of if isinstance(node.of, Symbol) else None
    if isinstance(node, Derivative) and len(node.by) == 1:
        return node.by[0] if isinstance(node.by[0], Symbol) else None
    if isinstance(node, Nabla):
        return node.by if isinstance(node.by, Symbol) else None
    return None


def divisor_of(right: Node) -> str:
    """The letter by which a side is divided, as its first factor; "" for none."""
    node = stripped(right)
    first = node.factors[0] if isinstance(node, Product) else node
    if isinstance(first, Fraction) and first.numerator == Number("1"):
        if isinstance(first.denominator, Symbol):
            return first.denominator.name
    return ""


def parted(right: Node, count: str) -> tuple[bool, Node]:
    """Whether a side is one over the number of samples times something, and what that is."""
    node = stripped(right)
    if not count or not isinstance(node, Product) or divisor_of(node) != count:
        return False, node
    rest, operators = node.factors[1:], node.operators[1:]
    return True, rest[0] if len(rest) == 1 else replace(node, factors=rest, operators=operators)


def with_small_letters(letters: Mapping[str, str], node: Node) -> Node:
    """A side with the letters of one sample."""
    if isinstance(node, Symbol):
        return replace(node, name=letters.get(node.name, node.name))
    return changed(node, partial(with_small_letters, letters))
