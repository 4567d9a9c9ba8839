"""Whether a document bears out how it was read, before a line of it is called wrong.

A long document holds sections, examples and restatements, and what it was bound to may not be what
is meant. A slip is a line that one small change makes right, or one among others that hold of the
same quantities; where neither is so the reading is as doubtful as the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symback.reading.formula.syntax import Symbol
from symback.reading.judging.fixed_letters import definitions_behind
from symback.reading.network.symbols import quantities
from symback.reading.network.worlds import Worlds
from symback.reading.statements.statements import Statement
from symback.reading.statements.verdicts import Judgement, Status

__all__ = ["without_uncorroborated"]

_GOOD = (Status.PROVED, Status.AGREES)
_LONG = 16  # relations
_BY_VALUES = ("values", "shape")

Letter = tuple[str, str]


def without_uncorroborated(judgements: Sequence[Judgement], worlds: Worlds) -> list[Judgement]:
    """The verdicts, with refutations left open that nothing in a long document bears out.

    Args:
        judgements: one for each statement, in order.
        worlds: what the document says.
    """
    found = list(judgements)
    if worlds.stated.statements or sum(j.statement.is_claim for j in found) < _LONG:
        return found
    doubtful = {
        worlds.section[id(j.statement)]
        for j in found
        if j.status is Status.REFUTED and j.reason in _BY_VALUES and not j.diagnoses
    }
    borne: dict[int, set[Letter]] = {}
    for judgement in found if doubtful else ():
        section = worlds.section[id(judgement.statement)]
        if judgement.status in _GOOD and section in doubtful:
            borne.setdefault(section, set()).update(_defined(judgement.statement, worlds))
    return [j.doubted() if _is_alone(j, borne, worlds) else j for j in found]


def _is_alone(judgement: Judgement, borne: Mapping[int, set[Letter]], worlds: Worlds) -> bool:
    """Say whether a line is called wrong that no change mends, beside none that holds of the same.

    What rests on no equation at all is its own witness.
    """
    if judgement.status is not Status.REFUTED or judgement.reason not in _BY_VALUES:
        return False
    if judgement.diagnoses:
        return False
    rests_on = _defined(judgement.statement, worlds)
    section = worlds.section[id(judgement.statement)]
    return bool(rests_on) and rests_on.isdisjoint(borne.get(section, set()))


def _defined(statement: Statement, worlds: Worlds) -> set[Letter]:
    """The letters with equations that a line rests on."""
    model = worlds.of(statement)
    sides = [side for side in (statement.left, statement.right) if side is not None]
    found = {(d.parts.base, d.parts.tag) for d in definitions_behind(model, sides)}
    functions = model.definitions.functions
    for side in sides:
        for symbol in quantities(side):
            if isinstance(symbol, Symbol) and symbol.name in functions:
                found.add((symbol.name, "function"))
    return found
