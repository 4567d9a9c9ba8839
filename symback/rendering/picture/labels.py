"""Where the names of weights stand in a drawing: each on its edge, and none on another."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sympy import Expr, Indexed

from symback.algebra.expressions import Apply, Partial
from symback.records import dataclass

__all__ = [
    "NEAR_THE_MIDDLE", "RADIUS", "Box", "Label", "Mark", "Wire", "factor_width", "place_labels",
    "scale_within", "widened_by",
]  # fmt: skip

RADIUS = 14.0

_LEGIBLE = 0.7
"""A name that would be smaller than this share of its size makes its unit wider instead."""
"""Of a unit."""

_RIM = 11.9
"""Of the smaller units of a way, where labels have been measured and room made for them."""

HEIGHT = 15.0
"""Of a label, in points."""

_PLACES = (0.3, 0.7, 0.38, 0.62, 0.5, 0.24, 0.76, 0.34, 0.66, 0.44, 0.56)
"""Where on its edge a label may stand, as shares of the way; those that are tried first first."""

NEAR_THE_MIDDLE = tuple(sorted(_PLACES, key=lambda share: abs(share - 0.42)))
"""The same where edges fan out from one unit: there they are apart, and clear of what stands above
the units that they lead to.
"""


class Mark(StrEnum):
    """How an edge or a unit belongs to what is worked out."""

    NONE = ""
    PATH = "path"  # on a way from the worked parameter to the loss
    WORKED = "worked"  # the worked parameter itself


_MOST_HIDDEN = {Mark.WORKED: 99, Mark.PATH: 2, Mark.NONE: 1}
"""A label that would hide more other edges than these is left out: no reader could follow them."""


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a weight or a factor on its edge, or what stands above or below a unit.

    Attributes:
        entry: what is said.
        x: of its middle, from the left.
        y: of its middle, from the top.
        mark: how it belongs to what is worked out.
        tint: the number of its colour, where it is a factor of a product; else 0.
        is_beside: whether it stands above or below a unit rather than on an edge.
        goes_on: whether other terms are added to it.
        digits: its value in their place; empty for none.
        room: how wide it may be; 0 where that is not known.
    """

    entry: Expr
    x: float
    y: float
    mark: Mark
    tint: int = 0
    is_beside: bool = False
    goes_on: bool = False
    digits: str = ""
    room: float = 0.0


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge from the middle of one unit to the middle of another, and what is said on it.

    Attributes:
        width: of that, where it was measured; else 0.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    entry: Expr
    mark: Mark
    tint: int = 0
    width: float = 0.0

    def at(self, share: float) -> tuple[float, float]:
        """A place on the way."""
        (x1, y1), (x2, y2) = self.start, self.end
        return x1 + share * (x2 - x1), y1 + share * (y2 - y1)


def scale_within(width: float, radius: float = RADIUS) -> float:
    """By how much a name is made smaller so that it stays inside its unit.

    Args:
        width: of the name, in ems of the drawing.
        radius: of the unit.
    """
    room = 2.5 - 0.3 * (RADIUS - radius)
    return min(1.0, room / width) if width else 1.0


def widened_by(width: float, radius: float = RADIUS) -> float:
    """How much longer than a circle the rim is of a unit whose name would be small in a circle.

    Args:
        width: of the name, in points.
        radius: of the unit.
    """
    room = 2 * radius - 4.0
    return width - room if width * _LEGIBLE > room else 0.0


def place_labels(
    wires: Sequence[Wire], places: Sequence[float] = _PLACES, taken: Sequence[Box] = ()
) -> list[Label]:
    """A label for each edge between two layers, as far as there is room; the worked one first.

    A label hides what is behind it, so it stands where the fewest other edges pass.

    Args:
        wires: the edges.
        places: where on its edge a label may stand, as shares of the way, the best first.
        taken: the room of what stands beside units, which a label leaves where it can.
    """
    placed: list[Box] = []
    labels: list[Label] = []
    order = [Mark.WORKED, Mark.PATH, Mark.NONE]
    for wire in sorted(wires, key=lambda wire: order.index(wire.mark)):
        width = wire.width or _width(wire.entry)
        best: tuple[int, int, float, float] | None = None
        for share in places:
            x, y = wire.at(share)
            box = Box(x, y, width)
            if not _clear(wire, box) or any(map(box.touches, placed)):
                continue
            hidden = sum(_passes(other, box) for other in wires if other is not wire)
            found = sum(map(box.touches, taken)), hidden, x, y
            if best is None or found[:2] < best[:2]:
                best = found
            if found[:2] == (0, 0):
                break
        if best is not None and best[1] <= _MOST_HIDDEN[wire.mark]:
            placed.append(Box(*best[2:], width))
            room = wire.width
            labels.append(Label(wire.entry, *best[2:], wire.mark, wire.tint, room=room))
    return labels


@dataclass(frozen=True, slots=True)
class Box:
    """The room of a label: its middle and its width."""

    x: float
    y: float
    width: float

    def touches(self, other: Box) -> bool:
        """Whether two labels would overlap."""
        across = (self.width + other.width) / 2
        return abs(self.x - other.x) < across and abs(self.y - other.y) < HEIGHT


def factor_width(factor: Expr) -> float:
    """About the width of a factor on an arrow: ``f'(h')`` is wide where the function's name is."""
    if isinstance(factor, Apply):
        name = "s" if factor.name == "sigmoid" else factor.name.replace("-", "")
        of_batch = any(not index.is_number for e in factor.atoms(Indexed) for index in e.indices)
        return 24.0 + 4.6 * len(name) + 8.0 * of_batch
    return _width(factor)


def _width(entry: Expr) -> float:
    """About the width of a name: a letter with its indices below and its layer above."""
    if isinstance(entry, Apply | Partial):  # f'(h'), or a derivative in one line
        return 34.0
    if not isinstance(entry, Indexed):
        return 14.0 if entry.is_Atom else 44.0
    shown = str(entry.indices)
    digits = ",".join(map(str, entry.indices)) if len(shown) > 9 else "123"
    return 13.0 + 4.6 * len(digits)


def _clear(wire: Wire, box: Box) -> bool:
    """Whether a label is clear of the units at both ends."""
    room = box.width / 2 + (_RIM if wire.width else RADIUS + 1.0)
    return min(box.x - wire.start[0], wire.end[0] - box.x) >= room


def _passes(wire: Wire, box: Box) -> bool:
    """Whether an edge passes behind a label: it is close there to the label's middle."""
    (x1, y1), (x2, y2) = wire.start, wire.end
    slope = (y2 - y1) / (x2 - x1)
    left, right = (y1 + (box.x + half - x1) * slope for half in (-box.width / 2, box.width / 2))
    return min(left, right) < box.y + HEIGHT / 2 and max(left, right) > box.y - HEIGHT / 2
