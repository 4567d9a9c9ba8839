"""The two sides of a line: its left one with its letters, and its right one at the same entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symback.reading.formula.syntax import Node, Number, Sum, Symbol
from symback.reading.lowering.expressions import ONE, NotLowered, Table
from symback.reading.network.symbols import spelled
from symback.reading.proving.glossary import At, Glossary
from symback.reading.proving.names import Name, Spelling, letters_of
from symback.reading.proving.objective import Objective
from symback.reading.proving.ranges import Dims
from symback.reading.proving.writing import Lines

__all__ = ["at_entry", "hidden_dims", "left_side"]


def left_side(
    glossary: Glossary,
    left: Symbol,
    objective: Objective,
    *,
    adjoint: bool = False,
    of: Name | None = None,
    fixed: Mapping[str, At] | None = None,
) -> tuple[Lines, str, list[At], dict[str, str]]:
    """The left side of a line: what writes its right side, its text, its indices, its ranges.

    A letter that is shifted on the left, as in `h_{t-1} = …`, is shifted back on both sides.

    Args:
        glossary: what all lines share.
        left: the symbol whose indices the left side has.
        objective: what is differentiated.
        adjoint: whether it is an adjoint.
        of: the quantity, where it is another than the symbol's.
        fixed: letters that are one value.
    """
    spelling = glossary.ranges.kinds.spelling
    name, indices = spelling.use(left)
    name = of or name
    at: dict[str, At] = dict(fixed or {})
    own: list[At] = []
    conditions: dict[str, str] = {}
    used: list[str] = []

    def fresh(position: int) -> At:
        where = glossary.range_of((name, position))
        letter = glossary.letters.fresh(where, used)
        used.append(letter)
        base = glossary.letters.letter(where)
        if letter != base:
            conditions[letter] = f"1..{base.upper()}"
        return At(letter)

    for position, index in enumerate(indices):
        found = list(letters_of(index))
        offset = glossary.offsets.get((name, position), 0)
        if len(found) == 1 and found[0] in (fixed or {}):
            last = at[found[0]]
            own.append(At(last.letter, last.more + shift_of(index) - offset))
            continue
        if spelling.is_end(index):
            (end,) = found
            last = glossary.last(end, (name, position))
            own.append(At(last.letter, shift_of(index) - offset))
            continue
        if len(found) != 1 or found[0] not in spelling.letters or found[0] in at:
            raise NotLowered("index", spelled(index))
        new = fresh(position)
        own.append(new)
        more = shift_of(index) - offset
        at[found[0]] = At(new.letter, -more)
    for position in range(len(indices), glossary.ranges.kinds.totals[name]):
        own.append(fresh(position))
    lines = Lines(glossary, at, objective)
    lines.used = list(used)
    text = glossary.entry(name, tuple(own), adjoint=adjoint)
    return lines, text, own, conditions


def shift_of(index: Node) -> int:
    """What is added to the letter of an index."""
    more = 0
    for term, sign in zip(index.terms, index.signs, strict=True) if isinstance(index, Sum) else ():
        if isinstance(term, Number):
            more += sign * int(term.digits)
        elif sign < 0:
            raise NotLowered("index", spelled(index))
    return more


def hidden_dims(glossary: Glossary, name: Name, left: Symbol, spelling: Spelling) -> Dims:
    """The ranges of the rows and columns of what stands on the left."""
    _, indices = spelling.use(left)
    total = glossary.ranges.kinds.totals[name]
    places = [glossary.range_of((name, at)) for at in range(len(indices), total)]
    if not places:
        return None
    if len(places) == 1:
        return (ONE, places[0]) if glossary.ranges.kinds.rows else (places[0], ONE)
    return places[0], places[1]


def at_entry(right: Table, dims: Dims, at: Sequence[At]) -> str:
    """A right side at the indices of its left one.

    Raises:
        NotLowered: where their shapes differ.
    """
    if right.dims is None:
        return right.entry(None, None).text
    if dims is None or right.dims != dims:
        raise NotLowered("shapes")
    hidden = [str(each) for each in at[-sum(d != ONE for d in dims) :]]
    named = iter(hidden)
    slots = [None if d == ONE else next(named) for d in dims]
    return right.at(*slots).text
