"""A line beside the values of an example: on its side of every kink, or with them put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction as Rational
from functools import partial
from itertools import islice, product

from symback.reading.formula.rewriting import changed
from symback.reading.formula.syntax import Call, Derivative, Group, Node, Number, Sum, Symbol
from symback.reading.judging.judge import Judge
from symback.reading.meaning.arrays import ShapeError
from symback.reading.meaning.comparing import Comparer
from symback.reading.meaning.graph import UNKNOWN, Circular, Term
from symback.reading.meaning.intervals import Figures
from symback.reading.meaning.points import Example
from symback.reading.network.places import Undecided
from symback.reading.network.symbols import everything, quantities
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Status
from symback.reading.verdict import Verdict

__all__ = ["beside_example", "with_given", "with_results"]

_MOST = 16
"""So many ways are tried in which results can be meant."""


def beside_example(
    judge: Judge, statement: Statement, values: Mapping[Node, Figures]
) -> Verdict | None:
    """Compare a statement's sides on that side of every kink where an example lies.

    `max(0, z)` is z where the document has `z = 1`. None where no value says anything.
    """
    left, right = statement.left, statement.right
    given = dict(_given(judge, values))
    if left is None or right is None or not given:
        return None
    before = judge.comparer
    terms = judge.interpreter.terms
    judge.comparer = Comparer(terms, Example(terms, given))
    try:
        return judge.sides(left, right)
    finally:
        judge.comparer = before


def with_given(
    judge: Judge, statement: Statement, values: Mapping[Node, Figures]
) -> Verdict | None:
    """Compare a statement's sides with what has one exact value put in: `1 - 2 eta = 1 - 0.2`.

    None where no value stands in it.
    """
    known = {
        node: Number(f"{Decimal(low.numerator) / low.denominator}")
        for node, figures in values.items()
        if isinstance(node, Symbol) and figures.is_number
        for low, high in figures.items
        if low == high >= 0
    }

    def put_in(node: Node) -> Node:
        return known.get(node, node) if isinstance(node, Symbol) else changed(node, put_in)

    left, right = statement.left, statement.right
    if left is None or right is None:
        return None
    # Where a value is put in, it stands in place of its letter: the `y = 0` of an example says
    # nothing of a line with y on both sides, or with no number instead.
    for one, other in ((left, right), (right, left)):
        letters, shown = set(quantities(one)), _numbers(other) - _numbers(one)
        known = {
            node: number
            for node, number in known.items()
            if node not in letters or (shown and node not in set(quantities(other)))
        }
    if (put_in(left), put_in(right)) == (left, right):
        return None
    return judge.sides(put_in(left), put_in(right))


def with_results(
    judge: Judge, statement: Statement, values: Mapping[Node, Figures]
) -> Verdict | None:
    """Compare a statement's sides with the name of a result for its printed value.

    Of `dL/da * da/dw = -0.1 * h` the number is that of dL/da, which a line before has found. None
    where no number beside a letter is a result.
    """
    left, right = statement.left, statement.right
    if left is None or right is None:
        return None
    shown = {part.value for side in (left, right) for part in _numbers(side) if "." in part.digits}
    names: dict[Rational, list[Node]] = {}
    for node, figures in values.items():
        if isinstance(node, Derivative | Symbol | Call) and figures.is_number:
            point = figures.points[0]
            if abs(point) in shown:
                result = Group(Sum((node,), (1 if point > 0 else -1,)), "(")
                names.setdefault(abs(point), []).append(result)
    verdict = None
    # Two results can have one value: any of them may be meant.
    for chosen in islice(product(*names.values()), _MOST if names else 0):
        meant = dict(zip(names, chosen, strict=True))
        one, other = (_named(meant, x) if any(quantities(x)) else x for x in (left, right))
        if (one, other) != (left, right):
            verdict = judge.sides(one, other)
            if verdict.status in (Status.PROVED, Status.AGREES):
                break
    return verdict


def _named(meant: Mapping[Rational, Node], node: Node) -> Node:
    """An expression with the names of results for their printed values."""
    if isinstance(node, Number) and "." in node.digits:
        return meant.get(node.value, node)
    return changed(node, partial(_named, meant))


def _given(judge: Judge, values: Mapping[Node, Figures]) -> Iterator[tuple[int, float]]:
    """What is unknown and has a value in an example, by its number."""
    for node, figures in values.items():
        if not isinstance(node, Symbol) or not figures.is_number:
            continue
        try:
            term = judge.interpreter.value(node, {})
        except (Undecided, ShapeError, Circular, RecursionError):
            continue
        if isinstance(term, Term) and term.kind == UNKNOWN:
            low, high = figures.items[0]
            yield term.number, float((low + high) / 2)


def _numbers(node: Node) -> set[Number]:
    return {part for part in everything(node) if isinstance(part, Number)}
