"""The model of a document whose arrays have an index for steps or samples besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symback.reading.formula.syntax import Symbol
from symback.reading.lowering.document import Given, Line, Lowered, Open
from symback.reading.lowering.expressions import NotLowered
from symback.reading.network.symbols import everything
from symback.reading.proving.case import Case, Pair
from symback.reading.proving.document import equations_of, is_claim_of_derivatives
from symback.reading.proving.judging import is_beyond
from symback.reading.proving.kinds import Kinds, is_index
from symback.reading.proving.names import Name
from symback.reading.proving.stacked import apart

if TYPE_CHECKING:
    from symback.reading.network.worlds import Worlds

__all__ = ["lowered_in_steps"]


def lowered_in_steps(worlds: Worlds) -> Lowered | None:
    """The equations of a document as a model; None where no array has an index besides.

    Of several choices of what is a number, a vector and a matrix it is the one with the most
    indices, since every other is a case of it.

    Args:
        worlds: what the document says.
    """
    model = worlds.whole_document()
    defining = [d.statement for d in model.definitions.all() if d.statement is not None]
    claims = [
        (s.left, s.right)
        for s in worlds.statements
        if is_claim_of_derivatives(s) and s.left is not None and s.right is not None
    ]
    try:
        equations, parts = apart(equations_of(model, worlds.statements), claims)
        case = Case.of(equations, [pair for each in parts for pair in each])
        pairs = [(equation.left, equation.right) for equation in case.equations]
        fitting = [k for k in case.choices if any(is_beyond(k, pair) for pair in pairs)]
        if not fitting:
            return None
        kinds = max(fitting, key=lambda choice: (sum(choice.totals.values()), not choice.rows))
        shared = frozenset(_shared(kinds, pairs))
        stating = replace(case, by=case.by | shared).stated(kinds, dict(model.meanings))
    except NotLowered:
        return None
    lines = {
        kinds.spelling.use(left).name: s.line
        for s in defining
        if isinstance(left := s.definition[0], Symbol)
    }
    open_ = [Open("start-assumed", stating.glossary.names[name]) for name in stating.assumed]
    if stating.supposed is not None:
        open_.append(Open("loss-assumed", stating.supposed[0]))
    return Lowered(
        tuple(Given(*text.split(" ", 1)) for text in stating.given),
        stating.functions,
        (
            *(Line(text) for text in stating.starts),
            *(Line(text, lines.get(name, 0)) for name, text in stating.lines),
        ),
        {},
        tuple(open_),
    )


def _shared(kinds: Kinds, pairs: Sequence[Pair]) -> Iterator[Name]:
    """The arrays that all steps have in common, which are what is learnt."""
    indexed = set()
    found: dict[Name, None] = {}
    for node in (part for pair in pairs for side in pair for part in everything(side)):
        if isinstance(node, Symbol) and not is_index(kinds.spelling, node):
            name, indices = kinds.spelling.use(node)
            found[name] = None
            if indices:
                indexed.add(name)
    yield from (name for name in found if name not in indexed and kinds.totals[name])
