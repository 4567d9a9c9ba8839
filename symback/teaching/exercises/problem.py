"""A network with numbers, worked out and put before the witness: what an exercise is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cache, cached_property
from typing import Any

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.model.network import Network
from symback.records import dataclass
from symback.teaching.drawing import Drawer
from symback.teaching.policy import Policy
from symback.teaching.program import Program
from symback.teaching.proving import proof_of
from symback.teaching.unrolling import unroll
from symback.teaching.witness import Witness

__all__ = ["Problem", "drawer_of", "problem_of"]


@dataclass(frozen=True)
class Problem:
    """A network with numbers, worked out.

    Attributes:
        network: whose.
        derivation: of it.
        program: the same, unit by unit.
        given: tidy numbers, by key.
        values: every value.
        policy: how they are shown.
        dropped: the wishes that the numbers do not meet.
    """

    network: Network
    derivation: Derivation
    program: Program
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    policy: Policy = field(default_factory=Policy)
    dropped: tuple[str, ...] = ()

    @cached_property
    def proved(self) -> bool:
        """Whether the witness has the same values: asked of numbers that are taken alone."""
        *_, witness = drawer_of(self.network)
        model = self.derivation.model
        testimony = proof_of(model, {}, self.program, self.given, witness=witness)
        return testimony.ok and not testimony.kinks

    @cached_property
    def digits(self) -> dict[str, str]:
        """The digits of every value."""
        return {
            key: self.policy.stated(v) if key in self.given else self.policy.shown(v)
            for key, v in self.values.items()
        }


@cache
def drawer_of(network: Network) -> tuple[Derivation, Program, Drawer, Witness]:
    """What is made once for a network: derivation, program, drawer of numbers, witness."""
    derivation = derive(network)
    program = unroll(derivation)
    return derivation, program, Drawer(derivation, program), Witness(derivation.model)


def problem_of(network: Network, seed: int) -> Problem:
    """Tidy numbers for a network, worked out."""
    derivation, program, drawer, _ = drawer_of(network)
    drawn = drawer.draw("tidy", seed)
    values = program.run(drawn.given)
    return Problem(network, derivation, program, drawn.given, values, dropped=drawn.dropped)
