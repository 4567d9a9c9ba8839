"""Functions with a jump as mathematics writes them: by cases, or as a condition in brackets.

``step(u)`` is 1 where ``u > 0`` and 0 elsewhere, ``within(u)`` is 1 where ``|u| < 1``.  Terms of a
sum that all turn on one such condition are written by cases; a single factor is a bracket around
the condition, after Iverson.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul, Pow, Rational, S

from symback.algebra.expressions import Apply, Marked
from symback.printing.signs import coefficient
from symback.records import dataclass

__all__ = [
    "BRACKETED", "OTHERWISE", "Condition", "by_cases", "condition_of", "groups", "opposite_of",
    "without_said",
]  # fmt: skip

BRACKETED = ("step", "within")
"""Functions that are 1 where a condition holds and 0 elsewhere."""

_TURNING = (*BRACKETED, "positive")

OTHERWISE = {">": "<=", "<": ">="}
"""Each comparison with the one that holds where it does not."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison.

    Attributes:
        left: the left side.
        relation: one of ``>``, ``<``, ``>=`` and ``<=``.
        right: the right side, a number.
    """

    left: Expr
    relation: str
    right: Rational

    @property
    def otherwise(self) -> Condition:
        """What holds where this does not."""
        return Condition(self.left, OTHERWISE[self.relation], self.right)


def condition_of(node: Apply) -> Condition:
    """Where a function that has a jump or a kink is not 0."""
    if node.name == "within":
        return Condition(Apply("abs", node.argument), "<", S.One)
    number, rest = coefficient(node.argument)
    signed = rest if number.is_positive else -rest
    constant = signed.as_coeff_Add(rational=True)[0]
    turned = constant - signed
    if coefficient(signed - constant)[0].is_negative:
        return Condition(turned, "<", constant)
    return Condition(-turned, ">", -constant)


def opposite_of(total: Add) -> Condition | None:
    """The condition whose bracket is ``1 - [a > b]``, if a sum is that."""
    one, rest = total.as_coeff_Add(rational=True)
    node = -rest
    if one is S.One and isinstance(node, Apply) and node.name in BRACKETED and not node.order:
        return condition_of(node).otherwise
    return None


def by_cases(expression: Expr) -> tuple[tuple[Expr, Condition], ...]:
    """The values of an expression, each with where it has it.

    Nothing for one that has no two cases, and for ``max(0, u)``, which says it in less.
    """
    nodes = set() if _is_maximum(expression) else set(_turning(expression))
    conditions = {condition_of(node) for node in nodes}
    if len(conditions) != 1:
        return ()
    (condition,) = conditions
    holds = {n: n.argument if n.name == "positive" else S.One for n in nodes}
    fails = dict.fromkeys(nodes, S.Zero)
    return (
        (expression.xreplace(holds), condition),
        (expression.xreplace(fails), condition.otherwise),
    )


def _is_maximum(expression: Expr) -> bool:
    return isinstance(expression, Apply) and expression.name == "positive"


def _turning(expression: Expr) -> Iterator[Apply]:
    """Functions with a jump or a kink, outside sums and arguments of other functions."""
    if isinstance(expression, Apply):
        if expression.order == 0 and expression.name in _TURNING:
            yield expression
    elif isinstance(expression, Add | Mul | Pow):
        for part in expression.args:
            yield from _turning(part)


def without_said(factors: list[Expr]) -> list[Expr]:
    """The factors of a product, without ``[u > 0]`` beside ``max(0, u)``, which is 0 elsewhere."""
    kept = [f.base if isinstance(f, Pow) and f.exp.is_positive else f for f in factors]
    maxima = [f for f in kept if _is_maximum(f)]
    said = [Apply("step", maximum.argument) for maximum in maxima if maximum.order == 0]
    return [factor for factor in factors if factor not in said]


def groups(terms: list[Expr]) -> list[Expr]:
    """The terms of a sum, those that turn on one condition put together.

    A single one says that all of it turns on one condition.
    """
    found: dict[frozenset[Condition], list[Expr]] = {}
    for term in terms:
        found.setdefault(frozenset(map(condition_of, _turning(term))), []).append(term)
    turning = [where for where in found if len(where) == 1]
    if not turning:
        return terms
    if len(turning) == 1 and _is_whole(found, turning[0]):
        return [Add(*terms)]
    grouped: list[Expr] = []
    for where, together in found.items():
        split = where in turning and _has_jump(together) and _has_two_values(Add(*together))
        grouped += [Marked(Add(*together), "cases")] if split else together
    return grouped


def _has_two_values(expression: Expr) -> bool:
    """Whether an expression is 0 in neither case: else a bracket says it in less."""
    return all(value is not S.Zero for value, _ in by_cases(expression))


def _has_jump(terms: list[Expr]) -> bool:
    return any(node.name in BRACKETED for term in terms for node in _turning(term))


def _is_whole(found: dict[frozenset[Condition], list[Expr]], turning: frozenset[Condition]) -> bool:
    """Whether a sum is one function by cases: ``z/9 + max(0, z)`` is, not ``1 + max(0, z)``."""
    (condition,) = turning
    rest = [term for where, terms in found.items() if where != turning for term in terms]
    if any(map(list, map(_turning, rest))):
        return False
    together = [*found[turning], *rest]
    if not by_cases(Add(*together)):
        return False
    if _has_jump(together):
        mine = condition.left.free_symbols
        return _has_two_values(Add(*together)) and all(t.free_symbols <= mine for t in rest)
    return bool(rest) and all(term.has(*condition.left.free_symbols) for term in rest)
