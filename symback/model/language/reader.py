"""Read a text in the language: the door for files, fences, specs and Python."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.errors import InputError, quote
from symback.model.language.checked import Checked
from symback.model.language.checking import check_text
from symback.model.language.tokens import Source
from symback.records import dataclass
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.model.claims import Stated
    from symback.model.equations import Model

__all__ = ["INPUTS", "ModelText", "read_model", "read_stated"]

INPUTS = "inputs"
"""What stands for all inputs where gradients are asked for."""

_PLACE = re.compile(r"line (?P<line>[0-9]+), column (?P<column>[0-9]+)$")
_NO_GRADIENT = ("integer", "chosen")


def read_model(text: str, source: str = "") -> Model:
    """Read a model from its equations, one quantity a line.

    Args:
        text: declarations and equations, the loss last, as ``docs/language.md`` teaches them;
            what stands below a line ``claims`` is read and left out.
        source: what messages call the text, such as a file's name.

    Returns:
        The model, whose sizes are symbols: what is derived from it holds for all of them.

    Raises:
        InputError: for the first slip, with its line and column and what would be right.

    >>> import symback
    >>> model = symback.read_model('''
    ... input x[t,j]
    ... param W[j,k], U[k,k], v[k]
    ... h[0,k] = 0
    ... h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]))
    ... L = sum(t, k, v[k] h[t,k]^2)
    ... ''')
    >>> model
    <Model of h, L: 3 equations, by W, U, v>
    """
    return read_stated(text, source).model


def read_stated(text: str, source: str = "", first_line: int = 1) -> Stated:
    """Read a text with the claims that stand below its model.

    Args:
        text: as for `read_model`.
        source: what messages call it.
        first_line: the number of its first line, where it is part of a file.

    Raises:
        InputError: as for `read_model`.
    """
    return ModelText.of(text, source, first_line).stated()


@dataclass(frozen=True)
class ModelText:
    """A text that has been understood, without SymPy: names, ranges, recursions, sizes.

    Attributes:
        source: the text.
        checked: what it says.
        wanted: quantities by which gradients are asked for; empty for all parameters.
        sizes: numbers for sizes.
    """

    source: Source
    checked: Checked
    wanted: tuple[str, ...] = ()
    sizes: Mapping[str, int] | None = None

    @classmethod
    def of(cls, text: str, source: str = "", first_line: int = 1) -> ModelText:
        """Understand a text.

        Raises:
            InputError: for the first slip, with its place and what would be right.
        """
        stood = Source(text, source, first_line)
        checked = check_text(stood)
        found = cls(stood, checked, checked.wanted, checked.sizes)
        found.check_sizes()
        return found

    @property
    def size_names(self) -> tuple[str, ...]:
        """Every size of the model."""
        found: dict[str, None] = {}
        for known in self.checked.known.values():
            for span in known.spans:
                found |= dict.fromkeys((*span.first.sizes, *span.last.sizes))
            if known.counts is not None:
                found |= dict.fromkeys(known.counts.sizes)
        return tuple(dict.fromkeys((*found, *self.checked.size_names)))

    def with_gradients(self, names: Sequence[str]) -> ModelText:
        """The same text, with gradients asked for by these quantities; ``inputs`` is all inputs.

        Raises:
            InputError: for a name that no quantity has, and for an array of indices.
        """
        known = self.checked.known
        found: dict[str, None] = {}
        for name in names:
            if name == INPUTS and name not in known:
                found |= dict.fromkeys(n for n, k in known.items() if k.kind == "input")
            elif name not in known:
                guess = did_you_mean(name, (*known, INPUTS))
                hint = None if guess else f"known are {', '.join(known)}"
                raise InputError(f"there is no {quote(name)} in this model{guess}", hint=hint)
            elif known[name].kind in _NO_GRADIENT:
                raise InputError(
                    f"{name} is an array of indices: nothing can be differentiated by it"
                )
            elif name == self.checked.loss:
                raise InputError(f"{name} is the loss itself", hint="its gradient is by others")
            else:
                found[name] = None
        return replace(self, wanted=tuple(found))

    def with_sizes(self, numbers: Mapping[str, int]) -> ModelText:
        """The same text with numbers for some of its sizes.

        Raises:
            InputError: for a size that the model does not have, and for numbers that break one of
                its conditions.
        """
        names = self.size_names
        for name in numbers:
            if name not in names:
                guess = did_you_mean(name, names)
                hint = None if guess else f"its sizes are {', '.join(names)}"
                raise InputError(f"{quote(name)} is no size of this model{guess}", hint=hint)
        found = replace(self, sizes={**(self.sizes or {}), **numbers})
        found.check_sizes()
        return found

    def with_claims(self, lines: str) -> ModelText:
        """The model with these lines as its claims, in place of those of the text.

        Args:
            lines: claims, one a line or with semicolons between them.

        Raises:
            InputError: for the first slip in them, with its column.
        """
        model = "\n".join(self.source.lines[: self._end])
        try:
            found = ModelText.of(f"{model}\nclaims\n{lines}", self.source.name)
        except InputError as error:
            place = _PLACE.search(error.where or "")
            if place is None or int(place["line"]) <= self._end:
                raise
            line = int(place["line"]) - self._end - 1
            where = f"column {place['column']}" if "\n" not in lines else f"line {line}"
            raise error.at(f"the formula, {where}") from None
        return replace(found, wanted=self.wanted, sizes=self.sizes)

    @property
    def _end(self) -> int:
        """The number of the text's last line above its claims."""
        lines = self.source.lines
        bare = (line.partition("#")[0].strip() for line in lines)
        return next((place for place, line in enumerate(bare) if line == "claims"), len(lines))

    def check_sizes(self) -> None:
        """Refuse numbers for which some entry that is read does not exist.

        Raises:
            InputError: with the condition that they break.
        """
        numbers = self.sizes or {}
        for smaller, larger in self.checked.conditions:
            room = (larger - smaller).at_sizes(numbers)
            if room.integer is not None and room.integer < 0:
                said = ", ".join(
                    f"{name} = {numbers[name]}"
                    for name in dict.fromkeys((*smaller.sizes, *larger.sizes))
                )
                raise InputError(f"{said} cannot be: this model needs {smaller} <= {larger}")

    def stated(self) -> Stated:
        """The model and its claims; SymPy is loaded for them."""
        from symback.model.language.lowering import lower

        checked = replace(self.checked, wanted=self.wanted, sizes=dict(self.sizes or {}))
        return lower(checked, self.source)

    def model(self) -> Model:
        """The model."""
        return self.stated().model
