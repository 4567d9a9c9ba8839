"""Another entry of the same array, by renaming units.

The equations of a layer are the same for all of its units, so the working of ``W1[1, 2]`` becomes
that of ``W1[2, 1]`` when units are renamed throughout.  Only what is drawn over again is saved:
every line is proved afterwards like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, Integer, KroneckerDelta, Sum

from symback.algebra.expressions import Delta, name_of, within
from symback.algebra.sums import limits_of, total
from symback.calculus.derivation import Link

if TYPE_CHECKING:
    from symback.calculus.blackboard.working import Chain, UnitDerivation
    from symback.model.equations import Model, Quantity

__all__ = ["pattern_of", "permutations", "relabel", "renamed", "renamed_chain"]

Permutations = Mapping[str, Mapping[int, int]]
"""For each range by name, which unit becomes which; a unit that is not named stays."""


def pattern_of(quantity: Quantity, indices: tuple[int, ...]) -> tuple[str, tuple[object, ...]]:
    """What two entries must share so that renaming units turns one into the other."""
    equal = tuple(
        indices[a] == indices[b]
        for a in range(len(indices))
        for b in range(a)
        if quantity.ranges[a] == quantity.ranges[b]
    )
    return quantity.name, ("like", *equal)


def relabel(worked: UnitDerivation, model: Model, indices: tuple[int, ...]) -> UnitDerivation:
    """The working of another entry of the same array and pattern."""
    moves = permutations(worked.quantity, worked.indices, indices)
    known: dict[Expr, Expr] = {}
    chains = [renamed_chain(chain, model, moves, known) for chain in worked.chains]
    return replace(
        worked,
        indices=indices,
        adjoint=renamed(worked.adjoint, model, moves, known),
        chains=tuple(_in_order(chains)),
        result=renamed(worked.result, model, moves, known),
    )


def renamed(
    expression: Expr, model: Model, moves: Permutations, known: dict[Expr, Expr] | None = None
) -> Expr:
    """An expression with units renamed throughout.

    Args:
        expression: the expression.
        model: what it is about.
        moves: the new number of each unit.
        known: entries that the same moves have renamed before; those met are added.
    """
    if expression.has(KroneckerDelta):
        expression = _deltas_moved(expression, moves)
    known = {} if known is None else known
    for node in within(expression, Indexed):
        if node not in known:
            known[node] = _moved(node, model, moves)
    return expression.xreplace(known)


def _deltas_moved(expression: Expr, moves: Permutations) -> Expr:
    """The units that sums leave out, renamed: each is one of the range that is summed over."""
    if not expression.has(KroneckerDelta):
        return expression
    if not isinstance(expression, Sum):
        return expression.func(*(_deltas_moved(part, moves) for part in expression.args))
    body = _deltas_moved(expression.function, moves)
    values = {}
    for index, _, upper in limits_of(expression):
        for delta in within(body, KroneckerDelta):
            other = next((part for part in delta.args if part != index), index)
            if index in delta.args and other.is_Integer:
                values[delta] = Delta(index, _unit_moved(other, upper.name, moves))
    return total(body.xreplace(values), limits_of(expression))


def _unit_moved(unit: Expr, name: str, moves: Permutations) -> Expr:
    return Integer(moves.get(name, {}).get(int(unit), int(unit)))


def renamed_chain(
    chain: Chain, model: Model, moves: Permutations, known: dict[Expr, Expr] | None = None
) -> Chain:
    """A chain of equalities with units renamed throughout; see `renamed`."""
    known = {} if known is None else known
    links = tuple(
        Link(renamed(link.expression, model, moves, known), link.rule, link.about)
        for link in chain.links
    )
    but = chain.but
    if but:  # the letters of the subject, each with a unit of its own range
        ranges = model.quantities[name_of(chain.subject)].ranges
        names = {i: r.name for i, r in zip(chain.subject.indices, ranges, strict=True)}
        but = tuple((letter, _unit_moved(unit, names[letter], moves)) for letter, unit in but)
    return replace(chain, subject=renamed(chain.subject, model, moves, known), links=links, but=but)


def permutations(
    quantity: Quantity, old: tuple[int, ...], new: tuple[int, ...]
) -> dict[str, dict[int, int]]:
    """The smallest renaming of each range that takes the old indices to the new ones."""
    moves: dict[str, dict[int, int]] = {}
    for r, before, after in zip(quantity.ranges, old, new, strict=True):
        move = moves.setdefault(r.name, {})
        move[before] = after
    for move in moves.values():
        # What lost its name to another unit takes a name that has become free.
        homeless = [unit for unit in move.values() if unit not in move]
        free = [unit for unit in move if unit not in move.values()]
        move.update(zip(homeless, free, strict=True))
    return moves


def _moved(node: Expr, model: Model, moves: Permutations) -> Expr:
    quantity = model.quantities[name_of(node)]
    indices = [
        _unit_moved(index, r.name, moves) if index.is_Integer else index
        for index, r in zip(node.indices, quantity.ranges, strict=True)
    ]
    return quantity.at(*indices)


def _in_order(chains: list[Chain]) -> list[Chain]:
    """Chains of the same part about several outputs, in the order of the outputs again."""
    for start, chain in enumerate(chains):
        stop = start
        while stop < len(chains) and chains[stop].part is chain.part:
            stop += 1
        if stop > start + 1:
            chains[start:stop] = sorted(chains[start:stop], key=_subject_indices)
    return chains


def _subject_indices(chain: Chain) -> tuple[int, ...]:
    return tuple(int(i) for i in getattr(chain.subject, "indices", ()) if i.is_Integer)
