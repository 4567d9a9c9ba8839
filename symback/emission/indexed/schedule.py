"""Statements in the order in which they can be carried out, recursions as loops.

Statements that depend on each other in a circle are a recursion: one letter of each is shifted
wherever they mention each other, in one direction.  That letter becomes a loop, and what is left,
the mentions without a shift, is put in order in the same way, so that a recursion in two directions
is a loop in a loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from symback.algebra.expressions import name_of
from symback.algebra.indexing import Largest, Smallest
from symback.emission.indexed.affine import Bounds, as_integer, at_least, letters_of, reach
from symback.emission.indexed.program import Statement
from symback.emission.indexed.walk import bounds_within, substituted
from symback.errors import InputError
from symback.records import dataclass

__all__ = ["Loop", "Schedule", "flat", "schedule"]


@dataclass(frozen=True)
class Loop:
    """Statements that are carried out for one value of a letter after another.

    Attributes:
        letter: the letter.
        first: its least value.
        last: its largest value.
        is_backward: whether it runs from the largest to the least.
        body: what is done for each value; a statement whose own range is shorter has it in
            ``within``.
        within: for each statement of shorter range, by its place in the body, that range.
    """

    letter: Symbol
    first: Expr
    last: Expr
    is_backward: bool
    body: Schedule
    within: dict[int, tuple[Expr, Expr]]


Schedule = tuple["Statement | Loop", ...]


@dataclass(frozen=True)
class _Read:
    """One mention of an array that a statement of the same circle writes."""

    reader: Statement
    writer: Statement
    indices: tuple[Expr, ...]
    bounds: Bounds


def flat(items: Schedule) -> Iterator[Statement]:
    """The statements of a schedule, in order."""
    for item in items:
        if isinstance(item, Loop):
            yield from flat(item.body)
        else:
            yield item


def schedule(statements: Sequence[Statement], fixed: frozenset[Symbol] = frozenset()) -> Schedule:
    """The statements in order, recursions as loops.

    Args:
        statements: in any order.
        fixed: letters of loops around.

    Raises:
        InputError: for a circle that is no recursion.
    """
    made: list[Statement | Loop] = []
    for group in _circles(statements, fixed):
        reads = _reads_within(group, fixed)
        if not reads:
            made += group
        else:
            made.append(_loop(group, reads, fixed))
    return tuple(made)


def _reads_within(group: Sequence[Statement], fixed: frozenset[Symbol]) -> list[_Read]:
    writers: dict[str, list[Statement]] = {}
    for statement in group:
        writers.setdefault(statement.key, []).append(statement)
    found = []
    for reader in group:
        bounds = bounds_within(reader.bounds, reader.value)
        for entry in reader.mentions:
            for writer in writers.get(name_of(entry), ()):
                if not _is_shifted(entry.indices, writer, fixed):
                    found.append(_Read(reader, writer, tuple(entry.indices), bounds))
    return found


def _is_shifted(indices: Sequence[Expr], writer: Statement, fixed: frozenset[Symbol]) -> bool:
    """Whether a mention is of what an earlier turn of a loop around has written."""
    for index, own in zip(indices, writer.indices, strict=True):
        if own in fixed and index != own:
            return True
    return False


def _circles(
    statements: Sequence[Statement], fixed: frozenset[Symbol]
) -> Iterator[list[Statement]]:
    """The statements in an order that respects what each reads; circles come together."""
    writers: dict[str, list[int]] = {}
    for place, statement in enumerate(statements):
        writers.setdefault(statement.key, []).append(place)
    edges: list[list[int]] = []
    for statement in statements:
        found: dict[int, None] = {}
        for entry in statement.mentions:
            for place in writers.get(name_of(entry), ()):
                if not _is_shifted(entry.indices, statements[place], fixed):
                    found[place] = None
        edges.append(sorted(found))
    for component in _components(edges):
        yield [statements[place] for place in sorted(component)]


def _components(edges: Sequence[Sequence[int]]) -> list[list[int]]:
    """Tarjan's strongly connected components, each after those that it points to."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(edges)):
        if root in order:
            continue
        work = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == order[node]:
                    component = []
                    while True:
                        other = stack.pop()
                        on_stack.discard(other)
                        component.append(other)
                        if other == node:
                            break
                    found.append(component)
            elif following not in order:
                order[following] = low[following] = len(order)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(edges[following])))
            elif following in on_stack:
                low[node] = min(low[node], order[following])
    return found


def _loop(group: list[Statement], reads: list[_Read], fixed: frozenset[Symbol]) -> Loop:
    names = ", ".join(dict.fromkeys(s.key for s in group))
    boundaries = [s for s in group if s.is_boundary]
    if boundaries:
        raise InputError(f"the start of {boundaries[0].key} depends on {names} itself")
    for slots, is_backward in _choices(group, reads):
        try:
            return _loop_over(group, slots, is_backward, fixed)
        except InputError:
            continue  # another letter may do
    raise InputError(f"{names} depend on each other in a circle that is no recursion")


def _loop_over(
    group: list[Statement], slots: dict[str, int], is_backward: bool, fixed: frozenset[Symbol]
) -> Loop:
    """The loop over one letter of each statement."""
    ends = {s.key: s.bounds[s.indices[slots[s.key]]] for s in group}
    first, last = _hull(list(ends.values()))
    letter = group[0].indices[slots[group[0].key]]
    assert isinstance(letter, Symbol)
    body = [_with_letter(s, slots[s.key], letter) for s in group]
    items = schedule(body, fixed | {letter})
    keys = [next(flat((item,))).key for item in items]
    within = {n: ends[key] for n, key in enumerate(keys) if ends[key] != (first, last)}
    return Loop(letter, first, last, is_backward, items, within)


def _hull(ranges: Sequence[tuple[Expr, Expr]]) -> tuple[Expr, Expr]:
    firsts = {first for first, _ in ranges}
    lasts = {last for _, last in ranges}
    first = next((f for f in firsts if all(at_least(g, f) for g in firsts)), None)
    last = next((e for e in lasts if all(at_least(e, g) for g in lasts)), None)
    return (
        Smallest(*firsts) if first is None else first,
        Largest(*lasts) if last is None else last,
    )


def _with_letter(statement: Statement, slot: int, letter: Symbol) -> Statement:
    """A statement whose letter in one slot is that of the loop, where it is a number."""
    own = statement.indices[slot]
    bounds = {k: v for k, v in statement.bounds.items() if k != own}
    if own == letter:
        return replace(statement, bounds=bounds)
    indices = list(statement.indices)
    indices[slot] = letter
    value = substituted(statement.value, {own: letter})
    return replace(statement, indices=tuple(indices), bounds=bounds, value=value)


def _choices(
    group: Sequence[Statement], reads: Sequence[_Read]
) -> Iterator[tuple[dict[str, int], bool]]:
    """Each slot that can be the one in which a circle is a recursion, and its direction."""
    tried: list[dict[str, int]] = []
    for read in reads:
        for own, letter in enumerate(read.reader.indices):
            for slot, index in enumerate(read.indices):
                shift = _shift(index, letter, read.bounds)
                if shift is None or shift == (0, 0):
                    continue
                slots = _spread({read.reader.key: own}, {read.writer.key: slot}, reads)
                if slots is None or slots in tried or len(slots) < len({s.key for s in group}):
                    continue
                tried.append(slots)
                direction = _direction(slots, reads)
                if direction is not None:
                    yield slots, direction


def _spread(
    reader: dict[str, int], writer: dict[str, int], reads: Sequence[_Read]
) -> dict[str, int] | None:
    """The slot of every array of the circle, found from those of two."""
    slots = dict(reader)
    for key, slot in writer.items():
        if slots.setdefault(key, slot) != slot:
            return None
    for _ in reads:
        for read in reads:
            own, other = slots.get(read.reader.key), slots.get(read.writer.key)
            if own is not None and other is None:
                letter = read.reader.indices[own]
                for slot, index in enumerate(read.indices):
                    if _shift(index, letter, read.bounds) is not None:
                        slots[read.writer.key] = slot
                        break
            elif own is None and other is not None:
                for place, letter in enumerate(read.reader.indices):
                    if _shift(read.indices[other], letter, read.bounds) is not None:
                        slots[read.reader.key] = place
                        break
    return slots


def _direction(slots: dict[str, int], reads: Sequence[_Read]) -> bool | None:
    """Whether the loop runs backward; None where it can run in no direction."""
    directions = set()
    for read in reads:
        letter = read.reader.indices[slots[read.reader.key]]
        index = read.indices[slots[read.writer.key]]
        shift = _shift(index, letter, read.bounds)
        if shift is None:
            return None
        low, high = shift
        if (low, high) == (0, 0):
            continue
        if high < 0:
            directions.add(False)
        elif low > 0:
            directions.add(True)
        else:
            return None
    return directions.pop() if len(directions) == 1 else None


def _shift(index: Expr, letter: Expr, bounds: Bounds) -> tuple[int, int] | None:
    """How far an index can lie from a letter: ±1 where it is certain on which side."""
    if not isinstance(letter, Symbol) or letter not in bounds:
        return None
    if not letters_of(index):
        return None
    around = {k: v for k, v in bounds.items() if k != letter}
    low, high = reach(index - letter, around)
    exact = as_integer(low), as_integer(high)
    if exact[0] is not None and exact[0] == exact[1]:
        return exact[0], exact[0]
    if exact[1] is not None and exact[1] < 0:
        return -1, -1
    if exact[0] is not None and exact[0] > 0:
        return 1, 1
    return None
