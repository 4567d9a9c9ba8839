"""A model worked out unit by unit: every value of both passes, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symback.errors import InputError
from symback.model.equations import Role
from symback.records import dataclass
from symback.teaching.terms import FLOATS, Functions, Tree, evaluate, references

if TYPE_CHECKING:
    from sympy import Expr

__all__ = ["Kind", "Line", "Program", "new_key"]


class Kind(StrEnum):
    """In which part of the work a value is found."""

    FORWARD = "forward"
    SLOPE = "slope"  # the derivative of a function at its argument
    ADJOINT = "adjoint"  # the loss's derivative by a quantity between loss and parameters
    GRADIENT = "gradient"  # the loss's derivative by a parameter
    UPDATE = "update"  # a parameter after a step of gradient descent
    AFTER = "after"  # the forward pass with the updated parameters


@dataclass(frozen=True, slots=True)
class Line:
    """One value: how it is found from those before it.

    Attributes:
        key: its name, unique in the program: ``h1_pre[1]``, ``dL/dW1[1,2]``, ``W1_new[1,2]``.
        kind: the part of the work.
        quantity: the name of the quantity whose entry, or whose adjoint's entry, it is.
        indices: the indices of that entry, from 1.
        number: of the equation or of the step of the derivation; 0 of an update.
        subject: the left side, to be printed.
        formula: the right side in letters, to be printed.
        tree: the right side, to be worked out.
        rule: a code of why this holds: what a prompt asks for.
        function: the function that it applies, where it does only that.
    """

    key: str
    kind: Kind
    quantity: str
    indices: tuple[int, ...]
    number: int
    subject: Expr
    formula: Expr
    tree: Tree
    rule: str
    function: str = ""
    uses: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the keys that the right side mentions, which every walk asks for."""
        object.__setattr__(self, "uses", tuple(dict.fromkeys(references(self.tree))))


@dataclass(frozen=True)
class Program:
    """Every value of a model at given sizes, from what is given to the loss after a step.

    Attributes:
        given: keys of inputs, targets, parameters and constants, by quantity, in order.
        lines: every value in the order in which it is found.
        loss: the key of the loss.
        rate: the key of the learning rate.
        keys: from the printed entry, adjoint or slope to the key of its value.
        roles: what each quantity is in its model.
    """

    given: Mapping[str, tuple[str, ...]]
    lines: tuple[Line, ...]
    loss: str
    keys: Mapping[Any, str] = field(repr=False)
    roles: Mapping[str, Role] = field(repr=False, default_factory=dict)
    rate: str = "eta"

    @cached_property
    def line_of(self) -> Mapping[str, Line]:
        """The line of each value by its key."""
        return {line.key: line for line in self.lines}

    @cached_property
    def givens(self) -> tuple[str, ...]:
        """Every given key, the learning rate last."""
        return (*(key for keys in self.given.values() for key in keys), self.rate)

    def of_kind(self, *kinds: Kind) -> tuple[Line, ...]:
        """The lines of some parts of the work, in their order."""
        return tuple(line for line in self.lines if line.kind in kinds)

    def needed(self, keys: Iterable[str]) -> tuple[Line, ...]:
        """The lines that some values rest on, themselves among them, in their order."""
        wanted = set(keys)
        for line in reversed(self.lines):
            if line.key in wanted:
                wanted.update(line.uses)
        return tuple(line for line in self.lines if line.key in wanted)

    def behind(self, keys: Iterable[str]) -> tuple[Line, ...]:
        """The lines that rest on some values, theirs among them, in their order."""
        changed = set(keys)
        found = []
        for line in self.lines:
            if line.key in changed or not changed.isdisjoint(line.uses):
                changed.add(line.key)
                found.append(line)
        return tuple(found)

    def run(
        self,
        values: Mapping[str, Any],
        functions: Functions = FLOATS,
        *,
        altered: Mapping[str, Tree] | None = None,
        lines: Iterable[Line] | None = None,
        rounded: Any = None,
    ) -> dict[str, Any]:
        """Work every value out.

        Args:
            values: of every given key.
            functions: the arithmetic of these values.
            altered: other right sides for some keys: a slip.
            lines: the lines to work out, all by default.
            rounded: what is done to each value before it is carried on, if anything.

        Returns:
            The given values and all that were worked out, by key.

        Raises:
            InputError: for a value that does not exist, with its key.
        """
        found = dict(values)
        for line in self.lines if lines is None else lines:
            tree = altered.get(line.key, line.tree) if altered else line.tree
            try:
                value = evaluate(tree, found, functions)
            except (ValueError, ZeroDivisionError, OverflowError, TypeError):
                raise InputError(
                    "has no finite value here", where=line.key, hint="look at the given values"
                ) from None
            found[line.key] = value if rounded is None else rounded(value)
        return found


def new_key(key: str) -> str:
    """The key of a parameter, or of the loss, after a step: ``W1_new[1,2]``."""
    name, bracket, rest = key.partition("[")
    return f"{name}_new{bracket}{rest}"
