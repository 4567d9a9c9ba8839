"""Functions of one number in C, from the Python form that says the same."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from symback.emission.styles.helpers import with_needed

__all__ = ["c_name", "c_source", "own_forms"]

_MATH = {"abs": "fabs", "sign": "sign"}
_LIBRARY = {"exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "pow"}


def c_name(name: str) -> str:
    """What a function is called in ``math.h``, or our own."""
    return _MATH.get(name, name)


def own_forms(used: Iterable[str]) -> list[Any]:
    """The forms of the functions that ``math.h`` does not have, and of those that they need."""
    return with_needed(name for name in used if name not in _LIBRARY)


def c_source(name: str, body: str) -> str:
    """A function of one float in C, from the Python that says the same."""
    if "return" not in body:
        body = f"return {body}"
    lines = [f"static double {name}(double z) {{"]
    known = {"z"}
    for node in ast.parse(body).body:
        lines += [f"    {line}" for line in _statement(node, known)]
    return "\n".join([*lines, "}"])


def _statement(node: ast.stmt, known: set[str]) -> list[str]:
    match node:
        case ast.Return(value=value) if value is not None:
            return [f"return {_expression(value)};"]
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            kind = "" if name in known else "double "
            known.add(name)
            return [f"{kind}{name} = {_expression(value)};"]
        case ast.If(test=test, body=[inner]):
            return [f"if ({_expression(test)}) {_statement(inner, known)[0]}"]
    raise AssertionError(ast.unparse(node))


_OPERATORS: dict[type[Any], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.GtE: ">=",
}


def _expression(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=value):
            return repr(float(value))  # type: ignore[arg-type]
        case ast.Name(id=name):
            return name
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_inner(operand)}"
        case ast.BinOp(left=left, op=op, right=right):
            return f"{_inner(left)} {_OPERATORS[type(op)]} {_inner(right)}"
        case ast.IfExp(test=test, body=then, orelse=otherwise):
            return f"{_inner(test)} ? {_inner(then)} : {_inner(otherwise)}"
        case ast.Compare(left=left, ops=ops, comparators=rights):
            parts = []
            for sign, right in zip(ops, rights, strict=True):
                parts.append(f"{_inner(left)} {_OPERATORS[type(sign)]} {_inner(right)}")
                left = right
            return " && ".join(parts)
        case ast.Call(func=ast.Attribute(attr=name), args=[argument]):
            return f"{name}({_expression(argument)})"
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return f"{c_name(name)}({_expression(argument)})"
    raise AssertionError(ast.unparse(node))


def _inner(node: ast.expr) -> str:
    text = _expression(node)
    plain = isinstance(node, ast.Constant | ast.Name | ast.Call)
    return text if plain else f"({text})"
