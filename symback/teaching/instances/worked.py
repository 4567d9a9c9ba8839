"""An instance of a step or a slip of the catalogue: one value, worked out in tidy numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.model.language.reader import ModelText
from symback.records import dataclass
from symback.teaching.blocks import Block, Digits, Math, Paragraph, Say, Shown, Table, Working
from symback.teaching.drawing import draw_numbers
from symback.teaching.instances.derived import NETWORKS
from symback.teaching.instances.instance import Instance
from symback.teaching.policy import Policy
from symback.teaching.program import Kind, Line, Program
from symback.teaching.saying import shown_numbers
from symback.teaching.slips import SLIPS
from symback.teaching.unrolling import unroll

__all__ = ["worked_instance"]

_RECURSION = """
input x[t]
target y
param a, b
h[t] = tanh(a h[t-1] + b x[t])
h[0] = 0
e = y - h[T]
L = e^2 / 2
sizes T = 2
"""
"""Has a start, and a quantity that is a definition and no sum."""


def worked_instance(group: str, code: str) -> Instance | None:
    """An instance of a step or a slip; None where there is none."""
    for network in NETWORKS[:2]:
        derivation = derive(network)
        blocks = _worked(derivation, group, code)
        if blocks:
            return Instance(blocks, derivation.model)
    derivation = derive(ModelText.of(_RECURSION).model())
    blocks = _worked(derivation, group, code) if group == "step" else ()
    return Instance(blocks, derivation.model) if blocks else None


def _worked(derivation: Derivation, group: str, code: str) -> tuple[Block, ...]:
    program = unroll(derivation)
    drawn = draw_numbers("tidy", derivation, program, 1)
    values = program.run(drawn.given)
    policy = Policy()
    digits = {
        key: policy.stated(v) if key in drawn.given else policy.shown(v)
        for key, v in values.items()
    }
    work = _Work(derivation, program, drawn.given, digits, policy)
    if group == "step":
        line = next((line for line in program.lines if line.rule == code), None)
        return () if line is None else work.shown(line)
    return work.slipped(code)


@dataclass(frozen=True, slots=True)
class _Work:
    """A model in numbers."""

    derivation: Derivation
    program: Program
    given: Mapping[str, Any]
    digits: Mapping[str, str]
    policy: Policy

    def shown(self, line: Line) -> tuple[Block, ...]:
        """A value, worked out."""
        numbers = shown_numbers(self.program, self.digits)
        digits = self.digits[line.key]
        if line.kind is not Kind.UPDATE:
            row = Shown(line.subject, line.formula, numbers, digits, line.number)
            return (Working((row,)),)
        # After the step the parameter has its old letters: the row says no result of its own.
        entry = self._entry(line)
        head = (Say("column-parameter"), Say("column-step"), Say("column-after"))
        return (Table(head, ((Math(entry), Math(line.formula, numbers), Digits(digits)),)),)

    def slipped(self, code: str) -> tuple[Block, ...]:
        """A value, worked out, and what a slip makes of it."""
        altered = SLIPS[code].alter(self.program) if code in SLIPS else {}
        wrong = self.program.run(self.given, altered=altered) if altered else {}
        for key in altered:
            line = self.program.line_of[key]
            digits = self.policy.shown(wrong[key])
            if digits != self.digits[key] and line.kind is not Kind.AFTER:
                said = Say("instead", {"value": self._name(line), "wrong": Digits(digits)})
                return (*self.shown(line), Paragraph((said,)))
        return ()

    def _entry(self, line: Line) -> Expr:
        return self.derivation.model.quantities[line.quantity].at(*line.indices)

    def _name(self, line: Line) -> Math | Say:
        """What a value is called in a sentence."""
        if line.kind is not Kind.UPDATE:
            return Math(line.subject)
        return Say("new-value", {"entry": Math(self._entry(line))})
