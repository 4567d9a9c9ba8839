"""Sums that are products of two matrices, as statements of their own.

A target that leaves products to a library needs them bare: one array on each side, its letters in
the order in which they lie in memory, nothing else in the sum.  What else a factor holds is
computed into an array before; a sum that several steps of a recursion read is one product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import Add, Dummy, Expr, Indexed, Mul, Symbol

from symback.algebra.expressions import Entry, Sum, name_of
from symback.algebra.indexing import IntegerEntry
from symback.emission.indexed.affine import at_least, letters_of
from symback.emission.indexed.hoisting import loop_axes, turned
from symback.emission.indexed.program import ADJOINT, Array, IndexedProgram, Statement
from symback.emission.indexed.walk import BINDERS, MASKS, limits_of, rebuilt
from symback.model.equations import Quantity, Range, Role
from symback.records import dataclass

__all__ = ["Sides", "multiplied", "shared_products", "sides"]


@dataclass(frozen=True)
class Sides:
    """The factors of a sum as the two matrices of a product.

    Attributes:
        left: the factors that have the rows.
        right: those that have the columns.
        summed: the letters that both have and the result has not.
    """

    left: tuple[Expr, ...]
    right: tuple[Expr, ...]
    summed: tuple[Symbol, ...]


def sides(node: Expr, free: Sequence[Symbol]) -> Sides | None:
    """The two matrices whose product a sum is, if it is one for these letters of the result."""
    if not isinstance(node, Sum):
        return None
    limits = limits_of(node)
    summed = tuple(limit[0] for limit in limits)
    if any(letters_of(end) for limit in limits for end in limit[1:]):
        return None
    factors = [f for f in Mul.make_args(node.function) if letters_of(f)]
    if len(factors) < 2 or len(factors) < len(Mul.make_args(node.function)):
        return None
    if any(isinstance(f, Add) or f.has(*MASKS, *BINDERS, IntegerEntry) for f in factors):
        return None
    letters = [letters_of(f) for f in factors]
    shared = set.intersection(*letters)
    groups: list[tuple[set[Symbol], list[Expr]]] = []
    for factor, own in zip(factors, letters, strict=True):
        key = (own & set(free)) - shared
        if not key:
            return None
        touched = [g for g in groups if g[0] & key]
        for group in touched:
            groups.remove(group)
        groups.append(
            (key.union(*(g[0] for g in touched)), [*(f for g in touched for f in g[1]), factor])
        )
    if len(groups) != 2:
        return None
    (_, left), (_, right) = groups
    both = set().union(*map(letters_of, left)) & set().union(*map(letters_of, right))
    if not set(summed) <= both or not any(s in both for s in summed):
        return None
    return Sides(tuple(left), tuple(right), summed)


def multiplied(program: IndexedProgram) -> IndexedProgram:
    """The same program with its products of matrices as statements of their own."""
    axes, _ = loop_axes(program)
    factors = {
        name_of(f)
        for s in program.statements
        for node in s.value.atoms(Sum)
        if (found := sides(node, s.letters)) is not None
        for f in (*found.left, *found.right)
        if isinstance(f, Indexed)
    }
    chosen = {key: places for key, places in axes.items() if key in factors}
    program, made = turned(program, chosen)
    work = _Multiplying(program, axes)
    work.made += made
    forward = [work.statement(s) for s in program.forward]
    backward = [work.statement(s) for s in program.backward]
    forward += [s for s in work.made if not s.key.startswith(ADJOINT)]
    backward += [s for s in work.made if s.key.startswith(ADJOINT)]
    return replace(program, arrays=work.arrays, forward=tuple(forward), backward=tuple(backward))


def shared_products(program: IndexedProgram) -> IndexedProgram:
    """The same program with the products that several steps of a recursion read as arrays."""
    axes, within = loop_axes(program)
    work = _Sharing(program, axes)
    for statement in program.statements:
        if statement.key in within:
            work.count(statement)
    forward = [work.statement(s) if s.key in within else s for s in program.forward]
    backward = [work.statement(s) if s.key in within else s for s in program.backward]
    forward += [s for s in work.made if not s.key.startswith(ADJOINT)]
    backward += [s for s in work.made if s.key.startswith(ADJOINT)]
    return replace(program, arrays=work.arrays, forward=tuple(forward), backward=tuple(backward))


class _Multiplying:
    """One pass over all statements."""

    def __init__(self, program: IndexedProgram, axes: Mapping[str, set[int]]) -> None:
        self.arrays = dict(program.arrays)
        self.axes = {**axes}
        self.made: list[Statement] = []
        self.known: dict[object, str] = {}

    def statement(self, statement: Statement) -> Statement:
        """A statement whose products are entries of arrays."""
        if statement.is_boundary or not statement.letters:
            return statement
        if sides(statement.value, statement.letters) is not None:
            bare = self._bare(statement.value, statement)
            if self._rows_fit(statement, bare):
                return replace(statement, value=bare)

        def change(node: Expr) -> Expr:
            if isinstance(node, Sum):
                found = sides(node, statement.letters)
                return node if found is None else self._product(node, statement)
            if isinstance(node, (Indexed, *BINDERS)):
                return node
            return rebuilt(node, change)

        return replace(statement, value=change(statement.value))

    def _order(self, node: Indexed) -> list[Symbol]:
        """The letters of an entry in the order in which they lie in memory."""
        axes = sorted(
            range(len(node.indices)), key=lambda a: a not in self.axes.get(name_of(node), ())
        )
        return [x for a in axes for x in sorted(letters_of(node.indices[a]), key=str)]

    def _rows_fit(self, statement: Statement, node: Sum) -> bool:
        """Whether the letters of a product lie in its result as they do in its factors."""
        found = sides(node, statement.letters)
        assert found is not None
        own = self._order(Entry(statement.key, *statement.indices))
        return all(
            [x for x in own if x in letters_of(f)] == [x for x in self._order(f) if x in own]
            for f in (*found.left, *found.right)
            if isinstance(f, Indexed)
        )

    def _bare(self, node: Expr, statement: Statement) -> Sum:
        """The same product, with one array on each side."""
        found = sides(node, statement.letters)
        assert found is not None
        assert isinstance(node, Sum)
        bounds = {**statement.bounds, **{x: (a, b) for x, a, b in limits_of(node)}}
        parts = [self._single(side, bounds, statement) for side in (found.left, found.right)]
        return Sum(Mul(*parts), *node.limits)

    def _single(
        self,
        factors: tuple[Expr, ...],
        bounds: Mapping[Symbol, tuple[Expr, Expr]],
        statement: Statement,
    ) -> Expr:
        """The product of the factors on one side as an entry of one array."""
        if len(factors) == 1 and isinstance(factors[0], Indexed):
            return factors[0]
        widest = max(
            (n for f in factors for n in f.atoms(Indexed)), key=lambda n: len(letters_of(n))
        )
        every = set().union(*map(letters_of, factors))
        letters = self._order(widest)
        letters = [*letters, *sorted(every - set(letters), key=str)]
        value = Mul(*factors)
        about = name_of(widest).removeprefix(ADJOINT).partition("·")[0]
        adjoint = statement.key.startswith(ADJOINT)
        label = f"d{about}_part" if adjoint else f"{about}_part"
        return self._entry(value, letters, letters, bounds, statement, label)

    def _product(self, node: Sum, statement: Statement) -> Expr:
        """A product of matrices as an entry of an array of its own."""
        bare = self._bare(node, statement)
        own = self._order(Entry(statement.key, *statement.indices))
        letters = [x for x in own if x in letters_of(bare)]
        about = statement.key.removeprefix(ADJOINT).partition("·")[0]
        adjoint = statement.key.startswith(ADJOINT)
        label = f"d{about}_sum" if adjoint else f"{about}_sum"
        shifted, indices, ends = self._unshifted(bare, letters, statement.bounds)
        return self._entry(shifted, letters, indices, ends, statement, label)

    def _unshifted(
        self, node: Sum, letters: list[Symbol], bounds: Mapping[Symbol, tuple[Expr, Expr]]
    ) -> tuple[Expr, list[Expr], Mapping[Symbol, tuple[Expr, Expr]]]:
        """A product of adjoints at another step as the product at its own step."""
        indices: list[Expr] = list(letters)
        ends = dict(bounds)
        entries = list(node.function.atoms(Indexed))
        for place, letter in enumerate(letters):
            found = [(e, a) for e in entries for a, i in enumerate(e.indices) if i.has(letter)]
            places = {e.indices[a] for e, a in found}
            if len(places) != 1 or letter in places:
                continue
            (index,) = places
            if letters_of(index) != {letter} or not (index - letter).is_number:
                continue
            slots = {self.arrays[name_of(e)].slots[a] for e, a in found}
            if len(slots) != 1 or any(not name_of(e).startswith(ADJOINT) for e, _ in found):
                continue
            shift = index - letter
            first, last = slots.pop()
            if not (at_least(bounds[letter][0] + shift, first)):
                continue
            node = node.xreplace({index: letter})
            indices[place] = index
            ends[letter] = (first, last)
        return node, indices, ends

    def _entry(
        self,
        value: Expr,
        letters: Sequence[Symbol],
        indices: Sequence[Expr],
        bounds: Mapping[Symbol, tuple[Expr, Expr]],
        statement: Statement,
        label: str,
    ) -> Expr:
        slots = tuple(bounds[x] for x in letters)
        key = _canonical(value, letters, slots)
        if key in self.known:
            name = self.known[key]
            return Entry(name, *indices)
        own = f"{label}·p{len(self.arrays)}"
        ranges = tuple(Range(f"{a}..{b}", 0, first=a, last=b) for a, b in slots)
        quantity = Quantity(own, Role.OTHER, ranges, tuple(x.name for x in letters))
        name = (ADJOINT if statement.key.startswith(ADJOINT) else "") + own
        self.arrays[name] = Array(name, quantity, slots, label)
        ends = {x: bounds[x] for x in letters}
        self.made.append(Statement(0, name, tuple(letters), ends, value))
        self.known[key] = name
        return Entry(name, *indices)


class _Sharing(_Multiplying):
    """One pass that leaves a product where it is, unless several statements have it."""

    def __init__(self, program: IndexedProgram, axes: Mapping[str, set[int]]) -> None:
        super().__init__(program, axes)
        self._uses: dict[object, set[tuple[str, int]]] = {}

    def count(self, statement: Statement) -> None:
        """Note the products of a statement."""
        if statement.is_boundary:
            return
        for node in statement.value.atoms(Sum):
            key = self._key(node, statement)
            if key is not None:
                self._uses.setdefault(key, set()).add((statement.key, statement.number))

    def statement(self, statement: Statement) -> Statement:
        """A statement whose shared products are entries of arrays."""
        if statement.is_boundary:
            return statement

        def change(node: Expr) -> Expr:
            if isinstance(node, Sum):
                shared = len(self._uses.get(self._key(node, statement), ())) > 1
                return self._product(node, statement) if shared else node
            if isinstance(node, (Indexed, *BINDERS)):
                return node
            return rebuilt(node, change)

        return replace(statement, value=change(statement.value))

    def _key(self, node: Expr, statement: Statement) -> object | None:
        found = sides(node, statement.letters)
        if found is None or not isinstance(node, Sum):
            return None
        if any(len(s) != 1 or not isinstance(s[0], Indexed) for s in (found.left, found.right)):
            return None
        own = self._order(Entry(statement.key, *statement.indices))
        letters = [x for x in own if x in letters_of(node)]
        shifted, _, ends = self._unshifted(node, letters, statement.bounds)
        return _canonical(shifted, letters, tuple(ends[x] for x in letters))


def _canonical(
    value: Expr, letters: Sequence[Symbol], slots: Sequence[tuple[Expr, Expr]]
) -> tuple[Expr, tuple[tuple[Expr, Expr], ...]]:
    """A value whose letters have names of their own, the same in equal values."""
    names: dict[Expr, Expr] = {x: Symbol(f"_{n}", integer=True) for n, x in enumerate(letters)}
    if isinstance(value, Sum):
        for limit in sorted(limits_of(value), key=lambda x: (isinstance(x[0], Dummy), str(x[0]))):
            names[limit[0]] = Symbol(f"_b{len(names)}", integer=True)
    return value.xreplace(names), tuple(slots)
