"""The equations of a forward pass by what each uses, at its own step and at others.

They are put in an order in which each stands behind what it uses at its own step; where layers are
counted, it is found at which of their indices, and from which number on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from symback.reading.formula.syntax import Call, Node, Number, Symbol, stripped
from symback.reading.lowering.expressions import NotLowered
from symback.reading.network.function_meanings import is_softmax
from symback.reading.network.places import function_name
from symback.reading.network.symbols import everything
from symback.reading.proving.kinds import is_diagonal, is_index, names_in
from symback.reading.proving.names import Name, Spelling, letters_of
from symback.reading.proving.objective import Objective
from symback.reading.proving.sides import shift_of
from symback.records import dataclass

__all__ = ["Equation", "Forward"]


@dataclass(frozen=True, slots=True)
class Equation:
    """What stands on the left of an equation, and its right side."""

    left: Symbol
    right: Node


class Forward:
    """The equations of a forward pass.

    Args:
        spelling: how symbols are told apart.
        equations: left and right sides.
        objective: what is differentiated.

    Attributes:
        general: the equation of each quantity, for every step.
        starts: equations for a step by its number.
        outputs: what nothing uses at its own step, where the loss has no equation.
        needed: what the objective is made of, in order.
        given: what these use and nothing defines.
        layer_places: the indices that count layers.

    Raises:
        NotLowered: where a quantity has two equations, one of the last step alone, or there is
            nothing to differentiate.
    """

    def __init__(
        self, spelling: Spelling, equations: Sequence[Equation], objective: Objective
    ) -> None:
        self.spelling, self.loss = spelling, objective.name
        self.general: dict[Name, Equation] = {}
        self.starts: dict[Name, list[Equation]] = {}
        twice: set[Name] = set()
        for equation in equations:
            name, indices = spelling.use(equation.left)
            if any(map(spelling.is_end, indices)):
                raise NotLowered("last-step", name.base)
            if any(self._is_fixed(index) for index in indices):
                self.starts.setdefault(name, []).append(equation)
            elif name in self.general:
                if equation.right != self.general[name].right:
                    twice.add(name)
            else:
                self.general[name] = equation
        whole = self.loss not in self.general and not objective.letter
        self.outputs = tuple(self._unused()) if whole else ()
        if self.loss not in self.general and not self.outputs:
            raise NotLowered("no-loss")
        self.needed = self._needed()
        if again := twice.intersection(self.needed):
            raise NotLowered("defined-twice", min(again).base)
        self.given = self._given()
        self.layer_places = frozenset(self._layer_places())

    def _is_fixed(self, index: Node) -> bool:
        if isinstance(index, Number):
            return True
        return all(letter not in self.spelling.letters for letter in letters_of(index))

    def _unused(self) -> Iterator[Name]:
        """What no other equation uses at its own step: of this a loss is some function."""
        used = {
            other
            for name, equation in self.general.items()
            for other, _, shift in self.uses(equation)
            if not shift and other != name
        }
        yield from (name for name in self.general if name not in used)

    def _needed(self) -> list[Name]:
        """What is defined behind the loss, each behind those that it uses at its own step."""
        order: list[Name] = []
        seen: set[Name] = set()
        later: list[Name] = list(self.outputs or (self.loss,))

        def visit(name: Name) -> None:
            if name in seen or name not in self.general:
                return
            seen.add(name)
            for other, _, shift in self.uses(self.general[name]):
                if shift:
                    later.append(other)
                else:
                    visit(other)
            order.append(name)

        while later:
            visit(later.pop(0))
        return order

    def uses(self, equation: Equation) -> Iterator[tuple[Name, int, int]]:
        """The quantities on a right side, where the index of its steps stands, and by how much off.

        A quantity at the step of the left side is 0 off.
        """
        own = {
            letter: shift_of(index)
            for index in self.spelling.use(equation.left).indices
            for letter in letters_of(index)
        }
        for part in everything(equation.right):
            if isinstance(part, Symbol) and not is_index(self.spelling, part):
                name, indices = self.spelling.use(part)
                shifts = [
                    (at, shift_of(index) - own[letter])
                    for at, index in enumerate(indices)
                    for letter in letters_of(index)
                    if letter in own
                ]
                yield name, *next((each for each in shifts if each[1]), (0, 0))

    def calls(self) -> Iterator[tuple[Name, Call]]:
        """What is a function of one other quantity at its own step, entry by entry."""
        for name, equation in self.general.items():
            call = stripped(equation.right)
            if isinstance(call, Call) and len(call.arguments) == 1:
                if is_softmax(function_name(call.function)) or is_diagonal(call):
                    continue
                inner, left = stripped(call.arguments[0]), self.spelling.use(equation.left)
                if isinstance(inner, Symbol) and self.spelling.use(inner).indices == left.indices:
                    yield name, call

    def _layer_places(self) -> Iterator[tuple[Name, int]]:
        """The indices that count layers."""
        for equation in chain(self.general.values(), *self.starts.values()):
            for side in (equation.left, equation.right):
                for node in everything(side):
                    if isinstance(node, Symbol) and not is_index(self.spelling, node):
                        name, indices = self.spelling.use(node)
                        for at, index in enumerate(indices):
                            if not self.spelling.layers.isdisjoint(letters_of(index)):
                                yield name, at

    def offsets(self) -> Iterator[tuple[tuple[Name, int], int]]:
        """By how much the layers of what is learnt are counted otherwise than those of the units.

        In `z^{(l+1)} = W^{(l)} a^{(l)}` the weights of the layer l + 1 have the number l.
        """
        found: dict[tuple[Name, int], set[int]] = {}
        for name in self.needed:
            for other, at, shift in self.uses(self.general[name]):
                if other not in self.general and (other, at) in self.layer_places:
                    found.setdefault((other, at), set()).add(shift)
        for place, shifts in found.items():
            if len(shifts) > 1:
                raise NotLowered("layers", place[0].base)
            yield place, shifts.pop()

    def first_layer(self) -> int | None:
        """The number of the layer before the first one that is computed, where it is said."""
        found = {
            int(index.digits)
            for equation in chain(*self.starts.values())
            for at, index in enumerate(self.spelling.use(equation.left).indices)
            if isinstance(index, Number)
            and (self.spelling.use(equation.left).name, at) in self.layer_places
        }
        return found.pop() if len(found) == 1 else None

    def _given(self) -> list[Name]:
        found: dict[Name, None] = {}
        for equation in (e for name in self.needed for e in (self.general[name], *self.said(name))):
            for other in names_in(self.spelling, equation.right):
                if other not in self.general and not (other.base == "e" and not other.tag):
                    found[other] = None
        return list(found)

    def said(self, name: Name) -> Sequence[Equation]:
        """The starts of a quantity that the document says."""
        return self.starts.get(name, ())
