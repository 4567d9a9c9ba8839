"""Loops of several statements put together, so that a row is used while it is in the cache.

Two statements can share a loop if one reads from the other only what the same turn has written.  A
loop comes as early as what it reads allows, so that those which have nothing to do with each other
do not stand between others that could be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Mul, Symbol, Tuple

from symback.algebra.expressions import fresh, name_of
from symback.emission.indexed.program import Statement
from symback.emission.indexed.schedule import Schedule, flat
from symback.emission.indexed.walk import entries, substituted
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.emission.indexed.loops import LoopBody

__all__ = ["Fusing"]


@dataclass(frozen=True)
class _Unit:
    """A nest of loops around one line, or a whole statement that shares no loop.

    Attributes:
        item: the statement that it is of.
        loops: letters with their first and last values, outermost first, still to be opened.
        value: what the line says.
        indices: of the entry that it says it of.
        reads: the entries on its right side.
        conditions: under which it is carried out.
        kind: ``put`` for an assignment, ``entry`` for a number that is added to one, ``add`` for
            a term added up in place, ``whole`` for a statement by itself.
        note: the comment to write before its last loop.
    """

    item: Statement
    loops: tuple[tuple[Expr, ...], ...]
    value: Expr
    indices: tuple[Expr, ...]
    reads: tuple[Indexed, ...]
    conditions: tuple[Expr, ...] = ()
    kind: str = "put"
    note: str = ""

    @property
    def letters(self) -> set[Expr]:
        """The letters of the loops still to be opened."""
        return {loop[0] for loop in self.loops}

    def with_letter(self, new: Symbol) -> _Unit:
        """The unit inside of its first loop, whose letter is called otherwise."""
        own = self.loops[0][0]
        at = {own: new}

        def changed(parts: Sequence[Expr]) -> tuple[Expr, ...]:
            return tuple(substituted(p, at) for p in parts)

        return replace(
            self,
            item=replace(self.item, indices=tuple(i.xreplace(at) for i in self.item.indices)),
            loops=tuple((x, *changed(ends)) for x, *ends in self.loops[1:]),
            value=substituted(self.value, at),
            indices=changed(self.indices),
            reads=tuple(e.xreplace(at) for e in self.reads),
            conditions=changed(self.conditions),
        )


class Fusing:
    """Writes statements one after the other, in as few loops as they allow.

    Args:
        body: the lines of the function.
        items: all that the function does.

    Attributes:
        numbers: the keys of arrays that need not be kept: numbers within a loop.
    """

    def __init__(self, body: LoopBody, items: Schedule) -> None:
        self.body = body
        self.numbers: set[str] = set()
        self._writers: dict[str, int] = {}
        self._readers: dict[str, set[str]] = {}
        for statement in flat(items):
            self._writers[statement.key] = self._writers.get(statement.key, 0) + 1
            for key in statement.reads:
                self._readers.setdefault(key, set()).add(statement.key)
        self._lines: dict[str, int] = {}
        self._uses: dict[str, int] = {}

    def __call__(self, run: Sequence[Statement]) -> None:
        """Write statements that have no loop of a recursion between them."""
        units = [unit for item in run for unit in self._units(item)]
        for unit in units:
            self._lines[unit.item.key] = self._lines.get(unit.item.key, 0) + 1
            for key in {unit.item.key, *map(name_of, unit.reads)}:
                self._uses[key] = self._uses.get(key, 0) + 1
        self._write(units)

    # -- what there is to write

    def _units(self, item: Statement) -> Iterator[_Unit]:
        array = self.body.program.arrays[item.key]
        whole = _Unit(item, (), item.value, item.indices, item.mentions, kind="whole")
        if array.is_integer or item.is_boundary or self.body.matrices.is_product(item):
            yield whole
            return
        plain: list[Expr] = []
        added: list[_Unit] = []
        for term in Add.make_args(item.value):
            found = self.body.accumulations.accumulated(term, item)
            if found is None:
                plain.append(term)
                continue
            for part in self.body.accumulations.parts(item, *found):
                if part.conditions:  # it says itself where its terms go
                    yield whole
                    return
                value = Mul(*part.factors)
                kind = "add" if part.free is None else "entry"
                reads = tuple(entries(value))
                added.append(_Unit(item, part.loops, value, part.indices, reads, (), kind))
        note = f"({item.number}) {self.body.names.array(item.key)}" if item.number else ""
        loops = tuple((x, *item.bounds[x]) for x in item.letters)
        value = Add(*plain)
        put = _Unit(item, loops, value, item.indices, tuple(entries(value)))
        units = [put, *added]
        yield from (replace(u, note=note if n == 0 else "") for n, u in enumerate(units))

    # -- which loops are one

    def _write(self, units: Sequence[_Unit]) -> None:
        lines = [unit for unit in units if not unit.loops]
        for place, unit in enumerate(lines):
            if self._is_number(unit, lines[place + 1 :]):
                self.numbers.add(unit.item.key)
                self.body.storage.slots.pop(unit.item.key, None)
        for group in self._grouped(units):
            if group[0].kind == "whole":
                self.body.statement(group[0].item)
            elif not group[0].loops:
                self._finish(group[0])
            else:
                self._open(group)

    def _grouped(self, units: Sequence[_Unit]) -> list[list[_Unit]]:
        groups: list[list[_Unit]] = []
        for unit in units:
            place, chosen = len(groups), None
            while place:
                group = groups[place - 1]
                if unit.loops and group[0].loops and self._joins(unit, group):
                    chosen = group
                    break
                if any(_depend(other, unit) for other in group):
                    break
                place -= 1
            if chosen is not None:
                chosen.append(unit)
                continue
            while place < len(groups) and not unit.loops and not groups[place][0].loops:
                place += 1  # lines keep their order
            groups.insert(place, [unit])
        return groups

    def _joins(self, unit: _Unit, group: Sequence[_Unit]) -> bool:
        return unit.loops[0][1:] == group[0].loops[0][1:] and all(
            _in_step(other, unit) for other in group
        )

    def _is_number(self, unit: _Unit, after: Sequence[_Unit]) -> bool:
        """Whether the lines that follow in the same loops are all that read what a line writes."""
        key = unit.item.key
        if unit.kind != "put" or not unit.indices or key in self.body.results:
            return False
        readers = self._readers.get(key, set())
        if self._writers[key] > 1 or self._lines[key] > 1 or not readers or key in readers:
            return False
        following = [other for other in after if other.item.key in readers]
        if any(
            self._writers[k] > 1 or self._lines.get(k) != sum(u.item.key == k for u in following)
            for k in readers
        ):
            return False
        return all(
            other.kind != "whole" and tuple(entry.indices) == unit.indices
            for other in following
            for entry in other.reads
            if name_of(entry) == key
        )

    def _axis_of_turn(self, key: str, group: Sequence[_Unit]) -> int | None:
        """The axis along which a loop goes, of an array that its turns alone write and read.

        Each turn then reads what it has written itself, and needs no more than a row of memory.
        """
        if key in self.body.results or key in self.numbers:
            return None
        users = {key, *self._readers.get(key, set())}
        if any(self._writers[k] > 1 for k in users):
            return None
        if not users <= self._lines.keys() or self._uses.get(key) != _uses_of(key, group):
            return None
        found: set[int] = set()
        for unit in group:
            letter = unit.loops[0][0]
            for indices in _accesses(unit, key):
                found.add(indices.index(letter) if letter in indices else -1)
        axis = found.pop() if len(found) == 1 else -1
        return None if axis < 0 else axis

    def _keep_for_a_turn(self, key: str, axis: int) -> None:
        storage = self.body.storage
        slots = storage.slots.get(key)
        if slots is not None:
            order = storage.order.get(key, tuple(range(len(slots))))
            if axis in order and len(order) > 1:
                storage.order[key] = tuple(a for a in order if a != axis)

    def _open(self, group: Sequence[_Unit]) -> None:
        """One loop over the first letters of all."""
        ready = [self._ready(unit) for unit in group]
        for place, unit in enumerate(ready):
            if unit.note and len(unit.loops) == 1:
                self.body.line(self.body.target.comment(unit.note))
                ready[place] = replace(unit, note="")
        letter, first, last = ready[0].loops[0]
        shared = fresh(letter.name)
        if not self.body.bounds:  # a loop around this one, as of a recursion, would come back
            for key in dict.fromkeys(unit.item.key for unit in group):
                axis = self._axis_of_turn(key, group)
                if axis is not None:
                    self._keep_for_a_turn(key, axis)
        with self.body.reductions.forgetting(), self.body.over(shared, (first, last)):
            self._write([unit.with_letter(shared) for unit in ready])

    def _ready(self, unit: _Unit) -> _Unit:
        """A unit with what its loops do not change computed before them."""
        self.body.is_adjoint = self.body.program.arrays[unit.item.key].is_adjoint
        self.body.temporary = {}
        if unit.kind == "add":
            value, conditions, indices = self.body.accumulations.ready(
                unit.letters, unit.value, unit.conditions, unit.indices
            )
            return replace(unit, value=value, conditions=tuple(conditions), indices=tuple(indices))
        return replace(unit, value=self.body.prepared(unit.value, unit.letters))

    def _finish(self, unit: _Unit) -> None:
        """The line itself."""
        if unit.note:
            self.body.line(self.body.target.comment(unit.note))
        ready = self._ready(unit)
        match ready.kind:
            case "add":
                self.body.accumulations.add_entry(
                    ready.item, ready.value, ready.conditions, ready.indices
                )
            case "entry":
                self.body.accumulations.put_entry(ready.item, ready.value)
            case _:
                self.body.put(ready.item, ready.value, "=")
        self.body.temporary = {}


def _uses_of(key: str, units: Sequence[_Unit]) -> int:
    """How many units write an array or read it."""
    return sum(any(True for _ in _accesses(unit, key)) for unit in units)


def _accesses(unit: _Unit, key: str) -> Iterator[tuple[Expr, ...]]:
    """The indices at which a unit reads or writes an array."""
    if unit.item.key == key:
        yield unit.indices
    for entry in unit.reads:
        if name_of(entry) == key:
            yield tuple(entry.indices)


def _pairs(one: _Unit, two: _Unit) -> Iterator[tuple[tuple[Expr, ...], tuple[Expr, ...]]]:
    """The indices of every write of one unit beside every access to the same array of the other."""
    for indices in _accesses(two, one.item.key):
        yield one.indices, indices
    if two.item.key != one.item.key:
        for indices in _accesses(one, two.item.key):
            yield indices, two.indices


def _apart(left: Sequence[Expr], right: Sequence[Expr]) -> bool:
    """Whether two entries of an array are certainly different ones."""
    return any(
        (difference := a - b).is_number and difference != 0
        for a, b in zip(left, right, strict=True)
    )


def _depend(one: _Unit, two: _Unit) -> bool:
    """Whether one of two units must come before the other."""
    return any(not _apart_in_all(one, two, a, b) for a, b in _pairs(one, two))


def _apart_in_all(one: _Unit, two: _Unit, left: Sequence[Expr], right: Sequence[Expr]) -> bool:
    """Whether two entries are different whatever the loops of both units do."""
    moving = {*one.letters, *two.letters, *_own(one), *_own(two)}
    fixed = [
        (a, b)
        for a, b in zip(left, right, strict=True)
        if not (a.free_symbols | b.free_symbols) & moving
    ]
    return _apart([a for a, _ in fixed], [b for _, b in fixed])


def _own(unit: _Unit) -> set[Expr]:
    """Letters of a statement that shares no loop, and those that a value binds."""
    bound = {
        part[0]
        for node in (unit.value,)
        for part in node.atoms(Tuple)
        if part and part[0].is_Symbol
    }
    return {*unit.item.letters, *bound} if unit.kind == "whole" else bound


def _in_step(one: _Unit, two: _Unit) -> bool:
    """Whether what two units share is, in a common first loop, of one and the same turn."""
    first, second = one.loops[0][0], two.loops[0][0]
    for a, b in _pairs(one, two):
        if _apart_in_all(one, two, a, b):
            continue
        if not any(x == first and y == second for x, y in zip(a, b, strict=True)):
            return False
    return True
