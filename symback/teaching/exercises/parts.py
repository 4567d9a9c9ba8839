"""What all exercises are made of: a problem that was proved, what is asked, and its wrong twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symback.model.equations import size_symbol
from symback.model.network import Network
from symback.records import dataclass
from symback.teaching.blocks import (
    Block,
    Bullets,
    Digits,
    Math,
    Paragraph,
    Say,
    Shown,
    Table,
    Working,
)
from symback.teaching.digits import written
from symback.teaching.exercises.problem import Problem
from symback.teaching.exercises.small import Small
from symback.teaching.exercises.work import Work
from symback.teaching.names import typed_name
from symback.teaching.program import Kind, Line
from symback.teaching.saying import given_table, model_names, network_setting, shown_numbers

__all__ = [
    "DIGITS",
    "TOLERANCE",
    "Exercise",
    "Item",
    "Result",
    "calculated",
    "entry_of",
    "given",
    "item_of",
    "letter",
    "model_setting",
    "neat",
    "rule_choices",
    "setting",
    "shown",
]

DIGITS = 4


TOLERANCE = 1e-3
"""How far an answer of a quiz may be away: half of what a slip must change."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked.

    Attributes:
        label: what belongs in its box.
        key: the name of the value, for ``mark``; empty for what is no value.
        answer: the right digits, or the code of the right choice.
        value: the right number; None for a choice or a text.
        tolerance: how far an answer may be away.
        twins: wrong answers that a slip of the catalogue gives, each with its code.
        choices: codes to choose from, the right one among them.
        rule: the code of the rule by which it is found.
        name: what the answer is called where answers are typed.
    """

    label: Any
    key: str
    answer: str
    value: float | None = None
    tolerance: float = TOLERANCE
    twins: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()
    rule: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A formula that is asked for.

    Attributes:
        label: what belongs in its box.
        name: what it is called where answers are typed.
        left: what it is equal to, as it is typed: ``dL/dW1[j,k]``.
        about: a network, with sizes that are all different where they are not 1, since it is
            asked for any sizes; or a model.
        adjoint: the same as an expression.
        is_closed: whether no derivative of the loss may be left in it.
    """

    label: Any
    name: str
    left: str
    about: Network | Small
    adjoint: Any
    is_closed: bool = True


@dataclass(frozen=True)
class Exercise:
    """One exercise with its key.

    Attributes:
        kind: one of `KINDS`.
        task: what stands on the sheet.
        items: what is asked, in order.
        key: what stands on the key.
        signature: what no other exercise of a sheet has.
        problem: the numbers, where it has some.
        proved: whether the witness agrees with every answer.
        notes: codes of what a marker looks for, where an essay is asked.
        known: keys of worked values that stand on the sheet.
        result: the formula that is asked for, where one is.
    """

    kind: str
    task: tuple[Block, ...]
    items: tuple[Item, ...]
    key: tuple[Block, ...]
    signature: tuple[Any, ...]
    problem: Problem | None
    proved: bool
    notes: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    result: Result | None = None


def item_of(work: Work, line: Line) -> Item:
    """A value that is asked, with what slips in the solver's own work make of it."""
    problem = work.problem
    value = float(problem.values[line.key])
    answer = problem.digits[line.key]
    twins: dict[str, str] = {}
    for code, wrong in work.wrong_values(line.key):
        if len(twins) >= 4:
            break
        if abs(wrong - value) > 2.5 * TOLERANCE:
            digits = neat(wrong)
            apart = all(abs(float(other) - wrong) > 2.5 * TOLERANCE for other in twins.values())
            if code not in twins and apart:
                twins[code] = digits
    entry = line.subject if line.kind is not Kind.UPDATE else entry_of(problem, line)
    label = (
        Math(entry) if line.kind is not Kind.UPDATE else Say("new-value", {"entry": Math(entry)})
    )
    return Item(
        label, line.key, answer, value, TOLERANCE,
        tuple((code, digits) for code, digits in twins.items()), rule=line.rule,
        name=typed_name(line.key, problem.program.loss),
    )  # fmt: skip


def entry_of(problem: Problem, line: Line) -> Any:
    """The entry of the quantity that a line is about."""
    quantity = problem.derivation.model.quantities[line.quantity]
    return quantity.at(*line.indices)


def shown(problem: Problem, lines: Sequence[Line]) -> Working:
    """Lines of a problem, worked out."""
    numbers = shown_numbers(problem.program, problem.digits)
    return Working(tuple(
        Shown(
            line.subject if line.kind is not Kind.UPDATE else entry_of(problem, line),
            line.formula, numbers, problem.digits[line.key], 0,
        )
        for line in lines
    ), tight=True)  # fmt: skip


def given(
    problem: Problem, known: Sequence[Line] = (), *, kept: Sequence[str] | None = None
) -> Table:
    """The given numbers of a problem, and below them worked values that are known.

    Args:
        problem: whose.
        known: worked values that stand on the sheet.
        kept: the keys of given numbers that are of use; all but the learning rate by default.
    """
    keys = problem.program.givens[:-1] if kept is None else kept
    numbers = {key: value for key, value in problem.given.items() if key in keys}
    table = given_table(problem.program, problem.derivation, numbers, problem.policy)
    return replace(table, rows=(*table.rows, *_known_rows(known, problem.digits)), tight=True)


def setting(problem: Problem) -> Say:
    """Which functions and which loss: what a solver has to know; a model heads the sheet."""
    if isinstance(problem.about, Small):
        return Say("setting-above")
    return network_setting(problem.about)


def model_setting(small: Small) -> Say:
    """Which model, at which sizes."""
    sizes = tuple(Math(size_symbol(name), equals=str(size)) for name, size in small.sizes)
    names = model_names(small.derivation)
    return Say("setting-model" if sizes else "setting-model-alone", {**names, "sizes": sizes})


def _known_rows(lines: Sequence[Line], digits: Mapping[str, str]) -> tuple[tuple[Any, ...], ...]:
    """Values that are known, those of one quantity in a row."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((_what(line), line.quantity), []).append(line)
    return tuple(
        (Say(what), tuple(Math(line.subject, equals=digits[line.key]) for line in group))
        for (what, _), group in groups.items()
    )


def _what(line: Line) -> str:
    """The code of what a worked value is called."""
    if line.kind is not Kind.FORWARD:
        return f"known-{line.kind.value}"
    return f"known-{line.rule}"


def neat(value: float) -> str:
    """A number to four decimals, without zeros where it comes out even."""
    short = round(value, DIGITS)
    return written(Fraction(repr(short)) if abs(value - short) < 1e-9 else value, DIGITS)


def calculated(kind: str, work: Work, task: Sequence[Block]) -> Exercise | None:
    """An exercise whose answers are values; None where some slip would not show in them."""
    if not work.is_diagnostic:
        return None
    problem = work.problem
    items = tuple(item_of(work, line) for line in work.asked)
    key: list[Block] = [shown(problem, work.lines)]
    twins: dict[str, Say] = {}
    for item in items:
        for code, digits in item.twins:
            args = {"value": Digits(digits), "label": item.label, "slip": Say(f"slip-{code}")}
            twins.setdefault(code, Say("twin", args))
    if twins:
        key += [Paragraph((Say("twins"),), keep=True), Bullets(tuple(twins.values()))]
    signature = (
        kind,
        problem.about,
        tuple(sorted((k, str(v)) for k, v in problem.given.items())),
    )
    return Exercise(
        kind, tuple(task), items, tuple(key), signature, problem, problem.proved, known=work.known
    )


def rule_choices(used: Sequence[str]) -> Paragraph:
    """Rules to choose from, each with its letter."""
    choices = (
        Say("rule-choice" if i + 1 < len(used) else "last-rule-choice",
            {"letter": letter(i), "rule": Say(f"rulename-{rule}")})
        for i, rule in enumerate(used)
    )  # fmt: skip
    return Paragraph((Say("rules"), *choices))


def letter(place: int) -> str:
    """The letter of a choice, by its place."""
    return chr(ord("a") + place)
