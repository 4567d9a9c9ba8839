"""The readable style: one NumPy statement for each equation, in the order of the derivation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symback.calculus.matrix.tree import Array, Hadamard, Partials, Plus, Reduce
from symback.emission.layout import WIDTH, call, rows, statement
from symback.emission.printer import Dialect, Printer, signed
from symback.emission.program import Program, Statement, totalled
from symback.emission.tree import LogSoftmax, Softmax, children, replaced, walk
from symback.errors import TooLargeError

__all__ = ["Body", "arguments", "note", "returned", "unpacked"]


class Body:
    """The statements of one function's body, printed as NumPy.

    Args:
        program: what is printed.
        dialect: for which array library.
        statements: those of this body.
    """

    def __init__(
        self, program: Program, statements: Sequence[Statement], dialect: Dialect | None = None
    ) -> None:
        self.program = program
        self.printer = Printer(program, dialect or Dialect())
        self.lines: list[str] = []
        self._shared = _shared_logarithms(statements)
        for item in totalled(statements):
            self._add(item)

    @property
    def used(self) -> tuple[str, ...]:
        """The functions that the body calls, as names of entries."""
        return tuple(self.printer.used)

    @property
    def text(self) -> str:
        """The lines as one text, to see which names occur."""
        return "\n".join(self.lines)

    def _add(self, item: Statement) -> None:
        name = self.program.names[item.left]
        value: Any = item.value
        if isinstance(value, Softmax) and LogSoftmax(value.body) in self._shared:
            right = f"softmax_and_log({self.printer(value.body)})"
            self.printer.used["softmax_and_log"] = None
            self._put(f"{name}, log_{name}", right, note(self.program, item))
            self.printer.named[LogSoftmax(value.body)] = f"log_{name}"
            return
        for part in walk(value):
            if isinstance(part, Partials) and list(walk(value)).count(part) > 1:
                self._name(part, f"d{part.of.name}")
        while not self._put(name, self._full(item, value), note(self.program, item)):
            value = self._split(value, name)

    def _full(self, item: Statement, value: Any) -> str:
        """A value in the shape of what it is a value of: ``1 / batch`` for every entry."""
        text, shape = self.printer(value), self.program.shape(item.left)
        if self.program.shape(value) == shape:
            return text
        prefix = self.printer.dialect.prefix
        sizes = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
        if self.program.shape(value):
            return f"{prefix}.broadcast_to({self.printer.within(value, item.left)}, {sizes})"
        given = self.program.parameters[0].name
        kind = f"{given}.dtype" if prefix == "np" else f"dtype={given}.dtype"
        return f"{prefix}.full({sizes}, {text}, {kind})"

    def _put(self, left: str, right: str, text: str) -> bool:
        lines = statement(left, right, text)
        self.lines += lines or []
        return lines is not None

    def _split(self, value: Any, name: str) -> Any:
        """Give a name to what is inside the innermost operation that fits on no line."""
        count = sum(n.startswith(f"{name}_part") for n in self.printer.named.values())
        short = f"{name}_part{count + 1}"
        room = WIDTH - len(f"    {short} = ")
        whole = value
        while inner := [p for p in self._unnamed(whole) if len(self.printer(p)) > room]:
            whole = inner[0]
        kind, every = type(whole), children(whole)
        if isinstance(whole, Plus | Hadamard):
            # As many of its first parts as fit, as one.
            for count in range(len(every) - 1, 1, -1):
                first: Any = kind(every[:count])
                if len(self.printer(first)) <= room:
                    self._name(first, short)
                    return replaced(value, whole, kind((first, *every[count:])))
        parts = self._unnamed(whole)
        if not parts:
            raise TooLargeError(f"the formula of {name} is too long to write")
        self._name(max(parts, key=lambda part: len(self.printer(part))), short)
        return value

    def _unnamed(self, node: Any) -> list[Any]:
        """The operations inside one that are written out where it is printed, without signs."""
        if isinstance(node, Reduce) and isinstance(node.body, Reduce):
            node = node.body  # a sum over both axes is one call
        parts = [signed(part)[1] for part in children(node)]
        return [part for part in parts if children(part) and part not in self.printer.named]

    def _name(self, part: Any, name: str) -> None:
        if part in self.printer.named:
            return
        self._put(name, self.printer(part), "")
        self.printer.named[part] = name


def note(program: Program, item: Statement) -> str:
    """The number of the equation and the shape: ``(7), shape (batch, 10)``."""
    shape = program.shape(item.left)
    numbers = ", ".join(f"({number})" for number in (*item.within, item.number))
    if not shape:
        return f"{numbers}, a number"
    inside = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
    return f"{numbers}, shape ({inside})"


def arguments(program: Program, inputs: Sequence[str]) -> list[str]:
    """The arguments of a function, looked at and taken by their names, a few to a line."""
    call = f"_arguments(parameters, {', '.join(inputs)})"
    lines = unpacked(program, inputs, call)
    return lines if len(lines) == 1 else [f"    arrays = {call}", *unpacked(program, inputs)]


def unpacked(program: Program, inputs: Sequence[str], source: str = "arrays") -> list[str]:
    """The arguments by their names, a few to a line."""
    names = [*(q.name for q in program.parameters), *inputs]
    line = f"    {', '.join(names)} = {source}"
    if len(line) <= WIDTH:
        return [line]

    def row(first: int, last: int) -> str:
        one = last - first == 1
        part = f"{source}[{first}]" if one else f"{source}[{first}:{last}]"
        return f"    {', '.join(names[first:last])} = {part}"

    return rows(len(names), row)


def returned(program: Program) -> list[str]:
    """The gradients, gathered."""
    names = [program.names[Array(q, adjoint=True)] for q in program.parameters]
    return call("gradients = Parameters(", names, ")", depth=1)


def _shared_logarithms(statements: Sequence[Statement]) -> set[Any]:
    """Logarithms of softmax that a statement computes beside the softmax itself."""
    wanted = {p for s in statements for p in walk(s.value) if isinstance(p, LogSoftmax)}
    values: list[Any] = [s.value for s in statements]
    found = {value for value in values if isinstance(value, Softmax)}
    return {part for part in wanted if Softmax(part.body) in found}
