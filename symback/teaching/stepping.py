"""What the page to step through holds: the program as data, and the engine's own values."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symback.errors import TooLargeError
from symback.records import dataclass
from symback.teaching.program import Kind, Line, Program
from symback.teaching.slips import variants
from symback.teaching.terms import Functions, Tree, references

__all__ = ["MAX_STEPS", "Stepping", "decimals", "short_name", "stepping", "steps_of"]

MAX_STEPS = 200
"""Through more single values nobody steps."""

MAX_SLIPS = 3
"""So many wrong ways are known at one step."""


@dataclass(frozen=True)
class Stepping:
    """The data of a page.

    Attributes:
        lines: the values that are stepped through.
        given: numbers by key.
        values: the engine's values, of fifty digits rounded to doubles, by key.
        slips: for each key, codes of slips with the tree that each has there.
        rules: every rule that occurs, in order.
        program: whose lines these are.
    """

    lines: tuple[Line, ...]
    given: Mapping[str, Any]
    values: Mapping[str, float]
    slips: Mapping[str, tuple[tuple[str, Tree], ...]]
    rules: tuple[str, ...]
    program: Program


def steps_of(program: Program, has_rate: bool = True) -> tuple[Line, ...]:
    """The values that a page shows, one a step: after the update of the parameters only the loss.

    Raises:
        TooLargeError: for more than `MAX_STEPS` values, with a way on.
    """
    shown = tuple(
        line
        for line in program.lines
        if line.kind not in (Kind.UPDATE, Kind.AFTER)
        or (has_rate and (line.kind is Kind.UPDATE or line.key == f"{program.loss}_new"))
    )
    if len(shown) > MAX_STEPS:
        raise TooLargeError(
            f"a page would have {len(shown)} steps of single values",
            hint=f"the limit is {MAX_STEPS}: choose smaller sizes, or symback handout, which shows "
            "matrices",
        )
    return shown


def stepping(program: Program, given: Mapping[str, Any]) -> Stepping:
    """What a page on a program holds.

    Raises:
        TooLargeError: as `steps_of`.
    """
    has_rate = program.rate in given
    shown = steps_of(program, has_rate)
    lines = program.lines if has_rate else shown  # what the loss after a step rests on, too
    values = decimals(program, given, lines)
    keys = {line.key for line in shown}
    slips: dict[str, list[tuple[str, Tree]]] = {}
    for slip, altered in variants(program):
        for key, tree in altered.items():
            own = slips.setdefault(key, [])
            fresh = all(code != slip.code for code, _ in own)
            if slip.core and key in keys and fresh and len(own) < MAX_SLIPS and _is_short(tree):
                own.append((slip.code, tree))
    rules = tuple(dict.fromkeys(line.rule for line in shown))
    return Stepping(
        shown, given, values, {k: tuple(v) for k, v in slips.items() if v}, rules, program
    )


def _is_short(tree: Tree) -> bool:
    return sum(1 for _ in references(tree)) <= 8


def short_name(key: str) -> str:
    """The name of a given value in the fragment of an address: ``W1_11``."""
    name, _, rest = key.partition("[")
    digits = rest.rstrip("]").split(",") if rest else []
    joint = "" if all(len(d) == 1 for d in digits) else "_"
    return f"{name}_{joint.join(digits)}" if digits else name


def decimals(
    program: Program, given: Mapping[str, Any], lines: tuple[Line, ...] | None = None
) -> dict[str, float]:
    """Every value with fifty digits, rounded to a double at the end."""
    from mpmath import MPContext

    own = MPContext()
    own.dps = 50

    def number(value: Any) -> Any:
        if isinstance(value, Fraction):
            return own.mpf(value.numerator) / value.denominator
        return value.to_decimal(own) if hasattr(value, "to_decimal") else own.mpf(value)

    def exactly(tree: Tree) -> Tree:
        if isinstance(tree, Fraction):
            return number(tree)
        if isinstance(tree, tuple):
            return (tree[0], *map(exactly, tree[1:]))
        return tree

    numbers = {key: number(value) for key, value in given.items()}
    chosen = program.lines if lines is None else lines
    wanted = [line for line in chosen if program.rate in given or line.kind not in _STEP]
    trees = {line.key: exactly(line.tree) for line in wanted}
    found = program.run(numbers, _functions(own), altered=trees, lines=wanted)
    return {line.key: float(found[line.key]) for line in wanted}


_STEP = (Kind.UPDATE, Kind.AFTER)


def _functions(own: Any) -> Functions:
    def softmax(position: int, row: list[Any]) -> Any:
        largest = max(row)
        powers = [own.exp(z - largest) for z in row]
        return powers[position] / own.fsum(powers)

    zero, one = own.mpf(0), own.mpf(1)
    return {
        "exp": own.exp, "log": own.log, "sqrt": own.sqrt, "sin": own.sin, "cos": own.cos,
        "erf": own.erf, "abs": abs, "sign": own.sign, "tanh": own.tanh, "softmax": softmax,
        "step": lambda z: one if z > 0 else zero,
        "clip": lambda z: max(-one, min(one, z)),
        "within": lambda z: one if -1 < z < 1 else zero,
        "relu": lambda z: max(z, zero),
        "sigmoid": lambda z: 1 / (1 + own.exp(-z)),
        "softplus": lambda z: own.log(1 + own.exp(z)),
        "max": max, "min": min, "pi": lambda: +own.pi,
        "<=": lambda a, b: one if a <= b else zero,
        "<": lambda a, b: one if a < b else zero,
        "==": lambda a, b: one if a == b else zero,
        "!=": lambda a, b: one if a != b else zero,
    }  # fmt: skip
