"""Names in code: of quantities, adjoints, sizes and letters, each different from all others."""

from __future__ import annotations

from copy import copy

from sympy import Dummy, Symbol

from symback.emission.code_names import free, named, plain
from symback.emission.indexed.program import ADJOINT, TANGENT, IndexedProgram
from symback.emission.taken import TAKEN

__all__ = ["CodeNames"]


class CodeNames:
    """The names of one program.

    Args:
        program: what is emitted.
    """

    def __init__(self, program: IndexedProgram) -> None:
        self._taken = set(TAKEN)
        model = program.model
        self._arrays = named(model.quantities, self._taken)
        self._sizes = {name: self.free(name, "size") for name in model.size_names}
        for key, array in program.arrays.items():
            if TANGENT in key:
                self._arrays[key] = self._tangent(key, array.label)
            elif array.label:
                self._arrays[key] = self.free(plain(array.label))
            elif key not in self._arrays and not key.startswith(ADJOINT):
                self._arrays[key] = self.free(plain(key))
            elif key.startswith(ADJOINT):
                name = self._arrays[key.removeprefix(ADJOINT)].rstrip("_")
                self._arrays[key] = self.free(f"d{name}")
        self._letters: dict[Symbol, str] = {}

    def free(self, name: str, ending: str = "") -> str:
        """A name that nothing has yet: this one, or with an ending."""
        return free(name, self._taken, ending)

    def _tangent(self, key: str, label: str) -> str:
        """``R_h`` for the derivative of ``h`` along a direction, where it has no label."""
        own = key.replace(ADJOINT, "").replace(TANGENT, "")
        if label:
            return self.free(plain(label.replace(TANGENT, "R_")))
        name = self._arrays[own].rstrip("_")
        return self.free(f"R_d{name}" if key.startswith(ADJOINT) else f"R_{name}")

    def local(self) -> CodeNames:
        """The same names, to which a function adds its own."""
        other = copy(self)
        other._taken = set(self._taken)
        other._letters = dict(self._letters)
        return other

    def is_free(self, name: str) -> bool:
        """Whether nothing has a name yet."""
        return name not in self._taken

    def array(self, key: str) -> str:
        """The name of an array."""
        return self._arrays[key]

    def size(self, name: str) -> str:
        """The name of a size."""
        return self._sizes[name]

    def letter(self, symbol: Symbol) -> str:
        """The name of an index letter, the same for the same letter."""
        if symbol not in self._letters:
            known = {s.name: n for s, n in self._letters.items() if not isinstance(s, Dummy)}
            if not isinstance(symbol, Dummy) and symbol.name in known:
                self._letters[symbol] = known[symbol.name]
            else:
                self._letters[symbol] = self.free(plain(symbol.name))
        return self._letters[symbol]
