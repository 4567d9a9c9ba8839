"""The way of one weight as a drawing: a column for each quantity, the loss at its end.

Above each unit stands its value, as far as it is made of the way, below it the derivative of the
loss by it, and on each edge the factor that the edge contributes, in its own colour and stroke.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sympy import Expr

from symback.rendering.picture.labels import (
    NEAR_THE_MIDDLE,
    Mark,
    Wire,
    factor_width,
    place_labels,
)
from symback.rendering.picture.layout import WIDTH, Edge, Kind, Label, Picture, Unit
from symback.rendering.picture.way import Factor, Node, Way

__all__ = ["lay_out_way"]

_MARGIN = 22.0

_RADIUS = 12.0
"""Of a unit."""

_GAP = 57.0
"""Between two units of a column: each with what stands above and below it."""


_ABOVE, _BELOW = 7.0, 11.0
"""From a unit's rim to the middle of what stands above or below it."""

_ROOM_FOR_VALUES = 58.0
"""Between two columns: with less, no values stand above units."""

_DOTS = 24.0
"""More between two units of a column where dots stand for others between them."""

_STUB, _WIDEST = 13.0, 104.0
"""How much of an arrow is seen at either side of what stands on it, where there is room; and the
widest step between two columns.
"""

Point = tuple[float, float]


def lay_out_way(way: Way, digits: Mapping[Expr, str] | None = None) -> Picture:
    """The drawing.

    Args:
        way: of a parameter to the loss.
        digits: the numbers of entries and of derivatives of the loss, where they are known.
    """
    return _Sketch(way, digits or {}).picture()


class _Sketch:
    def __init__(self, way: Way, digits: Mapping[Expr, str]) -> None:
        self.way = way
        self.digits = digits
        self.steps = _steps(way)
        self.across = [_MARGIN + sum(self.steps[:n]) for n in range(len(way.columns))]
        self.downs = [_downs(nodes) for nodes in way.columns]
        self.half = max(downs[-1] for downs in self.downs) / 2
        self.middle = _ABOVE + _RADIUS + 6.0 + self.half

    def picture(self) -> Picture:
        """Units with what stands above and below them, and the edges with their factors."""
        wires = [self._wire(factor) for factor in self.way.factors]
        columns: dict[int, list[Wire]] = {}
        for factor, wire in zip(self.way.factors, wires, strict=True):
            if _is_next(factor):
                columns.setdefault(factor.start[0], []).append(wire)
        labels = [
            label for among in columns.values() for label in place_labels(among, NEAR_THE_MIDDLE)
        ]
        edges = [_edge(wire) for among in columns.values() for wire in among]
        for factor in self.way.factors:
            if not _is_next(factor):
                bent, label = self._around(factor)
                edges += bent
                labels.append(label)
        height = self.middle + self.half + _RADIUS + 2 * _BELOW
        lowest = max((y for edge in edges for _, y in (edge.start, edge.end)), default=0.0)
        return Picture(
            self.across[-1] + _MARGIN + 8.0,
            max(height, lowest + 10.0),
            tuple(edges),
            (*self._beside(), *labels),
            tuple(self._units()),
            (),
            None,
            self.way.leaves_out,
            False,
            len(labels) < len(wires),
        )

    def _at(self, place: tuple[int, int]) -> Point:
        column, row = place
        downs = self.downs[column]
        return self.across[column], self.middle + downs[row] - downs[-1] / 2

    def _nodes(self) -> Iterator[tuple[int, Point, Node, bool]]:
        """Every node with its column and its place, and whether it is the loss."""
        last = len(self.way.columns) - 1
        for column, nodes in enumerate(self.way.columns):
            for row, node in enumerate(nodes):
                yield column, self._at((column, row)), node, column == last

    def _units(self) -> Iterator[Unit]:
        for _, (x, y), node, is_loss in self._nodes():
            kind = Kind.LOSS if is_loss else Kind.UNIT
            yield Unit(kind, x, y, node.entry, radius=_RADIUS)
        for column, downs in enumerate(self.downs):
            for row, (above, below) in enumerate(pairwise(downs)):
                if below - above > _GAP:
                    x, y = self._at((column, row))
                    # What stands below the upper unit is higher than what stands above the lower.
                    yield Unit(Kind.DOTS, x, y + (below - above) / 2 + 3.0)

    def _has_room(self, column: int) -> bool:
        """Whether a value has room above the units of a column."""
        return min(self.steps[max(column - 1, 0) : column + 1]) >= _ROOM_FOR_VALUES

    def _beside(self) -> Iterator[Label]:
        for column, (x, y), node, is_loss in self._nodes():
            top, bottom = y - _RADIUS - _ABOVE, y + _RADIUS + _BELOW
            number = self.digits.get(node.entry, "")
            if number:
                yield Label(node.entry, x, top, Mark.NONE, is_beside=True, digits=number)
            elif node.value is not None and self._has_room(column) and not self.digits:
                part = node.is_part
                yield Label(node.value, x, top, Mark.NONE, is_beside=True, goes_on=part)
            if is_loss:
                continue
            slope = self.digits.get(node.adjoint, "")
            if slope or not self.digits:
                yield Label(node.adjoint, x, bottom, Mark.NONE, is_beside=True, digits=slope)

    def _wire(self, factor: Factor) -> Wire:
        return Wire(
            self._at(factor.start), self._at(factor.end), factor.local, Mark.PATH, factor.tint
        )

    def _around(self, factor: Factor) -> tuple[list[Edge], Label]:
        """An edge that passes over other columns: below them all."""
        start, end = self._at(factor.start), self._at(factor.end)
        low = self.middle + self.half + _RADIUS + 2 * _BELOW + 8.0
        first, second = (start[0], low), (end[0], low)
        ways = [
            Edge((start[0], start[1] + _RADIUS + 2 * _BELOW), first, Mark.PATH, False, factor.tint),
            Edge(first, second, Mark.PATH, False, factor.tint),
            Edge(second, (end[0], end[1] + _RADIUS + 1.5), Mark.PATH, True, factor.tint),
        ]
        middle = (start[0] + end[0]) / 2
        return ways, Label(factor.local, middle, low, Mark.PATH, factor.tint)


def _steps(way: Way) -> list[float]:
    """How far columns are apart: what stands on arrows leaves something of them to be seen."""
    labels = [0.0] * (len(way.columns) - 1)
    for factor in way.factors:
        if _is_next(factor):
            labels[factor.start[0]] = max(labels[factor.start[0]], factor_width(factor.local))
    least = [label + 2 * _RADIUS for label in labels]
    spare = (WIDTH - 2 * _MARGIN - sum(least)) / max(len(least), 1)
    return [min(_WIDEST, max(step + min(spare, 2 * _STUB), step + spare)) for step in least]


def _downs(nodes: Sequence[Node]) -> list[float]:
    """How far the units of a column are below its first; further where others are left out."""
    found = [0.0]
    for node, after in pairwise(nodes):
        numbers = [node.entry.indices[-1], after.entry.indices[-1]]
        skips = all(n.is_Integer for n in numbers) and numbers[1] - numbers[0] > 1
        found.append(found[-1] + _GAP + (_DOTS if skips else 0.0))
    return found


def _is_next(factor: Factor) -> bool:
    return factor.end[0] == factor.start[0] + 1


def _edge(wire: Wire) -> Edge:
    (x1, y1), (x2, y2) = wire.start, wire.end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    return Edge(
        (x1 + ux * _RADIUS, y1 + uy * _RADIUS),
        (x2 - ux * (_RADIUS + 1.5), y2 - uy * (_RADIUS + 1.5)),
        wire.mark,
        tint=wire.tint,
    )
