"""The window of a kernel: how far the indices run of what a convolution sums over.

In `s_i = sum_{m=1}^K w_m a_{i+m-1}` there is a w_m for m from 1 to K and no other, so that the
usual `ds_i/da_j = w_{j-i+1}` is meant where there is one, or with 0 for what lies beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING
from weakref import proxy

from symback.reading.formula.syntax import BigSum, Node, Sum, Symbol
from symback.reading.network.places import Place, Undecided
from symback.reading.network.symbols import everything, quantities, spelled, summed_letters

if TYPE_CHECKING:
    from symback.reading.meaning.interpret import Interpreter
    from symback.reading.network.naming import Parts

__all__ = ["Windows"]

Env = Mapping[str, int]


class Windows:
    """The windows of one interpreter's kernels."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter: Interpreter = proxy(interpreter)
        self._known: dict[Hashable, range | None] = {}

    def misses(self, parts: Parts, place: Place, at: tuple[int, ...], env: Env) -> bool:
        """Say whether an index that is computed, `j - i`, lies beside the window of a kernel."""
        for position, (index, value) in enumerate(zip(parts.indices, at, strict=True)):
            if not isinstance(index, Sum) or not any(letters_in(index)):
                continue
            key = (place, position)
            if key not in self._known:
                self._known[key] = self._window(parts, position, env)
            window = self._known[key]
            if window is not None and value not in window:
                return True
        return False

    def _window(self, parts: Parts, position: int, env: Env) -> range | None:
        """How far an index runs: over what sums do, or as that of the output it is said of."""
        found = self._summed_over(parts, position, env)
        return found if found is not None else self._of_output(parts, position, env)

    def _of_output(self, parts: Parts, position: int, env: Env) -> range | None:
        r"""Over what a quantity runs that is said of every output, `\delta_i = s_i - t_i`."""
        split = self.interpreter.model.names.split
        windows = set()
        for definition in self.interpreter.model.definitions.under(parts):
            indices = definition.parts.indices
            letter = indices[position] if position < len(indices) else None
            for symbol in quantities(definition.body) if isinstance(letter, Symbol) else ():
                other = split(symbol)
                if letter in other.indices and self._is_convolved(other):
                    windows.add(self._summed_over(other, other.indices.index(letter), env))
        return windows.pop() if len(windows) == 1 else None

    def _summed_over(self, parts: Parts, position: int, env: Env) -> range | None:
        """Over what the sums run in which a quantity is a kernel; None where it is none."""
        own, found = self.interpreter, None
        for node in self._sums():
            for letter in summed_letters(node):
                if not (
                    self._is_kernel(parts, position, letter, node)
                    or self._is_output(parts, position, letter, node)
                ):
                    continue
                every = {x: 1 for part in quantities(node) for x in self._indices(part)}
                readings, own.readings = own.readings, {}
                try:
                    window = own.sums.range_of(node, letter, {**every, **env})
                except Undecided:
                    return None
                finally:
                    own.readings = readings
                if found is not None and found != window:
                    return None
                found = window
        return found

    def _sums(self) -> Iterator[BigSum]:
        for definition in self.interpreter.model.definitions.all():
            for node in everything(definition.body):
                if isinstance(node, BigSum):
                    yield node

    def _is_kernel(self, parts: Parts, position: int, letter: str, node: BigSum) -> bool:
        """Say whether a summed letter counts a quantity's entries, and shifts another one's."""
        split = self.interpreter.model.names.split
        counts = shifts = False
        for symbol in quantities(node.body):
            other = split(symbol)
            if (other.base, other.tag) == (parts.base, parts.tag):
                index = other.indices[position] if position < len(other.indices) else None
                counts = counts or (isinstance(index, Symbol) and spelled(index) == letter)
            else:
                shifts = shifts or any(
                    isinstance(index, Sum) and letter in letters_in(index)
                    for index in other.indices
                )
        return counts and shifts

    def _is_output(self, parts: Parts, position: int, letter: str, node: BigSum) -> bool:
        """Say whether a sum runs over what a convolution computes, or what is given beside it.

        What a loss does not add up, `s_0` of `L = sum_i (s_i - t_i)^2`, has no gradient to give.
        """
        under = self.interpreter.model.definitions.under
        found = computed = False
        for other, index in self._at(node.body, position):
            if isinstance(index, Symbol) and spelled(index) == letter:
                found = found or (other.base, other.tag) == (parts.base, parts.tag)
                computed = computed or self._is_convolved(other)
        return found and computed and (not under(parts) or self._is_convolved(parts))

    def _at(self, body: Node, position: int) -> Iterator[tuple[Parts, Node | None]]:
        r"""Yield what is summed, with an index, and what it names, `\delta_i = s_i - t_i`."""
        split = self.interpreter.model.names.split
        for symbol in quantities(body):
            other = split(symbol)
            index = other.indices[position] if position < len(other.indices) else None
            yield other, index
            for definition in self.interpreter.model.definitions.under(other):
                own = definition.parts.indices
                if self._is_convolved(other) or position >= len(own):
                    continue
                for part in map(split, quantities(definition.body)):
                    if position < len(part.indices) and part.indices[position] == own[position]:
                        yield part, index

    def _is_convolved(self, parts: Parts) -> bool:
        """Say whether a quantity is a sum over a kernel, and not of what it was before."""
        split = self.interpreter.model.names.split
        bodies = [definition.body for definition in self.interpreter.model.definitions.under(parts)]
        inside = [split(symbol) for body in bodies for symbol in quantities(body)]
        return not any((own.base, own.tag) == (parts.base, parts.tag) for own in inside) and any(
            isinstance(node, BigSum) and self._is_kernel(split(symbol), at, letter, node)
            for body in bodies
            for node in everything(body)
            for letter in (summed_letters(node) if isinstance(node, BigSum) else ())
            for symbol in quantities(node)
            for at in range(len(split(symbol).indices))
        )

    def _indices(self, symbol: Symbol) -> Iterator[str]:
        for index in self.interpreter.model.names.split(symbol).indices:
            yield from letters_in(index)


def letters_in(node: Node) -> Iterator[str]:
    """The letters of an index."""
    return (spelled(part) for part in everything(node) if isinstance(part, Symbol))
