"""The taught order: factors from the loss inwards, terms by index with the bias last.

A factor's *rank* is the number of the equation that it comes from, so that a product reads
``dL/dyhat g'(y') W2 f'(h') x``: the way back from the loss.
"""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, Indexed, Mul, Pow, Sum

from symback.algebra.expressions import KINKED, SMOOTH, Apply, Marked, OfVectors, Partial
from symback.model.equations import Model, Role

__all__ = ["Order"]

Key = tuple[Any, ...]

_ELEMENTARY = {*SMOOTH, *KINKED}


class Order:
    """The order of factors and terms in one model's formulas."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._named = _ranks(model)
        self._constants = {q.at() for q in model.given if q.role is Role.CONSTANT and not q.ranges}
        self._constants |= set(model.sizes)
        self._ranks: dict[Expr, int] = {}
        self._factor_keys: dict[Expr, Key] = {}
        self._indices: dict[Expr, Key] = {}

    def rank(self, expression: Expr) -> int:
        """The number of the latest equation that an expression comes from."""
        found = self._ranks.get(expression)
        if found is None:
            found = self._ranks[expression] = self._rank(expression)
        return found

    def _rank(self, node: Expr) -> int:
        if isinstance(node, Indexed):
            return self._named.get(str(node.base.label), 0)
        if isinstance(node, Partial):
            return self.rank(node.of)
        if isinstance(node, Apply):  # the equation after that of its argument applies it
            return self.rank(node.argument) + (node.name not in _ELEMENTARY)
        if isinstance(node, Marked):
            return self.rank(node.body)
        if isinstance(node, OfVectors):
            return max(map(self.rank, node.arguments), default=0) + 1
        if isinstance(node, Sum):
            return self.rank(node.function)
        if node.is_Symbol:
            return self._named.get(node.name, -1)
        return max(map(self.rank, node.args), default=-1)

    def factors(self, factors: list[Expr]) -> list[Expr]:
        """Constants, then from the loss inwards; a sum last, so that it needs no parentheses."""
        return sorted(factors, key=self.factor_key)

    def factor_key(self, factor: Expr) -> Key:
        """What factors are sorted by."""
        found = self._factor_keys.get(factor)
        if found is None:
            found = self._factor_keys[factor] = (
                2 if isinstance(factor, Sum) else int(not self._is_constant(factor)),
                -self.rank(factor),
                _kind(factor.base if isinstance(factor, Pow) else factor),
                self.indices(factor),
            )
        return found

    def _is_constant(self, factor: Expr) -> bool:
        base = factor.base if isinstance(factor, Pow) else factor
        return factor in self._constants or self.is_variable(base)

    def is_variable(self, node: Expr) -> bool:
        """Whether this is the variable of a function's definition, and not of the model."""
        return node.is_Symbol and node.name not in self._named and node not in self._constants

    def terms(self, terms: list[Expr], negative: list[Expr]) -> list[Expr]:
        """Terms by index, a number first and a bias last; the first is positive where one is."""
        ordered = sorted(terms, key=self._term_key)
        first = next((term for term in ordered if term not in negative), None)
        if first is not None and first is not ordered[0]:
            ordered.remove(first)
            ordered.insert(0, first)
        return ordered

    def _term_key(self, term: Expr) -> Key:
        factors = self.factors([f for f in Mul.make_args(term) if not f.is_Number])
        if not factors:
            return (0,)
        indices = tuple(index for factor in factors for index in self.indices(factor))
        return (
            1,
            len(factors) == 1 and self._is_bias(factors[0]),
            isinstance(factors[-1], Sum),
            -self.rank(term),
            indices,
            tuple(self.factor_key(factor)[2] for factor in factors),
        )

    def _is_bias(self, factor: Expr) -> bool:
        if not isinstance(factor, Indexed):
            return False
        quantity = self.model.quantities.get(str(factor.base.label))
        return quantity is not None and quantity.role is Role.BIAS

    def indices(self, expression: Expr) -> Key:
        """The first few indices that an expression shows, numbers before letters."""
        found = self._indices.get(expression)
        if found is None:
            if isinstance(expression, Indexed):
                found = tuple(
                    (0, int(i), "") if i.is_Integer else (1, 0, str(i)) for i in expression.indices
                )
            else:
                gathered: list[Any] = []
                for part in expression.args:
                    if isinstance(part, Expr) and len(gathered) < 4:
                        gathered.extend(self.indices(part))
                found = tuple(gathered[:4])
            self._indices[expression] = found
        return found


def _kind(factor: Expr) -> int:
    """Among factors of one rank: ``y (1 - y) log(1 - y)``, ``sigma(z) (1 - sigma(z))``."""
    if isinstance(factor, Indexed):
        return 0
    if isinstance(factor, Add):
        return 2
    is_last = isinstance(factor, Apply) and not factor.order and factor.name in _ELEMENTARY
    return 3 if is_last else 1


def _ranks(model: Model) -> dict[str, int]:
    """A defined quantity's own number; for weights and targets, that of the equation using them."""
    ranks = {equation.quantity.name: equation.number for equation in model.equations}
    used: dict[str, int] = {}
    for equation in model.equations:
        for name in equation.mentions:
            used.setdefault(name, equation.number)
    for quantity in model.given:
        if quantity.role in (Role.WEIGHT, Role.BIAS, Role.TARGET):
            ranks[quantity.name] = used.get(quantity.name, 0)
    return ranks
