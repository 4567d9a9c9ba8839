"""A derivation as a program: the numbered statements of its forward pass and of its gradients.

The statements are those of the matrix form, in the same order and with the same numbers; what no
gradient needs is left out.  `symback.emission.forms.stable` replaces what would lose digits, and
each target prints what is here in its own language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from symback.calculus.matrix.tree import Array, Node
from symback.emission.code_names import Names
from symback.emission.tree import arrays, axes
from symback.errors import InputError, SymbackError
from symback.model.equations import Model, Quantity, Range, Role
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.network import Network

__all__ = ["Program", "Shape", "Statement", "needed", "program", "totalled"]

Shape = tuple["int | str", ...]
"""The sizes of an array's axes; ``batch`` stands for the number of samples."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: a name, and the tree of array operations that gives its value.

    Attributes:
        number: that of the equation or step in the derivation.
        quantity: what the equation defines, or whose adjoint it is.
        adjoint: whether the value is the loss's gradient by the quantity.
        value: the right side, in stable forms.
        taught: the right side as the derivation has it.
        within: numbers of the equations that are put into this one.
    """

    number: int
    quantity: Quantity
    adjoint: bool
    value: Node
    taught: Node
    within: tuple[int, ...] = ()

    @property
    def left(self) -> Array:
        """What is defined, as a tree."""
        return Array(self.quantity, self.adjoint)


@dataclass(frozen=True)
class Program:
    """Everything that a target prints.

    Attributes:
        model: the equations; ``model.source`` is the network, if they were made from one.
        forward: the statements up to the output.
        losses: the statements from there to the loss.
        backward: the statements of the gradients.
        derivation: where they come from.
        unstable: numbers of statements that divide by an output that is 0 for large logits, or
            take its logarithm, and what each defines.
    """

    model: Model
    forward: tuple[Statement, ...]
    losses: tuple[Statement, ...]
    backward: tuple[Statement, ...]
    derivation: Derivation
    unstable: Mapping[int, Array] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        """The name of each quantity in code."""
        return Names(self.model)

    @property
    def network(self) -> Network | None:
        """The network that the equations were made from."""
        from symback.model.network import Network

        return self.model.source if isinstance(self.model.source, Network) else None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them, in order."""
        return self.forward + self.losses + self.backward

    @property
    def parameters(self) -> tuple[Quantity, ...]:
        """The weights and biases that the loss depends on."""
        return self.model.parameters

    @property
    def gradients(self) -> tuple[Array, ...]:
        """The loss's gradient by each of them."""
        return tuple(Array(q, adjoint=True) for q in self.parameters)

    @cached_property
    def inputs(self) -> tuple[Quantity, ...]:
        """What the caller passes in beside the parameters: input and target."""
        return tuple(q for q in self.model.given if q.role in (Role.INPUT, Role.TARGET))

    @cached_property
    def constants(self) -> tuple[Quantity, ...]:
        """Numbers with a name, such as the factor of the weight decay."""
        return tuple(q for q in self.model.given if q.role is Role.CONSTANT)

    @cached_property
    def output(self) -> Quantity:
        """What the forward pass returns."""
        return self.forward[-1].quantity

    @cached_property
    def samples(self) -> Range | None:
        """The range of the samples, if the equations are about a batch."""
        every = (r for q in self.model.quantities.values() for r in q.ranges)
        return next((r for r in every if r.is_rows), None)

    def shape(self, node: Node) -> Shape:
        """The sizes of an array; a single row or column is no axis."""
        return tuple(self.size(r) for r in axes(node) if r is not None)

    def size(self, index_range: Range) -> int | str:
        """The size of a range, or ``batch``."""
        return "batch" if index_range.is_rows else index_range.size

    @cached_property
    def generic(self) -> tuple[str, ...]:
        """Names of the generic functions of one argument, in the order of their first use."""
        from symback.calculus.matrix.tree import Elementwise
        from symback.emission.forms.functions import derivative_form
        from symback.emission.tree import walk

        found: dict[str, None] = {}
        for statement in self.statements:
            for node in walk(statement.value):
                if isinstance(node, Elementwise) and derivative_form(node.name, 0) is None:
                    found[node.name] = None
        return tuple(found)

    @cached_property
    def has_generic_loss(self) -> bool:
        """Whether the loss is passed in by the caller."""
        from symback.calculus.matrix.tree import VectorLoss
        from symback.emission.tree import walk

        return any(isinstance(node, VectorLoss) for s in self.losses for node in walk(s.value))


def program(source: Derivation | Network | Model, reduction: str | None = None) -> Program:
    """The program of a derivation or a network; a network's is that of a batch.

    Args:
        source: a network, a list of equations, or the derivation of either.
        reduction: the loss of a batch is the ``mean`` or the ``sum`` over its samples; by default
            what the network says.

    Raises:
        InputError: for what has no matrix form, and for names that code cannot have.
    """
    return _program(_batch(source, reduction))


@lru_cache(maxsize=8)
def _of_network(network: Network, reduction: str) -> Model:
    """One object for each network, so that its program is made once."""
    return network.model(reduction)


_made: dict[int, tuple[Model, Program]] = {}


def _program(model: Model) -> Program:
    known = _made.get(id(model))
    if known is not None and known[0] is model:
        return known[1]
    made = _make(model)
    if len(_made) >= 8:
        _made.clear()
    _made[id(model)] = (model, made)
    return made


def _make(model: Model) -> Program:
    from symback.calculus import derive
    from symback.emission.forms.formulas import with_formulas
    from symback.emission.forms.stable import Stabiliser

    model = with_formulas(model)
    # The fact that targets sum to one is not used: the gradient is right for all targets.
    derivation = derive(replace(model, facts=()))
    _prove_lowering(derivation)
    stabiliser = Stabiliser(derivation)
    statements = [
        Statement(form.number, form.quantity, form.adjoint, value, form.right)
        for form, value in stabiliser.forms()
    ]
    outputs = [s.left for s in statements if s.quantity.role is Role.OUTPUT and not s.adjoint]
    gradients = [Array(q, adjoint=True) for q in model.parameters]
    kept = needed(statements, [Array(model.loss), *outputs, *gradients])
    first_loss = next(i for i, s in enumerate(kept) if s.quantity.role is Role.LOSS)
    ends = sum(not s.adjoint for s in kept)
    return Program(
        model,
        kept[:first_loss],
        kept[first_loss:ends],
        kept[ends:],
        derivation,
        {s.number: s.left for s in kept if s.number in stabiliser.unstable},
    )


def _batch(source: Derivation | Network | Model, reduction: str | None) -> Model:
    """The equations of a batch, where they can be had."""
    from symback.model.network import Network

    model = getattr(source, "model", None) if not isinstance(source, (Network, Model)) else source
    origin = model.source if isinstance(model, Model) else source
    if isinstance(origin, Network):
        return _of_network(origin, reduction or origin.reduction)
    if not isinstance(model, Model):
        raise InputError(
            f"a network, a model or a derivation can be emitted, not {type(source).__name__}",
            where="source",
        )
    return model


def _prove_lowering(derivation: Derivation) -> None:
    """Every matrix form says what the derivation's index form says, for every size."""
    from symback.algebra.equality import equal
    from symback.calculus.matrix.tree import index_form

    for form in derivation.matrices:
        if not equal(index_form(form, derivation.loss), form.index):
            raise SymbackError(f"the matrix form of ({form.number}) is not its index form")


def totalled(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements with a sum over the samples taken at once: ``-(y * log_p).sum() / batch``.

    The loss of each sample has no line of its own where only the whole loss reads it.
    """
    from symback.emission.tidy import tidy
    from symback.emission.tree import replaced

    kept: list[Statement] = []
    for item in statements:
        parts = {a: p for a in arrays(item.value) for p in kept if p.left == a}
        whole = item.value
        for array, part in parts.items():
            if item.quantity.ranges or not _is_part_of_total(part, statements):
                continue
            kept.remove(part)
            whole = tidy(replaced(whole, array, part.value))
            item = replace(item, value=whole, within=(*item.within, part.number))
        kept.append(item)
    return tuple(kept)


def _is_part_of_total(item: Statement, statements: Sequence[Statement]) -> bool:
    from symback.calculus.matrix.tree import VectorLoss

    if item.adjoint or item.quantity.role is not Role.LOSS or len(item.quantity.ranges) != 1:
        return False
    if isinstance(item.value, VectorLoss):
        return False
    return sum(item.left in arrays(other.value) for other in statements) == 1


def needed(statements: Sequence[Statement], wanted: Sequence[Array]) -> tuple[Statement, ...]:
    """The statements on which something depends, in their order."""
    by_left = {s.left: s for s in statements}
    found: set[Array] = set()
    pending = list(wanted)
    while pending:
        left = pending.pop()
        if left not in found and left in by_left:
            found.add(left)
            pending += arrays(by_left[left].value)
    return tuple(s for s in statements if s.left in found)
