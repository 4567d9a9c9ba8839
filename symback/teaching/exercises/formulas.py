"""Exercises about formulas: derive a gradient, find the path that a sum has lost."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from sympy import Float

from symback.model.equations import Role
from symback.model.network import Network
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.printing.target import plainly
from symback.teaching.blocks import (
    Block,
    Bullets,
    Digits,
    Math,
    Paragraph,
    Say,
    Shown,
    Typed,
    Working,
)
from symback.teaching.digits import written
from symback.teaching.exercises.parts import (
    DIGITS,
    TOLERANCE,
    Exercise,
    Item,
    Result,
    given,
    setting,
)
from symback.teaching.exercises.problem import Problem, drawer_of, problem_of
from symback.teaching.program import Kind, Line
from symback.teaching.saying import shown_numbers

__all__ = ["DERIVE_NOTES", "derive_gradient", "missing_path"]


def derive_gradient(network: Network, random: Random) -> Exercise | None:
    """Derive the gradient of one array of parameters, for every size."""
    derivation, *_ = drawer_of(network)
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
            setting(problem),
            Say("task-derive", {"gradient": Math(gradient.adjoint)}),
            Say("formula-typed", {"example": Typed(derivation.model.equations[0].expression)}),
        )),
        Working(tuple(
            Shown(e.quantity.entry, e.expression, None, "", 0)
            for e in derivation.model.equations
        ), tight=True),
    ]  # fmt: skip
    return Exercise(
        "derive", tuple(task), (), tuple(key), ("derive", network, quantity.name), problem,
        problem.proved and _chain_holds(problem, quantity.name), DERIVE_NOTES,
        result=_result(network, gradient.adjoint),
    )  # fmt: skip


def _result(network: Network, adjoint: Any) -> Result:
    """The result of a derivation, to be judged where no two sizes are alike.

    A layer of one unit has that unit's number in its formulas, and stays one.
    """
    sizes = tuple(2 + place if size > 1 else 1 for place, size in enumerate(network.layers))
    wide = replace(network, layers=sizes)
    left = plainly(Printer(PLAIN, wide.model())(adjoint))
    return Result(Math(adjoint), "gradient", left, wide, adjoint)


DERIVE_NOTES = ("note-chain", "note-sum", "note-local", "note-result")


def _chain_holds(problem: Problem, name: str) -> bool:
    """Whether the closed formula has, at the drawn numbers, what the witness has."""
    from symback.teaching.unrolling import worked_formula

    chain = problem.derivation.chain(name)
    if not chain:
        return True
    *_, witness = drawer_of(problem.network)
    quantity = problem.derivation.model.quantities[name]
    known = {k: v for k, v in problem.given.items() if k != "eta"}
    claims = {}
    for at, value in worked_formula(
        problem.derivation, problem.program, quantity, chain[-1].expression, problem.values
    ):
        claims[f"d{problem.program.loss}/d{name}[{','.join(map(str, at))}]"] = value
    return witness.judge(known, claims).ok


def missing_path(network: Network, random: Random) -> Exercise | None:
    """A sum over paths with one of them left out."""
    _, program, *_ = drawer_of(network)
    sums = [
        line
        for line in program.of_kind(Kind.ADJOINT)
        if line.rule == "sum-over-paths" and line.formula.is_Add
    ]
    if not sums:
        return None
    problem = problem_of(network, random.randrange(10**6))
    line = random.choice(sums)
    terms = list(line.formula.args)
    hidden = random.choice(terms)
    numbers = shown_numbers(problem.program, problem.digits)
    shown = line.formula - hidden
    value = _term_value(problem, line, terms.index(hidden))
    task: list[Block] = [
        Paragraph((setting(problem), Say("task-missing-path", {"entry": Math(line.subject),
                                                                "shown": Math(shown)}))),
        given(problem, [o for o in problem.program.of_kind(Kind.ADJOINT) if o.key in line.uses]),
    ]  # fmt: skip
    item = Item(Say("missing-term"), "", written(value, DIGITS), value, TOLERANCE,
                rule="sum-over-paths", name="term")  # fmt: skip
    key: list[Block] = [
        Working((Shown(line.subject, line.formula, numbers, problem.digits[line.key], 0),)),
        Paragraph((Say("missing-answer", {"term": Math(hidden),
                                          "value": Digits(written(value, DIGITS))}),)),
    ]  # fmt: skip
    rest = float(problem.values[line.key]) - value
    if abs(value) <= 2 * TOLERANCE or not rest:
        return None  # nothing would be missed
    # What is printed, with numbers put in, has the value that the tree has.
    numbered = {e: problem.values[key] for e, key in program.keys.items() if key in problem.values}
    printed = float(hidden.xreplace({e: Float(float(v), 30) for e, v in numbered.items()}))
    proved = problem.proved and abs(printed - value) < 1e-9
    signature = ("missing-path", network, line.key, tuple(map(str, problem.given.values())))
    return Exercise("missing-path", tuple(task), (item,), tuple(key), signature, problem, proved)


def _term_value(problem: Problem, line: Line, place: int) -> float:
    from symback.teaching.terms import FLOATS, evaluate

    tree = line.tree[1 + place]
    return float(evaluate(tree, problem.values, FLOATS))
