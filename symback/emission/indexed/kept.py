"""The body of a function whose arrays a workspace keeps from call to call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from sympy import Basic, Expr, S, expand

from symback.emission.indexed.body import Body, fitted
from symback.emission.indexed.extents import Extents
from symback.emission.indexed.inplace import INTO, InPlace
from symback.emission.indexed.interface import Interface
from symback.emission.indexed.program import ADJOINT, Statement
from symback.emission.indexed.schedule import Loop, Schedule
from symback.emission.indexed.storage import Storage
from symback.emission.indexed.tensors import Dialect
from symback.emission.layout import comment
from symback.model.equations import size_symbol

__all__ = ["KeptBody"]

_COPY = "np.ascontiguousarray("


class KeptBody(Body):
    """Statements that write into arrays of a workspace; the equation of each stands above them.

    Attributes:
        made: the shape of each array that the workspace makes, by its name, and how it is filled.
        direct: names of gradients that are written where they are returned.
    """

    def __init__(self, interface: Interface, items: Schedule, dialect: Dialect) -> None:
        names = interface.names
        self.made: dict[str, tuple[str, str]] = {}
        self.direct: set[str] = set()
        self._wanted = {names.array(ADJOINT + q.name) for q in interface.program.wanted}
        self._sizes = {names.size(n): size_symbol(n) for n in interface.size_names}
        self.extents = Extents(self._sizes, frozenset(INTO))
        self.in_place: InPlace | None = None
        for quantity in interface.given:
            lengths = tuple(expand(r.upper - r.first + 1) for r in quantity.ranges)
            if lengths:
                self.extents.arrays[names.array(quantity.name)] = lengths
        self._given = dict(self.extents.arrays)
        self._turns: dict[str, str] = {}
        super().__init__(interface.program, items, names, dialect)
        turns = [f"    np.copyto({turn}, {name}.T)" for name, turn in self._turns.items()]
        self.lines = [*turns, *self.lines]

    def _stored(self, items: Schedule) -> Storage:
        results = frozenset(ADJOINT + q.name for q in self.program.wanted)
        return Storage(self.program, items, momentary=True, as_given=results)

    def _loop(self, loop: Loop, depth: int) -> None:
        self.extents.sizes[self.names.letter(loop.letter)] = loop.letter
        super()._loop(loop, depth)

    def _allocate(self, key: str, depth: int) -> None:
        if key in self._allocated:
            return
        before = len(self.lines)
        super()._allocate(key, depth)
        slots = self.storage.slots[key]
        order = self.storage.order.get(key, tuple(range(len(slots))))
        name = self.names.array(key)
        made = re.fullmatch(r" *\w+ = np\.(empty|zeros|ones)\((.*), dtype\)", self.lines[-1])
        if len(self.lines) > before and made and slots:
            del self.lines[before:]
            self.made[name] = made[2], made[1]
        self.extents.arrays[name] = tuple(
            expand(slots[axis][1] - slots[axis][0] + 1) for axis in order
        )

    def _line(self, left: str, right: str, item: Statement, depth: int) -> None:
        if self.in_place is None:
            allowed: frozenset[Basic] = frozenset(self._sizes.values())
            self.in_place = InPlace(self.extents, allowed, self.writer.integer, self.names.free)
        is_new = item.key not in self.storage.slots
        bounds = [item.bounds[a] for a in item.letters]
        if is_new:
            self.extents.arrays[left] = tuple(expand(last - first + 1) for first, last in bounds)
        if is_new and self._is_alias(right, left):
            calls = None
        elif is_new and right.startswith(_COPY) and bounds:
            self.made[left] = self.shape(bounds), "empty"
            inner = right.removeprefix(_COPY)[:-1]
            self.lines += fitted(f"np.copyto({left}, {inner})", depth)
            return
        else:
            self.in_place.turned = self._turned if depth > 1 else None
            calls = self.in_place.calls(left, right, depth)
        if calls is None:
            super()._line(left, right, item, depth)
            return
        if left in self._wanted and is_new:
            self.direct.add(left)
        elif is_new:
            self.made[left] = self.shape(bounds), "empty"
        note = f"({item.number}) " if item.number else ""
        self.lines += comment(f"{note}{left.removesuffix('[...]')} = {right}", depth)
        self.lines += calls

    def _turned(self, name: str) -> str | None:
        """A transposed argument as an array of its own: a product in each turn reads its rows."""
        if name not in self._given:
            return None
        if name not in self._turns:
            self._turns[name] = turn = self.names.free(f"{name}_turned")
            lengths = self._given[name][::-1]
            self.made[turn] = self._shape(lengths), "empty"
            self.extents.arrays[turn] = lengths
        return self._turns[name]

    def _is_alias(self, right: str, left: str) -> bool:
        """Whether a new array would only be another name of one that is there."""
        return right in self.extents.arrays and left not in self._wanted

    @property
    def called(self) -> dict[str, None]:
        """Names of helpers that the lines call: of some only the form that writes into an array."""
        code = set(re.findall(r"\w+", self.text))
        used = {name: None for name in self.used if name not in INTO or name in code}
        return used | (self.in_place.used if self.in_place else {})

    @cached_property
    def memory(self) -> dict[str, list[str]]:
        """What the workspace makes: the code of each array, and the sizes that it mentions."""
        if self.in_place is not None:
            for name, lengths in self.in_place.temporaries.items():
                self.made[name] = self._shape(lengths), "empty"
            for name, count in self.in_place.ones.items():
                self.made[name] = self._shape((count,)), "ones"
        made = [f"np.{kind}({shape}, dtype)" for shape, kind in self.made.values()]
        code = " ".join(made)
        sizes = [s for s in self._sizes if re.search(rf"\b{s}\b", code)]
        return {"made": made, "sizes": sizes}

    def _shape(self, lengths: Sequence[Expr]) -> str:
        return self.shape([(S.One, length) for length in lengths])
