"""The rows of the table of notation: layers of one width that follow one another share theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from symback.model.equations import Quantity, Role

__all__ = ["notation_rows"]

_FEWEST = 3
"""So many layers of one width share their rows; two are told as shortly by themselves."""

_SHARED = (Role.WEIGHT, Role.BIAS, Role.PREACTIVATION, Role.ACTIVATION)
"""What each hidden layer has."""


def notation_rows(
    quantities: Iterable[Quantity], layers: Sequence[int]
) -> tuple[tuple[Quantity, ...], ...]:
    """The quantities of each row: one, or what several hidden layers have of one kind.

    Args:
        quantities: in the order of the table.
        layers: how many units each layer has, the input's first; none for a model of equations.

    Returns:
        The rows, each where the first of its quantities stands.  A weight leads from a layer to the
        next, so that it shares a row only where both are in the run.
    """
    run_of: dict[int, int] = {}
    for _, alike in groupby(range(1, len(layers) - 1), key=layers.__getitem__):
        hidden = list(alike)
        if len(hidden) >= _FEWEST:
            run_of |= dict.fromkeys(hidden, hidden[0])
    rows: dict[tuple[object, ...], list[Quantity]] = {}
    for quantity in quantities:
        run = run_of.get(quantity.layer) if quantity.role in _SHARED else None
        if quantity.role is Role.WEIGHT and run == quantity.layer:
            run = None
        key = (quantity.name,) if run is None else (quantity.role, run)
        rows.setdefault(key, []).append(quantity)
    return tuple(map(tuple, rows.values()))
