"""The order of equations: what is read was defined above, or is a step of a recursion away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.model.language.affine import Affine, Letter
from symback.model.language.checked import CheckedEquation
from symback.model.language.names import Names
from symback.model.language.tokens import Place, Source

if TYPE_CHECKING:
    from symback.model.language.expressions import Meaning

__all__ = ["check_order"]

Shifts = dict[str, int]
"""By how much an entry that is read lies away from what is being defined, by letter."""


def check_order(
    source: Source,
    names: Names,
    equations: Sequence[tuple[CheckedEquation, Meaning]],
) -> None:
    """Refuse what is read before it is defined, unless a recursion in one direction leads there.

    Raises:
        InputError: for a cycle, for a recursion in two directions, for equations in wrong order.
    """
    general = {e.name: i for i, (e, _) in enumerate(equations) if not e.at}
    reached = _reachable(
        {
            e.name: {name for name, _, _ in meaning.reads if name in general}
            for e, meaning in equations
            if not e.at
        }
    )
    directions: dict[frozenset[str], dict[str, int]] = {}
    for position, (equation, meaning) in enumerate(equations):
        for name, indices, place in meaning.reads:
            if name not in general:
                continue
            together = equation.name in reached[name] and name in reached[equation.name]
            later = general[name] >= position
            if equation.at:
                if later and not (equation.name != name and general[name] < position):
                    _check_single(source, names, equation, name, place)
                continue
            if not together:
                if later:
                    raise _below(source, names, name, place)
                continue
            shifts = _shifts(equation, indices)
            if not shifts and later:
                raise _cycle(source, equation, name, place)
            group = frozenset(n for n in reached[name] if name in reached[n])
            agreed = directions.setdefault(group, {})
            _agree(source, agreed, shifts, name, place)


def _check_single(
    source: Source,
    names: Names,
    equation: CheckedEquation,
    name: str,
    place: Place,
) -> None:
    if name != equation.name:
        raise _below(source, names, name, place)
    raise source.error(
        f"a start of {name} is said by what was defined before", place, f"as in {name}[0] = 0"
    )


def _shifts(equation: CheckedEquation, indices: tuple[Affine | None, ...]) -> Shifts:
    """The letters of the left side that are read shifted by a number other than 0."""
    found = {}
    for index in indices:
        if index is None:
            continue
        for letter in equation.letters:
            away = (index - Affine.atom(Letter(letter))).integer
            if away:
                found[letter] = away
    return found


def _agree(source: Source, agreed: dict[str, int], shifts: Shifts, name: str, place: Place) -> None:
    """All steps of a group go the same way along each letter."""
    for letter, away in shifts.items():
        sign = 1 if away > 0 else -1
        if agreed.setdefault(letter, sign) != sign:
            raise source.error(
                f"this recursion reads {name} in both directions along {letter}",
                place,
                f"a recursion goes one way: {letter}-1 throughout, or {letter}+1",
            )


def _cycle(source: Source, equation: CheckedEquation, name: str, place: Place) -> InputError:
    if name == equation.name:
        return source.error(
            f"{name} is defined by itself at the same index, or at one that is no step away",
            place,
            "a recursion reads it shifted by a number, as in h[t-1,k]",
        )
    return source.error(
        f"{equation.name} and {name} define each other: a cycle",
        place,
        "one of them must be read at an index shifted by a number, as in h[t-1,k]",
    )


def _below(source: Source, names: Names, name: str, place: Place) -> InputError:
    return source.error(
        f"{name} is defined below, in line {names.known[name].line}",
        place,
        "move that line above this one",
    )


def _reachable(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """What each name leads to, in any number of steps; itself only by a way round."""
    return {name: set(_from(graph, name)) for name in graph}


def _from(graph: dict[str, set[str]], start: str) -> Iterator[str]:
    seen: set[str] = set()
    work = sorted(graph[start])
    while work:
        name = work.pop()
        if name not in seen:
            seen.add(name)
            yield name
            work += sorted(graph[name] - seen)
