"""Formulas of single numbers, as plain trees: what is worked out, marked, and sent to a browser.

A tree is the key of a value (a text), a number (an `int` or a `Fraction`), or a tuple of the name
of an operator and the trees that it is applied to.  The operators are `OPERATORS`; whoever works a
tree out brings the arithmetic, so that one tree serves floats, fractions, decimals and intervals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

__all__ = ["FLOATS", "OPERATORS", "Functions", "Tree", "evaluate", "references", "replace_keys"]

Tree = Any
"""``str | int | Fraction | tuple[str, Tree, …]``; mypy has no finite name for it."""

Functions = Mapping[str, Callable[..., Any]]
"""An arithmetic: for each operator beside ``+ * / ^``, what it does to numbers."""

OPERATORS = (
    "+", "*", "/", "^", "exp", "log", "sqrt", "sin", "cos", "erf", "abs", "sign", "step", "clip",
    "within", "relu", "sigmoid", "tanh", "softplus", "softmax", "max", "min", "pi", "<=", "<", "==",
    "!=",
)  # fmt: skip
"""All operators; ``softmax`` has the position of its own entry first, from 0, and then the row."""


def evaluate(tree: Tree, values: Mapping[str, Any], functions: Functions) -> Any:
    """The value of a tree, given those of the keys that it mentions.

    Args:
        tree: any tree.
        values: numbers of one arithmetic, by key.
        functions: the operators of that arithmetic.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: where it has no value.
        KeyError: for a key without a value.
    """
    if isinstance(tree, str):
        return values[tree]
    if not isinstance(tree, tuple):
        return tree
    operator = tree[0]
    if operator == "softmax":
        return functions["softmax"](tree[1], [evaluate(t, values, functions) for t in tree[2:]])
    # Most parts are keys: a call for each of them would take most of the time.
    parts = [
        values[part] if type(part) is str else evaluate(part, values, functions)
        for part in tree[1:]
    ]
    if operator == "+":
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total
    if operator == "*":
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product
    if operator == "/":
        if isinstance(parts[0], int) and isinstance(parts[1], int):
            return Fraction(parts[0], parts[1])
        return parts[0] / parts[1]
    if operator == "^":
        base, exponent = parts
        if isinstance(exponent, int) and exponent < 0:
            return Fraction(1) / base ** (-exponent)
        return base**exponent
    return functions[operator](*parts)


def references(tree: Tree) -> Iterator[str]:
    """The keys that a tree mentions, each as often as it stands there."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, tuple):
        for part in tree[2:] if tree[0] == "softmax" else tree[1:]:
            yield from references(part)


def replace_keys(tree: Tree, new: Mapping[str, Tree]) -> Tree:
    """The same tree with something else in place of some keys."""
    if isinstance(tree, str):
        return new.get(tree, tree)
    if isinstance(tree, tuple):
        start = 2 if tree[0] == "softmax" else 1
        return (*tree[:start], *(replace_keys(part, new) for part in tree[start:]))
    return tree


def _sigmoid(z: Any) -> float:
    # By its sign, so that no exponential overflows.
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    e = math.exp(z)
    return e / (1 + e)


def _softmax(position: int, row: list[Any]) -> Any:
    if len(set(row)) == 1:
        return Fraction(1, len(row))
    largest = max(row)
    powers = [math.exp(z - largest) for z in row]
    return powers[position] / sum(powers)


FLOATS: Functions = {
    "exp": lambda z: math.exp(z) if z else 1,
    "log": lambda z: math.log(z) if z != 1 else 0,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "erf": math.erf,
    "abs": abs,
    "sign": lambda z: (z > 0) - (z < 0),
    "step": lambda z: int(z > 0),
    "clip": lambda z: max(-1, min(1, z)),
    "within": lambda z: int(-1 < z < 1),
    "relu": lambda z: max(z, 0 * z),
    "sigmoid": lambda z: _sigmoid(z) if z else Fraction(1, 2),
    "tanh": lambda z: math.tanh(z) if z else 0,
    "softplus": lambda z: math.log1p(math.exp(-abs(z))) + max(z, 0),
    "softmax": _softmax,
    "max": max,
    "min": min,
    "pi": lambda: math.pi,
    "<=": lambda a, b: int(a <= b),
    "<": lambda a, b: int(a < b),
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
}
"""Fractions as long as they go, floats from the first function that is not rational on."""
