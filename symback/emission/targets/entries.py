"""One entry of a tree as an expression of plain numbers, for code without arrays.

Python and C agree on almost all of it; what a name, a function or a sum looks like is left to the
target.
"""

from __future__ import annotations

import re
from typing import Any

from sympy import Expr, S

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    Number,
    Plus,
    Power,
    Scaled,
    Transpose,
)
from symback.emission.forms.functions import code_name
from symback.emission.printer import scale_factors
from symback.emission.program import Program
from symback.emission.tree import axes, is_divisor, signed_term

__all__ = ["Entries", "Index", "bare", "calls", "split_at"]

Index = str | int | None
"""Where in a row or column: a loop's variable, a number, or None along an axis of one entry."""

_SUM, _PRODUCT, _UNARY, _ATOM = range(4)


class Entries:
    """Prints entries of the trees of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.used: dict[str, None] = {}

    # -- what differs between targets

    def name(self, array: Array, row: Index, column: Index) -> str:
        """One entry of a quantity or adjoint."""
        raise NotImplementedError

    def contraction(self, node: Any, row: Index, column: Index) -> tuple[str, int]:
        """An entry of a matrix product, a sum, or softmax."""
        raise NotImplementedError(type(node).__name__)

    def function(self, name: str) -> str:
        """How a function is called."""
        return name

    def size(self, text: str) -> str:
        """A number or a size as a floating-point number."""
        return text if any(c in text for c in ".e") or text.isidentifier() else f"{text}.0"

    def hold(self, text: str) -> str:
        """A value that is used twice, as a name."""
        raise NotImplementedError

    # -- what is the same

    def __call__(self, node: Any, row: Index = None, column: Index = None) -> str:
        """An entry of a tree."""
        return self._at(node, row, column, _SUM)

    def _at(self, node: Any, row: Index, column: Index, level: int) -> str:
        text, own = self._print(node, row, column)
        return f"({text})" if own < level else text

    def _print(self, node: Any, row: Index, column: Index) -> tuple[str, int]:
        rows, columns = axes(node)
        row = None if rows is None else row
        column = None if columns is None else column
        match node:
            case Array():
                return self.name(node, row, column), _ATOM
            case Number(value):
                return self._scaled(value, "")
            case Transpose(body):
                return self._print(body, column, row)
            case Hadamard(factors):
                return self._product(factors, row, column)
            case Plus(terms):
                return self._plus(terms, row, column)
            case Scaled(factor, body) if factor == -1:
                return f"-{self._at(body, row, column, _ATOM)}", _UNARY
            case Scaled(factor, body):
                return self._scaled(factor, self._at(body, row, column, _PRODUCT))
            case Elementwise(name, order, body):
                return self.call(name, order, self(body, row, column)), _ATOM
            case Power(body, exponent):
                return self._power(body, exponent, row, column)
        return self.contraction(node, row, column)

    def call(self, name: str, order: int, argument: str) -> str:
        """A function or derivative of the catalogue, applied."""
        plain = code_name(name, order)
        self.used[plain] = None
        return f"{self.function(plain)}({argument})"

    def _product(self, factors: tuple[Any, ...], row: Index, column: Index) -> tuple[str, int]:
        over = [f for f in factors if not is_divisor(f)]
        under = [f.body for f in factors if is_divisor(f)]
        text = " * ".join(self._at(f, row, column, _UNARY) for f in over) or "1.0"
        for body in under:
            text += f" / {self._at(body, row, column, _UNARY)}"
        return text, _PRODUCT

    def _plus(self, terms: tuple[Any, ...], row: Index, column: Index) -> tuple[str, int]:
        signed = sorted(map(signed_term, terms), key=lambda item: item[0] < 0)
        text = ""
        for sign, term in signed:
            piece = self._at(term, row, column, _SUM if sign > 0 else _PRODUCT)
            if text:
                text += f" {'+' if sign > 0 else '-'} {piece}"
            else:
                text = piece if sign > 0 else f"-{self._at(term, row, column, _ATOM)}"
        return text, _SUM

    def _scaled(self, factor: Expr, inner: str) -> tuple[str, int]:
        above, below = scale_factors(factor, self.program)
        parts = [self.size(part) for part in above if part != "-1"] + [inner] * bool(inner)
        text = " * ".join(parts or ["1.0"])
        if "-1" in above:
            text = f"-({bare(text)})" if " " in text else f"-{text}"
        for part in map(self.size, below):
            text += f" / {part}" if part != "1.0" else ""
        return text, (_PRODUCT if " " in text else _UNARY)

    def _power(self, body: Any, exponent: Expr, row: Index, column: Index) -> tuple[str, int]:
        if exponent == S.Half:
            return self.call("sqrt", 0, self(body, row, column)), _ATOM
        if exponent.is_Integer:
            base = self.hold(self(body, row, column))
            power = " * ".join([base] * abs(int(exponent)))
            if exponent > 0:
                return power, _PRODUCT
            return f"1.0 / ({power})", _PRODUCT
        inner = self(body, row, column)
        self.used["pow"] = None
        return f"{self.function('pow')}({inner}, {float(exponent)!r})", _ATOM


def bare(text: str) -> str:
    """An expression without brackets around all of it."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if not depth and position < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text


def split_at(text: str, signs: tuple[str, ...]) -> list[tuple[str, str]]:
    """The outermost terms or factors of an expression, each with the sign before it."""
    found, depth, start, sign = [], 0, 0, ""
    for position, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if not depth and text[position : position + 3] in signs:
            found.append((sign, text[start:position]))
            start, sign = position + 3, text[position : position + 3]
    return [*found, (sign, text[start:])]


def calls(text: str) -> list[str]:
    """The calls and the sums in brackets inside an expression."""
    found = []
    for start in (match.start() for match in re.finditer(r"(?<![\w.])[\w.]*\(", text)):
        depth, end = 0, text.index("(", start)
        while True:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
            if not depth:
                break
        found.append(text[start:end])
    return found
