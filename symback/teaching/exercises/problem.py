"""A network or model with numbers, worked out and put before the witness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cache, cached_property
from typing import Any

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.model.equations import Model
from symback.model.network import Network
from symback.records import dataclass
from symback.teaching.drawing import Drawer
from symback.teaching.exercises.small import Small
from symback.teaching.policy import Policy
from symback.teaching.program import Program
from symback.teaching.proving import proof_of
from symback.teaching.unrolling import unroll
from symback.teaching.witness import Witness

__all__ = ["About", "Problem", "drawer_of", "problem_of"]

About = Network | Small
"""What an exercise is on."""


@dataclass(frozen=True)
class Problem:
    """A network or a model with numbers, worked out.

    Attributes:
        about: whose.
        derivation: of it.
        program: the same, unit by unit.
        given: tidy numbers, by key.
        values: every value.
        policy: how they are shown.
        dropped: the wishes that the numbers do not meet.
    """

    about: About
    derivation: Derivation
    program: Program
    given: Mapping[str, Any]
    values: Mapping[str, Any]
    policy: Policy = field(default_factory=Policy)
    dropped: tuple[str, ...] = ()

    @cached_property
    def proved(self) -> bool:
        """Whether the witness has the same values: asked of numbers that are taken alone."""
        *_, witness = drawer_of(self.about)
        testimony = proof_of(self.model, {}, self.program, self.given, witness=witness)
        return testimony.ok and not testimony.kinks

    @property
    def model(self) -> Model:
        """The model, with its sizes."""
        return self.about.model if isinstance(self.about, Small) else self.derivation.model

    @property
    def sizes(self) -> Mapping[str, int]:
        """Numbers for the sizes of a model."""
        return dict(self.about.sizes) if isinstance(self.about, Small) else {}

    @property
    def integers(self) -> Mapping[str, int]:
        """The entries of a model's arrays of indices."""
        return self.about.integers if isinstance(self.about, Small) else {}

    @cached_property
    def digits(self) -> dict[str, str]:
        """The digits of every value."""
        return {
            key: self.policy.stated(v) if key in self.given else self.policy.shown(v)
            for key, v in self.values.items()
        }


@cache
def drawer_of(about: About) -> tuple[Derivation, Program, Drawer, Witness]:
    """What is made once: derivation, program, drawer of numbers, witness."""
    if isinstance(about, Small):
        derivation, program = about.derivation, about.program
        witness = Witness(about.model, dict(about.sizes), about.integers)
    else:
        derivation = derive(about)
        program = unroll(derivation)
        witness = Witness(derivation.model)
    return derivation, program, Drawer(derivation, program), witness


def problem_of(about: About, seed: int) -> Problem:
    """Tidy numbers, worked out."""
    derivation, program, drawer, _ = drawer_of(about)
    drawn = drawer.draw("tidy", seed)
    values = program.run(drawn.given)
    return Problem(about, derivation, program, drawn.given, values, dropped=drawn.dropped)
