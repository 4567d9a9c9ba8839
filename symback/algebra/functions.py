"""What a formula may call: functions of one argument by name, and the two-sided `max` and `min`.

``max(a, b)`` stands for ``a + positive(b - a)``, so its derivative where the two are equal is that
of ``a``; ``min`` likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr

from symback.algebra.expressions import Apply
from symback.algebra.formula_syntax import ARITIES

__all__ = ["CONSTANTS", "FUNCTIONS", "Build", "maximum", "minimum"]

Build = Callable[..., Expr]


def maximum(first: Expr, second: Expr) -> Expr:
    """The larger of two: ``max(a, b) = a + positive(b - a)``."""
    return first + Apply("positive", second - first)


def minimum(first: Expr, second: Expr) -> Expr:
    """The smaller of two: ``min(a, b) = a - positive(a - b)``."""
    return first - Apply("positive", first - second)


def _named(name: str) -> Build:
    return lambda argument: Apply(name, argument)


def _square_root(argument: Expr) -> Any:
    return sympy.sqrt(argument)


_BUILT: Mapping[str, Build] = {"sqrt": _square_root, "max": maximum, "min": minimum}

FUNCTIONS: Mapping[str, tuple[int, Build]] = {
    name: (arity, _BUILT.get(name) or _named(name)) for name, arity in ARITIES.items()
}
"""For each function, how many arguments it takes and what its application is."""

CONSTANTS: Mapping[str, Expr] = {"pi": sympy.pi}
