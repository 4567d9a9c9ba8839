"""Derivatives along a direction: Pearlmutter's operator R{.}.

A direction moves some quantities; ``R{h[k]}`` is how fast an entry then changes.  It obeys the
rules of any derivative, so `symback.algebra.expressions.differentiate` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Expr, S, Tuple
from sympy.core.symbol import Str

__all__ = ["Direction", "Directional"]


class Directional(Expr):
    """The derivative of an entry, or of an adjoint, along a direction, as one unknown: ``R{h[k]}``.

    Like a partial derivative it never evaluates.  Of a quantity that the direction is given for it
    is the direction's own entry.  ``operator`` is ``R``, or ``G`` for the part of an adjoint's
    derivative that a Gauss-Newton product keeps.
    """

    __slots__ = ()
    is_commutative = True

    def __new__(cls, body: Expr, operator: str | Str = "R") -> Directional:
        """The derivative of an entry or of a partial derivative."""
        text = operator if isinstance(operator, Str) else Str(operator)
        return Expr.__new__(cls, body, text)

    @property
    def body(self) -> Expr:
        """What is differentiated: an entry, a scalar, or a partial derivative of the loss."""
        return self.args[0]

    @property
    def operator(self) -> str:
        """``R`` or ``G``."""
        return str(self.args[1].name)

    def _eval_derivative(self, variable: Expr) -> Expr:
        raise NotImplementedError("the derivative of a directional derivative is not defined here")

    def _sympystr(self, printer: Any) -> str:
        return f"{self.operator}{{{printer._print(self.body)}}}"


class Direction(Expr):
    """What an expression is differentiated by for its change along a direction.

    Everything else is held fixed.

    Args:
        moved: names of the quantities that change.
        adjoints: names of the quantities whose adjoints change.
    """

    __slots__ = ()
    is_commutative = True

    def __new__(cls, moved: Iterable[str], adjoints: Iterable[str] = ()) -> Direction:
        """The direction that moves these."""
        return Expr.__new__(cls, *(Tuple(*map(Str, sorted({*n}))) for n in (moved, adjoints)))

    def along(self, unknown: Expr, name: str, is_adjoint: bool = False) -> Expr:
        """The change of one entry, or of one adjoint, of the quantity of this name."""
        return Directional(unknown) if Str(name) in self.args[int(is_adjoint)] else S.Zero
