"""What a step of a recursion needs and does not itself change, computed for all steps at once.

``sum(j, W[j,k] x[t,j]) + b[k]`` in every step of a recurrent network is one product of matrices
before the loop; so is each factor of a step backward that is made of forward quantities alone.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, Symbol

from symback.algebra.expressions import Apply, Entry, OfVectors, Partial, name_of
from symback.algebra.indexing import IntegerEntry
from symback.emission.indexed.affine import letters_of
from symback.emission.indexed.program import ADJOINT, Array, IndexedProgram, Statement
from symback.emission.indexed.schedule import Loop, flat, schedule
from symback.emission.indexed.walk import BINDERS, MASKS, entries, rebuilt, walk
from symback.model.equations import Quantity, Range, Role

__all__ = ["hoisted", "loop_axes", "turned"]


def hoisted(program: IndexedProgram) -> IndexedProgram:
    """The same program with what does not change along a recursion computed before it."""
    axes, within = loop_axes(program)
    if not within:
        return program
    program, copies = turned(program, axes)
    work = _Hoisting(program, within, axes)
    work.made = copies
    forward = [work.statement(s) for s in program.forward]
    backward = [work.statement(s) for s in program.backward]
    forward += [s for s in work.made if not s.key.startswith(ADJOINT)]
    backward += [s for s in work.made if s.key.startswith(ADJOINT)]
    return replace(program, arrays=work.arrays, forward=tuple(forward), backward=tuple(backward))


def loop_axes(program: IndexedProgram) -> tuple[dict[str, set[int]], dict[str, frozenset[str]]]:
    """Along which axes loops go through each array, and with what each array shares its loop."""
    within: dict[str, frozenset[str]] = {}
    axes: dict[str, set[int]] = {}
    for item in schedule(program.statements):
        if not isinstance(item, Loop):
            continue
        keys = frozenset(s.key for s in flat((item,)))
        within |= dict.fromkeys(keys, keys)
        for statement in flat((item,)):
            if item.letter in statement.indices:
                axes[statement.key] = {statement.indices.index(item.letter)}
            for entry in statement.mentions:
                places = {n for n, i in enumerate(entry.indices) if item.letter in letters_of(i)}
                if places and name_of(entry) not in keys:
                    axes.setdefault(name_of(entry), set()).update(places)
    return axes, within


def turned(
    program: IndexedProgram, axes: dict[str, set[int]]
) -> tuple[IndexedProgram, list[Statement]]:
    """The program with given arrays copied so that the letter of the loop is their first axis."""
    arrays = dict(program.arrays)
    made: list[Statement] = []
    new: dict[str, tuple[str, int]] = {}
    given = {q.name for q in program.model.given}
    for key, places in axes.items():
        if key not in given or len(places) != 1 or places == {0} or arrays[key].is_integer:
            continue
        (axis,) = places
        array = arrays[key]
        letters = array.quantity.letters
        order = [axis, *(n for n in range(len(letters)) if n != axis)]
        quantity = Quantity(
            f"{key}·first",
            Role.OTHER,
            tuple(array.quantity.ranges[n] for n in order),
            tuple(letters[n] for n in order),
            outside=array.quantity.outside,
        )
        arrays[quantity.name] = Array(
            quantity.name, quantity, tuple(array.slots[n] for n in order), f"{key}_steps"
        )
        new[key] = quantity.name, axis
        own = array.quantity.indices
        bounds = dict(zip(own, array.slots, strict=True))
        indices = tuple(own[n] for n in order)
        made.append(Statement(0, quantity.name, indices, bounds, Entry(key, *own)))

    def change(node: Expr) -> Expr:
        if isinstance(node, Indexed) and name_of(node) in new:
            name, axis = new[name_of(node)]
            rest = [i for n, i in enumerate(node.indices) if n != axis]
            return Entry(name, node.indices[axis], *rest)
        return node if isinstance(node, Indexed) else rebuilt(node, change)

    if not new:
        return program, []
    forward = tuple(replace(s, value=change(s.value)) for s in program.forward)
    backward = tuple(replace(s, value=change(s.value)) for s in program.backward)
    return replace(program, arrays=arrays, forward=forward, backward=backward), made


class _Hoisting:
    """One pass over the statements of all loops."""

    def __init__(
        self,
        program: IndexedProgram,
        within: dict[str, frozenset[str]],
        axes: dict[str, set[int]],
    ) -> None:
        self.axes = axes
        self.arrays = dict(program.arrays)
        self.within = within
        self.made: list[Statement] = []
        self.known: dict[tuple[str, Expr], Expr] = {}

    def statement(self, statement: Statement) -> Statement:
        """A statement with what its loop does not change as entries of arrays."""
        keys = self.within.get(statement.key)
        if keys is None or statement.is_boundary:
            return statement
        letters = set(statement.letters)

        def change(node: Expr) -> Expr:
            if isinstance(node, Add | Mul):
                node = self._split(node, statement, keys, letters)
            if isinstance(node, (Indexed, *BINDERS)):
                return node
            return rebuilt(node, change)

        return replace(statement, value=change(statement.value))

    def _split(
        self, node: Expr, statement: Statement, keys: frozenset[str], letters: set[Symbol]
    ) -> Expr:
        """A sum or product with the parts that the loop does not change put together."""
        fixed = [p for p in node.args if self._is_fixed(p, keys, letters)]
        rest = [p for p in node.args if p not in fixed]
        numbers = [p for p in fixed if p.is_number or not letters_of(p)]
        fixed = [p for p in fixed if p not in numbers]
        if not fixed or not rest or not _is_worth(fixed, node):
            return node
        part = node.func(*fixed)
        return node.func(*rest, *numbers, self._entry(part, statement))

    def _is_fixed(self, part: Expr, keys: frozenset[str], letters: set[Symbol]) -> bool:
        if part.is_number:
            return True
        if part.has(*MASKS, OfVectors, Partial):
            return False
        if any(name_of(e) in keys for e in entries(part)):
            return False
        return letters_of(part) <= letters

    def _entry(self, part: Expr, statement: Statement) -> Expr:
        key = (statement.key, part)
        if key in self.known:
            return self.known[key]
        letters = [s for s in statement.letters if s in letters_of(part)]
        for axis in self.axes.get(statement.key, ()):  # the letter of the loop first
            letter = statement.indices[axis]
            letters.sort(key=lambda s: s != letter)
        slots = tuple(statement.bounds[s] for s in letters)
        about = statement.key.removeprefix(ADJOINT).partition("·")[0]
        label = f"{about}_given" if part.is_Add else f"{about}_factor"
        ranges = tuple(Range(f"{a}..{b}", 0, first=a, last=b) for a, b in slots)
        name = f"{label}·h{len(self.arrays)}"
        quantity = Quantity(name, Role.OTHER, ranges, tuple(s.name for s in letters))
        own = (ADJOINT if statement.key.startswith(ADJOINT) else "") + name
        self.arrays[own] = Array(own, quantity, slots, label)
        bounds = {s: statement.bounds[s] for s in letters}
        self.made.append(Statement(0, own, tuple(letters), bounds, part))
        self.known[key] = Entry(own, *letters)
        return self.known[key]


def _is_worth(fixed: list[Expr], node: Expr) -> bool:
    """Whether computing a part beforehand saves a step anything."""
    if any(p.has(*BINDERS, Apply, Pow) or isinstance(p, Add) for p in fixed):
        return True
    varying = [p for p in fixed if not isinstance(p, IntegerEntry) and _size(p)]
    return len(varying) > 1 and isinstance(node, Add | Mul)


def _size(part: Expr) -> int:
    return sum(1 for node in walk(part) if isinstance(node, Indexed))
