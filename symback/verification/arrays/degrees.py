"""The degree of everything that is worked out: how often random numbers can agree by accident.

What a walk over the equations computes is a quotient of polynomials in the residues that were
drawn.  Two different ones agree at a random point with a probability of at most their degree over
the prime (Schwartz 1980, Zippel 1979).  Each denominator is kept by name and counted once, however
many terms share it, and stands for its product over all values of its indices.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from sympy import Symbol

from symback.verification.arrays.tensor import Arithmetic, Shape, Tensor, sizes_of

__all__ = ["Degree", "Degrees"]


class Degree(NamedTuple):
    """A bound on the degrees of an array's entries.

    Attributes:
        above: the degree of the numerator.
        below: the power of each denominator, by name.
    """

    above: int
    below: Mapping[Hashable, int]


DRAWN = Degree(1, {})
FIXED = Degree(0, {})


class Degrees(Arithmetic):
    """Arithmetic on degrees: an array has one, which holds for all of its entries."""

    def __init__(self) -> None:
        self._cost: dict[Hashable, int] = {}

    def whole(self, degree: Degree) -> int:
        """Numerator and denominators together: what bounds an accident, given that none is zero."""
        return degree.above + self._below(degree.below)

    def _below(self, powers: Mapping[Hashable, int]) -> int:
        return sum(self._cost[key] * power for key, power in powers.items())

    def number(self, numerator: int, denominator: int = 1) -> Tensor:
        """A rational number, as an array without axes."""
        return Tensor((), (), FIXED)

    def draw(self, shape: Shape) -> Degree:
        """The degree of a random number."""
        return DRAWN

    draw_unit_rows = draw

    def one_of(self, size: int, position: int) -> Degree:
        """Ones and zeros: a constant."""
        return FIXED

    def add(self, terms: Sequence[Tensor]) -> Tensor:
        """The sum over a common denominator."""
        sizes = sizes_of(terms, {})
        below: dict[Hashable, int] = {}
        for term in terms:
            for key, power in term.data.below.items():
                below[key] = max(power, below.get(key, 0))
        cost = self._below(below)
        above = max(t.data.above + cost - self._below(t.data.below) for t in terms)
        return Tensor(tuple(sizes), tuple(sizes.values()), Degree(above, below))

    def pair(self, left: Tensor, right: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The product; a sum over an index changes nothing, since denominators stand for all."""
        sizes = sizes_of((left, right), {})
        axes = tuple(i for i in sizes if i not in summed)
        below = dict(left.data.below)
        for key, power in right.data.below.items():
            below[key] = below.get(key, 0) + power
        degree = Degree(left.data.above + right.data.above, below)
        return Tensor(axes, tuple(sizes[i] for i in axes), degree)

    def total(self, tensor: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The sum over some of an array's own axes."""
        kept = [n for n, index in enumerate(tensor.axes) if index not in summed]
        return Tensor(
            tuple(tensor.axes[n] for n in kept), tuple(tensor.shape[n] for n in kept), tensor.data
        )

    def inverse(self, tensor: Tensor, key: Hashable) -> Tensor:
        """The reciprocal: its numerator becomes the product of all denominators but one."""
        entries, own = prod(tensor.shape), tensor.data.above
        self._cost[key] = max(entries * own, self._cost.get(key, 0))
        above = self._below(tensor.data.below) + (entries - 1) * own
        return Tensor(tensor.axes, tensor.shape, Degree(above, {key: 1}))

    def vanishes(self, tensor: Tensor) -> bool:
        """Whether it is certain that every entry is zero: never, here."""
        return False

    def laid_out(self, tensor: Tensor, axes: tuple[Symbol, ...], shape: Shape) -> Tensor:
        """The same for other axes."""
        return Tensor(axes, shape, tensor.data)
