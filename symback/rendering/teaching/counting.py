"""Single entries in the order of their numbers, where a notation counts them through layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Expr, Indexed

from symback.algebra.expressions import Partial, indices_of, name_of
from symback.notation.vocabulary import Vocabulary
from symback.teaching.blocks import Block, Math, Shown, Table, Working

__all__ = ["by_number"]


def by_number(block: Block, vocabulary: Vocabulary) -> Block:
    """A block whose neighbours of one quantity stand in the order of their numbers."""
    if isinstance(block, Working):
        return replace(block, rows=_in_order(block.rows, vocabulary))
    if isinstance(block, Table):
        rows = tuple(
            tuple(_in_order(c, vocabulary) if isinstance(c, tuple) else c for c in row)
            for row in block.rows
        )
        return replace(block, rows=rows)
    return block


def _in_order(parts: tuple[Any, ...], vocabulary: Vocabulary) -> tuple[Any, ...]:
    """The parts by their numbers, if all are of one quantity that has some."""
    entries = [_entry(part) for part in parts]
    names = {name_of(entry) if entry is not None else "" for entry in entries}
    if len(names) != 1 or not all(names) or not vocabulary.is_counted(names.pop()):
        return parts
    numbers = [_number(entry, vocabulary) for entry in entries if entry is not None]
    return tuple(part for _, part in sorted(zip(numbers, parts, strict=True), key=lambda p: p[0]))


def _entry(part: Any) -> Indexed | None:
    """The entry that a value is of, or that the loss is differentiated by."""
    subject: Expr | None = part.subject if isinstance(part, Shown) else None
    if isinstance(part, Math):
        subject = part.expression
    by = subject.by if isinstance(subject, Partial) else subject
    return by if isinstance(by, Indexed) else None


def _number(entry: Indexed, vocabulary: Vocabulary) -> int:
    return int(vocabulary.spell(name_of(entry), indices_of(entry)).indices[0])
