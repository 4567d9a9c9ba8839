"""The fast style: the same statements over arrays of a workspace, with as few calls as possible."""

from __future__ import annotations

import re
from typing import Any

from sympy import S

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    Number,
    Partials,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
    VectorLoss,
)
from symback.emission.forms.functions import code_name, derivative_form
from symback.emission.layout import comment
from symback.emission.printer import Printer, scale_factors
from symback.emission.program import Program, Statement
from symback.emission.styles.inplace import Operand, Recorder, reads_once
from symback.emission.styles.readable import note
from symback.emission.tidy import tidy
from symback.emission.tree import (
    LogSoftmax,
    Softmax,
    arrays,
    axes,
    is_divisor,
    rebuild,
    signed_term,
    walk,
)

__all__ = ["FastBody", "workspace_lines"]

_FEW = 12
"""Up to so many columns, a product with ones puts each row's sum where it is needed."""

_NARROW = 4
"""Up to so many columns, a largest entry is found faster column by column."""


class FastBody:
    """The statements of loss and gradients, each as calls that write into named arrays."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.recorder = Recorder()
        self.printer = Printer(program)
        self.known: dict[Any, Operand] = {}
        self._dying: set[Array] = set()
        self._logs = {
            part
            for s in program.statements
            for part in walk(s.value)
            if isinstance(part, LogSoftmax)
        }
        merged: dict[Array, Statement] = {}
        for item in program.statements:
            if self._is_part_of_total(item):
                merged[item.left] = item
                continue
            self._add(item, merged)

    @property
    def lines(self) -> list[str]:
        """The body."""
        return self.recorder.lines

    def _note(self, item: Statement) -> str:
        """The equation in the readable style: ``(7) delta2 = ..., shape (batch, 10)``."""
        number, shape = note(self.program, item).split(", ", 1)
        name, right = self.program.names[item.left], self.printer(item.value)
        return f"{number} {name} = {right}, {shape}"

    def _is_part_of_total(self, item: Statement) -> bool:
        """A loss for each sample that only the whole loss reads is summed at once."""
        if item.adjoint or len(self._sizes(item.left)) != 1 or item not in self.program.losses:
            return False
        readers = [s for s in self.program.statements if item.left in arrays(s.value)]
        return len(readers) == 1 and not readers[0].quantity.ranges

    def _add(self, item: Statement, merged: dict[Array, Statement]) -> None:
        name = self.program.names[item.left]
        inside = self._inside(item)
        for part in (*(p for p in merged.values() if p.left in arrays(item.value)), item):
            where = f", in the array of {inside}" if inside else ""
            self.recorder.lines += comment(f"{self._note(part)}{where}")
        if not item.quantity.ranges:
            whole = tidy(_replaced(item.value, merged))
            self.recorder.lines.append(f"    {name} = {self._scalar(whole)}")
            return
        if isinstance(item.value, Array):  # the same array under another name
            self.known[item.left] = self._leaf(item.value)
            if item.left not in self.program.gradients:
                return
            out = self.recorder.array(name, self._sizes(item.left))
            self.recorder.line("copyto", [name, self.known[item.left].name])
            return
        out = self.recorder.array(inside or name, self._sizes(item.left))
        if self._sizes(item.value) == out.sizes or not self._sizes(item.value):
            self._into(item.value, out)
        else:  # the same in every row, or in every column
            repeated = self._operand(item.value, out.sizes, None)
            self.recorder.line("copyto", [out.name, repeated.name])
            self.recorder.release(repeated)
        self.known[item.left] = out

    def _inside(self, item: Statement) -> str:
        """The array of the one value that a value is read for, if that is all it is for.

        ``h1 = tanh(h1_pre)`` overwrites ``h1_pre``, whose array is then in the processor's cache.
        """
        readers = [s for s in self.program.statements if item.left in arrays(s.value)]
        kept = (*self.program.gradients, Array(self.program.output))
        if len(readers) == 1 and item.left not in kept and not item.adjoint:
            reader = readers[0]
            match reader.value:
                case Elementwise(function, order, body) if body == item.left:
                    form = derivative_form(function, order)
                    if form is not None and reads_once(form):
                        self._dying.add(item.left)
                        return self.program.names[reader.left]
        return ""

    def _sizes(self, node: Any) -> tuple[int | str, ...]:
        return self.program.shape(node)

    # -- numbers: few, so Python's own arithmetic does

    def _scalar(self, node: Any) -> str:
        match node:
            case Scaled(factor, body):
                above, below = scale_factors(factor, self.program)
                inner = f"({self._scalar(body)})" if isinstance(body, Plus) else self._scalar(body)
                text = " * ".join([*(part for part in above if part != "-1"), inner])
                text = f"-{text}" if "-1" in above else text
                return text + "".join(f" / {part}" for part in below)
            case Plus(terms):
                return " + ".join(self._scalar(term) for term in terms)
            case Hadamard(factors):
                texts = (self._scalar(part) for part in factors)
                pairs = zip(factors, texts, strict=True)
                return " * ".join(f"({t})" if isinstance(f, Plus) else t for f, t in pairs)
            case Reduce(body, _):
                return self._total(body)
        return self.printer(node)

    def _total(self, node: Any) -> str:
        """The sum of all entries, as the product of two arrays where it is one."""
        while isinstance(node, Reduce):
            node = node.body
        match node:
            case VectorLoss():
                return f"float(np.sum({self.printer(node)}))"
            case Power(body, exponent) if exponent == 2:
                operands = [self._value(body)] * 2
            case Hadamard((left, right)) if self._sizes(left) == self._sizes(right):
                operands = [self._value(part) for part in (left, right)]
            case _:
                operands = [self._value(node)]
        self.recorder.release(*operands)
        if len(operands) == 1:
            self.recorder.imports["add"] = None
            return f"float(add.reduce({operands[0].name}, None))"
        self.recorder.imports["vdot"] = None
        return f"float(vdot({operands[0].name}, {operands[1].name}))"

    # -- arrays

    def _leaf(self, node: Array) -> Operand:
        if node in self.known:
            return self.known[node]
        return Operand(self.program.names[node], self._sizes(node))

    def _value(self, node: Any, out: Operand | None = None) -> Operand:
        """A tree's value: the name of what is there already, or a temporary that is filled."""
        if node in self.known:
            return self.known[node]
        match node:
            case Array():
                return self._leaf(node)
            case Number(value):
                return self._number(value)
            case Transpose(body):
                inner = self._value(body)
                if len(inner.sizes) < 2:
                    return inner
                return Operand(f"{inner.name}.T", inner.sizes[::-1])
        return self._into(node, out)

    def _number(self, value: Any) -> Operand:
        above, below = scale_factors(value, self.program)
        text = " * ".join(above) or "1.0"
        for part in below:
            text += f" / {part}"
        try:
            return self.recorder.number(float(text))
        except ValueError:
            return self.recorder.number(text)

    def _into(self, node: Any, out: Operand | None) -> Operand:
        """Compute a tree into an array, or into a temporary."""
        match node:
            case MatMul(left, right):
                return self._matmul(left, right, out, self._sizes(node))
            case Plus(terms):
                return self._plus(list(terms), node, out)
            case Hadamard(factors):
                return self._hadamard(list(factors), node, out)
            case Scaled(factor, body):
                return self._scaled(factor, body, out)
            case Elementwise(name, order, body):
                return self._call(name, order, body, out)
            case Power(body, exponent):
                return self._power(body, exponent, out)
            case Reduce(body, axis):
                return self._reduce(body, axis, out, self._sizes(node))
            case Softmax(body):
                return self._softmax(body, out)
            case LogSoftmax(body):
                self._softmax(body, None)
                return self.known[node]
            case Partials():
                result = out or self.recorder.temporary(self._sizes(node))
                self.recorder.line("copyto", [result.name, self.printer(node)])
                return result
            case VectorLoss():
                result = out or self.recorder.temporary(self._sizes(node))
                self.recorder.line("copyto", [result.name, self.printer(node)])
                return result
            case Array() | Number() | Transpose():
                value = self._value(node)
                if out is None:
                    return value
                self.recorder.line("copyto", [out.name, value.name])
                return out
        raise AssertionError(f"no code for {type(node).__name__}")

    def _matmul(
        self, left: Any, right: Any, out: Operand | None, sizes: tuple[int | str, ...]
    ) -> Operand:
        operands = [self._value(left), self._value(right)]
        result = out or self.recorder.temporary(sizes)
        function = "multiply.outer" if axes(left)[1] is None else "dot"
        self.recorder.line(function, [*(o.name for o in operands), f"out={result.name}"])
        self.recorder.release(*operands)
        return result

    def _plus(self, terms: list[Any], whole: Any, out: Operand | None) -> Operand:
        sizes = self._sizes(whole)
        signed = sorted(map(signed_term, terms), key=lambda item: _cost(item[1], item[0]))
        sign, first = signed[0]
        result = self._operand(first, sizes, out if self._sizes(first) == sizes else None)
        if sign < 0:
            result = self.recorder.apply("negative", [result], out)
        for sign, term in signed[1:]:
            other = self._operand(term, sizes, None)
            function = "add" if sign > 0 else "subtract"
            result = self.recorder.apply(function, [result, other], out)
        return result

    def _hadamard(self, factors: list[Any], whole: Any, out: Operand | None) -> Operand:
        sizes = self._sizes(whole)
        over = sorted((f for f in factors if not is_divisor(f)), key=lambda f: _cost(f, 1))
        under = [f.body for f in factors if is_divisor(f)]
        if not over:
            over = [Number(S.One)]
        full = self._sizes(over[0]) == sizes
        # A factor may need the array itself, so only the first is computed in place.
        result = self._operand(over[0], sizes, out if full else None)
        for function, parts in (("multiply", over[1:]), ("divide", under)):
            for part in parts:
                if function == "multiply" and (divisor := self._reciprocal(part)) is not None:
                    result = self.recorder.apply("divide", [result, divisor], out)
                    continue
                other = self._operand(part, sizes, None)
                result = self.recorder.apply(function, [result, other], out)
        return result

    def _reciprocal(self, node: Any) -> Operand | None:
        """What a factor of the form ``1/u`` divides by: one call less."""
        if not isinstance(node, Elementwise) or node in self.known:
            return None
        form = derivative_form(node.name, node.order)
        if form is None or not form.fast.startswith("1 / "):
            return None
        return self.recorder.inline(form.name, self._value(node.body), None, reciprocal=True)

    def _operand(self, node: Any, sizes: tuple[int | str, ...], out: Operand | None) -> Operand:
        rows, columns = axes(node)
        if isinstance(node, Reduce) and node.axis == 1 and len(sizes) == 2:
            width = self._sizes(node.body)[-1]
            if isinstance(width, int) and width <= _FEW and width == sizes[1]:
                return self._row_sums(self._value(node.body), width, None)
        value = self._value(node, out)
        if len(sizes) == 2 and rows is not None and columns is None and len(value.sizes) == 1:
            return self.recorder.column(value)
        return value

    def _row_sums(self, value: Operand, width: int, out: Operand | None) -> Operand:
        """The sum of each row, in every column of an array like the one that is summed."""
        result = out or self.recorder.temporary(value.sizes)
        ones = self.recorder.square_of_ones(width)
        self.recorder.line("dot", [value.name, ones.name, f"out={result.name}"])
        self.recorder.release(value)
        return result

    def _scaled(self, factor: Any, body: Any, out: Operand | None) -> Operand:
        above, below = scale_factors(factor, self.program)
        result = self._value(body, out)
        if above == ["-1"]:
            result = self.recorder.apply("negative", [result], out)
        elif above:
            result = self.recorder.apply("multiply", [result, self._text(above)], out)
        if below:
            result = self.recorder.apply("divide", [result, self._text(below)], out)
        return result

    def _text(self, parts: list[str]) -> Operand:
        if parts == ["batch"]:
            return self.recorder.named_number("count", "batch")
        try:
            number = 1.0
            for part in parts:
                number *= float(part)
            return self.recorder.number(number)
        except ValueError:
            return self.recorder.number(" * ".join(parts))

    def _call(self, name: str, order: int, body: Any, out: Operand | None) -> Operand:
        argument = self._value(body)
        form = derivative_form(name, order)
        if form is not None:
            if body in self._dying and out is not None:
                argument = Operand(argument.name, argument.sizes, temporary=True)
            return self.recorder.inline(form.name, argument, out)
        result = out or self.recorder.temporary(self._sizes(body))
        call = f"{code_name(name, order)}({argument.name})"
        self.recorder.line("copyto", [result.name, call])
        self.recorder.release(argument)
        return result

    def _power(self, body: Any, exponent: Any, out: Operand | None) -> Operand:
        value = self._value(body)
        if exponent == S.Half:
            return self.recorder.apply("sqrt", [value], out)
        if exponent == 2:
            return self.recorder.apply("square", [value], out)
        if exponent == -1:
            return self.recorder.apply("divide", [self.recorder.number(1.0), value], out)
        return self.recorder.apply("power", [value, self._number(exponent)], out)

    def _reduce(
        self, body: Any, axis: int, out: Operand | None, sizes: tuple[int | str, ...]
    ) -> Operand:
        value = self._value(body)
        result = out or self.recorder.temporary(sizes)
        if axis == 0:
            operands = [self.recorder.ones(value.sizes[0]), value]
        else:
            operands = [value, self.recorder.ones(value.sizes[-1])]
        self.recorder.line("dot", [*(o.name for o in operands), f"out={result.name}"])
        self.recorder.release(value)
        return result

    def _softmax(self, body: Any, out: Operand | None) -> Operand:
        """Softmax and, where it is wanted, its logarithm, from one exponential."""
        recorder = self.recorder
        z = self._value(body)
        rows, width = z.sizes[:-1], z.sizes[-1]
        largest = recorder.temporary(rows)
        if isinstance(width, int) and 1 < width <= _NARROW and len(rows) == 1:
            first, *rest = (f"{z.name}[:, {i}]" for i in range(width))
            for other in rest:
                recorder.line("maximum", [first, other, f"out={largest.name}"])
                first = largest.name
        else:
            recorder.line("maximum.reduce", [z.name, "axis=-1", f"out={largest.name}"])
        logarithm = LogSoftmax(body)
        wanted = logarithm in self._logs
        kept = (
            recorder.array(f"log_{out.name}" if out else "logarithm", z.sizes) if wanted else None
        )
        p = out or recorder.temporary(z.sizes)
        shifted = recorder.apply("subtract", [z, self._column(largest, rows)], kept or p)
        recorder.line("exp", [shifted.name, f"out={p.name}"])
        if isinstance(width, int) and width <= _FEW and rows:
            total = self._row_sums(p, width, None)
        else:
            total = recorder.temporary(rows)
            recorder.line("dot", [p.name, recorder.ones(width).name, f"out={total.name}"])
            total = recorder.spread(self._column(total, rows), z.sizes)
        recorder.line("divide", [p.name, total.name, f"out={p.name}"])
        if kept is not None:
            recorder.line("log", [total.name, f"out={total.name}"])
            recorder.line("subtract", [kept.name, total.name, f"out={kept.name}"])
            self.known[logarithm] = kept
        recorder.release(total, largest)
        return p

    def _column(self, operand: Operand, rows: tuple[int | str, ...]) -> Operand:
        return self.recorder.column(Operand(operand.name, operand.sizes)) if rows else operand


def _replaced(node: Any, values: dict[Array, Statement]) -> Any:
    """A tree with the value of each of these quantities in its place."""
    if isinstance(node, Array) and node in values:
        return values[node].value
    return rebuild(node, lambda part: _replaced(part, values))


def _cost(node: Any, sign: int) -> tuple[int, int]:
    """What is computed in place first: products of matrices, then other operations, then names."""
    kind = 0 if isinstance(node, MatMul) else 2 if isinstance(node, Array | Number) else 1
    return (sign < 0, kind)


def workspace_lines(body: FastBody) -> tuple[list[str], list[str]]:
    """The lines that make a workspace's arrays, and their names in the order of the tuple."""
    buffers = body.recorder.buffers
    lines = [f"{name} = np.empty({_shape(s)}, dtype)" for name, s in buffers.arrays.items()]
    lines += [f"{name} = np.empty({_shape(s)}, bool)" for name, s in buffers.masks.items()]
    lines += [f"{name} = {of}[:, None]" for name, of in buffers.columns.items()]
    lines += [f"{name} = np.ones({size}, dtype)" for name, size in buffers.ones.items()]
    lines += [f"{name} = np.array({text}, dtype)" for name, text in buffers.numbers.items()]
    text = "\n".join(body.lines)
    every = [*buffers.arrays, *buffers.masks, *buffers.columns, *buffers.ones, *buffers.numbers]
    return lines, [name for name in every if re.search(rf"\b{name}\b", text)]


def _shape(sizes: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"
