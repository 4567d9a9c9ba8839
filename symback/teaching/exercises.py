"""Exercises with keys: drawn by a seed, each key proved by a witness before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from random import Random
from typing import Any

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.errors import InputError, TooLargeError
from symback.model.equations import Role
from symback.model.network import Network
from symback.teaching.blocks import (
    Answer,
    Block,
    Bullets,
    Digits,
    Heading,
    Math,
    NewPage,
    PageContents,
    Paragraph,
    Say,
    Shown,
    Table,
    Working,
)
from symback.teaching.digits import written
from symback.teaching.drawing import Drawer
from symback.teaching.example import Policy, given_blocks, in_groups, shown_numbers
from symback.teaching.program import Kind, Line, Program
from symback.teaching.proving import proof_of
from symback.teaching.slips import variants
from symback.teaching.unrolling import unroll
from symback.teaching.witness import Witness

__all__ = ["KINDS", "MAX_COUNT", "Exercise", "Item", "Problem", "Sheet", "make_sheet"]

MAX_COUNT = 200
DIGITS = 4
TOLERANCE = 1e-3
"""How far an answer of a quiz may be away: half of what a slip must change."""

FAMILIES = (
    (("relu", "identity"), "half-squared-error"),
    (("sigmoid", "sigmoid"), "half-squared-error"),
    (("tanh", "identity"), "half-squared-error"),
    (("tanh", "sigmoid"), "squared-error"),
    (("sigmoid", "softmax"), "cross-entropy"),
    (("relu", "softmax"), "cross-entropy"),
)
"""Functions on hidden layers and output, and losses, where none are stated."""


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


@dataclass(frozen=True)
class Sheet:
    """A sheet of exercises."""

    exercises: tuple[Exercise, ...]
    seed: int
    network: Network

    @property
    def proved(self) -> bool:
        """Whether every key is."""
        return all(exercise.proved for exercise in self.exercises)

    def page(self) -> PageContents:
        """The sheet: tasks first, then boxes for the answers, in the same place on every copy."""
        blocks: list[Block] = [Paragraph((Say("sheet-intro"),))]
        for number, exercise in enumerate(self.exercises, start=1):
            blocks += [
                Heading(Say("exercise-heading", {"number": number,
                                                 "kind": Say(f"kind-{exercise.kind}")})),
                *exercise.task,
            ]  # fmt: skip
        blocks += [NewPage(), Heading(Say("answers"))]
        for number, exercise in enumerate(self.exercises, start=1):
            if exercise.items:
                blocks += [
                    Paragraph((Say("answers-of", {"number": number}),), keep=True),
                    Answer(tuple(item.label for item in exercise.items)),
                ]
        return PageContents(self._title("sheet-title"), tuple(blocks))

    def key(self) -> PageContents:
        """The key, in the order of the sheet."""
        blocks: list[Block] = [Paragraph((Say("key-intro"),))]
        for number, exercise in enumerate(self.exercises, start=1):
            blocks += [
                Heading(Say("exercise-heading", {"number": number,
                                                 "kind": Say(f"kind-{exercise.kind}")})),
                *exercise.key,
            ]  # fmt: skip
        proofs = Say("key-proved" if self.proved else "key-not-proved",
                     {"count": len(self.exercises)})  # fmt: skip
        return PageContents(
            self._title("key-title"), tuple(blocks), (proofs, Say("key-tests", {"seed": self.seed}))
        )

    def _title(self, code: str) -> Say:
        layers = "-".join(map(str, self.network.layers))
        return Say(code, {"layers": layers, "seed": self.seed})


# Problems ----------------------------------------------------------------------------------------


@cache
def _drawer(network: Network) -> tuple[Derivation, Program, Drawer, Witness]:
    derivation = derive(network)
    program = unroll(derivation)
    return derivation, program, Drawer(derivation, program), Witness(derivation.model)


def problem_of(network: Network, seed: int) -> Problem:
    """Tidy numbers for a network, worked out and put before the witness."""
    derivation, program, drawer, witness = _drawer(network)
    drawn = drawer.draw("tidy", seed)
    values = program.run(drawn.given)
    testimony = proof_of(derivation.model, {}, program, drawn.given, witness=witness)
    return Problem(
        network, derivation, program, drawn.given, values, testimony.ok and not testimony.kinks
    )


def _item(problem: Problem, line: Line) -> Item:
    """A value that is asked, with what slips make of it."""
    value = float(problem.values[line.key])
    answer = problem.digits[line.key]
    twins: dict[str, str] = {}
    for code, wrong in _wrong_values(problem, line.key):
        if len(twins) >= 4:
            break
        if abs(wrong - value) > 2.5 * TOLERANCE:
            digits = _neat(wrong)
            apart = all(abs(float(other) - wrong) > 2.5 * TOLERANCE for other in twins.values())
            if code not in twins and apart:
                twins[code] = digits
    entry = line.subject if line.kind is not Kind.UPDATE else _entry(problem, line)
    label = (
        Math(entry) if line.kind is not Kind.UPDATE else Say("new-value", {"entry": Math(entry)})
    )
    return Item(
        label, line.key, answer, value, TOLERANCE,
        tuple((code, digits) for code, digits in twins.items()), rule=line.rule,
    )  # fmt: skip


def _entry(problem: Problem, line: Line) -> Any:
    quantity = problem.derivation.model.quantities[line.quantity]
    return quantity.at(*line.indices)


def _wrong_values(problem: Problem, key: str) -> Iterator[tuple[str, float]]:
    """What each slip makes of a value, where the slip stands in what the value rests on."""
    for slip, values in _slipped(problem):
        if key in values:
            yield slip, values[key]


_SLIPPED: dict[int, list[tuple[str, dict[str, float]]]] = {}


def _slipped(problem: Problem) -> list[tuple[str, dict[str, float]]]:
    """Every value with each slip of the core."""
    known = _SLIPPED.get(id(problem))
    if known is not None:
        return known
    found = []
    numbers = {key: float(value) for key, value in problem.given.items()}
    for slip, altered in variants(problem.program):
        if not slip.core:
            continue
        try:
            values = problem.program.run(numbers, altered=altered)
        except InputError:
            continue
        found.append((slip.code, {k: float(v) for k, v in values.items()}))
    _SLIPPED.clear()
    _SLIPPED[id(problem)] = found
    return found


def _shown(problem: Problem, lines: Sequence[Line]) -> Working:
    numbers = shown_numbers(problem.program, problem.digits)
    return Working(tuple(
        Shown(
            line.subject if line.kind is not Kind.UPDATE else _entry(problem, line),
            line.formula, numbers, problem.digits[line.key], line.number,
        )
        for line in lines
    ))  # fmt: skip


def _given(problem: Problem, *, without: Sequence[str] = ()) -> list[Block]:
    given = {key: value for key, value in problem.given.items() if key not in without}
    return given_blocks(problem.program, problem.derivation, given, problem.policy)


def _setting(problem: Problem) -> Say:
    """Which functions and which loss: what a solver has to know."""
    network = problem.network
    return Say(
        "setting",
        {
            "layers": "-".join(map(str, network.layers)),
            "functions": tuple(Say(f"function-{name}") if name in NAMED else name
                               for name in network.activations),
            "loss": Say(f"loss-{network.loss}") if network.loss in LOSS_NAMED else network.loss,
        },
    )  # fmt: skip


NAMED = ("relu", "identity", "sigmoid", "tanh", "softmax")
LOSS_NAMED = (
    "half-squared-error", "squared-error", "mean-squared-error", "cross-entropy",
    "binary-cross-entropy",
)  # fmt: skip


def _calculated(kind: str, problem: Problem, task: list[Block], asked: Sequence[Line]) -> Exercise:
    """An exercise whose answers are values."""
    items = tuple(_item(problem, line) for line in asked)
    needed = [
        line
        for line in problem.program.needed([line.key for line in asked])
        if line.kind is not Kind.FORWARD or kind in ("forward", "softmax")
    ]
    key: list[Block] = [_shown(problem, needed)]
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


# Kinds: each takes a network and a source of chance ----------------------------------------------


def _forward(network: Network, random: Random) -> Exercise | None:
    problem = problem_of(network, random.randrange(10**6))
    asked = problem.program.of_kind(Kind.FORWARD)
    task: list[Block] = [
        Paragraph((_setting(problem), Say("task-forward"))),
        *_given(problem, without=("eta",)),
    ]
    return _calculated("forward", problem, task, asked)


def _known(lines: Sequence[Line], digits: Mapping[str, str]) -> Table:
    """Values that are known: those of one quantity in a row."""
    groups: dict[tuple[int, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.number, line.quantity), []).append(line)
    rows = tuple(
        (number, tuple(Math(line.subject, equals=digits[line.key]) for line in group))
        for (number, _), group in groups.items()
    )
    return Table((Say("column-equation"), Say("column-values")), rows, wide=True)


def _neat(value: float) -> str:
    """A number to four decimals, without zeros where it comes out even."""
    short = round(value, DIGITS)
    return written(Fraction(repr(short)) if abs(value - short) < 1e-9 else value, DIGITS)


def _forward_values(problem: Problem) -> Table:
    lines = [
        line
        for line in problem.program.of_kind(Kind.FORWARD)
        if problem.program.roles[line.quantity] is not Role.LOSS
    ]
    return _known(lines, problem.digits)


def _backward_lines(problem: Problem, random: Random) -> list[Line]:
    """Errors of every unit, and two gradients of each array."""
    lines = []
    for line in problem.program.of_kind(Kind.ADJOINT):
        role = problem.program.roles[line.quantity]
        if role in (Role.PREACTIVATION, Role.ACTIVATION):
            lines.append(line)
    groups: dict[str, list[Line]] = {}
    for line in problem.program.of_kind(Kind.GRADIENT):
        groups.setdefault(line.quantity, []).append(line)
    for group in groups.values():
        lines += sorted(random.sample(group, min(2, len(group))), key=lambda line: line.indices)
    return lines


def _backward(network: Network, random: Random) -> Exercise | None:
    problem = problem_of(network, random.randrange(10**6))
    task: list[Block] = [
        Paragraph((_setting(problem), Say("task-backward"))),
        *_given(problem, without=("eta",)),
        _forward_values(problem),
    ]
    return _calculated("backward", problem, task, _backward_lines(problem, random))


def _update(network: Network, random: Random) -> Exercise | None:
    problem = problem_of(network, random.randrange(10**6))
    gradients = problem.program.of_kind(Kind.GRADIENT)
    shown = _known(gradients, problem.digits)
    asked = list(problem.program.of_kind(Kind.UPDATE))
    chosen = sorted(random.sample(range(len(asked)), min(6, len(asked))))
    task: list[Block] = [
        Paragraph((_setting(problem), Say("task-update"))),
        *_given(problem),
        Paragraph((Say("gradients-found"),), keep=True),
        shown,
    ]
    exercise = _calculated("update", problem, task, [asked[i] for i in chosen])
    key = (_shown(problem, [asked[i] for i in chosen]), *exercise.key[1:])
    return Exercise(
        exercise.kind, exercise.task, exercise.items, key, exercise.signature, problem,
        exercise.proved,
    )  # fmt: skip


RULES = (
    "weighted-sum", "activation", "loss", "differentiate-loss", "loss-and-output", "function",
    "through-function", "sum-over-paths", "weight", "bias",
)  # fmt: skip


def _blanks(network: Network, random: Random) -> Exercise | None:
    """A worked example that fades from the last step backwards, and asks for the rules."""
    problem = problem_of(network, random.randrange(10**6))
    lines = in_groups(
        problem.program.of_kind(Kind.FORWARD, Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT)
    )
    numbers = shown_numbers(problem.program, problem.digits)
    fade = max(3, len(lines) // 3)
    faded = {line.key for line in lines[-fade:]}
    asked = [line for line in lines if line.key in faded]
    task: list[Block] = [
        Paragraph((_setting(problem), Say("task-blanks"))),
        *_given(problem, without=("eta",)),
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
                rows.append(Shown(line.subject, None, None, "", line.number, True))
            else:
                rows.append(
                    Shown(line.subject, line.formula, numbers, problem.digits[line.key],
                          line.number)
                )  # fmt: skip
        task += [Paragraph((Say("which-rule", {"place": place}),), keep=True), Working(tuple(rows))]
    used = tuple(rule for rule in RULES if any(rule == own for _, own in rules))
    task.append(Bullets(tuple(
        Say("rule-choice", {"letter": _letter(i), "rule": Say(f"rulename-{rule}")})
        for i, rule in enumerate(used)
    )))  # fmt: skip
    exercise = _calculated("blanks", problem, task, asked)
    places = [(place, rule) for place, rule in rules if rule in used]
    chosen = places[:: max(1, len(places) // 6)][:6]
    choices = tuple(
        Item(
            Say("rule-at", {"place": place}), "", _letter(used.index(rule)),
            choices=tuple(_letter(i) for i in range(len(used))), rule=rule,
        )
        for place, rule in chosen
    )  # fmt: skip
    answers = Bullets(tuple(
        Say("rule-answer", {"place": place, "letter": _letter(used.index(rule)),
                            "rule": Say(f"rulename-{rule}")})
        for place, rule in places
    ))  # fmt: skip
    return Exercise(
        "blanks", exercise.task, (*choices, *exercise.items), (answers, *exercise.key),
        exercise.signature, problem, exercise.proved,
    )  # fmt: skip


def _letter(place: int) -> str:
    return chr(ord("a") + place)


def _derive(network: Network, random: Random) -> Exercise | None:
    """Derive the gradient of one array of parameters, for every size."""
    derivation, *_ = _drawer(network)
    weights = [q for q in derivation.model.parameters if q.role is Role.WEIGHT]
    quantity = random.choice(weights)
    gradient = derivation.gradients[quantity.name]
    problem = problem_of(network, random.randrange(10**6))
    chain = derivation.chain(quantity.name)
    rows = [Shown(gradient.adjoint, link.expression, None, "", 0) for link in chain]
    if not rows:
        rows = [Shown(gradient.adjoint, gradient.formula, None, "", 0)]
    key: list[Block] = [
        Working(tuple(
            Shown(row.subject, row.formula, None, "", 0) for row in rows
        )),
        Bullets(tuple(Say(note) for note in DERIVE_NOTES)),
    ]  # fmt: skip
    task: list[Block] = [
        Paragraph((
            _setting(problem),
            Say("task-derive", {"gradient": Math(gradient.adjoint)}),
        )),
        Working(tuple(
            Shown(e.quantity.entry, e.expression, None, "", e.number)
            for e in derivation.model.equations
        )),
    ]  # fmt: skip
    return Exercise(
        "derive", tuple(task), (), tuple(key), ("derive", network, quantity.name), problem,
        problem.proved and _chain_holds(problem, quantity.name), DERIVE_NOTES,
    )  # fmt: skip


DERIVE_NOTES = ("note-chain", "note-sum", "note-local", "note-result")


def _chain_holds(problem: Problem, name: str) -> bool:
    """Whether the closed formula has, at the drawn numbers, what the witness has."""
    from symback.teaching.unrolling import worked_formula

    chain = problem.derivation.chain(name)
    if not chain:
        return True
    *_, witness = _drawer(problem.network)
    quantity = problem.derivation.model.quantities[name]
    known = {k: v for k, v in problem.given.items() if k != "eta"}
    claims = {}
    for at, value in worked_formula(
        problem.derivation, problem.program, quantity, chain[-1].expression, problem.values
    ):
        claims[f"d{problem.program.loss}/d{name}[{','.join(map(str, at))}]"] = value
    return witness.judge(known, claims).ok


def _missing_path(network: Network, random: Random) -> Exercise | None:
    """A sum over paths with one of them left out."""
    problem = problem_of(network, random.randrange(10**6))
    sums = [
        line
        for line in problem.program.of_kind(Kind.ADJOINT)
        if line.rule == "sum-over-paths" and line.formula.is_Add
    ]
    if not sums:
        return None
    line = random.choice(sums)
    terms = list(line.formula.args)
    hidden = random.choice(terms)
    numbers = shown_numbers(problem.program, problem.digits)
    shown = line.formula - hidden
    value = _term_value(problem, line, terms.index(hidden))
    task: list[Block] = [
        Paragraph((_setting(problem), Say("task-missing-path", {"entry": Math(line.subject),
                                                                "shown": Math(shown)}))),
        *_given(problem, without=("eta",)),
        _known(
            [o for o in problem.program.of_kind(Kind.ADJOINT) if o.key in line.uses],
            problem.digits,
        ),
    ]  # fmt: skip
    item = Item(Say("missing-term"), "", written(value, DIGITS), value, TOLERANCE,
                rule="sum-over-paths")  # fmt: skip
    key: list[Block] = [
        Working((Shown(line.subject, line.formula, numbers, problem.digits[line.key],
                       line.number),)),
        Paragraph((Say("missing-answer", {"term": Math(hidden),
                                          "value": Digits(written(value, DIGITS))}),)),
    ]  # fmt: skip
    rest = float(problem.values[line.key]) - value
    if abs(value) <= 2 * TOLERANCE or not rest:
        return None  # nothing would be missed
    proved = problem.proved
    signature = ("missing-path", network, line.key, tuple(map(str, problem.given.values())))
    return Exercise("missing-path", tuple(task), (item,), tuple(key), signature, problem, proved)


def _term_value(problem: Problem, line: Line, place: int) -> float:
    from symback.teaching.terms import FLOATS, evaluate

    tree = line.tree[1 + place]
    return float(evaluate(tree, problem.values, FLOATS))


def _shapes(network: Network, random: Random) -> Exercise | None:
    """Shapes and counts of parameters of another network."""
    depth = random.randint(2, 3)
    layers = tuple(random.randint(2, 12) for _ in range(depth + 1))
    other = Network(layers)
    shapes = other.parameter_shapes
    count = sum(_product(shape) for shape in shapes.values())
    # The witness counts one unit after the other: its inputs and its bias.
    witnessed = 0
    for before, own in pairwise(layers):
        for _ in range(own):
            witnessed += before + 1
    without = sum(_product(s) for n, s in shapes.items() if n.startswith("W"))
    text = "-".join(map(str, layers))
    items = [
        Item(Say("shape-rows", {"name": name}), "", str(shape[0]), float(shape[0]), 0.0,
             rule="weighted-sum")
        for name, shape in shapes.items()
        if name.startswith("W")
    ]  # fmt: skip
    items.append(
        Item(Say("count-all"), "", str(count), float(count), 0.0,
             (("bias-missing", str(without)),), rule="weighted-sum")
    )  # fmt: skip
    task = (Paragraph((Say("task-shapes", {"layers": text}),)),)
    key = (
        Bullets(tuple(
            Say("shape-answer", {"name": name, "shape": " x ".join(map(str, shape))})
            for name, shape in shapes.items()
        )),
        Paragraph((Say("count-answer", {"count": count}),)),
    )  # fmt: skip
    return Exercise("shapes", task, tuple(items), key, ("shapes", layers), None, count == witnessed)


def _product(shape: tuple[int, ...]) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


def _softmax(network: Network, random: Random) -> Exercise | None:
    """Softmax with cross-entropy, by itself: sums are given, outputs, loss and errors asked."""
    width = random.choice((2, 3))
    own = Network((2, width), ("softmax",), "cross-entropy")
    problem = problem_of(own, random.randrange(10**6))
    lines = [
        line
        for line in (*problem.program.of_kind(Kind.FORWARD), *problem.program.of_kind(Kind.ADJOINT))
        if line.key.startswith(("yhat", "L", "dL/dy_pre"))
    ]
    sums = [line for line in problem.program.of_kind(Kind.FORWARD) if line.key.startswith("y_pre")]
    targets = {k: v for k, v in problem.given.items() if k.startswith("y[")}
    task: list[Block] = [
        Paragraph((Say("task-softmax"),)),
        *given_blocks(problem.program, problem.derivation, targets, problem.policy),
        _known(sums, problem.digits),
    ]  # fmt: skip
    return _calculated("softmax", problem, task, lines)


def _dead(network: Network, random: Random) -> Exercise | None:
    """A ReLU that is off: which gradients vanish?"""
    own = Network((network.layers[0], 3, network.layers[-1]), ("relu", "identity"),
                  "half-squared-error")  # fmt: skip
    problem = problem_of(own, random.randrange(10**6))
    slopes = problem.program.of_kind(Kind.SLOPE)
    dead = [line for line in slopes if not problem.values[line.key]]
    if not dead:
        return None
    gradients = [
        line for line in problem.program.of_kind(Kind.GRADIENT) if line.quantity in ("W1", "b1")
    ]
    zero = [line for line in gradients if not problem.values[line.key]]
    counted = str(len(zero))
    unit = dead[0].indices[0]
    item = Item(Say("count-zero"), "", counted, float(len(zero)), 0.0, rule="through-function")
    which = Item(Say("dead-unit"), "", str(unit), float(unit), 0.0, rule="function")
    task: list[Block] = [
        Paragraph((_setting(problem), Say("task-dead"))),
        *_given(problem, without=("eta",)),
    ]
    key: list[Block] = [
        _shown(problem, [*problem.program.of_kind(Kind.FORWARD)[:6], *dead]),
        Paragraph((Say("dead-answer", {
            "unit": unit, "count": len(zero),
            "gradients": tuple(Math(line.subject) for line in zero),
        }),)),
    ]  # fmt: skip
    signature = ("dead", own, tuple(map(str, problem.given.values())))
    return Exercise(
        "dead", tuple(task), (which, item), tuple(key), signature, problem,
        problem.proved and len(dead) == 1,
    )  # fmt: skip


CONVENTIONS: Mapping[str, tuple[str, ...]] = {
    "loss-factor": ("no-half", "with-half", "mean-of-two"),
    "delta-sign": ("delta-negative", "delta-gradient", "delta-of-output"),
    "orientation": ("from-to", "to-from", "symmetric"),
    "kink": ("zero-at-kink", "one-at-kink", "half-at-kink"),
    "log-base": ("natural-log", "log-two", "log-ten-base"),
}
"""Statements that hold under one convention, which comes first, and others that do not do."""


def _convention(network: Network, random: Random) -> Exercise | None:
    """Which convention makes a statement true?"""
    topic = random.choice(sorted(CONVENTIONS))
    options = CONVENTIONS[topic]
    order = list(options)
    random.shuffle(order)
    right = order.index(options[0])
    item = Item(
        Say("your-letter"), "", _letter(right),
        choices=tuple(_letter(i) for i in range(len(order))), rule="convention",
    )  # fmt: skip
    task = (
        Paragraph((Say("task-convention"), Say(f"statement-{topic}"))),
        Bullets(tuple(
            Say("choice", {"letter": _letter(i), "text": Say(f"convention-{code}")})
            for i, code in enumerate(order)
        )),
    )  # fmt: skip
    key = (Paragraph((Say("convention-answer", {
        "letter": _letter(right), "text": Say(f"convention-{options[0]}"),
    }),)),)  # fmt: skip
    return Exercise(
        "convention", task, (item,), key, ("convention", topic), None,
        _only_one_holds(topic, options),
    )  # fmt: skip


def _only_one_holds(topic: str, options: tuple[str, ...]) -> bool:
    """Each option tried in numbers: the first makes the statement true, no other does."""
    return [CHECKS[topic](option) for option in options] == [True] + [False] * (len(options) - 1)


def _slope_of(loss: Callable[[float], float], at: float) -> float:
    return (loss(at + 1e-6) - loss(at - 1e-6)) / 2e-6


def _check_loss(option: str) -> bool:
    factor = {"no-half": 1.0, "with-half": 0.5, "mean-of-two": 0.5}[option]
    return abs(_slope_of(lambda u: factor * (u - 0.3) ** 2, 0.8) - 2 * (0.8 - 0.3)) < 1e-6


def _check_delta(option: str) -> bool:
    slope = _slope_of(lambda u: 0.5 * (u - 0.3) ** 2, 0.8)
    delta = {"delta-negative": -slope, "delta-gradient": slope, "delta-of-output": 0.8}[option]
    weight, source, rate = 0.4, 0.7, 0.1
    right = weight - rate * slope * source
    return abs(weight + rate * delta * source - right) < 1e-9


def _check_orientation(option: str) -> bool:
    rows = {"from-to": (2, 3), "to-from": (3, 2), "symmetric": (2, 2)}[option]
    return rows == (2, 3)  # x W with x of 2 entries has 3 columns only so


def _check_kink(option: str) -> bool:
    return {"zero-at-kink": 0.0, "one-at-kink": 1.0, "half-at-kink": 0.5}[option] * 3.0 == 0.0


def _check_log(option: str) -> bool:
    from math import log

    base = {"natural-log": 1.0, "log-two": log(2), "log-ten-base": log(10)}[option]
    return abs(_slope_of(lambda u: -log(u) / base, 0.4) + 1 / 0.4) < 1e-6


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "loss-factor": _check_loss,
    "delta-sign": _check_delta,
    "orientation": _check_orientation,
    "kink": _check_kink,
    "log-base": _check_log,
}


def _find_slip(network: Network, random: Random) -> Exercise | None:
    """A sheet with exactly one slip of the catalogue, which changes what comes out."""
    from symback.teaching.marking import Marker, Outcome

    problem = problem_of(network, random.randrange(10**6))
    lines = problem.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT)
    marker = Marker(problem.program, problem.given)
    ways = [pair for pair in variants(problem.program) if pair[0].core]
    random.shuffle(ways)
    numbers = {key: float(value) for key, value in problem.given.items()}
    *_, witness = _drawer(network)
    known = {k: v for k, v in problem.given.items() if k != "eta"}
    for slip, altered in ways:
        if not any(line.key in altered for line in lines):
            continue
        try:
            wrong = problem.program.run(numbers, altered=altered)
        except InputError:
            continue
        sheet = {line.key: _neat(float(wrong[line.key])) for line in lines}
        judged = marker.mark("", sheet).judged
        bad = [value for value in judged if value.outcome is Outcome.WRONG]
        if len(bad) != 1 or bad[0].slips != (slip.code,):
            continue
        first = problem.program.line_of[bad[0].key]
        refused = witness.judge(known, {line.key: float(wrong[line.key]) for line in lines})
        if refused.ok:
            continue
        rows = _known(lines, sheet)
        task: list[Block] = [
            Paragraph((_setting(problem), Say("task-find-slip"))),
            *_given(problem, without=("eta",)),
            rows,
        ]
        item = _item(problem, first)
        right = Item(Say("right-value"), first.key, item.answer, item.value, TOLERANCE,
                     rule=first.rule)  # fmt: skip
        key: list[Block] = [
            Paragraph((Say("slip-answer", {
                "value": Math(first.subject), "text": Digits(sheet[first.key]),
                "right": Digits(item.answer), "slip": Say(f"slip-{slip.code}"),
                "rule": Say(f"rulename-{first.rule}"),
            }),)),
            _shown(problem, [first]),
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


Make = Callable[[Network, Random], "Exercise | None"]

KINDS: Mapping[str, Make] = {
    "forward": _forward,
    "backward": _backward,
    "blanks": _blanks,
    "update": _update,
    "shapes": _shapes,
    "derive": _derive,
    "missing-path": _missing_path,
    "softmax": _softmax,
    "dead": _dead,
    "convention": _convention,
    "find-slip": _find_slip,
}
"""Every kind of exercise, in the order in which a sheet has them."""


def make_sheet(
    layers: tuple[int, ...],
    seed: int,
    count: int,
    *,
    network: Network | None = None,
    kinds: Sequence[str] = (),
) -> Sheet:
    """A sheet of exercises on networks of these widths.

    Args:
        layers: the widths.
        seed: the same sheet for the same seed.
        count: of exercises.
        network: whose functions all exercises have; by default they vary.
        kinds: of `KINDS`, in order; by default all that apply, the slip to be found last.

    Raises:
        InputError: where nothing is asked for, or no tidy numbers exist.
        TooLargeError: for more than `MAX_COUNT`.
    """
    if count < 1:
        raise InputError("a sheet has at least one exercise", where="--count")
    if count > MAX_COUNT:
        raise TooLargeError(
            f"{count} exercises are too many for a sheet", where="--count",
            hint=f"the limit is {MAX_COUNT}",
        )  # fmt: skip
    random = Random(f"sheet {layers} {seed}")
    networks = [network] if network is not None else _networks(layers)
    order = list(kinds) or [kind for kind in KINDS if kind != "find-slip"]
    last = [] if kinds or count == 1 else ["find-slip"]
    made: list[Exercise] = []
    seen: set[tuple[Any, ...]] = set()
    place = attempts = 0
    while len(made) < count - len(last):
        kind = order[place % len(order)]
        exercise = KINDS[kind](networks[place % len(networks)], random)
        place += 1
        attempts += 1
        if attempts > 40 * count + 40:
            raise InputError(
                "there are not so many different exercises of these kinds", where="--count",
                hint="ask for fewer, or for other kinds",
            )  # fmt: skip
        if exercise is not None and exercise.signature not in seen:
            seen.add(exercise.signature)
            made.append(exercise)
    while last:
        exercise = KINDS["find-slip"](networks[place % len(networks)], random)
        place += 1
        attempts += 1
        if exercise is not None and exercise.signature not in seen:
            made.append(exercise)
            last = []
        elif attempts > 40 * count + 80:
            raise InputError("no slip can be hidden in this network", where="--count")
    return Sheet(tuple(made), seed, network or networks[0])


def _networks(layers: tuple[int, ...]) -> list[Network]:
    depth = len(layers) - 1
    found = []
    for (hidden, output), loss in FAMILIES:
        if output == "softmax" and layers[-1] < 2:
            continue
        activations = (hidden,) * (depth - 1) + (output,)
        found.append(Network(layers, activations, loss))
    return found
