"""Numbers, names, sums, products, quotients and powers, in any target language.

What is decided here holds for all targets: the order of factors and terms, which sign stands where,
what goes under a fraction's bar, and where parentheses are needed.  SymPy's own printers are never
asked: they reorder what is taught in an order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property
from math import inf
from typing import NamedTuple, Self

from sympy import (
    Add,
    Expr,
    Indexed,
    Integer,
    Mul,
    NumberSymbol,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
)

from symback.algebra.expressions import Apply, Partial, name_of
from symback.model.equations import Model
from symback.notation import FOUNDING, IndexOrder, Notation, Vocabulary
from symback.notation.indices import index_text
from symback.printing.cases import (
    Condition,
    groups,
    opposite_of,
    without_said,
)
from symback.printing.deltas import in_deltas
from symback.printing.extremes import put_together
from symback.printing.order import Order
from symback.printing.signs import coefficient
from symback.printing.target import Level, Target, plainly

__all__ = ["Arithmetic", "Piece"]


class Piece(NamedTuple):
    """A printed part of a formula.

    Attributes:
        text: as the target sets it, with marks where a line may be broken.
        level: how tightly it holds together.
        kind: ``partial``, ``long`` or nothing; products are set with a dot beside some.
    """

    text: str
    level: Level
    kind: str = ""


class Arithmetic(ABC):
    """Prints numbers, names, sums, products and powers; what inherits it prints the rest.

    Attributes:
        deltas: print the loss's derivative by a pre-activation as a delta.
        bounds: print the upper end of every sum.
        written: names in the order in which somebody typed them, kept for one equation.
        tint: the number of the colour in which a factor of a product is set; 0 for none.
        widest: the room for what cannot be torn apart: a fraction, a root or a brace that would be
            wider is set without its bar, so that a line can be broken within.
    """

    def __init__(
        self,
        target: Target,
        model: Model,
        notation: Notation = FOUNDING,
        *,
        deltas: bool = False,
        bounds: bool = False,
        widest: float = inf,
        written: Sequence[str] = (),
        tint: Callable[[Expr], int] | None = None,
    ) -> None:
        self.target = target
        self.model = model
        self.deltas = deltas
        self.bounds = bounds
        self.widest = widest
        self.tint = tint
        self.vocabulary = Vocabulary.of(model, notation)
        goes_to_first = notation.index_order is IndexOrder.TO_FROM or notation.weight.flat
        self.order = Order(model, written, goes_to_first=goes_to_first)
        self._known: dict[Expr, Piece] = {}
        self._signs: dict[Expr, tuple[Rational, Expr]] = {}
        # What is derived from a model without layers is said for all sizes, whatever is tried.
        layered = model.has_layers
        self._sizes = {
            upper.name: size if layered else 0
            for upper, size in model.sizes.items()
            if upper.is_Symbol
        }
        self._sizes.update({name: 0 for name in model.size_names if name not in self._sizes})

    def __call__(self, expression: Expr) -> str:
        """An expression on one line."""
        return plainly(self.marked(expression))

    def marked(self, expression: Expr) -> str:
        """An expression with marks where a line may be broken."""
        if self.deltas:
            expression = in_deltas(expression, self.vocabulary)
        return self._signed(self._shares_in_front(self._without_sums_of_one(expression))).text

    def _shares_in_front(self, expression: Expr) -> Expr:
        """``1/N`` in front of a sum in all of whose terms it is, beside a number or before sums."""
        if self.order.is_typed:
            return expression
        while True:
            moved = {node: self._with_share(node) for node in expression.atoms(Sum, Add)}
            moved = {node: other for node, other in moved.items() if other is not node}
            if not moved:
                return expression
            expression = expression.xreplace(moved)

    def _with_share(self, node: Sum | Add) -> Expr:
        """A sum behind the sizes that divide all of its terms."""
        if isinstance(node, Sum):
            share = Mul(*self._divisors(node.function))
            return node if share is S.One else share * Sum(node.function / share, *node.limits)
        if abs(self._sign(node)[0]) == 1 and not all(map(_ends_in_a_sum, node.args)):
            return node
        share = Mul(*set.intersection(*(self._divisors(term) for term in node.args)))
        return node if share is S.One else share * Add(*(term / share for term in node.args))

    def _divisors(self, term: Expr) -> set[Expr]:
        """The sizes that divide a product."""
        return {f for f in Mul.make_args(term) if _is_divisor(f) and self._is_size(f.base)}

    def _is_size(self, node: Expr) -> bool:
        return isinstance(node, Symbol) and node.name in self._sizes

    def _without_sums_of_one(self, expression: Expr) -> Expr:
        """The terms of sums that have one alone: as factors they stand where factors do."""
        if 1 not in self._sizes.values():
            return expression
        while True:
            opened = {node: self._opened(node) for node in expression.atoms(Sum)}
            opened = {node: term for node, term in opened.items() if term is not node}
            if not opened:
                return expression
            expression = expression.xreplace(opened)

    def for_target(self, target: Target) -> Self:
        """The same printer with another target."""
        other = copy(self)
        other.target, other._known = target, {}
        other.__dict__.pop("_uncoloured", None)
        return other

    @cached_property
    def _uncoloured(self) -> Self:
        """The same printer, to which no factor has a colour."""
        other = copy(self)
        other.tint, other._known = None, {}
        return other

    def equation(self, left: Expr, right: Expr) -> str:
        """An equation on one line."""
        return self.target.equal(self(left), self(right))

    # One node at a time -------------------------------------------------------------------------

    def piece(self, expression: Expr) -> Piece:
        """A printed part; inner parts first, so that depth costs no recursion."""
        stack = [expression]
        while stack:
            node = stack[-1]
            if node in self._known:
                stack.pop()
                continue
            if self.tint and isinstance(node, Apply):  # in an argument nothing is a factor
                stack.pop()
                self._known[node] = self._uncoloured.piece(node)
                continue
            inner = (
                []
                if isinstance(node, Indexed)
                else [
                    part
                    for part in node.args
                    if part.args and isinstance(part, Expr) and part not in self._known
                ]
            )
            if inner:
                stack.extend(inner)
                continue
            stack.pop()
            self._known[node] = self._print(node)
        return self._known[expression]

    @abstractmethod
    def _print(self, node: Expr) -> Piece:
        """One node, whose inner parts are known."""

    @abstractmethod
    def _opened(self, node: Sum) -> Expr:
        """A sum without the indices that run up to 1."""

    @abstractmethod
    def _cases(self, expression: Expr) -> Piece:
        """What holds under conditions, case by case."""

    @abstractmethod
    def _condition(self, condition: Condition) -> str:
        """What has to hold."""

    def _sign(self, expression: Expr) -> tuple[Rational, Expr]:
        found = self._signs.get(expression)
        if found is None:
            found = self._signs[expression] = coefficient(expression)
        return found

    def _signed(self, expression: Expr) -> Piece:
        number, rest = self._sign(expression)
        if not number.is_negative:
            return self.piece(expression)
        inner = self._scaled(-number, rest)
        text = inner.text if inner.level > Level.SUM else self.target.parentheses(inner.text)
        return Piece(self.target.terms([(True, text)]), Level.SUM, inner.kind)

    def _scaled(self, number: Rational, rest: Expr) -> Piece:
        if number is S.One:
            return self.piece(rest)
        return self._product(number, list(Mul.make_args(rest)) if rest is not S.One else [])

    def _at_least(self, piece: Piece, level: Level) -> Piece:
        if piece.level >= level:
            return piece
        return Piece(self.target.parentheses(piece.text), Level.ATOM, piece.kind)

    # Numbers, names ------------------------------------------------------------------------------

    def _number(self, node: Rational) -> Piece:
        if node.is_negative:
            return self._signed(node)
        decimal = _decimal(node) if self.target.spells_out else ""
        if decimal:
            return Piece(decimal, Level.ATOM)
        level = Level.ATOM if node.q == 1 else self.target.quotient_level
        return Piece(self.target.number(int(node.p), int(node.q)), level)

    def _symbol(self, node: Symbol) -> Piece:
        if node.name in self._sizes:
            return Piece(self.size(node), Level.ATOM)
        if node.name in self.model.quantities:
            return Piece(self.name(node.name), Level.ATOM)
        return Piece(self.index(node), Level.ATOM)

    def index(self, node: Expr) -> str:
        """An index: a letter, a number, or an expression of these."""
        if isinstance(node, Symbol) and node.name not in self._sizes:
            return self.target.spelling(self.vocabulary.spell_index(node.name))
        if isinstance(node, Symbol):
            return self.size(node)
        if isinstance(node, Integer):
            return self.piece(node).text
        return self.target.index(index_text(node))

    def size(self, node: Expr) -> str:
        """The number of units of a layer; of samples a letter."""
        if not isinstance(node, Symbol):  # the last value of a range with ends of its own
            return self.index(node)
        number = self._sizes.get(node.name)
        if number:
            return self.target.number(number, 1)
        return self.target.spelling(self.vocabulary.spell_size(node.name))

    def name(self, name: str, indices: tuple[Expr, ...] = ()) -> str:
        """A quantity, or one entry of it, by its name in the model."""
        return self.target.spelling(self.vocabulary.spell(name, indices))

    def named(self, name: str, indices: tuple[Expr, ...] = ()) -> Piece:
        """As `name`; a layer that looks like an exponent needs parentheses below a real one."""
        spelling = self.vocabulary.spell(name, indices)
        level = Level.POWER if spelling.is_like_a_power else Level.ATOM
        return Piece(self.target.spelling(spelling), level)

    def function(self, name: str) -> str:
        """A function by its name in the model."""
        return self.target.function(name) or self.target.spelling(
            self.vocabulary.spell_function(name)
        )

    def _entry(self, node: Indexed) -> Piece:
        return self.named(name_of(node), node.indices)

    # Sums and products ---------------------------------------------------------------------------

    def _add(self, node: Add) -> Piece:
        number, rest = self._sign(node)
        if number is not S.One:
            return self._signed(node) if number.is_negative else self._scaled(number, rest)
        terms = put_together(node.args)
        if len(terms) == 1:
            return self._signed(terms[0])
        if self.target.spells_out:
            if (condition := opposite_of(node)) is not None:
                return Piece(self.target.bracket(self._condition(condition)), Level.ATOM)
            # As it was typed, max(0, u) stays what it is.
            terms = terms if self.order.is_typed else groups(terms)
            if len(terms) == 1:
                return self._cases(node)
        signed = {}
        for term in terms:
            share, positive = self._sign(term)
            signed[positive * abs(share)] = share.is_negative
        terms = self.order.terms(list(signed), [t for t, negative in signed.items() if negative])
        pieces = [*map(self._term_before_others, terms[:-1]), self.piece(terms[-1])]
        texts = [
            (signed[term], self._at_least(piece, Level.SIGMA).text)
            for term, piece in zip(terms, pieces, strict=True)
        ]
        return Piece(self.target.terms(texts), Level.SUM)

    def _term_before_others(self, term: Expr) -> Piece:
        """A term that others follow: a sum behind a factor is bracketed, or they would seem in it.

        A sum that opens a term is not: ``sum_j W[j,k] x[j] + b[k]`` is read rightly by everybody.
        """
        piece = self.piece(term)
        number, rest = self._sign(term)
        if piece.level is not Level.SIGMA or not isinstance(rest, Mul):
            return piece
        return self._product(number, list(rest.args), closed=True)

    def _mul(self, node: Mul) -> Piece:
        number, rest = self._sign(node)
        if number.is_negative:
            return self._signed(node)
        return (
            self._scaled(number, rest)
            if number is not S.One
            else self._product(number, list(Mul.make_args(rest)))
        )

    def _product(self, number: Rational, factors: list[Expr], *, closed: bool = False) -> Piece:
        number, factors = _roots_below(number, factors)
        factors = [factor for factor in factors if not self._is_one(factor)]
        if self.target.spells_out:
            factors = without_said(factors)
        above = [f for f in factors if not _is_divisor(f)]
        below = [1 / f for f in factors if _is_divisor(f)]
        if not below:
            return self._row(number, self.order.factors(above), closed=closed)
        # What comes from the same equation as the divisor, or a later one, stands above the bar.
        rank = max(self.order.rank(factor) for factor in below)
        # A derivative is a fraction of its own: above a bar it would be one in another.
        candidates = [f for f in above if not self._is_tall(f)]
        over = [f for f in candidates if self.order.rank(f) > rank] or [
            f for f in candidates if self.order.rank(f) == rank
        ]
        if self.order.is_typed:
            over = candidates
        if rank < 0 and any(factor.has(Apply) for factor in below):  # of a letter, in a definition
            over = candidates
        elif rank < 0:  # only sizes and numbers: in front, below another number or a variable
            over = [f for f in above if f.is_number] or list(filter(self.order.is_variable, above))
        elif not over and all(isinstance(f, Indexed) for f in above):  # w / (N sum g w)
            over = above
        rest = [f for f in above if f not in over]
        quotient = self._quotient(number, self.order.factors(over), self.order.factors(below))
        if not rest:
            return quotient
        ordered = self.order.factors(rest)
        keys = [self.order.factor_key(f) for f in ordered]
        numeric = all(factor.is_number for factor in over)
        mine = (False, -(10**9)) if numeric else self.order.factor_key(over[0])
        place = sum(key[:2] < mine[:2] for key in keys)
        pieces = [self._factor(f) for f in ordered]
        beside = [*pieces[:place], quotient, *pieces[place:]]
        return self._beside(beside, numbered=not over, closed=closed)

    def _is_tall(self, factor: Expr) -> bool:
        """Whether a factor would make a fraction within one: a derivative, or a sum with some."""
        if isinstance(factor, Sum | Partial):
            return True
        has_bars = self.target.quotient_level is Level.ATOM
        return has_bars and isinstance(factor, Add) and factor.has(Partial)

    def _is_one(self, factor: Expr) -> bool:
        """Whether it is the size of a layer of one unit, or a power of that."""
        base = factor.base if isinstance(factor, Pow) else factor
        return isinstance(base, Symbol) and self._sizes.get(base.name) == 1

    def _quotient(self, number: Rational, over: list[Expr], below: list[Expr]) -> Piece:
        top = self._row(Rational(number.p, 1), over)
        bottom = self._row(Rational(number.q, 1), below)
        if self.target.quotient_level < Level.ATOM:  # no bar to bracket them
            top, bottom = self._at_least(top, Level.PRODUCT), self._at_least(bottom, Level.POWER)
        sides = top.text, bottom.text
        if not self.target.breaks_all:
            sides = plainly(top.text), plainly(bottom.text)
        text = self.target.quotient(*sides)
        if self._fits(text):
            return Piece(text, self.target.quotient_level, "partial")
        if self._fits(bottom.text):  # 1/3 (…), which can be broken
            front = self.target.quotient(str(number.p), plainly(bottom.text))
            pieces = [Piece(front, Level.ATOM, "partial"), self._row(S.One, over)]
            return self._beside(pieces, numbered=True)
        sides = self._at_least(top, Level.PRODUCT).text, self._at_least(bottom, Level.ATOM).text
        return Piece(self.target.solidus(*sides), Level.SIGMA, "partial")

    def _fits(self, text: str) -> bool:
        """Whether what cannot be torn apart is narrow enough."""
        return self.target.measure(plainly(text)) <= self.widest

    def _row(self, number: Rational, ordered: list[Expr], *, closed: bool = False) -> Piece:
        pieces = [self._factor(factor) for factor in ordered]
        if number is S.One and pieces:
            return self._beside(pieces, closed=closed)
        front = self._number(number)
        if not pieces:
            return front
        return self._beside([front, *pieces], numbered=True, closed=closed)

    def _factor(self, factor: Expr) -> Piece:
        """A factor of a product, in its colour where it has one; it is not broken then.

        Of a derivative whose argument is written out only the name is in it: lines break there.
        """
        piece = self.piece(factor)
        tint = self.tint(factor) if self.tint else 0
        if not tint:
            return piece
        if isinstance(factor, Apply) and not isinstance(factor.argument, Indexed):
            name = self.target.primed(self.function(factor.name), factor.order)
            argument = self._uncoloured.piece(factor.argument)
            text = self.target.call(self.target.tinted(name, tint), 0, argument.text)
            return Piece(text, piece.level, piece.kind)
        held = self._at_least(piece, Level.PRODUCT)
        return Piece(self.target.tinted(plainly(held.text), tint), Level.PRODUCT, held.kind)

    def _beside(
        self, pieces: list[Piece], *, numbered: bool = False, closed: bool = False
    ) -> Piece:
        """Factors in the given order; only the last may be open to the right, unless ``closed``."""
        if len(pieces) == 1:
            return pieces[0]
        held = [self._at_least(piece, Level.PRODUCT) for piece in pieces[:-1]]
        held.append(self._at_least(pieces[-1], Level.PRODUCT if closed else Level.SIGMA))
        kinds = {piece.kind for piece in held[:-1] if piece.kind}
        kinds |= {piece.kind for piece in held[-1:] if piece.kind == "partial"}
        if numbered:
            kinds.add("number")
        level = Level.SIGMA if held[-1].level is Level.SIGMA else Level.PRODUCT
        kind = "partial" if "partial" in kinds else ""
        text = self.target.product([piece.text for piece in held], frozenset(kinds))
        return Piece(text, level, kind)

    def _constant(self, node: NumberSymbol) -> Piece:
        return Piece(self.target.constant(str(node)), Level.ATOM)

    def _pow(self, node: Pow) -> Piece:
        if _is_divisor(node):
            return self._product(S.One, [node])
        if node.exp == S.Half:
            root = self.target.call(self.function("sqrt"), 0, self._signed(node.base).text)
            if self._fits(root):
                return Piece(root, Level.ATOM)
        if self.is_half_power(node.base, node.exp):  # (v + c)^(3/2)
            base = self._at_least(self._signed(node.base.argument), Level.ATOM)
            return Piece(self.target.power(base.text, f"{node.exp}/2"), Level.POWER, base.kind)
        base = self._at_least(self.piece(node.base), Level.ATOM)
        exponent = plainly(self.piece(node.exp).text)
        return Piece(self.target.power(base.text, exponent), Level.POWER, base.kind)

    def is_half_power(self, base: object, exponent: Expr) -> bool:
        """Whether a power of a root is written as one power, where roots have a sign of their own.

        A number above the sign of a root would be taken for the kind of root that it is.
        """
        is_root = getattr(base, "name", "") == "sqrt" and getattr(base, "order", 1) == 0
        has_bars = self.target.quotient_level is Level.ATOM
        return bool(is_root and has_bars and exponent.is_Integer and exponent % 2 and exponent > 1)


def _decimal(number: Rational) -> str:
    """A fraction as somebody wrote it who wrote a decimal: not one of small numbers.

    As many digits as a double has are shown.
    """
    rest = number.q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return repr(float(number)) if rest == 1 and number.q % 10 == 0 else ""


def _roots_below(number: Rational, factors: list[Expr]) -> tuple[Rational, list[Expr]]:
    """SymPy's ``sqrt(2)/2`` is ``1/sqrt(2)`` again, and ``sqrt(2)/sqrt(pi)`` one root."""
    found = []
    for factor in factors:
        if isinstance(factor, Pow) and factor.exp == S.Half and factor.base.is_Integer:
            if number.q % factor.base == 0:
                number *= factor.base
                factor = Pow(factor.base, -S.Half, evaluate=False)
        found.append(factor)
    above = [f for f in found if isinstance(f, Pow) and f.is_number and f.exp == S.Half]
    below = [f for f in found if isinstance(f, Pow) and f.is_number and f.exp == -S.Half]
    if above and below:
        one = Pow(above[0].base / below[0].base, S.Half, evaluate=False)
        found = [one, *(f for f in found if f not in (above[0], below[0]))]
    return number, found


def _ends_in_a_sum(term: Expr) -> bool:
    """Whether a term is a sum behind nothing but divisors: ``1/N sum_s …``."""
    sums = [f for f in Mul.make_args(term) if not _is_divisor(f)]
    return len(sums) == 1 and isinstance(sums[0], Sum)


def _is_divisor(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.exp.is_Rational and bool(factor.exp.is_negative)
