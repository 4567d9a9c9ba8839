"""Arrays of Python integers: residues modulo a prime, or decimals scaled by a power of two.

An array is one flat list, its last index running fastest.  A product of two integers is brought
back to size by `reduced`, which is all that the two kinds of number differ in.
"""

from __future__ import annotations

import sys
from abc import abstractmethod
from array import array
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import lru_cache
from math import prod
from operator import add, mul
from random import Random
from typing import NamedTuple

from sympy import Symbol

from symback.verification.arrays.tensor import (
    Arithmetic,
    NoValueError,
    Shape,
    Tensor,
    sizes_of,
)

__all__ = ["Lists", "Residues"]


class Lists(Arithmetic):
    """Arithmetic on flat lists of integers."""

    @abstractmethod
    def reduced(self, products: Iterable[int]) -> list[int]:
        """Sums of products of two entries, as entries again."""

    @abstractmethod
    def reciprocal(self, value: int) -> int:
        """The reciprocal of one entry."""

    def settled(self, sums: Iterable[int]) -> list[int]:
        """Sums of entries, as entries again."""
        return list(sums)

    def one_of(self, size: int, position: int) -> list[int]:
        """1 at a position and 0 elsewhere."""
        one, zero = self.number(1).data[0], self.number(0).data[0]
        return [one if n == position else zero for n in range(1, size + 1)]

    def add(self, terms: Sequence[Tensor]) -> Tensor:
        """The sum entry by entry; what lacks an axis is repeated along it."""
        sizes = sizes_of(terms, {})
        axes, shape = tuple(sizes), tuple(sizes.values())
        entries = self.laid_out(terms[0], axes, shape).data
        for term in terms[1:]:
            entries = map(add, entries, self.laid_out(term, axes, shape).data)
        return Tensor(axes, shape, self.settled(entries))

    def pair(self, left: Tensor, right: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The product of two arrays, summed over indices that both of them have."""
        plan = _plan_of_pair(left.axes, left.shape, right.axes, right.shape, tuple(summed))
        first = _laid_out(left, plan.first, plan.sizes)
        second = _laid_out(right, plan.second, plan.sizes)
        count, width = plan.groups, plan.width
        result: Iterable[int]
        if plan.is_entrywise:
            result = map(mul, first, second)
        elif width == 1:
            m, n = len(first) // count, len(second) // count
            result = (
                x * y
                for t in range(count)
                for x in first[t * m : (t + 1) * m]
                for y in second[t * n : (t + 1) * n]
            )
        else:
            result = _row_products(first, second, count, width)
        return Tensor(plan.axes, plan.shape, self.reduced(result))

    def total(self, tensor: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The sum over some of an array's own axes."""
        sizes = dict(zip(tensor.axes, tensor.shape, strict=True))
        kept = tuple(i for i in tensor.axes if i not in summed)
        entries = _laid_out(tensor, (*kept, *(i for i in tensor.axes if i in summed)), sizes)
        width = prod(sizes[i] for i in summed)
        sums = (sum(entries[n : n + width]) for n in range(0, len(entries), width))
        return Tensor(kept, tuple(sizes[i] for i in kept), self.settled(sums))

    def inverse(self, tensor: Tensor, key: Hashable) -> Tensor:
        """The reciprocal of every entry."""
        entries = [self.reciprocal(value) for value in tensor.data]
        return Tensor(tensor.axes, tensor.shape, entries)

    def vanishes(self, tensor: Tensor) -> bool:
        """Whether every entry is zero."""
        return not any(tensor.data)

    def laid_out(self, tensor: Tensor, axes: tuple[Symbol, ...], shape: Shape) -> Tensor:
        """The same with its axes in another order, and repeated along those that it lacks."""
        if tensor.axes == axes:
            return tensor
        return Tensor(axes, shape, _laid_out(tensor, axes, dict(zip(axes, shape, strict=True))))


class _Pair(NamedTuple):
    """How two arrays are multiplied: the axes of each, and of what comes out."""

    first: tuple[Symbol, ...]
    second: tuple[Symbol, ...]
    axes: tuple[Symbol, ...]
    shape: Shape
    sizes: dict[Symbol, int]
    groups: int
    width: int
    is_entrywise: bool


@lru_cache(4096)
def _plan_of_pair(
    left: tuple[Symbol, ...],
    left_shape: Shape,
    right: tuple[Symbol, ...],
    right_shape: Shape,
    summed: tuple[Symbol, ...],
) -> _Pair:
    sizes = sizes_of((Tensor(left, left_shape, None), Tensor(right, right_shape, None)), {})
    shared = tuple(i for i in left if i in right and i not in summed)
    rows = tuple(i for i in left if i not in right)
    columns = tuple(i for i in right if i not in left)
    axes = (*shared, *rows, *columns)
    inner = tuple(i for i in left if i in summed)
    width = prod(sizes[i] for i in inner)
    return _Pair(
        (*shared, *rows, *inner),
        (*shared, *columns, *inner),
        axes,
        tuple(sizes[i] for i in axes),
        sizes,
        prod(sizes[i] for i in shared),
        width,
        not rows and not columns and width == 1,
    )


def _laid_out(tensor: Tensor, axes: tuple[Symbol, ...], sizes: dict[Symbol, int]) -> list[int]:
    """The entries in the order of other axes."""
    entries: list[int] = tensor.data
    if tensor.axes == axes or not axes:
        return entries
    strides, step = {}, 1
    for index, size in zip(reversed(tensor.axes), reversed(tensor.shape), strict=True):
        strides[index] = step
        step *= size
    starts = [0]
    for index in axes[:-1]:
        stride = strides.get(index, 0)
        offsets = [n * stride for n in range(sizes[index])]
        starts = [start + offset for start in starts for offset in offsets]
    result: list[int] = []
    size, stride = sizes[axes[-1]], strides.get(axes[-1], 0)
    for start in starts:
        if stride:
            result += entries[start : start + (size - 1) * stride + 1 : stride]
        else:
            result += [entries[start]] * size
    return result


def _row_products(first: list[int], second: list[int], count: int, width: int) -> Iterable[int]:
    """Every row of one list times every row of the other, group by group."""
    rows = [first[n : n + width] for n in range(0, len(first), width)]
    columns = [second[n : n + width] for n in range(0, len(second), width)]
    m, n = len(rows) // count, len(columns) // count
    return (
        sum(map(mul, row, column))
        for t in range(count)
        for row in rows[t * m : (t + 1) * m]
        for column in columns[t * n : (t + 1) * n]
    )


class Residues(Lists):
    """Residues modulo a prime.

    Args:
        prime: the modulus.
        seed: of what is drawn.
    """

    def __init__(self, prime: int, seed: str) -> None:
        self.prime = prime
        self._random = Random(seed)

    def number(self, numerator: int, denominator: int = 1) -> Tensor:
        """A rational number, as an array without axes."""
        value = numerator * self.reciprocal(denominator) if denominator != 1 else numerator
        return Tensor((), (), [value % self.prime])

    def draw(self, shape: Shape) -> list[int]:
        """Random residues, each value equally likely."""
        words = array("Q", self._random.randbytes(8 * prod(shape)))  # a call each would take longer
        if sys.byteorder == "big":
            words.byteswap()
        spare = 64 - self.prime.bit_length()
        entries = [word >> spare for word in words]
        if max(entries, default=0) >= self.prime:
            below = self._random.randrange
            entries = [v if v < self.prime else below(self.prime) for v in entries]
        return entries

    def draw_unit_rows(self, shape: Shape) -> list[int]:
        """Random residues whose sum over the last axis is one."""
        entries, width = self.draw(shape), shape[-1]
        for start in range(0, len(entries), width):
            rest = sum(entries[start : start + width - 1])
            entries[start + width - 1] = (1 - rest) % self.prime
        return entries

    def reduced(self, products: Iterable[int]) -> list[int]:
        """Sums of products of two residues, as residues."""
        prime = self.prime
        return [value % prime for value in products]

    def settled(self, sums: Iterable[int]) -> list[int]:
        """Sums of residues, as residues."""
        return self.reduced(sums)

    def reciprocal(self, value: int) -> int:
        """The reciprocal of one residue."""
        try:
            return pow(value, -1, self.prime)
        except ValueError:
            raise NoValueError from None
