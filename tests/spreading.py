"""``pytest.mark.spread``: of a family of cases the gate takes a fifth, with ``--full`` all.

For what is right and differs by data alone. Kept are, however many there are, the known-bad twins
among the cases, and every value that several cases share, so that a product of formats, notations
and networks has each of them still. The rest is drawn, the same in every run.

``pytest.mark.spread(paired=True)``: of forms of one kind, each of them with its own known-bad twin,
in the same case or in a family beside it. A fifth is taken of these as well, each with its twin.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from enum import Enum
from itertools import starmap
from typing import Any

import pytest

__all__ = ["left_out", "spread"]

SHARE = 5

_REFUSALS = {"REFUTED", "refuted", "WRONG", "wrong",
             "UNDECIDED", "UNREAD", "OPEN", "UNFINISHED", "MISSING"}  # fmt: skip
"""Verdicts and outcomes that say that a case is not to be accepted."""

_TWINS = {"slip", "wrong"}
"""Parameters that are themselves what is to be refused, where they are anything."""


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The cases that the gate does not take, of all families that are marked."""
    families: dict[Hashable, list[pytest.Item]] = defaultdict(list)
    paired: dict[Hashable, bool] = {}
    for item in items:
        marker = item.get_closest_marker("spread")
        if marker is not None and hasattr(item, "callspec"):
            name = item.nodeid.partition("[")[0]
            families[name].append(item)
            paired[name] = marker.kwargs.get("paired", False)
    gone: list[pytest.Item] = []
    for name, family in families.items():
        cases = [item.callspec.params for item in family]  # type: ignore[attr-defined]
        taken = spread(cases, str(name), paired=paired[name])
        gone += [item for at, item in enumerate(family) if at not in taken]
    return gone


def spread(cases: Sequence[Mapping[str, Any]], name: str, *, paired: bool = False) -> set[int]:
    """The places of the cases that are taken of a family.

    Args:
        cases: the parameters of each.
        name: of the family, from which its sample is drawn.
        paired: whether each case has its own twin, which is taken with it and not by itself.
    """
    if paired:
        return set(random.Random(name).sample(range(len(cases)), -(-len(cases) // SHARE)))
    written = [{(key, repr(value)) for key, value in case.items()} for case in cases]
    counts = Counter(entry for case in written for entry in case)
    missing = {entry for entry, count in counts.items() if count > 1}
    taken = {at for at, case in enumerate(cases) if any(starmap(_refuses, case.items()))}
    for at in taken:
        missing -= written[at]
    right = [at for at in range(len(cases)) if at not in taken]
    wanted = len(taken) - (-len(right) // SHARE)
    random.Random(name).shuffle(right)
    for at in right:
        if missing & written[at]:
            missing -= written[at]
            taken.add(at)
    taken.update([at for at in right if at not in taken][: max(0, wanted - len(taken))])
    return taken


def _refuses(name: str, value: object) -> bool:
    """Whether a parameter says that something is to be refused, or is what is to be."""
    named = value.name if isinstance(value, Enum) else value
    said = isinstance(named, str) and named in _REFUSALS
    return value is False or said or (name in _TWINS and bool(value))
