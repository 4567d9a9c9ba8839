"""Entries of arrays as arrays: the array itself, slices, windows, lookups, and padding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, S, Symbol

from symback.algebra.expressions import name_of
from symback.algebra.indexing import CeilingOf, FloorOf, Largest, Smallest
from symback.emission.indexed.affine import affine, at_least, letters_of, reach
from symback.emission.indexed.program import Array
from symback.emission.indexed.tensors import COMPARE, Tensor, elementwise

if TYPE_CHECKING:
    from symback.emission.indexed.arrays import ArrayWriter

__all__ = ["Entries"]


class Entries:
    """Writes the entries of arrays.

    Args:
        writer: what writes everything else.
    """

    def __init__(self, writer: ArrayWriter) -> None:
        self.writer = writer

    def entry(self, node: Indexed) -> Tensor:
        """An entry of an array: the array itself, a slice, windows, or a lookup."""
        array = self.writer.program.arrays[name_of(node)]
        order = self.writer.order.get(array.key, tuple(range(len(array.slots))))
        slots = [self.writer.stored.get(array.key, array.slots)[axis] for axis in order]
        indices = [node.indices[axis] for axis in order]
        base = self.writer.names.array(array.key)
        base, slots = self._padded(array, base, indices, slots)
        vectors = [[x for x in affine(i).letters if x not in self.writer.scalars] for i in indices]
        others = [
            bool(affine(i).others) or i.has(Largest, Smallest, FloorOf, CeilingOf) for i in indices
        ]
        repeated = len({x for v in vectors for x in v}) != sum(map(len, vectors))
        if any(others) or repeated:
            found = self._lookup(base, slots, indices, vectors, others)
        else:
            found = self.sliced(base, slots, indices, vectors)
        return replace(found, rank=1) if array.is_adjoint else found

    def _padded(
        self, array: Array, base: str, indices: list[Expr], slots: list[tuple[Expr, Expr]]
    ) -> tuple[str, list[tuple[Expr, Expr]]]:
        """An array with what is read beyond it, where that may be."""
        if array.outside is None and not self.writer.may_pad:
            return base, slots
        found = []
        for place, (index, (first, last)) in enumerate(zip(indices, slots, strict=True)):
            low, high = reach(index, self.writer.bounds)
            if affine(low).others or affine(high).others:
                found.append((first, last))
                continue
            before, after = Largest(S.Zero, first - low), Largest(S.Zero, high - last)
            if self.writer.certain(low, first):
                before = S.Zero
            elif at_least(first, low):
                before = first - low
            if self.writer.certain(last, high):
                after = S.Zero
            elif at_least(high, last):
                after = high - last
            if before == 0 and after == 0:
                found.append((first, last))
                continue
            self.writer.used["padded"] = None
            fill = "" if array.outside == 0 else f", {self._fill(array)}"
            ends = f"{self.writer.integer(before)}, {self.writer.integer(after)}"
            base = f"padded({base}, {place}, {ends}{fill})"
            found.append((first - before, last + after))
        return base, found

    def _fill(self, array: Array) -> str:
        return "None" if array.outside is None else self.writer(array.outside).text

    def sliced(
        self,
        base: str,
        slots: list[tuple[Expr, Expr]],
        indices: list[Expr],
        vectors: list[list[Symbol]],
    ) -> Tensor:
        """An array at indices of letters alone: slices, and windows for several letters in one."""
        items: list[str] = []
        windows: list[tuple[int, Expr, list[tuple[Symbol, Expr]]]] = []
        axes: list[Symbol] = []
        for index, (first, last), letters in zip(indices, slots, vectors, strict=True):
            parts = affine(index)
            rest = index - sum((parts.letters[x] * x for x in letters), S.Zero) - first
            if not letters:
                items.append(self.writer.integer(rest))
            elif len(letters) == 1:
                items.append(self._slice(letters[0], parts.letters[letters[0]], rest, last - first))
                axes.append(letters[0])
            else:
                items.append(":")
                steps = [(x, parts.letters[x]) for x in letters]
                start = rest + sum((self.writer.bounds[x][0] * c for x, c in steps), S.Zero)
                windows.append((len(axes), start, steps))
                axes.extend(letters)
        text = self._indexed(base, items)
        for place, start, steps in windows:
            self.writer.used["windows"] = None
            shape = ", ".join(self.writer.count(x) for x, _ in steps)
            strides = ", ".join(self.writer.integer(c) for _, c in steps)
            text = f"windows({text}, {place}, {self.writer.integer(start)}, ({shape}), ({strides}))"
        return Tensor(text, tuple(axes))

    def _indexed(self, base: str, items: list[str]) -> str:
        """An array with these indices; what is left whole at the end is left out."""
        if base in self.writer.lists:
            base, items = f"{base}[{items[0]}]", items[1:]
        if all(item == ":" for item in items):
            return base
        if self.writer.dialect.is_numpy:
            while items[-1] == ":":
                items.pop()
        return f"{base}[{', '.join(items)}]"

    def _slice(self, letter: Symbol, step: Expr, rest: Expr, length: Expr) -> str:
        """The slice of an axis for one letter; ``length`` is its last place."""
        first, last = self.writer.bounds[letter]
        start, end = rest + step * first, rest + step * last
        if step == 1:
            if start == 0 and end == length:
                return ":"
            begin = "" if start == 0 else self.writer.integer(start)
            stop = end + 1
            if stop == length + 1:
                return f"{begin}:"
            text = self.writer.integer(stop)
            return f"{begin}:{text if self.writer.is_count(stop) else f'max({text}, 0)'}"
        if step.could_extract_minus_sign():
            stop = end - 1
            low = "" if stop == -1 else self.writer.integer(stop)
            if low and not at_least(stop, S.Zero):
                low = f"{low} if {low} >= 0 else None"
            begin = "" if start == length else self.writer.integer(start)
            return f"{begin}:{low}:{self.writer.integer(step)}"
        begin = "" if start == 0 else self.writer.integer(start)
        return f"{begin}:{self.writer.integer(end + 1)}:{self.writer.integer(step)}"

    def _lookup(
        self,
        base: str,
        slots: list[tuple[Expr, Expr]],
        indices: list[Expr],
        vectors: list[list[Symbol]],
        others: list[bool],
    ) -> Tensor:
        """Entries at indices that are arrays: those axes come first, the others stay slices."""
        letters = [x for v in vectors for x in v]
        simple = [
            not other
            and len(v) == 1
            and letters.count(v[0]) == 1
            and not self._is_shared(v[0], i, indices)
            for i, (v, other) in enumerate(zip(vectors, others, strict=True))
        ]
        fancy = [i for i, plain in enumerate(simple) if not plain]
        rest = [i for i, plain in enumerate(simple) if plain]
        order = [*fancy, *rest]
        if order != list(range(len(indices))):
            base = self.writer.dialect.permuted(
                Tensor(base, tuple(self._dummies(len(order)))), order
            )
        parts = [self.writer.indices.index(indices[i], slots[i][0]) for i in fancy]
        texts, axes = elementwise(parts, self.writer.preferred, self.writer.dialect, COMPARE)
        items, after = [], []
        for i in rest:
            (letter,) = vectors[i]
            step = affine(indices[i]).letters[letter]
            items.append(
                self._slice(
                    letter,
                    step,
                    indices[i] - step * letter - slots[i][0],
                    slots[i][1] - slots[i][0],
                )
            )
            after.append(letter)
        if self.writer.dialect.is_numpy:
            return Tensor(self._indexed(base, [*texts, *items]), (*axes, *after))
        self.writer.used["lookup"] = None
        if any(item != ":" for item in items):
            base = f"{base}[{', '.join([':'] * len(fancy) + items)}]"
        return Tensor(f"lookup({base}, {', '.join(texts)})", (*axes, *after))

    def _is_shared(self, letter: Symbol, own: int, indices: list[Expr]) -> bool:
        """Whether a letter stands in another index too, inside of a lookup."""
        return any(
            letter in letters_of(index) for place, index in enumerate(indices) if place != own
        )

    @staticmethod
    def _dummies(count: int) -> list[Symbol]:
        return [Symbol(f"_{place}", integer=True) for place in range(count)]
