"""Products of matrices in compiled loops, left to the library: ``np.dot`` into an array.

A product qualifies where every array in it is a matrix as it lies in memory: some indices that a
loop around has, then the letters of the rows and those of the columns, in either order.  Letters
that stand in the way, as the samples of scores ``Q K^T``, become loops around the product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Mul, Symbol

from symback.algebra.expressions import Entry, Sum, name_of
from symback.emission.indexed.affine import at_least_given, letters_of, reach
from symback.emission.indexed.multiplying import Sides, sides
from symback.emission.indexed.program import Statement
from symback.emission.indexed.walk import limits_of
from symback.records import dataclass

if TYPE_CHECKING:
    from symback.emission.indexed.loops import LoopBody

__all__ = ["Matrices"]

Ranges = Mapping[Symbol, tuple[Expr, Expr]]


@dataclass(frozen=True)
class _Plan:
    """How a statement is written as products.

    Attributes:
        around: the letters of loops around each product.
        rows: the letters of the rows of the result.
        columns: the letters of its columns.
        inner: the letters that each product sums.
        left: the entry with the rows.
        right: the entry with the columns.
    """

    around: tuple[Symbol, ...]
    rows: tuple[Symbol, ...]
    columns: tuple[Symbol, ...]
    inner: tuple[Symbol, ...]
    left: Indexed
    right: Indexed


class Matrices:
    """Writes the statements that are products of matrices.

    Args:
        body: the lines of the function.
    """

    def __init__(self, body: LoopBody) -> None:
        self.body = body
        self.operands: set[str] = set()

    def is_product(self, item: Statement) -> bool:
        """Whether a statement is a product of two matrices."""
        return self._planned(item) is not None

    def written(self, item: Statement) -> bool:
        """Write a statement as products, if it is one."""
        plan = self._planned(item)
        if plan is None:
            return False
        self._write(item, plan, self._bounds(item))
        return True

    def _bounds(self, item: Statement) -> Ranges:
        return {**item.bounds, **{x: (a, b) for x, a, b in limits_of(item.value)}}

    def _planned(self, item: Statement) -> _Plan | None:
        if item.is_boundary or not isinstance(item.value, Sum):
            return None
        found = sides(item.value, item.letters)
        if found is None or not all(
            len(s) == 1 and isinstance(s[0], Indexed) for s in (found.left, found.right)
        ):
            return None
        return self._plan(item, found, self._bounds(item))

    # -- what is a matrix

    def _plan(self, item: Statement, found: Sides, bounds: Ranges) -> _Plan | None:
        own = Entry(item.key, *item.indices)
        order = [x for i in self._indices(own) for x in letters_of(i) if x in bounds]
        one, two = found.left[0], found.right[0]
        assert isinstance(one, Indexed)
        assert isinstance(two, Indexed)
        everywhere = letters_of(one) & letters_of(two) & letters_of(own)
        candidates = [tuple(x for x in order if x in everywhere)]
        candidates += [tuple(order[:n]) for n in range(1, len(order))]
        leading = [x for x in found.summed if x in letters_of(self._indices(one)[0])]
        candidates += [tuple(leading)] if leading else []
        for around in dict.fromkeys(candidates):
            inner = tuple(x for x in self._letters(one) if x in found.summed and x not in around)
            rest = [x for x in order if x not in around]
            for left, right in ((one, two), (two, one)):
                rows = tuple(x for x in rest if x in letters_of(left))
                columns = tuple(x for x in rest if x in letters_of(right))
                if not (rows and columns and inner) or (*rows, *columns) != tuple(rest):
                    continue
                free = {x: b for x, b in bounds.items() if x not in around}
                if (
                    self._shape(own, (rows, columns), free) == 1
                    and self._shape(left, (rows, inner), free)
                    and self._shape(right, (inner, columns), free)
                ):
                    return _Plan(around, rows, columns, inner, left, right)
        return None

    def _letters(self, entry: Indexed) -> list[Symbol]:
        return [x for i in self._indices(entry) for x in sorted(letters_of(i), key=str)]

    def _indices(self, entry: Indexed) -> list[Expr]:
        """The indices of an entry in the order of memory."""
        order = self.body.storage.order.get(name_of(entry), range(len(entry.indices)))
        return [entry.indices[a] for a in order]

    def _slots(self, entry: Indexed) -> list[tuple[Expr, Expr]]:
        key = name_of(entry)
        slots = self.body.storage.slots.get(key, self.body.program.arrays[key].slots)
        return [slots[a] for a in self.body.storage.order.get(key, range(len(slots)))]

    def _shape(self, entry: Indexed, blocks: tuple[Sequence[Symbol], ...], free: Ranges) -> int:
        """1 for a matrix of these rows and columns, -1 for its transpose, 0 for what is none."""
        indices, slots = self._indices(entry), self._slots(entry)
        start = next((n for n, i in enumerate(indices) if letters_of(i) & set(free)), None)
        if start is None:
            return 0
        seen: list[Symbol] = []
        for n in range(start, len(indices)):
            (first, last), index = slots[n], indices[n]
            letters = letters_of(index)
            if len(letters) != 1:
                return 0
            (letter,) = letters
            if letter not in free or not (index - letter).is_number:
                return 0
            low, high = reach(index, free)
            if (low, high) != (first, last) and (
                n != start or start or not (self._holds(low, first) and self._holds(last, high))
            ):
                return 0
            seen.append(letter)
        if tuple(seen) == (*blocks[0], *blocks[1]):
            return 1
        return -1 if tuple(seen) == (*blocks[1], *blocks[0]) else 0

    def _holds(self, larger: Expr, smaller: Expr) -> bool:
        return at_least_given(larger, smaller, self.body.program.model.conditions)

    # -- its lines

    def _write(self, item: Statement, plan: _Plan, bounds: Ranges) -> None:
        body = self.body
        if item.number:
            body.line(body.target.comment(f"({item.number}) {body.names.array(item.key)}"))
        own = Entry(item.key, *item.indices)
        free = {x: b for x, b in bounds.items() if x not in plan.around}
        summed = [x for x in plan.around if x not in item.letters]
        rows, columns = (self._count(x, bounds) for x in (plan.rows, plan.columns))
        part, result = "", ""
        if summed:  # the result does not change in the loops around
            part, result = body.fresh("part"), self._matrix(own, (plan.rows, plan.columns), free)
            body.line(f"{part} = np.empty(({rows}, {columns}), {self.operand(plan.left)}.dtype)")
            body.line(f"{result}[:, :] = 0.0")
        with ExitStack() as stack:
            for letter in plan.around:
                stack.enter_context(body.over(letter, bounds[letter]))
            blocks = ((plan.rows, plan.inner), (plan.inner, plan.columns))
            left, right = (
                self._matrix(e, b, free)
                for e, b in zip((plan.left, plan.right), blocks, strict=True)
            )
            tests = [t for e in (plan.left, plan.right) for t in self._tests(e, free)]
            result = result or self._matrix(own, (plan.rows, plan.columns), free)
            if tests:
                with body.block(body.target.when(body.target.both(tests))):
                    self._dot(left, right, result, part)
                if not summed:
                    with body.block("else:"):
                        body.line(f"{result}[:, :] = 0.0")
            else:
                self._dot(left, right, result, part)

    def _dot(self, left: str, right: str, result: str, part: str) -> None:
        self.body.line(f"np.dot({left}, {right}, {part or result})")
        if part:
            self.body.line(f"{result}[:, :] += {part}")

    def operand(self, entry: Indexed) -> str:
        """The name of an array that is a factor of a product."""
        name = self.body.names.array(name_of(entry))
        self.operands.add(name)
        return name

    def _tests(self, entry: Indexed, free: Ranges) -> list[str]:
        """What must hold for a factor to be inside its array."""
        array = self.body.program.arrays[name_of(entry)]
        fixed = [n for n, i in enumerate(entry.indices) if not letters_of(i) & set(free)]
        slots = [array.slots[n] for n in fixed]
        if array.outside is None or not fixed:
            return []
        partial = Entry(name_of(entry), *(entry.indices[n] for n in fixed))
        tests = []
        for index, (first, last) in zip(partial.indices, slots, strict=True):
            low, high = reach(index, self.body.bounds)
            if not self._holds(low, first):
                tests.append(f"{self.body.whole(first)} <= {self.body.whole(index)}")
            if not self._holds(last, high):
                tests.append(f"{self.body.whole(index)} <= {self.body.whole(last)}")
        return tests

    def _count(self, letters: Sequence[Symbol], bounds: Ranges) -> str:
        number = Mul(*(bounds[x][1] - bounds[x][0] + 1 for x in letters))
        return self.body.integer(number)

    def _matrix(self, entry: Indexed, blocks: tuple[Sequence[Symbol], ...], free: Ranges) -> str:
        """An entry's array as a matrix."""
        indices, slots = self._indices(entry), self._slots(entry)
        places = []
        for index, (first, last) in zip(indices, slots, strict=True):
            if not letters_of(index) & set(free):
                places.append(self.body.place(index, first))
                continue
            low, high = reach(index, free)
            if (low, high) != (first, last):
                start = self.body.number(low - first)
                places.append(
                    f"{start if start != '0' else ''}:{self.body.number(high - first + 1)}"
                )
            break
        text = self.operand(entry)
        if places:
            text += f"[{', '.join(places)}]"
        turned = self._shape(entry, blocks, free) < 0
        if len(blocks[0]) != 1 or len(blocks[1]) != 1:
            one, two = (self._count(b, free) for b in (reversed(blocks) if turned else blocks))
            text += f".reshape({one}, {two})"
        return f"{text}.T" if turned else text
