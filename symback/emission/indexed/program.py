"""A list of statements about arrays, in index form.

Quantities and adjoints are arrays alike: an adjoint is an entry of an array of its own.  Nothing
here depends on a target; `symback.emission.indexed.schedule` puts the statements in order and in
loops, and each target writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from sympy import Expr, Indexed, Mul, S, Symbol

from symback.algebra.expressions import Apply, Entry, OfVectors, name_of
from symback.algebra.indexing import Bracket, IntegerEntry, Stop
from symback.emission.indexed.affine import Bounds
from symback.emission.indexed.walk import entries
from symback.model.equations import Model, Quantity, Role
from symback.records import dataclass

__all__ = ["ADJOINT", "TANGENT", "Array", "IndexedProgram", "Slots", "Statement", "needed"]

ADJOINT = "∂"
"""Begins the key of an adjoint; no name of a quantity has it."""

TANGENT = "ℛ"
"""Begins the key of a derivative along a direction, after `ADJOINT` in that of an adjoint's."""

Slots = tuple[tuple[Expr, Expr], ...]
"""The first and the last index along each axis."""


@dataclass(frozen=True)
class Array:
    """One array of a program.

    Attributes:
        key: the quantity's name, with `ADJOINT` before it for an adjoint.
        quantity: the quantity, or whose adjoint it is.
        slots: the indices that have an entry, starts and ends among them.
        label: its name in code, where it is no quantity and no adjoint of the derivation.
    """

    key: str
    quantity: Quantity
    slots: Slots
    label: str = ""

    @property
    def is_adjoint(self) -> bool:
        """Whether it is the gradient of the loss by a quantity."""
        return self.key.startswith(ADJOINT)

    @property
    def is_integer(self) -> bool:
        """Whether its entries are indices."""
        return self.quantity.role is Role.INTEGER and not self.is_adjoint

    @property
    def outside(self) -> Expr | None:
        """What is read beyond its slots; None where nothing may be."""
        if self.is_adjoint or (self.key.startswith(TANGENT) and self.quantity.outside is not None):
            return S.Zero
        return self.quantity.outside


@dataclass(frozen=True)
class Statement:
    """``array[indices] = value`` for all values of its letters.

    Attributes:
        number: that of the equation or step.
        key: the array.
        indices: on the left: letters, or integers and sizes.
        bounds: the first and the last value of each letter on the left.
        value: the right side, in entries of arrays.
        is_boundary: whether it gives single entries, a start or an end.
    """

    number: int
    key: str
    indices: tuple[Expr, ...]
    bounds: Bounds
    value: Expr
    is_boundary: bool = False
    mentions: tuple[Entry, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentions", tuple(entries(self.value)))

    @property
    def reads(self) -> tuple[str, ...]:
        """The keys of the arrays on the right side."""
        return tuple(dict.fromkeys(name_of(entry) for entry in self.mentions))

    @property
    def letters(self) -> tuple[Symbol, ...]:
        """The letters on the left, in order."""
        return tuple(i for i in self.indices if isinstance(i, Symbol) and i in self.bounds)


@dataclass(frozen=True)
class IndexedProgram:
    """Everything that a target writes.

    Attributes:
        model: the equations, with an index of samples where a batch was asked for.
        arrays: every array by its key.
        forward: the statements of the equations that the loss depends on.
        backward: the statements of the steps that a wanted gradient depends on.
        wanted: the quantities whose gradients are asked for.
        results: the keys of what is returned, where that is not these gradients.
    """

    model: Model
    arrays: Mapping[str, Array]
    forward: tuple[Statement, ...]
    backward: tuple[Statement, ...]
    wanted: tuple[Quantity, ...]
    results: tuple[str, ...] = ()

    @property
    def returned(self) -> tuple[str, ...]:
        """The keys of what is returned, in order."""
        return self.results or tuple(ADJOINT + q.name for q in self.wanted)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All of them, forward first."""
        return self.forward + self.backward

    @cached_property
    def held(self) -> frozenset[str]:
        """Names of what reaches the body of a ``stop``: differences of the loss would see it."""
        inside = {
            key
            for s in self.model.equations
            for stop in s.expression.atoms(Stop)
            for key in _names(stop)
        }
        for _ in self.model.equations:
            for equation in self.model.equations:
                if equation.quantity.name in inside:
                    inside |= set(equation.mentions)
        return frozenset(inside)

    @cached_property
    def _definitions(self) -> dict[str, Statement]:
        return {s.key: s for s in self.statements if not s.is_boundary}

    def support(self, entry: Entry, depth: int = 4) -> set[Expr]:
        """Conditions outside of which an entry is 0 by its definition."""
        from symback.algebra.exponentials import Softmax
        from symback.emission.indexed.walk import substituted

        statement = self._definitions.get(name_of(entry))
        if statement is None or not depth:
            return set()
        at = dict(zip(statement.indices, entry.indices, strict=True))
        found: set[Expr] = set()
        for factor in Mul.make_args(statement.value):
            if isinstance(factor, Bracket):
                found.add(factor)
            elif isinstance(factor, Softmax):
                _, first, last = factor.limit
                found |= {Bracket(factor.at, "<=", last), Bracket(first, "<=", factor.at)}
            elif isinstance(factor, Indexed) and not isinstance(factor, IntegerEntry):
                found |= self.support(factor, depth - 1)
        return {substituted(c, at) for c in found}

    @cached_property
    def losses(self) -> tuple[Statement, ...]:
        """The statements that the loss alone depends on."""
        return tuple(needed(self.forward, [self.model.loss.name]))

    @cached_property
    def inputs(self) -> tuple[Quantity, ...]:
        """What the caller passes beside the parameters, in the order of the contract."""
        order = (Role.INPUT, Role.TARGET, Role.CONSTANT, Role.INTEGER)
        return tuple(q for role in order for q in self.model.given if q.role is role)

    @cached_property
    def generic(self) -> tuple[str, ...]:
        """Names of the generic functions of one argument, in the order of their first use."""
        from symback.emission.forms.functions import derivative_form
        from symback.emission.indexed.walk import walk

        found: dict[str, None] = {}
        for statement in self.statements:
            for node in walk(statement.value):
                if isinstance(node, Apply) and derivative_form(node.name, 0) is None:
                    found[node.name] = None
        return tuple(found)

    @cached_property
    def generic_loss(self) -> OfVectors | None:
        """The loss that is passed in by the caller, of whole arrays."""
        from symback.emission.indexed.walk import walk

        for statement in self.forward:
            for node in walk(statement.value):
                if isinstance(node, OfVectors):
                    return node
        return None


def _names(expression: Expr) -> set[str]:
    """Names of the quantities that an expression mentions, scalars too."""
    found = {name_of(e) for e in expression.atoms(Indexed)}
    return found | {s.name for s in expression.atoms(Symbol) if not s.is_integer}


def needed(statements: Sequence[Statement], goals: Sequence[str]) -> list[Statement]:
    """The statements that some goal depends on, in their order."""
    writers: dict[str, list[Statement]] = {}
    for statement in statements:
        writers.setdefault(statement.key, []).append(statement)
    found: set[str] = set()
    pending = list(goals)
    while pending:
        key = pending.pop()
        if key in found:
            continue
        found.add(key)
        for statement in writers.get(key, ()):
            pending += statement.reads
    return [s for s in statements if s.key in found]
