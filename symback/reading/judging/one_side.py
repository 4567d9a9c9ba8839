"""Lines that are right on one side of kinks: where a hinge is not 0, behind `w > 0`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symback.reading.formula.languages import pattern, words
from symback.reading.formula.syntax import Abs, Call, Node
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.judging.judge import Judge
from symback.reading.network.naming import LOSSES
from symback.reading.network.places import function_name
from symback.reading.network.symbols import everything
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Status

__all__ = ["OneSided"]

_SAME = (Status.PROVED, Status.AGREES)
_KINKED = frozenset(["max", "min", "relu", "ReLU", "abs"])
_CONDITION = (
    words("if", "where", "for", "otherwise", "if, behind")
    + r"|\b(?:suppose|assum\w*|inside|outside|active)\b|[<>]|\\geq?|\\leq?"
)
# `w > 0 -> d|w|/dw = 1` is said of one side.
_PREMISE = re.compile(r"(?:[<>]|\\geq?|\\leq?|\\neq?).*(?:arrow|implies|\\to\b|,|:)", re.DOTALL)
_FEW = 3


class OneSided:
    """What one document says on one side of kinks alone.

    Args:
        worlds: what the document says.
    """

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self._judges: dict[int, Judge] = {}

    def has(self, statement: Statement) -> bool:
        """Say whether a wrong line is right on one side of kinks, and may be meant for that side.

        It may where the words before it name a condition, and of a loss that is a maximum, as
        hinges are, where it says nothing of the side on which it is 0.
        """
        model = self.worlds.of(statement)
        sides = [side for side in (statement.left, statement.right) if side is not None]
        found = list(definitions_behind(model, sides))
        bodies = [*sides, *(each.body for each in found)]
        has_kinks = any(isinstance(node, Abs) for body in bodies for node in everything(body))
        if not has_kinks and not any(
            function_name(call.function) in _KINKED for call in _calls(bodies)
        ):
            return False
        before = statement.excerpt.text[: statement.span.start]
        said = bool(
            pattern(_CONDITION).search(self._words_before(statement)) or _PREMISE.search(before)
        )
        of_loss = any(
            function_name(call.function) == "max"
            for each in found
            if each.parts.base in LOSSES
            for call in _calls([each.body])
        )
        if not (said or of_loss):
            return False
        judge = self._judges.setdefault(id(model), Judge(model))
        verdicts = [judge.on_one_side(statement, positive=at) for at in (True, False)]
        return any(v is not None and v.status in _SAME for v in verdicts)

    def _words_before(self, statement: Statement) -> str:
        """The last words of the section before a line, which hold for all lines behind them."""
        section = self.worlds.section[id(statement)]
        for other in reversed(self.worlds.statements[: self.worlds.place[id(statement)] + 1]):
            if self.worlds.section[id(other)] != section:
                break
            words = other.excerpt.before.strip()
            if len(words) > _FEW:
                return words
        return ""


def _calls(nodes: Sequence[Node]) -> Iterator[Call]:
    yield from (node for part in nodes for node in everything(part) if isinstance(node, Call))
