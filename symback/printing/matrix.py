"""Matrix form: arrays without indices, each with its shape where the reader wants it."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Mul, S, Symbol

from symback.algebra.expressions import Extremum
from symback.calculus.matrix.orientation import oriented
from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    MatrixForm,
    Node,
    Number,
    Over,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    VectorLoss,
    axes,
    entry,
)
from symback.model.equations import Quantity, Range, Role
from symback.notation import Notation
from symback.printing.cases import BRACKETED, OTHERWISE
from symback.printing.core import Printer
from symback.printing.deltas import form_in_deltas, scaled
from symback.printing.signs import coefficient
from symback.printing.target import Level, plainly
from symback.printing.target import Over as SumOver
from symback.printing.trees import (
    ExtremeOf,
    inverse,
    is_divisor,
    is_scalar,
    is_single,
    is_square,
    opposite,
    parts_of,
    with_shared_factor,
    without_sign,
)

__all__ = ["MatrixPrinter", "as_written"]


def as_written(form: MatrixForm, notation: Notation) -> MatrixForm:
    """A form with its arrays laid out as a notation writes them: samples, and weights."""
    columns = notation.orientation == "columns"
    to_from = notation.index_order == "to-from"
    if not (columns or to_from):
        return form

    def exchanges(quantity: Quantity) -> bool:
        wanted = to_from if quantity.role is Role.WEIGHT else columns
        return wanted and bool(quantity.ranges)

    return oriented(form, exchanges)


class MatrixPrinter:
    """Prints the matrix forms of one model with the signs and names of a `Printer`.

    Attributes:
        shapes: print under, or after, each array how many rows and columns it has.
    """

    def __init__(self, printer: Printer, *, shapes: bool = True) -> None:
        self.printer = printer
        self.target = printer.target
        self.shapes = shapes

    def left(self, form: MatrixForm) -> str:
        """The left side: a quantity, or the loss's gradient by it."""
        quantity = self.oriented(form).quantity
        return plainly(self._print(Array(quantity, form.adjoint, form.at))[0])

    def right(self, form: MatrixForm) -> str:
        """The right side, with marks where a line may be broken."""
        written = self.oriented(form)
        factor, right = (
            form_in_deltas(written, self.printer.vocabulary)
            if self.has_deltas
            else (
                S.One,
                written.right,
            )
        )
        if isinstance(right, Number) and form.quantity.ranges:  # the same number in each place
            return self._filled(factor * right.value, written.quantity)
        return self._print(scaled(factor, right))[0]

    @property
    def has_deltas(self) -> bool:
        """Whether the loss's derivative by an array has the notation's letter for it."""
        return self.printer.deltas or self.printer.vocabulary.notation.differentials

    def _filled(self, value: Expr, quantity: Quantity) -> str:
        """An array whose entries are all the same."""
        rows, columns = (self._extent(axis) for axis in axes(Array(quantity)))
        ones = self._ones(rows, columns)
        if value is S.One:
            return ones
        return self.target.product([self.printer(value), ones], frozenset({"number"}))

    def oriented(self, form: MatrixForm) -> MatrixForm:
        """A form with its arrays as the notation writes them."""
        return as_written(form, self.printer.vocabulary.notation)

    def array(self, node: Node) -> str:
        """A part of a form that is already as the notation writes it, on one line."""
        return plainly(self._print(node)[0])

    def _print(self, node: Node) -> tuple[str, Level]:
        match node:
            case Array(quantity, adjoint, None):
                text, level = self._array(quantity, adjoint)
                return self._shaped(text, node), level
            case Array(quantity, adjoint, step):
                return self._shaped(self._at_step(quantity, adjoint, step), node), Level.ATOM
            case Over(body, index, first, last):
                over = SumOver(
                    self.printer.index(index), self.printer(last), self.printer.index(first)
                )
                text = self.target.sigma([over], self._at_least(body, Level.SIGMA))
                return text, self.target.sigma_level
            case Partials(of, quantity):
                return self._shaped(self._slope(of, quantity), node), Level.ATOM
            case Number(value):
                return self._number(value)
            case Transpose(body):
                return self._transposed(body), Level.ATOM
            case MatMul(left, right):
                factors = [self._at_least(part, Level.PRODUCT) for part in (left, right)]
                return self.target.matrix_product(factors), Level.PRODUCT
            case Hadamard(parts):
                return self._entrywise(parts)
            case Plus(terms):
                if self.target.spells_out and (condition := opposite(node)) is not None:
                    return self._bracket(condition, fails=True), Level.ATOM
                whole = with_shared_factor(node)
                if whole is not node:
                    return self._print(whole)
                return self._sum(terms)
            case Scaled(factor, body):
                return self._scaled(factor, body)
            case Elementwise(name, 0, _) if name in BRACKETED and self.target.spells_out:
                return self._bracket(node), Level.ATOM
            case Elementwise(name, order, body):
                if isinstance(body, Plus | MatMul):  # below it the shape would seem a factor's
                    inner = self._at_least(body, Level.SUM)
                    return self.printer.applied(name, order, inner), Level.ATOM
                inner = self._bare(body)
                text = self.printer.applied(name, order, inner)
                return self._shaped(text, node), Level.ATOM
            case Power(body, exponent):
                if is_square(node) and is_single(node):
                    if isinstance(body, Array):  # the exponent at the letter, the size below both
                        text = self.target.power(self._bare(body), "2")
                        return self._shaped(text, node), Level.POWER
                    return self.target.power(self._at_least(body, Level.ATOM), "2"), Level.POWER
                if exponent.is_negative or is_square(node):
                    return self._entrywise((node,))
                if not isinstance(body, Array | Elementwise):
                    base = self._at_least(body, Level.ATOM)
                    return self.target.power(base, self.printer(exponent)), Level.POWER
                if isinstance(body, Elementwise) and self.printer.is_half_power(body, exponent):
                    base = self._bare(body.body, Level.ATOM)
                    text = self.target.power(base, f"{exponent}/2")
                else:
                    text = self.target.power(self._bare(body), self.printer(exponent))
                return self._shaped(text, node), Level.POWER
            case Reduce(body) if node.has_one_term:
                return self._print(body)
            case Reduce(body, axis):
                negative, positive = without_sign(body)
                if negative:
                    inner = self._print(Reduce(positive, axis))[0]
                    return self.target.terms([(True, inner)]), Level.SUM
                length = self._extent(axes(body)[axis])
                inner = self._at_least(body, Level.PRODUCT)
                factors = (
                    [self._ones("1", length), inner]
                    if axis == 0
                    else [inner, self._ones(length, "1")]
                )
                return self.target.matrix_product(factors), Level.PRODUCT
            case VectorLoss(_, name, arguments):
                inner = ", ".join(self._bare(part) for part in arguments)
                return self.target.call(self.printer.function(name), 0, inner), Level.ATOM

    def _bracket(self, node: Elementwise, *, fails: bool = False) -> str:
        """1 in each place where a condition holds, or does not, and 0 elsewhere."""
        negative, body = without_sign(node.body)
        bound = "0"
        if isinstance(body, Plus):  # |y - a| <= 1, and not |y - a| - 1 <= 0
            numbers = [term for term in body.terms if isinstance(term, Number)]
            others = tuple(term for term in body.terms if not isinstance(term, Number))
            if len(numbers) == 1 and others:
                rest = Plus(others) if len(others) > 1 else others[0]
                turned, positive = without_sign(rest)
                if turned:  # y a < 1, and not 1 - y a > 0
                    negative, body, bound = not negative, positive, self.printer(numbers[0].value)
                elif numbers[0].value.is_negative:
                    body, bound = rest, self.printer(-numbers[0].value)
        text = self._bare(body)
        relation = "<" if negative else ">"
        if node.name == "within":
            text, relation, bound = self.printer.applied("abs", 0, text), "<", "1"
        condition = self.target.compare(text, OTHERWISE[relation] if fails else relation, bound)
        return self._shaped(self.target.bracket(condition), node)

    def _array(self, quantity: Quantity, adjoint: bool) -> tuple[str, Level]:
        vocabulary = self.printer.vocabulary
        if not adjoint:
            piece = self.printer.named(quantity.name)
            return piece.text, piece.level
        if self.has_deltas:
            delta = vocabulary.spell_delta(quantity.name)
            if delta is not None:
                return self.target.spelling(delta), Level.ATOM
        return self._partial(self.printer.model.loss.name, quantity.name), Level.ATOM

    def _at_step(self, quantity: Quantity, adjoint: bool, step: Expr) -> str:
        """One step of a sequence, its number below: ``h_t``, and the gradient by it."""
        text = self.printer.named(quantity.name, (step,)).text
        if not adjoint:
            return text
        if self.has_deltas:
            delta = self.printer.vocabulary.spell_delta(quantity.name, (step,))
            if delta is not None:
                return self.target.spelling(delta)
        return self.target.partial(self.printer.name(self.printer.model.loss.name), text)

    def _bare(self, node: Node, level: Level = Level.SUM) -> str:
        """The argument of a function: its shape is that of the value."""
        shapes, self.shapes = self.shapes, False
        text = self._at_least(node, level)
        self.shapes = shapes
        return text

    def _partial(self, of: str, by: str) -> str:
        return self.target.partial(self.printer.name(of), self.printer.name(by))

    def _slope(self, of: Quantity, by: Quantity) -> str:
        """A derivative that is left open; the loss's has the letter that its other ones have."""
        vocabulary = self.printer.vocabulary
        if of.name == self.printer.model.loss.name and vocabulary.notation.differentials:
            delta = vocabulary.spell_delta(by.name)
            if delta is not None and vocabulary.delta_factor(by.name) == 1:
                return self.target.spelling(delta)
        return self._partial(of.name, by.name)

    def _at_least(self, node: Node, level: Level) -> str:
        return self._held(*self._print(node), level)

    def _held(self, text: str, own: Level, level: Level) -> str:
        return text if own >= level else self.target.parentheses(text)

    def _transposed(self, body: Node) -> str:
        text, level = "", Level.ATOM
        shapes, self.shapes = self.shapes, False
        text, level = self._print(body)
        self.shapes = shapes
        if level < Level.ATOM or isinstance(body, Partials) or self._is_fraction(body):
            text = self.target.parentheses(text)
        return self._shaped(self.target.transpose(text), Transpose(body))

    def _is_fraction(self, node: Node) -> bool:
        if not isinstance(node, Array) or not node.adjoint:
            return False
        return not (self.has_deltas and node.quantity.name in self.printer.vocabulary.deltas)

    def _number(self, value: Expr) -> tuple[str, Level]:
        piece = self.printer.piece(value)
        return piece.text, piece.level

    def _entrywise(self, parts: tuple[Node, ...]) -> tuple[str, Level]:
        """Factors in the taught order of their entries; divisors after them."""
        parts = tuple(map(with_shared_factor, parts)) if len(parts) > 1 else parts
        if self.target.spells_out:  # max(0, A) is 0 where the bracket is
            maxima = [p.body for p in parts if isinstance(p, Elementwise) and p.name == "positive"]
            said = [Elementwise("step", 0, body) for body in maxima]
            parts = tuple(part for part in parts if part not in said)
        ordered = sorted(parts, key=self._place)
        above = [part for part in ordered if not is_divisor(part)]
        below = [inverse(part) for part in ordered if is_divisor(part)]
        numbers = [part for part in above if is_scalar(part) or isinstance(part, Scaled)]
        if numbers and (len(parts) > 1):  # lambda W and 2 (A . B): a number is no array
            return self._with_numbers(parts)
        if len(above) > 1 and not below and all(map(is_single, above)):
            factors = [self._at_least(part, Level.POWER) for part in above]
            return self.target.matrix_product(factors), Level.PRODUCT
        texts = [
            self._at_least(factor, Level.POWER)
            for part in above
            for factor in ([part.body] * 2 if is_square(part) else [part])
        ] or [self.target.ones()]
        text = self.target.hadamard(texts) if len(texts) > 1 else texts[0]
        for part in below:
            text = self.target.divided(text, self._at_least(part, Level.POWER))
        return text, Level.SIGMA  # looser than a matrix product

    def _with_numbers(self, parts: tuple[Node, ...]) -> tuple[str, Level]:
        """A product entry by entry with its numbers and scalars in front of it."""
        scalars = [part for part in parts if is_scalar(part)]
        factor = Mul(*(part.factor for part in parts if isinstance(part, Scaled)))
        arrays = [p.body if isinstance(p, Scaled) else p for p in parts if not is_scalar(p)]
        body: Node = arrays[0] if len(arrays) == 1 else Hadamard(tuple(arrays))
        if not arrays:
            body, scalars = scalars[-1], scalars[:-1]
        if not scalars:
            return self._scaled(factor, body)
        texts = [self._at_least(part, Level.PRODUCT) for part in (*scalars, body)]
        text = self.target.product(texts, frozenset())
        if factor is S.One:
            return text, Level.PRODUCT
        negative = coefficient(factor)[0].is_negative
        if abs(factor) is not S.One:
            number = self.printer(abs(factor))
            text = self.target.product([number, text], frozenset({"number"}))
        return (self.target.terms([(True, text)]), Level.SUM) if negative else (text, Level.PRODUCT)

    def _place(self, part: Node) -> tuple[Any, ...]:
        """As in index form, but a sum needs no place of its own: it is a matrix product."""
        first, *rest = self.printer.order.factor_key(self._entry(part))
        return (min(first, 1), *rest)

    def _entry(self, node: Node) -> Expr:
        """The general entry of a tree, which decides its place."""
        loss = self.printer.model.loss.at()
        return entry(node, Symbol("j", integer=True), Symbol("k", integer=True), loss)

    def _sum(self, terms: tuple[Node, ...]) -> tuple[str, Level]:
        rest, extremes = parts_of(terms)
        entries: dict[Expr, tuple[bool, Node | ExtremeOf]] = {
            self._entry(positive): (negative, positive)
            for negative, positive in map(without_sign, rest)
        }
        for extreme in extremes:
            entry = Extremum(extreme.name, *map(self._entry, extreme.sides))
            entries[abs(extreme.factor) * entry] = bool(extreme.factor.is_negative), extreme
        negative = [e for e, (minus, _) in entries.items() if minus]
        if len(entries) == 1 and not negative:
            (only,) = entries.values()
            return self._term(only[1])
        ordered = [entries[e] for e in self.printer.order.terms(list(entries), negative)]
        every = len(negative) == len(ordered)
        texts = [
            (minus and not every, self._held(*self._term(term), Level.SIGMA))
            for minus, term in ordered
        ]
        text = self.target.terms(texts)
        if every:
            text = self.target.terms([(True, self.target.parentheses(text))])
        return text, Level.SUM

    def _term(self, term: Node | ExtremeOf) -> tuple[str, Level]:
        """A term without its sign."""
        if not isinstance(term, ExtremeOf):
            return self._print(term)
        inner = ", ".join(self._bare(side) for side in term.sides)
        text = self._shaped(self.target.call(term.name, 0, inner), Plus(term.sides))
        size = abs(term.factor)
        if size is S.One:
            return text, Level.ATOM
        return self.target.product([self.printer(size), text], frozenset({"number"})), Level.PRODUCT

    def _scaled(self, factor: Expr, body: Node) -> tuple[str, Level]:
        negative, positive = without_sign(Scaled(factor, body))
        if negative:
            return self.target.terms([(True, self._at_least(positive, Level.SIGMA))]), Level.SUM
        if isinstance(body, Plus | Hadamard):
            body = with_shared_factor(body)
        while isinstance(body, Scaled) and not without_sign(body)[0]:  # 1/N times 2 is 2/N
            factor, body = factor * body.factor, body.body
        number = self.printer(factor)
        if number == "1":  # one over the size of a layer of one unit
            return self._print(body)
        factors = [number, self._at_least(body, Level.PRODUCT)]
        return self.target.product(factors, frozenset({"number"})), Level.PRODUCT

    def _shaped(self, text: str, node: Node) -> str:
        if not self.shapes:
            return text
        rows, columns = (self._extent(axis) for axis in axes(node))
        if axes(node) == (None, None):
            return text  # a scalar
        return self.target.shaped(plainly(text), rows, columns)

    def _extent(self, axis: Range | None) -> str:
        """How many entries there are along an axis."""
        return "1" if axis is None else self.printer.size(axis.upper)

    def _ones(self, rows: str, columns: str) -> str:
        """Ones in every place; a single row of them is a column transposed."""
        ones = self.target.ones()
        text = self.target.transpose(ones) if rows == "1" and columns != "1" else ones
        return self.target.shaped(text, rows, columns) if self.shapes else text
