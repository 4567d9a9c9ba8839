"""How the arrays of a schedule are kept in memory."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from symback.algebra.expressions import Entry, name_of
from symback.emission.indexed.affine import as_integer, reach
from symback.emission.indexed.program import IndexedProgram
from symback.emission.indexed.schedule import Loop, Schedule, flat

__all__ = ["Storage"]

_Slots = tuple[tuple[Expr, Expr], ...]


class Storage:
    """How the arrays of a schedule are kept.

    Attributes:
        slots: of arrays that are filled bit by bit, the indices that they are kept for: entries
            beyond the array itself are what a recursion reads at its end.
        order: of those whose axes are kept in another order, the order: letters of loops first,
            and without the letter of a loop where a turn alone reads what it has written.
    """

    def __init__(
        self,
        program: IndexedProgram,
        items: Schedule,
        *,
        all_arrays: bool = False,
        loops_first: bool = False,
        momentary: bool = False,
        as_given: frozenset[str] = frozenset(),
    ) -> None:
        self.program = program
        self.slots: dict[str, _Slots] = {}
        self.order: dict[str, tuple[int, ...]] = {}
        self.extended: set[str] = set()
        writers: dict[str, int] = {}
        for one in flat(items):
            writers[one.key] = writers.get(one.key, 0) + 1
        for key, count in writers.items():
            if count > 1 or all_arrays:
                self.slots[key] = program.arrays[key].slots
        if not all_arrays:
            self._loops(items, {})
            self._ends(items, {})
        elif loops_first:  # loops over numbers ask before they read beyond an array
            self._loops(items, {})
        if momentary or (all_arrays and loops_first):
            for item in items:
                if isinstance(item, Loop):
                    self._momentary(item, items, as_given)
        if all_arrays and loops_first:
            self.order = {k: o for k, o in self.order.items() if k not in as_given}

    def _loops(self, items: Schedule, around: Mapping[Symbol, tuple[Expr, Expr]]) -> None:
        for item in items:
            if isinstance(item, Loop):
                self._loops(item.body, {**around, item.letter: (item.first, item.last)})
            elif around:
                array = self.program.arrays[item.key]
                self.slots.setdefault(item.key, array.slots)
                axes = range(len(item.indices))
                looped = [a for letter in around for a in axes if item.indices[a] == letter]
                order = (*looped, *(a for a in axes if a not in looped))
                if order != tuple(axes):
                    self.order[item.key] = order

    def _momentary(self, loop: Loop, items: Schedule, as_given: frozenset[str]) -> None:
        """Keep what one turn of a loop writes and only that turn reads for a single turn."""
        inside = list(flat((loop,)))
        beyond = [s for s in flat(items) if s not in inside]
        elsewhere = {s.key for s in beyond} | {key for s in beyond for key in s.reads}
        for key in {s.key for s in inside} - elsewhere - as_given:
            places = [tuple(s.indices) for s in inside if s.key == key]
            places += [tuple(e.indices) for s in inside for e in s.mentions if name_of(e) == key]
            axes = [a for a, i in enumerate(places[0]) if i == loop.letter]
            if len(axes) == 1 and all(p[axes[0]] == loop.letter for p in places):
                order = self.order.get(key, tuple(range(len(places[0]))))
                if len(order) > 1:
                    self.order[key] = tuple(a for a in order if a != axes[0])

    def _ends(self, items: Schedule, around: Mapping[Symbol, tuple[Expr, Expr]]) -> None:
        for item in items:
            if isinstance(item, Loop):
                self._ends(item.body, {**around, item.letter: (item.first, item.last)})
                continue
            if around:
                for entry in item.mentions:
                    self._extend(entry, {**around})

    def _extend(self, entry: Entry, bounds: Mapping[Symbol, tuple[Expr, Expr]]) -> None:
        key = name_of(entry)
        if key not in self.slots:
            return
        slots = list(self.slots[key])
        for axis, index in enumerate(entry.indices):
            if not index.free_symbols & set(bounds):
                continue
            low, high = reach(index, bounds)
            first, last = slots[axis]
            before, after = as_integer(first - low), as_integer(high - last)
            if before is not None and before > 0:
                slots[axis] = (low, last)
                self.extended.add(key)
            if after is not None and after > 0:
                slots[axis] = (slots[axis][0], high)
                self.extended.add(key)
        self.slots[key] = tuple(slots)
