"""The numbers of an example: which value each quantity has been given or found to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction as Rational

from symback.reading.formula.syntax import (
    Call,
    Derivative,
    Node,
    Number,
    Sum,
    Symbol,
    stripped,
)
from symback.reading.judging.judge import Judge
from symback.reading.judging.sides import is_doubled
from symback.reading.meaning.intervals import Figures
from symback.reading.meaning.printed_numbers import (
    Numbers,
    compared,
    exactly,
    holds_as_printed,
    holds_if_rounded,
    is_literal,
    is_logistic,
    other_bases,
    printed_value,
    printed_with,
)
from symback.reading.network.function_meanings import SIGMOIDS
from symback.reading.network.places import function_name
from symback.reading.network.symbols import everything
from symback.reading.statements.statements import ADDITIONS, Kind, Statement
from symback.reading.statements.verdicts import Judgement, Status
from symback.records import dataclass

__all__ = ["Ledger"]


@dataclass
class Ledger:
    """The values that stand so far, in the order of a document.

    Attributes:
        values: by symbol, call or derivative; what an update found takes the place of what was.
        before: the same without what updates found.
        several: what has been given more than one value, as in another example.
        heads: the first expression of each chain, which all of its links give a value.
        updates: the chains that begin with an update.
        found: results, as they were printed.
        exact: what chains come to by what was given alone, where nothing is rounded.
        results: what was worked out, which another value of something given takes back.
    """

    values: dict[Node, Figures] = field(default_factory=dict)
    before: dict[Node, Figures] = field(default_factory=dict)
    several: set[Node] = field(default_factory=set)
    heads: dict[int, Node] = field(default_factory=dict)
    updates: set[int] = field(default_factory=set)
    found: list[Rational] = field(default_factory=list)
    exact: dict[int, Figures] = field(default_factory=dict)
    results: set[Node] = field(default_factory=set)

    def note(self, judge: Judge, judgement: Judgement) -> None:
        """Take note of the value that a statement gives."""
        statement = judgement.statement
        left, right = statement.left, statement.right
        if statement.kind is Kind.ASSIGNMENT:
            self.updates.add(statement.chain)
        if left is None or right is None or statement.relation in ADDITIONS:
            return
        if judgement.status is Status.REFUTED:
            self._found(right)
            head = _unmarked(stripped(self.heads.get(statement.chain, left)))
            if isinstance(head, Symbol) and is_literal(right):
                self.several.add(head)  # what is worked out from it further on may carry that on
            return
        if isinstance(left, Derivative) and _says_zero(right) and not _holds(judgement):
            return  # `dL/dw = 0` asks for w, and is no value that was found
        if not (statement.is_claim or statement.kind is Kind.ASSIGNMENT):
            return
        head = self.heads.setdefault(statement.chain, left)
        found = printed_value(right, self.numbers(judge, {}))
        if found is None:
            return
        self._work_out(judge, statement, left)
        is_given = _is_given(judge, statement) or _is_whole(right)
        given = exactly(right) if is_given or self._is_exact(statement, right) else None
        if given is None and is_literal(right):
            self.found += found.points
        for side in (head, left):
            key = _unmarked(stripped(side))
            if isinstance(key, Symbol | Call | Derivative):
                is_result = isinstance(key, Derivative) or not (is_given or key in self.values)
                if is_result and self._is_worked_out(judge, key):
                    self.results.add(key)
                self._keep(key, given or found, statement.chain in self.updates)

    def _work_out(self, judge: Judge, statement: Statement, side: Node) -> None:
        """Take note of what an expression of given quantities comes to, where that is exact."""
        if is_literal(side) or printed_value(side, self.numbers(judge, {})) is not None:
            return
        value = printed_value(side, self.numbers(judge))
        if value is not None and all(low == high for low, high in value.items):
            self.exact.setdefault(statement.chain, value)

    def _is_exact(self, statement: Statement, literal: Node) -> bool:
        """Say whether a result is printed with all of its digits."""
        worked, printed = self.exact.get(statement.chain), exactly(literal)
        return worked is not None and printed is not None and worked.items == printed.items

    def _found(self, literal: Node) -> None:
        """Take note of a result that is wrong: with its rounding, it is what is carried on."""
        figures = printed_with(literal) if is_literal(literal) and not _is_whole(literal) else None
        if figures is not None:
            self.found += figures.points

    def _keep(self, key: Node, value: Figures, updated: bool) -> None:
        if updated:
            self.values[key] = value
            return
        old = self.before.get(key)
        if old is not None and not _meet(old, value):
            self.several.add(key)
            if key not in self.results:
                self._forget_results()
        elif old is not None and _width(old) <= _width(value):
            value = old  # the same again, with fewer digits
        self.values[key] = self.before[key] = value

    def _is_worked_out(self, judge: Judge, key: Node) -> bool:
        """Say whether something is no letter that only has a value."""
        if not isinstance(key, Symbol):
            return True
        return bool(judge.model.definitions.under(judge.model.names.split(key)))

    def _forget_results(self) -> None:
        """Take back what was worked out, where something given has another value from now on."""
        for key in self.results:
            self.values.pop(key, None)
            self.before.pop(key, None)
        self.results.clear()

    def numbers(self, judge: Judge, values: Mapping[Node, Figures] | None = None) -> Numbers:
        """What is known of numbers here."""
        known = self.values if values is None else values
        return replace(judge.numbers, values=known, found=self.found)

    def judgement(self, judge: Judge, judgement: Judgement) -> Judgement:
        """Judge a line that puts numbers in, or finds one; any other is left as it was.

        A number on one side of an expression that is not constant says what its value is here.
        """
        statement = judgement.statement
        left, right = statement.left, statement.right
        if left is None or right is None or judgement.status in (Status.PROVED, Status.AGREES):
            return judgement
        printed = [printed_value(side, self.numbers(judge, {})) for side in (left, right)]
        if printed.count(None) != 1:
            return judgement
        symbolic, literal = (left, right) if printed[0] is None else (right, left)
        if judge.is_constant(symbolic):
            anew = isinstance(stripped(symbolic), Symbol) and judgement.status is Status.REFUTED
            # A name that has been worked out from numbers alone is so again in another example.
            return Judgement(statement, Status.ASSIGNMENT, "value") if anew else judgement
        number = printed[1] if printed[0] is None else printed[0]
        assert number is not None
        derived = any(isinstance(part, Derivative) for part in everything(symbolic))
        if not self.values and derived and _is_whole(literal):
            return judgement  # `dz/db = 0` is no value in an example that there is not
        verdicts = []
        for values in (self.values, self.before):
            known = printed_value(_unmarked(symbolic), self.numbers(judge, values))
            verdicts.append(None if known is None else compared(known, number))
        for verdict in verdicts:
            if verdict is not None and verdict.status is not Status.REFUTED:
                return replace(
                    judgement,
                    status=Status.AGREES,
                    reason="printed-digits",
                    diagnoses=(),
                    witness=None,
                )
        if None in verdicts or not self._is_certain(judge, symbolic, literal):
            # Which of several examples is meant is not said, so a difference refutes nothing.
            return Judgement(statement, Status.ASSIGNMENT, "value")
        if holds_if_rounded(_unmarked(symbolic), literal, self.numbers(judge)):
            return replace(judgement, status=Status.UNDECIDED, reason="too-close-to-call")
        witness = verdicts[-1].witness if verdicts[-1] is not None else None
        return replace(
            judgement, status=Status.REFUTED, reason="printed-digits", arguments={}, readings=(),
            diagnoses=(), witness=witness,
        )  # fmt: skip

    def _is_certain(self, judge: Judge, node: Node, literal: Node) -> bool:
        """Say whether everything in an expression has had one value, and every function is told."""
        numbers = self.numbers(judge)
        if any(holds_as_printed(node, literal, other) for other in other_bases(numbers, node)):
            return False  # a logarithm to another base
        if is_doubled(node, literal):
            return False
        own = _unmarked(stripped(node))
        if isinstance(own, Symbol | Call | Derivative):
            return False  # a value of its own that is found anew is another example's
        return self.several.isdisjoint(_values_in(node)) and all(
            _is_told(judge, part) for part in everything(node) if isinstance(part, Call)
        )


def _values_in(node: Node) -> Iterator[Node]:
    for part in everything(node):
        if isinstance(part, Symbol | Call | Derivative):
            yield _unmarked(part)


def _is_told(judge: Judge, call: Call) -> bool:
    """Say whether a letter that numbers take for the logistic function is said to be it."""
    name = function_name(call.function)
    if name not in SIGMOIDS:
        return True
    function = judge.model.definitions.functions.get(name)
    if function is None:
        return judge.model.meanings.get(name) == "sigmoid"
    return is_logistic(function, judge.numbers)


def _is_given(judge: Judge, statement: Statement) -> bool:
    """Say whether a number is what a quantity is said to be, with no formula anywhere for it."""
    left = statement.left
    if not isinstance(left, Symbol) or statement.kind is not Kind.DEFINITION:
        return False
    return not judge.model.definitions.under(judge.model.names.split(left))


def _says_zero(node: Node) -> bool:
    return isinstance(number := stripped(node), Number) and number.value == 0


def _holds(judgement: Judgement) -> bool:
    return judgement.status in (Status.PROVED, Status.AGREES)


def _is_whole(node: Node) -> bool:
    """Say whether this is a whole number as it is printed, with its sign: 1 and -1."""
    node = stripped(node)
    if isinstance(node, Sum) and len(node.terms) == 1:
        return _is_whole(node.terms[0])
    return isinstance(node, Number) and node.digits.isdecimal()


def _meet(one: Figures, other: Figures) -> bool:
    if len(one.items) != len(other.items):
        return False
    pairs = zip(one.items, other.items, strict=True)
    return all(a[0] <= b[1] and b[0] <= a[1] for a, b in pairs)


def _width(figures: Figures) -> float:
    return float(max((high - low for low, high in figures.items), default=0))


def _unmarked(node: Node) -> Node:
    return node.unmarked if isinstance(node, Symbol) else node
