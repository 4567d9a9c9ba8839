"""Single entries in the order of their numbers, where a notation counts them through layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any, TypeVar

from sympy import Indexed

from symback.algebra.expressions import Partial, indices_of, name_of
from symback.notation.vocabulary import Vocabulary
from symback.teaching.blocks import Block, Math, Shown, Table, Working

__all__ = ["Counting"]

T = TypeVar("T")


class Counting:
    """Puts neighbours of one array in the order of their numbers.

    Args:
        vocabulary: the notation, which says which arrays have numbers.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def block(self, block: Block) -> Block:
        """A block in that order: the values of a working, and those in a cell of a table."""
        if isinstance(block, Working):
            return replace(block, rows=self.sorted(block.rows, _subject))
        if isinstance(block, Table):
            rows = tuple(
                tuple(self.sorted(c, _subject) if isinstance(c, tuple) else c for c in row)
                for row in block.rows
            )
            return replace(block, rows=rows)
        return block

    def sorted(self, parts: Iterable[T], subject: Callable[[T], object]) -> tuple[T, ...]:
        """Parts, those that follow one another and are of one array by their numbers.

        Args:
            parts: of any kind.
            subject: what a part is about: an entry, or the loss's derivative by one.
        """

        def counted(part: T) -> str:
            entry = _entry(subject(part))
            name = "" if entry is None else name_of(entry)
            known = name in self.vocabulary.slots and self.vocabulary.is_counted(name)
            return name if known else ""

        def number(part: T) -> int:
            entry = _entry(subject(part))
            assert entry is not None
            return int(self.vocabulary.spell(name_of(entry), indices_of(entry)).indices[0])

        found: list[T] = []
        for name, group in groupby(parts, key=counted):
            own = list(group)
            found += sorted(own, key=number) if name else own
        return tuple(found)


def _subject(part: Any) -> object:
    """What a value is about; None where it is something else."""
    if isinstance(part, Shown):
        return part.subject
    return part.expression if isinstance(part, Math) else None


def _entry(subject: object) -> Indexed | None:
    """The single entry that a value is of, or that the loss is differentiated by."""
    by: object = subject.by if isinstance(subject, Partial) else subject
    single = isinstance(by, Indexed) and all(index.is_Integer for index in by.indices)
    return by if single else None
