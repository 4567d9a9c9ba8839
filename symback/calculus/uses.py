"""Which equations use a quantity, and which adjoints a model's gradients take.

Uses form any graph, with loops where a quantity is used at another time: nothing here assumes a
chain of layers.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from symback.algebra.sums import LETTERS
from symback.model.equations import Equation, Model, Quantity
from symback.records import dataclass

__all__ = ["Uses", "letters_of", "needed_for", "placement", "uses_in"]


@dataclass(frozen=True, slots=True)
class Uses:
    """What each quantity is used for.

    Attributes:
        of: for each quantity, the equations whose right side mentions it and reach the loss.
    """

    of: Mapping[str, tuple[Equation, ...]]


def uses_in(model: Model) -> Uses:
    """For each quantity, the equations through which it reaches the loss."""
    live = {model.loss.name}
    grown = -1
    while grown < len(live):  # once for every loop that is closed, and once more
        grown = len(live)
        for equation in reversed(model.equations):
            if equation.quantity.name in live:
                live.update(equation.mentions)
    found: dict[str, list[Equation]] = {name: [] for name in model.quantities}
    for equation in model.equations:
        if equation.quantity.name in live:
            for name in equation.mentions:
                found[name].append(equation)
    return Uses({name: tuple(equations) for name, equations in found.items()})


def needed_for(model: Model, uses: Uses) -> frozenset[str]:
    """Quantities that lie between what gradients are asked for and the loss."""
    wanted = [quantity.name for quantity in model.targets_of_derivation]
    needed = {name for name in wanted if name in model.definitions}
    for name in wanted:
        needed.update(equation.quantity.name for equation in uses.of[name])
    grown = -1
    while grown < len(needed):
        grown = len(needed)
        for equation in model.equations:
            if needed.intersection(equation.mentions):
                needed.add(equation.quantity.name)
    return frozenset(needed)


def placement(model: Model, uses: Uses) -> dict[int, list[Quantity]]:
    """After which equation's adjoint each given quantity's gradient can be written down.

    In a recursion its equations are one group: the gradient comes after the last adjoint of it.
    """
    placed: dict[int, list[Quantity]] = {}
    for quantity in model.targets_of_derivation:
        if quantity.name not in model.definitions:
            numbers = [equation.number for equation in uses.of[quantity.name]]
            place = min(numbers, default=1)
            for first, last in _loops(model):
                if first < place <= last:
                    place = first
            placed.setdefault(place, []).append(quantity)
    return placed


def _loops(model: Model) -> list[tuple[int, int]]:
    """The first and last equation of each group that refers to itself at another time."""
    numbers = {name: equation.number for name, equation in model.definitions.items()}
    loops: list[tuple[int, int]] = []
    for equation in model.equations:
        later = [numbers.get(name, 0) for name in equation.mentions]
        if max(later, default=0) > equation.number:
            loops.append((equation.number, max(later)))
    return loops


def letters_of(model: Model) -> dict[Expr, str]:
    """Letters for indices summed over each range, where a model has chosen them."""
    return {
        r.upper: r.letters
        for quantity in model.quantities.values()
        for r in quantity.ranges
        if r.letters != LETTERS or quantity.layer
    }
