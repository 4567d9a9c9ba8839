"""The computation graph of a model that has no layers: quantities as nodes, recursions as loops.

A node stands in the column after the last of those that its equation mentions; parameters and
constants, which would cross everything, are left out where anything else leads to a node.  What is
read from another step has a node of its own, to which a line in colour leads over the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import hypot

from sympy import Expr, Indexed, IndexedBase, Symbol

from symback.algebra.expressions import name_of
from symback.model.equations import Model, Quantity, Role
from symback.rendering.picture.labels import RADIUS, Mark
from symback.rendering.picture.parts import WIDTH, Edge, Kind, Picture, Unit

__all__ = ["computation_graph"]

MAX_COLUMNS, MAX_ROWS = 11, 6
"""Beyond so many nodes one after the other, or beside each other, nothing is drawn."""

_GAP = 46.0
_CLEAR = RADIUS + 5.0
"""From the middle of a node to an arrow that passes by."""

_FURTHER = tuple(8.0 * n for n in range(12))
"""By how much further an arrow goes around nodes, what is tried first first."""

_BEFORE = "@"
_SHOWN = (Role.INPUT, Role.TARGET, Role.INTEGER)
Point = tuple[float, float]


def computation_graph(model: Model) -> Picture | None:
    """The drawing; None where it would be too large to be read."""
    links, back = _links(model)
    columns = _columns(model, links)
    earlier = _with_earlier(columns, back)
    if len(columns) > MAX_COLUMNS or max(map(len, columns)) > MAX_ROWS:
        return None
    step = min(92.0, (WIDTH - 4 * RADIUS) / max(len(columns) - 1, 1))
    rows = max(map(len, columns))
    head = 24.0 + 10.0 * len(earlier)
    middle = head + RADIUS + (rows - 1) * _GAP / 2
    places: dict[str, Point] = {}
    for column, names in enumerate(columns):
        for row, name in enumerate(names):
            y = middle + (row - (len(names) - 1) / 2) * _GAP
            places[name] = (2 * RADIUS + column * step, y)
    column_of = {name: place for place, names in enumerate(columns) for name in names}
    edges: list[Edge] = []
    drawn = [(source, target, Mark.NONE) for source, target in links]
    drawn += [(_earlier(source), target, Mark.PATH) for source, target in back]
    for source, target, mark in drawn:
        span = column_of[target] - column_of[source]
        others = [at for name, at in places.items() if name not in (source, target)]
        edges += _edge(places[source], places[target], span, middle, mark, others)
    top = min([12.0 + 10.0 * len(earlier), *(e.end[1] for e in edges)])
    for place, (name, before) in enumerate(earlier.items()):
        edges += _rail(places[name], places[before], top - 10.0 * (len(earlier) - place))
    ends = [y for edge in edges for _, y in (edge.start, edge.end)]
    rims = [y + side for _, y in places.values() for side in (-RADIUS, RADIUS)]
    up = min(*ends, *rims) - 6.0
    height = max(*ends, *rims) + 6.0 - up
    width = max(x for x, _ in places.values()) + 2 * RADIUS
    units = tuple(_unit(model, name, (x, y - up)) for name, (x, y) in places.items())
    moved = (replace(e, start=_higher(e.start, up), end=_higher(e.end, up)) for e in edges)
    return Picture(width, height, tuple(moved), (), units, (), None, False, False)


def _higher(point: Point, by: float) -> Point:
    return point[0], point[1] - by


def _unit(model: Model, name: str, place: Point) -> Unit:
    quantity = model.quantities[name.removesuffix(_BEFORE)]
    if name.endswith(_BEFORE):
        return Unit(Kind.TARGET, *place, _entry_before(model, quantity))
    given = quantity in model.given
    return Unit(Kind.TARGET if given else Kind.UNIT, *place, Symbol(name))


def _entry_before(model: Model, quantity: Quantity) -> Expr:
    """What is read of another step, with the step below it."""
    for equation in model.equations:
        for node in sorted(equation.expression.atoms(Indexed), key=str):
            if name_of(node) != quantity.name:
                continue
            letters = equation.quantity.indices
            steps = [
                index
                for index in node.indices
                if any((index - letter).is_Integer and index != letter for letter in letters)
            ]
            if steps:  # the step alone: of the other indices any may be read
                return IndexedBase(quantity.name)[tuple(steps)]
    return quantity.entry


def _earlier(name: str) -> str:
    return name + _BEFORE


def _with_earlier(columns: list[list[str]], back: list[tuple[str, str]]) -> dict[str, str]:
    """Put a node for what comes from another step before the first that reads it, on top."""
    if not back:
        return {}
    place = {name: column for column, names in enumerate(columns) for name in names}
    if any(place[target] == 0 for _, target in back):
        columns.insert(0, [])
        place = {name: column + 1 for name, column in place.items()}
    found: dict[str, str] = {}
    for source, _ in back:
        if source not in found:
            found[source] = _earlier(source)
            first = min(place[target] for name, target in back if name == source)
            columns[first - 1].insert(0, found[source])
    return found


def _links(model: Model) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What is mentioned by what at the same step, and what is read from another one."""
    links: dict[tuple[str, str], None] = {}
    back: dict[tuple[str, str], None] = {}
    order = {equation.quantity.name: equation.number for equation in model.equations}
    shown = {q.name for q in model.given if q.role in _SHOWN} | set(order)
    shown |= _alone(model, shown)
    for equation in model.equations:
        if equation.is_boundary:
            continue
        target = equation.quantity.name
        for name in equation.mentions:
            if name not in shown:
                continue
            later = name in order and order[name] >= equation.number
            shifted = later or (name in model.boundaries and _is_shifted(model, target, name))
            (back if shifted else links)[name, target] = None
    for equation in model.equations:
        for name in equation.mentions if equation.is_boundary else ():
            if name in shown and (name, equation.quantity.name) not in back:
                links[name, equation.quantity.name] = None
    return list(links), [pair for pair in back if pair not in links]


def _alone(model: Model, shown: set[str]) -> set[str]:
    """Parameters and constants of equations that mention nothing else: nothing else leads there."""
    found: set[str] = set()
    for equation in model.equations:
        if not equation.is_boundary and not shown & set(equation.mentions):
            found |= {name for name in equation.mentions if name in model.quantities}
    return found


def _is_shifted(model: Model, target: str, name: str) -> bool:
    """Whether every entry that is read lies a step away from the one that is defined."""
    equation = model.definitions[target]
    own = set(equation.quantity.indices)
    entries = [n for n in equation.expression.atoms(Indexed) if name_of(n) == name]
    return all(any((i - j).is_Integer and i != j for i in n.indices for j in own) for n in entries)


def _columns(model: Model, links: list[tuple[str, str]]) -> list[list[str]]:
    """Names by column: each after all that lead to it."""
    names = dict.fromkeys(name for pair in links for name in pair)
    order = [n for n in model.quantities if n in names or n == model.loss.name]
    column: dict[str, int] = {}
    for _ in order:  # the longest way to each; the links have no circle
        for name in order:
            before = [column.get(source, 0) for source, target in links if target == name]
            column[name] = 1 + max(before) if before else 0
    # What is given stands next to what first mentions it.
    given = {q.name for q in model.given}
    for name in order:
        after = [column[target] for source, target in links if source == name]
        if name in given and after:
            column[name] = min(after) - 1
    found: list[list[str]] = [[] for _ in range(max(column.values(), default=0) + 1)]
    for name in order:
        found[column[name]].append(name)
    return [names for names in found if names]


def _edge(
    start: Point, end: Point, span: int, middle: float, mark: Mark, others: Sequence[Point]
) -> list[Edge]:
    """An arrow; one that passes other columns goes over them, or under from below.

    It goes around whatever stands in its way: behind a node it would look like two arrows.
    """
    if span <= 1:
        return [Edge(*_rims(start, end), mark)]
    away = 20.0 + 6.0 * span
    across = (start[0] + end[0]) / 2
    under = start[1] > middle + 1.0
    over, below = min(start[1], end[1]) - away, max(start[1], end[1]) + away
    heights = [
        below + more if goes_under else over - more
        for more in _FURTHER
        for goes_under in (under, not under)
    ]
    vias = [(across, height) for height in heights]
    via = next((v for v in vias if _is_clear((start, v, end), others)), vias[0])
    return [Edge(_rim(start, via), via, mark, has_tip=False), Edge(via, _rim(end, via), mark)]


def _is_clear(way: Sequence[Point], others: Sequence[Point]) -> bool:
    """Whether a bent arrow passes by all nodes that it does not join."""
    return all(_distance(node, *side) >= _CLEAR for side in pairwise(way) for node in others)


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the part of a straight line between two others."""
    across, down = end[0] - start[0], end[1] - start[1]
    along = (point[0] - start[0]) * across + (point[1] - start[1]) * down
    share = min(1.0, max(0.0, along / (across**2 + down**2)))
    return hypot(point[0] - start[0] - share * across, point[1] - start[1] - share * down)


def _rail(start: Point, end: Point, top: float) -> list[Edge]:
    """From a quantity over everything to the node for what it was a step before."""
    up, back = (start[0], top), (end[0], top)
    return [
        Edge((start[0], start[1] - RADIUS), up, Mark.PATH, has_tip=False),
        Edge(up, back, Mark.PATH, has_tip=False),
        Edge(back, (end[0], end[1] - 9.0), Mark.PATH),
    ]


def _rims(start: Point, end: Point) -> tuple[Point, Point]:
    return _rim(start, end), _rim(end, start)


def _rim(center: Point, towards: Point) -> Point:
    """The point of a node's rim on the way to another point."""
    across, down = towards[0] - center[0], towards[1] - center[1]
    length = (across**2 + down**2) ** 0.5 or 1.0
    return center[0] + across / length * RADIUS, center[1] + down / length * RADIUS
