"""One left side beside many right ones: whether they agree, with as little work as that takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import proxy

from symback.reading.formula.syntax import Node
from symback.reading.judging.sides import spread
from symback.reading.meaning.arrays import ShapeError, Value
from symback.reading.meaning.graph import Circular
from symback.reading.meaning.worked_out import WorkedOut
from symback.reading.network.places import Undecided
from symback.reading.statements.verdicts import Status

if TYPE_CHECKING:
    from symback.reading.judging.judge import Judge

__all__ = ["Trials"]


@dataclass(slots=True)
class _Kept:
    """What a left side is at each value of its indices, with what was noted and met there."""

    node: Node
    values: dict[tuple[tuple[str, int], ...], tuple[Value, dict[Any, None], dict[str, None]]] = (
        field(default_factory=dict)
    )
    first: dict[str, int] | None = None
    parts: WorkedOut = field(default_factory=WorkedOut)  # of right sides, most of which stays


class Trials:
    """The trials of one judge.

    Attributes:
        in_use: whether a trial is being made, which needs no reason for what differs.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge: Judge = proxy(judge)
        self.in_use = False
        self._kept: _Kept | None = None

    def hold(self, left: Node, right: Node) -> bool:
        """Say whether two expressions agree for all values of their indices.

        Nothing is noted, and no reason is looked for. A left side that is asked about again, beside
        another right side, is not worked out again.
        """
        own = self.judge.interpreter
        readings, touched = own.readings, own.touched
        own.readings, own.touched = {}, {}
        if self._kept is None or self._kept.node is not left:
            self._kept = _Kept(left)
        self.in_use, own.worked_out = True, self._kept.parts
        try:
            if self._differ_at_first(self._kept, right):
                return False
            found = self.judge.sides(left, right).status
            return found in (Status.PROVED, Status.AGREES) and not own.touched
        finally:
            self.in_use, own.worked_out = False, None
            own.readings, own.touched = readings, touched

    def _differ_at_first(self, kept: _Kept, right: Node) -> bool:
        """Whether two sides differ already where every index is 1, as most that are tried do."""
        judge = self.judge
        if judge.conditions:
            return False
        if kept.first is None:
            kept.first = dict.fromkeys(judge.indices.letters(kept.node), 1)
        judge.interpreter.terms.begin()
        try:
            one = self.left(kept.node, kept.first)
            other = judge.interpreter.value(right, kept.first)
            one, other = spread(kept.node, one, other), spread(right, other, one)
            one, other = judge.matrix(kept.node, one, other), judge.matrix(right, other, one)
            return judge.comparer.apart(one, other)
        except (Undecided, ShapeError, Circular, RecursionError):
            return False

    def left(self, left: Node, env: dict[str, int]) -> Value:
        """The value of a left side, worked out once for all trials."""
        own, kept = self.judge.interpreter, self._kept
        if kept is None or not self.in_use or kept.node is not left:
            return own.value(left, env)
        key = tuple(env.items())
        if key not in kept.values:
            readings, touched = own.readings, own.touched
            own.readings, own.touched = {}, {}
            try:
                kept.values[key] = own.value(left, env), own.readings, own.touched
            finally:
                own.readings, own.touched = readings, touched
        value, noted, met = kept.values[key]
        own.readings.update(noted)
        own.touched.update(met)
        return value
