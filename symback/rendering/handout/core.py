"""The backward pass in a few equations, for the box at the head of a handout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sympy import Symbol

from symback.algebra.expressions import Entry, Partial, name_of
from symback.calculus.matrix.tree import MatrixForm
from symback.model.equations import Role
from symback.rendering.equalities import ChainOf

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Step
    from symback.rendering.handout.lesson import Lesson

__all__ = ["CoreLine", "Told", "core_lines", "told_steps"]

MOST, WHOLE = 4, 6
"""So many equations are taken in at one glance, and so many are still read where they are all."""

CoreLine = MatrixForm | ChainOf
"""A matrix form, or an equation entry by entry where a model has no layers."""


class Told(StrEnum):
    """Which equations of the backward pass are told."""

    LAYERS = "layers"  # of a network's last two layers, in matrices
    ALL = "all"  # every one that tells something
    WAY = "way"  # those on the way back to one gradient
    ENDS = "ends"  # of these the first and the last ones


def core_lines(document: Lesson) -> tuple[CoreLine, ...]:
    """The backward pass in a few equations.

    Of a network with layers they are matrix forms: the deltas of its last two layers and the
    gradients of their weights; further layers go as the lower of the two.  Of any other model they
    are all steps where those are few, and else the ones on the way back to one of its gradients,
    entry by entry.
    """
    layered = _of_layers(document)
    if layered:
        return layered
    chains = {chain.number: chain for chain in document.steps}
    told = (chains[step.number] for step in told_steps(document.derivation)[1])
    return tuple(replace(chain, links=chain.links[-1:]) for chain in told)


def _of_layers(document: Lesson) -> tuple[MatrixForm, ...]:
    forms = [document.form_of.get(step.number) for step in document.derivation.steps]
    found = [form for form in forms if form is not None and form.quantity.layer]
    deltas = [form for form in found if form.quantity.role is Role.PREACTIVATION][:2]
    layers = [form.quantity.layer for form in deltas]
    weights = [form for form in found if form.quantity.role is Role.WEIGHT]
    chosen = [*deltas, *(form for form in weights if form.quantity.layer in layers)]
    return tuple(sorted(chosen, key=lambda form: form.number))


def told_steps(derivation: Derivation) -> tuple[Told, tuple[Step, ...], tuple[Step, ...]]:
    """The steps that tell how the gradients of a model come about, from the loss backwards.

    A step that only passes on what is given tells nothing.  Where the others are too many they are
    those on the longest way back to a gradient that was asked for, each of which reads the one
    before it; and of a way that is too long, the first and the last ones.

    Returns:
        Which they are, the steps, and the whole way that they are of.
    """
    steps = {step.quantity.name: step for step in derivation.steps}
    wanted = [steps[name] for name in derivation.gradients]
    way = max((_way_back(step, steps) for step in wanted), key=len, default=())
    every = [step for step in derivation.steps if not _passes_on(step)]
    if len(every) <= WHOLE:
        return Told.ALL, tuple(every or way), way
    telling = tuple(step for step in way if not _passes_on(step)) or way
    if len(telling) <= WHOLE:
        return Told.WAY, telling, telling
    return Told.ENDS, (telling[0], *telling[1 - MOST :]), telling


def _way_back(step: Step, steps: Mapping[str, Step]) -> tuple[Step, ...]:
    """A step with those that it rests on, from the loss on, each read by the next."""
    way = [step]
    while before := [s for s in _read_by(way[0], steps) if s.number < way[0].number]:
        way.insert(0, max(before, key=lambda s: s.number))
    return tuple(way)


def _read_by(step: Step, steps: Mapping[str, Step]) -> list[Step]:
    """The steps whose adjoints a result mentions."""
    read = {name_of(node.by) for node in step.result.atoms(Partial)}
    return [other for name, other in steps.items() if name in read]


def _passes_on(step: Step) -> bool:
    """Whether a result is a number, or an entry of what is given."""
    return step.result.is_number or isinstance(step.result, Entry | Symbol)
