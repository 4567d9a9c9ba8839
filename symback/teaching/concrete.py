"""Expressions at numbers: every letter an index, every sum written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from sympy import (
    Add,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Mul,
    NumberSymbol,
    S,
    Symbol,
)
from sympy import Sum as SympySum

from symback.algebra.expressions import Apply, Extremum, Marked, Partial, name_of
from symback.algebra.indexing import (
    Bracket,
    Extreme,
    IntegerEntry,
    Product,
    bracket,
    is_index,
)
from symback.errors import InputError, TooLargeError
from symback.model.equations import Model, Quantity, size_symbol

__all__ = ["MAX_LINES", "Concrete", "entry_key"]

MAX_LINES = 5000
"""Beyond so many values nobody reads them one by one."""


def entry_key(name: str, indices: Sequence[int] = ()) -> str:
    """The key of one entry of a quantity: ``W1[1,2]``; a scalar's name alone."""
    return f"{name}[{','.join(map(str, indices))}]" if indices else name


class Concrete:
    """A model's expressions at concrete indices.

    Args:
        model: with a number for every size, but for those given here.
        sizes: numbers for sizes that it leaves open.
        integers: entries of integer arrays, by key: where a lookup looks.

    Raises:
        InputError: for a size that is still open.
    """

    def __init__(self, model: Model, sizes: Mapping[str, int], integers: Mapping[str, int]) -> None:
        self.model = model
        self.sizes: dict[Expr, Expr] = {}
        for r in (r for q in self.model.quantities.values() for r in q.ranges):
            number = sizes.get(r.name, r.size)
            if not number and r.is_plain:
                raise InputError(
                    f"the size {r.name} is open", hint=f"say --sizes {r.name}=3, or give the values"
                )
            if r.is_plain:
                self.sizes[r.upper] = Integer(number)
        for name, number in {**dict(model.numbers), **sizes}.items():
            self.sizes.setdefault(size_symbol(name), Integer(number))
        self.integers = integers
        # Boundary entries that have an adjoint of their own, by name.
        self.starts: set[tuple[str, tuple[int, ...]]] = set()

    def places(self, quantity: Quantity) -> Iterator[tuple[int, ...]]:
        """The indices of every entry, the last index running fastest."""
        axes = []
        for r in quantity.ranges:
            first, last = self.integer(r.first), self.integer(r.upper)
            axes.append(range(first, last + 1))
        count = 1
        for axis in axes:
            count *= len(axis)
        if count > MAX_LINES:
            raise TooLargeError(
                f"{quantity.name} has {count} entries",
                hint=f"the limit is {MAX_LINES} values: choose a smaller network, or smaller sizes",
            )
        return product(*axes)

    def places_at(self, quantity: Quantity, at: Sequence[Expr]) -> Iterator[tuple[int, ...]]:
        """The indices of every entry at a boundary, over which its own letters run."""
        axes = []
        for index, r in zip(at, quantity.ranges, strict=True):
            if isinstance(index, Symbol) and index in quantity.indices:
                axes.append(range(self.integer(r.first), self.integer(r.upper) + 1))
            else:
                number = self.integer(index)
                axes.append(range(number, number + 1))
        return product(*axes)

    def integer(self, expression: Expr) -> int:
        """The number that an index expression without letters comes to."""
        value = self.concrete(expression, {})
        if not value.is_Integer:
            raise InputError(f"the size in {expression} is open", hint="say --sizes")
        return int(value)

    def concrete(self, node: Expr, at: Mapping[Expr, Expr]) -> Expr:
        """An expression with numbers for its indices and sizes, every sum written out."""
        if node.is_Rational or isinstance(node, NumberSymbol):
            return node
        if isinstance(node, Symbol):
            return at[node] if node in at else self.sizes.get(node, node)
        if isinstance(node, Indexed):
            return self._entry(node, at)
        if isinstance(node, SympySum):
            return Add(*self._terms(node.function, list(node.limits), at))
        if isinstance(node, Product):
            return Mul(*self._terms(node.body, [node.limit], at))
        if isinstance(node, Extreme):
            return self._extreme(node, at)
        if isinstance(node, Mul):
            return self._product(node, at)
        if isinstance(node, Bracket):
            return bracket(
                self.concrete(node.left, at), node.relation, self.concrete(node.right, at)
            )
        if isinstance(node, KroneckerDelta):
            left, right = (self.concrete(index, at) for index in node.args)
            return S.One if left == right else S.Zero
        if isinstance(node, Marked):
            return self.concrete(node.body, at)
        if isinstance(node, Apply):
            return Apply(node.name, self.concrete(node.argument, at), node.order)
        if self._is_beyond(node, at):
            return S.Zero
        if not node.args:
            return node
        return node.func(
            *(self.concrete(part, at) if isinstance(part, Expr) else part for part in node.args)
        )

    def _product(self, node: Mul, at: Mapping[Expr, Expr]) -> Expr:
        """A product; what a bracket makes zero is not looked at, it may not exist."""
        deciding = (KroneckerDelta, Bracket)
        first = [f for f in node.args if isinstance(f, deciding) or is_index(f)]
        decided = Mul(*(self.concrete(f, at) for f in first))
        if decided is S.Zero or any(self._is_beyond(f, at) for f in node.args):
            return S.Zero
        return Mul(decided, *(self.concrete(f, at) for f in node.args if f not in first))

    def _is_beyond(self, node: Expr, at: Mapping[Expr, Expr]) -> bool:
        """Whether this is the adjoint of an entry that does not exist: nothing comes back there."""
        if not isinstance(node, Partial) or not isinstance(node.by, Indexed):
            return False
        quantity = self.model.quantities[name_of(node.by)]
        indices = [self.concrete(index, at) for index in node.by.indices]
        if not all(i.is_Integer for i in indices) or self._exists(quantity, indices):
            return False
        return (quantity.name, tuple(map(int, indices))) not in self.starts

    def _terms(self, body: Expr, limits: list[Any], at: Mapping[Expr, Expr]) -> Iterator[Expr]:
        if not limits:
            yield self.concrete(body, at)
            return
        # The last limit is the outermost: those before it may mention its index.
        *inner, (index, first, last) = limits
        start, end = (int(self.concrete(bound, at)) for bound in (first, last))
        for value in range(start, end + 1):
            yield from self._terms(body, inner, {**at, index: Integer(value)})

    def _extreme(self, node: Extreme, at: Mapping[Expr, Expr]) -> Expr:
        parts = list(self._terms(node.body, [node.limit], at))
        if node.kind in ("max", "min"):
            found = parts[0]
            for part in parts[1:]:
                found = Extremum(node.kind, found, part)
            return found
        raise InputError("an index that depends on values is not worked out unit by unit")

    def _entry(self, node: Indexed, at: Mapping[Expr, Expr]) -> Expr:
        name = name_of(node)
        quantity = self.model.quantities[name]
        indices = [self.concrete(index, at) for index in node.indices]
        if isinstance(node, IntegerEntry):
            key = entry_key(name, [int(i) for i in indices])
            if key not in self.integers:
                raise InputError("has no value", where=key, hint="give it with --values")
            return Integer(self.integers[key])
        entry = quantity.at(*(int(i) for i in indices))
        if quantity.outside is not None and not self._exists(quantity, indices):
            return self.concrete(quantity.outside, {})
        return entry

    def _exists(self, quantity: Quantity, indices: Sequence[Expr]) -> bool:
        return all(
            self.integer(r.first) <= int(index) <= self.integer(r.upper)
            for index, r in zip(indices, quantity.ranges, strict=True)
        )
