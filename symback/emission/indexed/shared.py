"""What several statements compute is computed once, under a name.

Two kinds of parts are worth a name: a function that takes long, and a product whose factors all
have the same indices, such as the adjoint of a gate times the gate's own derivative, which every
weight of the gate needs.  A part counts as the same wherever its indices alone differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Dummy, Expr, Indexed, KroneckerDelta, Mul, Pow, S, Symbol

from symback.algebra.exponentials import LogSumExp, Softmax
from symback.algebra.expressions import Apply, Entry, OfVectors, Partial, Sum, name_of
from symback.algebra.indexing import Bracket, Divides, IntegerEntry
from symback.emission.indexed.affine import at_least, letters_of, reach
from symback.emission.indexed.program import ADJOINT, Array, IndexedProgram, Statement
from symback.emission.indexed.walk import BINDERS, bounds_within, limits_of, rebuilt, walk
from symback.model.equations import Quantity, Range, Role
from symback.records import dataclass

__all__ = ["name_products", "shared"]

_CHEAP = {"relu", "positive", "step", "sign", "abs", "clip", "within", "identity"}


_Slots = tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class _Part:
    """A part of an expression without its indices.

    Attributes:
        pattern: the part with a placeholder for each index.
        slots: the first and last value of each placeholder.
        general: the same without starts and ends.
    """

    pattern: Expr
    slots: _Slots
    general: _Slots


def shared(program: IndexedProgram) -> IndexedProgram:
    """The same program with what is computed more than once as arrays of their own."""
    program = _Sharing(program, _functions).program()
    program = _Sharing(program, _differences).program()
    return _Sharing(program, _products).program()


def name_products(program: IndexedProgram) -> IndexedProgram:
    """The same program as factors that were taken out of sums leave it to be done.

    Products of two arrays under a sum are arrays, where a vector is multiplied besides: the sum is
    then a product of that array and the vector.  Sums that occur twice are arrays, so is the
    reciprocal of a vector by which a larger array is divided, and so are the vectors by which two
    larger arrays are multiplied, as one array.
    """
    program = _Sharing(program, _products).program()
    program = _Sharing(program, _weighted, least=1).program()
    program = _Sharing(program, _sums).program()
    program = _Sharing(program, _divisors, least=1).program()
    return _Sharing(program, _scales).program()


class _Sharing:
    """One pass over all statements."""

    def __init__(
        self,
        program: IndexedProgram,
        choose: Callable[[Expr], list[tuple[Expr, Expr]]],
        least: int = 2,
    ) -> None:
        self.least = least
        self.old = program
        self.choose = choose
        self.arrays = dict(program.arrays)
        self.counts: dict[_Part, set[tuple[str, int, Expr]]] = {}
        self.names: dict[_Part, Array] = {}
        self.made: dict[_Part, Statement] = {}
        self.full: set[_Part] = set()

    def program(self) -> IndexedProgram:
        for statement in self.old.statements:
            self._count(statement)
        wanted = {part for part, uses in self.counts.items() if len(uses) >= self.least}
        if not wanted:
            return self.old
        forward = [replace(s, value=self._put(s.value, wanted)) for s in self.old.forward]
        backward = [replace(s, value=self._put(s.value, wanted)) for s in self.old.backward]
        for statement in self.made.values():
            (backward if statement.key.startswith(ADJOINT) else forward).append(statement)
        return replace(
            self.old, arrays=self.arrays, forward=tuple(forward), backward=tuple(backward)
        )

    def _count(self, statement: Statement) -> None:
        for node in walk(statement.value):
            for unit, rest in self.choose(node):
                found = self._part(unit, rest)
                if found is None:
                    continue
                part, indices = found
                use = (statement.key, statement.number, unit)
                self.counts.setdefault(part, set()).add(use)
                bounds = bounds_within(statement.bounds, statement.value)
                for index, (first, last) in zip(indices, part.general, strict=True):
                    low, high = reach(index, bounds)
                    if not (at_least(low, first) and at_least(last, high)):
                        self.full.add(part)

    def _put(self, value: Expr, wanted: set[_Part]) -> Expr:
        def change(node: Expr) -> Expr:
            node = self._replaced(node, wanted)
            return node if isinstance(node, Indexed) else rebuilt(node, change)

        return change(value)

    def _replaced(self, node: Expr, wanted: set[_Part]) -> Expr:
        for unit, rest in self.choose(node):
            found = self._part(unit, rest)
            if found is None or found[0] not in wanted:
                continue
            part, indices = found
            array = self._array(part)
            entry = Entry(array.key, *indices)
            node = entry if rest is S.One else Mul(rest, entry)
            if rest is not S.One:
                return self._replaced(node, wanted)
            return node
        return node

    def _array(self, part: _Part) -> Array:
        if part in self.names:
            return self.names[part]
        entries = [n for n in walk(part.pattern) if isinstance(n, Indexed)]
        adjoint = next((n for n in entries if name_of(n).startswith(ADJOINT)), None)
        label = _label(part.pattern, entries, adjoint)
        slots = part.slots if part in self.full else part.general
        letters = tuple(f"i{n}" for n in range(len(slots)))
        ranges = tuple(
            Range(f"{first}..{last}", 0, first=first, last=last) for first, last in slots
        )
        count = len(self.arrays)
        quantity = Quantity(f"{label}·{count}", Role.OTHER, ranges, letters)
        key = (ADJOINT if adjoint is not None else "") + quantity.name
        array = Array(key, quantity, slots, label)
        self.names[part] = self.arrays[key] = array
        symbols = quantity.indices
        value = part.pattern.xreplace(dict(zip(_placeholders(len(symbols)), symbols, strict=True)))
        bounds = dict(zip(symbols, slots, strict=True))
        self.made[part] = Statement(0, key, symbols, bounds, value)
        return array

    def _part(self, unit: Expr, rest: Expr) -> tuple[_Part, tuple[Expr, ...]] | None:
        """A unit as a pattern, and its indices; None where they are of no array's ranges.

        Where none of its entries has all indices, they are in the order of one in ``rest``.
        """
        bound = {limit[0] for node in walk(unit) for limit in limits_of(node)}
        indices: dict[Expr, tuple[Expr, Expr]] = {}
        general: list[tuple[Expr, Expr]] = []
        every = _outer_entries(unit)
        for node in sorted(every, key=lambda n: (-len(n.indices), name_of(n), str(n.indices))):
            array = self.arrays.get(name_of(node))
            if array is None:
                return None
            plain = array.slots
            if not array.is_adjoint:
                plain = tuple((r.first, r.upper) for r in array.quantity.ranges)
            for index, slot, inner in zip(node.indices, array.slots, plain, strict=True):
                if letters_of(index) & bound:
                    if index in bound:
                        continue
                    return None
                if index.has(IntegerEntry) or not letters_of(index):
                    return None
                if index not in indices:
                    indices[index] = slot
                    general.append(inner)
                elif indices[index] != slot:
                    inside = list(indices).index(index)
                    if general[inside] != inner:
                        return None
        if not indices:
            return None
        if all(len(node.indices) < len(indices) for node in every):
            for node in _outer_entries(rest):
                if indices.keys() <= set(node.indices):
                    ends = dict(zip(indices, general, strict=True))
                    indices = {index: indices[index] for index in node.indices if index in indices}
                    general = [ends[index] for index in indices]
                    break
        marks = _placeholders(len(indices))
        marked = dict(zip(indices, marks, strict=True))
        pattern = _with_indices(unit, marked)
        if letters_of(pattern) - set(marks) - bound:
            return None  # a letter stands for its number
        limits = [limit for node in walk(unit) for limit in limits_of(node)]
        if any(letters_of(end) for limit in limits for end in limit[1:]):
            return None
        pattern = _plain_bound(pattern)
        return _Part(pattern, tuple(indices.values()), tuple(general)), tuple(indices)


def _outer_entries(unit: Expr) -> list[Indexed]:
    return [n for n in walk(unit) if isinstance(n, Indexed) and not isinstance(n, IntegerEntry)]


def _placeholders(count: int) -> list[Symbol]:
    return [Symbol(f"_{n}", integer=True) for n in range(count)]


def _with_indices(unit: Expr, marked: Mapping[Expr, Symbol]) -> Expr:
    def change(node: Expr) -> Expr:
        if isinstance(node, Indexed):
            indices = [marked.get(index, index) for index in node.indices]
            return type(node)(node.base, *indices)
        return rebuilt(node, change)

    return change(unit)


def _plain_bound(pattern: Expr) -> Expr:
    """A pattern whose bound letters have names of their own, the same in equal patterns."""
    renaming: dict[Symbol, Symbol] = {}
    for node in walk(pattern):
        for index, _, _ in limits_of(node):
            if isinstance(index, Dummy):
                renaming[index] = Symbol(f"_b{len(renaming)}", integer=True)
    if not renaming:
        return pattern
    args = pattern.xreplace(renaming)
    return args


def _label(pattern: Expr, entries: Sequence[Indexed], adjoint: Indexed | None) -> str:
    """A name for a part: ``tanh_c``, ``delta_i``."""
    if isinstance(pattern, Sum):
        inner = name_of(entries[0])
        letter = "d" if inner.startswith(ADJOINT) and "·" not in inner else ""
        return f"sum_{letter}{inner.removeprefix(ADJOINT).partition('·')[0]}"
    if adjoint is not None:
        return f"delta_{name_of(adjoint).removeprefix(ADJOINT).partition('·')[0]}"
    about = name_of(entries[0]).partition("·")[0] if entries else "part"
    match pattern:
        case Add():
            widest = max(entries, key=lambda n: len(n.indices))
            return f"centred_{name_of(widest).partition('·')[0]}"
        case Apply():
            return f"{pattern.name.replace('-', '_')}_{about}"
        case Softmax():
            return f"softmax_{about}"
        case LogSumExp():
            return f"log_sum_{about}"
        case Mul() if any(name_of(e).startswith("inverse_") for e in entries):
            return f"scale_{about}"
        case Pow() if pattern.exp == -1:
            return f"inverse_{about}"
        case Pow() if pattern.exp in (S.Half, -S.Half):
            return f"{'root' if pattern.exp == S.Half else 'inverse'}_{about}"
    return f"slope_{about}"


def _functions(node: Expr) -> list[tuple[Expr, Expr]]:
    """The node itself, if it is a function that takes long."""
    match node:
        case Apply() if node.name not in _CHEAP:
            return [(node, S.One)]
        case Softmax():
            return []
        case LogSumExp():
            return [(node, S.One)]
        case Pow() if not node.exp.is_Integer and node.exp.is_number:
            return [(node, S.One)]
    return []


def _differences(node: Expr) -> list[tuple[Expr, Expr]]:
    """The node itself, if it is the difference of entries, of which one has all the indices."""
    if (
        not isinstance(node, Add)
        or len(node.args) != 2
        or not all(
            isinstance(a, Indexed) or (isinstance(a, Mul) and -a in a.args) for a in node.args
        )
    ):
        return []
    if any(_indices(a) == frozenset() for a in node.args):
        return []
    first, second = (_indices(a) for a in node.args)
    return [(node, S.One)] if first < second or second < first else []


def _products(node: Expr) -> list[tuple[Expr, Expr]]:
    """Of a product, the factors that have the same indices, and the other factors."""
    if not isinstance(node, Mul):
        return []
    groups: dict[frozenset[Expr], list[Expr]] = {}
    for factor in node.args:
        indices = _indices(factor)
        if indices:
            groups.setdefault(indices, []).append(factor)
    found = []
    for group in groups.values():
        if len(group) < 2 or not any(_is_adjoint(f) for f in group):
            continue
        rest = [f for f in node.args if f not in group]
        found.append((Mul(*group), Mul(*rest)))
    return found


def _weighted(node: Expr) -> list[tuple[Expr, Expr]]:
    """Of a product of two arrays and factors with fewer indices, the two arrays and the others."""
    found = _products(node)
    if len(found) != 1:
        return []
    pair, rest = found[0]
    lacking = [_indices(f) for f in Mul.make_args(rest) if _indices(f)]
    return found if lacking and all(f < _indices(pair) for f in lacking) else []


def _sums(node: Expr) -> list[tuple[Expr, Expr]]:
    """The node itself, if it is a sum."""
    return [(node, S.One)] if isinstance(node, Sum) else []


def _divisors(node: Expr) -> list[tuple[Expr, Expr]]:
    """Of a product, what has more indices divided by an entry: one over that, and the others."""
    if not isinstance(node, Mul):
        return []
    most = max((_indices(f) for f in node.args), key=len)
    return [
        (f, Mul(*(other for other in node.args if other is not f)))
        for f in node.args
        if isinstance(f, Pow) and f.exp == -1 and isinstance(f.base, Indexed)
        if frozenset() < _indices(f) < most
    ]


def _scales(node: Expr) -> list[tuple[Expr, Expr]]:
    """Of a product, the factors with fewer indices than another, if there are some, and others."""
    if not isinstance(node, Mul):
        return []
    most = max((_indices(f) for f in node.args), key=len)
    lacking = [f for f in node.args if frozenset() < _indices(f) < most]
    if len(lacking) < 2:
        return []
    return [(Mul(*lacking), Mul(*(f for f in node.args if f not in lacking)))]


def _is_adjoint(factor: Expr) -> bool:
    return isinstance(factor, Indexed) and name_of(factor).startswith(ADJOINT)


def _indices(factor: Expr) -> frozenset[Expr]:
    """The indices of a factor's entries; none for what has sums, conditions or lookups."""
    if factor.has(*BINDERS, KroneckerDelta, Divides, OfVectors, Partial, IntegerEntry):
        return frozenset()
    if any(b.left.is_integer and b.right.is_integer for b in factor.atoms(Bracket)):
        return frozenset()
    found: set[Expr] = set()
    for node in _outer_entries(factor):
        found |= set(node.indices)
    letters = {s for index in found for s in letters_of(index)}
    if not letters or letters_of(factor) - letters:
        return frozenset()
    return frozenset(found)
