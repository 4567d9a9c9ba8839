"""What all exercises are made of: a problem that was proved, what is asked, and its wrong twins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.model.network import Network
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
from symback.teaching.drawing import Drawer
from symback.teaching.policy import Policy
from symback.teaching.program import Kind, Line, Program
from symback.teaching.proving import proof_of
from symback.teaching.saying import given_blocks, network_setting, shown_numbers
from symback.teaching.slips import variants
from symback.teaching.unrolling import unroll
from symback.teaching.witness import Witness

__all__ = [
    "DIGITS",
    "TOLERANCE",
    "Exercise",
    "Item",
    "Problem",
    "calculated",
    "drawer_of",
    "entry_of",
    "given",
    "item_of",
    "known_values",
    "letter",
    "neat",
    "problem_of",
    "setting",
    "shown",
    "wrong_values",
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
    """

    label: Any
    key: str
    answer: str
    value: float | None = None
    tolerance: float = TOLERANCE
    twins: tuple[tuple[str, str], ...] = ()
    choices: tuple[str, ...] = ()
    rule: str = ""


@dataclass(frozen=True)
class Problem:
    """A network with numbers, worked out and proved.

    Attributes:
        network: whose.
        derivation: of it.
        program: the same, unit by unit.
        given: tidy numbers, by key.
        values: every value.
        proved: whether the witness agrees.
    """

    network: Network
    derivation: Derivation
    program: Program
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    proved: bool
    policy: Policy = field(default_factory=Policy)

    @cached_property
    def slipped(self) -> list[tuple[str, dict[str, float]]]:
        """Every value with each slip of the core that can be made, by the slip's code."""
        found = []
        numbers = {key: float(value) for key, value in self.given.items()}
        for slip, altered in variants(self.program):
            if not slip.core:
                continue
            try:
                values = self.program.run(numbers, altered=altered)
            except InputError:
                continue
            found.append((slip.code, {k: float(v) for k, v in values.items()}))
        return found

    @cached_property
    def digits(self) -> dict[str, str]:
        """The digits of every value."""
        return {
            key: self.policy.stated(v) if key in self.given else self.policy.shown(v)
            for key, v in self.values.items()
        }


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
    """

    kind: str
    task: tuple[Block, ...]
    items: tuple[Item, ...]
    key: tuple[Block, ...]
    signature: tuple[Any, ...]
    problem: Problem | None
    proved: bool
    notes: tuple[str, ...] = ()


@cache
def drawer_of(network: Network) -> tuple[Derivation, Program, Drawer, Witness]:
    """What is made once for a network: derivation, program, drawer of numbers, witness."""
    derivation = derive(network)
    program = unroll(derivation)
    return derivation, program, Drawer(derivation, program), Witness(derivation.model)


def problem_of(network: Network, seed: int) -> Problem:
    """Tidy numbers for a network, worked out and put before the witness."""
    derivation, program, drawer, witness = drawer_of(network)
    drawn = drawer.draw("tidy", seed)
    values = program.run(drawn.given)
    testimony = proof_of(derivation.model, {}, program, drawn.given, witness=witness)
    return Problem(
        network, derivation, program, drawn.given, values, testimony.ok and not testimony.kinks
    )


def item_of(problem: Problem, line: Line) -> Item:
    """A value that is asked, with what slips make of it."""
    value = float(problem.values[line.key])
    answer = problem.digits[line.key]
    twins: dict[str, str] = {}
    for code, wrong in wrong_values(problem, line.key):
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
    )  # fmt: skip


def entry_of(problem: Problem, line: Line) -> Any:
    """The entry of the quantity that a line is about."""
    quantity = problem.derivation.model.quantities[line.quantity]
    return quantity.at(*line.indices)


def wrong_values(problem: Problem, key: str) -> Iterator[tuple[str, float]]:
    """What each slip makes of a value, where the slip stands in what the value rests on."""
    for slip, values in problem.slipped:
        if key in values:
            yield slip, values[key]


def shown(problem: Problem, lines: Sequence[Line]) -> Working:
    """Lines of a problem, worked out."""
    numbers = shown_numbers(problem.program, problem.digits)
    return Working(tuple(
        Shown(
            line.subject if line.kind is not Kind.UPDATE else entry_of(problem, line),
            line.formula, numbers, problem.digits[line.key], line.number,
        )
        for line in lines
    ))  # fmt: skip


def given(problem: Problem, *, without: Sequence[str] = ()) -> list[Block]:
    """The given numbers of a problem, but for some keys."""
    kept = {key: value for key, value in problem.given.items() if key not in without}
    return given_blocks(problem.program, problem.derivation, kept, problem.policy)


def setting(problem: Problem) -> Say:
    """Which functions and which loss: what a solver has to know."""
    return network_setting(problem.network)


def known_values(lines: Sequence[Line], digits: Mapping[str, str]) -> Table:
    """Values that are known: those of one quantity in a row."""
    groups: dict[tuple[int, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.number, line.quantity), []).append(line)
    rows = tuple(
        (number, tuple(Math(line.subject, equals=digits[line.key]) for line in group))
        for (number, _), group in groups.items()
    )
    return Table((Say("column-equation"), Say("column-values")), rows, wide=True)


def neat(value: float) -> str:
    """A number to four decimals, without zeros where it comes out even."""
    short = round(value, DIGITS)
    return written(Fraction(repr(short)) if abs(value - short) < 1e-9 else value, DIGITS)


def calculated(kind: str, problem: Problem, task: list[Block], asked: Sequence[Line]) -> Exercise:
    """An exercise whose answers are values."""
    items = tuple(item_of(problem, line) for line in asked)
    needed = [
        line
        for line in problem.program.needed([line.key for line in asked])
        if line.kind is not Kind.FORWARD or kind in ("forward", "softmax")
    ]
    key: list[Block] = [shown(problem, needed)]
    twins = [
        Say("twin", {"value": Digits(digits), "label": item.label, "slip": Say(f"slip-{code}")})
        for item in items
        for code, digits in item.twins[:1]
    ]
    if twins:
        key += [Paragraph((Say("twins"),), keep=True), Bullets(tuple(twins[:4]))]
    signature = (
        kind,
        problem.network,
        tuple(sorted((k, str(v)) for k, v in problem.given.items())),
    )
    return Exercise(kind, tuple(task), items, tuple(key), signature, problem, problem.proved)


def letter(place: int) -> str:
    """The letter of a choice, by its place."""
    return chr(ord("a") + place)
