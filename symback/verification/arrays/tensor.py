"""Arrays with named axes, and the arithmetic that every kind of number has to offer.

An index form such as ``sum_j W[j,k] x[j]`` is a product of arrays whose axes are its indices,
summed over some of them.  In which order the factors are put together is decided here, once;
what a number is (a residue, a decimal, a degree) is decided by the subclasses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

from sympy import Symbol

__all__ = ["Arithmetic", "IllFormedError", "NoValueError", "Shape", "Tensor", "sizes_of"]

Shape = tuple[int, ...]


class NoValueError(ArithmeticError):
    """A denominator is zero here, or a function is not defined: another point is wanted."""


class IllFormedError(ValueError):
    """An index runs over two ranges, or is free where it should not be: this has no value."""


class Tensor(NamedTuple):
    """An array: one axis for each index that it depends on.

    Attributes:
        axes: the indices, each once.
        shape: how many values each index has.
        data: the entries, as its arithmetic keeps them.
    """

    axes: tuple[Symbol, ...]
    shape: Shape
    data: Any


class Arithmetic(ABC):
    """What can be done with arrays of one kind of number."""

    @abstractmethod
    def number(self, numerator: int, denominator: int = 1) -> Tensor:
        """A rational number, as an array without axes.

        Raises:
            NoValueError: when the denominator is zero in this arithmetic.
        """

    @abstractmethod
    def draw(self, shape: Shape) -> Any:
        """The entries of an array of random numbers."""

    @abstractmethod
    def draw_unit_rows(self, shape: Shape) -> Any:
        """Random numbers whose sum over the last axis is one."""

    @abstractmethod
    def one_of(self, size: int, position: int) -> Any:
        """The entries of an array of one axis: 1 at a position, counted from 1, and 0 elsewhere."""

    @abstractmethod
    def add(self, terms: Sequence[Tensor]) -> Tensor:
        """The sum entry by entry; what lacks an axis is repeated along it."""

    @abstractmethod
    def pair(self, left: Tensor, right: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The product of two arrays, summed over indices that both of them have."""

    @abstractmethod
    def total(self, tensor: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The sum over some of an array's own axes."""

    @abstractmethod
    def inverse(self, tensor: Tensor, key: Hashable) -> Tensor:
        """The reciprocal of every entry; ``key`` names the denominator.

        Raises:
            NoValueError: where an entry is zero.
        """

    @abstractmethod
    def laid_out(self, tensor: Tensor, axes: tuple[Symbol, ...], shape: Shape) -> Tensor:
        """The same with its axes in another order, and repeated along those that it lacks."""

    @abstractmethod
    def vanishes(self, tensor: Tensor) -> bool:
        """Whether every entry is zero."""

    def power(self, base: Tensor, exponent: int, key: Hashable) -> Tensor:
        """Every entry to a whole power."""
        if exponent < 0:
            return self.power(self.inverse(base, key), -exponent, key)
        result = None
        while exponent:
            if exponent & 1:
                result = base if result is None else self.pair(result, base, ())
            exponent >>= 1
            if exponent:
                base = self.pair(base, base, ())
        return self.number(1) if result is None else result

    def product(self, factors: Sequence[Tensor], limits: Mapping[Symbol, int]) -> Tensor:
        """The product of arrays, summed over some indices.

        Args:
            factors: arrays that share axes where they share indices.
            limits: the indices to sum over, each with the size of its range.

        Raises:
            IllFormedError: when an index runs over ranges of two sizes.
        """
        axes = tuple(tensor.axes for tensor in factors)
        shapes = tuple(tensor.shape for tensor in factors)
        free, steps = _plan(axes, shapes, tuple(limits.items()))
        pending = list(factors)
        if free != 1:
            pending.append(self.number(free))
        for left, right, summed in steps:
            if left == right:
                pending[left] = self.total(pending[left], summed)
            else:
                rest = [t for n, t in enumerate(pending) if n not in (left, right)]
                pending = [*rest, self.pair(pending[left], pending[right], summed)]
        return pending[0] if pending else self.number(1)


_Step = tuple[int, int, tuple[Symbol, ...]]
"""The positions of two factors, and the indices to sum over; twice that of one summed alone."""


@lru_cache(4096)
def _plan(
    axes: tuple[tuple[Symbol, ...], ...],
    shapes: tuple[Shape, ...],
    ranges: tuple[tuple[Symbol, int], ...],
) -> tuple[int, tuple[_Step, ...]]:
    """How a product is worked out: the size of what no factor mentions, and the order of factors.

    One product is worked out for every entry that is changed, and always in one order.
    """
    limits = dict(ranges)
    pending = [Tensor(*pair, None) for pair in zip(axes, shapes, strict=True)]
    sizes = sizes_of(pending, limits)
    free = prod(limits[index] for index in limits if not _having(index, pending))
    if free != 1:
        pending.append(Tensor((), (), None))
    steps: list[_Step] = []
    while True:
        for position, tensor in enumerate(pending):
            alone = tuple(i for i in tensor.axes if i in limits and len(_having(i, pending)) == 1)
            if alone:
                steps.append((position, position, alone))
                pending[position] = _without(tensor.axes, alone, sizes)
        if len(pending) < 2:
            return free, tuple(steps)
        left, right = _cheapest(pending, limits, sizes)
        rest = [t for n, t in enumerate(pending) if n not in (left, right)]
        summed = tuple(_spent(pending[left], pending[right], rest, limits))
        steps.append((left, right, summed))
        both = dict.fromkeys((*pending[left].axes, *pending[right].axes))
        pending = [*rest, _without(tuple(both), summed, sizes)]


def _without(
    axes: tuple[Symbol, ...], summed: Collection[Symbol], sizes: Mapping[Symbol, int]
) -> Tensor:
    kept = tuple(index for index in axes if index not in summed)
    return Tensor(kept, tuple(sizes[index] for index in kept), None)


def sizes_of(tensors: Sequence[Tensor], known: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """How many values each index has.

    Raises:
        IllFormedError: when two arrays disagree.
    """
    sizes = dict(known)
    for tensor in tensors:
        for index, size in zip(tensor.axes, tensor.shape, strict=True):
            if sizes.setdefault(index, size) != size:
                raise IllFormedError(f"index {index.name} runs to {sizes[index]} and to {size}")
    return sizes


def _having(index: Symbol, tensors: Sequence[Tensor]) -> list[Tensor]:
    return [tensor for tensor in tensors if index in tensor.axes]


def _spent(
    left: Tensor, right: Tensor, rest: Sequence[Tensor], limits: Mapping[Symbol, int]
) -> list[Symbol]:
    """The indices that can be summed over once two factors are multiplied."""
    return [i for i in left.axes if i in limits and i in right.axes and not _having(i, rest)]


def _cheapest(
    tensors: Sequence[Tensor], limits: Mapping[Symbol, int], sizes: Mapping[Symbol, int]
) -> tuple[int, int]:
    """The two factors whose product is smallest; a matrix meets its vectors before they meet."""
    if len(tensors) == 2:
        return 0, 1
    best: tuple[int, int, int] | None = None
    for right in range(1, len(tensors)):
        for left in range(right):
            rest = [t for n, t in enumerate(tensors) if n not in (left, right)]
            spent = _spent(tensors[left], tensors[right], rest, limits)
            axes = {*tensors[left].axes, *tensors[right].axes} - set(spent)
            size = prod(sizes[index] for index in axes)
            if best is None or size < best[0]:
                best = size, left, right
    assert best is not None
    return best[1:]
