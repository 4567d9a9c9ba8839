"""Sums with a Kronecker delta: it gives a summed letter its value, or says where terms go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sympy import Expr, KroneckerDelta, Mul, S, Symbol

from symback.algebra.indexing import Bracket, IntegerEntry
from symback.emission.indexed.affine import affine, at_least, is_size, letters_of, reach
from symback.emission.indexed.tensors import COMPARE, Tensor, aligned, decimal
from symback.emission.indexed.walk import substituted

if TYPE_CHECKING:
    from symback.emission.indexed.arrays import ArrayWriter

__all__ = ["Deltas"]


class Deltas:
    """Writes the sums of products that hold a Kronecker delta.

    Args:
        writer: what writes everything else.
    """

    def __init__(self, writer: ArrayWriter) -> None:
        self.writer = writer

    def spent(self, factors: list[Expr], masks: list[Expr], summed: set[Symbol]) -> Tensor | None:
        """The sum in which a delta gives one of the summed letters its value."""
        for delta in masks:
            if not isinstance(delta, KroneckerDelta):
                continue
            solved = self._solved(delta, summed, [*factors, *masks])
            if solved is None:
                continue
            letter, value = solved
            first, last = self.writer.bounds[letter]
            conditions = []
            around = {k: v for k, v in self.writer.bounds.items() if k not in self.writer.scalars}
            low, high = reach(value, around)
            if not (at_least(low, first) or isinstance(value, IntegerEntry)):
                conditions.append(Bracket(first, "<=", value))
            if not (at_least(last, high) or isinstance(value, IntegerEntry)):
                conditions.append(Bracket(value, "<=", last))
            at = {letter: value}
            rest = [substituted(f, at) for f in factors]
            others = [substituted(m, at) for m in masks if m is not delta]
            others = [m for m in [*others, *conditions] if m is not S.One]
            left = summed - {letter}
            if left:
                return self.writer.contractions.contraction([*rest, *others], left, [])
            return self.writer.product([*rest, *others]) if [*rest, *others] else Tensor("1.0")
        return None

    def _solved(
        self, delta: Expr, summed: set[Symbol], factors: list[Expr]
    ) -> tuple[Symbol, Expr] | None:
        if self._target(delta, summed, factors) is not None:
            return None
        parts = affine(delta.args[0] - delta.args[1])
        for letter in sorted(summed, key=str):
            coefficient = parts.letters.get(letter)
            if coefficient not in (1, -1):
                continue
            value = letter - (delta.args[0] - delta.args[1]) / coefficient
            if letter not in letters_of(value):
                return letter, value
        return None

    def _target(
        self, delta: Expr, summed: set[Symbol], factors: list[Expr]
    ) -> tuple[Symbol, Expr] | None:
        """The free letter that a delta sets to what is summed over, if it stands only there."""
        for letter, value in (delta.args, reversed(delta.args)):
            if not isinstance(letter, Symbol) or is_size(letter) or letter in self.writer.scalars:
                continue
            if letter in summed or letter not in self.writer.bounds:
                continue
            inside = letters_of(value)
            if not inside & summed or letter in inside:
                continue
            if any(letter in letters_of(f) for f in factors if f is not delta):
                continue
            varying = [x for x in affine(value).letters if x in summed]
            if len(varying) == 1 and not affine(value).others:
                if affine(value).letters[varying[0]] in (1, -1):
                    return None
            return letter, value
        return None

    def scattered(
        self, factors: list[Expr], masks: list[Expr], summed: set[Symbol]
    ) -> Tensor | None:
        """The sum in which deltas say into which entries of the result each term goes."""
        targets: dict[Symbol, Expr] = {}
        rest = []
        for mask in masks:
            found = (
                self._target(mask, summed, [*factors, *masks])
                if isinstance(mask, KroneckerDelta)
                else None
            )
            if found is not None and found[0] not in targets:
                targets[found[0]] = found[1]
            else:
                rest.append(mask)
        if not targets:
            return None
        inside: set[Symbol] = set()
        for value in targets.values():
            inside |= letters_of(value) - self.writer.scalars
        own = summed & inside
        strided = self._strided(targets, summed)
        if strided is not None:
            return self._folded(self._values(factors, rest, summed - own), strided)
        places = []
        for letter, value in targets.items():
            place, outside = self._place(letter, value)
            places.append(place)
            rest += outside
        values = self._values(factors, rest, summed - own)
        indices = [*places]
        axes = tuple(sorted(inside, key=str))
        kept = tuple(a for a in values.axes if a not in inside)
        batch = [a for a in inside if a not in summed]
        self.writer.used["added"] = None
        counts = ", ".join(self.writer.count(x) for x in targets)
        extra = []
        for letter in batch:  # a letter of the result that an index depends on
            indices.append(self.writer.indices.index(letter, self.writer.bounds[letter][0]))
            counts += f", {self.writer.count(letter)}"
            extra.append(letter)
        texts = [aligned(i, axes, self.writer.dialect, COMPARE) for i in indices]
        value = aligned(values, (*axes, *kept), self.writer.dialect, COMPARE)
        end = "," if len(texts) == 1 else ""
        close = "," if "," not in counts else ""
        text = f"added({value}, ({', '.join(texts)}{end}), ({counts}{close}))"
        return Tensor(text, (*targets, *extra, *kept))

    def _place(self, letter: Symbol, value: Expr) -> tuple[Tensor, list[Expr]]:
        """Where along an axis an index is, and what must hold for it to be there at all."""
        first, last = self.writer.bounds[letter]
        place = self.writer.indices.index(value, first)
        if isinstance(value, IntegerEntry):
            return place, []
        around = {k: v for k, v in self.writer.bounds.items() if k not in self.writer.scalars}
        low, high = reach(value, around)
        outside = []
        if not self.writer.certain(low, first):
            outside.append(Bracket(first, "<=", value))
        if not self.writer.certain(last, high):
            outside.append(Bracket(value, "<=", last))
        if affine(low).others or affine(high).others:
            outside = []  # the place of an extreme, which is one of the indices
        if outside:
            end = self.writer.integer(last - first)
            text = f"{self.writer.dialect.prefix}.clip({place.text}, 0, {end})"
            place = Tensor(text, place.axes)
        return place, outside

    def _strided(
        self, targets: Mapping[Symbol, Expr], summed: set[Symbol]
    ) -> list[tuple[Symbol, list[Symbol], Expr, list[Expr]]] | None:
        """For each target the two letters that it is made of, where each has its own two."""
        found, seen = [], set[Symbol]()
        for letter, value in targets.items():
            parts = affine(value)
            letters = sorted(parts.letters, key=lambda x: (parts.letters[x] != 1, str(x)))
            if parts.others or len(letters) != 2 or seen & set(letters):
                return None
            if not set(letters) <= summed or any(
                letters_of(end) for x in letters for end in self.writer.bounds[x]
            ):
                return None
            if not all(at_least(parts.letters[x], S.One) for x in letters):
                return None
            seen |= set(letters)
            steps = [parts.letters[x] for x in letters]
            start = parts.rest - self.writer.bounds[letter][0]
            start += sum((self.writer.bounds[x][0] * c for x, c in parts.letters.items()), S.Zero)
            found.append((letter, letters, start, steps))
        return found

    def _folded(
        self, values: Tensor, strided: list[tuple[Symbol, list[Symbol], Expr, list[Expr]]]
    ) -> Tensor:
        """Values added up along axes that two letters make together, tap by tap."""
        self.writer.used["folded"] = None
        for letter, letters, start, steps in strided:
            rest = [a for a in values.axes if a not in letters]
            missing = [x for x in letters if x not in values.axes]
            text = aligned(values, [*letters, *rest], self.writer.dialect, COMPARE)
            if missing:
                shape = ", ".join(self.writer.count(a) for a in [*letters, *rest])
                text = f"{self.writer.dialect.prefix}.broadcast_to({text}, ({shape}))"
            strides = ", ".join(self.writer.integer(c) for c in steps)
            count, begin = self.writer.count(letter), self.writer.integer(start)
            text = f"folded({text}, {count}, {begin}, ({strides}))"
            values = Tensor(text, (letter, *rest), rank=2)
        return values

    def _values(self, factors: list[Expr], masks: list[Expr], summed: set[Symbol]) -> Tensor:
        everything = [*factors, *masks]
        if all(f.is_number for f in everything):
            number = decimal(Mul(*everything))
            if self.writer.dialect.is_numpy:
                return Tensor(f"np.array({number}, dtype)")
            return Tensor(f"xp.asarray({number}, dtype=dtype, device=device)")
        if summed:
            return self.writer.contractions.contraction(everything, summed, [])
        return self.writer.product(everything)
