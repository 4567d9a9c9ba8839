"""A model with the adjoints that are claimed for it, and what follows from the equations alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sympy import Expr, Pow

from symback.algebra.expressions import Apply, OfVectors
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Equation, Model, Role
from symback.model.perceptron import FUNCTIONS
from symback.records import dataclass

__all__ = ["Claims"]


@dataclass(frozen=True)
class Claims:
    """A model with the adjoints that are claimed for it, and what follows from the list alone.

    Attributes:
        model: the equations.
        adjoints: the claimed adjoint of each quantity, in its own letters, from the loss backwards.
    """

    model: Model
    adjoints: Mapping[str, Expr]

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Equation, ...]]:
        """For each quantity, the equations that mention it and lead on to the loss."""
        leading = [e for e in self.model.equations if e.quantity.name in self.model.reached]
        return {
            name: tuple(e for e in leading if name in e.mentions) for name in self.model.quantities
        }

    @cached_property
    def order(self) -> Mapping[str, int]:
        """When each quantity becomes known."""
        return {name: n for n, name in enumerate(self.model.quantities)}

    @cached_property
    def open_ended(self) -> frozenset[str]:
        """Quantities that only a generic loss mentions: their adjoints are its own partials."""
        last = self.model.equations[-1]
        return frozenset(
            name
            for name, users in self.consumers.items()
            if users == (last,) and isinstance(last.expression, OfVectors)
        )

    @cached_property
    def unit_sums(self) -> frozenset[str]:
        """Targets that are taken to sum to one."""
        if "targets-sum-to-one" not in self.model.facts:
            return frozenset()
        return frozenset(q.name for q in self.model.given if q.role is Role.TARGET)

    @cached_property
    def transparent(self) -> frozenset[str]:
        """Quantities defined by a known function or a quotient, which identities look through."""
        return frozenset(
            equation.quantity.name
            for equation in self.model.equations
            if equation.expression.has(Apply, Pow) and not _is_generic(equation.expression)
        )

    @cached_property
    def dependents(self) -> Mapping[str, frozenset[str]]:
        """Quantities that depend on each one, directly or not."""
        found: dict[str, frozenset[str]] = {}
        names = list(reversed(self.model.quantities))
        while True:  # once for a list that goes one way; a recursion leads back to what it has
            before = dict(found)
            for name in names:
                users = [equation.quantity.name for equation in self.consumers.get(name, ())]
                further = (found.get(user, frozenset()) for user in users)
                found[name] = frozenset(users).union(*further)
            if found == before:
                return found


def _is_generic(expression: Expr) -> bool:
    """Whether nothing but generic functions is applied, and no quotient formed."""
    known = any(
        node.name in ACTIVATIONS or node.name in FUNCTIONS for node in expression.atoms(Apply)
    )
    powers = expression.atoms(Pow)
    return not known and all(node.exp.is_Integer and node.exp.is_positive for node in powers)
