"""Exercises about formulas: derive a gradient, find the path that a sum has lost."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from sympy import Float

from symback.algebra.expressions import Partial
from symback.calculus.derivation import Derivation
from symback.model.equations import Role
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
from symback.teaching.exercises.problem import About, Problem, drawer_of, problem_of
from symback.teaching.exercises.small import Small
from symback.teaching.program import Kind, Line
from symback.teaching.saying import shown_numbers

__all__ = ["DERIVE_NOTES", "derive_gradient", "equations", "missing_path"]


def derive_gradient(about: About, random: Random) -> Exercise | None:
    """Derive the gradient of one array of parameters, for every size."""
    derivation, *_ = drawer_of(about)
    is_model = isinstance(about, Small)
    weights = [q for q in derivation.model.parameters if is_model or q.role is Role.WEIGHT]
    if not weights:
        return None
    quantity = random.choice(weights)
    gradient = derivation.gradients[quantity.name]
    problem = problem_of(about, random.randrange(10**6))
    chain = derivation.chain(quantity.name)
    # Of a recursion no formula is closed: what comes from the step behind stays a derivative.
    is_closed = not is_model or (bool(chain) and not chain[-1].expression.has(Partial))
    if not is_closed:
        chain = ()
    formulas = [link.expression for link in chain] or [gradient.formula]
    rows = [Shown(gradient.adjoint, formula, None, "", 0) for formula in formulas]
    key: list[Block] = [
        Working(tuple(
            Shown(row.subject, row.formula, None, "", 0) for row in rows
        )),
        Bullets(tuple(Say(note) for note in DERIVE_NOTES)),
    ]  # fmt: skip
    task: list[Block] = [
        Paragraph((
            setting(problem),
            Say("task-derive" if is_closed else "task-derive-by-steps",
                {"gradient": Math(gradient.adjoint)}),
            Say("formula-typed", {"example": Typed(_longest(derivation))}),
        )),
    ]  # fmt: skip
    if not is_model:  # a model's equations stand at the head of the sheet
        task.append(equations(derivation))
    last = formulas[-1]
    return Exercise(
        "derive", tuple(task), (), tuple(key), ("derive", about, quantity.name), problem,
        problem.proved and _formula_holds(problem, quantity.name, last), DERIVE_NOTES,
        result=_result(about, derivation, gradient.adjoint, is_closed=is_closed),
    )  # fmt: skip


def _longest(derivation: Derivation) -> Any:
    """An equation's right side that shows how formulas are typed."""
    whole = [e.expression for e in derivation.model.equations if not e.is_boundary]
    return whole[0]


def equations(derivation: Derivation) -> Working:
    """Every equation, one a line."""
    return Working(
        tuple(Shown(e.left, e.expression, None, "", 0) for e in derivation.model.equations),
        tight=True,
    )


def _result(about: About, derivation: Derivation, adjoint: Any, *, is_closed: bool) -> Result:
    """The result of a derivation, to be judged where no two sizes of a network are alike.

    A layer of one unit has that unit's number in its formulas, and stays one.
    """
    if isinstance(about, Small):
        left = plainly(Printer(PLAIN, derivation.model)(adjoint))
        return Result(Math(adjoint), "gradient", left, about, adjoint, is_closed)
    network = about
    sizes = tuple(2 + place if size > 1 else 1 for place, size in enumerate(network.layers))
    wide = replace(network, layers=sizes)
    left = plainly(Printer(PLAIN, wide.model())(adjoint))
    return Result(Math(adjoint), "gradient", left, wide, adjoint)


DERIVE_NOTES = ("note-chain", "note-sum", "note-local", "note-result")


def _formula_holds(problem: Problem, name: str, formula: Any) -> bool:
    """Whether a formula has, at the drawn numbers, what the witness has."""
    from symback.teaching.unrolling import worked_formula

    *_, witness = drawer_of(problem.about)
    quantity = problem.model.quantities[name]
    known = {k: v for k, v in problem.given.items() if k != "eta"}
    claims = {}
    for at, value in worked_formula(
        problem.derivation, problem.program, quantity, formula, problem.values,
        problem.sizes, problem.integers,
    ):  # fmt: skip
        key = f"{name}[{','.join(map(str, at))}]" if at else name
        claims[f"d{problem.program.loss}/d{key}"] = value
    return witness.judge(known, claims).ok


def missing_path(about: About, random: Random) -> Exercise | None:
    """A sum over paths with one of them left out."""
    _, program, *_ = drawer_of(about)
    sums = [
        line
        for line in program.of_kind(Kind.ADJOINT)
        if line.rule == "sum-over-paths" and line.formula.is_Add
    ]
    if not sums:
        return None
    problem = problem_of(about, random.randrange(10**6))
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
    printed = _printed_value(problem, hidden)
    proved = problem.proved and abs(printed - value) < 1e-9
    signature = ("missing-path", about, line.key, tuple(map(str, problem.given.values())))
    return Exercise("missing-path", tuple(task), (item,), tuple(key), signature, problem, proved)


def _printed_value(problem: Problem, term: Any) -> float:
    """What is printed, with numbers put in: it has the value that the tree has."""
    from symback.teaching.lowering import Lowering
    from symback.teaching.terms import FLOATS, evaluate

    program = problem.program
    if isinstance(problem.about, Small):  # its functions have names, and no numbers in SymPy
        tree = Lowering(dict(program.keys), dict(program.line_of)).lower(term)
        return float(evaluate(tree, problem.values, FLOATS))
    known = {e: problem.values[key] for e, key in program.keys.items() if key in problem.values}
    return float(term.xreplace({e: Float(float(v), 30) for e, v in known.items()}))


def _term_value(problem: Problem, line: Line, place: int) -> float:
    from symback.teaching.terms import FLOATS, evaluate

    tree = line.tree[1 + place]
    return float(evaluate(tree, problem.values, FLOATS))
