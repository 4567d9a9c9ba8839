"""A worked instance of a rule, a step or a slip: from a small network, when it is asked for."""

from __future__ import annotations

from sympy import Expr

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation, Link
from symback.model.network import Network
from symback.teaching.blocks import Block, Digits, Math, Paragraph, Say, Shown, Working
from symback.teaching.drawing import draw_numbers
from symback.teaching.policy import Policy
from symback.teaching.program import Program
from symback.teaching.saying import shown_numbers
from symback.teaching.slips import SLIPS
from symback.teaching.unrolling import unroll

__all__ = ["instance"]

_NETWORKS = (
    Network((2, 2, 2), ("sigmoid", "identity"), "half-squared-error"),
    Network((2, 2, 2), ("tanh", "softmax"), "cross-entropy"),
    Network((2, 2, 2)),
)
"""Looked through in this order; the last has generic functions."""


def instance(group: str, code: str) -> tuple[Derivation, tuple[Block, ...]] | None:
    """An instance of a topic and the derivation that its formulas are printed by; None for none."""
    for network in _NETWORKS:
        derivation = derive(network)
        if group == "rule":
            rows = _rule(derivation, code)
            if rows:
                return derivation, (Working(rows),)
        elif group in ("step", "slip") and network.activations != ("f", "g"):
            blocks = _worked(derivation, group, code)
            if blocks:
                return derivation, blocks
    return None


def _rule(derivation: Derivation, code: str) -> tuple[Shown, ...]:
    """Two lines of a chain, of which the second follows by a rule."""
    chains: list[tuple[Expr, tuple[Link, ...]]] = [
        (step.adjoint, step.links) for step in derivation.steps
    ]
    unit = derivation.unit("W1", 1, 2)
    chains += [(chain.subject, chain.links) for chain in unit.chains]
    for subject, links in chains:
        for place, link in enumerate(links):
            if link.rule.value == code:
                before = [Shown(subject, links[place - 1].expression)] if place else []
                return (*before, Shown(subject, link.expression))
    return ()


def _worked(derivation: Derivation, group: str, code: str) -> tuple[Block, ...]:
    program = unroll(derivation)
    drawn = draw_numbers("tidy", derivation, program, 1)
    values = program.run(drawn.given)
    policy = Policy()
    digits = {
        key: policy.stated(v) if key in drawn.given else policy.shown(v)
        for key, v in values.items()
    }
    numbers = shown_numbers(program, digits)
    if group == "step":
        line = next((line for line in program.lines if line.rule == code), None)
        if line is None or line.rule == "update":
            return ()
        shown = Shown(line.subject, line.formula, numbers, digits[line.key], line.number)
        return (Working((shown,)),)
    return _slip(program, dict(drawn.given), code, policy, digits)


def _slip(
    program: Program, given: dict[str, object], code: str, policy: Policy, digits: dict[str, str]
) -> tuple[Block, ...]:
    if code not in SLIPS:
        return ()
    altered = SLIPS[code].alter(program)
    wrong = program.run(given, altered=altered) if altered else {}
    for key in altered:
        line = program.line_of[key]
        shown = policy.shown(wrong[key])
        if shown != digits[key] and not key.partition("[")[0].endswith("_new"):
            numbers = shown_numbers(program, digits)
            right = Shown(line.subject, line.formula, numbers, digits[key], line.number)
            said = Say("instead", {"value": Math(line.subject), "wrong": Digits(shown)})
            return (Working((right,)), Paragraph((said,)))
    return ()
