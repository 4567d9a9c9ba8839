"""Over what the total derivative of one working runs: every output, or a layer on the way.

Few outputs are taken one by one; of many, one entry with a letter stands for all.  Where an output
depends on its whole layer, or where the way is too long to be written out, the paths are put
together at a layer, whose adjoint stands for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Integer, Symbol

from symback.algebra.expressions import name_of
from symback.algebra.sums import Limit, index_names, total, total_but
from symback.calculus.blackboard.substitution import Substitution
from symback.calculus.blackboard.working import Gathering, Why
from symback.calculus.dependence import Dependence, is_elementwise
from symback.model.equations import Role
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Step
    from symback.model.equations import Quantity

__all__ = ["But", "End", "Ends", "is_few"]

MAX_OUTPUTS = 3
"""Up to so many outputs are worked one by one; beyond, one stands for all."""

NO_OUTPUT = (Role.LOSS, Role.WEIGHT, Role.BIAS)
"""Roles of quantities that a loss may mention without their being outputs."""

But = tuple[tuple[Expr, Expr], ...]
"""Letters of an entry with the one value that each does not take."""


@dataclass(frozen=True, slots=True)
class End:
    """An entry over which a total derivative runs: one output, or a letter that stands for many.

    Attributes:
        entry: the output; a letter among its indices stands for every value.
        but: of such a letter, the value that it does not take.
    """

    entry: Expr
    but: But = ()


class Ends:
    """The entries over which the total derivative by one parameter runs.

    Attributes:
        outputs: what the loss of a sample mentions and the parameter reaches.
        gathered: the layer at which the paths are put together, if they are.
        layer: that layer's quantity, or nothing.
    """

    def __init__(self, derivation: Derivation, step: Step, depends: Dependence) -> None:
        self.derivation = derivation
        self.model = derivation.model
        self.step = step
        self.depends = depends
        self.outputs = self._outputs_of_loss()
        self.gathered = self._gathering()
        self.layer = [self.model.quantities[self.gathered.quantity]] if self.gathered else []

    @property
    def letters(self) -> set[Symbol]:
        """Letters that stand for many outputs."""
        ends = self.of(self.layer or self.outputs)
        return {i for end in ends for i in end.entry.indices if isinstance(i, Symbol)}

    def _outputs_of_loss(self) -> list[Quantity]:
        """What the loss of a sample mentions and the parameter reaches."""
        return [
            step.quantity
            for step in self.derivation.steps
            if any(path.to_loss for path in step.paths)
            and step.quantity.role not in NO_OUTPUT
            and step.quantity.name in self.depends.known
        ]

    def _gathering(self) -> Gathering | None:
        """The layer at which the paths are put together, if they are."""
        outputs = self.outputs
        if len(outputs) == 1 and (inner := self._mixed(outputs[0])):
            outputs = [inner]
        fed = [e.quantity for e in self.model.equations if self.step.quantity.name in e.mentions]
        fed = [quantity for quantity in fed if quantity.role is not Role.LOSS]
        if len(fed) == 1 and fed != outputs and outputs:
            if Substitution(self.model, self.depends, outputs).is_long:
                return Gathering(fed[0].name, Why.FAR)
        return Gathering(outputs[0].name, Why.MIXED) if outputs != self.outputs else None

    def _mixed(self, output: Quantity) -> Quantity | None:
        """What an output that depends on its whole layer mixes, as softmax does."""
        equation = self.model.definitions.get(output.name)
        if equation is None or is_elementwise(self.derivation, output):
            return None
        inner = [n for n in equation.mentions if n in self.depends.known]
        if len(inner) != 1 or inner[0] not in self.model.definitions:
            return None
        quantity = self.model.quantities[inner[0]]
        return quantity if quantity.ranges == output.ranges else None

    def of(self, quantities: list[Quantity]) -> list[End]:
        """Every entry of some quantities; of many alike, one that stands for all."""
        found: list[End] = []
        for quantity in quantities:
            pattern = self.depends.known[quantity.name]
            ends: list[tuple[tuple[Expr, ...], But]] = [((), ())]
            for letter, r, only in zip(
                self._letters(quantity), quantity.ranges, pattern, strict=True
            ):
                choices: list[tuple[Expr, But]]
                if is_few(r.size):
                    choices = [(Integer(n), ()) for n in range(1, r.size + 1)]
                elif only is None:
                    choices = [(letter, ())]
                else:
                    choices = [(only, ()), (letter, ((letter, only),))]
                ends = [
                    ((*place, index), (*but, *own)) for place, but in ends for index, own in choices
                ]
            found += [End(quantity.at(*place), but) for place, but in ends]
        return found

    def _letters(self, quantity: Quantity) -> list[Symbol]:
        uppers = [r.upper for r in quantity.ranges]
        return index_names(uppers, self.derivation.letters, ())

    def reached(self, end: End) -> bool:
        """Whether an end depends on the parameter."""
        return not end.but and self.depends.reaches(end.entry)

    def over(self, end: End, term: Expr) -> Expr:
        """Sum a term over the letters that stand for many outputs."""
        lacking = dict(end.but)
        limits: list[Limit] = []
        for index, r in zip(
            end.entry.indices, self.model.quantities[name_of(end.entry)].ranges, strict=True
        ):
            if index in lacking:
                term = total_but(term, index, lacking[index], r.upper)
            elif isinstance(index, Symbol):
                limits.append((index, r.first, r.upper))
        return total(term, limits)


def is_few(size: int) -> bool:
    """Whether so many outputs are worked one by one."""
    return 0 < size <= MAX_OUTPUTS
