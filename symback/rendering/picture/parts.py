"""What a drawing is made of: units, edges, names and labels, in points, before any language."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from sympy import Expr

from symback.records import dataclass
from symback.rendering.picture.labels import RADIUS, Label, Mark

__all__ = ["WIDTH", "Edge", "Entry", "Extent", "Head", "Kind", "Picture", "Unit"]

Entry = tuple[str, tuple[int, ...]]
"""One weight or bias: the name of its array, and its indices."""

WIDTH = 444.0
"""The room for the drawing."""


class Kind(StrEnum):
    """What stands at a place."""

    UNIT = "unit"
    BIAS = "bias"  # the input 1 of a layer's biases
    DOTS = "dots"  # units that are left out
    LAYERS = "layers"  # layers that are left out
    LOSS = "loss"
    TARGET = "target"


class Extent(StrEnum):
    """Of how many units something is shown."""

    NONE = ""
    SOME = "some"
    ALL = "all"

    @staticmethod
    def of(shown: int, among: int) -> Extent:
        """That of so many."""
        return Extent.ALL if 0 < among <= shown else Extent.SOME if shown else Extent.NONE


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, or what stands in the place of one.

    Attributes:
        kind: what it is.
        x: of its middle, from the left.
        y: of its middle, from the top.
        label: the quantity's entry; None for dots and for the input of biases.
        mark: whether it lies on a path of what is worked out.
        radius: of its circle.
        wider: how much longer than a circle it is, to the right, for the sake of its name.
    """

    kind: Kind
    x: float
    y: float
    label: Expr | None = None
    mark: Mark = Mark.NONE
    radius: float = RADIUS
    wider: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """The name of the function of a layer, above it."""

    function: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Edge:
    """From the rim of one unit to the rim of another.

    Attributes:
        start: a point of the first rim.
        end: a point of the other.
        mark: how it belongs to what is worked out.
        has_tip: whether an arrow's tip ends it.
        tint: the number of its colour and stroke, where it is a factor of a product; else 0.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    mark: Mark
    has_tip: bool = True
    tint: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: what is behind comes first.

    Attributes:
        width: of the whole.
        height: of the whole.
        edges: marked ones last, so that they lie on top.
        labels: of weights, as far as there is room.
        units: and what stands in the place of units.
        heads: above a column, the function that its units apply.
        entry: what is worked out, if anything is.
        units_left_out: whether wide layers show only some of their units.
        layers_left_out: whether some layers are not shown at all.
        is_crowded: whether some edges have no label, for lack of room.
        way: the way of what is worked out, unit by unit; it is drawn below.
        scale: by how much it is made smaller on a page, which it is too wide for.
        above: of how many units that have a value it stands above them.
        below: of how many the derivative of the loss stands below them.
    """

    width: float
    height: float
    edges: tuple[Edge, ...]
    labels: tuple[Label, ...]
    units: tuple[Unit, ...]
    heads: tuple[Head, ...]
    entry: Entry | None
    units_left_out: bool
    layers_left_out: bool
    is_crowded: bool = False
    way: Picture | None = None
    scale: float = 1.0
    above: Extent = Extent.NONE
    below: Extent = Extent.NONE

    @property
    def parts(self) -> tuple[Picture, ...]:
        """This drawing, and that of the way, which on a page has a scale of its own."""
        return (self, self.way) if self.way else (self,)

    @property
    def high(self) -> float:
        """How high all of it is on a page."""
        return sum(part.height * part.scale for part in self.parts)

    @property
    def tints(self) -> int:
        """How many colours of factors there are, up to the last that is used."""
        return max((edge.tint for edge in self.edges), default=0)

    @property
    def whole(self) -> Picture:
        """This drawing with that of the way below it, as one."""
        if self.way is None:
            return self
        width = max(self.width, self.way.width)
        above = self._moved((width - self.width) / 2, 0.0)
        below = self.way._moved((width - self.way.width) / 2, self.height)
        return replace(
            above,
            width=width,
            height=self.height + self.way.height,
            edges=(*above.edges, *below.edges),
            labels=(*above.labels, *below.labels),
            units=(*above.units, *below.units),
            way=None,
        )

    def _moved(self, right: float, down: float) -> Picture:
        """The same drawing, to the right and further down."""

        def there(point: tuple[float, float]) -> tuple[float, float]:
            return point[0] + right, point[1] + down

        return replace(
            self,
            edges=tuple(replace(e, start=there(e.start), end=there(e.end)) for e in self.edges),
            labels=tuple(replace(at, x=at.x + right, y=at.y + down) for at in self.labels),
            units=tuple(replace(unit, x=unit.x + right, y=unit.y + down) for unit in self.units),
            heads=tuple(replace(head, x=head.x + right, y=head.y + down) for head in self.heads),
        )

    @property
    def loops(self) -> bool:
        """Whether something is read from another step of a recursion."""
        return any(edge.mark is Mark.PATH for edge in self.edges)

    @property
    def all_headed(self) -> bool:
        """Whether each layer of weights that is shown has the name of its function above it."""
        columns = {unit.x for unit in self.units if unit.kind is Kind.UNIT}
        return len(self.heads) == len(columns) - 1
