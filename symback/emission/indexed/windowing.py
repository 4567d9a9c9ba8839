"""Windows of an input that several sums go through, laid out once.

A convolution and the gradient of its kernel read the same windows of the input; as one array, the
letters of the result first and the taps last, both are products of matrices without a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Indexed, Symbol

from symback.algebra.expressions import Entry, name_of
from symback.emission.indexed.affine import affine, letters_of
from symback.emission.indexed.program import Array, IndexedProgram, Statement
from symback.emission.indexed.walk import bounds_within, rebuilt
from symback.model.equations import Quantity, Range, Role

__all__ = ["windowed"]

_Bounds = Mapping[Symbol, tuple[Expr, Expr]]


def windowed(program: IndexedProgram, *, taps_first: bool = False) -> IndexedProgram:
    """The same program with windows that are read more than once as arrays.

    Args:
        program: the program.
        taps_first: whether the taps come before the letters of the result in memory, so that a
            copy goes along whole rows of the input.
    """
    given = {q.name for q in program.model.given}
    for statement in program.forward:
        bounds = bounds_within(statement.bounds, statement.value)
        for entry in statement.mentions:
            if name_of(entry) not in given or not _is_window(entry):
                continue
            uses = _uses(program, entry, bounds)
            if uses > 1:
                changed = _with_array(program, statement, entry, bounds, taps_first)
                if _uses(changed, entry, bounds) < uses:  # none is left where a place is looked up
                    return windowed(changed, taps_first=taps_first)
    return program


def _uses(program: IndexedProgram, entry: Entry, bounds: _Bounds) -> int:
    """How many statements read a window."""
    return sum(
        any(
            _matched(entry, bounds, e, bounds_within(s.bounds, s.value)) is not None
            for e in s.mentions
        )
        for s in program.statements
    )


def _is_window(entry: Entry) -> bool:
    """Whether some index has several letters, and no letter stands in two."""
    letters = [affine(i).letters for i in entry.indices]
    every = [x for found in letters for x in found]
    plain = not any(affine(i).others for i in entry.indices)
    return plain and any(len(x) > 1 for x in letters) and len(every) == len(set(every))


def _matched(
    pattern: Entry, bounds: _Bounds, entry: Entry, own: _Bounds
) -> dict[Symbol, Symbol] | None:
    """The letters of another entry that stand for those of a pattern, if it is the same window."""
    if name_of(pattern) != name_of(entry):
        return None
    found: dict[Symbol, Symbol] = {}
    for left, right in zip(pattern.indices, entry.indices, strict=True):
        one, two = affine(left), affine(right)
        if one.rest != two.rest or two.others or len(one.letters) != len(two.letters):
            return None
        for letter, coefficient in one.letters.items():
            same = [
                x
                for x, c in two.letters.items()
                if c == coefficient and own.get(x) == bounds.get(letter)
            ]
            if len(same) != 1 or any(letters_of(end) for end in bounds.get(letter, ())):
                return None
            found[letter] = same[0]
    return found if len(set(found.values())) == len(found) else None


def _with_array(
    program: IndexedProgram,
    statement: Statement,
    entry: Entry,
    bounds: _Bounds,
    taps_first: bool,
) -> IndexedProgram:
    every = {x for i in entry.indices for x in affine(i).letters}
    free = [x for x in statement.letters if x in every]
    order = [*free, *(x for i in entry.indices for x in affine(i).letters if x not in free)]
    if taps_first:
        alone = [x for i in entry.indices if len(affine(i).letters) == 1 for x in affine(i).letters]
        order = [*(x for x in free if x in alone), *(x for x in order if x not in free)]
        order += [x for x in free if x not in alone]
    slots = tuple(bounds[x] for x in order)
    name = f"{name_of(entry)}·w{len(program.arrays)}"
    letters = tuple(f"i{n}" for n in range(len(order)))
    ranges = tuple(Range(f"{a}..{b}", 0, first=a, last=b) for a, b in slots)
    quantity = Quantity(name, Role.OTHER, ranges, letters)
    symbols = dict(zip(order, quantity.indices, strict=True))
    value = entry.xreplace(symbols)
    made = Statement(
        0, name, quantity.indices, dict(zip(quantity.indices, slots, strict=True)), value
    )

    def changed(s: Statement) -> Statement:
        own = bounds_within(s.bounds, s.value)

        def change(node: Expr) -> Expr:
            if isinstance(node, Indexed):
                match = _matched(entry, bounds, node, own)
                return node if match is None else Entry(name, *(match[x] for x in order))
            return rebuilt(node, change)

        return replace(s, value=change(s.value))

    label = f"{name_of(entry)}_windows"
    return replace(
        program,
        arrays={**program.arrays, name: Array(name, quantity, slots, label)},
        forward=(*map(changed, program.forward), made),
        backward=tuple(map(changed, program.backward)),
    )
