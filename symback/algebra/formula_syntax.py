"""Decide whether a typed formula is one, before anything is built from it and without SymPy.

The text goes through Python's own grammar (`ast.parse`) and a white list: numbers, declared names,
``+ - * / **``, and calls of declared functions.  Everything else is refused with its column.
Length and depth are bounded before the grammar sees the text, so a hostile formula is refused at
once; nothing in it is ever run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from fractions import Fraction

from symback.errors import InputError, TooLargeError, quote
from symback.suggest import did_you_mean

__all__ = [
    "ARITIES",
    "CONSTANTS",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "MAX_LENGTH",
    "MAX_NODES",
    "columns_of",
    "constant",
    "formula_tree",
]

MAX_LENGTH = 2000
MAX_DEPTH = 50
MAX_NODES = 500
MAX_EXPONENT = 64
MAX_DIGITS = 30

ARITIES: Mapping[str, int] = {
    **dict.fromkeys(("exp", "log", "sin", "cos", "tanh", "sqrt", "erf"), 1),
    **dict.fromkeys(("abs", "sign", "step", "clip", "within"), 1),
    **dict.fromkeys(("max", "min"), 2),
}
"""The functions that every formula may call, and how many arguments each takes."""

CONSTANTS = ("pi",)

_DECIMAL = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
"""A number as formulas have it; Python's grammar also knows ``0x10``, ``1_0`` and ``1j``."""

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


def formula_tree(text: str, names: Collection[str], functions: Mapping[str, int]) -> ast.expr:
    """The syntax tree of an infix formula, with nothing in it but what is allowed.

    Args:
        text: the formula, as in ``x*sigmoid(x)``; ``^`` may stand for ``**``.
        names: the variables and constants that may occur.
        functions: for each function that may be called, its number of arguments.

    Raises:
        InputError: for anything else, with the column.
        TooLargeError: beyond one of the limits of this module, with the column.
    """
    _guard(text)
    source = text.strip().replace("^", "**")
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = columns_of(text)[min(getattr(error, "offset", None) or 1, len(source) + 1) - 1]
        raise InputError("not a formula from here on", where=f"column {column}") from None
    _Check(source, {*names, *CONSTANTS}, functions, columns_of(text)).visit(tree.body, 0)
    return tree.body


def columns_of(text: str) -> list[int]:
    """For each place in the parsed source, and its end, the column of what was typed."""
    start = len(text) - len(text.lstrip())
    columns = []
    for column, character in enumerate(text.strip(), start=start + 1):
        columns += [column] * (2 if character == "^" else 1)
    return [*columns, len(text.rstrip()) + 1]


def constant(node: ast.expr) -> Fraction | None:
    """The value of a constant expression, or None; decimals are taken as they were typed."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Fraction(repr(value)) if abs(value) < 10**MAX_DIGITS else None
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = constant(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            top, bottom = constant(left), constant(right)
            return top / bottom if top is not None and bottom else None
        case _:
            return None


def _guard(text: str) -> None:
    """Refuse by length, by depth of brackets and by character."""
    if len(text) > MAX_LENGTH:
        raise TooLargeError(
            f"the formula has {len(text)} characters",
            where=f"column {MAX_LENGTH + 1}",
            hint=f"at most {MAX_LENGTH} are read",
        )
    depth = 0
    for column, character in enumerate(text, start=1):
        if character in "([{":
            depth += 1
            if depth > MAX_DEPTH:
                raise TooLargeError(
                    f"brackets are nested more than {MAX_DEPTH} deep", where=f"column {column}"
                )
        elif character in ")]}":
            depth -= 1
        elif not character.isascii() or not character.isprintable() or character in "\\;#`@$":
            raise InputError(f"{character!r} cannot stand in a formula", where=f"column {column}")


class _Check:
    """One walk over the tree; every kind of node that is not named here is refused."""

    def __init__(
        self,
        source: str,
        names: Collection[str],
        functions: Mapping[str, int],
        columns: list[int],
    ) -> None:
        self.source = source
        self.names = names
        self.functions = functions
        self.columns = columns
        self.count = 0

    def at(self, node: ast.expr) -> str:
        return f"column {self.columns[node.col_offset]}"

    def visit(self, node: ast.expr, depth: int) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise TooLargeError(f"the formula has more than {MAX_NODES} parts", where=self.at(node))
        if depth > MAX_DEPTH:
            raise TooLargeError(
                f"the formula is nested more than {MAX_DEPTH} deep", where=self.at(node)
            )
        match node:
            case ast.Constant(value=value) if type(value) in (int, float, complex):
                written = self.source[node.col_offset : node.end_col_offset]
                if not _DECIMAL.fullmatch(written):
                    raise InputError(
                        f"{quote(written)} is no number of a formula",
                        where=self.at(node),
                        hint="write it in decimal digits, as in 0.5 or 1e-3",
                    )
                if len(repr(value)) > MAX_DIGITS or value != value or value in (1e999, -1e999):
                    raise TooLargeError(
                        f"a number has more than {MAX_DIGITS} digits", where=self.at(node)
                    )
            case ast.Name(id=name):
                self._name(name, node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                self.visit(operand, depth + 1)
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _ARITHMETIC):
                self.visit(left, depth + 1)
                self.visit(right, depth + 1)
                self._operator(left, op, right)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                self._call(name, arguments, node, depth)
            case _:
                kind = _KINDS.get(type(node), "this")
                raise InputError(f"{kind} cannot stand in a formula", where=self.at(node))

    def _name(self, name: str, node: ast.expr) -> None:
        if name in self.names:
            return
        if name in self.functions:
            raise InputError(f"{name} is a function: write {name}(…)", where=self.at(node))
        known = [*self.names, *self.functions]
        raise InputError(
            f"unknown name {quote(name)}{did_you_mean(name, known)}", where=self.at(node)
        )

    def _operator(self, left: ast.expr, op: ast.operator, right: ast.expr) -> None:
        value = constant(right)
        if isinstance(op, ast.Div) and value == 0:
            raise InputError("division by zero", where=self.at(right))
        if not isinstance(op, ast.Pow):
            return
        if value is None or abs(value) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
            raise InputError(
                f"an exponent is a number, at most {MAX_EXPONENT}",
                where=self.at(right),
                hint="write exp(…) for a power of e",
            )
        base = constant(left)
        if base == 0 and value < 0:
            raise InputError("division by zero", where=self.at(left))
        if base is not None and len(str(base)) * abs(value) > MAX_LENGTH:
            raise TooLargeError("this power is too large a number", where=self.at(left))

    def _call(self, name: str, arguments: list[ast.expr], node: ast.expr, depth: int) -> None:
        if name not in self.functions:
            suggestion = did_you_mean(name, self.functions)
            raise InputError(f"unknown function {quote(name)}{suggestion}", where=self.at(node))
        arity = self.functions[name]
        if len(arguments) != arity:
            raise InputError(
                f"{name} takes {arity} argument{'s' * (arity != 1)}, not {len(arguments)}",
                where=self.at(node),
            )
        for argument in arguments:
            self.visit(argument, depth + 1)


_KINDS: dict[type[ast.expr], str] = {
    ast.Attribute: "an attribute",
    ast.Lambda: "a lambda",
    ast.Subscript: "a subscript",
    ast.Tuple: "a tuple",
    ast.List: "a list",
    ast.Dict: "a dictionary",
    ast.Constant: "text",
    ast.Compare: "a comparison",
    ast.Call: "this call",
    ast.IfExp: "a condition",
    ast.BinOp: "this operator",
    ast.UnaryOp: "this operator",
    ast.Starred: "a star",
    ast.NamedExpr: "an assignment",
    ast.JoinedStr: "text",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
}
