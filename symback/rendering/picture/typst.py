"""The drawing in Typst's own shapes, with the names set as formulas of the document around it."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from symback.printing import Printer
from symback.rendering.picture.labels import Mark, scale_within
from symback.rendering.picture.layout import Kind, Picture, Unit

__all__ = ["typst_drawing"]

_STROKES = {Mark.NONE: "net-soft", Mark.PATH: "net-path", Mark.WORKED: "net-worked"}


def typst_drawing(picture: Picture, printer: Printer) -> str:
    """The drawing as a box; what begins with ``net-`` the document's preamble states."""
    out = [f"#box(width: {picture.width:.0f}pt, height: {picture.height:.0f}pt, {{"]
    for edge in picture.edges:
        (x1, y1), (x2, y2) = edge.start, edge.end
        if edge.has_tip:
            ends = f"{x1:.1f}, {y1:.1f}, {x2:.1f}, {y2:.1f}"
            out.append(f"  net-arrow({ends}, {_STROKES[edge.mark]})")
        else:
            ends = f"start: ({x1:.1f}pt, {y1:.1f}pt), end: ({x2:.1f}pt, {y2:.1f}pt)"
            out.append(f"  place(line({ends}, stroke: {_STROKES[edge.mark]}))")
    for unit in picture.units:
        out.extend(f"  {line}" for line in _unit(unit, printer))
    for label in picture.labels:
        kind = "net-marked" if label.mark is Mark.WORKED else "net-label"
        out.append(f"  {kind}({label.x:.1f}, {label.y:.1f}, ${printer(label.entry)}$)")
    for head in picture.heads:
        out.append(f"  net-at({head.x:.1f}, {head.y:.1f}, ${printer.function(head.function)}$)")
    return "\n".join([*out, "})"])


def _fitted(printer: Printer, entry: Expr) -> str:
    """A name, smaller where it would not fit into its unit."""
    text = printer(entry)
    scale = scale_within(printer.target.measure(text))
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
            label = "" if unit.label is None else _fitted(printer, unit.label)
            yield f"net-unit({at}, {stroke}, {label or 'none'})"
