"""Small sizes at which a wrong index, range or transposition shows."""

from __future__ import annotations

from symback.model.equations import Model

__all__ = ["small_sizes", "turns"]

CYCLE = (2, 3, 4)


def small_sizes(model: Model, keep: int = 0, turn: int = 0, least: int = 0) -> dict[str, int]:
    """Small unequal sizes, by the name of the range.

    Args:
        model: the equations.
        keep: sizes up to this one stay as they are, for expressions in which sums over them are
            written out; 0 to choose every size anew.
        turn: which choice of several; two ranges that are alike in one differ in another (see
            `turns`).
        least: sizes begin here, for expressions that name units by numbers up to this one.
    """
    names = {r.name: r.size for q in model.quantities.values() for r in q.ranges}
    sizes = {}
    for position, (name, size) in enumerate(names.items()):
        chosen = CYCLE[position // len(CYCLE) ** turn % len(CYCLE)]
        chosen += max(least - CYCLE[0], 0)
        sizes[name] = size if 0 < size <= keep else chosen
    return sizes


def turns(model: Model) -> int:
    """How many choices of sizes tell every two ranges apart."""
    count = len({r.name for q in model.quantities.values() for r in q.ranges})
    return next(turn for turn in range(1, count + 1) if len(CYCLE) ** turn >= count) if count else 1
