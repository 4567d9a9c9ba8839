"""The scalar style: straight-line Python numbers for a tiny network, one sample at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from symback.calculus.matrix.tree import Array, MatMul, Partials, Reduce, VectorLoss
from symback.emission.layout import WIDTH, call, nested, split
from symback.emission.named import refuse_letters
from symback.emission.program import Program, Statement, needed
from symback.emission.styles import context as common
from symback.emission.styles.helpers import source, with_needed
from symback.emission.targets.entries import Entries, Index, bare, calls, split_at
from symback.emission.tree import LogSoftmax, Softmax, axes
from symback.errors import InputError, TooLargeError
from symback.model.equations import Quantity, Role

__all__ = ["MAX_STATEMENTS", "ScalarBody", "context", "from_math", "scalar_sources"]

MAX_STATEMENTS = 400
MAX_WIDTH = 9
"""Beyond so many numbers, or units in a layer, arrays are faster, and nobody reads the file."""


class ScalarBody(Entries):
    """The statements of a function, one for each entry of each quantity."""

    def __init__(self, program: Program, statements: tuple[Statement, ...]) -> None:
        super().__init__(program)
        refuse_large(program)
        refuse_letters(program, "style scalar", "style", "the readable style")
        for quantity in program.inputs:
            if len(quantity.ranges) - any(r.is_rows for r in quantity.ranges) > 1:
                raise InputError(
                    f"style scalar takes vectors, and {quantity.name} is a matrix",
                    where="style",
                    hint="take the readable style, or target c",
                )
        self.lines: list[str] = []
        self._rows: dict[Any, list[str]] = {}
        self._constant = {a: program.names[a] for a in map(Array, program.constants)}
        self._held: dict[str, str] = {}
        self._alias: dict[Array, Array] = {}
        for item in statements:
            self._add(item)

    @property
    def text(self) -> str:
        """The code, without its comments."""
        return "\n".join(line.partition("#")[0] for line in self.lines)

    def _add(self, item: Statement) -> None:
        if isinstance(item.value, Array):
            self._alias[item.left] = self._alias.get(item.value, item.value)
            return
        shape = self.program.shape(item.left)
        inside = ", ".join(str(n) for n in shape if n != "batch")
        self.lines.append(f"    # ({item.number}), {f'{inside} numbers' if inside else 'a number'}")
        for row in self.indices(item.left, 0):
            for column in self.indices(item.left, 1):
                # The value first: it may need lines of its own.
                value = self(item.value, row, column)
                self._assign(self.name(item.left, row, column), value)

    def indices(self, node: Any, axis: int) -> list[Index]:
        """The values of an index, from 1; None along an axis of one entry, as samples are."""
        index_range = axes(node)[axis]
        if index_range is None or index_range.is_rows:
            return [None]
        return list(range(1, index_range.size + 1))

    def _assign(self, name: str, value: str) -> None:
        """An assignment; one that is too long is built up term by term, or factor by factor."""
        value = bare(value)
        line = f"    {name} = {value}"
        if len(line) <= WIDTH:
            self.lines.append(line)
            return
        terms, factors = split_at(value, (" + ", " - ")), split_at(value, (" * ", " / "))
        if len(terms) > 1:
            (_, first), *rest = terms
            self._assign(name, first)
            row = ""
            for sign, term in rest:
                longer = f"{row}{sign}{term}" if row else f"{sign}{term}"
                if row and len(f"    {name} = {name}{longer}") > WIDTH:
                    self.lines.append(f"    {name} = {name}{row}")
                    longer = f"{sign}{term}"
                row = longer
            self._append(name, row)
        elif len(factors) > 1:
            (_, first), *rest = factors
            self._assign(name, first)
            for sign, factor in rest:
                self._append(name, f"{sign}{factor}")
        else:
            inner = [c for c in calls(value) if c != value and len(c) < len(value)]
            if not inner:
                raise TooLargeError(f"the formula of {name} is too long for style scalar")
            longest = max(inner, key=len)
            self._assign(name, value.replace(longest, self.hold(bare(longest))))

    def _append(self, name: str, rest: str) -> None:
        """``name = name + …``, with what is added as a number of its own if it is too long."""
        if len(f"    {name} = {name}{rest}") > WIDTH:
            rest = rest[:3] + self.hold(bare(rest[3:]))
        self.lines.append(f"    {name} = {name}{rest}")

    def _at(self, node: Any, row: Index, column: Index, level: int) -> str:
        text = super()._at(node, row, column, level)
        return self.hold(bare(text)) if text.startswith("(") and len(text) > 56 else text

    def name(self, array: Array, row: Index, column: Index) -> str:
        """``W1_12``: from unit 1 to unit 2."""
        array = self._alias.get(array, array)
        if array in self._constant:
            return self._constant[array]
        places = [str(i) for i in (row, column) if i is not None]
        base = self.program.names[array]
        return f"{base}_{''.join(places)}" if places else base

    def hold(self, text: str) -> str:
        """A name for a value that is used twice."""
        if text.isidentifier():
            return text
        if text not in self._held:
            self._held[text] = f"part{len(self._held) + 1}"
            self._assign(self._held[text], text)
        return self._held[text]

    def size(self, text: str) -> str:
        """The batch is one sample."""
        return "1.0" if text == "batch" else super().size(text)

    def function(self, name: str) -> str:
        """The function of ``math``, imported, or one that stands in the module."""
        return name

    def contraction(self, node: Any, row: Index, column: Index) -> tuple[str, int]:
        """A product or a sum, written out term by term; softmax as numbers with names."""
        match node:
            case MatMul(left, right):
                inner = axes(left)[1]
                if inner is None or inner.is_rows:
                    texts = [self._term(left, right, row, None, column)]
                else:
                    texts = [
                        self._term(left, right, row, m, column) for m in range(1, inner.size + 1)
                    ]
            case Reduce(body, axis):
                texts = [
                    self._at(body, *((m, column) if axis == 0 else (row, m)), 0)
                    for m in self.indices(body, axis)
                ]
            case Softmax(body):
                return self._softmax(body, row)[_position(column)], 3
            case LogSoftmax(body):
                self._softmax(body, row)
                mark = self._rows[body, row, "mark"][0]
                total = self.hold(f"log(total{mark})")
                return f"{self._at(body, row, column, 1)} - largest{mark} - {total}", 0
            case Partials() | VectorLoss():
                raise AssertionError("generic functions have no scalar form")
            case _:
                raise AssertionError(type(node).__name__)
        text = " + ".join(texts)
        if len(text) > WIDTH // 2:
            return self.hold(text), 3
        return text, (0 if len(texts) > 1 else 1)

    def _term(self, left: Any, right: Any, row: Index, m: Index, column: Index) -> str:
        return f"{self._at(left, row, m, 2)} * {self._at(right, m, column, 2)}"

    def _largest(self, name: str, entries: list[str]) -> None:
        """The largest of some numbers, as many to a line as fit."""
        taken: list[str] = []
        for entry in entries:
            if len(f"    {name} = max({', '.join([*taken, entry])})") > WIDTH:
                self._assign(name, f"max({', '.join(taken)})")
                taken = [name]
            taken.append(entry)
        self._assign(name, f"max({', '.join(taken)})")

    def _softmax(self, body: Any, row: Index) -> list[str]:
        """Names of the entries of one row of softmax."""
        key = (body, row)
        if key not in self._rows:
            count = len(self._rows) // 2
            mark = str(count + 1) if count else ""
            entries = [self(body, row, k) for k in self.indices(body, 1)]
            names = [f"e{mark}_{k}" for k in range(1, len(entries) + 1)]
            # max() of a NaN depends on the order; the sum below does not.
            self._largest(f"largest{mark}", entries)
            for name, entry in zip(names, entries, strict=True):
                self._assign(name, f"exp({entry} - largest{mark})")
            self._assign(f"total{mark}", " + ".join(names))
            self._rows[key] = [f"{name} / total{mark}" for name in names]
            self._rows[body, row, "mark"] = [mark]
        return self._rows[key]


def refuse_large(program: Program) -> None:
    """Refuse what would be more than so many lines, or has more than vectors of units.

    Raises:
        TooLargeError: with the number of lines.
    """
    widths = [r.size for q in program.model.quantities.values() for r in q.ranges]
    if max(widths) > MAX_WIDTH:
        raise TooLargeError(
            f"style scalar has at most {MAX_WIDTH} units in a layer, not {max(widths)}",
            where="style",
            hint="take style fast, or target numba or c",
        )
    count = 0
    for item in program.statements:
        entries = 1
        for size in program.shape(item.left):
            entries *= 1 if isinstance(size, str) else size
        count += entries
    if count > MAX_STATEMENTS:
        raise TooLargeError(
            f"style scalar would have {count} statements",
            where="style",
            hint=f"the limit is {MAX_STATEMENTS}; take style fast, or target numba or c",
        )


def _position(column: Index) -> int:
    assert isinstance(column, int)
    return column - 1


def context(program: Program) -> dict[str, Any]:
    """The values of every name in the template of a scalar module."""
    output, loss = Array(program.output), Array(program.model.loss)
    before = program.forward + program.losses
    bodies = {
        "forward": ScalarBody(program, needed(before, [output])),
        "loss": ScalarBody(program, needed(before, [loss])),
        "gradients": ScalarBody(program, needed(program.statements, [loss, *program.gradients])),
    }
    values = common.context(program, differences=True, one_sample=True)
    forward_inputs = values["forward_inputs"].split(", ")
    inputs = values["input_names"]
    used = dict.fromkeys(name for body in bodies.values() for name in body.used)
    for name, body in bodies.items():
        given = forward_inputs if name == "forward" else inputs
        values[f"{name}_unpacked"] = "\n".join(_unpacked(program, given, body))
        values[f"{name}_body"] = "\n".join(body.lines)
    last = bodies["gradients"]
    helpers = [text.replace("math.", "") for text in scalar_sources(used)]
    shapes = [f"({program.shape(Array(q))[-1]},)" for q in program.inputs]
    return values | {
        "title": values["title"].replace("network.", "network, for one sample."),
        "parameters": [
            {"name": q.name, "shape": str(q.shape), "kind": _KINDS[len(q.shape)]}
            for q in program.parameters
        ],
        "shapes": "\n".join([values["shapes"], f"INPUT_SHAPES = ({', '.join(shapes)})"]),
        "initial": [line for q in program.parameters for line in _initial(q, program)],
        "initial_result": "\n".join(
            call("return Parameters(", [q.name for q in program.parameters], ")", depth=1)
        ),
        "typed": ", ".join(f"{name}: Vector" for name in inputs),
        "forward_typed": ", ".join(f"{name}: Vector" for name in forward_inputs),
        "loss_name": last(loss),
        "forward_result": f"    return {_nested(bodies['forward'], output)}",
        "gradients_result": "\n".join(_result(last, program)),
        "helpers": helpers,
        "imports": ", ".join(from_math(["isnan()", *helpers, *(b.text for b in bodies.values())])),
        "example": _example(program),
    }


_KINDS = {1: "Vector", 2: "Matrix"}


def _unpacked(program: Program, inputs: Sequence[str], body: ScalarBody) -> list[str]:
    """Lines that give every number that is passed in a name."""
    lines = []
    code = body.text
    given = [q for q in program.inputs if q.name in inputs]
    for quantity in (*program.parameters, *given):
        array = Array(quantity)
        source = quantity.name if quantity in given else f"parameters.{quantity.name}"
        pattern = _nested(body, array)
        if pattern.startswith("(") and (pattern.count("(") == 1 or pattern.endswith(",)")):
            pattern = pattern[1:-1] if not pattern.endswith(",)") else pattern
        elif pattern.startswith("(("):
            pattern = pattern[1:-1]
        names = re.findall(r"[A-Za-z_][A-Za-z0-9_]*", pattern)
        unused = [name for name in names if not re.search(rf"\b{name}\b", code)]
        for name in unused:
            pattern = re.sub(rf"\b{name}\b", f"_{name}", pattern)
        line = f"        {pattern} = {source}"
        if len(line) <= WIDTH:
            lines.append(line)
        elif "(" in pattern:
            rows = split(pattern)
            taken = ", ".join(f"row{i}" for i in range(1, len(rows) + 1))
            lines.append(f"        {taken} = {source}")
            for i, row in enumerate(rows, start=1):
                lines += _taken(row[1:-1].rstrip(","), f"row{i}")
        else:
            lines += _taken(pattern, source)
    return lines


def _taken(names: str, source: str) -> list[str]:
    line = f"        {names} = {source}"
    if len(line) <= WIDTH:
        return [line]
    return nested("(", split(names), f") = {source}", depth=2)


def _nested(body: ScalarBody, array: Array) -> str:
    """The names of all entries, as the tuple of tuples that the caller has."""
    rows, columns = body.indices(array, 0), body.indices(array, 1)

    def joined(parts: list[str]) -> str:
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"

    texts = [joined([body.name(array, row, column) for column in columns]) for row in rows]
    return texts[0] if axes(array)[0] is None or rows == [None] else joined(texts)


def _result(body: ScalarBody, program: Program) -> list[str]:
    names = [_nested(body, array) for array in program.gradients]
    loss = body(Array(program.model.loss))
    return [
        *nested("gradients = Parameters(", names, ")", depth=1),
        f"    return {loss}, gradients",
    ]


def _initial(quantity: Quantity, program: Program) -> list[str]:
    name, shape = quantity.name, quantity.shape
    if len(shape) == 1:
        return [f"{name} = ({', '.join(['0.0'] * shape[0])}{',' * (shape[0] == 1)})"]
    if common.is_he(quantity, program):
        spread, drawn = (2 / shape[0]) ** 0.5, "draw.gauss(0.0, spread)"
    else:
        spread, drawn = (6 / sum(shape)) ** 0.5, "draw.uniform(-spread, spread)"
    rows = f"[[{drawn} for _ in range({shape[1]})] for _ in range({shape[0]})]"
    return [f"spread = {spread!r}", f"{name} = {rows}"]


def _example(program: Program) -> list[str]:
    loss = program.network.loss if program.network is not None else ""
    lines = []
    for quantity in program.inputs:
        drawn = "draw.gauss(0.0, 1.0)"
        if quantity.role is Role.TARGET and common.has_positive_targets(loss):
            drawn = "draw.random()"
        elif quantity.role is Role.TARGET and loss == "hinge":
            drawn = "draw.choice((-1.0, 1.0))"
        size = program.shape(Array(quantity))[-1]
        lines.append(f"{quantity.name} = [{drawn} for _ in range({size})]")
    return lines


def scalar_sources(used: Iterable[str]) -> list[str]:
    """The definitions of the functions that are called, in plain Python."""
    return [
        source(form.name, form.summary, form.scalar, kind="float")
        for form in with_needed(used)
        if form.name == "sign" or form.scalar != f"math.{form.name}(z)"
    ]


def from_math(texts: Iterable[str]) -> list[str]:
    """The functions of ``math`` that are called, in the order of the alphabet."""
    code = re.sub(r'""".*?"""', "", "\n".join(texts), flags=re.DOTALL)
    return sorted(set(re.findall(r"\b([a-z][a-z0-9_]*)\(", code)) & {*vars(math)})
