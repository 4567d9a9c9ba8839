"""The order in which a backward pass is told: one quantity after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symback.teaching.program import Kind, Line

__all__ = ["in_groups", "reason_of_line"]


def reason_of_line(line: Line) -> tuple[Any, ...]:
    """What lines have in common that stand under one reason."""
    if line.rule in ("definition", "boundary"):
        return (line.rule,)
    return (_family(line), line.rule)


def _family(line: Line) -> tuple[str, str]:
    """Lines of one family stand under one reason: a slope apart from the adjoint that uses it."""
    part = {Kind.SLOPE: "slope", Kind.FORWARD: "forward"}.get(line.kind, "backward")
    return (part, line.quantity)


def in_groups(lines: Sequence[Line]) -> list[Line]:
    """The lines of one quantity together, slopes before the adjoints that use them."""
    order: dict[tuple[str, str, int], list[Line]] = {}
    for line in lines:
        step = line.indices[0] if _is_recursive(lines) and line.indices else 0
        order.setdefault((*_family(line), step), []).append(line)
    return [line for group in order.values() for line in group]


def _is_recursive(lines: Sequence[Line]) -> bool:
    """Whether an adjoint rests on another of the same quantity: then time goes backwards."""
    quantity_of = {line.key: line.quantity for line in lines}
    adjoints = [line for line in lines if line.kind is Kind.ADJOINT]
    seen: dict[str, set[str]] = {}
    for line in adjoints:
        reach = {quantity_of[use] for use in line.uses if use in quantity_of}
        for use in line.uses:
            reach |= seen.get(use, set())
        seen[line.key] = reach
        if any(quantity_of.get(u) == line.quantity for u in line.uses if u != line.key):
            if any(u.startswith("d") and quantity_of.get(u) == line.quantity for u in line.uses):
                return True
    return any(
        line.quantity in seen.get(use, set())
        for line in adjoints
        for use in line.uses
        if use in seen
    )
