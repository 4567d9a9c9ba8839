"""Build a SymPy expression from a typed formula, without ever running the formula."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache

from sympy import Expr, Rational, S

from symback.algebra.formula_syntax import columns_of, constant, formula_tree
from symback.algebra.functions import CONSTANTS, FUNCTIONS, Build
from symback.errors import InputError, quote

__all__ = ["parse_formula"]

_OPERATORS: Mapping[type[ast.operator], Callable[[Expr, Expr], Expr]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.Pow: lambda left, right: left**right,
}


def parse_formula(
    text: str,
    names: Mapping[str, Expr],
    functions: Mapping[str, tuple[int, Build]] = FUNCTIONS,
) -> Expr:
    """Read an infix formula into a SymPy expression over declared names and functions.

    Args:
        text: the formula, as in ``x*sigmoid(x)``.
        names: what each variable stands for; the constants are known.
        functions: for each function, its number of arguments and what builds its application.

    Raises:
        InputError, TooLargeError: as `symback.algebra.formula_syntax.formula_tree` does; and for
            what always divides by zero, as ``1/(x - x)``.
    """
    arities = tuple((name, arity) for name, (arity, _) in functions.items())
    known = {**CONSTANTS, **names}
    try:
        return _build(_tree(text, tuple(known), arities), known, functions)
    except _ByZeroError as error:
        column = columns_of(text)[error.node.col_offset]
        raise InputError("division by zero", where=f"column {column} of {quote(text)}") from None


class _ByZeroError(Exception):
    """A part of a formula has no value, whatever its variables are."""

    def __init__(self, node: ast.expr) -> None:
        self.node = node


@lru_cache(maxsize=256)
def _tree(text: str, names: tuple[str, ...], arities: tuple[tuple[str, int], ...]) -> ast.expr:
    return formula_tree(text, names, dict(arities))


def _build(
    node: ast.expr, names: Mapping[str, Expr], functions: Mapping[str, tuple[int, Build]]
) -> Expr:
    match node:
        case ast.Constant():
            value = constant(node)
            assert value is not None  # the tree has been checked
            return Rational(value.numerator, value.denominator)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            inner = _build(operand, names, functions)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            operands = _build(left, names, functions), _build(right, names, functions)
            built = _OPERATORS[type(op)](*operands)
            if built.has(S.ComplexInfinity, S.NaN):
                raise _ByZeroError(right if isinstance(op, ast.Div) else left)
            return built
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return functions[name][1](*(_build(part, names, functions) for part in arguments))
        case _:
            raise AssertionError(f"unchecked node {type(node).__name__}")
