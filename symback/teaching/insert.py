"""Both passes in numbers as a part of another document, and a derivative held to a difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import Symbol

from symback.algebra.expressions import Apply, Partial
from symback.calculus.derivation import Derivation
from symback.model.equations import Model, size_symbol
from symback.model.network import Network
from symback.teaching.blocks import (
    Block,
    Bullets,
    Digits,
    Heading,
    Math,
    Paragraph,
    Say,
    Shown,
    Working,
)
from symback.teaching.digits import written
from symback.teaching.example import Example
from symback.teaching.program import Kind
from symback.teaching.saying import given_table, network_setting
from symback.teaching.terms import FLOATS

__all__ = ["both_passes"]

STEP = 1e-4
"""How far a parameter is moved to either side, for a difference of the loss."""

_ABOUT_VALUES = ("dull-dead", "dull-off", "dull-kink", "dull-saturated", "dull-target")
"""Warnings that are about the values; the others are about steps and slips, which are not shown."""

_MOST_DECIMALS = 8
"""Of the quotient: a difference of floating-point numbers has no more."""


def both_passes(
    example: Example,
    key: str = "",
    *,
    sizes: Mapping[str, int] | None = None,
    above: Network | None = None,
    per_sample: bool = False,
) -> tuple[Block, ...]:
    """What is given, every value of both passes, and a derivative beside a difference of the loss.

    Args:
        example: the numbers.
        key: of the parameter whose derivative is held to a difference, ``W1[1,2]``; where there is
            none of that name, the first of the model.
        sizes: numbers for sizes that the model leaves open.
        above: the network of the document, whose functions may be letters.
        per_sample: whether the document writes derivatives of each sample's own loss.
    """
    derivation, policy = example.derivation, example.policy
    source = derivation.model.source
    network = source if isinstance(source, Network) else None
    setting = () if network is None else (network_setting(network),)
    of_sizes = _sizes(derivation.model, sizes or {})
    said = Say(f"policy-{policy.code}", {"digits": policy.digits})
    given = {key: value for key, value in example.given.items() if key != example.program.rate}
    warnings = tuple(warning for warning in example.warnings if warning.code in _ABOUT_VALUES)
    return (
        Paragraph((*setting, *of_sizes, said)),
        *(_stand_ins(network, above) if network and above else ()),
        given_table(example.program, derivation, given, policy),
        *((Bullets(warnings),) if warnings else ()),
        Heading(Say("forward-pass"), 2),
        *example.workings(Kind.FORWARD),
        Heading(Say("backward-pass"), 2),
        *(_of_the_whole(derivation, network) if network and per_sample else ()),
        *example.workings(Kind.SLOPE, Kind.ADJOINT, Kind.GRADIENT),
        Heading(Say("difference"), 2),
        *_difference(example, key),
        Paragraph(tuple(map(_short, example.colophon()))),
    )


def _sizes(model: Model, numbers: Mapping[str, int]) -> tuple[Say, ...]:
    """How many samples there are; of a model of equations every size."""
    ranges = [r for q in model.quantities.values() for r in q.ranges if r.is_plain]
    if isinstance(model.source, Network):
        ranges = [r for r in ranges if r.is_rows]
    found = {r.name: numbers.get(r.name, r.size) for r in ranges}
    told = tuple(
        Math(size_symbol(name), equals=str(number)) for name, number in found.items() if number
    )
    return (Say("sizes-here", {"sizes": told}),) if told else ()


def _stand_ins(network: Network, above: Network) -> Iterator[Block]:
    """What functions have values here in place of letters that stand for any."""
    named = [n for n, letter in zip(network.activations, above.activations, strict=True)
             if n != letter]  # fmt: skip
    if network.loss != above.loss:
        loss = Say(f"loss-{network.loss}")
        yield Paragraph((Say("stand-ins" if named else "stand-in-loss", {"loss": loss}),))
    elif named:
        yield Paragraph((Say("stand-in-functions"),))
    if "sigmoid" in named:
        z = Symbol("z")
        function, slope = (Apply("sigmoid", z, order) for order in (0, 1))
        yield Working((
            Shown(function, 1 / (1 + Apply("exp", -z))), Shown(slope, function * (1 - function))
        ))  # fmt: skip


def _of_the_whole(derivation: Derivation, network: Network) -> Iterator[Block]:
    """That derivatives are of the mean over a batch, where the document has a sample's own."""
    if network.batch and network.reduction == "mean":
        rows = next(r for q in derivation.model.given for r in q.ranges if r.is_rows)
        told = {"loss": Math(derivation.loss), "samples": Math(size_symbol(rows.name))}
        yield Paragraph((Say("of-the-whole-loss", told),))


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
    # As many decimals as the derivative is shown with, and four more of what is divided.
    derivative = float(example.values[line.key])
    shown = written(derivative, 4)
    decimals = min(max(4, len(shown.partition(".")[2])), _MOST_DECIMALS)
    args: dict[str, Any] = {
        "entry": Math(entry),
        "step": Digits(f"{STEP:.4f}"),
        "above": Digits(f"{losses[0]:.{decimals + 4}f}"),
        "below": Digits(f"{losses[1]:.{decimals + 4}f}"),
        "twice": Digits(f"{2 * STEP:.4f}"),
        "quotient": Digits(f"{(losses[0] - losses[1]) / (2 * STEP):.{decimals}f}"),
        "derivative": Math(
            Partial(example.derivation.loss, entry),
            equals=f"{derivative:.{decimals}f}",
        ),
    }
    return [Paragraph((Say("difference-check", args),))]
