"""Where the units, edges and labels of a network's drawing stand, in points, before any language.

Columns are layers and rows are units.  A layer of biases is one more unit, which is always 1.  Of a
wide layer the first and last units are shown, and whichever the worked weight needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Integer

from symback.algebra.expressions import EVERY
from symback.calculus.dependence import is_elementwise
from symback.calculus.derivation import Derivation
from symback.model.equations import Model, Quantity, Role
from symback.printing import Printer
from symback.records import dataclass
from symback.rendering.picture.labels import (
    RADIUS,
    Label,
    Mark,
    Wire,
    place_labels,
    widened_by,
)
from symback.rendering.picture.parts import WIDTH, Edge, Entry, Head, Kind, Picture, Unit
from symback.rendering.picture.runs import runs_of, width_of

__all__ = ["lay_out", "shown_units"]

MAX_ROWS = 6
"""Up to so many units of a layer are all shown."""

MAX_COLUMNS = 6
"""Up to so many layers, the input's among them, are all shown."""

MARGIN = 22.0

_GAP = 45.0
"""Between the middles of two units of a layer."""

_CLOSE = 39.0
"""The same where there are five units and more above one another, that of biases among them."""


@dataclass(frozen=True, slots=True)
class _Column:
    """One layer: its quantity, the rows that are shown, and how it is reached.

    Attributes:
        layer: 0 for the inputs.
        quantity: of the units.
        rows: unit numbers from 1; 0 for units that are left out.
        weights: the array that leads here.
        bias: the array of biases of this layer.
    """

    layer: int
    quantity: Quantity
    rows: tuple[int, ...]
    weights: Quantity | None = None
    bias: Quantity | None = None


def lay_out(
    derivation: Derivation, entry: Entry | None = None, printer: Printer | None = None
) -> Picture | None:
    """The drawing of a perceptron; None for a model that is not made of such layers.

    Args:
        derivation: of the network.
        entry: the weight or bias whose paths to the loss are marked.
        printer: its notation says how wide the name of the loss is; without one it is short.
    """
    columns = _columns(derivation.model, entry)
    if not columns:
        return None
    return _Draft(derivation, columns, entry, printer).picture()


def _columns(model: Model, entry: Entry | None) -> list[_Column]:
    by_layer: dict[tuple[Role, int], Quantity] = {}
    for quantity in model.quantities.values():
        by_layer.setdefault((quantity.role, quantity.layer), quantity)
    source = next((q for q in model.given if q.role is Role.INPUT), None)
    depth = max((layer for role, layer in by_layer if role is Role.OUTPUT), default=0)
    if source is None or not depth:
        return []
    columns = [_Column(0, source, _shown(source, _needed(entry, 0)))]
    for layer in range(1, depth + 1):
        role = Role.OUTPUT if layer == depth else Role.ACTIVATION
        units, weights = by_layer.get((role, layer)), by_layer.get((Role.WEIGHT, layer))
        if units is None or weights is None:
            return []
        rows = _shown(units, _needed(entry, layer))
        columns.append(_Column(layer, units, rows, weights, by_layer.get((Role.BIAS, layer))))
    return columns


def _needed(entry: Entry | None, layer: int) -> tuple[int, ...]:
    """The units of a layer that the worked parameter joins."""
    if entry is None:
        return ()
    name, indices = entry
    target = int(name.lstrip("Wb") or 0)
    if layer == target:
        return indices[-1:]
    return indices[:1] if layer == target - 1 and len(indices) > 1 else ()


def _shown(quantity: Quantity, needed: Sequence[int]) -> tuple[int, ...]:
    """Unit numbers of a layer, with a 0 where some are left out."""
    return shown_units(quantity.shape[-1] if quantity.shape else 1, needed)


def shown_units(size: int, needed: Sequence[int]) -> tuple[int, ...]:
    """The numbers of the units that are shown of a layer, with a 0 where some are left out.

    Args:
        size: of the layer.
        needed: the numbers of units that must be there.
    """
    if size <= MAX_ROWS:
        return tuple(range(1, size + 1))
    kept = sorted({1, 2, size, *needed} if not set(needed) - {1, size} else {1, size, *needed})
    rows: list[int] = []
    for number in kept:
        if rows and number > rows[-1] + 1:
            rows.append(0)
        rows.append(number)
    return tuple(rows)


class _Draft:
    """Places everything, column by column."""

    def __init__(
        self,
        derivation: Derivation,
        columns: list[_Column],
        entry: Entry | None,
        printer: Printer | None,
    ) -> None:
        self.derivation = derivation
        self.printer = printer
        self.model = derivation.model
        self.entry = entry
        self.left_out = len(columns) > MAX_COLUMNS
        self.columns: list[_Column | None] = list(columns)
        if self.left_out:
            head = MAX_COLUMNS // 2
            self.columns = [*columns[:head], None, *columns[head - MAX_COLUMNS + 1 :]]
        losses = (q for q in self.model.quantities.values() if q.role is Role.LOSS)
        # In a batch that of its sample.
        self.loss = _row(next((q for q in losses if q.ranges), self.model.loss))
        self.wider = widened_by(width_of(runs_of(printer, self.loss))) if printer else 0.0
        self.step = min(130.0, (WIDTH - self.wider - 2 * MARGIN) / len(self.columns))
        rows = max(len(c.rows) for c in columns)
        below = 1 if any(c.bias for c in columns) else 0
        self.gap = _GAP if rows - 1 + below < 4 else _CLOSE
        self.head = 24.0
        self.middle = self.head + RADIUS + (rows - 1) * self.gap / 2
        deepest = max(
            self._y(len(c.rows), len(c.rows)) if self._has_bias_row(c) else self._y(0, len(c.rows))
            for c in columns
        )
        lowest = max(deepest, self.middle + (rows - 1) * self.gap / 2, self.middle + self.gap)
        self.height = lowest + RADIUS + 6.0

    def _has_bias_row(self, column: _Column) -> bool:
        following = self._after(column)
        return following is not None and following.bias is not None

    def _after(self, column: _Column) -> _Column | None:
        place = self.columns.index(column) if column in self.columns else -1
        return self.columns[place + 1] if 0 <= place < len(self.columns) - 1 else None

    def _x(self, place: int) -> float:
        return MARGIN + place * self.step

    def _y(self, row: int, rows: int) -> float:
        return self.middle + (row - (rows - 1) / 2) * self.gap

    # What is marked -------------------------------------------------------------------------------

    def _reached(self, column: _Column, number: int) -> Mark:
        """Whether a unit lies on a path from the worked parameter to the loss."""
        if self.entry is None:
            return Mark.NONE
        name, indices = self.entry
        target = int(name.lstrip("Wb") or 0)
        if column.layer > target:
            return Mark.PATH
        if column.layer == target:
            mixed = not is_elementwise(self.derivation, column.quantity)
            return Mark.PATH if mixed or number == indices[-1] else Mark.NONE
        return Mark.NONE

    def _edge_mark(self, column: _Column, source: int, target: int) -> Mark:
        """Of the edge from a unit of the layer before, 0 for that of biases, to one of a column."""
        assert column.weights is not None
        if self.entry is None:
            return Mark.NONE
        name, indices = self.entry
        own = (column.bias.name if column.bias else "") if source == 0 else column.weights.name
        if name == own and indices == ((target,) if source == 0 else (source, target)):
            return Mark.WORKED
        layer = int(name.lstrip("Wb") or 0)
        if source == 0 or column.layer <= layer:
            return Mark.NONE
        if column.layer > layer + 1:
            return Mark.PATH
        return Mark.PATH if source == indices[-1] else Mark.NONE

    # Everything in its place ----------------------------------------------------------------------

    def picture(self) -> Picture:
        """Units, edges between neighbouring columns, the loss at the end."""
        units: list[Unit] = []
        edges: list[Edge] = []
        labels: list[Label] = []
        heads: list[Head] = []
        joined = 0
        for place, column in enumerate(self.columns):
            if column is None:
                units.append(Unit(Kind.LAYERS, self._x(place), self.middle))
                continue
            units.extend(self._units(place, column))
            before = self.columns[place - 1] if place else None
            if before is not None:
                wires = list(self._between(place, before, column))
                edges += [_edge(wire.start, wire.end, wire.mark) for wire in wires]
                labels += place_labels(wires)
                joined += len(wires)
            if place and (function := self._function(column)):
                y = self._y(0, len(column.rows)) - RADIUS - 10.0
                heads.append(Head(function, self._x(place), y))
        units.extend(self._loss(edges))
        order = list(Mark)
        edges.sort(key=lambda edge: order.index(edge.mark))
        labels.sort(key=lambda label: order.index(label.mark))
        shown = [unit for column in self.columns if column for unit in column.rows]
        return Picture(
            self._x(len(self.columns)) + self.wider + MARGIN + 8.0,
            self.height,
            tuple(edges),
            tuple(labels),
            tuple(units),
            tuple(heads),
            self.entry,
            0 in shown,
            self.left_out,
            len(labels) < joined,
        )

    def _units(self, place: int, column: _Column) -> Iterator[Unit]:
        x, rows = self._x(place), len(column.rows)
        for row, number in enumerate(column.rows):
            y = self._y(row, rows)
            if number:
                entry = _one(column.quantity, number)
                yield Unit(Kind.UNIT, x, y, entry, self._reached(column, number))
            else:
                yield Unit(Kind.DOTS, x, y)
        if self._has_bias_row(column):
            yield Unit(Kind.BIAS, x, self._y(rows, rows))

    def _function(self, column: _Column) -> str:
        """The name of a layer's function; a formula has none."""
        name = self.model.definitions[column.quantity.name].function
        return name if name.replace("-", "").isalnum() else ""

    def _between(self, place: int, before: _Column, column: _Column) -> Iterator[Wire]:
        """Edges from one column to the next."""
        sources = [*before.rows, *((-1,) if column.bias else ())]
        for source_row, source in enumerate(sources):
            for target_row, target in enumerate(column.rows):
                if not source or not target:
                    continue
                start = (self._x(place - 1), self._y(source_row, len(before.rows)))
                end = (self._x(place), self._y(target_row, len(column.rows)))
                mark = self._edge_mark(column, 0 if source == -1 else source, target)
                yield Wire(start, end, self._weight(column, source, target), mark)

    def _weight(self, column: _Column, source: int, target: int) -> Expr:
        if source == -1:
            assert column.bias is not None
            return column.bias.at(target)
        assert column.weights is not None
        return column.weights.at(source, target)

    def _loss(self, edges: list[Edge]) -> Iterator[Unit]:
        place, last = len(self.columns), self.columns[-1]
        assert last is not None
        x = self._x(place)
        marked = Mark.PATH if self.entry else Mark.NONE
        for row, number in enumerate(last.rows):
            if number:
                start = (self._x(place - 1), self._y(row, len(last.rows)))
                edges.append(_edge(start, (x, self.middle), self._reached(last, number)))
        yield Unit(Kind.LOSS, x, self.middle, self.loss, marked, wider=self.wider)
        target = next((q for q in self.model.given if q.role is Role.TARGET), None)
        if target is not None:
            below = self.middle + self.gap
            edges.append(
                replace(_edge((x, below), (x, self.middle), Mark.NONE), start=(x, below - 8.0))
            )
            yield Unit(Kind.TARGET, x, below, _row(target))


def _row(quantity: Quantity) -> Expr:
    """All units; of a batch, in a sample that has a letter."""
    at = zip(quantity.ranges, quantity.indices, strict=True)
    return quantity.at(*(letter if r.is_rows else EVERY for r, letter in at))


def _one(quantity: Quantity, number: int) -> Expr:
    """One unit's entry; of a batch, in a sample that has a letter."""
    at = zip(quantity.ranges, quantity.indices, strict=True)
    return quantity.at(*(letter if r.is_rows else Integer(number) for r, letter in at))


def _edge(start: tuple[float, float], end: tuple[float, float], mark: Mark) -> Edge:
    """From rim to rim."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = (across**2 + down**2) ** 0.5
    unit = (across / length, down / length)
    return Edge(
        (start[0] + unit[0] * RADIUS, start[1] + unit[1] * RADIUS),
        (end[0] - unit[0] * (RADIUS + 1.5), end[1] - unit[1] * (RADIUS + 1.5)),
        mark,
    )
