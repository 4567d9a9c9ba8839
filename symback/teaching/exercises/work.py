"""What a solver works out: from what stands on the sheet to what is asked, and what slips do there.

A slip can be made in what somebody works out, and in nothing that is given: a gradient that stands
on the sheet has no factor too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from random import Random
from typing import Any

from symback.errors import InputError
from symback.records import dataclass
from symback.teaching.drawing import VISIBLE
from symback.teaching.exercises.problem import About, Problem, drawer_of
from symback.teaching.program import Kind, Line
from symback.teaching.slips import Altered, Slip, variants

__all__ = ["Work"]

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Work:
    """The part of a problem that is left to the solver.

    Attributes:
        problem: the network or model with its numbers.
        asked: the values that are asked for.
        known: the keys of worked values that stand on the sheet.
    """

    problem: Problem
    asked: tuple[Line, ...]
    known: frozenset[str] = frozenset()

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """What has to be worked out, in order: what is asked, and what that rests on."""
        wanted = {line.key for line in self.asked} - self.known
        for line in reversed(self.problem.program.lines):
            if line.key in wanted:
                wanted.update(use for use in line.uses if use not in self.known)
        return tuple(line for line in self.problem.program.lines if line.key in wanted)

    @cached_property
    def ways(self) -> tuple[tuple[Slip, Altered], ...]:
        """Every way to make a slip of the core in what has to be worked out."""
        line_of = self.problem.program.line_of
        keys = {line.key for line in self.lines}
        found = []
        for slip, altered in _ways_of(self.problem.about):
            own = {key: tree for key, tree in altered.items() if key in keys}
            made = {(line_of[key].kind, line_of[key].quantity) for key in own}
            # A matrix transposed on both ways, one of which is given, is another slip.
            is_made_here = all(
                key not in self.known or (line_of[key].kind, line_of[key].quantity) in made
                for key in altered
            )
            # What is seen in a step alone was not made in the passes before it.
            steps = {key for key in altered if line_of[key].kind is Kind.UPDATE}
            is_elsewhere = steps and len(steps) < len(altered) and steps.issuperset(own)
            if own and is_made_here and not is_elsewhere:
                found.append((slip, own))
        return tuple(found)

    def given(self, values: Mapping[str, Any]) -> dict[str, float]:
        """The numbers on the sheet, of all the values of a problem."""
        keys = {*self.problem.program.givens, *self.known}
        return {key: float(value) for key, value in values.items() if key in keys}

    def answers(self, given: Numbers, altered: Altered | None = None) -> dict[str, float] | None:
        """What is asked for, from what is given; None where it cannot be worked out."""
        try:
            values = self.problem.program.run(given, altered=altered, lines=self.lines)
        except (InputError, KeyError):
            return None
        return {line.key: float(values[line.key]) for line in self.asked}

    @cached_property
    def slipped(self) -> tuple[tuple[str, dict[str, float]], ...]:
        """What is asked for with each slip that can be made, by the slip's code."""
        given = self.given(self.problem.values)
        found = []
        for slip, altered in self.ways:
            answers = self.answers(given, altered)
            if answers is not None:
                found.append((slip.code, answers))
        return tuple(found)

    def wrong_values(self, key: str) -> Iterator[tuple[str, float]]:
        """What each slip makes of a value that is asked for."""
        for code, answers in self.slipped:
            yield code, answers[key]

    # Diagnosis ------------------------------------------------------------------------------------

    @cached_property
    def is_diagnostic(self) -> bool:
        """Whether every slip changes an asked value, and no two slips change all alike.

        A slip that shows in these values for no numbers whatever is not asked to, nor are two that
        no numbers can tell apart: with one unit in a layer they are one.
        """
        given = self.given(self.problem.values)
        right = self.answers(given)
        if right is None:
            return False
        tests = drawer_of(self.problem.about)[2].tests
        shown: dict[str, list[dict[str, float]]] = {}
        hidden: set[str] = set()
        for slip, altered in self.ways:
            if not tests.can_show(slip, altered, self.problem.values):
                continue
            answers = self.answers(given, altered)
            if answers is None:
                continue
            if not _differ(answers, right):
                if self._differ_somewhere(altered, None):
                    if not tests.has_kinks:
                        return False
                    # Behind a unit that is off nothing shows; some other way of the slip must.
                    hidden.add(slip.code)
                continue
            for code, others in shown.items():
                if code != slip.code and any(not _differ(answers, other) for other in others):
                    if self._tells(altered, code, answers):
                        return False
            shown.setdefault(slip.code, []).append(answers)
        return hidden <= set(shown)

    def _tells(self, altered: Altered, code: str, answers: Numbers) -> bool:
        """Whether some numbers tell a way of a slip from those of another that look alike here."""
        given = self.given(self.problem.values)
        for other, its in self.ways:
            if other.code == code:
                found = self.answers(given, its)
                if found is not None and not _differ(found, answers):
                    if self._differ_somewhere(altered, its):
                        return True
        return False

    def _differ_somewhere(self, altered: Altered, other: Altered | None) -> bool:
        """Whether any numbers show a slip, or tell it from another."""
        for values in _anywhere(self.problem.about):
            given = self.given(values)
            left, right = self.answers(given, altered), self.answers(given, other)
            if (left is None) != (right is None):
                return True
            if left is not None and right is not None and _differ(left, right, 1e-9):
                return True
        return False


def _differ(left: Numbers, right: Numbers, least: float = VISIBLE) -> bool:
    return any(abs(left[key] - right[key]) >= least for key in left)


@cache
def _ways_of(about: About) -> tuple[tuple[Slip, Altered], ...]:
    """Every way to make a slip of the core."""
    _, program, *_ = drawer_of(about)
    return tuple((slip, altered) for slip, altered in variants(program) if slip.core)


@cache
def _anywhere(about: About) -> tuple[Mapping[str, Any], ...]:
    """All the values at a few numbers of no kind."""
    _, program, drawer, _ = drawer_of(about)
    random = Random("anywhere")
    found: list[Mapping[str, Any]] = []
    for _ in range(8):
        given = drawer.grid.plain(random, lambda q: random.randint(-999, 999), 500)
        try:
            found.append(program.run({key: float(value) for key, value in given.items()}))
        except InputError:
            continue
    return tuple(found)
