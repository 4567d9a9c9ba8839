"""Both passes in numbers as a part of another document, and a derivative held to a difference."""

from __future__ import annotations

from typing import Any

from symback.algebra.expressions import Partial
from symback.model.network import Network
from symback.teaching.blocks import Block, Bullets, Digits, Heading, Math, Paragraph, Say
from symback.teaching.example import Example
from symback.teaching.program import Kind
from symback.teaching.saying import given_table, network_setting
from symback.teaching.terms import FLOATS

__all__ = ["both_passes"]

STEP = 1e-4
"""How far a parameter is moved to either side, for a difference of the loss."""

_ABOUT_VALUES = ("dull-dead", "dull-off", "dull-kink", "dull-saturated", "dull-target")
"""Warnings that are about the values; the others are about steps and slips, which are not shown."""

_DECIMALS = 8
"""Of the two losses: their difference has four of them left."""


def both_passes(example: Example, key: str = "") -> tuple[Block, ...]:
    """What is given, every value of both passes, and a derivative beside a difference of the loss.

    Args:
        example: the numbers.
        key: of the parameter whose derivative is held to a difference, ``W1[1,2]``; where there is
            none of that name, the first of the model.
    """
    derivation, policy = example.derivation, example.policy
    source = derivation.model.source
    setting = (network_setting(source),) if isinstance(source, Network) else ()
    said = Say(f"policy-{policy.code}", {"digits": policy.digits})
    given = {key: value for key, value in example.given.items() if key != example.program.rate}
    warnings = tuple(warning for warning in example.warnings if warning.code in _ABOUT_VALUES)
    return (
        Paragraph((*setting, said)),
        given_table(example.program, derivation, given, policy),
        *((Bullets(warnings),) if warnings else ()),
        Heading(Say("forward-pass"), 2),
        *example.workings(Kind.FORWARD),
        Heading(Say("backward-pass"), 2),
        *example.workings(Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT),
        Heading(Say("difference"), 2),
        *_difference(example, key),
        Paragraph(tuple(map(_short, example.colophon()))),
    )


def _short(say: Say) -> Say:
    """Of how the numbers were drawn the seed alone: what they pass is about steps and slips."""
    return Say("numbers-random", say.args) if say.code.startswith("numbers-tidy") else say


def _difference(example: Example, key: str) -> list[Block]:
    """The loss a little to either side of a parameter's value, and what that says of its slope."""
    program = example.program
    gradients = [line for line in program.lines if line.kind is Kind.GRADIENT]
    by_key = {line.key.partition("/d")[2]: line for line in gradients}
    line = by_key.get(key) or next(iter(by_key.values()), None)
    if line is None:
        return []
    key = line.key.partition("/d")[2]
    needed = program.needed([program.loss])
    values = {name: float(value) for name, value in example.given.items()}
    losses = []
    for step in (STEP, -STEP):
        moved = {**values, key: values[key] + step}
        losses.append(float(program.run(moved, FLOATS, lines=needed)[program.loss]))
    entry = next(expression for expression, name in program.keys.items() if name == key)
    args: dict[str, Any] = {
        "entry": Math(entry),
        "step": Digits(f"{STEP:.4f}"),
        "above": Digits(f"{losses[0]:.{_DECIMALS}f}"),
        "below": Digits(f"{losses[1]:.{_DECIMALS}f}"),
        "twice": Digits(f"{2 * STEP:.4f}"),
        "quotient": Digits(f"{(losses[0] - losses[1]) / (2 * STEP):.4f}"),
        "derivative": Math(
            Partial(example.derivation.loss, entry), equals=f"{float(example.values[line.key]):.4f}"
        ),
    }
    return [Paragraph((Say("difference-check", args),))]
