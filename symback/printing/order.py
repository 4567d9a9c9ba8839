"""The taught order: factors from the loss inwards, terms by index with the bias last.

A factor's *rank* is the number of the equation that it comes from, so that a product reads
``dL/dyhat g'(y') W2 f'(h') x``: the way back from the loss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Add, Expr, Indexed, Mul, Pow, Sum, Symbol

from symback.algebra.directions import Directional
from symback.algebra.expressions import (
    KINKED,
    SMOOTH,
    Apply,
    Marked,
    OfVectors,
    Partial,
    indices_of,
    name_of,
    within,
)
from symback.model.equations import Model, Role

__all__ = ["Order"]

Key = tuple[Any, ...]

_ELEMENTARY = {*SMOOTH, *KINKED}


class Order:
    """The order of factors and terms in one model's formulas.

    Args:
        model: the model.
        written: names of quantities in the order in which somebody typed them, to be kept.
        goes_to_first: whether squares of weights go by the unit that a weight goes to, as where
            that index stands first, or weights are counted so.
    """

    def __init__(
        self, model: Model, written: Sequence[str] = (), *, goes_to_first: bool = False
    ) -> None:
        self.model = model
        self._goes_to_first = goes_to_first
        self._written = {name: place for place, name in enumerate(written)}
        self._named = _ranks(model)
        self._constants = {q.at() for q in model.given if q.role is Role.CONSTANT and not q.ranges}
        self._constants |= set(model.sizes)
        self._ranks: dict[Expr, float] = {}
        self._factor_keys: dict[Expr, Key] = {}
        self._indices: dict[Expr, Key] = {}
        self._parts: dict[str, frozenset[str]] = {}
        parameters = (q.name for q in model.given if q.role is Role.PARAMETER)
        self._places = {name: place for place, name in enumerate(parameters)}

    @property
    def is_typed(self) -> bool:
        """Whether it is the order in which somebody typed an equation."""
        return bool(self._written)

    def rank(self, expression: Expr) -> float:
        """The number of the latest equation that an expression comes from."""
        found = self._ranks.get(expression)
        if found is None:
            found = self._ranks[expression] = self._rank(expression)
        return found

    def _rank(self, node: Expr) -> float:
        if isinstance(node, Indexed):
            # What was there a step ago is an input to the equations of this one.
            return 0 if _is_earlier(node) else self._named.get(name_of(node), 0)
        if isinstance(node, Partial):
            return self.rank(node.of)
        if isinstance(node, Directional):
            return self.rank(node.body)
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
        if found is None and self._written:
            found = self._factor_keys[factor] = (
                self._group(factor),
                self._typed(factor),
                _kind(factor.base if isinstance(factor, Pow) else factor),
                self.indices(factor),
            )
        elif found is None:
            found = self._factor_keys[factor] = (
                self._group(factor),
                -self.rank(factor),
                _kind(factor.base if isinstance(factor, Pow) else factor),
                not self._is_parameter(factor),
                self.indices(factor),
            )
        return found

    def _typed(self, node: Expr) -> Key:
        """The first places at which the names of an expression were typed, in order."""
        names = {name_of(entry) for entry in within(node, Indexed, Symbol)}
        places = sorted(self._written[name] for name in names if name in self._written)
        return tuple(places) or (-1,)

    def _group(self, factor: Expr) -> int:
        """A number first, then constants, then the rest, sums last."""
        if isinstance(factor, Sum):
            return 2
        if isinstance(factor, Pow) and factor.is_number and not factor.atoms(Indexed, Apply):
            return -1
        return int(not self._is_constant(factor))

    def _is_constant(self, factor: Expr) -> bool:
        base = factor.base if isinstance(factor, Pow) else factor
        return factor in self._constants or self.is_variable(base)

    def is_variable(self, node: Expr) -> bool:
        """Whether this is the variable of a function's definition, and not of the model."""
        return node.is_Symbol and node.name not in self._named and node not in self._constants

    def terms(self, terms: list[Expr], negative: list[Expr]) -> list[Expr]:
        """Terms by index, a number first and a bias last; the first is positive where one is."""
        upstream = self._from_the_loss(terms)
        ordered = sorted(terms, key=lambda term: self._term_key(term, upstream))
        first = next((term for term in ordered if term not in negative), None)
        if first is not None and first is not ordered[0]:
            ordered.remove(first)
            ordered.insert(0, first)
        return ordered

    def _term_key(self, term: Expr, upstream: Mapping[str, float]) -> Key:
        factors = self.factors([f for f in Mul.make_args(term) if not f.is_Number])
        if not factors:
            return (0,)
        if self._written:
            return (1, self._typed(term))
        indices = tuple(index for factor in factors for index in self.indices(factor))
        squares = self._has_weights_alone(term)
        if squares and self._goes_to_first:
            indices = indices[::-1]
        return (
            1,
            len(factors) == 1 and self._is_bias(factors[0]),
            self._is_later(term),
            self._is_decay(factors),
            isinstance(factors[-1], Sum) and self.model.has_layers,
            self.rank(term) if squares else -self.rank(term),
            min((upstream[name] for name in self._upstream(term)), default=0) if upstream else 0,
            self._place(term),
            self._equation_of(term),
            indices,
            tuple(self.factor_key(factor)[2] for factor in factors),
            self._differentiated(factors),
        )

    def _differentiated(self, factors: list[Expr]) -> Key:
        """What the derivatives in a product are by: terms that are alike go as the equations do."""
        by = (node.by for factor in factors for node in within(factor, Partial))
        return tuple(sorted(self._named.get(name_of(entry), 0) for entry in by))

    def _upstream(self, term: Expr) -> frozenset[str]:
        """The names of what a term has the loss differentiated by."""
        loss = self.model.loss.entry
        return frozenset(name_of(node.by) for node in within(term, Partial) if node.of == loss)

    def _from_the_loss(self, terms: Sequence[Expr]) -> dict[str, float]:
        """Places of what the loss is differentiated by, where one is made of another.

        The paths through a normalised value, its deviation and its mean go from the loss inwards,
        before derivatives are put in and behind that.
        """
        if self.model.has_layers or len(terms) < 2:
            return {}
        by = frozenset[str]().union(*map(self._upstream, terms))
        if not any(self._made_of(name) & by - {name} for name in by):
            return {}
        return {name: -self._named.get(name, 0) for name in by}

    def _equation_of(self, term: Expr) -> float:
        """Of a model without layers, the equation of what the loss is differentiated by."""
        if self.model.has_layers:
            return 0
        return min((self._named.get(name, 0) for name in self._upstream(term)), default=-1)

    def _made_of(self, name: str) -> frozenset[str]:
        """What a quantity depends on within its step: not on what was there a step ago."""
        found = self._parts.get(name)
        if found is None:
            self._parts[name] = frozenset()
            right = (e.expression for e in self.model.equations if e.quantity.name == name)
            entries = (node for one in right for node in within(one, Indexed))
            direct = frozenset(name_of(node) for node in entries if not _is_earlier(node))
            found = direct.union(*map(self._made_of, direct - {name}))
            self._parts[name] = found
        return found

    def _has_weights_alone(self, term: Expr) -> bool:
        """Whether a term is of weights alone, as one of a weight decay, layer by layer."""
        entries = within(term, Indexed) if isinstance(term, Sum | Pow) else ()
        return bool(entries) and all(self._role(entry) is Role.WEIGHT for entry in entries)

    def _is_bias(self, factor: Expr) -> bool:
        """Whether a term is a bias: of a model without layers, any parameter by itself."""
        return self._role(factor) in (Role.BIAS, Role.PARAMETER)

    def _is_decay(self, factors: Sequence[Expr]) -> bool:
        """Whether a term is a constant times a weight, as of a weight decay: it stands last."""
        return (
            len(factors) == 2
            and factors[0] in self._constants
            and self._role(factors[1]) is Role.WEIGHT
        )

    def _is_parameter(self, factor: Expr) -> bool:
        return self._role(factor) is Role.PARAMETER

    def _role(self, factor: Expr) -> Role | None:
        """The role of what a factor is an entry of."""
        if not isinstance(factor, Indexed | Symbol):
            return None
        quantity = self.model.quantities.get(name_of(factor))
        return None if quantity is None else quantity.role

    def _is_later(self, term: Expr) -> bool:
        """Whether a term is what comes back from a later step: it follows what is local."""
        return not self.model.has_layers and any(
            _shift(index) > 0 for node in within(term, Partial) for index in indices_of(node.by)
        )

    def _place(self, term: Expr) -> int:
        """The place among all quantities of the first parameter that a term mentions."""
        if self.model.has_layers:
            return 0
        names = {name_of(node) for node in within(term, Indexed)}
        places = [self._places[name] for name in names if name in self._places]
        return min(places, default=len(self._places))

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


def _shift(index: Expr) -> int:
    """By how much an index lies away from its letter; 0 for anything else."""
    number, rest = index.as_coeff_Add()
    return int(number) if isinstance(rest, Symbol) and number.is_Integer else 0


def _is_earlier(node: Indexed) -> bool:
    return any(_shift(index) < 0 for index in node.indices)


def _kind(factor: Expr) -> int:
    """Among factors of one rank: ``y (1 - y) log(1 - y)``, ``sigma(z) (1 - sigma(z))``."""
    if isinstance(factor, Indexed):
        return 0
    if isinstance(factor, Add):
        return 2
    is_last = isinstance(factor, Apply) and not factor.order and factor.name in _ELEMENTARY
    return 3 if is_last else 1


def _ranks(model: Model) -> dict[str, float]:
    """A defined quantity's own number; for weights and targets, that of the equation using them."""
    ranks: dict[str, float] = {e.quantity.name: e.number for e in model.equations}
    used: dict[str, int] = {}
    for equation in model.equations:
        for name in equation.mentions:
            used.setdefault(name, equation.number)
    for quantity in model.given:
        if quantity.role in (Role.WEIGHT, Role.BIAS, Role.TARGET):
            ranks[quantity.name] = used.get(quantity.name, 0)
        elif quantity.role is Role.PARAMETER:  # next to the adjoint, before what it multiplies
            ranks[quantity.name] = len(model.equations) - 0.5
    return ranks
