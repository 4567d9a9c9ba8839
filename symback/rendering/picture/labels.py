"""Where the names of weights stand in a drawing: each on its edge, and none on another."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations
from math import hypot, inf

from sympy import Expr, Indexed

from symback.algebra.expressions import Apply, Partial
from symback.records import dataclass

__all__ = [
    "HEIGHT", "NEAR_THE_MIDDLE", "RADIUS", "TALL", "Box", "Label", "Mark", "Wire", "factor_width",
    "head_of", "place_labels", "scale_within", "widened_by",
]  # fmt: skip

RADIUS = 14.0
"""Of a unit."""

_LEGIBLE = 0.7
"""A name that would be smaller than this share of its size makes its unit wider instead."""

_RIM = 11.9
"""Of the smaller units of a way, where labels have been measured and room made for them."""

HEIGHT, TALL = 15.0, 22.0
"""Of a label, in points, and of one with a bar."""

_SHAFT, _POINT = 4.0, 9.0
"""So much of its arrow is seen before a label, and behind it, where its tip is."""

_HEAD = 7.0
"""How large the head of an arrow is."""

_APART = 7.5
"""From a label's middle to the nearest line that is not its own: closer it could be read as that
line's.
"""

_PLACES = (0.3, 0.38, 0.34, 0.26, 0.44, 0.22, 0.5, 0.56, 0.62, 0.7, 0.66, 0.76)
"""Where on its edge a label may stand, as shares of the way: near the unit that it leaves first."""

NEAR_THE_MIDDLE = tuple(sorted((n / 50 for n in range(9, 42)), key=lambda share: abs(share - 0.4)))
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
        height: of that.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    entry: Expr
    mark: Mark
    tint: int = 0
    width: float = 0.0
    height: float = HEIGHT

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

    A label hides what is behind it, so it stands where the fewest other edges pass, and only where
    no other edge is so close that the label could be read as that one's.  Where all of them can
    stand at the same share of their ways, they do.

    Args:
        wires: the edges.
        places: where on its edge a label may stand, as shares of the way, the best first.
        taken: the room of what stands beside units, which a label leaves where it can.
    """
    if all(wire.width for wire in wires):
        for share in places:
            boxes = [_box(wire, share) for wire in wires]
            if _is_free(wires, boxes, taken):
                pairs = zip(wires, boxes, strict=True)
                return [_label(wire, box.x, box.y) for wire, box in pairs]
    placed: list[Box] = []
    labels: list[Label] = []
    order = [Mark.WORKED, Mark.PATH, Mark.NONE]
    for wire in sorted(wires, key=lambda wire: order.index(wire.mark)):
        best: tuple[int, int, Box] | None = None
        for share in places:
            box = _box(wire, share)
            if not _clear(wire, box) or any(map(box.touches, placed)):
                continue
            if wire.mark is not Mark.WORKED and _nearest(wire, wires, box) < _APART:
                continue
            hidden = sum(_passes(other, box) for other in wires if other is not wire)
            found = sum(map(box.touches, taken)), hidden, box
            if best is None or found[:2] < best[:2]:
                best = found
            if found[:2] == (0, 0):
                break
        if best is not None and best[1] <= _MOST_HIDDEN[wire.mark]:
            box = best[2]
            placed.append(box)
            labels.append(_label(wire, box.x, box.y))
    return labels


def _box(wire: Wire, share: float) -> Box:
    return Box(*wire.at(share), wire.width or _width(wire.entry), wire.height)


def _label(wire: Wire, x: float, y: float) -> Label:
    return Label(wire.entry, x, y, wire.mark, wire.tint, room=wire.width)


def _is_free(wires: Sequence[Wire], boxes: Sequence[Box], taken: Sequence[Box]) -> bool:
    """Whether every label is clear of units, of other labels and of other edges."""
    return (
        all(map(_clear, wires, boxes))
        and not any(one.touches(other) for one, other in combinations(boxes, 2))
        and not any(box.touches(other) for box in boxes for other in taken)
        and all(_nearest(w, wires, box) >= _APART for w, box in zip(wires, boxes, strict=True))
    )


def _nearest(own: Wire, wires: Sequence[Wire], box: Box) -> float:
    """How far the middle of a label is from the nearest edge that is not its own."""
    return min((_distance(w, box.x, box.y) for w in wires if w is not own), default=_APART)


def _distance(wire: Wire, x: float, y: float) -> float:
    """From a place to the straight line of an edge."""
    (x1, y1), (x2, y2) = wire.start, wire.end
    across, down = x2 - x1, y2 - y1
    return abs((x - x1) * down - (y - y1) * across) / hypot(across, down)


@dataclass(frozen=True, slots=True)
class Box:
    """The room of a label: its middle and its size."""

    x: float
    y: float
    width: float
    height: float = HEIGHT

    def touches(self, other: Box) -> bool:
        """Whether two labels would overlap."""
        across, down = (self.width + other.width) / 2, (self.height + other.height) / 2
        return abs(self.x - other.x) < across and abs(self.y - other.y) < down


def head_of(start: tuple[float, float], end: tuple[float, float]) -> Box:
    """The room of the head of an arrow."""
    (x1, y1), (x2, y2) = start, end
    share = _HEAD / 2 / max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, _HEAD)
    return Box(x2 - share * (x2 - x1), y2 - share * (y2 - y1), _HEAD, _HEAD)


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
    """Whether a label is clear of the units at both ends, and its arrow is seen on both sides."""
    rim = _RIM if wire.width else RADIUS + 1.0
    (x1, y1), (x2, y2) = wire.start, wire.end
    if min(box.x - x1, x2 - box.x) < box.width / 2 + rim:
        return False
    length = hypot(x2 - x1, y2 - y1)
    across, down = abs(x2 - x1) / length, abs(y2 - y1) / length
    hidden = min(box.width / across, box.height / down if down else inf) / 2
    share = (box.x - x1) / (x2 - x1)
    return share * length - hidden >= rim + _SHAFT and (
        (1 - share) * length - hidden >= rim + _POINT
    )


def _passes(wire: Wire, box: Box) -> bool:
    """Whether an edge passes behind a label: it is close there to the label's middle."""
    (x1, y1), (x2, y2) = wire.start, wire.end
    slope = (y2 - y1) / (x2 - x1)
    left, right = (y1 + (box.x + half - x1) * slope for half in (-box.width / 2, box.width / 2))
    half = box.height / 2
    return min(left, right) < box.y + half and max(left, right) > box.y - half
