"""Single entries of a model's quantities, by name: ``U[1,2]``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, Protocol

from symback.errors import InputError, TooLargeError, quote
from symback.records import dataclass
from symback.suggest import did_you_mean

if TYPE_CHECKING:
    from symback.model.language.reader import ModelText

__all__ = ["MAX_ENTRIES", "EntryName", "ModelEntry", "chosen_entries"]

MAX_ENTRIES = 2000
"""Nobody reads more than so many worked entries."""

_FORM = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)(?:\[(?P<indices>[0-9]{1,9}(,[0-9]{1,9})*)\])?")


class EntryName(Protocol):
    """One entry, as whoever asks for it names it."""

    @property
    def array(self) -> str:
        """The name of the array."""

    @property
    def indices(self) -> tuple[int, ...]:
        """Which entry, counted from 1."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One entry of an array of a model.

    Attributes:
        array: the name of the array.
        indices: which entry, counted from 1.
    """

    array: str
    indices: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.array}[{','.join(map(str, self.indices))}]" if self.indices else self.array


def chosen_entries(names: Iterable[str], text: ModelText) -> tuple[ModelEntry, ...]:
    """The entries of these names, each once; ``all`` is every entry that is differentiated by.

    Raises:
        InputError: for a name that cannot be read, an entry that does not exist, and where a size
            has no number, without which no entry can be worked out.
        TooLargeError: for all of more than anybody would read.
    """
    _check_sizes(text)
    if any(name.casefold() == "all" for name in names):
        return _all(text)
    return tuple(dict.fromkeys(_entry(name, text) for name in names))


def _check_sizes(text: ModelText) -> None:
    missing = [name for name in text.size_names if name not in (text.sizes or {})]
    if missing:
        raise InputError(
            f"an entry is worked out with numbers for all sizes: {', '.join(missing)} "
            f"{'has' if len(missing) == 1 else 'have'} none",
            where="--weight",
            hint=f"say --sizes {','.join(f'{name}=2' for name in missing)}",
        )


def _entry(name: str, text: ModelText) -> ModelEntry:
    match = _FORM.fullmatch(re.sub(r"\s", "", name))
    known = text.checked.known
    if match is None:
        raise InputError(f"{quote(name)} names no entry", where="--weight", hint="write U[1,2]")
    array = match["name"]
    if array not in known:
        guess = did_you_mean(array, known)
        raise InputError(f"there is no {quote(array)} in this model{guess}", where="--weight")
    indices = tuple(map(int, match["indices"].split(","))) if match["indices"] else ()
    spans = known[array].spans
    if len(indices) != len(spans):
        letters = ",".join(known[array].letters)
        raise InputError(
            f"{array} has {len(spans)} {'index' if len(spans) == 1 else 'indices'}, "
            f"not {len(indices)}",
            where="--weight",
            hint=f"{array}[{letters}]" if letters else None,
        )
    for index, (first, last) in zip(indices, _limits(text, array), strict=True):
        if not first <= index <= last:
            raise InputError(
                f"{array}[{','.join(map(str, indices))}] does not exist: that index runs from "
                f"{first} to {last}",
                where="--weight",
            )
    return ModelEntry(array, indices)


def _limits(text: ModelText, array: str) -> list[tuple[int, int]]:
    sizes = text.sizes or {}
    return [
        (span.first.at_sizes(sizes).integer or 0, span.last.at_sizes(sizes).integer or 0)
        for span in text.checked.known[array].spans
    ]


def _all(text: ModelText) -> tuple[ModelEntry, ...]:
    known = text.checked.known
    arrays = text.wanted or tuple(n for n, k in known.items() if k.kind == "param")
    ranges = {array: [range(a, b + 1) for a, b in _limits(text, array)] for array in arrays}
    count = 0
    for axes in ranges.values():
        entries = 1
        for axis in axes:
            entries *= len(axis)
        count += entries
    if count > MAX_ENTRIES:
        raise TooLargeError(
            f"{count} entries are too many to work out one by one",
            where="--weight all",
            hint=f"the limit is {MAX_ENTRIES}: name some",
        )
    return tuple(
        ModelEntry(array, indices) for array in arrays for indices in product(*ranges[array])
    )
