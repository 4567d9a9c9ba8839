"""Values that hang on conditions: on indices, which hold or not, and on the sign of something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import Cases, Indicator, Node, Relation, Text, Tuple, stripped
from symback.reading.meaning.arrays import Array, Value
from symback.reading.meaning.comparing import Comparer, Sameness
from symback.reading.meaning.graph import Term
from symback.reading.network.places import Undecided

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter

__all__ = ["Choices"]

Env = Mapping[str, int]

_SAME = frozenset(["=", "\\neq", "\\ne"])
_BELOW = frozenset(["<", "\\le", "\\leq"])
_ABOVE = frozenset([">", "\\ge", "\\geq"])


class Choices:
    """The conditions of one interpreter."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)

    def holds(self, condition: Node, env: Env) -> bool:
        """Whether a condition on indices holds."""
        if not isinstance(condition, Relation):
            raise Undecided("condition")
        try:
            values = [self._place(operand, env) for operand in condition.operands]
        except Undecided:
            raise Undecided("condition") from None
        if len({len(value) for value in values}) > 1:
            raise Undecided("condition")
        if len(values[0]) > 1 and not set(condition.operators) <= _SAME:
            raise Undecided("condition")  # pairs have no order
        tests: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
            "=": lambda a, b: a == b, "\\neq": lambda a, b: a != b, "\\ne": lambda a, b: a != b,
            "<": lambda a, b: a < b, ">": lambda a, b: a > b,
            "\\le": lambda a, b: a <= b, "\\leq": lambda a, b: a <= b,
            "\\ge": lambda a, b: a >= b, "\\geq": lambda a, b: a >= b,
        }  # fmt: skip
        if any(sign not in tests for sign in condition.operators):
            raise Undecided("condition")
        return all(
            tests[sign](values[at], values[at + 1]) for at, sign in enumerate(condition.operators)
        )

    def _place(self, operand: Node, env: Env) -> tuple[int, ...]:
        """The number that an index is, or those of several in a bracket: `(k, m) = (i, j)`."""
        whole = stripped(operand)
        parts = whole.items if isinstance(whole, Tuple) else (operand,)
        return tuple(self.interpreter.index(part, env) for part in parts)

    def indicator(self, node: Indicator, env: Env) -> Value:
        """1 where a condition holds, else 0."""
        condition = stripped(node.condition)
        try:
            return (
                self.interpreter.terms.one
                if self.holds(condition, env)
                else self.interpreter.terms.zero
            )
        except Undecided:
            return self._steps(condition, env)

    def _check_opposite(self, condition: Node, other: Node | None, env: Env) -> None:
        """Refuse a second condition that is not where the first does not hold, but for its edge."""
        if other is None or isinstance(other, Text):
            return
        terms = self.interpreter.terms
        above, below = (self._difference(each, env) for each in (condition, stripped(other)))
        found = Comparer(terms).compare(above, terms.negative(below))
        if found.sameness is not Sameness.EQUAL:
            raise Undecided("condition")

    def _difference(self, condition: Node, env: Env) -> Term:
        """What is above 0 where a condition holds."""
        if not (isinstance(condition, Relation) and len(condition.operands) == 2):
            raise Undecided("condition")
        left, right = (self.interpreter.scalar(operand, env) for operand in condition.operands)
        if condition.operators[0] in _BELOW:
            left, right = right, left
        elif condition.operators[0] not in _ABOVE:
            raise Undecided("condition")
        return self.interpreter.terms.sum((left, self.interpreter.terms.negative(right)))

    def _step(self, condition: Node, env: Env) -> Term:
        return self.interpreter.terms.apply("step", [self._difference(condition, env)])

    def _steps(self, condition: Node, env: Env) -> Value:
        """1 where the entries of an array are on one side of a number, as in `1[Z > 0]`, else 0."""
        if isinstance(condition, Relation) and len(condition.operands) == 2:
            values = [self.interpreter.value(operand, env) for operand in condition.operands]
            arrays = [v for v in values if isinstance(v, Array) and len(v.items) > 1]
            numbers = [v for v in values if isinstance(v, Term)]
            if len(arrays) == len(numbers) == 1:
                rising = (values[0] is arrays[0]) == (condition.operators[0] in _ABOVE)
                if condition.operators[0] not in _ABOVE | _BELOW:
                    raise Undecided("condition")
                return arrays[0].map(lambda item: self._beyond(item, numbers[0], rising=rising))
        return self._step(condition, env)

    def _beyond(self, item: Term, edge: Term, *, rising: bool) -> Term:
        terms = self.interpreter.terms
        above, below = (item, edge) if rising else (edge, item)
        return terms.apply("step", [terms.sum((above, terms.negative(below)))])

    def cases(self, node: Cases, env: Env) -> Value:
        """Values by conditions on indices, or two values by the sign of something."""
        values = list(zip(node.values, node.conditions, strict=True))
        for at, (value, condition) in enumerate(values):
            if condition is None or isinstance(condition, Text):
                if at < len(values) - 1:
                    raise Undecided("condition")  # words, and not the ones for all else
                return self._chosen(value, env)
            try:
                if self.holds(stripped(condition), env):
                    return self._chosen(value, env)
            except Undecided:
                if len(values) != 2 or isinstance(stripped(condition), Text):
                    raise
            else:
                continue
            return self._by_sign(values, env)
        raise Undecided("condition")

    def _by_sign(self, values: Sequence[tuple[Node, Node | None]], env: Env) -> Value:
        """One of two values by the sign of something; 0 beside an array is that of zeros."""
        (one, condition), (other, opposite) = values
        assert condition is not None
        self._check_opposite(stripped(condition), opposite, env)
        terms, products = self.interpreter.terms, self.interpreter.products
        above = self._step(stripped(condition), env)
        below = terms.sum((terms.one, terms.negative(above)))
        weighed = [
            products.scale(step, chosen)
            for step, each in ((above, one), (below, other))
            if (chosen := self._chosen(each, env)) is not terms.zero
        ]
        if len({isinstance(each, Array) for each in weighed}) > 1:
            raise Undecided("not-a-scalar")
        if not weighed:
            return terms.zero
        return products.add(*weighed) if len(weighed) > 1 else weighed[0]

    def _chosen(self, node: Node, env: Env) -> Value:
        """A value that a condition chooses: a number, or an array."""
        value = self.interpreter.value(node, env)
        if isinstance(value, Array) and len(value.items) > 1:
            return value
        return self.interpreter.as_scalar(value)
