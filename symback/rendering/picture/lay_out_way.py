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
    HEIGHT,
    NEAR_THE_MIDDLE,
    TALL,
    Box,
    Label,
    Mark,
    Wire,
    factor_width,
    head_of,
    place_labels,
    widened_by,
)
from symback.rendering.picture.parts import WIDTH, Edge, Extent, Kind, Picture, Unit
from symback.rendering.picture.runs import WIDE, has_marks, in_line, quotient, runs_of, width_of
from symback.rendering.picture.way import Factor, Node, Way

__all__ = ["lay_out_way"]

_MARGIN = 22.0

_RADIUS = 12.0
"""Of a unit."""

_GAP = 61.0
"""Between two units of a column: each with what stands above and below it."""

_TALL = 9.0
"""More where a fraction stands below the upper one whose lower letter has marks above and below,
and where what stands below and what stands above the next are numbers, which look alike.
"""

_ABOVE, _BELOW = 7.0, 11.0
"""From a unit's rim to the middle of what stands above or below it."""

_LINE, _FRACTION = 11.0, 18.0
"""How high that is, in one line or with a bar."""

_APART = 4.0
"""Between what stands beside two units, or on an arrow: letters are wider in some fonts."""

_DOTS = 24.0
"""More between two units of a column where dots stand for others between them."""

_STUB = 16.0
"""How much of an arrow is seen at both sides of what stands on it, its tip among it."""

_WIDER, _WIDEST = 6.0, 140.0
"""By so much a step between two columns grows until its labels have room, and how far at most."""

_SMALLEST = 0.7
"""A drawing that is wider than its page is made smaller, and by no more than this."""

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
        gap = _GAP + (_TALL if digits or self._is_tall() else 0.0)
        self.downs = [_downs(nodes, gap) for nodes in way.columns]
        self.gap = gap
        self.half = max(downs[-1] for downs in self.downs) / 2
        self.middle = _ABOVE + _RADIUS + 6.0 + self.half
        self.scale = 1.0
        self.steps = self._steps()
        self.across = [_MARGIN + sum(self.steps[:n]) for n in range(len(way.columns))]

    def picture(self) -> Picture:
        """Units with what stands above and below them, and the edges with their factors."""
        wires = [self._wire(factor) for factor in self.way.factors]
        columns: dict[int, list[Wire]] = {}
        for factor, wire in zip(self.way.factors, wires, strict=True):
            if _is_next(factor):
                columns.setdefault(factor.start[0], []).append(wire)
        below, above = self._below(), self._above()
        labels = [label for among in columns.values() for label in self._on(among, below, above)]
        edges = [_edge(wire) for among in columns.values() for wire in among]
        valued = self._valued(above)
        above = self._with_room(above, below, labels, edges)
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
            (*below, *above, *labels),
            units,
            (),
            None,
            self.way.leaves_out,
            False,
            len(labels) < len(wires),
            scale=self.scale,
            above=Extent.of(len(above), valued),
            below=Extent.of(len(below), sum(map(len, self.way.columns)) - 1),
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

    def _below(self) -> list[Label]:
        """The derivative of the loss by each unit."""
        found = []
        for _, (x, y), node, is_loss in self._nodes():
            slope = self.digits.get(node.adjoint, "")
            if not is_loss and (slope or not self.digits):
                down = y + _RADIUS + _BELOW
                found.append(Label(node.adjoint, x, down, Mark.NONE, is_beside=True, digits=slope))
        return found

    def _above(self) -> list[Label]:
        """The value of each unit: its number, where numbers are known, or how it is made."""
        found = []
        for _, (x, y), node, _ in self._nodes():
            up = y - _RADIUS - _ABOVE
            number = self.digits.get(node.entry, "")
            if number:
                found.append(Label(node.entry, x, up, Mark.NONE, is_beside=True, digits=number))
            elif node.value is not None and not self.digits:
                part = node.is_part
                found.append(Label(node.value, x, up, Mark.NONE, is_beside=True, goes_on=part))
        return found

    def _on(
        self, wires: Sequence[Wire], below: Sequence[Label], above: Sequence[Label] = ()
    ) -> list[Label]:
        """The factors on the arrows between two columns.

        They are clear of what stands above units, too, where that leaves room for all of them.
        """
        for beside in ((*below, *above), below):
            taken = [_wider(self._box(label)) for label in beside]
            labels = place_labels(wires, NEAR_THE_MIDDLE, taken)
            if self._are_clear(labels, wires, taken):
                break
        return labels

    def _are_clear(
        self, labels: Sequence[Label], wires: Sequence[Wire], taken: Sequence[Box]
    ) -> bool:
        """Whether all factors are there and cover nothing that stands beside a unit."""
        high = max((wire.height for wire in wires), default=HEIGHT)
        rooms = [Box(at.x, at.y, at.room, high) for at in labels]
        covers = any(room.touches(other) for room in rooms for other in taken)
        return len(labels) == len(wires) and not covers

    def _valued(self, above: Sequence[Label]) -> int:
        """How many units have a value: with numbers all, else those made of one product."""
        return sum(map(len, self.way.columns)) if self.digits else len(above)

    def _with_room(
        self,
        above: list[Label],
        below: list[Label],
        labels: Sequence[Label],
        edges: Sequence[Edge] = (),
    ) -> list[Label]:
        """What stands above units, of each column all or nothing: a label that is cut says less.

        So does an arrow whose head is below one.
        """
        if self.digits:
            return above
        others = [_wider(self._box(label)) for label in below]
        others += [Box(at.x, at.y, at.room, TALL) for at in labels]
        others += [head_of(edge.start, edge.end) for edge in edges if edge.has_tip]
        kept: list[Label] = []
        for place in dict.fromkeys(label.x for label in above):
            column = [label for label in above if label.x == place]
            boxes = [_wider(self._box(label)) for label in column]
            rest = [*others, *(self._box(label) for label in kept)]
            if not any(box.touches(other) for box in boxes for other in rest):
                kept += column
        return kept

    def _wire(self, factor: Factor) -> Wire:
        ends = self._at(factor.start), self._at(factor.end)
        width, height = self._size(factor.local)
        return Wire(*ends, factor.local, Mark.PATH, factor.tint, width, height)

    def _size(self, factor: Expr) -> tuple[float, float]:
        """About how large a factor on an arrow is; what is wide in one line has a bar."""
        runs = runs_of(self.printer, factor) if self.printer else []
        if not runs:
            return factor_width(factor), HEIGHT
        width, sides = width_of(runs), quotient(runs)
        if sides and width > WIDE:
            return 5.0 + max(map(width_of, sides)) * 0.85, TALL
        return 5.0 + width, TALL if sides else HEIGHT

    def _box(self, label: Label) -> Box:
        """The room of what stands above or below a unit."""
        if label.digits:
            return Box(label.x, label.y, 5.0 * len(in_line(label.digits)) + 2.0, _LINE)
        runs = runs_of(self.printer, label.entry, deltas=True) if self.printer else []
        if not runs:
            return Box(label.x, label.y, 30.0, _LINE)
        if label.goes_on:
            runs = [*runs, (" + ⋯", False, 0)]
        width, sides = width_of(runs), quotient(runs)
        if sides:
            narrow = max(map(width_of, sides)) * 0.85 if width > WIDE else width
            return Box(label.x, label.y, narrow, _FRACTION)
        return Box(label.x, label.y, width, _LINE)

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
        """How far columns are apart: what stands on arrows leaves something of them to be seen.

        Where columns face each other arrows lie close: they are as far apart as it takes for each
        label to stand by its own arrow.  A drawing that is wider than a page is made smaller.
        """
        least = [self._least(column) for column in range(len(self.way.columns) - 1)]
        wider = self._wider(self.way.columns[-1][0].entry)
        free = WIDTH - wider - 2 * _MARGIN
        if sum(least) > free:
            self.scale = max(_SMALLEST, WIDTH / (sum(least) + wider + 2 * _MARGIN))
            return least
        spare = (free - sum(least)) / max(len(least), 1)
        return [max(step, min(_WIDEST, step + spare)) for step in least]

    def _least(self, column: int) -> float:
        """How far a column is from the next at least."""
        factors = [f for f in self.way.factors if _is_next(f) and f.start[0] == column]
        step = max((self._size(f.local)[0] for f in factors), default=0.0) + 2 * _RADIUS + _STUB
        while step < _WIDEST and not self._fits(column, factors, step):
            step += _WIDER
        return step

    def _fits(self, column: int, factors: Sequence[Factor], step: float) -> bool:
        """Whether all factors have room between two columns, and what stands below their units."""
        x = {column: 0.0, column + 1: step}
        self.across = [x.get(n, -999.0) for n in range(len(self.way.columns))]
        boxes = [self._box(label) for label in self._below()]
        left, right = ([_wider(box) for box in boxes if box.x == x[n]] for n in x)
        if any(box.touches(other) for box in left for other in right):
            return False
        wires = [self._wire(factor) for factor in factors]
        taken = (*left, *right)
        return self._are_clear(place_labels(wires, NEAR_THE_MIDDLE, taken), wires, taken)

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


def _wider(box: Box) -> Box:
    """The room of a label with something to its right and left, since fonts differ."""
    return replace(box, width=box.width + _APART)


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
