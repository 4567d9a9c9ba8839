"""Lines about differentials that are changes: `dL = tr(G^T dX)` beside `d(X Y) = dX Y + X dY`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symback.reading.formula.syntax import Differential, Node, Number, Symbol
from symback.reading.judging.judge import Judge
from symback.reading.meaning.total_differentials import (
    TotalDifferentials,
    has_changes,
    writes_changes,
)
from symback.reading.network.symbols import everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["Changes"]

_GOOD = (Status.PROVED, Status.AGREES)


class Changes:
    """What one document says of changes, where its differentials are such.

    Args:
        worlds: what the document says.
    """

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self._are_meant = writes_changes(n for s in worlds.statements for n in _sides(s))

    def shown(self, statement: Statement, judge: Judge) -> Judgement | None:
        """What shows a line, of numbers and where capital letters are matrices; else None."""
        sides = [*_sides(statement)]
        if not self._are_meant or len(sides) != 2 or not has_changes(sides):
            return None
        # In `dL = tr(G^T dX)` the change of L is what follows.
        follows = isinstance(left := statement.left, Differential) and isinstance(left.of, Symbol)
        models = [judge.model.variant(supposing=sides)]
        models += [m for m in [self.worlds.of_arrays(models[0])] if m is not None]
        found, varied = None, ""
        for model in models:
            other = Judge(model, TotalDifferentials)
            assert isinstance(other.interpreter, TotalDifferentials)
            varied = other.interpreter.vary(sides[1:] if follows else sides)
            if not varied:
                return None
            found = other.judge(statement)
            if found.status not in _GOOD:
                return None
        assert found is not None
        if any(other.sides(node, Number("0")).status in _GOOD for node in _changes(statement)):
            return None  # nobody writes the change of what does not: `d(A^{n-1})`, of one more A
        said = ("differentials-are-changes", {"of": varied})
        return replace(found, readings=(*found.readings, said))


def _changes(statement: Statement) -> Iterator[Differential]:
    """The differentials in a line, where it does not set them to 0."""
    if any(isinstance(side, Number) for side in _sides(statement)):
        return
    for side in _sides(statement):
        yield from (node for node in everything(side) if isinstance(node, Differential))


def _sides(statement: Statement) -> Iterator[Node]:
    yield from (side for side in (statement.left, statement.right) if side is not None)
