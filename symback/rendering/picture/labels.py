"""Where the names of weights stand in a drawing: each on its edge, and none on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sympy import Expr

__all__ = ["RADIUS", "Label", "Mark", "Wire", "place_labels", "scale_within"]

RADIUS = 14.0
"""Of a unit."""

HEIGHT = 15.0
"""Of a label, in points."""

_PLACES = (0.3, 0.7, 0.38, 0.62, 0.5, 0.24, 0.76, 0.34, 0.66, 0.44, 0.56)
"""Where on its edge a label may stand, as shares of the way; those that are tried first first."""


class Mark(StrEnum):
    """How an edge or a unit belongs to what is worked out."""

    NONE = ""
    PATH = "path"  # on a way from the worked parameter to the loss
    WORKED = "worked"  # the worked parameter itself


_MOST_HIDDEN = {Mark.WORKED: 99, Mark.PATH: 2, Mark.NONE: 1}
"""A label that would hide more other edges than these is left out: no reader could follow them."""


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a weight, on its edge."""

    entry: Expr
    x: float
    y: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge from the middle of one unit to the middle of another, and the weight on it."""

    start: tuple[float, float]
    end: tuple[float, float]
    entry: Expr
    mark: Mark

    def at(self, share: float) -> tuple[float, float]:
        """A place on the way."""
        (x1, y1), (x2, y2) = self.start, self.end
        return x1 + share * (x2 - x1), y1 + share * (y2 - y1)


def scale_within(width: float) -> float:
    """By how much a name is made smaller so that it stays inside its unit.

    Args:
        width: of the name, in ems of the drawing.
    """
    return min(1.0, 2.5 / width) if width else 1.0


def place_labels(wires: Sequence[Wire]) -> list[Label]:
    """A label for each edge between two layers, as far as there is room; the worked one first.

    A label hides what is behind it, so it stands where the fewest other edges pass.
    """
    placed: list[Label] = []
    order = [Mark.WORKED, Mark.PATH, Mark.NONE]
    for wire in sorted(wires, key=lambda wire: order.index(wire.mark)):
        best: tuple[int, float, float] | None = None
        for share in _PLACES:
            x, y = wire.at(share)
            if not _clear(wire, x) or any(_touch(wire.entry, x, y, label) for label in placed):
                continue
            hidden = sum(_passes(other, wire.entry, x, y) for other in wires if other is not wire)
            if best is None or hidden < best[0]:
                best = hidden, x, y
        if best is not None and best[0] <= _MOST_HIDDEN[wire.mark]:
            placed.append(Label(wire.entry, best[1], best[2], wire.mark))
    return placed


def _width(entry: Expr) -> float:
    """About the width of a name: a letter with its indices below and its layer above."""
    digits = ",".join(map(str, entry.indices)) if len(str(entry.indices)) > 9 else "123"
    return 13.0 + 4.0 * len(digits)


def _clear(wire: Wire, x: float) -> bool:
    """Whether a label is clear of the units at both ends."""
    room = RADIUS + _width(wire.entry) / 2 + 1.0
    return min(x - wire.start[0], wire.end[0] - x) >= room


def _touch(entry: Expr, x: float, y: float, label: Label) -> bool:
    across = (_width(entry) + _width(label.entry)) / 2
    return abs(x - label.x) < across and abs(y - label.y) < HEIGHT


def _passes(wire: Wire, entry: Expr, x: float, y: float) -> bool:
    """Whether an edge passes behind a label: it is close there to the label's middle."""
    (x1, y1), (x2, y2) = wire.start, wire.end
    half = _width(entry) / 2
    heights = [y1 + (at - x1) / (x2 - x1) * (y2 - y1) for at in (x - half, x + half)]
    return min(heights) < y + HEIGHT / 2 and max(heights) > y - HEIGHT / 2
