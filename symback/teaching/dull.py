"""What makes numbers dull: a unit that learns nothing, a slip that nobody would see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symback.calculus.derivation import Derivation
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Role
from symback.teaching.blocks import Digits, Math, Say
from symback.teaching.digits import written
from symback.teaching.program import Kind, Program

__all__ = ["SATURATED", "warnings"]

SATURATED = 0.02
"""Below this slope of a sigmoid or tanh a unit hardly learns."""


def warnings(
    derivation: Derivation,
    program: Program,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    digits: int,
) -> tuple[Say, ...]:
    """What a teacher may want to change about these numbers."""
    return (
        *_units(program, values),
        *_targets(derivation, program, values),
        *_descent(program, values),
        *_slips(program, given, values, digits),
    )


def _units(program: Program, values: Mapping[str, Any]) -> Iterator[Say]:
    for line in program.of_kind(Kind.SLOPE):
        known = ACTIVATIONS[line.function]
        argument = line.subject.argument
        key = program.keys.get(argument)
        if key is None:
            continue
        at, slope = values[key], values[line.key]
        where = {"unit": Math(argument), "value": Digits(written(at, 4))}
        kinks = {float(point) for point, _ in known.kinks}
        if float(at) in kinks:
            yield Say("dull-kink", where)
        elif known.kinks and not slope and len(known.kinks) == 1:
            yield Say("dull-dead", where)
        elif known.kinks and not slope:  # between its kinks it has a slope, beyond them it is flat
            yield Say("dull-saturated", where | {"slope": Digits("0")})
        elif not known.keeps_prime and abs(float(slope)) < SATURATED and known.name != "softplus":
            yield Say("dull-saturated", where | {"slope": Digits(written(slope, 4))})


def _targets(derivation: Derivation, program: Program, values: Mapping[str, Any]) -> Iterator[Say]:
    model = derivation.model
    outputs = [q for q in model.quantities.values() if q.role is Role.OUTPUT]
    targets = [q for q in model.given if q.role is Role.TARGET]
    if len(outputs) != 1 or len(targets) != 1:
        return
    pairs = [
        (values[key], values[key.replace(targets[0].name, outputs[0].name, 1)])
        for key in program.given[targets[0].name]
    ]
    if all(abs(float(target) - float(output)) < 1e-9 for target, output in pairs):
        yield Say("dull-target")


def _descent(program: Program, values: Mapping[str, Any]) -> Iterator[Say]:
    after = values.get(f"{program.loss}_new")
    if after is None:
        return
    before = values[program.loss]
    if float(after) > float(before):
        yield Say(
            "dull-rises",
            {"before": Digits(written(before, 4)), "after": Digits(written(after, 4))},
        )


def _slips(
    program: Program,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    digits: int,
) -> Iterator[Say]:
    from symback.teaching.slips import applicable, visible

    for slip, altered in applicable(program):
        if not visible(program, given, values, altered, 10.0**-digits):
            yield Say("dull-slip", {"slip": Say(f"slip-{slip.code}")})
