"""One weight or bias, worked as a teacher does it on the board: what such a working is."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from sympy import Expr

from symback.calculus.blackboard.renaming import pattern_of, relabel
from symback.calculus.derivation import Link
from symback.errors import InputError, quote
from symback.model.drawn import Drawn
from symback.model.equations import Role
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model, Quantity

__all__ = ["Chain", "Gathering", "Part", "UnitDerivation", "Why", "unit"]


class Part(StrEnum):
    """What a chain of equalities is for in the working of one weight."""

    TOTAL = "total"  # the total derivative over all outputs, and, with one path, on to the end
    VANISHING = "vanishing"  # why an entry does not depend on this weight
    SUBSTITUTION = "substitution"  # an output, written out down to this weight
    FACTORS = "factors"  # an output's derivative, one factor at a time
    WRITTEN_OUT = "written-out"  # the same with everything written out
    COLLECTION = "collection"  # all outputs put together
    ADJOINT = "adjoint"  # the adjoints on the way, from the loss back, each by its own step
    INSTANCE = "instance"  # the index formula that this is an instance of


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of equalities ``subject = link = link = …``.

    Attributes:
        part: what it is for.
        subject: the left side.
        links: the right sides, in order of reading.
        but: letters of the subject with the one value that each does not take.
    """

    part: Part
    subject: Expr
    links: tuple[Link, ...]
    but: tuple[tuple[Expr, Expr], ...] = ()


class Why(StrEnum):
    """Why a working does not follow every path to the outputs by itself."""

    MIXED = "mixed"  # each output depends on its whole layer, as with softmax
    FAR = "far"  # the way is too long to be written out


@dataclass(frozen=True, slots=True)
class Gathering:
    """Where the paths to the outputs are put together: the adjoint there stands for the rest.

    Attributes:
        quantity: the name of the quantity whose adjoint stands for the rest of the way.
        why: the reason.
    """

    quantity: str
    why: Why


@dataclass(frozen=True, slots=True)
class UnitDerivation(Drawn):
    """The gradient by one weight or bias as a sequence of chains.

    Attributes:
        quantity: the parameter array.
        indices: which entry, counted from 1.
        adjoint: the left side, ``Partial(L, W1[1, 2])``.
        chains: the working, in order of reading.
        paths: how many paths lead from this parameter to the loss.
        each: how many of them lead through each output that it reaches; 0 where they differ.
        result: the gradient, in terms of the loss's own partials, or, where the paths are
            gathered, of the adjoint there.
        gathered: where the paths are put together; None where each output is followed by itself.
        written: names of the ranges over which sums are written out, or outputs taken one by one.
        model: whose loss it is of.
    """

    quantity: Quantity
    indices: tuple[int, ...]
    adjoint: Expr
    chains: tuple[Chain, ...]
    paths: int
    each: int
    result: Expr
    gathered: Gathering | None = None
    written: frozenset[str] = frozenset()
    model: Model | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        places = ", ".join(map(str, self.indices))
        paths = "1 path" if self.paths == 1 else f"{self.paths:,} paths"
        name = f"{self.quantity.name}[{places}]"
        return f"<UnitDerivation of {name}: {paths}, {len(self.chains)} chains, = {self.result}>"


def is_on_the_board(quantity: Quantity) -> bool:
    """Whether an entry is worked by definitions put in: a weight or a bias of a layer.

    Any other model's entry is worked by instances of its steps.
    """
    return quantity.layer > 0 and quantity.role in (Role.WEIGHT, Role.BIAS)


def unit(derivation: Derivation, array: str, *indices: int) -> UnitDerivation:
    """Work the gradient by one entry of a parameter: ``unit(derivation, "W1", 1, 2)``.

    Args:
        derivation: what the chain rule found.
        array: the parameter's name.
        indices: which entry, counted from 1.

    Raises:
        InputError: for a name or an index that the model does not have, with the valid range.
    """
    from symback.calculus.blackboard.lines import Board
    from symback.calculus.blackboard.unrolled import Unrolled, refuse_open_sizes

    if not all(type(index) is int for index in indices):
        given = ", ".join(map(repr, indices))
        raise InputError(f"an index of {array} is a whole number, counted from 1, not {given}")
    step = derivation.step_of.get(array)
    if step is None or array not in derivation.gradients:
        raise InputError(
            f"no parameter {quote(array)}",
            hint=f'known are {", ".join(derivation.gradients)}; an entry is unit("W1", 1, 2)',
        )
    if not is_on_the_board(step.quantity):
        refuse_open_sizes(derivation.model)
    shape = step.quantity.shape
    if len(indices) != len(shape) or not all(
        1 <= index <= size for index, size in zip(indices, shape, strict=True)
    ):
        valid = ", ".join(f"1..{size}" for size in shape)
        raise InputError(f"{array}[{', '.join(map(str, indices))}] is not in {array}[{valid}]")
    known = derivation.worked
    if (array, indices) not in known and not is_on_the_board(step.quantity):
        known[array, indices] = Unrolled(derivation, step, indices).work()
    if (array, indices) not in known:
        pattern = pattern_of(step.quantity, indices)
        if pattern not in known:
            known[pattern] = Board(derivation, step, indices).work()
        first = known[pattern]
        same = first.indices == indices
        known[array, indices] = first if same else relabel(first, derivation.model, indices)
    return known[array, indices]
