"""Index expressions, limits and ranges as affine forms and conditions on them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sympy import Add, Expr, Indexed, Mul, Symbol

from symback.algebra.equality import free_name
from symback.algebra.expressions import name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Extreme,
    FloorOf,
    Largest,
    Smallest,
    is_index,
)
from symback.model.equations import Equation, Model, Range
from symback.verification.allsizes.affine import Affine, Condition, at_least
from symback.verification.allsizes.sums import Sums, UnknownError
from symback.verification.allsizes.terms import Atom, Given, Poly, fresh, product_of

__all__ = ["Environment", "Indices", "form_of", "given_of", "range_conditions"]

Environment = Mapping[Expr, "Affine | Poly"]
"""What stands for a letter while an expression is read, or for a scalar."""


class Indices(Sums):
    """Reads what stands where an index stands.

    Attributes:
        helpers: lines that define further names, by name.
    """

    helpers: Mapping[str, list[Equation]] = {}

    @abstractmethod
    def read(self, node: Expr, at: Environment) -> Poly:
        """An expression as a sum of terms."""

    def index(self, node: Expr, at: Environment) -> Affine:
        """An index expression as an affine form."""
        found = at.get(node)
        if isinstance(found, Affine):
            return found
        if node.is_Integer:
            return _number(int(node))
        if isinstance(node, Symbol):
            return _letter(free_name(node))
        if isinstance(node, Add):
            result = _number(0)
            for part in node.args:
                result = result + self.index(part, at)
            return result
        if isinstance(node, Mul):
            result = Affine({}, 1)
            for part in node.args:
                result = product_of(result, self.index(part, at))
            return result
        if isinstance(node, Indexed):
            name = name_of(node)
            indices = tuple(self.index(i, at) for i in node.indices)
            line = next((e for e in self.helpers.get(name, ()) if not e.is_boundary), None)
            if line is not None:
                letters: dict[Expr, Affine | Poly] = dict(
                    zip(line.quantity.indices, indices, strict=True)
                )
                return self.index(line.expression, letters)
            return Affine({Atom(f"look {name}", indices): 1})
        if isinstance(node, Extreme) and is_index(node):
            return Affine({self._extreme(node, at): 1})
        raise UnknownError(f"an index {node}")

    def _extreme(self, node: Extreme, at: Environment) -> Atom:
        letter, inner, conditions = self._bind(node.limit, at)
        body = self.where(self.read(node.body, inner), conditions)
        try:  # its place lies between these
            ends = tuple(self.index(end, at) for end in node.limit[1:])
        except UnknownError:
            ends = ()
        return Atom(node.kind, ends, (self.summed(body, [letter]),))

    def _bind(
        self, limit: Expr, at: Environment
    ) -> tuple[int, dict[Expr, Affine | Poly], list[Condition]]:
        index, first, last = limit
        letter = fresh()
        form = Affine({letter: 1})
        conditions = [*self._from(form, first, at), *self._to(form, last, at)]
        return letter, {**at, index: form}, conditions

    def _from(self, form: Affine, first: Expr, at: Environment) -> Iterator[Condition]:
        if isinstance(first, Largest):
            for part in first.args:
                yield from self._from(form, part, at)
            return
        rounded, rest = _apart(first, CeilingOf)
        if rounded is not None:
            whole = product_of(form - self.index(rest, at), self._positive(rounded.divisor))
            yield at_least(whole - self.index(rounded.numerator, at))
            return
        yield at_least(form - self.index(first, at))

    def _to(self, form: Affine, last: Expr, at: Environment) -> Iterator[Condition]:
        if isinstance(last, Smallest):
            for part in last.args:
                yield from self._to(form, part, at)
            return
        rounded, rest = _apart(last, FloorOf)
        if rounded is not None:
            whole = product_of(form - self.index(rest, at), self._positive(rounded.divisor))
            yield at_least(self.index(rounded.numerator, at) - whole)
            return
        yield at_least(self.index(last, at) - form)

    def _positive(self, node: Expr) -> Affine:
        """A divisor: a positive number, or a size."""
        if not node.is_positive:
            raise UnknownError("a quotient by what need not be positive")
        return self.index(node, {})

    def _divisor(self, node: Expr) -> int:
        if not node.is_Integer or node <= 0:
            raise UnknownError("a quotient by a size")
        return int(node)

    def _inside(self, ranges: Iterable[Range], indices: Iterable[Affine]) -> list[Condition]:
        found = []
        for r, index in zip(ranges, indices, strict=True):
            found += range_conditions(r, index)
        return found


@lru_cache(maxsize=1024)
def _number(value: int) -> Affine:
    return Affine({}, value)


@lru_cache(maxsize=1024)
def _letter(name: str) -> Affine:
    return Affine({name: 1})


def _apart(node: Expr, kind: type[Expr]) -> tuple[Expr | None, Expr]:
    """A rounded quotient in a sum of index expressions, and what is added to it."""
    parts = Add.make_args(node)
    rounded = [part for part in parts if isinstance(part, kind)]
    if len(rounded) != 1:
        return None, node
    return rounded[0], Add(*(part for part in parts if part is not rounded[0]))


class _Plain(Indices):
    def read(self, node: Expr, at: Environment) -> Poly:
        raise UnknownError(type(node).__name__)


def form_of(index: Expr) -> Affine:
    """An index expression in letters and sizes as an affine form."""
    return _Plain().index(index, {})


def range_conditions(r: Range, index: Affine) -> list[Condition]:
    """That an index is in a range."""
    return [
        at_least(index - form_of(r.first)),
        at_least(form_of(r.upper) - index),
    ]


def given_of(model: Model, letters: Iterable[Condition] = ()) -> Given:
    """What holds of the sizes of a model, and of letters."""
    conditions, counts = _of_sizes(model)
    return Given([*conditions, *letters], counts)


@lru_cache(maxsize=16)
def _of_sizes(model: Model) -> tuple[list[Condition], dict[str, Affine]]:
    """That sizes are positive and meet a model's conditions; up to what indices count."""
    conditions = [at_least(Affine({name: 1}, -1)) for name in model.size_names]
    for condition in model.conditions:
        if isinstance(condition, Bracket) and condition.relation == "<=":
            left, right = form_of(condition.left), form_of(condition.right)
            conditions.append(at_least(right - left))
    counts = {q.name: form_of(q.counts) for q in model.quantities.values() if q.counts is not None}
    return conditions, counts
