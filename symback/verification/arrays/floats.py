"""Residues modulo a small prime in float64 arrays, for networks of millions of weights.

A float64 holds every whole number below 2^53, and 512 (p-1)^2 stays below that: a matrix product
of residues is exact when it is taken in blocks of 512 terms, each reduced by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from symback.verification.arrays.tensor import (
    Arithmetic,
    NoValueError,
    Shape,
    Tensor,
    sizes_of,
)

__all__ = ["BLOCK", "SMALL_PRIME", "Floats"]

SMALL_PRIME = 4194301
"""The largest prime of which 512 products of residues add up exactly."""

BLOCK = 512

Entries = NDArray[np.float64]


class Floats(Arithmetic):
    """Arithmetic on arrays of residues.

    Args:
        seed: of what is drawn.
    """

    prime = SMALL_PRIME

    def __init__(self, seed: str) -> None:
        digits = [int(byte) for byte in seed.encode()]
        self._random = np.random.Generator(np.random.PCG64(digits))

    def number(self, numerator: int, denominator: int = 1) -> Tensor:
        """A rational number, as an array without axes."""
        if denominator % SMALL_PRIME == 0:
            raise NoValueError
        value = numerator * pow(denominator, -1, SMALL_PRIME) % SMALL_PRIME
        return Tensor((), (), np.array(float(value)))

    def draw(self, shape: Shape) -> Entries:
        """Random residues, each value equally likely."""
        # All 32 bits at once, the lowest 22 kept and three values in four million drawn again:
        # a third of the time that a draw below the prime takes.
        bits = np.asarray(self._random.integers(0, 2**32, shape, dtype=np.uint32))
        entries = np.asarray((bits & (2**22 - 1)).astype(np.float64))
        beyond = entries >= SMALL_PRIME
        if beyond.any():
            entries[beyond] = self._random.integers(0, SMALL_PRIME, int(beyond.sum()))
        return entries

    def draw_unit_rows(self, shape: Shape) -> Entries:
        """Random residues whose sum over the last axis is one."""
        entries = self.draw(shape)
        entries[..., -1] = (1 - entries[..., :-1].sum(axis=-1)) % SMALL_PRIME
        return entries

    def one_of(self, size: int, position: int) -> Entries:
        """1 at a position and 0 elsewhere."""
        entries = np.zeros(size)
        if 1 <= position <= size:
            entries[position - 1] = 1
        return entries

    def add(self, terms: Sequence[Tensor]) -> Tensor:
        """The sum entry by entry; what lacks an axis is repeated along it."""
        sizes = sizes_of(terms, {})
        axes = tuple(sizes)
        entries = _aligned(terms[0], axes)
        for term in terms[1:]:
            entries = entries + _aligned(term, axes)
        shape = tuple(sizes.values())
        return Tensor(axes, shape, np.broadcast_to(_reduced(entries), shape))

    def pair(self, left: Tensor, right: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The product of two arrays, summed over indices that both of them have."""
        sizes = sizes_of((left, right), {})
        shared = [i for i in left.axes if i in right.axes and i not in summed]
        rows = [i for i in left.axes if i not in right.axes]
        columns = [i for i in right.axes if i not in left.axes]
        inner = [i for i in left.axes if i in summed]
        axes = (*shared, *rows, *columns)
        shape = tuple(sizes[i] for i in axes)
        if not inner:
            return Tensor(axes, shape, _reduced(_aligned(left, axes) * _aligned(right, axes)))
        count, width = prod(sizes[i] for i in shared), prod(sizes[i] for i in inner)
        first = _ordered(left, (*shared, *rows, *inner))
        second = _ordered(right, (*shared, *inner, *columns))
        # A single matrix stays one: it is not copied then, and transposed within the product.
        lead = (count,) if count > 1 else ()
        first = first.reshape(*lead, -1, width)
        second = second.reshape(*lead, width, -1)
        # With a vector, threads of a linear algebra library would wait for each other for longer
        # than they work.
        vector = first.shape[-2] == 1 or second.shape[-1] == 1
        entries = np.zeros((*lead, first.shape[-2], second.shape[-1]))
        for start in range(0, width, BLOCK):
            block = slice(start, start + BLOCK)
            parts = first[..., block], second[..., block, :]
            entries += _reduced(
                np.einsum("...ij,...jk->...ik", *parts) if vector else np.matmul(*parts)
            )
        return Tensor(axes, shape, _reduced(entries).reshape(shape))

    def total(self, tensor: Tensor, summed: Collection[Symbol]) -> Tensor:
        """The sum over some of an array's own axes."""
        positions = tuple(n for n, index in enumerate(tensor.axes) if index in summed)
        kept = [n for n in range(len(tensor.axes)) if n not in positions]
        entries = _reduced(tensor.data.sum(axis=positions))  # exact for 2^31 entries
        return Tensor(
            tuple(tensor.axes[n] for n in kept), tuple(tensor.shape[n] for n in kept), entries
        )

    def inverse(self, tensor: Tensor, key: Hashable) -> Tensor:
        """The reciprocal of every entry, by Fermat's little theorem."""
        if not np.all(tensor.data):
            raise NoValueError
        result, base, exponent = np.ones_like(tensor.data), tensor.data, SMALL_PRIME - 2
        while exponent:
            if exponent & 1:
                result = _reduced(result * base)
            base = _reduced(base * base)
            exponent >>= 1
        return Tensor(tensor.axes, tensor.shape, result)

    def vanishes(self, tensor: Tensor) -> bool:
        """Whether every entry is zero."""
        return not np.any(tensor.data)

    def laid_out(self, tensor: Tensor, axes: tuple[Symbol, ...], shape: Shape) -> Tensor:
        """The same with its axes in another order, and repeated along those that it lacks."""
        if tensor.axes == axes:
            return tensor
        return Tensor(axes, shape, np.broadcast_to(_aligned(tensor, axes), shape))


def _reduced(entries: Any) -> Entries:
    result: Entries = np.remainder(entries, float(SMALL_PRIME))
    return result


def _ordered(tensor: Tensor, axes: tuple[Symbol, ...]) -> Entries:
    """The entries with the same axes in another order."""
    entries: Entries = tensor.data.transpose([tensor.axes.index(index) for index in axes])
    return entries


def _aligned(tensor: Tensor, axes: tuple[Symbol, ...]) -> Entries:
    """The entries with an axis of one entry for each index that the array lacks."""
    entries = _ordered(tensor, tuple(index for index in axes if index in tensor.axes))
    missing = tuple(n for n, index in enumerate(axes) if index not in tensor.axes)
    return np.expand_dims(entries, missing)
