"""A printer that puts digits in place of what has a value: the substitution below a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, Rational, Symbol

from symback.algebra.expressions import Apply
from symback.model.equations import Model
from symback.notation import FOUNDING, Notation, Spelling
from symback.printing import Printer
from symback.printing.cases import Condition, by_cases
from symback.printing.core import Piece
from symback.printing.target import Level, Target

__all__ = ["EntryPrinter", "NumberPrinter", "set_digits"]


class EntryPrinter(Printer):
    """Prints formulas of single units, the learning rate among them."""

    def _print(self, node: Expr) -> Piece:
        if isinstance(node, Symbol) and node.name == "eta":
            return Piece(self.target.spelling(Spelling("eta")), Level.ATOM)
        if isinstance(node, Symbol) and node.name in ("z", "a", "u"):
            return Piece(self.target.spelling(Spelling(node.name)), Level.ATOM)
        return super()._print(node)


class NumberPrinter(EntryPrinter):
    """Prints a formula with numbers for the entries, adjoints and slopes that have them.

    Args:
        target, model, notation: as for any printer.
        numbers: the digits of each.
    """

    def __init__(
        self,
        target: Target,
        model: Model,
        notation: Notation = FOUNDING,
        *,
        numbers: Mapping[Any, str],
        **how: Any,
    ) -> None:
        super().__init__(target, model, notation, **how)
        self.numbers = numbers

    def _print(self, node: Expr) -> Piece:
        digits = self.numbers.get(node)
        if digits is None:
            if isinstance(node, Apply) and node.order == 0:
                return replace_kind(super()._print(node))
            return super()._print(node)
        return self._digits(digits)

    def _cases(self, expression: Expr) -> Piece:
        """Of two cases the one that the numbers are in; where both are numbers, the conditions."""
        cases = by_cases(expression)
        if cases and all(value.is_number for value, _ in cases):
            return super()._cases(expression)
        holding = [value for value, where in cases if self._holds(where)]
        return self.piece(holding[0]) if len(holding) == 1 else super()._cases(expression)

    def _holds(self, where: Condition) -> bool:
        left = where.left
        size = isinstance(left, Apply) and left.name == "abs"
        try:
            inner = left.argument if size else left
            known = {e: Rational(self.numbers[e]) for e in self.numbers if inner.has(e)}
            number = inner.xreplace(known)
            shown = relation_holds(abs(number) if size else number, where.relation, where.right)
        except (TypeError, ValueError):  # digits with a logarithm, or what has none
            return False
        return shown

    def _digits(self, digits: str) -> Piece:
        if digits.startswith("-"):
            # A negative number is a sum of one term: it needs parentheses where a sum would.
            text = self.target.terms([(True, self._set(digits[1:]))])
            return Piece(text, Level.SUM, "long")
        level = Level.QUOTIENT if "/" in digits else Level.PRODUCT if " " in digits else Level.ATOM
        return Piece(self._set(digits), level, "long")

    def _set(self, digits: str) -> str:
        return set_digits(self.target, digits)

    def _beside(
        self, pieces: list[Piece], *, numbered: bool = False, closed: bool = False
    ) -> Piece:
        # Two numbers beside each other would be one number.
        dotted = [piece._replace(kind="long") for piece in pieces]
        return super()._beside(dotted, numbered=numbered, closed=closed)


def relation_holds(left: Expr, relation: str, right: Expr) -> bool:
    """Whether a comparison of two numbers holds.

    Raises:
        TypeError: where one is none.
    """
    if not left.is_number:
        raise TypeError(left)
    return bool(
        {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[relation]
    )


def replace_kind(piece: Piece) -> Piece:
    """A function of numbers is set apart from the next number."""
    return piece._replace(kind="long")


def set_digits(target: Target, digits: str) -> str:
    """A number that is not negative, as a target sets it: ``4/3 ln 2`` has a fraction, a function.

    A power of ten is one.
    """
    if " + " in digits or " - " in digits[1:]:
        for sign in (" + ", " - "):
            if sign in digits:
                left, right = digits.split(sign, 1)
                return target.terms(
                    [(False, set_digits(target, left)), (sign == " - ", set_digits(target, right))]
                )
    front, has_log, rest = digits.partition("ln ")
    front = front.strip()
    mantissa, power, exponent = front.partition("e")
    if power:
        ten = target.power("10", str(int(exponent)))
        front = target.product([mantissa, ten], frozenset({"long", "number"}))
    elif "/" in front:
        above, _, below = front.partition("/")
        front = target.number(int(above), int(below))
    if not has_log:
        return front
    logs: Sequence[str] = [target.call(target.function("log"), 0, part) for part in rest.split()]
    parts = [front, *logs] if front else list(logs)
    return target.product(parts, frozenset({"number"})) if len(parts) > 1 else parts[0]
