"""A worked example that fades from the last step backwards, and asks for the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from symback.teaching.blocks import (
    Block,
    Paragraph,
    Say,
    Shown,
    Working,
)
from symback.teaching.exercises.parts import (
    Exercise,
    Item,
    calculated,
    given,
    letter,
    rule_choices,
    setting,
)
from symback.teaching.exercises.problem import About, problem_of
from symback.teaching.exercises.work import Work
from symback.teaching.ordering import in_groups
from symback.teaching.program import Kind, Line
from symback.teaching.saying import shown_numbers

__all__ = ["RULES", "blanks", "used_rules"]

RULES = (
    "boundary", "definition", "weighted-sum", "activation", "loss", "differentiate-loss",
    "loss-and-output", "function", "through-function", "sum-over-paths", "weight", "bias",
)  # fmt: skip


def blanks(about: About, random: Random) -> Exercise | None:
    """A worked example that fades from the last step backwards, and asks for the rules."""
    problem = problem_of(about, random.randrange(10**6))
    lines = in_groups(
        problem.program.of_kind(Kind.FORWARD, Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT)
    )
    numbers = shown_numbers(problem.program, problem.digits)
    fade = max(3, len(lines) // 3)
    faded = {line.key for line in lines[-fade:]}
    asked = [line for line in lines if line.key in faded]
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-blanks"))),
        given(problem),
    ]
    groups: list[list[Line]] = []
    for line in lines:
        if groups and (groups[-1][0].quantity, groups[-1][0].rule) == (line.quantity, line.rule):
            groups[-1].append(line)
        else:
            groups.append([line])
    rules: list[tuple[int, str]] = []
    for place, group in enumerate(groups, start=1):
        rules.append((place, group[0].rule))
        rows = []
        for line in group:
            if line.key in faded:
                rows.append(Shown(line.subject, None, None, "", 0, True))
            else:
                rows.append(Shown(line.subject, line.formula, numbers, problem.digits[line.key], 0))
        task.append(Working(tuple(rows), Say("which-rule", {"place": place}), tight=True))
    used = used_rules(rule for _, rule in rules)
    task.append(rule_choices(used))
    known = frozenset(line.key for line in lines if line.key not in faded)
    exercise = calculated("blanks", Work(problem, tuple(asked), known), task)
    if exercise is None:
        return None
    choices = tuple(
        Item(
            Say("rule-at", {"place": place}), "", letter(used.index(rule)),
            choices=tuple(letter(i) for i in range(len(used))), rule=rule, name=f"rule_{place}",
        )
        for place, rule in rules
    )  # fmt: skip
    answers = Paragraph(tuple(
        Say("rule-answer", {"place": place, "letter": letter(used.index(rule)),
                            "rule": Say(f"rulename-{rule}")})
        for place, rule in rules
    ))  # fmt: skip
    return replace(exercise, items=(*choices, *exercise.items), key=(answers, *exercise.key))


def used_rules(rules: Iterable[str]) -> tuple[str, ...]:
    """Those of `RULES` that occur, in their order."""
    found = set(rules)
    return tuple(rule for rule in RULES if rule in found)
