"""A model of equations with sizes so small that both passes are worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property

from symback.calculus.chain_rule import derive
from symback.calculus.derivation import Derivation
from symback.errors import InputError
from symback.model.equations import Model
from symback.model.language.reader import ModelText
from symback.records import dataclass
from symback.teaching.drawing import draw_integers
from symback.teaching.program import Kind, Program
from symback.teaching.unrolling import unroll

__all__ = ["MOST", "Small", "made_small"]

ROOM, MOST = 72, 160
"""So many values of both passes are sought, and at most so many are worked by hand."""


@dataclass(frozen=True)
class Small:
    """A model with a number for every size.

    Attributes:
        name: what states it: a name of the library, or of a file.
        sizes: every size with its number.
        text: the model.
    """

    name: str
    sizes: tuple[tuple[str, int], ...]
    text: ModelText = field(compare=False, repr=False)

    @cached_property
    def derivation(self) -> Derivation:
        """Of the model, for all sizes."""
        return derive(self.text.model())

    @cached_property
    def model(self) -> Model:
        """The model with its sizes."""
        return self.derivation.model.with_sizes(dict(self.sizes))

    @cached_property
    def integers(self) -> Mapping[str, int]:
        """The entries of its arrays of indices."""
        return draw_integers(self.derivation.model, dict(self.sizes), 0)

    @cached_property
    def program(self) -> Program:
        """Both passes, value by value."""
        return unroll(self.derivation, dict(self.sizes), integers=self.integers)


def made_small(name: str, text: ModelText, kept: Mapping[str, int]) -> Small:
    """A model at sizes at which it has few values.

    The largest size is made smaller by one, time and again, of equal ones that which is declared
    last; where that breaks a condition of the model, as that a kernel fits into its image, the next
    largest is.

    Args:
        name: what states it.
        text: the model, with numbers for some or all of its sizes.
        kept: those that were asked for, which stay.

    Raises:
        InputError: where there are more values than `MOST` at any sizes, and for a model that is
            not worked value by value.
    """
    sizes = dict.fromkeys(text.size_names, 2) | dict(text.sizes or {}) | dict(kept)
    found = _at(name, text, sizes)
    derivation = found.derivation
    last_first = list(sizes)[::-1]
    while _values(found) > ROOM:
        for size in sorted(last_first, key=sizes.__getitem__, reverse=True):
            if size in kept or sizes[size] < 2:
                continue
            less = sizes | {size: sizes[size] - 1}
            try:
                smaller = _at(name, text, less)
                vars(smaller)["derivation"] = derivation
                fewer = _values(smaller) < _values(found)
            except InputError:
                continue
            if fewer:
                sizes, found = less, smaller
                break
        else:
            break
    if (count := _values(found)) > MOST:
        raise InputError(
            f"both passes of this model have {count} values, which is not worked by hand",
            where="--sizes" if kept else "--model",
            hint="choose smaller sizes with --sizes" if kept else "symback example works them out",
        )
    return found


def _at(name: str, text: ModelText, sizes: Mapping[str, int]) -> Small:
    sized = text.with_sizes(sizes)
    return Small(name, tuple(sizes.items()), replace(sized, sizes=dict(sizes)))


def _values(small: Small) -> int:
    return len(small.program.of_kind(Kind.FORWARD, Kind.ADJOINT, Kind.GRADIENT))
