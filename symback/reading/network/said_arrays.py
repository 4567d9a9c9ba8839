"""Letters of which words before them say what they are: "the matrix W", "vectors x, y and z"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from symback.reading.formula.languages import words
from symback.reading.formula.syntax import Symbol

if TYPE_CHECKING:
    from symback.reading.statements.statements import Statement

__all__ = ["LIST", "said_ranks"]

LIST = re.compile(r"[\s,;，、；]*(?:and|und|et|y|e|и|和|与|以及)?[\s,]*")
"""What stands between the letters of a list in a sentence."""

_NEAR = 40
"""So many characters before a letter can say what it is."""
_OF = r"(?:\s+(?:of|de|der|von|di|du|des)\s+\w+)?\s*$"
_BEFORE = (
    (2, re.compile(words("matrix") + _OF, re.IGNORECASE)),
    (1, re.compile(words("vector") + _OF, re.IGNORECASE)),
)


def said_ranks(statements: Iterable[Statement]) -> Iterator[tuple[Symbol, int]]:
    """Each letter in a sentence that is said to be a matrix or a vector, with its rank."""
    last: int | None = None
    for statement in statements:
        letter, excerpt = statement.left, statement.excerpt
        if statement.relation or excerpt.display or not isinstance(letter, Symbol):
            last = None
            continue
        before = excerpt.before[-_NEAR:]
        rank = next((rank for rank, said in _BEFORE if said.search(before)), None)
        if rank is None and last is not None and excerpt.before.strip():
            rank = last if LIST.fullmatch(excerpt.before) else None
        if rank is not None:
            yield letter, rank
        last = rank
