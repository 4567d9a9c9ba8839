"""Three-address code over arrays that are used again: every operation writes into one of them.

A temporary is taken from the pool of its shape and given back when its last reader has run, so a
function body needs as many as are alive at once.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import field

from symback.emission.forms.functions import FORMS, Form
from symback.emission.layout import call
from symback.records import dataclass

__all__ = ["Buffers", "Operand", "Recorder", "reads_once"]

Sizes = tuple["int | str", ...]

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "less",
    ast.Gt: "greater",
    ast.LtE: "less_equal",
}
_NAMED = {0.0: "zero", 1.0: "one", 2.0: "two", 3.0: "three", 4.0: "four", 0.5: "half"}


@dataclass(frozen=True, slots=True)
class Operand:
    """A name with the sizes of its axes; a temporary may be overwritten by its reader."""

    name: str
    sizes: Sizes
    temporary: bool = False


@dataclass
class Buffers:
    """What a workspace holds: arrays by name, the columns seen of some, numbers and ones."""

    arrays: dict[str, Sizes] = field(default_factory=dict)
    masks: dict[str, Sizes] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    ones: dict[str, int | str] = field(default_factory=dict)


class Recorder:
    """Writes the lines of a function body, and notes which arrays they need."""

    def __init__(self) -> None:
        self.buffers = Buffers()
        self.lines: list[str] = []
        self.imports: dict[str, None] = {}
        self._free: dict[Sizes, list[str]] = {}

    # -- what can be written to

    def array(self, name: str, sizes: Sizes) -> Operand:
        """An array that keeps its name and its value."""
        self.buffers.arrays[name] = sizes
        return Operand(name, sizes)

    def temporary(self, sizes: Sizes) -> Operand:
        """An array of these sizes that nobody reads any more."""
        free = self._free.setdefault(sizes, [])
        if free:
            return Operand(free.pop(), sizes, temporary=True)
        number = sum(name.startswith("temporary") for name in self.buffers.arrays) + 1
        name = f"temporary{number}"
        self.buffers.arrays[name] = sizes
        return Operand(name, sizes, temporary=True)

    def release(self, *operands: Operand) -> None:
        """Give temporaries back."""
        for operand in operands:
            pool = self._free.setdefault(operand.sizes, [])
            if operand.temporary and operand.name not in pool:
                pool.append(operand.name)

    def number(self, value: float | str) -> Operand:
        """A number as an array without axes, which NumPy takes faster than a Python number."""
        text = value if isinstance(value, str) else repr(float(value))
        known = next((n for n, v in self.buffers.numbers.items() if v == text), None)
        if known is None:
            plain = None if isinstance(value, str) else _NAMED.get(float(value))
            count = sum(name.startswith("number") for name in self.buffers.numbers) + 1
            known = plain or f"number{count}"
            self.buffers.numbers[known] = text
        return Operand(known, ())

    def named_number(self, name: str, text: str) -> Operand:
        """A number with a name of its own, given by an expression in the workspace."""
        self.buffers.numbers[name] = text
        return Operand(name, ())

    def ones(self, size: int | str) -> Operand:
        """A vector of ones: a product with it is a sum, and faster than one."""
        name = f"ones_{size}"
        self.buffers.ones[name] = size
        return Operand(name, (size,))

    def square_of_ones(self, size: int) -> Operand:
        """A matrix of ones: a product with it has each row's sum in every column."""
        name = f"ones_{size}_{size}"
        self.buffers.ones[name] = f"({size}, {size})"
        return Operand(name, (size, size))

    def column(self, operand: Operand) -> Operand:
        """A vector as a matrix with one column."""
        if operand.name not in self.buffers.arrays:
            return Operand(f"{operand.name}[:, None]", (*operand.sizes, 1))
        name = f"{operand.name}_column"
        self.buffers.columns[name] = operand.name
        return Operand(name, (*operand.sizes, 1))

    # -- operations

    def line(self, function: str, arguments: Sequence[str], *, imported: bool = True) -> None:
        """A call as a statement."""
        if imported:
            self.imports[function.partition(".")[0]] = None
        self.lines += call(f"{function}(", arguments, ")", depth=1)

    def apply(self, function: str, operands: Sequence[Operand], out: Operand | None) -> Operand:
        """A function entry by entry, into ``out``, or into one of its own temporaries."""
        sizes = max((o.sizes for o in operands), key=_extent)
        operands = [self.spread(operand, sizes) for operand in operands]
        result = out or next((o for o in operands if o.temporary and o.sizes == sizes), None)
        result = result or self.temporary(sizes)
        self.line(function, [*(o.name for o in operands), f"out={result.name}"])
        self.release(*(o for o in operands if o.name != result.name))
        return result

    def _compared(self, node: ast.Compare, scope: dict[str, Operand]) -> tuple[Operand, Operand]:
        left = self._evaluate(node.left, scope, None)
        return left, self._evaluate(node.comparators[0], scope, None)

    def _mask(self, sizes: Sizes) -> str:
        mask = "mask_" + "_".join(map(str, sizes))
        self.buffers.masks[mask] = sizes
        return mask

    def spread(self, operand: Operand, sizes: Sizes) -> Operand:
        """A row or column as a whole array: NumPy would copy it piece by piece, and allocate."""
        if operand.sizes in ((), sizes):
            return operand
        whole = self.temporary(sizes)
        self.line("copyto", [whole.name, operand.name])
        self.release(operand)
        return whole

    def inline(
        self, name: str, argument: Operand, out: Operand | None, *, reciprocal: bool = False
    ) -> Operand:
        """The body of a catalogue's function, or what it is one over, for this argument."""
        form = FORMS[name]
        if form.ufunc:
            return self.apply(form.ufunc, [argument], out)
        body = form.fast or form.numpy
        if reciprocal:
            body = body.removeprefix("1 / ")
        if "return" not in body:
            body = f"return {body}"
        own = argument.temporary and reads_once(FORMS[name])
        scope = {"z": Operand(argument.name, argument.sizes, own)}
        kept: list[Operand] = []
        result = scope["z"]
        for node in ast.parse(body).body:
            if isinstance(node, ast.Return) and node.value is not None:
                result = self._evaluate(node.value, scope, out)
            elif isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                assert isinstance(target, ast.Name)
                old = scope.get(target.id)
                value = self._evaluate(node.value, scope, None)
                if old is not None and old.name != value.name:
                    self.release(*(k for k in kept if k.name == old.name))
                scope[target.id] = Operand(value.name, value.sizes)
                kept.append(value)
            else:
                raise AssertionError(f"{name}: {ast.unparse(node)}")
        self.release(*(k for k in kept if k.name != result.name))
        if not own:  # its steps have it, or gave it back
            self.release(argument)
        if out is not None and result.name != out.name:
            self.line("copyto", [out.name, result.name])
            self.release(result)
            return out
        return Operand(result.name, result.sizes, result.name.startswith("temporary"))

    def _evaluate(self, node: ast.expr, scope: dict[str, Operand], out: Operand | None) -> Operand:
        match node:
            case ast.Name(id="limit" | "highest" as name):
                # The exponential of the one is still finite, that of the other even when squared.
                share = {"limit": 0.49, "highest": 0.999}[name]
                return self.named_number(name, f"{share} * np.log(np.finfo(dtype).max)")
            case ast.Name(id=name):
                return scope[name]
            case ast.Constant(value=value):
                return self.number(float(value))  # type: ignore[arg-type]
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
                return self.number(-float(value))  # type: ignore[arg-type]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.apply("negative", [self._evaluate(operand, scope, None)], out)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=exponent)):
                return self._power(self._evaluate(left, scope, None), int(exponent), out)  # type: ignore[arg-type]
            case ast.BinOp(left=left, op=op, right=right):
                operands = [self._evaluate(part, scope, None) for part in (left, right)]
                return self.apply(_BINARY[type(op)], operands, out)
            case ast.Attribute(value=ast.Name() as whole, attr="real"):
                return self._evaluate(whole, scope, out)
            case ast.Call(func=ast.Attribute(attr="where"), args=[condition, then, otherwise]):
                return self._where(condition, then, otherwise, scope, out)
            case ast.Call(func=ast.Attribute(attr=name), args=arguments):
                operands = [self._evaluate(part, scope, None) for part in arguments]
                return self.apply("absolute" if name == "abs" else name, operands, out)
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self.inline(name, self._evaluate(argument, scope, None), out)
        raise AssertionError(ast.unparse(node))

    def _power(self, base: Operand, exponent: int, out: Operand | None) -> Operand:
        if exponent == 2:
            return self.apply("square", [base], out)
        held = Operand(base.name, base.sizes)
        result = self.apply("square", [held], None)
        for step in range(exponent - 2):
            last = step == exponent - 3
            result = self.apply("multiply", [result, held], out if last else None)
        self.release(base)
        return result

    def _where(
        self,
        condition: ast.expr,
        then: ast.expr,
        otherwise: ast.expr,
        scope: dict[str, Operand],
        out: Operand | None,
    ) -> Operand:
        assert isinstance(condition, ast.Compare)
        left, right = self._compared(condition, scope)
        first, second = (self._evaluate(part, scope, None) for part in (then, otherwise))
        sizes = left.sizes
        mask = self._mask(sizes)
        result = out or (second if second.temporary else self.temporary(sizes))
        self.line(_COMPARED[type(condition.ops[0])], [left.name, right.name, f"out={mask}"])
        if second.name != result.name:
            self.line("copyto", [result.name, second.name])
        self.line("copyto", [result.name, first.name, f"where={mask}"])
        self.release(left, right, first, *([second] if second.name != result.name else []))
        return result


def reads_once(form: Form) -> bool:
    """Whether a function's steps may overwrite its argument: it is read by the first alone."""
    body = form.fast or form.numpy
    names = [node for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)]
    return bool(form.ufunc) or (
        "return" not in body and not form.needs and sum(node.id == "z" for node in names) == 1
    )


def _extent(sizes: Sizes) -> tuple[int, int]:
    """More axes are larger, and so is an axis that is not one entry long."""
    return len(sizes), sum(size != 1 for size in sizes)
