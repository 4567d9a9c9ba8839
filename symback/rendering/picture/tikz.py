"""The drawing in TikZ, with the names set as formulas of the document around it."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from symback.printing import Printer
from symback.rendering.picture.labels import Mark, scale_within
from symback.rendering.picture.layout import Kind, Picture, Unit

__all__ = ["tikz"]

_STYLES = {Mark.NONE: "edge", Mark.PATH: "path edge", Mark.WORKED: "worked edge"}


def tikz(picture: Picture, printer: Printer) -> str:
    """The drawing; its styles are those that the document's preamble states."""
    out = [r"\begin{tikzpicture}[x=1pt, y=-1pt, network]"]
    for edge in picture.edges:
        (x1, y1), (x2, y2) = edge.start, edge.end
        style = _STYLES[edge.mark] + ("" if edge.has_tip else ", -")
        out.append(rf"  \draw[{style}] ({x1:.1f},{y1:.1f}) -- ({x2:.1f},{y2:.1f});")
    for unit in picture.units:
        out.extend(f"  {line}" for line in _unit(unit, printer))
    for label in picture.labels:
        style = "worked label" if label.mark is Mark.WORKED else "label"
        at = f"({label.x:.1f},{label.y:.1f})"
        out.append(rf"  \node[{style}] at {at} {{${printer(label.entry)}$}};")
    for head in picture.heads:
        at = f"({head.x:.1f},{head.y:.1f})"
        out.append(rf"  \node at {at} {{${printer.function(head.function)}$}};")
    return "\n".join([*out, r"\end{tikzpicture}"])


def _fitted(printer: Printer, entry: Expr) -> str:
    """A name, smaller where it would not fit into its unit."""
    text = printer(entry)
    scale = scale_within(printer.target.measure(text))
    return f"${text}$" if scale == 1.0 else rf"\scalebox{{{scale:.2f}}}{{${text}$}}"


def _unit(unit: Unit, printer: Printer) -> Iterator[str]:
    at = f"({unit.x:.1f},{unit.y:.1f})"
    match unit.kind:
        case Kind.DOTS:
            yield rf"\node at {at} {{$\vdots$}};"
        case Kind.LAYERS:
            yield rf"\node at {at} {{$\cdots$}};"
        case Kind.BIAS:
            yield rf"\node[unit, densely dashed] at {at} {{$1$}};"
        case Kind.TARGET:
            yield rf"\node at {at} {{${printer(unit.label)}$}};"
        case _:
            style = "path unit" if unit.mark else "unit"
            label = "" if unit.label is None else _fitted(printer, unit.label)
            yield rf"\node[{style}] at {at} {{{label}}};"
