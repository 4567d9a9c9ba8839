"""Statements as loops over single numbers: the form of plain Python, numba and C.

A letter in code counts from 0.  Whatever an expression sums is added up before the statement that
uses it, in the outermost loop that knows all its letters.  What is read beyond an array is 0, and a
sum over a condition does nothing where the condition fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Pow, S, Symbol, expand

from symback.algebra.exponentials import Softmax
from symback.algebra.expressions import name_of
from symback.algebra.indexing import (
    Bracket,
    CeilingOf,
    Divides,
    Extreme,
    FloorOf,
    IntegerEntry,
    Largest,
    Smallest,
)
from symback.emission.code_names import plain
from symback.emission.indexed.accumulations import Accumulations
from symback.emission.indexed.affine import at_least_given, is_size, letters_of, reach
from symback.emission.indexed.fusing import Fusing
from symback.emission.indexed.integers import IntegerPrinter
from symback.emission.indexed.matrices import Matrices
from symback.emission.indexed.naming import CodeNames
from symback.emission.indexed.numbers import Numbers
from symback.emission.indexed.program import Array, IndexedProgram, Statement
from symback.emission.indexed.reductions import Reductions
from symback.emission.indexed.schedule import Loop, Schedule
from symback.emission.indexed.storage import Storage
from symback.emission.indexed.target import Target
from symback.emission.indexed.walk import BINDERS, MASKS, open_entries, rebuilt
from symback.errors import InputError

__all__ = ["LoopBody"]


class LoopBody:
    """The lines of one function.

    Args:
        program: what is emitted.
        items: its statements, in order and in loops.
        names: the names of everything.
        target: what the language looks like.
        depth: how far the lines are moved in.
    """

    def __init__(
        self,
        program: IndexedProgram,
        items: Schedule,
        names: CodeNames,
        target: Target,
        depth: int = 1,
    ) -> None:
        self.program = program
        self.names = names.local()
        self.target = target
        self.results = set(program.returned)
        self.storage = Storage(
            program,
            items,
            all_arrays=True,
            loops_first=target.has_library,
            as_given=frozenset(self.results),
        )
        self.used: dict[str, None] = {}
        self.lines: list[str] = []
        self.depth = depth
        self.bounds: dict[Symbol, tuple[Expr, Expr]] = {}
        self.temporary: dict[Expr, str] = {}
        self.is_adjoint = False
        self._count: dict[str, int] = {}
        self._letters: dict[Symbol, str] = {}
        self.known: set[str] = set()
        self.integer = IntegerPrinter(self._atom, is_c=target.is_c)
        self.numbers = Numbers(self)
        self.reductions = Reductions(self)
        self.accumulations = Accumulations(self)
        self.matrices = Matrices(self)
        self.fusing = Fusing(self, items)
        self._items(items)

    # -- lines

    def line(self, text: str) -> None:
        """One line."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """A loop or a conditional statement."""
        self.line(head)
        self.depth += 1
        yield
        self.depth -= 1
        if self.target.close():
            self.line(self.target.close())

    @contextmanager
    def over(
        self, letter: Symbol, ends: tuple[Expr, Expr], backward: bool = False
    ) -> Iterator[None]:
        """A loop over one letter."""
        before, known = dict(self.bounds), dict(self._letters)
        first, end = self.number(ends[0] - 1), self.number(ends[1])
        self._letters[letter] = self._free_letter(plain(letter.name))
        with self.block(self.target.loop(self.letter(letter), first, end, backward=backward)):
            self.bounds[letter] = ends
            yield
        self.bounds, self._letters = before, known

    def _free_letter(self, name: str) -> str:
        """A name for a letter that no array has, and no letter of a loop around."""
        found, count = name, 1
        while found in self._letters.values() or not self.names.is_free(found):
            found, count = f"{name}{count}", count + 1
        return found

    def fresh(self, kind: str) -> str:
        """A new name."""
        self._count[kind] = self._count.get(kind, 0) + 1
        return self.names.free(f"{kind}{self._count[kind]}")

    # -- whole numbers

    def letter(self, letter: Symbol) -> str:
        """The name of a letter in code, where it counts from 0."""
        return self._letters[letter]

    def number(self, index: Expr) -> str:
        """An index or a size as a whole number of code."""
        from_zero = {s: s + 1 for s in letters_of(index) if not s.name.startswith("@")}
        changed = index.xreplace(from_zero)
        parts = (
            expand(changed) if not changed.has(FloorOf, CeilingOf, Largest, Smallest) else changed
        )
        return self.integer(parts)

    def _atom(self, node: Expr) -> str:
        if isinstance(node, Symbol):
            if node.name.startswith("@"):
                return str(node.name[1:])
            return self.names.size(node.name) if is_size(node) else self.letter(node)
        raise InputError(f"code cannot be written for the index {node}")

    def spelled(self, index: Expr) -> Expr:
        """An index in which lookups and places of extremes are names of code, counted from 0."""
        if isinstance(index, IntegerEntry):
            return Symbol("@" + self.numbers.read(index), integer=True) + 1
        if isinstance(index, Extreme):
            return Symbol("@" + self.temporary[index], integer=True) + 1
        return rebuilt(index, self.spelled) if index.has(IntegerEntry, Extreme) else index

    def place(self, index: Expr, first: Expr) -> str:
        """Where in an axis that begins with ``first`` an index is."""
        return self.number(self.spelled(index) - first)

    # -- statements

    def _items(self, items: Schedule) -> None:
        run: list[Statement] = []
        for item in items:
            if isinstance(item, Loop):
                self._run(run)
                run = []
                self._loop(item)
            else:
                run.append(item)
        self._run(run)

    def _run(self, run: list[Statement]) -> None:
        """Statements without a loop between them."""
        if self.target.has_library:
            self.fusing(run)
            return
        for item in run:
            self.statement(item)

    def _loop(self, loop: Loop) -> None:
        with self.over(loop.letter, (loop.first, loop.last), loop.is_backward):
            run: list[Statement | Loop] = []
            for place, item in enumerate(loop.body):
                if place not in loop.within:
                    run.append(item)
                    continue
                self._items(tuple(run))
                run = []
                first, last = loop.within[place]
                tests = []
                if first != loop.first:
                    tests.append(f"{self.number(first)} <= {self.number(loop.letter)}")
                if last != loop.last:
                    tests.append(f"{self.number(loop.letter)} <= {self.number(last)}")
                with self.block(self.target.when(self.target.both(tests))):
                    self._items((item,))
            self._items(tuple(run))

    def statement(self, item: Statement) -> None:
        """One statement in loops of its own."""
        array = self.program.arrays[item.key]
        self.is_adjoint = array.is_adjoint
        if self.target.has_library and self.matrices.written(item):
            return
        if item.number:
            self.line(self.target.comment(f"({item.number}) {self.names.array(item.key)}"))
        plain: list[Expr] = []
        added: list[tuple[list[Expr], Expr]] = []
        for term in (item.value,) if array.is_integer else Add.make_args(item.value):
            found = self.accumulations.accumulated(term, item)
            if found is None:
                plain.append(term)
            else:
                added.append(found)
        value = Add(*plain)
        self._assign(item, value, "=")
        for outside, sum_ in added:
            self.accumulations.add(item, outside, sum_)
        self.temporary = {}

    def _assign(self, item: Statement, value: Expr, operator: str) -> None:
        """The assignment to every entry, with what it sums added up before it."""
        self.nest(list(item.letters), item.bounds, value, lambda v: self.put(item, v, operator))

    def put(self, item: Statement, value: Expr, operator: str) -> None:
        """The assignment to one entry."""
        if self.program.arrays[item.key].is_integer:
            whole = self.whole(value)
            put = self.target.put(self.left(item), "=", whole)
            self.line(put if item.indices else self.target.new_integer(self.left(item), whole))
            return
        text = self(value)
        if not item.indices and item.key not in self.results:
            self.line(self.target.new(self.left(item), text))
        else:
            self.line(self.target.put(self.left(item), operator, text))

    def left(self, item: Statement) -> str:
        """The entry that a statement assigns to."""
        return self.entry(item.key, item.indices)

    def entry(self, key: str, indices: Sequence[Expr]) -> str:
        """An entry of an array, by its key, at indices that are inside it."""
        array = self.program.arrays[key]
        name = self.names.array(key)
        if not indices:
            given = array.quantity in self.program.model.given and not array.is_adjoint
            return self.target.scalar(name, given=given, result=key in self.results)
        if key in self.fusing.numbers:
            return name
        slots = self.storage.slots.get(key, array.slots)
        places = [self.place(i, first) for i, (first, _) in zip(indices, slots, strict=True)]
        places = [places[axis] for axis in self.storage.order.get(key, range(len(places)))]
        return self.target.entry(name, places)

    def nest(
        self,
        letters: list[Symbol],
        bounds: Mapping[Symbol, tuple[Expr, Expr]],
        value: Expr,
        write: Callable[[Expr], None],
    ) -> None:
        """Loops over letters, sums computed as soon as all their letters are known."""
        value = self.prepared(value, set(letters))
        if not letters:
            write(value)
            return
        with self.reductions.forgetting(), self.over(letters[0], bounds[letters[0]]):
            self.nest(letters[1:], bounds, value, write)

    def prepared(self, value: Expr, unknown: set[Symbol]) -> Expr:
        """An expression whose sums that depend on no unknown letter are names of numbers."""
        if isinstance(value, (*BINDERS,)) and not letters_of(value) & unknown:
            return self.reductions.reduced(value)
        if isinstance(value, Softmax):
            return self.reductions.normalised(value, unknown)
        if isinstance(value, BINDERS):
            return value
        if not value.has(*BINDERS):
            return value
        return rebuilt(value, lambda part: self.prepared(part, unknown))

    # -- conditions

    def guarded(self, product: Expr) -> tuple[list[str], Expr]:
        """The conditions under which a product is not 0, and what it is then."""
        tests: dict[str, None] = {}
        rest, masks = [], []
        for factor in Mul.make_args(product):
            if isinstance(factor, MASKS):
                masks.append(factor)
                continue
            rest.append(factor)
            for node in _entries_of_product(factor):
                tests.update(dict.fromkeys(self.inside(node)))
        for mask in masks:  # what is read to ask must exist
            for node in open_entries(mask):
                tests.update(dict.fromkeys(self.inside(node)))
        for mask in masks:
            tests.update(dict.fromkeys(self.condition(mask)))
        return [t for t in tests if t not in self.known], Mul(*rest)

    def condition(self, mask: Expr) -> list[str]:
        """A mask as conditions of code that must all hold."""
        match mask:
            case Bracket() if mask.left.is_integer and mask.right.is_integer:
                left, right = mask.left, mask.right
                if mask.relation == "<=" and self._certain(right, left):
                    return []
                return [f"{self.whole(left)} {mask.relation} {self.whole(right)}"]
            case Bracket():
                return [f"{self(mask.left)} {mask.relation} {self(mask.right)}"]
            case KroneckerDelta():
                return [f"{self.whole(mask.args[0])} == {self.whole(mask.args[1])}"]
            case Divides():
                divisor, number = mask.args
                return [f"({self.whole(number, S.Zero)}) % {self.whole(divisor, S.Zero)} == 0"]
        raise AssertionError(type(mask).__name__)

    def whole(self, index: Expr, less: Expr = S.One) -> str:
        """An index, less a number, as a whole number of code, lookups in it read."""
        return self.number(self.spelled(index) - less)

    def inside(self, node: Indexed) -> list[str]:
        """The conditions under which an entry exists, as far as they are not certain."""
        key = name_of(node)
        array = self.program.arrays[key]
        if array.is_integer or (array.outside is None and not self.is_adjoint):
            return []
        if array.outside is not None and array.outside != 0:
            return []
        return self.tests(node, array)

    def tests(self, node: Indexed, array: Array) -> list[str]:
        """What must hold for an entry to be inside its array; nothing where that is certain."""
        slots = self.storage.slots.get(array.key, array.slots)
        tests = []
        for index, (first, last) in zip(node.indices, slots, strict=True):
            if isinstance(index, IntegerEntry):
                continue
            low, high = reach(index, self.bounds)
            if not self._certain(low, first):
                tests.append(f"{self.whole(first)} <= {self.whole(index)}")
            if not self._certain(last, high):
                tests.append(f"{self.whole(index)} <= {self.whole(last)}")
        return tests

    def _certain(self, larger: Expr, smaller: Expr) -> bool:
        low = reach(larger, self.bounds)[0]
        high = reach(smaller, self.bounds)[1]
        return at_least_given(low, high, self.program.model.conditions)

    def __call__(self, node: Expr) -> str:
        """An expression as code."""
        return self.numbers(node)


def _entries_of_product(factor: Expr) -> Iterable[Indexed]:
    """The entries that make a product 0 where they are: a factor, or a power of one."""
    if isinstance(factor, Indexed) and not isinstance(factor, IntegerEntry):
        yield factor
    elif isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_positive:
        yield from _entries_of_product(factor.base)
