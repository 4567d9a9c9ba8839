"""Loops over entries, for languages in which a loop costs nothing: C, and Python under Numba.

Statements with an entry for each sample run inside one loop over the samples; what is summed over
the samples is gathered there, and finished after it.  With `batched`, samples are one more axis
instead, and products of matrices are left to a library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from symback.calculus.matrix.tree import (
    Array,
    Elementwise,
    Hadamard,
    MatMul,
    Number,
    Plus,
    Power,
    Reduce,
    Scaled,
    Transpose,
)
from symback.emission.printer import Printer
from symback.emission.program import Program, Statement
from symback.emission.styles.readable import note
from symback.emission.targets.entries import Entries, Index
from symback.emission.tree import LogSoftmax, Softmax, arrays, axes, walk
from symback.errors import InputError
from symback.model.equations import Range
from symback.records import dataclass

__all__ = ["Loops", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """An array, or a number, that a function body has for itself."""

    name: str
    sizes: tuple[int | str, ...]


class Loops(Entries):
    """The statements of one function, as loops."""

    batched = False
    comment_mark = "//"

    def __init__(self, program: Program, statements: tuple[Statement, ...]) -> None:
        super().__init__(program)
        self.printer = Printer(program)
        self.lines: list[str] = []
        self.depth = 1
        self.locals: dict[str, Place] = {}
        self._temporary: dict[Any, Place] = {}
        self._alias: dict[Array, Array] = {}
        self._count = 0
        taken = {program.names[Array(q)] for q in program.model.quantities.values()}
        self.letters = {c: c if c not in taken else f"{c}_" for c in "sijk"}
        every: list[Any] = [part for item in statements for part in walk(item.value)]
        self.logarithms = {part for part in every if isinstance(part, LogSoftmax)}
        self._write(statements)

    # -- what a language says

    def open_loop(self, variable: str, bound: int | str) -> None:
        """The head of a loop over ``0 … bound - 1``."""
        raise NotImplementedError

    def close_loop(self) -> None:
        """Its end."""
        raise NotImplementedError

    def put(self, left: str, operator: str, right: str) -> None:
        """An assignment: ``=`` or ``+=``."""
        raise NotImplementedError

    def at(self, name: str, indices: list[str]) -> str:
        """An entry of an array."""
        raise NotImplementedError

    def number(self, name: str, right: str) -> None:
        """A number that is given a name."""
        raise NotImplementedError

    def begin(self, place: Place) -> None:
        """An array of the function's own; nothing where a workspace has it."""

    def library_product(self, node: MatMul, place: Place) -> bool:
        """Leave a product to a library, if there is one."""
        return False

    # -- phases

    def _write(self, statements: tuple[Statement, ...]) -> None:
        statements = tuple(self._without_aliases(statements))
        before, inside, after = self._phases(statements)
        for item in before:
            self._statement(item)
        if inside:
            gathered = [(item, part) for item in after for part in self._gathered(item.value)]
            for item, part in gathered:
                self._place_for(item, part)
            self.open_loop(self.letters["s"], "batch")
            for item in inside:
                self._statement(item)
            for item, part in gathered:
                self._gather(item, part)
            self.close_loop()
        for item in after:
            self._finish(item)

    def _without_aliases(self, statements: tuple[Statement, ...]) -> Iterator[Statement]:
        for item in statements:
            if isinstance(item.value, Array) and item.left not in self.program.gradients:
                self._alias[item.left] = self._alias.get(item.value, item.value)
            else:
                yield item

    def _phases(
        self, statements: tuple[Statement, ...]
    ) -> tuple[list[Statement], list[Statement], list[Statement]]:
        """What comes before the loop over the samples, in it, and after it."""
        before: list[Statement] = []
        inside: list[Statement] = []
        after: list[Statement] = []
        late: set[Array] = set()
        sampled = {Array(q) for q in self.program.model.given if _has_samples(q.ranges)}
        for item in statements:
            used = {self._alias.get(a, a) for a in arrays(item.value)}
            if self.batched:
                before.append(item)
            elif _has_samples(item.quantity.ranges):
                if used & late:
                    raise InputError(
                        f"{item.quantity.name} needs a sum over the samples before it: the loops "
                        "of this target go through them once"
                    )
                inside.append(item)
                sampled.add(item.left)
            elif used & (late | sampled):
                after.append(item)
                late.add(item.left)
            else:
                before.append(item)
        return before, inside, after

    def _gathered(self, node: Any) -> list[Any]:
        """The sums over the samples inside a tree."""
        return [part for part in walk(node) if _over_samples(part)]

    def _place_for(self, item: Statement, part: Any) -> None:
        """Where a sum over the samples is gathered, set to zero."""
        own = self._adds_to(item, part)
        place = self._target(item) if own else self._new_temporary(part)
        begun = own and place in self._temporary.values()
        self._temporary[part] = place
        if not begun:
            self._fill(place, part, "=", lambda *_: "0.0")

    def _adds_to(self, item: Statement, part: Any) -> bool:
        """Whether a statement's own array can gather the sum."""
        value = item.value
        is_term = value is part or (isinstance(value, Plus) and part in value.terms)
        # What is repeated along an axis has a place of its own.
        return is_term and bool(item.quantity.ranges) and axes(part) == axes(item.left)

    def _gather(self, item: Statement, part: Any) -> None:
        place = self._temporary[part]
        self._comment(item)
        for inner in _children(part):
            self._prepare(inner)
        match part:
            case MatMul(left, right):
                self._fill(
                    place,
                    part,
                    "+=",
                    lambda row, column: (
                        f"{self._at(left, row, None, 2)} * {self._at(right, None, column, 2)}"
                    ),
                )
            case Reduce(body, _):
                self._fill(place, part, "+=", lambda _, column: self(body, None, column))

    def _finish(self, item: Statement) -> None:
        parts = [p for p in self._gathered(item.value) if self._adds_to(item, p)]
        if not parts:
            self._statement(item)
            return
        if item.value is parts[0]:
            return
        # All of them were gathered there: none is added once more.
        terms = getattr(item.value, "terms", ())
        rest = [term for term in terms if all(term is not part for part in parts)]
        if not rest:
            return
        self._comment(item)
        value: Any = rest[0] if len(rest) == 1 else Plus(tuple(rest))
        self._prepare(value)
        self._fill(self._target(item), item.left, "+=", lambda r, c: self(value, r, c))

    # -- statements

    def _comment(self, item: Statement) -> None:
        number, shape = note(self.program, item).split(", ", 1)
        name, right = self.program.names[item.left], self.printer(item.value)
        text = f"{number} {name} = {right}, {shape}"
        mark = "    " * self.depth + self.comment_mark + " "
        import textwrap

        self.lines += textwrap.wrap(
            text, 88, initial_indent=mark, subsequent_indent=mark + "    ", break_long_words=False
        )

    def _target(self, item: Statement) -> Place:
        place = Place(self.program.names[item.left], self._sizes(item.left))
        if item.left not in self.program.gradients:
            self.locals[place.name] = place
        return place

    def _statement(self, item: Statement) -> None:
        self._comment(item)
        target = self._target(item)
        if item.left not in self.program.gradients and target.sizes:
            self.begin(target)
        value = item.value
        product = _leading_product(value)
        if isinstance(value, Softmax | LogSoftmax):
            self._softmax(value.body, target if isinstance(value, Softmax) else None)
            if isinstance(value, Softmax):
                return
        if product is not None and target.sizes:
            # The rest goes straight into its place, and the product is added there.
            rest = [term for term in getattr(value, "terms", ()) if term is not product]
            whole: Any = rest[0] if len(rest) == 1 else Plus(tuple(rest)) if rest else None
            if whole is not None:
                self._prepare(whole)
            self._multiply(product, target, whole)
            return
        self._prepare(value)
        if not target.sizes:
            self.number(target.name, self(value))
            return
        self._fill(target, item.left, "=", lambda r, c: self(value, r, c))

    def _prepare(self, node: Any) -> None:
        """Compute what an entry cannot say in one expression, innermost first."""
        if node in self._temporary:
            return
        match node:
            case MatMul(left, right):
                self._prepare(left)
                self._prepare(right)
                place = self._new_temporary(node)
                self._multiply(node, place)
                self._temporary[node] = place
            case Reduce(body, axis):
                self._reduce(node, body, axis)
            case Softmax(body) | LogSoftmax(body):
                self._softmax(body, None)
            case _:
                for part in _children(node):
                    self._prepare(part)

    def _new_temporary(self, node: Any) -> Place:
        self._count += 1
        place = Place(f"part{self._count}", self._sizes(node))
        self.locals[place.name] = place
        if place.sizes:
            self.begin(place)
        return place

    def _sizes(self, node: Any) -> tuple[int | str, ...]:
        return tuple(
            self.program.size(r)
            for r in axes(node)
            if r is not None and (self.batched or not r.is_rows)
        )

    def _fill(self, place: Place, node: Any, operator: str, value: Any) -> None:
        """Go through all entries of an array; a number is one entry."""
        with self._each(node) as (row, column):
            text = value(row, column)
            if not place.sizes and operator == "=":
                self.number(place.name, text)
            else:
                indices = [i for i in (row, column) if i is not None]
                left = self.at(place.name, indices) if indices else place.name
                self.put(left, operator, text)

    @contextmanager
    def _each(self, node: Any) -> Iterator[tuple[str | None, str | None]]:
        rows, columns = axes(node)
        opened: list[str | None] = []
        for index_range, letter in ((rows, "j"), (columns, "k")):
            if index_range is None or (index_range.is_rows and not self.batched):
                opened.append(None)
            else:
                variable = self.letters["s" if index_range.is_rows else letter]
                self.open_loop(variable, self.program.size(index_range))
                opened.append(variable)
        yield opened[0], opened[1]
        for _ in filter(None, opened):
            self.close_loop()

    def _multiply(self, node: MatMul, place: Place, added: Any = None) -> None:
        """A product of matrices into an array, with something added to it."""
        for part in (node.left, node.right):
            self._prepare(part)

        def start(row: Index, column: Index) -> str:
            return "0.0" if added is None else self(added, row, column)

        if self.batched and self.library_product(node, place):
            if added is not None:
                self._fill(place, node, "+=", start)
            return
        inner = axes(node.left)[1]
        if inner is None or (inner.is_rows and not self.batched):
            extra = "" if added is None else " + "
            self._fill(
                place,
                node,
                "=",
                lambda r, c: self._factors(node, r, None, c) + (extra and extra + start(r, c)),
            )
            return
        bound = self.program.size(inner)
        straight = not isinstance(node.right, Transpose) and axes(node)[1] is not None
        if straight and place.sizes:
            # Rows of the right matrix one after the other: memory is read in its order.
            self._fill(place, node, "=", start)
            rows, columns = axes(node)
            variable = self._row_variable(rows)
            if variable is not None and rows is not None:
                self.open_loop(variable, self.program.size(rows))
            inner_letter, last = self.letters["i"], self.letters["k"]
            self.open_loop(inner_letter, bound)
            assert columns is not None
            self.open_loop(last, self.program.size(columns))
            indices = [v for v in (variable, last) if v is not None]
            self.put(
                self.at(place.name, indices),
                "+=",
                self._factors(node, variable, inner_letter, last),
            )
            for _ in range(2 + (variable is not None)):
                self.close_loop()
            return
        with self._each(node) as (row, column):
            indices = [i for i in (row, column) if i is not None]
            left = self.at(place.name, indices) if indices else place.name
            self.number("sum", start(row, column))
            self.open_loop(self.letters["i"], bound)
            self.put("sum", "+=", self._factors(node, row, self.letters["i"], column))
            self.close_loop()
            if place.sizes:
                self.put(left, "=", "sum")
            else:
                self.number(place.name, "sum")

    def _row_variable(self, rows: Range | None) -> str | None:
        if rows is None or (rows.is_rows and not self.batched):
            return None
        return self.letters["s" if rows.is_rows else "j"]

    def _factors(self, node: MatMul, row: Index, inner: Index, column: Index) -> str:
        return f"{self._at(node.left, row, inner, 2)} * {self._at(node.right, inner, column, 2)}"

    def _reduce(self, node: Any, body: Any, axis: int, place: Place | None = None) -> None:
        """A sum along an axis, into an array or into one of its own."""
        self._prepare(body)
        place = place or self._new_temporary(node)
        self._fill(place, node, "=", lambda *_: "0.0")
        with self._each(body) as (row, column):
            kept = [column] if axis == 0 else [row]
            indices = [i for i in kept if i is not None]
            left = self.at(place.name, indices) if indices and place.sizes else place.name
            self.put(left, "+=", self(body, row, column))
        self._temporary[node] = place

    def _softmax(self, body: Any, target: Place | None) -> None:
        """Softmax and its logarithm, with a sum that leaves the largest entry out."""
        raise NotImplementedError

    # -- entries

    def name(self, array: Array, row: Index, column: Index) -> str:
        """An entry of a quantity; samples have no index of their own inside their loop."""
        array = self._alias.get(array, array)
        indices = self._indices(array, row, column)
        name = self.program.names[array]
        return self.at(name, indices) if indices else name

    def of(self, array: Array) -> str:
        """The name of an array as a whole; that of another one if it is the same."""
        return self.program.names[self._alias.get(array, array)]

    def _indices(self, array: Array, row: Index, column: Index) -> list[str]:
        rows, _ = axes(array)
        indices = [str(i) for i in (row, column) if i is not None]
        if rows is not None and rows.is_rows and not self.batched:
            given = array.quantity in self.program.inputs
            indices = [self.letters["s"]] * given + ([str(column)] if column is not None else [])
        return indices

    def contraction(self, node: Any, row: Index, column: Index) -> tuple[str, int]:
        """A product, a sum or softmax that was computed before."""
        place = self._temporary[node]
        indices = [str(i) for i in (row, column) if i is not None][: len(place.sizes)]
        if len(place.sizes) == 1:
            indices = [str(column if column is not None else row)]
        return (self.at(place.name, indices) if place.sizes else place.name), 3

    def hold(self, text: str) -> str:
        """A value that is used twice, as a name."""
        if re.fullmatch(r"\w+(\[[\w, ]+\])*", text):  # a name, or an entry
            return text
        self._count += 1
        name = f"part{self._count}"  # before what it may take itself to write the value
        self.number(name, text)
        return name


def _has_samples(ranges: tuple[Range, ...]) -> bool:
    return any(r.is_rows for r in ranges)


def _over_samples(node: Any) -> bool:
    match node:
        case MatMul(left, _):
            inner = axes(left)[1]
            return inner is not None and inner.is_rows
        case Reduce(body, axis):
            summed = axes(body)[axis]
            return summed is not None and summed.is_rows
    return False


def _leading_product(value: Any) -> Any:
    """The product of matrices that a value is, or that it adds something to."""
    if isinstance(value, MatMul):
        return value
    if isinstance(value, Plus):
        return next((term for term in value.terms if isinstance(term, MatMul)), None)
    return None


def _children(node: Any) -> tuple[Any, ...]:
    match node:
        case Hadamard(parts) | Plus(parts):
            return parts
        case MatMul(left, right):
            return left, right
        case (
            Scaled(_, body)
            | Elementwise(_, _, body)
            | Power(body, _)
            | Transpose(body)
            | Reduce(body, _)
        ):
            return (body,)
        case Array() | Number():
            return ()
    return ()
