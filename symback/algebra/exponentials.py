"""Sums of exponentials that neither overflow nor lose digits: forms that code is written in."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Tuple

__all__ = ["LogSumExp", "Softmax"]


class LogSumExp(Expr):
    """``log(sum(i, exp(e)))``, with the largest term taken out."""

    __slots__ = ()
    is_commutative = True

    def __new__(cls, body: Expr, limit: Tuple) -> LogSumExp:
        """The logarithm of the sum of the exponentials of a body over one limit."""
        return Expr.__new__(cls, body, limit)

    @property
    def body(self) -> Expr:
        """What is exponentiated."""
        return self.args[0]

    @property
    def limit(self) -> Tuple:
        """The bound index with its first and last value."""
        return self.args[1]

    @property
    def free_symbols(self) -> set[Any]:
        """All symbols but the one that is bound."""
        index, first, last = self.limit
        inside: set[Any] = self.body.free_symbols - {index}
        return inside | first.free_symbols | last.free_symbols


class Softmax(LogSumExp):
    """``exp(e at k) / sum(i, exp(e))``, with the largest term taken out; 0 outside the limit."""

    __slots__ = ()

    def __new__(cls, body: Expr, limit: Tuple, at: Expr) -> Softmax:
        """The softmax of a body over one limit, at an index."""
        return Expr.__new__(cls, body, limit, at)

    @property
    def at(self) -> Expr:
        """The index at which it is taken."""
        return self.args[2]

    @property
    def free_symbols(self) -> set[Any]:
        """All symbols but the one that is bound."""
        found: set[Any] = LogSumExp.free_symbols.fget(self)  # type: ignore[attr-defined]
        return found | self.at.free_symbols
