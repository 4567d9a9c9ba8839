"""A sheet with exactly one slip of the catalogue, which changes what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from random import Random
from typing import Any

from symback.errors import InputError
from symback.teaching.blocks import (
    Block,
    Digits,
    Math,
    Paragraph,
    Say,
    Table,
)
from symback.teaching.counting import Counting
from symback.teaching.drawing import VISIBLE
from symback.teaching.exercises.fading import used_rules
from symback.teaching.exercises.parts import (
    TOLERANCE,
    Exercise,
    Item,
    given,
    letter,
    neat,
    rule_choices,
    setting,
    shown,
)
from symback.teaching.exercises.problem import About, drawer_of, problem_of
from symback.teaching.program import Kind, Line
from symback.teaching.slips import variants

__all__ = ["find_slip"]


def find_slip(about: About, random: Random, counting: Counting | None = None) -> Exercise | None:
    """A sheet with exactly one slip of the catalogue, which changes what comes out.

    Args:
        about: the network or the model.
        random: draws numbers and slip.
        counting: the order of values of one array, where a notation numbers them.
    """
    from symback.teaching.marking import Marker
    from symback.teaching.outcomes import Outcome

    problem = problem_of(about, random.randrange(10**6))
    lines: Sequence[Line] = problem.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    if counting is not None:
        lines = counting.sorted(lines, lambda line: line.subject)
    marker = Marker(problem.program, problem.given)
    ways = [pair for pair in variants(problem.program) if pair[0].core]
    random.shuffle(ways)
    numbers = {key: float(value) for key, value in problem.given.items()}
    *_, witness = drawer_of(about)
    known = {k: v for k, v in problem.given.items() if k != "eta"}
    for slip, altered in ways:
        if not any(line.key in altered for line in lines):
            continue
        try:
            wrong = problem.program.run(numbers, altered=altered)
        except InputError:
            continue
        sheet = {line.key: neat(float(wrong[line.key])) for line in lines}
        if not _reaches_a_gradient(lines, wrong, problem.values):
            continue  # behind a softmax nothing rests on the loss's own derivative
        judged = marker.mark("", sheet).judged
        bad = [value for value in judged if value.outcome is Outcome.WRONG]
        if len(bad) != 1 or bad[0].slips != (slip.code,):
            continue
        first = problem.program.line_of[bad[0].key]
        refused = witness.judge(known, {line.key: float(wrong[line.key]) for line in lines})
        if refused.ok:
            continue
        places = {line.key: place for place, line in enumerate(lines, start=1)}
        used = used_rules(line.rule for line in lines)
        task: list[Block] = [
            Paragraph((setting(problem), Say("task-find-slip"))),
            given(problem),
            _numbered(lines, sheet, places),
            rule_choices(used),
        ]
        answer = problem.digits[first.key]
        broken = letter(used.index(first.rule))
        key: list[Block] = [
            Paragraph((Say("slip-answer", {
                "place": places[first.key],
                "value": Math(first.subject), "text": Digits(sheet[first.key]),
                "right": Digits(answer), "slip": Say(f"slip-{slip.code}"),
                "letter": broken, "rule": Say(f"rulename-{first.rule}"),
            }),)),
            shown(problem, [first]),
        ]  # fmt: skip
        items = (
            Item(Say("first-wrong-value"), "", str(places[first.key]),
                 choices=_candidates(places[first.key], len(lines), random), rule=first.rule,
                 name="wrong"),
            Item(Say("right-value"), first.key, answer, float(problem.values[first.key]), TOLERANCE,
                 rule=first.rule, name="right"),
            Item(Say("broken-rule"), "", broken,
                 choices=tuple(letter(i) for i in range(len(used))), rule=first.rule, name="rule"),
        )  # fmt: skip
        signature = (
            "find-slip", about, slip.code, first.key, tuple(map(str, problem.given.values()))
        )  # fmt: skip
        return Exercise(
            "find-slip", tuple(task), items, tuple(key), signature, problem, problem.proved,
        )  # fmt: skip
    return None


def _reaches_a_gradient(
    lines: Sequence[Line], wrong: Mapping[str, Any], right: Mapping[str, Any]
) -> bool:
    """Whether a slip changes what the work is for."""
    return any(
        abs(float(wrong[line.key]) - float(right[line.key])) >= VISIBLE
        for line in lines
        if line.kind is Kind.GRADIENT
    )


def _numbered(lines: Sequence[Line], sheet: Mapping[str, str], places: Mapping[str, int]) -> Table:
    """What the classmate wrote, every value with its number, those of one kind in a row."""
    rows = []
    for _, group in groupby(lines, key=lambda line: (line.kind, line.quantity)):
        own = list(group)
        first, last = places[own[0].key], places[own[-1].key]
        span = Say("span", {"first": first, "last": last}) if len(own) > 1 else first
        rows.append((span, tuple(Math(line.subject, equals=sheet[line.key]) for line in own)))
    return Table((Say("column-number"), Say("column-values")), tuple(rows), wide=True, tight=True)


def _candidates(place: int, count: int, random: Random) -> tuple[str, ...]:
    """The number of a value among others to choose from, in order."""
    others = [other for other in range(1, count + 1) if other != place]
    chosen = sorted([place, *random.sample(others, min(7, len(others)))])
    return tuple(map(str, chosen))
