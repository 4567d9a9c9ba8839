"""Small sizes at which a wrong index, range, limit or transposition shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symback.algebra.indexing import Bracket
from symback.model.equations import Model, size_symbol

__all__ = ["edge_sizes", "roomy_sizes", "small_sizes", "turns"]

CYCLE = (2, 3, 4)

_ROOM = (3, 4, 6)

LARGEST = 60
"""No size is made larger than this for the sake of a condition."""


def small_sizes(model: Model, keep: int = 0, turn: int = 0, least: int = 0) -> dict[str, int]:
    """Small unequal sizes, by their names, that a model's conditions allow.

    Args:
        model: the equations.
        keep: sizes up to this one stay as they are, for expressions in which sums over them are
            written out; 0 to choose every size anew.
        turn: which choice of several; two ranges that are alike in one differ in another (see
            `turns`).
        least: sizes begin here, for expressions that name units by numbers up to this one.
    """
    names = _names(model)
    sizes = {}
    for position, (name, size) in enumerate(names.items()):
        chosen = CYCLE[position // len(CYCLE) ** turn % len(CYCLE)]
        chosen += max(least - CYCLE[0], 0)
        sizes[name] = size if 0 < size <= keep else chosen
    return _allowed(model, sizes)


def turns(model: Model) -> int:
    """How many choices of sizes tell every two ranges apart."""
    count = len(_names(model))
    return next(turn for turn in range(1, count + 1) if len(CYCLE) ** turn >= count) if count else 1


def edge_sizes(model: Model) -> Iterator[dict[str, int]]:
    """Other sizes and edges: one step of time, all alike, conditions that are just fulfilled."""
    names = list(_names(model))
    yield _allowed(model, dict.fromkeys(names, 1))
    yield _allowed(model, dict.fromkeys(names, 2))
    rotated = {name: CYCLE[(position + 1) % len(CYCLE)] for position, name in enumerate(names)}
    yield _allowed(model, dict(rotated))
    for slack in (0, 1) if model.conditions else ():
        yield _tight(model, dict(rotated), slack)


def roomy_sizes(model: Model, names: Iterable[str]) -> Iterator[dict[str, int]]:
    """Sizes at which ranges that end before a size have entries: `j = 1..J-2`.

    Args:
        model: the equations.
        names: the sizes that such ranges end before; all others stay small.
    """
    few = dict.fromkeys(_names(model), CYCLE[0])
    for size in _ROOM:
        yield _allowed(model, few | dict.fromkeys(names, size))


def _tight(model: Model, sizes: dict[str, int], slack: int) -> dict[str, int]:
    """The same with room for so many in each condition: none is an edge, one leaves a rest."""
    for condition, room in zip(_at_most(model), _room(model, sizes), strict=True):
        for symbol in sorted(condition.right.free_symbols, key=str):
            wanted = sizes[symbol.name] + slack - room
            if condition.right.coeff(symbol) == 1 and wanted >= 1:
                sizes[symbol.name] = wanted
                break
    return sizes


def _names(model: Model) -> dict[str, int]:
    """Every size by name, with its number in this network; 0 where that is open."""
    known = {r.name: r.size for q in model.quantities.values() for r in q.ranges if r.last is None}
    return known | {name: 0 for name in model.size_names if name not in known}


def _room(model: Model, sizes: Mapping[str, int]) -> list[int]:
    """By how much each condition is fulfilled."""
    values = {size_symbol(name): number for name, number in sizes.items()}
    return [int((c.right - c.left).xreplace(values)) for c in _at_most(model)]


def _at_most(model: Model) -> list[Bracket]:
    return [c for c in model.conditions if isinstance(c, Bracket) and c.relation == "<="]


def _allowed(model: Model, sizes: dict[str, int]) -> dict[str, int]:
    """The same, with those sizes enlarged that a condition wants larger, others made smaller."""
    for condition in _at_most(model):
        more = [s.name for s in sorted(condition.right.free_symbols, key=str) if s.name in sizes]
        for name in more:
            while sizes[name] < LARGEST and _lacks(condition, sizes):
                sizes[name] += 1
        # Where a product of sizes wants still more, its factors give way.
        fewer = [s.name for s in sorted(condition.left.free_symbols, key=str) if s.name in sizes]
        while _lacks(condition, sizes) and any(sizes[name] > 1 for name in fewer):
            sizes[max(fewer, key=sizes.__getitem__)] -= 1
    return sizes


def _lacks(condition: Bracket, sizes: Mapping[str, int]) -> bool:
    values = {size_symbol(name): number for name, number in sizes.items()}
    return bool((condition.right - condition.left).xreplace(values) < 0)
