"""Indices and sizes as integer expressions of code."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from symback.algebra.indexing import CeilingOf, FloorOf, Largest, Smallest

__all__ = ["IntegerPrinter"]

_SUM, _PRODUCT, _ATOM = range(3)


class IntegerPrinter:
    """Prints indices that are scalars, in Python or C.

    Args:
        atom: the name of a letter or size, or the code of a lookup.
        is_c: whether it is C, whose division is rounded towards 0 and which has no ``max``.
    """

    def __init__(self, atom: Callable[[Expr], str], *, is_c: bool = False) -> None:
        self._atom = atom
        self._is_c = is_c

    def __call__(self, expression: Expr) -> str:
        """An index as an expression."""
        return self._print(expression)[0]

    def factor(self, expression: Expr) -> str:
        """An index as a factor of a product."""
        return self._at(expression, _PRODUCT)

    def atom(self, expression: Expr) -> str:
        """An index as what brackets may be left out around."""
        return self._at(expression, _ATOM)

    def _at(self, expression: Expr, level: int) -> str:
        text, own = self._print(expression)
        return f"({text})" if own < level else text

    def _print(self, node: Expr) -> tuple[str, int]:
        match node:
            case Integer():
                return str(node), _ATOM if node >= 0 else _SUM
            case Add():
                return self._sum(node), _SUM
            case Mul():
                return " * ".join(self._at(part, _PRODUCT) for part in node.args), _PRODUCT
            case Pow() if node.exp.is_Integer and node.exp > 0:
                return " * ".join([self._at(node.base, _PRODUCT)] * int(node.exp)), _PRODUCT
            case Largest() | Smallest():
                return self._choice(node), _ATOM
            case FloorOf() | CeilingOf():
                return self._rounded(node)
            case Symbol():
                return self._atom(node), _ATOM
        return self._atom(node), _ATOM

    def _sum(self, node: Expr) -> str:
        terms = sorted(node.args, key=lambda t: (t.is_number, t.could_extract_minus_sign()))
        text = ""
        for term in terms:
            negative = term.could_extract_minus_sign()
            piece = self._at(-term if negative else term, _PRODUCT)
            if not text:
                text = f"-{piece}" if negative else piece
            else:
                text += f" {'-' if negative else '+'} {piece}"
        return text

    def _choice(self, node: Expr) -> str:
        name = "max" if isinstance(node, Largest) else "min"
        parts = [self(part) for part in node.args]
        if not self._is_c:
            return f"{name}({', '.join(parts)})"
        text = parts[0]
        for part in parts[1:]:
            text = f"{'largest' if name == 'max' else 'smallest'}({text}, {part})"
        return text

    def _rounded(self, node: Expr) -> tuple[str, int]:
        above, below = node.numerator, node.divisor
        if self._is_c:
            name = "floor_of" if isinstance(node, FloorOf) else "ceiling_of"
            return f"{name}({self(above)}, {self(below)})", _ATOM
        if isinstance(node, FloorOf):
            return f"{self._at(above, _ATOM)} // {self._at(below, _ATOM)}", _PRODUCT
        return f"-({self._at(-above, _ATOM)} // {self._at(below, _ATOM)})", _SUM
