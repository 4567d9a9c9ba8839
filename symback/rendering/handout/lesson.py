"""Both passes as a lesson, before any language: in brief, line by line and gradient by gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from sympy import Integer

from symback.calculus.blackboard.working import Part, UnitDerivation
from symback.calculus.matrix.tree import MatrixForm, Node
from symback.model.equations import Quantity, Role
from symback.printing.matrix import as_written
from symback.printing.trees import signs_of
from symback.records import dataclass
from symback.rendering.document import Document
from symback.rendering.equalities import REST, ChainOf, Equality, Stage, told_once
from symback.rendering.handout.core import CoreLine, Told, core_lines, told_steps
from symback.rendering.handout.detail import Detail, sections_of, told_entry
from symback.rendering.handout.jacobians import Jacobian, found_jacobians
from symback.rendering.handout.recurrence import Pass, passes
from symback.rendering.handout.side_by_side import Line, backward_lines, forward_lines
from symback.rendering.handout.transposes import transposes

if TYPE_CHECKING:
    pass


__all__ = ["Lesson", "Passage", "Topic", "Worked"]

MAX_SUMS = {Detail.BRIEF: 2, Detail.STANDARD: 3}
"""Over so many layers' units, one sum in another, a gradient is carried to the loss; in full, all.

Formulas with more of them only repeat their parts, a line for each layer.
"""


@dataclass(frozen=True, slots=True)
class Worked:
    """One weight or bias, worked out, as far as the level of detail goes.

    Attributes:
        unit: the working.
        stages: what it goes through, each with whether an earlier one went the same way.
    """

    unit: UnitDerivation
    stages: tuple[tuple[Stage, bool], ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """The gradient by one array of parameters.

    Attributes:
        quantity: the array.
        formula: its gradient, carried to the loss.
        worked: entries of it that are worked out.
    """

    quantity: Quantity
    formula: ChainOf
    worked: tuple[Worked, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The way from an index form to a matrix form.

    Attributes:
        index: the equation in indices, without bounds.
        form: the same in matrices.
        reasons: a code for transposes and vectors of ones, with the arrays that are transposed or
            added up for that reason, as the notation writes them.
    """

    index: ChainOf
    form: MatrixForm
    reasons: tuple[tuple[str, tuple[Node, ...]], ...]


@dataclass(frozen=True)
class Lesson(Document):
    """A derivation arranged as a lesson.

    Attributes:
        detail: how much it says.
        chosen: codes of the parts that are asked for; empty for those of its level of detail.
        asked: whether the user named the weights that are worked out.
    """

    detail: Detail = Detail.STANDARD
    chosen: tuple[str, ...] = ()
    asked: bool = False

    @property
    def chosen_sections(self) -> tuple[str, ...]:
        """The codes of the parts that are asked for, whether there is anything to say in them."""
        return self.chosen or sections_of(self.detail)

    @property
    def is_brief(self) -> bool:
        """Whether it has results alone."""
        return self.detail is Detail.BRIEF

    @property
    def is_full(self) -> bool:
        """Whether it has every step."""
        return self.detail is Detail.FULL

    @cached_property
    def form_of(self) -> dict[int, MatrixForm]:
        """The matrix form of each equation that has one which says more than the equation itself.

        The derivative of an open loss by its outputs is no more than itself.
        """
        return {form.number: form for form in self.telling_matrices}

    @cached_property
    def matrix_signs(self) -> frozenset[str]:
        """What a reader must be told of the signs in the matrix forms that are shown."""
        written = (as_written(form, self.notation) for form in self.telling_matrices)
        return frozenset().union(*map(signs_of, written))

    @cached_property
    def forward_lines(self) -> tuple[Line, ...]:
        """The model's equations, entry by entry and in matrices."""
        return forward_lines(self)

    @cached_property
    def backward_lines(self) -> tuple[Line, ...]:
        """The adjoints, entry by entry and in matrices."""
        return backward_lines(self)

    @property
    def forms_of_steps(self) -> tuple[tuple[int, ChainOf], ...]:
        """Other textbook forms of results, each with the number of the result."""
        return tuple((step.number, form) for step in self.steps for form in self.other_forms(step))

    @cached_property
    def core(self) -> tuple[CoreLine, ...]:
        """The backward pass in a few equations."""
        return core_lines(self)

    @cached_property
    def core_is_layered(self) -> bool:
        """Whether these are matrix forms of a network's last two layers."""
        return any(isinstance(line, MatrixForm) for line in self.core)

    @property
    def core_signs(self) -> frozenset[str]:
        """The signs of matrices in these."""
        forms = (line for line in self.core if isinstance(line, MatrixForm))
        written = (as_written(form, self.notation) for form in forms)
        return frozenset().union(*map(signs_of, written))

    @cached_property
    def core_told(self) -> str:
        """The code of which equations these are."""
        return str(Told.LAYERS if self.core_is_layered else told_steps(self.derivation)[0])

    @cached_property
    def core_way(self) -> tuple[str, ...]:
        """The names of the quantities on the way that they are of, from the loss backwards."""
        return tuple(step.quantity.name for step in told_steps(self.derivation)[2])

    @cached_property
    def core_others(self) -> tuple[int, ...]:
        """The numbers of the derivatives that they leave out."""
        told = {line.number for line in self.core}
        return tuple(step.number for step in self.derivation.steps if step.number not in told)

    @cached_property
    def core_repeated(self) -> tuple[int, ...]:
        """The numbers of those that are alike in every earlier layer; none where there is none."""
        forms = [line for line in self.core if isinstance(line, MatrixForm)]
        layers = sorted({form.quantity.layer for form in forms})
        if len(layers) < 2 or layers[0] < 2:
            return ()
        return tuple(form.number for form in forms if form.quantity.layer == layers[0])

    @cached_property
    def core_biases(self) -> tuple[int, ...]:
        """The numbers of the gradients by the biases of these layers."""
        layers = {line.quantity.layer for line in self.core if isinstance(line, MatrixForm)}
        steps = (step for step in self.derivation.steps if step.quantity.role is Role.BIAS)
        return tuple(
            s.number for s in steps if s.quantity.layer in layers and s.number in self.form_of
        )

    @property
    def is_recursive(self) -> bool:
        """Whether a quantity at one step is made of others at the step before."""
        return bool(self.derivation.model.boundaries) or any(s.ends for s in self.derivation.steps)

    @cached_property
    def passes(self) -> tuple[Pass, Pass] | None:
        """Both passes of a recursion, step by step; None where that is not so simply told."""
        return passes(self.derivation) if self.is_recursive else None

    @cached_property
    def inputs_left_out(self) -> tuple[str, ...]:
        """The names of a model's inputs by which the loss is not differentiated."""
        wanted = set(self.wanted)
        inputs = (q.name for q in self.derivation.model.given if q.role is Role.INPUT)
        return tuple(name for name in inputs if name not in wanted) if self.is_general else ()

    def held_fixed(self, chain: ChainOf) -> tuple[str, ...]:
        """The names of what a local derivative of a step holds fixed although the step reaches it.

        A variance mentions its mean: by the sample, at a fixed mean, since the mean has a path of
        its own.
        """
        step = self.step_of(chain)
        through = [path.through for path in step.paths] if step else []
        read = {
            name
            for q in through
            for equation in self.derivation.model.equations
            if equation.quantity.name == q
            for name in equation.mentions
            if name != q
        }
        own = chain.quantity.name if chain.quantity else ""
        return tuple(dict.fromkeys(n for n in through if n in read and n != own))

    @property
    def training(self) -> tuple[int, ...]:
        """The steps of training by their numbers; without parameters there is nothing to update."""
        return (1, 2, 3) if self.derivation.model.parameters else (1, 2)

    @property
    def products(self) -> tuple[int, int]:
        """How many products with weights the forward and the backward pass take for one sample."""
        weights = [q for q in self.derivation.model.parameters if q.role is Role.WEIGHT]
        forward = sum(prod(q.shape) for q in weights)
        return forward, forward + sum(prod(q.shape) for q in weights if q.layer > 1)

    @property
    def depth(self) -> int:
        """The number of layers of weights."""
        return max((q.layer for q in self.derivation.model.parameters), default=0)

    @cached_property
    def results(self) -> tuple[ChainOf, ...]:
        """The gradient of every parameter, one layer at a time, in the order of the model."""
        found = []
        for gradient in self.derivation.gradients.values():
            last = self.steps_by_number[gradient.step.number].links[-1]
            found.append(
                ChainOf(gradient.adjoint, (last,), gradient.step.number, quantity=gradient.quantity)
            )
        return tuple(found)

    @cached_property
    def carried(self) -> tuple[ChainOf, ...]:
        """The gradient of every parameter carried to the loss; too far from it, through deltas."""
        near = {
            f.quantity.name: f
            for f in self.formulas
            if f.quantity is not None
            and f.links
            and self.depth - f.quantity.layer <= MAX_SUMS.get(self.detail, self.depth)
        }
        return tuple(
            replace(near[result.quantity.name], links=near[result.quantity.name].links[-1:])
            if result.quantity is not None and result.quantity.name in near
            else replace(result, part="far")
            for result in self.results
        )

    @cached_property
    def carried_chains(self) -> tuple[ChainOf, ...]:
        """The gradients carried to the loss, where that says more than their steps."""
        if self.is_general:
            return ()
        return tuple(
            formula
            for formula in self.formulas
            if formula.links and formula.links != self.steps_by_number[formula.number].links
        )

    @property
    def leaves_out(self) -> bool:
        """Whether some gradients are too far from the loss to be carried there."""
        return bool(self.carried_far)

    @property
    def carried_near(self) -> tuple[ChainOf, ...]:
        """The gradients that are carried to the loss."""
        return tuple(chain for chain in self.carried if chain.part != "far")

    @property
    def carried_far(self) -> tuple[ChainOf, ...]:
        """The gradients too far from the loss to be carried there."""
        return tuple(chain for chain in self.carried if chain.part == "far")

    @property
    def bias_numbers(self) -> tuple[int, ...]:
        """The numbers of the gradients by biases."""
        steps = self.derivation.steps
        return tuple(step.number for step in steps if step.quantity.role is Role.BIAS)

    @cached_property
    def in_full(self) -> tuple[Worked, ...]:
        """The parameters that are worked out step by step."""
        return tuple(self._worked(unit) for unit in self.units)

    @cached_property
    def in_brief(self) -> tuple[ChainOf, ...]:
        """Of each other array of weights one entry, as an instance of its gradient."""
        told = {name for name, _ in self.entries}
        if self.is_full or self.asked or not told:
            return ()
        return tuple(
            _instance(chain, quantity)
            for chain in self.carried_near
            if (quantity := chain.quantity) is not None
            and quantity.role is Role.WEIGHT
            and quantity.name not in told
        )

    @property
    def numbers_in_brief(self) -> tuple[int, ...]:
        """The numbers of the gradients by the other arrays of weights, if any is written out."""
        told = {name for name, _ in self.entries}
        others = [c for c in self.carried_near + self.carried_far if c.quantity is not None]
        return tuple(
            self.derivation.step_of[chain.quantity.name].number
            for chain in others
            if self.in_brief and chain.quantity and chain.quantity.role is Role.WEIGHT
            and chain.quantity.name not in told
        )  # fmt: skip

    @property
    def is_shortened_in_brief(self) -> bool:
        """Whether some of these are too far from the loss to be written out."""
        return len(self.numbers_in_brief) > len(self.in_brief)

    @property
    def topics(self) -> tuple[tuple[str, tuple[Topic, ...]], ...]:
        """Output weights, hidden weights, biases, each by the code of its heading."""
        return (
            ("output-weights", self.output_weights),
            ("hidden-weights", self.hidden_weights),
            ("biases", self.biases),
        )

    @cached_property
    def output_weights(self) -> tuple[Topic, ...]:
        """The weights that lead to the outputs."""
        return tuple(self._topics(Role.WEIGHT, lambda layer: layer == self.depth))

    @cached_property
    def hidden_weights(self) -> tuple[Topic, ...]:
        """The weights of the other layers, from the last to the first."""
        return tuple(self._topics(Role.WEIGHT, lambda layer: layer != self.depth))

    @cached_property
    def biases(self) -> tuple[Topic, ...]:
        """The biases, from the last layer to the first."""
        return tuple(self._topics(Role.BIAS, lambda _: True))

    def _topics(self, role: Role, wanted: object) -> Iterator[Topic]:
        assert callable(wanted)
        for formula in reversed(self.formulas):
            quantity = formula.quantity
            if quantity is None or quantity.role is not role or not wanted(quantity.layer):
                continue
            if self.is_brief:
                last = tuple(replace(link, rule="") for link in formula.links[-1:])
                formula = replace(formula, links=last)
            worked = [self._worked(u) for u in self.units if u.quantity.name == quantity.name]
            yield Topic(quantity, formula, tuple(worked))

    def _worked(self, unit: UnitDerivation) -> Worked:
        """The working; what goes as before is only stated, unless everything is to be said."""
        working = self.working(unit)
        if not self.is_full:
            return Worked(unit, tuple(told_once(working)))
        stages: list[tuple[Stage, bool]] = []
        seen: set[str] = set()
        for stage in working:
            again = stage.part in seen and stage.part not in (Part.VANISHING, REST)
            seen.add(stage.part)
            stages.append((stage, again))
        return Worked(unit, tuple(stages))

    @property
    def plain_parts(self) -> tuple[str, ...]:
        """Parts of a working that hold by definition: their lines need no reason."""
        return (Part.SUBSTITUTION, Part.VANISHING)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """For each matrix form with a transpose, the index form it comes from and the reason."""
        given = self.derivation.model.given
        samples = frozenset(r.name for q in given for r in q.ranges if r.is_rows)
        chains = {chain.number: chain for chain in (*self.forward, *self.steps)}
        found = []
        explained: set[str] = set()
        for form in self.matrices:
            written = as_written(form, self.notation).right
            reasons: dict[str, list[Node]] = {}
            for code, node in dict.fromkeys(transposes(written, samples)):
                again = code in explained and code.startswith("outer")
                reasons.setdefault(f"{code}-again" if again else code, []).append(node)
            explained |= reasons.keys()
            if reasons:
                chain = chains[form.number]
                last = replace(chain, links=chain.links[-1:])
                told = tuple((code, tuple(nodes)) for code, nodes in reasons.items())
                found.append(Passage(last, form, told))
        return tuple(found)

    @cached_property
    def steps_by_number(self) -> dict[int, ChainOf]:
        """Every adjoint's chain by its number."""
        return {chain.number: chain for chain in self.steps}

    @cached_property
    def forms(self) -> dict[str, MatrixForm]:
        """The matrix form of each gradient, by the parameter's name."""
        return {form.quantity.name: form for form in self.matrices if form.adjoint}

    @cached_property
    def jacobians(self) -> tuple[Jacobian, ...]:
        """The functions of a whole layer, such as softmax, with their derivatives and their use."""
        return tuple(found_jacobians(self))


def _instance(chain: ChainOf, quantity: Quantity) -> ChainOf:
    """A gradient at the entry of which notes speak."""
    at = dict(zip(quantity.indices, map(Integer, told_entry(quantity)), strict=True))
    links = tuple(Equality(link.expression.xreplace(at)) for link in chain.links[-1:])
    return ChainOf(chain.subject.xreplace(at), links, quantity=quantity)
