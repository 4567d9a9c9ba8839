"""Expressions about indices: conditions, bounds, lookups, and what is chosen over an index.

An *index expression* is affine in index letters and size symbols, or an entry of an integer array.
Here stand the kinds of expression that recurrent, convolutional and attention models need beside
sums and Kronecker deltas: `Bracket`, the Iverson bracket; `IntegerEntry`, an entry of an array of
indices; `Extreme`, a maximum or its argument over an index; `Product`; `Stop`; and the bounds of
limited sums, `Largest`, `Smallest`, `FloorOf` and `CeilingOf`.

A limited sum is a `symback.algebra.expressions.Sum` whose limits say so: ``(index, first, last)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, S, Tuple
from sympy.core.sorting import default_sort_key
from sympy.core.symbol import Str

from symback.algebra.expressions import Delta, Entry, Sum, differentiate, fresh

__all__ = [
    "RELATIONS",
    "Bracket",
    "CeilingOf",
    "Divides",
    "Extreme",
    "FloorOf",
    "IntegerEntry",
    "Largest",
    "Product",
    "Smallest",
    "Stop",
    "bracket",
    "is_index",
]

RELATIONS = ("<=", "<", "==", "!=")
"""The relations of a `Bracket`; the others are these with their sides exchanged."""


class IntegerEntry(Entry):
    """An entry of an array of indices, as ``z[t]`` in ``E[z[t], d]``: a lookup.

    It stands where an index stands, has no derivative, and counts from 1.
    """

    is_integer = True

    def _eval_derivative(self, variable: Expr) -> Expr:
        return S.Zero


class _Integral(Expr):
    """An index expression that is not affine."""

    __slots__ = ()
    is_commutative = True
    is_integer = True

    def _eval_derivative(self, variable: Expr) -> Expr:
        return S.Zero


class Bracket(Expr):
    """The Iverson bracket: 1 where a relation holds, 0 elsewhere.

    Sides are index expressions, or values of given data (``[m[u,i] > 0]``), and have no
    derivative.  Equality of index expressions is a `Delta` and never a bracket: build with
    `bracket`.
    """

    __slots__ = ()
    is_commutative = True

    def __new__(cls, left: Expr, relation: str | Str, right: Expr) -> Expr:
        """The bracket ``[left relation right]``, decided where both sides are integers."""
        text = relation if isinstance(relation, Str) else Str(relation)
        if left.is_Integer and right.is_Integer:
            return S.One if _HOLDS[text.name](right - left) else S.Zero
        return Expr.__new__(cls, left, text, right)

    def _eval_power(self, exponent: Expr) -> Expr | None:
        return self if exponent.is_positive else None

    @property
    def left(self) -> Expr:
        """The left side."""
        return self.args[0]

    @property
    def relation(self) -> str:
        """One of `RELATIONS`."""
        return str(self.args[1].name)

    @property
    def right(self) -> Expr:
        """The right side."""
        return self.args[2]

    def _eval_derivative(self, variable: Expr) -> Expr:
        return S.Zero

    def _sympystr(self, printer: Any) -> str:
        return f"[{printer._print(self.left)} {self.relation} {printer._print(self.right)}]"


_HOLDS: dict[str, Callable[[Expr], bool]] = {
    "<=": lambda difference: bool(difference >= 0),
    "<": lambda difference: bool(difference > 0),
    "==": lambda difference: difference == 0,
    "!=": lambda difference: difference != 0,
}


def bracket(left: Expr, relation: str, right: Expr) -> Expr:
    """The Iverson bracket of a relation, decided where two integers decide it.

    ``>`` and ``>=`` exchange their sides; between index expressions ``<`` becomes ``<=`` and ``==``
    a `Delta`.
    """
    if relation in (">", ">="):
        left, relation, right = right, "<" if relation == ">" else "<=", left
    if is_index(left) and is_index(right):
        if relation == "<":
            left, relation = left + 1, "<="
        difference = right - left
        if difference.is_Integer:
            return S.One if _HOLDS[relation](difference) else S.Zero
        if relation == "==":
            return Delta(left, right)
    return Bracket(left, relation, right)


def is_index(expression: Expr) -> bool:
    """Whether an expression stands for an index or a size: letters, sizes, integers, lookups.

    What is added and multiplied is looked at: SymPy would work out twenty other facts first.
    """
    if isinstance(expression, Add | Mul):
        return all(map(is_index, expression.args))
    return bool(expression.is_integer)


class Divides(_Integral):
    """1 where an integer divides an index expression, 0 elsewhere: ``[d divides n - i]``."""

    __slots__ = ()

    def __new__(cls, divisor: Expr, number: Expr) -> Expr:
        """Decided where both are integers."""
        if divisor is S.One:
            return S.One
        if divisor.is_Integer and number.is_Integer:
            return S.One if int(number) % int(divisor) == 0 else S.Zero
        return Expr.__new__(cls, divisor, number)


class _Choice(_Integral):
    """The largest or smallest of several index expressions."""

    __slots__ = ()

    def __new__(cls, *choices: Expr) -> Expr:
        """One of them where integers decide it; otherwise all, in a fixed order."""
        numbers = [choice for choice in choices if choice.is_Integer]
        others = {choice for choice in choices if not choice.is_Integer}
        if numbers:
            others.add(cls._decide(numbers))
        rest = sorted(others, key=default_sort_key)
        return rest[0] if len(rest) == 1 else Expr.__new__(cls, *rest)

    @staticmethod
    def _decide(numbers: list[Integer]) -> Integer:
        raise NotImplementedError


class Largest(_Choice):
    """The largest of several index expressions, as the first value of a limited sum."""

    __slots__ = ()

    @staticmethod
    def _decide(numbers: list[Integer]) -> Integer:
        return max(numbers)


class Smallest(_Choice):
    """The smallest of several index expressions, as the last value of a limited sum."""

    __slots__ = ()

    @staticmethod
    def _decide(numbers: list[Integer]) -> Integer:
        return min(numbers)


class _Rounded(_Integral):
    """A quotient of index expressions, rounded."""

    __slots__ = ()

    @property
    def numerator(self) -> Expr:
        """What is divided."""
        return self.args[0]

    @property
    def divisor(self) -> Expr:
        """By what: a positive integer or a size."""
        return self.args[1]


class FloorOf(_Rounded):
    """The quotient of two index expressions, rounded down."""

    __slots__ = ()

    def __new__(cls, numerator: Expr, divisor: Expr) -> Expr:
        """Decided where both are integers."""
        if divisor is S.One:
            return numerator
        if numerator.is_Integer and divisor.is_Integer:
            return Integer(int(numerator) // int(divisor))
        return Expr.__new__(cls, numerator, divisor)


class CeilingOf(_Rounded):
    """The quotient of two index expressions, rounded up."""

    __slots__ = ()

    def __new__(cls, numerator: Expr, divisor: Expr) -> Expr:
        """Decided where both are integers."""
        if divisor is S.One:
            return numerator
        if numerator.is_Integer and divisor.is_Integer:
            return Integer(-(-int(numerator) // int(divisor)))
        return Expr.__new__(cls, numerator, divisor)


class _Bound(Expr):
    """An expression over an index that it binds: its body, and one limit ``(index, first, last)``.

    Several letters are nested, outermost first.
    """

    __slots__ = ()
    is_commutative = True

    @property
    def body(self) -> Expr:
        """What stands under the binder."""
        return self.args[-2]

    @property
    def limit(self) -> Tuple:
        """The bound index with its first and last value."""
        return self.args[-1]

    @property
    def free_symbols(self) -> set[Any]:
        """All symbols but the one that is bound."""
        index, first, last = self.limit
        inside: set[Any] = self.body.free_symbols - {index}
        return inside | first.free_symbols | last.free_symbols


class Extreme(_Bound):
    """The largest or smallest value over an index, or the index at which it is reached.

    ``kind`` is ``max``, ``min``, ``argmax`` or ``argmin``; the last two are index expressions.
    Where several values are equal, the first counts: that is the convention for the derivative.
    """

    __slots__ = ()

    def __new__(cls, kind: str | Str, body: Expr, limit: Tuple) -> Extreme:
        """The extreme of a body over the index of a limit."""
        text = kind if isinstance(kind, Str) else Str(kind)
        return Expr.__new__(cls, text, body, limit)

    def _eval_derivative(self, variable: Expr) -> Expr:
        """The derivative of the body at the index at which the extreme is reached."""
        if self.kind.startswith("arg"):
            return S.Zero
        inner = differentiate(self.body, variable)
        if inner is S.Zero:
            return inner
        place = Extreme(f"arg{self.kind}", self.body, self.limit)
        return inner.xreplace({self.limit[0]: place})

    @property
    def kind(self) -> str:
        """``max``, ``min``, ``argmax`` or ``argmin``."""
        return str(self.args[0].name)

    @property
    def is_integer(self) -> bool | None:
        """Whether it is an index: the place of an extreme, and not its value."""
        return True if self.kind.startswith("arg") else None


class Product(_Bound):
    """The product of a body over an index."""

    __slots__ = ()

    def __new__(cls, body: Expr, limit: Tuple) -> Product:
        """The product of a body over the index of a limit."""
        return Expr.__new__(cls, body, limit)

    def _eval_derivative(self, variable: Expr) -> Expr:
        """The sum, over the index, of one factor's derivative times all the other factors."""
        index, first, last = self.limit
        inner = differentiate(self.body, variable)
        if inner is S.Zero:
            return inner
        other = fresh(index.name)
        # To the power 0 what is left out, to the power 1 the others.
        factor = Pow(self.body.xreplace({index: other}), bracket(other, "!=", index))
        return Sum(inner * Product(factor, Tuple(other, first, last)), Tuple(index, first, last))


class Stop(Expr):
    """A value through which no derivative goes: ``stop(e)``."""

    __slots__ = ()
    is_commutative = True

    def __new__(cls, body: Expr) -> Stop:
        """The body, held fixed."""
        return Expr.__new__(cls, body)

    @property
    def body(self) -> Expr:
        """What is held fixed."""
        return self.args[0]

    def _eval_derivative(self, variable: Expr) -> Expr:
        return S.Zero
