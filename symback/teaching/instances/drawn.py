"""An instance of what is said of numbers, and of a kind of exercise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random
from typing import Any

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.model.network import Network
from symback.teaching.blocks import Block, Paragraph, Say
from symback.teaching.drawing import WISHES, Drawer
from symback.teaching.dull import warnings
from symback.teaching.exercises import KINDS as EXERCISES
from symback.teaching.exercises import make_sheet
from symback.teaching.instances.instance import Instance
from symback.teaching.policy import Policy
from symback.teaching.program import Program
from symback.teaching.saying import given_table
from symback.teaching.terms import FLOATS
from symback.teaching.unrolling import unroll

__all__ = ["exercise_instance", "numbers_instance"]

KINDS = ("tidy", "exact", "random")
TRIES = 4000
SEEDS = 60

_SMOOTH = Network((2, 2, 1), ("sigmoid", "identity"), "half-squared-error")
_KINKED = Network((2, 3, 1), ("relu", "identity"), "half-squared-error")
_SAMPLES = Network((1, 2, 1), ("relu", "identity"), "half-squared-error", batch=True)
_DEEP = Network((2, 2, 2, 1), ("relu", "relu", "identity"), "half-squared-error")
_UNIT = Network((1, 1, 1), ("sigmoid", "identity"), "half-squared-error")
_DULL: Mapping[str, tuple[Network, Mapping[str, Fraction]]] = {
    "dull-dead": (_KINKED, {"W1[1,1]": Fraction(-9)}),
    "dull-off": (_SAMPLES, {"x[1,1]": Fraction(-9), "x[2,1]": Fraction(9)}),
    "dull-kink": (_KINKED, {"W1[1,1]": Fraction(0), "W1[2,1]": Fraction(0), "b1[1]": Fraction(0)}),
    "dull-saturated": (_UNIT, {"W1[1,1]": Fraction(9), "x[1]": Fraction(1)}),
    "dull-target": (_UNIT, {"W2[1,1]": Fraction(0), "b2[1]": Fraction(1), "y[1]": Fraction(1)}),
    "dull-rises": (_UNIT, {"eta": Fraction(50)}),
    "dull-slip": (_UNIT, {"b1[1]": Fraction(0)}),
}
"""For each warning a network, and numbers that are put in place of tidy ones."""


def exercise_instance(code: str) -> Instance | None:
    """An exercise of a kind, as it stands on a sheet; None for a kind that there is not."""
    if code not in EXERCISES:
        return None
    sheet = make_sheet((2, 2, 2), 1, 1, kinds=(code,))
    exercise = sheet.exercises[0]
    return Instance(exercise.task, sheet.model)


def numbers_instance(code: str) -> Instance | None:
    """Numbers of which this is said; None where none were found."""
    if code in _DULL:
        return _dull(code)
    if code in KINDS:
        return _of_kind(code)
    if code == "slips":
        return _hiding()
    return _without(code) if code in WISHES else None


def _shown(
    derivation: Derivation, program: Program, given: Mapping[str, Any], policy: Policy, say: Say
) -> Instance:
    said = Paragraph((Say("these-numbers", {"said": say}),))
    blocks: tuple[Block, ...] = (given_table(program, derivation, given, policy), said)
    return Instance(blocks, derivation.model)


def _of_kind(kind: str) -> Instance:
    derivation = derive(_SMOOTH)
    program = unroll(derivation)
    given = Drawer(derivation, program).draw(kind, 1).given
    say = Say(f"numbers-{kind}", {"seed": 1})
    return _shown(derivation, program, given, Policy(exact=kind == "exact"), say)


def _dull(code: str) -> Instance | None:
    """Tidy numbers with some others put in, until the warning is given."""
    network, others = _DULL[code]
    derivation = derive(network)
    program = unroll(derivation, {"N": 2} if network.batch else {})
    drawer = Drawer(derivation, program)
    for seed in range(SEEDS):
        given = {**drawer.draw("tidy", seed).given, **others}
        values = program.run({key: float(value) for key, value in given.items()})
        for warning in warnings(derivation, program, given, values, 4):
            if warning.code == code:
                return _shown(derivation, program, given, Policy(), warning)
    return None


def _hiding() -> Instance | None:
    """Exact numbers that hide a slip: a bias of 0 can be left out."""
    derivation = derive(_SMOOTH)
    program = unroll(derivation)
    drawn = Drawer(derivation, program).draw("exact", 1)
    given = {**drawn.given, "b1[1]": Fraction(0), "b1[2]": Fraction(0)}
    values = program.run({key: float(value) for key, value in given.items()})
    found = warnings(derivation, program, given, values, 4)
    if any(warning.code == "dull-slip" for warning in found):
        say = Say("dropped-slips")
        return _shown(derivation, program, given, Policy(exact=True), say)
    return None


def _without(wish: str) -> Instance | None:
    """Numbers that lack a wish, and have all that would be given up after it."""
    say = Say("lacks-size" if wish == "size" else f"dropped-{wish}")
    kept = WISHES[WISHES.index(wish) + 1 :]
    for network in (_KINKED, _SMOOTH, _DEEP):
        derivation = derive(network)
        program = unroll(derivation)
        drawer = Drawer(derivation, program)
        for given in _drawn(drawer, wish):
            before = dict(given)
            if drawer.tests.worked(given, {*kept}, FLOATS) is None:
                continue
            if drawer.tests.worked(before, {wish, *kept}, FLOATS) is None:
                return _shown(derivation, program, given, Policy(), say)
    return None


def _drawn(drawer: Drawer, wish: str) -> Iterator[dict[str, Any]]:
    """Numbers of the kind that lacks a wish: for two of them other than are drawn as tidy."""
    random = Random("an instance")
    for _ in range(TRIES):
        if wish == "grid":
            yield drawer.grid.plain(random, lambda q: random.randint(-300, 300), 100)
        elif wish == "policies":
            yield drawer.grid.plain(random, lambda q: random.randint(-9, 9))
        else:
            yield drawer.grid.plain(random, *drawer.grid.tidy(random))
