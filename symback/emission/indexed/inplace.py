"""Statements of arrays as calls that write into arrays which are there already.

Each operation writes into the array that is assigned to, or into one that nobody reads any more.
A statement of which a length is not certain, or that does nothing but name a view, is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from math import prod

from sympy import Basic, Expr, expand

from symback.emission.indexed.extents import ELEMENTWISE, Extents, Lengths, Unknown, ast_numbers
from symback.emission.layout import call
from symback.records import dataclass

__all__ = ["INTO", "InPlace"]

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.MatMult: "matmul",
}
INTO = {"sigmoid": "sigmoid_into", "softmax": "softmax_into"}
"""Functions of the module that have a form which writes into an array."""


@dataclass(frozen=True)
class _Operand:
    """A piece of code, its lengths, and whether its reader may write over it."""

    text: str
    lengths: Lengths
    is_temporary: bool = False


class InPlace:
    """Writes statements, and notes which temporaries they need.

    Attributes:
        turned: gives a transposed array a name, where it is worth an array of its own.

    Args:
        extents: the lengths of the arrays that are known.
        allowed: the symbols that the lengths of a temporary may have: sizes, no letters of loops.
        integer: writes a length.
        free: gives a name that nothing has yet.
    """

    def __init__(
        self,
        extents: Extents,
        allowed: frozenset[Basic],
        integer: Callable[[Expr], str],
        free: Callable[[str], str] = str,
    ) -> None:
        self.extents = extents
        self.turned: Callable[[str], str | None] | None = None
        self._integer = integer
        self._new = free
        self._held: list[_Operand] = []
        self.temporaries: dict[str, Lengths] = {}
        self.ones: dict[str, Expr] = {}
        self.used: dict[str, None] = {}
        self._allowed = allowed
        self._free: dict[Lengths, list[str]] = {}
        self._calls: list[tuple[str, list[str]]] = []

    def calls(self, target: str, value: str, depth: int) -> list[str] | None:
        """The lines that write a value into a target; None for what is left as it stands."""
        before = {k: list(v) for k, v in self._free.items()}, dict(self.temporaries)
        self._calls, self._held = [], []
        try:
            left, right = (ast.parse(t, mode="eval").body for t in (target, value))
            lengths = self.extents.of(left)
            if not lengths or self.extents.of(right) != lengths:
                raise Unknown
            root = _root(left)
            reads = {n.id for n in ast.walk(right) if isinstance(n, ast.Name)}
            out = _Operand(target.removesuffix("[...]"), lengths)
            found = self._evaluate(right, out, out if root not in reads else None)
            if found.text != out.text:
                self._call("copyto", [out.text, found.text])
                self._release(found)
            self._release(*self._held)
        except Unknown:
            self._free, self.temporaries = before
            return None
        lines: list[str] = []
        for name, arguments in self._calls:
            lines += call(f"{name}(", arguments, ")", depth)
        return lines

    # -- what can be written to

    def _temporary(self, lengths: Lengths) -> _Operand:
        free = self._free.setdefault(lengths, [])
        if free:
            return _Operand(free.pop(), lengths, True)
        if any(not n.free_symbols <= self._allowed for n in lengths):
            raise Unknown
        name = self._new(f"temporary{len(self.temporaries) + 1}")
        self.temporaries[name] = lengths
        self.extents.arrays[name] = lengths
        return _Operand(name, lengths, True)

    def _release(self, *operands: _Operand) -> None:
        for operand in operands:
            if operand.is_temporary:
                pool = self._free.setdefault(operand.lengths, [])
                if operand.text not in pool:
                    pool.append(operand.text)

    def _call(self, name: str, arguments: list[str], *, own: bool = False) -> None:
        self._calls.append((name if own else f"np.{name}", arguments))

    # -- operations

    def _evaluate(self, node: ast.expr, out: _Operand | None, spare: _Operand | None) -> _Operand:
        """Compute an expression.

        Args:
            node: the expression.
            out: where the result must be, if anywhere.
            spare: the array that is assigned to, where nothing reads it any more.
        """
        lengths = self.extents.of(node)
        if not lengths or self._is_view(node):
            return _Operand(_text(node), lengths)
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._entrywise("negative", [operand], out, spare)
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return self._product(left, right, lengths, out, spare)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)):
                return self._entrywise("square", [left], out, spare)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._entrywise("power", [left, right], out, spare)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return self._entrywise(_BINARY[type(op)], [left, right], out, spare)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name), args=arguments):
                return self._numpy(name, arguments, node, lengths, out, spare)
            case ast.Call(func=ast.Attribute(value=whole, attr="sum"), keywords=[axis]) if (
                self._is_product_with_ones(whole, axis.value)
            ):
                return self._with_ones(whole, axis.value, lengths, out)
            case ast.Call(func=ast.Attribute(value=whole, attr="sum" | "max" | "min" as name)):
                inner = self._evaluate(whole, None, None)
                result = out or self._temporary(lengths)
                function = {"sum": "add", "max": "maximum", "min": "minimum"}[name]
                options = [f"{k.arg}={_text(k.value)}" for k in node.keywords]
                self._call(f"{function}.reduce", [inner.text, *options, f"out={result.text}"])
                self._release(inner)
                return result
            case ast.Call(
                func=ast.Attribute(value=ast.BinOp(op=ast.MatMult()) as product, attr="reshape")
            ):
                return self._reshaped(product, lengths, out, spare)
            case ast.Call(func=ast.Attribute(value=whole, attr="reshape"), args=shape):
                return self._seen(whole, f".reshape({', '.join(map(_text, shape))})", lengths)
            case ast.Subscript(value=whole, slice=index):
                return self._seen(
                    whole, f"[{_text(index).removeprefix('(').removesuffix(')')}]", lengths
                )
            case ast.Attribute(value=whole, attr="T"):
                return self._seen(whole, ".T", lengths)
            case ast.Call(func=ast.Attribute(value=whole, attr="transpose"), args=order):
                places = ", ".join(map(_text, order))
                return self._seen(whole, f".transpose({places})", lengths)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=options) if (
                name in INTO
            ):
                into = out or self._fitting(spare, lengths)
                inner = self._evaluate(argument, into, spare)
                result = into or (inner if inner.is_temporary else self._temporary(lengths))
                more = [f"{k.arg}={_text(k.value)}" for k in options]
                self._call(INTO[name], [inner.text, result.text, *more], own=True)
                self.used[INTO[name]] = None
                if inner.text != result.text:
                    self._release(inner)
                return result
        raise Unknown

    def _is_view(self, node: ast.expr) -> bool:
        """Whether a piece of code is an array, or part of one, without a copy."""
        match node:
            case ast.Name():
                return True
            case ast.Subscript(value=whole) | ast.Attribute(value=whole, attr="T"):
                return self._is_view(whole)
            case ast.Call(func=ast.Attribute(value=whole, attr="transpose" | "reshape")):
                return self._is_view(whole)
        return False

    def _entrywise(
        self,
        name: str,
        nodes: list[ast.expr],
        out: _Operand | None,
        spare: _Operand | None,
    ) -> _Operand:
        lengths = self.extents.joined(*map(self.extents.of, nodes))
        operands: list[_Operand] = []
        free = spare
        for node in nodes:
            fits = free is not None and self.extents.of(node) == free.lengths
            operand = self._evaluate(node, None, free if fits else None)
            if free is not None and operand.text == free.text:
                free = None
            operands.append(operand)
        result = out
        if result is None:
            held = [o for o in operands if o.is_temporary and o.lengths == lengths]
            result = self._fitting(spare, lengths) or (held[0] if held else None)
            result = result or self._temporary(lengths)
        self._call(name, [*(o.text for o in operands), f"out={result.text}"])
        self._release(*(o for o in operands if o.text != result.text))
        return result

    def _is_product_with_ones(self, whole: ast.expr, axis: ast.expr) -> bool:
        """Whether a sum is over the first axes, or the last, of rows that lie one after another."""
        match whole:
            case ast.Name():
                pass
            case ast.Subscript(value=ast.Name(), slice=ast.Slice()):
                pass
            case ast.BinOp():
                pass
            case _:
                return False
        rank = len(self.extents.of(whole))
        places = self._places(axis, rank)
        return rank > 1 and places in (list(range(len(places))), [rank - 1]) and len(places) < rank

    @staticmethod
    def _places(axis: ast.expr, rank: int) -> list[int]:
        return [
            ast_numbers(a) % rank for a in (axis.elts if isinstance(axis, ast.Tuple) else [axis])
        ]

    def _with_ones(
        self, whole: ast.expr, axis: ast.expr, lengths: Lengths, out: _Operand | None
    ) -> _Operand:
        """A sum as a product with a vector of ones, which is quicker."""
        inner = self._evaluate(whole, None, None)
        result = out or self._temporary(lengths)
        rank = len(inner.lengths)
        places = self._places(axis, rank)
        rows, into = inner.text, result.text
        if places == [rank - 1]:
            count = inner.lengths[-1]
            if rank > 2:
                rows += f".reshape(-1, {self._integer(count)})"
                if not into.isidentifier():
                    raise Unknown
                into += ".reshape(-1)"
            operands = [rows, self._ones(count)]
        else:
            count = expand(prod(inner.lengths[: len(places)]))
            if len(places) > 1 or rank > 2:
                rest = expand(prod(inner.lengths[len(places) :]))
                rows += f".reshape(-1, {self._integer(rest)})"
                if len(lengths) > 1:
                    if not into.isidentifier():
                        raise Unknown
                    into += ".reshape(-1)"
            operands = [self._ones(count), rows]
        self._call("matmul", [*operands, f"out={into}"])
        self._release(inner)
        return result

    def _ones(self, count: Expr) -> str:
        """A vector of ones."""
        if not count.free_symbols <= self._allowed:
            raise Unknown
        known = next((n for n, c in self.ones.items() if c == count), None)
        if known is None:
            known = self._new(f"ones{len(self.ones) + 1}")
            self.ones[known] = count
        return known

    def _seen(self, whole: ast.expr, view: str, lengths: Lengths) -> _Operand:
        """A view of something computed, which is not written over before the statement ends."""
        inner = self._evaluate(whole, None, None)
        self._held.append(inner)
        return _Operand(f"{inner.text}{view}", lengths)

    @staticmethod
    def _fitting(spare: _Operand | None, lengths: Lengths) -> _Operand | None:
        return spare if spare is not None and spare.lengths == lengths else None

    def _product(
        self,
        left: ast.expr,
        right: ast.expr,
        lengths: Lengths,
        out: _Operand | None,
        spare: _Operand | None,
    ) -> _Operand:
        one, two = self._evaluate(left, None, None), self._evaluate(right, None, None)
        result = out or self._fitting(spare, lengths) or self._temporary(lengths)
        first, into = one.text, result.text
        match right:
            case ast.Attribute(value=ast.Name(id=name), attr="T") if self.turned and (
                len(one.lengths) > 1
            ):
                two = _Operand(self.turned(name) or two.text, two.lengths)
        names = first.isidentifier() and into.isidentifier()
        if len(one.lengths) > 2 and len(two.lengths) == 2 and names:  # all rows in one product
            first += f".reshape(-1, {self._integer(one.lengths[-1])})"
            into += f".reshape(-1, {self._integer(lengths[-1])})"
        self._call("matmul", [first, two.text, f"out={into}"])
        self._release(one, two)
        return result

    def _reshaped(
        self, product: ast.expr, lengths: Lengths, out: _Operand | None, spare: _Operand | None
    ) -> _Operand:
        """A product of matrices whose result has more axes than a matrix."""
        if not isinstance(product, ast.BinOp) or not isinstance(product.op, ast.MatMult):
            raise Unknown
        result = out or self._fitting(spare, lengths) or self._temporary(lengths)
        if not result.text.isidentifier():  # its memory may not be one piece
            raise Unknown
        inside = self.extents.of(product)
        shape = ", ".join(map(self._integer, inside))
        whole = _Operand(f"{result.text}.reshape({shape})", inside)
        self._product(product.left, product.right, inside, whole, None)
        return result

    def _numpy(
        self,
        name: str,
        arguments: list[ast.expr],
        node: ast.Call,
        lengths: Lengths,
        out: _Operand | None,
        spare: _Operand | None,
    ) -> _Operand:
        if name in ELEMENTWISE:
            return self._entrywise("absolute" if name == "abs" else name, arguments, out, spare)
        if name == "ascontiguousarray":
            return self._evaluate(arguments[0], out, spare)
        if name == "where":
            return self._where(arguments, lengths, out)
        if name == "einsum":
            operands = [self._evaluate(a, None, None) for a in arguments[1:]]
            result = out or self._temporary(lengths)
            options = [f"{k.arg}={_text(k.value)}" for k in node.keywords]
            texts = [o.text for o in operands]
            self._call("einsum", [_text(arguments[0]), *texts, *options, f"out={result.text}"])
            self._release(*operands)
            return result
        raise Unknown

    def _where(self, arguments: list[ast.expr], lengths: Lengths, out: _Operand | None) -> _Operand:
        condition, then, otherwise = arguments
        if isinstance(then, ast.Name) and _is_sign(condition) and _is_zero(otherwise):
            result = out or self._temporary(lengths)
            self._call("multiply", [then.id, _text(condition), f"out={result.text}"])
            return result
        first, second = (self._evaluate(a, None, None) for a in (then, otherwise))
        result = out or self._temporary(lengths)
        self._call("copyto", [result.text, second.text])
        self._call("copyto", [result.text, first.text, f"where={_text(condition)}"])
        self._release(first, second)
        return result


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


def _is_sign(node: ast.expr) -> bool:
    """Whether a condition is the sign of an array, as the slope of relu is: it is a factor then."""
    match node:
        case ast.Compare(left=left, comparators=[right]):
            return _is_zero(left) and isinstance(right, ast.Name)
    return False


def _root(node: ast.expr) -> str:
    """The name of the array that a view is of."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    """Code with double quotes, as it was written."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return f'"{node.value}"'
    return ast.unparse(node)
