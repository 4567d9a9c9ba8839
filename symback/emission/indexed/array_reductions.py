"""Products, extremes and normalised exponentials over a letter, as expressions of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Symbol

from symback.algebra.exponentials import LogSumExp, Softmax
from symback.algebra.indexing import Bracket, Extreme, Largest, Smallest
from symback.emission.indexed.affine import at_least, letters_of, reach
from symback.emission.indexed.tensors import Tensor
from symback.emission.indexed.walk import substituted
from symback.errors import InputError

if TYPE_CHECKING:
    from symback.emission.indexed.arrays import ArrayWriter

__all__ = ["ArrayReductions"]


class ArrayReductions:
    """Writes what is reduced over a letter.

    Args:
        writer: what writes everything else.
    """

    def __init__(self, writer: ArrayWriter) -> None:
        self.writer = writer

    def limited(self, limit: Expr) -> tuple[Symbol, tuple[Expr, Expr], list[Expr]]:
        """The letter of a limit, the range that holds it for all letters around, and conditions."""
        letter, first, last = limit
        conditions = []
        if self.writer.is_vector(first) or self.writer.is_vector(last):
            around = {k: v for k, v in self.writer.bounds.items() if k not in self.writer.scalars}
            low, high = reach(first, around)[0], reach(last, around)[1]
            for part in first.args if isinstance(first, Largest) else (first,):
                if not at_least(low, part):
                    conditions.append(Bracket(part, "<=", letter))
            for part in last.args if isinstance(last, Smallest) else (last,):
                if not at_least(part, high):
                    conditions.append(Bracket(letter, "<=", part))
            first, last = low, high
        return letter, (first, last), conditions

    def reduction(self, name: str, body: Expr, limit: Expr, neutral: str) -> Tensor:
        """A product or an extreme over one letter."""
        letter, ends, conditions = self.limited(limit)
        with self.writer.binding({letter: ends}):
            inner = self._masked(body, conditions, neutral)
            if letter not in inner.axes:
                shape = self.writer.count(letter)
                text = f"{self.writer.dialect.prefix}.broadcast_to({inner.text}, ({shape}, ))"
                inner = Tensor(text.replace(", )", ",)"), (letter,))
        place = inner.axes.index(letter)
        axes = tuple(a for a in inner.axes if a != letter)
        return Tensor(self.writer.dialect.reduced(name, inner, [place]), axes)

    def _masked(self, body: Expr, conditions: list[Expr], other: str) -> Tensor:
        if not conditions:
            return self.writer(body)
        with self.writer.padding():
            inner = self.writer(body)
        return self.writer.where([self.writer.indices.mask(c) for c in conditions], inner, other)

    def extreme(self, node: Extreme) -> Tensor:
        """The largest or smallest value over a letter, or its place."""
        infinite = "-inf" if node.kind.endswith("max") else "inf"
        neutral = f"{self.writer.dialect.prefix}.inf"
        neutral = f"-{neutral}" if infinite == "-inf" else neutral
        found = self.reduction(node.kind, node.body, node.limit, neutral)
        if not node.kind.startswith("arg"):
            return found
        first = self.limited(node.limit)[1][0]
        return self.writer.indices.index_plus(found, first)

    def log_sum_exp(self, node: LogSumExp) -> Tensor:
        """The logarithm of a sum of exponentials."""
        self.writer.used["logsumexp"] = None
        inner, letter = self._exponents(node)
        place = inner.axes.index(letter)
        axes = tuple(a for a in inner.axes if a != letter)
        end = "" if place == len(inner.axes) - 1 else f", axis={place}"
        return Tensor(f"logsumexp({inner.text}{end})", axes)

    def _exponents(self, node: LogSumExp) -> tuple[Tensor, Symbol]:
        letter, ends, conditions = self.limited(node.limit)
        with self.writer.binding({letter: ends}):
            inner = self._masked(node.body, conditions, f"-{self.writer.dialect.prefix}.inf")
        if letter not in inner.axes:
            raise InputError(f"a sum of exponentials over {letter} does not depend on it")
        return inner, letter

    def softmax(self, node: Softmax) -> Tensor:
        """The softmax over a letter at another, or at a lookup."""
        letter, ends, _ = self.limited(node.limit)
        at = node.at
        plain = (
            isinstance(at, Symbol) and at not in self.writer.scalars and at in self.writer.bounds
        )
        if plain and self.writer.bounds[at] == ends and at not in letters_of(node.body):
            self.writer.used["softmax"] = None
            inner, _ = self._exponents(node)
            axes = tuple(at if a == letter else a for a in inner.axes)
            place = axes.index(at)
            end = "" if place == len(axes) - 1 else f", axis={place}"
            return Tensor(f"softmax({inner.text}{end})", axes)
        value = substituted(node.body, {letter: at}) - LogSumExp(node.body, node.limit)
        return self.writer.apply("exp", 0, self.writer(value))
