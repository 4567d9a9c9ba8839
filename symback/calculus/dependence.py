"""Which entries of which quantities depend on one parameter, and through which local derivatives.

A weight reaches one unit of its own layer and every unit after it.  That is read off the Kronecker
deltas of the local derivatives, so it holds for any list of equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer, KroneckerDelta, Mul, Symbol

from symback.algebra.collapse import collapse, delta_terms
from symback.algebra.expressions import Apply, fresh, indices_of, name_of
from symback.algebra.sums import replace
from symback.calculus.local import right_side, through_output
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation, Path
    from symback.model.equations import Equation, Quantity

__all__ = ["Dependence", "Local", "Pattern", "dependence"]

Pattern = tuple[Integer | None, ...]
"""For each axis of a quantity, the only index that depends on the parameter, or None for all."""


@dataclass(frozen=True, slots=True)
class Local:
    """The derivative of one entry by another quantity that depends on the parameter.

    Attributes:
        quantity: the other quantity.
        at: its indices: a number where only one entry depends, otherwise a fresh index to sum over.
        value: the local derivative at these indices, with Kronecker deltas.
    """

    quantity: Quantity
    at: tuple[Expr, ...]
    value: Expr

    def over(self, term: Expr) -> Expr:
        """Sum a term over the indices that are not fixed."""
        limits = [
            (index, r.first, r.upper)
            for index, r in zip(self.at, self.quantity.ranges, strict=True)
            if isinstance(index, Symbol)
        ]
        return collapse(term, limits)


@dataclass(frozen=True)
class Dependence:
    """What depends on one entry of a parameter.

    Attributes:
        known: for each quantity that depends on it, which of its entries do.
    """

    derivation: Derivation
    known: Mapping[str, Pattern]

    def reaches(self, entry: Expr) -> bool:
        """Whether an entry depends on the parameter; a symbolic index stands for any value."""
        pattern = self.known.get(name_of(entry))
        return pattern is not None and all(
            only is None or isinstance(index, Symbol) or index == only
            for only, index in zip(pattern, indices_of(entry), strict=True)
        )

    def locals(self, entry: Expr, every: bool = False) -> list[Local]:
        """The local derivatives of an entry by everything it mentions that depends.

        Args:
            entry: an entry of a quantity that an equation defines.
            every: sum over all entries of what is mentioned, also those that do not depend.
        """
        equation = self.derivation.model.definitions[name_of(entry)]
        found = []
        for name in equation.mentions:
            if name not in self.known:
                continue
            step = self.derivation.step_of[name]
            path = _path(self.derivation, equation, name)
            at = tuple(
                fresh(letter) if only is None or every else only
                for letter, only in zip(step.quantity.letters, self.known[name], strict=True)
            )
            old = (*path.own, *step.quantity.indices)
            values = dict(zip(old, (*indices_of(entry), *at), strict=True))
            found.append(Local(step.quantity, at, replace(path.local, values)))
        return found

    def taught(self, expression: Expr) -> Expr:
        """Write each f' of the catalogue through the output that it belongs to."""
        values = {}
        for node in expression.atoms(Apply):
            if node.order == 1 and isinstance(node.argument, Indexed):
                equation = self._applied.get((node.name, str(node.argument.base.label)))
                if equation is not None:
                    at = node.argument.indices
                    right = right_side(equation, at)
                    values[node] = through_output(node, right, equation.quantity.at(*at))
        return expression.xreplace(values)

    @property
    def _applied(self) -> Mapping[tuple[str, str], Equation]:
        """The equation that applies a function to a quantity, and does nothing else."""
        return {
            (right.name, str(right.argument.base.label)): equation
            for equation in self.derivation.model.equations
            if isinstance(right := equation.expression, Apply)
            and isinstance(right.argument, Indexed)
        }

    @cached_property
    def path_counts(self) -> Mapping[str, int]:
        """In how many ways, unit by unit, the parameter reaches an entry of each quantity."""
        counts: dict[str, int] = {}
        for equation in self.derivation.model.equations:
            ways = sum(
                counts.get(name, 1) * self._fan_in(equation, name)
                for name in equation.mentions
                if name in self.known
            )
            if ways:
                counts[equation.quantity.name] = ways
        return counts

    def count_paths(self) -> int:
        """In how many ways, unit by unit, the parameter reaches the loss."""
        return self.path_counts.get(self.derivation.model.loss.name, 0)

    def _fan_in(self, equation: Equation, name: str) -> int:
        """How many entries that depend, of one quantity, one entry of the next one mentions."""
        model = self.derivation.model
        if name not in model.definitions:
            return 1
        tied = _ties(_path(self.derivation, equation, name), model.quantities[name])
        count = 1
        ranges = model.quantities[name].ranges
        for axis, (r, only) in enumerate(zip(ranges, self.known[name], strict=True)):
            if only is None and axis not in tied.values():
                count *= max(r.size, 1)
        return count


def dependence(derivation: Derivation, quantity: Quantity, indices: tuple[int, ...]) -> Dependence:
    """Follow one entry of a parameter forwards through the equations."""
    known: dict[str, Pattern] = {quantity.name: tuple(Integer(index) for index in indices)}
    for equation in derivation.model.equations:
        patterns = []
        for name in equation.mentions:
            if name in known:
                path = _path(derivation, equation, name)
                tied = _ties(path, derivation.model.quantities[name])
                axes = range(len(equation.quantity.ranges))
                patterns.append([known[name][tied[a]] if a in tied else None for a in axes])
        if patterns:
            known[equation.quantity.name] = tuple(
                axis[0] if all(only == axis[0] for only in axis) else None
                for axis in zip(*patterns, strict=True)
            )
    return Dependence(derivation, known)


def _path(derivation: Derivation, equation: Equation, name: str) -> Path:
    paths = derivation.step_of[name].paths
    return next(path for path in paths if path.equation == equation.number)


def _ties(path: Path, quantity: Quantity) -> dict[int, int]:
    """Axes of the equation's quantity that a delta ties to an axis of the mentioned quantity."""
    tied: list[set[tuple[int, int]]] = []
    for term in delta_terms(path.local):
        pairs = set()
        for part in Mul.make_args(term):
            if isinstance(part, KroneckerDelta):
                for left, right in (part.args, part.args[::-1]):
                    if left in path.own and right in quantity.indices:
                        pairs.add((path.own.index(left), quantity.indices.index(right)))
        tied.append(pairs)
    return dict(sorted(set.intersection(*tied))) if tied else {}


def is_elementwise(derivation: Derivation, quantity: Quantity) -> bool:
    """Whether each entry of a quantity depends on one entry of what its equation mentions."""
    equation = derivation.model.definitions[quantity.name]
    inner = [name for name in equation.mentions if name in derivation.step_of]
    if len(inner) != 1:
        return False
    path = _path(derivation, equation, inner[0])
    return len(_ties(path, derivation.model.quantities[inner[0]])) == len(quantity.ranges)
