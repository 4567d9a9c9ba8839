"""The way of one weight as a drawing: a column for each quantity, the loss at its end.

Above each unit stands its value, as far as it is made of the way, below it the derivative of the
loss by it, and on each edge the factor that the edge contributes, in its own colour and stroke.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sympy import Expr

from symback.printing import Printer
from symback.rendering.picture.labels import (
    NEAR_THE_MIDDLE,
    Box,
    Mark,
    Wire,
    factor_width,
    place_labels,
    widened_by,
)
from symback.rendering.picture.layout import WIDTH, Edge, Kind, Label, Picture, Unit
from symback.rendering.picture.runs import WIDE, has_marks, quotient, runs_of, width_of
from symback.rendering.picture.way import Factor, Node, Way

__all__ = ["lay_out_way"]

_MARGIN = 22.0

_RADIUS = 12.0
"""Of a unit."""

_GAP = 57.0
"""Between two units of a column: each with what stands above and below it."""

_TALL = 9.0
"""More where a fraction stands below the upper one whose lower letter has marks above and below."""

_HALF = 17.0
"""So far what stands beside a unit reaches to the right at least."""

_BESIDE, _LEAST = 51.0, 0.6
"""What is wider than this is set smaller there, by no more than that."""

_ABOVE, _BELOW = 7.0, 11.0
"""From a unit's rim to the middle of what stands above or below it."""

_ROOM_FOR_VALUES = 58.0
"""Between two columns: with less, no values stand above units."""

_APART = 4.0
"""Between a factor and what stands to its right: letters are wider in some fonts."""

_DOTS = 24.0
"""More between two units of a column where dots stand for others between them."""

_STUB, _WIDEST = 13.0, 140.0
"""How much of an arrow is seen at either side of what stands on it, where there is room; and the
widest step between two columns.
"""

Point = tuple[float, float]


def lay_out_way(
    way: Way, digits: Mapping[Expr, str] | None = None, printer: Printer | None = None
) -> Picture:
    """The drawing.

    Args:
        way: of a parameter to the loss.
        digits: the numbers of entries and of derivatives of the loss, where they are known.
        printer: its notation says how wide and how high names are; without one that is guessed.
    """
    return _Sketch(way, digits or {}, printer).picture()


class _Sketch:
    def __init__(self, way: Way, digits: Mapping[Expr, str], printer: Printer | None) -> None:
        self.way = way
        self.digits = digits
        self.printer = printer
        self.shrink = 1.0
        self.steps = self._steps()
        self.across = [_MARGIN + sum(self.steps[:n]) for n in range(len(way.columns))]
        gap = _GAP + (_TALL if self._is_tall() else 0.0)
        self.downs = [_downs(nodes, gap) for nodes in way.columns]
        self.gap = gap
        self.half = max(downs[-1] for downs in self.downs) / 2
        self.middle = _ABOVE + _RADIUS + 6.0 + self.half

    def picture(self) -> Picture:
        """Units with what stands above and below them, and the edges with their factors."""
        wires = [self._wire(factor) for factor in self.way.factors]
        columns: dict[int, list[Wire]] = {}
        for factor, wire in zip(self.way.factors, wires, strict=True):
            if _is_next(factor):
                columns.setdefault(factor.start[0], []).append(wire)
        taken = [self._box(label) for label in self._beside()]
        labels = [
            label
            for among in columns.values()
            for label in place_labels(among, NEAR_THE_MIDDLE, taken)
        ]
        edges = [_edge(wire) for among in columns.values() for wire in among]
        for factor in self.way.factors:
            if not _is_next(factor):
                bent, label = self._around(factor)
                edges += bent
                labels.append(label)
        units = tuple(self._units())
        widest = max(unit.wider for unit in units)
        height = self.middle + self.half + _RADIUS + 2 * _BELOW
        lowest = max((y for edge in edges for _, y in (edge.start, edge.end)), default=0.0)
        return Picture(
            self.across[-1] + widest + _MARGIN + 8.0,
            max(height, lowest + 10.0),
            tuple(edges),
            (*(self._clear(label, labels) for label in self._beside()), *labels),
            units,
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
            wider = self._wider(node.entry) if is_loss else 0.0
            yield Unit(kind, x, y, node.entry, radius=_RADIUS, wider=wider)
        for column, downs in enumerate(self.downs):
            for row, (above, below) in enumerate(pairwise(downs)):
                if below - above > self.gap:
                    x, y = self._at((column, row))
                    # What stands below the upper unit is higher than what stands above the lower.
                    yield Unit(Kind.DOTS, x, y + (below - above) / 2 + 3.0)

    def _wider(self, loss: Expr) -> float:
        if self.printer is None:
            return 0.0
        return widened_by(width_of(runs_of(self.printer, loss)), _RADIUS)

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
        ends = self._at(factor.start), self._at(factor.end)
        return Wire(*ends, factor.local, Mark.PATH, factor.tint, self._width(factor.local))

    def _width(self, factor: Expr) -> float:
        """How wide a factor may be."""
        return self._own_width(factor) * self.shrink

    def _own_width(self, factor: Expr) -> float:
        """About how wide a factor on an arrow is; what is wide in one line has a bar."""
        runs = runs_of(self.printer, factor) if self.printer else []
        if not runs:
            return factor_width(factor)
        width, sides = width_of(runs), quotient(runs)
        return 5.0 + (max(map(width_of, sides)) * 0.8 if sides and width > WIDE else width)

    def _box(self, label: Label) -> Box:
        """The room of what stands above or below a unit; what is wide may reach to the left."""
        runs = runs_of(self.printer, label.entry, deltas=True) if self.printer else []
        width = 30.0
        if label.is_beside and not label.digits and runs:
            width = width_of([*runs, (" + ⋯", False, 0)] if label.goes_on else runs)
            width *= min(1.0, max(_LEAST, _BESIDE / width))
        left, right = max(width / 2, width - _HALF), width / 2
        return Box(label.x + (right - left) / 2, label.y, left + right)

    def _clear(self, beside: Label, labels: Sequence[Label]) -> Label:
        """What stands above or below a unit, to the right of a factor that would cover it."""
        box = self._box(beside)
        far = 2 * _APART
        rooms = [Box(at.x, at.y, at.room + far) for at in labels if at.tint and at.room]
        ends = [
            room.x + room.width / 2 for room in rooms if room.touches(box) and room.x < beside.x
        ]
        if not ends:
            return beside
        return replace(beside, x=beside.x + max(ends) + 0.1 - (box.x - box.width / 2))

    def _is_tall(self) -> bool:
        """Whether fractions with marks in their lower parts stand below units of one column."""
        if self.printer is None or self.digits:
            return False
        columns = [nodes for nodes in self.way.columns if len(nodes) > 1]
        below = [node.adjoint for nodes in columns for node in nodes]
        slopes = [runs_of(self.printer, adjoint, deltas=True) for adjoint in below]
        return any(
            ("/", False, 0) in runs or ((sides := quotient(runs)) and has_marks(sides[1]))
            for runs in slopes
        )

    def _steps(self) -> list[float]:
        """How far columns are apart: what stands on arrows leaves something of them to be seen."""
        labels = [0.0] * (len(self.way.columns) - 1)
        for factor in self.way.factors:
            if _is_next(factor):
                column = factor.start[0]
                labels[column] = max(labels[column], self._own_width(factor.local))
        wider = self._wider(self.way.columns[-1][0].entry)
        free = WIDTH - wider - 2 * _MARGIN - 2 * _RADIUS * len(labels)
        self.shrink = min(1.0, free / (sum(labels) or 1.0))
        least = [label * self.shrink + 2 * _RADIUS for label in labels]
        spare = (WIDTH - wider - 2 * _MARGIN - sum(least)) / max(len(least), 1)
        wanted = (max(step + min(spare, 2 * _STUB), step + spare) for step in least)
        return [max(step, min(_WIDEST, want)) for step, want in zip(least, wanted, strict=True)]

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


def _downs(nodes: Sequence[Node], gap: float) -> list[float]:
    """How far the units of a column are below its first; further where others are left out."""
    found = [0.0]
    for node, after in pairwise(nodes):
        numbers = [node.entry.indices[-1], after.entry.indices[-1]]
        skips = all(n.is_Integer for n in numbers) and numbers[1] - numbers[0] > 1
        found.append(found[-1] + gap + (_DOTS if skips else 0.0))
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
