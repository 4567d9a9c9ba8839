r"""Lines about a batch beside the same network for one sample: `dZ = A - Y` beside `dz = a - y`.

Where `Z = W A + b` is said of a batch and `z = W a + b` of a sample, each column of Z, A and Y is
z, a and y of one sample. A line about them says of every sample what it says of one, and a mean or
a sum over the samples, `1/m dZ A^T`, is that of what each of them gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from symback.reading.formula.syntax import Node, Symbol
from symback.reading.judging.mean_gradients import (
    by_what,
    divided,
    divisor_of,
    summand,
    with_small_letters,
)
from symback.reading.network.symbols import quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement

__all__ = ["BatchTwins"]


class BatchTwins:
    """The letters that stand for a batch in one document.

    Args:
        worlds: what the document says.

    Attributes:
        letters: each with that of one sample.
        count: by what gradients of all samples are divided, "" for nothing; None where some are
            and some are not.
    """

    def __init__(self, worlds: Worlds) -> None:
        self.letters = _letters(worlds)
        self.count = _count(worlds, self.letters)

    def of(self, statement: Statement) -> Statement | None:
        """The same line about one sample; None where it is not about a batch."""
        left, right = statement.left, statement.right
        if not self.letters or left is None or right is None or self.count is None:
            return None
        if not any(symbol.name in self.letters for s in (left, right) for symbol in quantities(s)):
            return None
        by = by_what(left)
        if by is not None and by.name not in self.letters:
            body = self._of_one(right)
            if body is None:
                return None
            right = body
        small = partial(with_small_letters, self.letters)
        return replace(statement, left=small(left), right=small(right))

    def _of_one(self, right: Node) -> Node | None:
        """What one sample gives of a gradient that all of them add up to; None for another form."""
        rest = divided(right, self.count or "")
        return summand(rest, self.letters) if rest is not None else None


def _letters(worlds: Worlds) -> Mapping[str, str]:
    """Capital letters with an equation that is that of the small letter, letter by letter."""
    equations: dict[str, list[tuple[Symbol, Node]]] = {}
    seen: set[str] = set()
    for statement in worlds.statements:
        sides = [side for side in (statement.left, statement.right) if side is not None]
        seen |= {symbol.name for side in sides for symbol in quantities(side)}
        left, right = statement.definition
        if statement.defines and isinstance(left, Symbol) and right is not None:
            equations.setdefault(left.name, []).append((left, right))
    made = {x: x.lower() for x in equations if x.isupper() and x.lower() in equations}
    given = {x: x.lower() for x in ("X", "Y") if {x, x.lower()} <= seen and x not in equations}
    letters = {**made, **given}
    small = partial(with_small_letters, letters)
    while True:
        out = [
            x
            for x in made
            if x in letters
            and not any((small(a), small(b)) in equations[x.lower()] for a, b in equations[x])
        ]
        if not out:
            return letters if any(x in letters for x in made) else {}
        for x in out:
            del letters[x]


def _count(worlds: Worlds, letters: Mapping[str, str]) -> str | None:
    """The number of samples by which gradients are divided, "" for none; None where it is mixed."""
    found: set[str] = set()
    for statement in worlds.statements:
        left, right = statement.left, statement.right
        by = by_what(left) if left is not None else None
        if by is None or right is None or by.name in letters:
            continue
        if any(symbol.name in letters for symbol in quantities(right)):
            found.add(divisor_of(right))
    return found.pop() if len(found) == 1 else None
