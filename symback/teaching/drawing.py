"""Numbers that are drawn: tidy, exact or random, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from symback.calculus.derivation import Derivation
from symback.model.equations import Role
from symback.teaching.program import Program
from symback.teaching.terms import FLOATS

__all__ = ["draw_numbers", "random_numbers"]


def draw_numbers(
    kind: str, derivation: Derivation, program: Program, seed: int
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Numbers for every given key, and the arithmetic in which they are worked out."""
    if kind == "random":
        return random_numbers(derivation, program, seed), FLOATS
    raise NotImplementedError(kind)


def random_numbers(derivation: Derivation, program: Program, seed: int) -> dict[str, Any]:
    """Numbers of two decimals between -1 and 1, whatever comes of them."""
    random = Random(f"random {seed}")
    found: dict[str, Any] = {}
    for name, keys in program.given.items():
        quantity = derivation.model.quantities[name]
        numbers: list[Any]
        if quantity.value is not None:
            numbers = [Fraction(repr(quantity.value))]
        elif quantity.role is Role.TARGET and "targets-sum-to-one" in derivation.model.facts:
            width = quantity.shape[-1] if quantity.ranges else 1
            numbers = []
            for _ in range(len(keys) // max(width, 1)):
                chosen = random.randrange(width)
                numbers += [int(place == chosen) for place in range(width)]
        elif quantity.role is Role.TARGET and "targets-are-signs" in derivation.model.facts:
            numbers = [random.choice((-1, 1)) for _ in keys]
        elif quantity.is_positive:
            numbers = [Fraction(random.randint(1, 100), 100) for _ in keys]
        else:
            numbers = [Fraction(random.randint(-100, 100), 100) for _ in keys]
        found.update(zip(keys, numbers, strict=True))
    found["eta"] = Fraction(1, 10)
    return found
