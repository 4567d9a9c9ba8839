"""Statements of arrays, line by line: what is kept in memory, loops, and assignments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Expr, S

from symback.algebra.expressions import Entry
from symback.emission.indexed.arrays import ArrayWriter
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.program import Array, IndexedProgram, Statement
from symback.emission.indexed.schedule import Loop, Schedule, flat
from symback.emission.indexed.storage import Storage
from symback.emission.indexed.tensors import COMPARE, Dialect, Tensor, aligned
from symback.emission.layout import WIDTH, statement

__all__ = ["Body", "fitted"]


class Body:
    """The lines of one function.

    Args:
        program: what is emitted.
        items: its statements, in order and in loops.
        names: the names of everything.
        dialect: the array library.
    """

    def __init__(
        self, program: IndexedProgram, items: Schedule, names: CodeNames, dialect: Dialect
    ) -> None:
        self.program = program
        self.items = items
        self.names = names = names.local()
        self.storage = self._stored(items)
        self.writer = ArrayWriter(program, names, dialect, self.storage.slots, self.storage.order)
        self.dialect = self.writer.dialect
        self._allocated: set[str] = set()
        self._rows = {
            s.key
            for item in items
            if isinstance(item, Loop)
            for s in item.body
            if isinstance(s, Statement)
        }
        self.lines: list[str] = []
        self._write(items, 1)
        masks = [f"    {name} = {text}" for text, name in self.writer.shared.items()]
        self.lines = [*masks, *self.lines]

    def _stored(self, items: Schedule) -> Storage:
        return Storage(self.program, items)

    @property
    def used(self) -> dict[str, None]:
        """Names of helpers that the lines call."""
        return self.writer.used

    @property
    def called(self) -> dict[str, None]:
        """The same, as the lines were written in the end."""
        return self.used

    def _write(self, items: Schedule, depth: int) -> None:
        for place, item in enumerate(items):
            if isinstance(item, Loop):
                self._loop(item, depth)
            else:
                self._statement(item, depth)
            del place

    def _loop(self, loop: Loop, depth: int) -> None:
        keys = dict.fromkeys(s.key for s in flat(loop.body))
        for key in keys:
            self._allocate(key, depth)
        integer = self.writer.integer
        pad = "    " * depth
        letter = self.names.letter(loop.letter)
        if loop.is_backward:
            text = f"range({integer(loop.last)}, {integer(loop.first - 1)}, -1)"
        elif loop.first == 0:
            text = f"range({integer(loop.last + 1)})"
        else:
            text = f"range({integer(loop.first)}, {integer(loop.last + 1)})"
        self.lines.append(f"{pad}for {letter} in {text}:")
        self.writer.scalars.add(loop.letter)
        for place, item in enumerate(loop.body):
            inner = depth + 1
            within = loop.within.get(place, (loop.first, loop.last))
            if place in loop.within:
                first, last = within
                tests = []
                if first != loop.first:
                    tests.append(f"{letter} >= {integer(first)}")
                if last != loop.last:
                    tests.append(f"{letter} <= {integer(last)}")
                self.lines.append(f"{pad}    if {' and '.join(tests)}:")
                inner += 1
            with self.writer.binding({loop.letter: within}):
                self._write((item,), inner)
        self.writer.scalars.discard(loop.letter)
        if depth == 1:
            beyond = [s for item in self.items if item is not loop for s in flat((item,))]
            read = {k for s in beyond for k in (s.key, *s.reads)}
            read |= set(self.program.returned)
            for key in keys:  # rows that were computed one by one, as one array
                name = self.names.array(key)
                if name in self.writer.lists:
                    self.writer.lists.discard(name)
                    if key in read:
                        self.lines.append(f"    {name} = xp.stack({name})")

    def _allocate(self, key: str, depth: int) -> None:
        if key in self._allocated:
            return
        self._allocated.add(key)
        array = self.program.arrays[key]
        slots = self.storage.slots[key]
        order = self.storage.order.get(key, tuple(range(len(slots))))
        shape = self.shape([slots[axis] for axis in order])
        kind = "empty"
        if key in self.storage.extended:
            kind = "zeros" if array.outside == 0 else "ones"
        if array.is_integer and self.dialect.is_numpy:
            text = f"np.zeros({shape}, np.int64)"
        elif self.dialect.is_numpy:
            text = f"np.{kind}({shape}, dtype)"
        elif key in self._rows:
            first, *rest = [slots[axis] for axis in order]
            count = self.writer.integer(first[1] - first[0] + 1)
            kind = "ones" if kind == "ones" else "zeros"
            row = f"xp.{kind}({self.shape(rest)}, dtype=dtype, device=device)"
            text = f"[{row}] * ({count})" if " " in count else f"[{row}] * {count}"
            self.writer.lists.add(self.names.array(key))
        else:
            text = f"xp.{kind}({shape}, dtype=dtype, device=device)"
        if kind == "ones" and array.outside is not None:
            text = f"np.full({shape}, {self.writer(array.outside).text}, dtype)"
        self.lines.append(f"{'    ' * depth}{self.names.array(key)} = {text}")

    def shape(self, slots: Sequence[tuple[Expr, Expr]]) -> str:
        """The sizes of some axes as a tuple of code."""
        parts = []
        for first, last in slots:
            count = last - first + 1
            text = self.writer.integer(count)
            parts.append(text if self.writer.is_count(count) else f"max({text}, 0)")
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"

    def _statement(self, item: Statement, depth: int) -> None:
        array = self.program.arrays[item.key]
        writer = self.writer
        letters = item.letters
        writer.preferred = letters
        with writer.binding(item.bounds):
            if array.is_integer:
                value = writer.indices.index(item.value, S.One)  # they count from 0 in code
            elif array.is_adjoint:
                with writer.padding():
                    value = writer(item.value)
            else:
                value = writer(item.value)
            if item.key in self.storage.slots:
                self._allocate(item.key, depth)
                self._put(item, value, depth)
            else:
                self._define(item, array, value, depth)

    def _put(self, item: Statement, value: Tensor, depth: int) -> None:
        """An assignment to some entries of an array that is kept."""
        left = self.place(item.key, item.indices)
        text = aligned(value, left.axes, self.dialect, COMPARE)
        target = left.text
        if "[" not in target or target.endswith(".T"):
            target = f"{target}[...]"
        if self.names.array(item.key) in self.writer.lists:
            shape = self.shape([item.bounds[a] for a in left.axes])
            target = left.text
            if set(value.axes) != set(left.axes) or not value.axes:
                if not value.axes:
                    text = f"xp.asarray({text}, dtype=dtype, device=device)"
                text = f"xp.broadcast_to({text}, {shape})"
        self._line(target, text, item, depth)

    def place(self, key: str, indices: Sequence[Expr]) -> Tensor:
        """The entries of an array that is kept, as what is assigned to."""
        padded, self.writer.may_pad = self.writer.may_pad, False
        slots = self.storage.slots[key]
        order = self.storage.order.get(key, tuple(range(len(slots))))
        chosen = [indices[axis] for axis in order]
        vectors = [
            [s for s in (i.free_symbols & set(self.writer.bounds)) if s not in self.writer.scalars]
            for i in chosen
        ]
        found = self.writer.entries.sliced(
            self.names.array(key),
            [slots[axis] for axis in order],
            chosen,
            vectors,
        )
        self.writer.may_pad = padded
        return found

    def _define(self, item: Statement, array: Array, value: Tensor, depth: int) -> None:
        """An array that is defined at once."""
        axes = item.letters
        missing = [a for a in axes if a not in value.axes]
        if array.label.endswith(("_steps", "_windows")):  # a copy in the order of its use
            text = f"np.ascontiguousarray({aligned(value, axes, self.dialect, COMPARE)})"
            self._line(self.names.array(item.key), text, item, depth)
            return
        text = aligned(value, axes, self.dialect, COMPARE)
        shape = self.shape([item.bounds[a] for a in axes])
        if item.value is S.Zero:
            if self.dialect.is_numpy:
                text = f"np.zeros({shape}, dtype)"
            else:
                text = f"xp.zeros({shape}, dtype=dtype, device=device)"
        elif missing:
            text = f"{self.dialect.prefix}.broadcast_to({self._arrayed(value, text)}, {shape})"
        self._line(self.names.array(item.key), text, item, depth)

    def _arrayed(self, value: Tensor, text: str) -> str:
        if value.axes or self.dialect.is_numpy:
            return text
        return f"xp.asarray({text}, dtype=dtype, device=device)"

    def _line(self, left: str, right: str, item: Statement, depth: int) -> None:
        note = f"({item.number})" if item.number else ""
        made = statement(left, right, note, depth)
        if made is None:
            made = _wrapped(left, right, note, depth)
        self.lines += made

    def returned(self, key: str) -> str:
        """An array as the caller gets it: without what is kept beside it, axes in order."""
        array = self.program.arrays[key]
        letters = array.quantity.indices
        bounds = dict(
            zip(letters, [(r.first, r.upper) for r in array.quantity.ranges], strict=True)
        )
        with self.writer.binding(bounds):
            found = self.writer(Entry(key, *letters))
        return aligned(found, letters, self.dialect, COMPARE)

    @property
    def text(self) -> str:
        """The code without its comments."""
        lines = [line for line in self.lines if not line.lstrip().startswith("#")]
        return re.sub(r"  # .*", "", "\n".join(lines))


def _wrapped(left: str, right: str, note: str, depth: int) -> list[str]:
    """A long statement, opened at its outermost brackets or operators."""
    pad = "    " * depth
    lines = [f"{pad}# {note}"] if note else []
    pieces = _pieces(right)
    if len(pieces) > 1:
        lines.append(f"{pad}{left} = (")
        for piece in pieces:
            lines += fitted(piece, depth + 1, "")
        lines.append(f"{pad})")
        return lines
    return [*lines, *fitted(f"{left} = {right}", depth, "")]


def _pieces(text: str) -> list[str]:
    """The terms of a sum, or else the factors of a product, each with its operator before it."""
    for operators in ((" + ", " - "), (" * ", " / ", " @ ")):
        pieces, depth, start, place, quoted = [], 0, 0, 0, False
        while place < len(text):
            character = text[place]
            if character == '"':
                quoted = not quoted
            depth += (character in "([{") - (character in ")]}")
            if not depth and not quoted and text[place : place + 3] in operators and place:
                pieces.append(text[start:place])
                start = place + 1
                place += 3
                continue
            place += 1
        if pieces:
            return [*pieces, text[start:]]
    return [text]


def fitted(text: str, depth: int, end: str = "") -> list[str]:
    """A line, or a call opened one argument to a line where it is too long."""
    pad = "    " * depth
    if len(pad + text + end) <= WIDTH:
        return [pad + text + end]
    opened = _outer_call(text)
    if opened is None:
        return [pad + text + end]
    before, arguments, after, is_tuple = opened
    inside = ", ".join(arguments)
    if len(pad) + 5 + len(inside) <= WIDTH:
        comma = "," if is_tuple else ""
        return [pad + before, f"{pad}    {inside}{comma}", pad + after + end]
    lines = [pad + before]
    is_group = not before[:-1] or not (before[-2].isalnum() or before[-2] == "_")
    for argument in arguments:
        bare = is_group and len(arguments) == 1 and not is_tuple
        lines += fitted(argument, depth + 1, "" if bare else ",")
    return [*lines, pad + after + end]


def _outer_call(text: str) -> tuple[str, list[str], str, bool] | None:
    """A text as what stands before its widest brackets, what is between, and what follows."""
    best, stack = None, []
    for place, character in enumerate(text):
        if character in "([":
            stack.append(place)
        elif character in ")]" and stack:
            start = stack.pop()
            if not stack and (best is None or place - start > best[1] - best[0]):
                best = (start, place)
    if best is None or best[1] - best[0] < 3:
        return None
    start, stop = best
    arguments, depth, last, quoted = [], 0, start + 1, False
    for place in range(start + 1, stop):
        character = text[place]
        if character == '"':
            quoted = not quoted
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth and not quoted:
            arguments.append(text[last:place].strip())
            last = place + 1
    arguments.append(text[last:stop].strip())
    if text[start] == "[":
        return None
    return text[: start + 1], [a for a in arguments if a], text[stop:], not arguments[-1]
