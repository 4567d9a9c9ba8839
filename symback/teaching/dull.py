"""What makes numbers dull: a unit that learns nothing, a slip that nobody would see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Expr, Indexed

from symback.algebra.expressions import Entry, indices_of, name_of
from symback.calculus.derivation import Derivation
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Model, Role
from symback.model.network import Network
from symback.teaching.blocks import Digits, Math, Say
from symback.teaching.digits import written
from symback.teaching.program import Kind, Line, Program

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
        *_units(derivation, program, values),
        *_targets(derivation, program, values),
        *_descent(program, values),
        *_slips(program, given, values, digits),
    )


def _units(derivation: Derivation, program: Program, values: Mapping[str, Any]) -> Iterator[Say]:
    """Units whose slope is a convention, hardly any, or 0."""
    off: dict[Expr, list[Line]] = {}
    for line in program.of_kind(Kind.SLOPE):
        known = ACTIVATIONS[line.function]
        argument = line.subject.argument
        key = program.keys.get(argument)
        if key is None:
            continue
        at, slope = values[key], values[line.key]
        where = {"unit": Math(argument), "value": Digits(written(at, 4))}
        kinks = {float(point) for point, _ in known.kinks}
        is_flat = bool(known.kinks) and not slope
        if known.kinks and len(known.kinks) == 1:
            off.setdefault(_unit(derivation.model, argument), []).append(line)
        if float(at) in kinks:
            yield Say("dull-kink", where)
        elif is_flat and len(known.kinks) == 1:
            continue  # whether the unit is dead, all its sums together say
        elif is_flat:  # between its kinks it has a slope, beyond them it is flat
            yield Say("dull-saturated", where | {"slope": Digits("0")})
        elif not known.keeps_prime and abs(float(slope)) < SATURATED and known.name != "softplus":
            yield Say("dull-saturated", where | {"slope": Digits(written(slope, 4))})
    for lines in off.values():
        yield from _off(derivation.model, program, values, lines)


def _unit(model: Model, argument: Expr) -> Expr:
    """A unit's sum without its sample, which tells the unit; in a model of equations itself.

    Which entries of a model share their weights, only its equations could tell.
    """
    if not isinstance(model.source, Network) or not isinstance(argument, Indexed):
        return argument
    row = _row_of(model, argument)
    kept = [index for place, index in enumerate(indices_of(argument)) if place != row]
    return Entry(name_of(argument), *kept)


def _row_of(model: Model, argument: Expr) -> int:
    """At which of its indices a quantity has the samples; -1 where at none."""
    ranges = model.quantities[name_of(argument)].ranges
    return next((place for place, r in enumerate(ranges) if r.is_rows), -1)


def _off(
    model: Model, program: Program, values: Mapping[str, Any], lines: Sequence[Line]
) -> Iterator[Say]:
    """A unit whose slope is 0: dead where it is so in every sample, else off in some of them."""
    flat = [line for line in lines if not values[line.key]]
    sums = [line.subject.argument for line in flat]
    kinks = {float(point) for point, _ in ACTIVATIONS[lines[0].function].kinks}
    shown = [
        (entry, Math(entry, equals=written(values[program.keys[entry]], 4)))
        for entry in sums
        if float(values[program.keys[entry]]) not in kinks  # of which it is said already
    ]
    if not shown:
        return
    if not isinstance(model.source, Network):
        yield from (Say("dull-off", {"sum": said, "of": Say("off-here")}) for _, said in shown)
    elif len(flat) == len(lines):
        yield Say("dull-dead", {"sums": tuple(said for _, said in shown)})
    else:
        for entry, said in shown:
            sample = str(indices_of(entry)[_row_of(model, entry)])
            yield Say("dull-off", {"sum": said, "of": Say("off-sample", {"sample": sample})})


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
