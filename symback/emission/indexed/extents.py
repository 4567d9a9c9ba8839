"""How long each axis of an expression of arrays is, read off its code.

What has a length that is not certain has none here: such a statement is written as it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from sympy import Expr, Integer, S, Symbol, expand

__all__ = ["ELEMENTWISE", "Extents", "Unknown", "ast_numbers"]

Lengths = tuple[Expr, ...]

ELEMENTWISE = frozenset(
    "abs cos cosh exp expm1 log log1p maximum minimum negative sign sin sinh sqrt square "
    "tanh".split()
)
"""Functions of NumPy that work entry by entry and take an array to write into."""


class Unknown(Exception):
    """The lengths of a piece of code are not certain."""


class Extents:
    """Finds the lengths of the axes of code.

    Args:
        sizes: the symbols of sizes and of letters of loops, by their names in code.
        own: functions of the module that work entry by entry, or along one axis.
    """

    def __init__(self, sizes: Mapping[str, Symbol], own: frozenset[str]) -> None:
        self.sizes = dict(sizes)
        self.own = own
        self.arrays: dict[str, Lengths] = {}

    def of(self, node: ast.expr) -> Lengths:
        """The lengths of an expression's axes.

        Raises:
            Unknown: where they are not certain.
        """
        match node:
            case ast.Name(id=name) if name in self.arrays:
                return self.arrays[name]
            case ast.Name(id=name) if name in self.sizes:
                return ()
            case ast.Constant(value=int() | float()):
                return ()
            case ast.Attribute(value=ast.Name(id="np"), attr="inf"):
                return ()
            case ast.Attribute(value=whole, attr="T"):
                return self.of(whole)[::-1]
            case ast.Subscript(value=whole, slice=index):
                return self._chosen(self.of(whole), index)
            case ast.UnaryOp(operand=operand):
                return self.of(operand)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self.product(self.of(left), self.of(right))
            case ast.BinOp(left=left, right=right):
                return self.joined(self.of(left), self.of(right))
            case ast.Compare(left=left, comparators=[right]):
                return self.joined(self.of(left), self.of(right))
            case ast.Call():
                return self._called(node)
        raise Unknown

    def joined(self, *parts: Lengths) -> Lengths:
        """The lengths of what is combined entry by entry."""
        rank = max(map(len, parts))
        padded = [(S.One,) * (rank - len(p)) + p for p in parts]
        found = []
        for lengths in zip(*padded, strict=True):
            long = {n for n in lengths if n != 1}
            if len(long) > 1:
                raise Unknown
            found.append(long.pop() if long else S.One)
        return tuple(found)

    def product(self, left: Lengths, right: Lengths) -> Lengths:
        """The lengths of a product of matrices."""
        if not left or not right:
            raise Unknown
        over = right[0] if len(right) == 1 else right[-2]
        if left[-1] != over:
            raise Unknown
        if len(left) == 1 or len(right) == 1:
            return (*left[:-1], *right[:-2], *(right[-1:] if len(right) > 1 else ()))
        stack = self.joined(left[:-2], right[:-2]) if left[:-2] or right[:-2] else ()
        return (*stack, left[-2], right[-1])

    def _called(self, node: ast.Call) -> Lengths:
        match node.func, node.args:
            case ast.Attribute(value=ast.Name(id="np"), attr=name), arguments:
                return self._of_numpy(name, arguments)
            case ast.Attribute(value=whole, attr="sum" | "max" | "min"), []:
                return self._reduced(self.of(whole), node)
            case ast.Attribute(value=whole, attr="transpose"), order:
                lengths = self.of(whole)
                return tuple(lengths[int(ast_numbers(n))] for n in order)
            case ast.Attribute(value=whole, attr="reshape"), shape:
                return self._reshaped(self.of(whole), shape)
            case ast.Name(id=name), [argument, *_] if name in self.own:
                return self.of(argument)
            case ast.Name(id="float"), _:
                return ()
        raise Unknown

    def _of_numpy(self, name: str, arguments: list[ast.expr]) -> Lengths:
        if name in ELEMENTWISE or name == "where":
            return self.joined(*map(self.of, arguments))
        if name == "ascontiguousarray":
            return self.of(arguments[0])
        if name == "vdot":
            return ()
        if name == "einsum":
            return self._einsum(arguments)
        raise Unknown

    def _einsum(self, arguments: list[ast.expr]) -> Lengths:
        letters = arguments[0]
        if not isinstance(letters, ast.Constant) or not isinstance(letters.value, str):
            raise Unknown
        before, _, after = letters.value.partition("->")
        known: dict[str, Expr] = {}
        for names, argument in zip(before.split(","), arguments[1:], strict=True):
            lengths = self.of(argument)
            if len(names) != len(lengths):
                raise Unknown
            known |= zip(names, lengths, strict=True)
        return tuple(known[name] for name in after)

    def _reduced(self, lengths: Lengths, node: ast.Call) -> Lengths:
        options = {k.arg: k.value for k in node.keywords}
        if "axis" not in options:
            return ()
        axis = options["axis"]
        places = [ast_numbers(a) for a in (axis.elts if isinstance(axis, ast.Tuple) else [axis])]
        gone = {place % len(lengths) for place in places}
        if "keepdims" in options:
            return tuple(S.One if n in gone else e for n, e in enumerate(lengths))
        return tuple(e for n, e in enumerate(lengths) if n not in gone)

    def _reshaped(self, lengths: Lengths, shape: list[ast.expr]) -> Lengths:
        wanted = [self.number(n) for n in shape]
        if S.NegativeOne not in wanted:
            return tuple(wanted)
        whole: Expr = S.One
        for length in lengths:
            whole = whole * length
        for length in wanted:
            whole = whole / (1 if length == S.NegativeOne else length)
        return tuple(expand(whole) if n == S.NegativeOne else n for n in wanted)

    def _chosen(self, lengths: Lengths, index: ast.expr) -> Lengths:
        items = list(index.elts) if isinstance(index, ast.Tuple) else [index]
        if any(isinstance(i, ast.Constant) and i.value is Ellipsis for i in items):
            if len(items) > 1:
                raise Unknown
            return lengths
        found: list[Expr] = []
        left = list(lengths)
        for item in items:
            if isinstance(item, ast.Constant) and item.value is None:
                found.append(S.One)
                continue
            if not left:
                raise Unknown
            length = left.pop(0)
            if isinstance(item, ast.Slice):
                found.append(self._sliced(length, item))
            else:
                self.number(item)  # one entry, or unknown
        return (*found, *left)

    def _sliced(self, length: Expr, item: ast.Slice) -> Expr:
        if item.step is not None:
            raise Unknown
        ends = [S.Zero, length]
        for place, end in enumerate((item.lower, item.upper)):
            if end is not None:
                value = self.number(end)
                ends[place] = length + value if value.is_negative else value
        return expand(ends[1] - ends[0])

    def number(self, node: ast.expr) -> Expr:
        """A whole number made of sizes and letters of loops."""
        match node:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                return Integer(value)
            case ast.Name(id=name) if name in self.sizes:
                return self.sizes[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() as op, right=right):
                one, two = self.number(left), self.number(right)
                if isinstance(op, ast.Mult):
                    return expand(one * two)
                return one + two if isinstance(op, ast.Add) else one - two
        raise Unknown


def ast_numbers(node: ast.expr) -> int:
    """A literal whole number.

    Raises:
        Unknown: for anything else.
    """
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
    raise Unknown
