"""A kind of slip: a change of the program that somebody works out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from symback.records import dataclass
from symback.teaching.program import Program
from symback.teaching.terms import Tree

if TYPE_CHECKING:
    pass


__all__ = ["Altered", "Slip"]

Altered = Mapping[str, Tree]
"""Other right sides for some keys."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One kind of slip.

    Attributes:
        code: its name; words for it stand in ``words.j2``.
        changes: for a program, each way in which it can be made there.
        follows: whether it is a change of what is worked out, which holds from there on, rather
            than of single values: a half in the loss.
        core: whether numbers for exercises must show it.
    """

    code: str
    changes: Callable[[Program], Iterator[dict[str, Tree]]]
    follows: bool = False
    core: bool = True

    def alter(self, program: Program) -> Altered:
        """The first way in which it can be made; nothing where it cannot."""
        return next(iter(self.changes(program)), {})
