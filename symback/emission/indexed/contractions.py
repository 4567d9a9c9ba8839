"""Sums of one product over letters: the factors are contracted two by two, the cheapest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from symback.emission.indexed.tensors import PRODUCT, SUM, UNARY, Tensor, contracted
from symback.emission.indexed.walk import MASKS

if TYPE_CHECKING:
    from symback.emission.indexed.arrays import ArrayWriter

__all__ = ["Contractions"]


class Contractions:
    """Writes the sum of one product over letters.

    Args:
        writer: what writes everything else.
    """

    def __init__(self, writer: ArrayWriter) -> None:
        self.writer = writer

    def contraction(
        self, factors: list[Expr], summed: set[Symbol], conditions: list[Expr]
    ) -> Tensor:
        """The sum of one product over letters."""
        masks = [f for f in factors if isinstance(f, MASKS)]
        rest = [f for f in factors if f not in masks]
        masks = self.writer.needed_masks([*masks, *conditions], rest)
        spent = self.writer.deltas.spent(rest, masks, summed)
        if spent is not None:
            return spent
        scattered = self.writer.deltas.scattered(rest, masks, summed)
        if scattered is not None:
            return scattered
        if masks:
            with self.writer.padding():
                parts = [self.writer.factor(f) for f in rest]
        else:
            parts = [self.writer.factor(f) for f in rest]
        free = {a for a in summed if not any(a in t.axes for _, t in parts)}
        outside = [(d, t) for d, t in parts if not set(t.axes) & summed]
        inside = [(d, t) for d, t in parts if set(t.axes) & summed]
        covers = [self.writer.indices.mask(m) for m in masks]
        inside_masks = [m for m in covers if set(m.axes) & summed]
        outside_masks = [m for m in covers if not set(m.axes) & summed]
        found = None
        if inside or inside_masks:
            tensors = self._merged(inside, inside_masks)
            found = self._contract(tensors, summed)
            free -= {a for m in inside_masks for a in m.axes}
        factors_ = [*outside]
        for letter in sorted(free, key=str):
            factors_.append((False, Tensor(self.writer.count(letter), (), SUM)))
        if found is not None:
            factors_.append((False, found))
        whole = self.writer.times(factors_)
        return self.writer.where(outside_masks, whole) if outside_masks else whole

    def _merged(self, inside: list[tuple[bool, Tensor]], masks: list[Tensor]) -> list[Tensor]:
        """Factors of a contraction: divisors and masks are put into the factors that cover them."""
        tensors = [t for divides, t in inside if not divides]
        for divides, divisor in inside:
            if not divides:
                continue
            place = _cover(tensors, divisor)
            if place is None:
                tensors.append(Tensor(f"1 / {divisor.at(UNARY)}", divisor.axes, PRODUCT))
            else:
                tensors[place] = self.writer.times([(False, tensors[place]), (True, divisor)])
        for mask in masks:
            place = _cover(tensors, mask)
            if place is None:
                tensors.append(self.writer.as_number(mask))
            else:
                tensors[place] = self.writer.where([mask], tensors[place])
        return tensors

    def _contract(self, tensors: list[Tensor], summed: set[Symbol]) -> Tensor:
        tensors = list(tensors)
        scalars = [t for t in tensors if not t.axes]
        tensors = [t for t in tensors if t.axes]
        while len(tensors) > 2:
            tensors = self._one_less(tensors, summed)
        quick = self._inner(tensors, summed) if self.writer.dialect.is_fast else None
        if quick is not None:
            return self.writer.times([*((False, s) for s in scalars), (False, quick)])
        if len(tensors) == 2 and not self._is_contraction(tensors[0], tensors[1], summed):
            tensors = [self.writer.times([(False, tensors[0]), (False, tensors[1])])]
        tensors = [self._presummed(t, place, tensors, summed) for place, t in enumerate(tensors)]
        if len(tensors) == 2:
            both = set(tensors[0].axes) & set(tensors[1].axes) & summed
            if both:
                found = contracted(
                    tensors[0], tensors[1], both, self.writer.dialect, self.writer.preferred
                )
            else:
                found = self.writer.times([(False, tensors[0]), (False, tensors[1])])
        else:
            found = tensors[0]
        return self.writer.times([*((False, s) for s in scalars), (False, found)])

    def _inner(self, tensors: list[Tensor], summed: set[Symbol]) -> Tensor | None:
        """The sum of a product of two pieces that have the same axes, without the product."""
        if len(tensors) != 2 or tensors[0].axes != tensors[1].axes:
            return None
        left, right = tensors
        over = [a for a in left.axes if a in summed]
        kept = [a for a in left.axes if a not in summed]
        if not over:
            return None
        if not kept:
            return Tensor(f"np.vdot({left.text}, {right.text})", rank=2)
        letters = dict(zip(left.axes, "abcdefgh", strict=False))
        one = "".join(letters[a] for a in left.axes)
        result = "".join(letters[a] for a in kept)
        text = f'np.einsum("{one},{one}->{result}", {left.text}, {right.text})'
        return Tensor(text, tuple(kept), rank=2)

    def _is_contraction(self, left: Tensor, right: Tensor, summed: set[Symbol]) -> bool:
        """Whether two factors are better contracted than multiplied entry by entry."""
        both = set(left.axes) & set(right.axes)
        if not both & summed:
            return False
        return set(left.axes) != set(right.axes)

    def _presummed(
        self, tensor: Tensor, place: int, tensors: list[Tensor], summed: set[Symbol]
    ) -> Tensor:
        """A factor summed over the letters that no other has."""
        others = {a for p, t in enumerate(tensors) if p != place for a in t.axes}
        own = [a for a in tensor.axes if a in summed and a not in others]
        if not own:
            return tensor
        places = [tensor.axes.index(a) for a in own]
        axes = tuple(a for a in tensor.axes if a not in own)
        return Tensor(self.writer.dialect.reduced("sum", tensor, places), axes)

    def _one_less(self, tensors: list[Tensor], summed: set[Symbol]) -> list[Tensor]:
        """The same product with two of its factors put together, the cheapest way."""
        best: tuple[tuple[int, int, int], int, int] | None = None
        for i, left in enumerate(tensors):
            for j in range(i + 1, len(tensors)):
                right = tensors[j]
                others = {a for k, t in enumerate(tensors) if k not in (i, j) for a in t.axes}
                both = {*left.axes, *right.axes}
                gone = {a for a in both if a in summed and a not in others}
                shared = set(left.axes) & set(right.axes)
                cost = (len(both - gone), len(both), -len(shared))
                if best is None or cost < best[0]:
                    best = (cost, i, j)
        assert best is not None
        _, i, j = best
        others = {a for k, t in enumerate(tensors) if k not in (i, j) for a in t.axes}
        local = {a for a in summed if a not in others}
        joined = self._contract([tensors[i], tensors[j]], local)
        return [joined, *(t for k, t in enumerate(tensors) if k not in (i, j))]


def _cover(tensors: list[Tensor], other: Tensor) -> int | None:
    """The smallest factor that has every axis of another piece."""
    fits = [n for n, t in enumerate(tensors) if set(other.axes) <= set(t.axes)]
    return min(fits, key=lambda n: len(tensors[n].axes), default=None)
