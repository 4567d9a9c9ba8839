"""Equations of an example, which say nothing of what other sections mean by the same letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symback.reading.formula.languages import pattern, words
from symback.reading.formula.syntax import Call, Entry, Matrix, Symbol, stripped
from symback.reading.network.known_names import nodes_of
from symback.reading.network.symbols import base_of, everything
from symback.reading.statements.softmax_by_entries import by_entries

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["is_example"]

_SUPPOSED = words("let") + r"[^.。]*$"


def is_example(statement: Statement, own: Sequence[Statement]) -> bool:
    """Say whether an equation is that of an example, for a section with statements of its own.

    `W = [[j, k], [l, m]]` is no `W^{[l]}`, and "suppose that f(x) = x" says what one f is.
    """
    left = statement.definition[0]
    if isinstance(left, Call) and left.function in by_entries(filter(_is_of_any, own)):
        return True  # the section says itself, though by entries, what its function is
    return _is_of_entries(statement, own) or _is_supposed_identity(statement)


def _is_of_any(statement: Statement) -> bool:
    """Say whether an equation is that of an entry of a function of any vector: `f(z)_i = ...`."""
    left = statement.left
    call = stripped(left.body) if isinstance(left, Entry) else None
    return isinstance(call, Call) and all(
        isinstance(stripped(argument), Symbol) for argument in call.arguments
    )


def _is_of_entries(statement: Statement, own: Sequence[Statement]) -> bool:
    """Say whether it shows the entries of a letter that the section only has in layers."""
    left, right = statement.definition
    if not isinstance(left, Symbol) or left.marks or right is None:
        return False
    if not any(isinstance(node, Matrix) for node in everything(right)):
        return False
    uses = [
        node
        for s in own
        for node in nodes_of(s)
        if isinstance(node, Symbol) and base_of(node) == base_of(left)
    ]
    return bool(uses) and all(use.marks for use in uses)


def _is_supposed_identity(statement: Statement) -> bool:
    left, right = statement.definition
    if not isinstance(left, Call) or right is None or left.order:
        return False
    is_identity = [stripped(right)] == [stripped(argument) for argument in left.arguments]
    return is_identity and bool(
        pattern(_SUPPOSED).search(statement.words or statement.excerpt.before)
    )
