"""The drawing in Typst's own shapes, with the names set as formulas of the document around it."""

from __future__ import annotations

from collections.abc import Iterator

from symback.printing import Printer
from symback.rendering.picture.labels import RADIUS, Label, Mark, scale_within
from symback.rendering.picture.parts import Edge, Kind, Picture, Unit
from symback.rendering.picture.runs import in_line
from symback.rendering.picture.tints import letter

__all__ = ["typst_drawing"]

_STROKES = {Mark.NONE: "net-soft", Mark.PATH: "net-path", Mark.WORKED: "net-worked"}


def typst_drawing(picture: Picture, printer: Printer, short: Printer) -> str:
    """The drawing as a box; what begins with ``net-`` the document's preamble states.

    Args:
        picture: the layout.
        printer: sets what is drawn.
        short: the same with deltas, for derivatives of the loss.
    """
    parts = [_part(part, printer, short) for part in picture.parts]
    if len(parts) == 1:
        return f"#{parts[0]}"
    return "\n".join(["#align(center, stack(", *(f"{part}," for part in parts), "))"])


def _part(picture: Picture, printer: Printer, short: Printer) -> str:
    out = [f"box(width: {picture.width:.0f}pt, height: {picture.height:.0f}pt, {{"]
    out += [f"  {_edge(edge)}" for edge in picture.edges]
    for unit in picture.units:
        out.extend(f"  {line}" for line in _unit(unit, printer))
    out += [f"  {_label(label, short if label.is_beside else printer)}" for label in picture.labels]
    for head in picture.heads:
        out.append(f"  net-at({head.x:.1f}, {head.y:.1f}, ${printer.function(head.function)}$)")
    box = "\n".join([*out, "})"])
    return box if picture.scale == 1.0 else f"scale({picture.scale:.1%}, reflow: true, {box})"


def _edge(edge: Edge) -> str:
    (x1, y1), (x2, y2) = edge.start, edge.end
    stroke = f'net-factor("{letter(edge.tint)}")' if edge.tint else _STROKES[edge.mark]
    if edge.has_tip:
        return f"net-arrow({x1:.1f}, {y1:.1f}, {x2:.1f}, {y2:.1f}, {stroke})"
    ends = f"start: ({x1:.1f}pt, {y1:.1f}pt), end: ({x2:.1f}pt, {y2:.1f}pt)"
    return f"place(line({ends}, stroke: {stroke}))"


def _label(label: Label, printer: Printer) -> str:
    at = f"{label.x:.1f}, {label.y:.1f}"
    text = in_line(label.digits, slash="\\/")
    text = text or printer(label.entry) + (" + dots.c" if label.goes_on else "")
    if label.is_beside:
        return f"net-beside({at}, $display({text})$)"
    if label.tint:
        colour = f'net-tints.at("{letter(label.tint)}").at(0)'
        return f"net-label({at}, text(fill: {colour}, $display({text})$))"
    kind = "net-marked" if label.mark is Mark.WORKED else "net-label"
    return f"{kind}({at}, ${text}$)"


def _fitted(printer: Printer, unit: Unit) -> str:
    """A name, smaller where it would not fit into its unit."""
    text = printer(unit.label)
    width = printer.target.measure(text)
    scale = 1.0 if unit.wider else scale_within(width, unit.radius)
    return f"${text}$" if scale == 1.0 else f"text(size: {scale:.2f}em, ${text}$)"


def _unit(unit: Unit, printer: Printer) -> Iterator[str]:
    at = f"{unit.x:.1f}, {unit.y:.1f}"
    match unit.kind:
        case Kind.DOTS:
            yield f"net-at({at}, $dots.v$)"
        case Kind.LAYERS:
            yield f"net-at({at}, $dots.c$)"
        case Kind.BIAS:
            yield f"net-unit({at}, net-bias, $1$)"
        case Kind.TARGET:
            yield f"net-at({at}, ${printer(unit.label)}$)"
        case _:
            stroke = "net-path" if unit.mark else "net-ink"
            label = "" if unit.label is None else _fitted(printer, unit)
            size = "" if unit.radius == RADIUS else f", radius: {unit.radius:.0f}pt"
            size += f", wider: {unit.wider:.0f}pt" if unit.wider else ""
            yield f"net-unit({at}, {stroke}, {label or 'none'}{size})"
