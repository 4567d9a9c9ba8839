"""What a language looks like: the lines that loops are written with."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Target"]


class Target:
    """What a loop, an entry and a number look like; this is plain Python."""

    is_c = False
    math = ""
    has_library = False
    """Whether products of matrices are a library's, and arrays lie in the order of the loops."""

    def loop(self, name: str, first: str, end: str, *, backward: bool) -> str:
        """The head of a loop over whole numbers from ``first`` to before ``end``."""
        if backward:
            last = f"{first} - 1" if first != "0" else "-1"
            return f"for {name} in range({_less_one(end)}, {last}, -1):"
        return f"for {name} in range({end if first == '0' else f'{first}, {end}'}):"

    def when(self, condition: str) -> str:
        """The head of a conditional statement."""
        return f"if {condition}:"

    def both(self, conditions: Sequence[str]) -> str:
        """Several conditions at once."""
        return " and ".join(conditions)

    def close(self) -> str:
        """What ends a loop or a conditional statement; empty for nothing."""
        return ""

    def put(self, left: str, operator: str, right: str) -> str:
        """An assignment."""
        return f"{left} {operator} {right}"

    def new(self, name: str, right: str) -> str:
        """A new number."""
        return f"{name} = {right}"

    def new_integer(self, name: str, right: str) -> str:
        """A new whole number."""
        return f"{name} = {right}"

    def entry(self, name: str, indices: Sequence[str]) -> str:
        """An entry of an array."""
        return name + "".join(f"[{index}]" for index in indices)

    def scalar(self, name: str, *, given: bool, result: bool) -> str:
        """A quantity without indices."""
        return name

    def chosen(self, condition: str, value: str, other: str) -> str:
        """A value where a condition holds, another elsewhere."""
        return f"{value} if {condition} else {other}"

    def power(self, base: str, exponent: str) -> str:
        """A power."""
        return f"{base} ** {exponent}"

    def function(self, name: str) -> str:
        """How a function of ``math`` is called."""
        return f"{self.math}{name}"

    def own(self, name: str) -> str:
        """How one of our own functions is called."""
        return name

    def real(self, text: str) -> str:
        """A whole number as a real one."""
        return text

    @property
    def infinity(self) -> str:
        """A number above all others."""
        return 'float("inf")'

    def comment(self, text: str) -> str:
        """A comment on a line of its own."""
        return f"# {text}"


def _less_one(text: str) -> str:
    return str(int(text) - 1) if text.isdigit() else f"{text} - 1"
