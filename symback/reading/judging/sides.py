"""What two sides of a line are besides their values: ones of a length, a name and a number."""

from __future__ import annotations

from collections.abc import Sequence

from symback.reading.formula.syntax import (
    Node,
    Number,
    Operator,
    Product,
    Relation,
    Symbol,
    Transpose,
    stripped,
)
from symback.reading.meaning.arrays import Array, Value
from symback.reading.meaning.graph import Term
from symback.reading.network.symbols import everything, is_ones
from symback.reading.statements.verdicts import Status
from symback.reading.verdict import Verdict

__all__ = [
    "Readings", "is_a_value", "is_doubled", "only_names", "says_zero", "spread", "within_ranges",
]  # fmt: skip

Readings = tuple[tuple[str, dict[str, str]], ...]


def spread(node: Node, value: Value, beside: Value) -> Value:
    """A multiple of a vector of ones, or a product with one, as long as the other side has it."""
    if not isinstance(beside, Array) or not any(map(is_ones, everything(node))):
        return value
    if isinstance(value, Term):
        return beside.map(lambda _: value) if 1 in beside.shape else value
    factors = node.factors if isinstance(node, Product) else ()
    if not isinstance(value, Array) or not factors:
        return value
    rows, columns = beside.shape
    last, first = factors[-1], factors[0]
    if value.shape == (rows, 1) and isinstance(last, Transpose) and is_ones(stripped(last.body)):
        return Array(rows, columns, tuple(x for x in value.items for _ in range(columns)))
    if value.shape == (1, columns) and is_ones(stripped(first)):
        return Array(rows, columns, value.items * rows)
    return value


def says_zero(node: Node) -> bool:
    """Say whether a side is the number 0."""
    return isinstance(node, Number) and node.value == 0


def is_doubled(left: Node, right: Node) -> bool:
    """Say whether a letter written twice has a value, `HH = 3`, which is a name of programs."""
    return any(
        isinstance(one, Product)
        and isinstance(other, Number | Product)
        and len(one.factors) == 2
        and one.factors[0] == one.factors[1]
        and one.operators == (Operator.JUXTAPOSED,)
        and isinstance(one.factors[0], Symbol)
        for one, other in ((left, right), (right, left))
    )


def is_a_value(left: Node, right: Node) -> bool:
    """Say whether a letter is set to a value of its own, `z = z_0`, as in one place and another."""
    one, other = stripped(left), stripped(right)
    return (
        isinstance(one, Symbol)
        and isinstance(other, Symbol)
        and one == one.base == other.base
        and len(other.subscripts) == 1
        and isinstance(other.subscripts[0], Number)
        and not other.marks
    )


def only_names(condition: Relation, known: Sequence[str]) -> bool:
    """Say whether a condition says that an index is another letter, which stands nowhere.

    `When i = j:` before `dp_i/dx_i = …` asks nothing of i.
    """
    letters = [s.name for s in condition.operands if isinstance(s, Symbol) and s == s.base]
    return (
        condition.operators == ("=",)
        and len(letters) == 2
        and sum(x in known for x in letters) == 1
    )


def within_ranges(verdict: Verdict, readings: Readings) -> Verdict:
    """Leave open what was only shown with a sum to the number of other units than it is over.

    What lies beyond the last unit is 0 and does not show; with other sizes units would be left out.
    What the values of such a sum refute may be meant of another range.
    """
    beyond = [about for code, about in readings if code == "sum-beyond-range"]
    if beyond and (verdict.reason == "values" or verdict.status is not Status.REFUTED):
        return Verdict(Status.UNDECIDED, "sum-beyond-range", beyond[0])
    return verdict
