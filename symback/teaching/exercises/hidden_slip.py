"""A sheet with exactly one slip of the catalogue, which changes what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from symback.errors import InputError
from symback.model.network import Network
from symback.teaching.blocks import (
    Block,
    Digits,
    Math,
    Paragraph,
    Say,
)
from symback.teaching.exercises.parts import (
    TOLERANCE,
    Exercise,
    Item,
    drawer_of,
    given,
    item_of,
    known_values,
    neat,
    problem_of,
    setting,
    shown,
)
from symback.teaching.program import Kind, Line
from symback.teaching.slips import variants

__all__ = ["find_slip"]


def find_slip(network: Network, random: Random) -> Exercise | None:
    """A sheet with exactly one slip of the catalogue, which changes what comes out."""
    from symback.teaching.marking import Marker
    from symback.teaching.outcomes import Outcome

    problem = problem_of(network, random.randrange(10**6))
    lines = problem.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    marker = Marker(problem.program, problem.given)
    ways = [pair for pair in variants(problem.program) if pair[0].core]
    random.shuffle(ways)
    numbers = {key: float(value) for key, value in problem.given.items()}
    *_, witness = drawer_of(network)
    known = {k: v for k, v in problem.given.items() if k != "eta"}
    for slip, altered in ways:
        if not any(line.key in altered for line in lines):
            continue
        try:
            wrong = problem.program.run(numbers, altered=altered)
        except InputError:
            continue
        sheet = {line.key: neat(float(wrong[line.key])) for line in lines}
        judged = marker.mark("", sheet).judged
        bad = [value for value in judged if value.outcome is Outcome.WRONG]
        if len(bad) != 1 or bad[0].slips != (slip.code,):
            continue
        first = problem.program.line_of[bad[0].key]
        refused = witness.judge(known, {line.key: float(wrong[line.key]) for line in lines})
        if refused.ok:
            continue
        rows = known_values(lines, sheet)
        task: list[Block] = [
            Paragraph((setting(problem), Say("task-find-slip"))),
            *given(problem, without=("eta",)),
            rows,
        ]
        item = item_of(problem, first)
        right = Item(Say("right-value"), first.key, item.answer, item.value, TOLERANCE,
                     rule=first.rule)  # fmt: skip
        key: list[Block] = [
            Paragraph((Say("slip-answer", {
                "value": Math(first.subject), "text": Digits(sheet[first.key]),
                "right": Digits(item.answer), "slip": Say(f"slip-{slip.code}"),
                "rule": Say(f"rulename-{first.rule}"),
            }),)),
            shown(problem, [first]),
        ]  # fmt: skip
        name = Item(Say("first-wrong-value"), "", first.key,
                    choices=_candidates(first.key, lines, random), rule=first.rule)  # fmt: skip
        signature = ("find-slip", network, slip.code, tuple(map(str, problem.given.values())))
        return Exercise(
            "find-slip", tuple(task), (name, right), tuple(key), signature, problem,
            problem.proved,
        )  # fmt: skip
    return None


def _candidates(key: str, lines: Sequence[Line], random: Random) -> tuple[str, ...]:
    """A value among others to choose from, in the order of the work."""
    others = [line.key for line in lines if line.key != key]
    chosen = {key, *random.sample(others, min(7, len(others)))}
    return tuple(line.key for line in lines if line.key in chosen)
