"""The drawing in TikZ, with the names set as formulas of the document around it."""

from __future__ import annotations

from collections.abc import Iterator

from symback.printing import Printer
from symback.rendering.picture.labels import RADIUS, Label, Mark, scale_within
from symback.rendering.picture.parts import Edge, Kind, Picture, Unit
from symback.rendering.picture.runs import in_line
from symback.rendering.picture.tints import letter

__all__ = ["tikz"]

_STYLES = {Mark.NONE: "edge", Mark.PATH: "path edge", Mark.WORKED: "worked edge"}


def tikz(picture: Picture, printer: Printer, short: Printer) -> str:
    """The drawing; its styles are those that the document's preamble states.

    Args:
        picture: the layout.
        printer: sets what is drawn.
        short: the same with deltas, for derivatives of the loss.
    """
    return "\n\n".join(_part(part, printer, short) for part in picture.parts)


def _part(picture: Picture, printer: Printer, short: Printer) -> str:
    out = [r"\begin{tikzpicture}[x=1pt, y=-1pt, network]"]
    out += [f"  {_edge(edge)}" for edge in picture.edges]
    for unit in picture.units:
        out.extend(f"  {line}" for line in _unit(unit, printer))
    out += [f"  {_label(label, short if label.is_beside else printer)}" for label in picture.labels]
    for head in picture.heads:
        at = f"({head.x:.1f},{head.y:.1f})"
        out.append(rf"  \node at {at} {{${printer.function(head.function)}$}};")
    drawn = "\n".join([*out, r"\end{tikzpicture}"])
    return drawn if picture.scale == 1.0 else f"\\scalebox{{{picture.scale:.3f}}}{{%\n{drawn}%\n}}"


def _edge(edge: Edge) -> str:
    (x1, y1), (x2, y2) = edge.start, edge.end
    style = f"factor {letter(edge.tint)}" if edge.tint else _STYLES[edge.mark]
    style += "" if edge.has_tip else ", -"
    return rf"\draw[{style}] ({x1:.1f},{y1:.1f}) -- ({x2:.1f},{y2:.1f});"


def _label(label: Label, printer: Printer) -> str:
    style = "worked label" if label.mark is Mark.WORKED else "label"
    if label.is_beside:
        style = "beside"
    if label.tint:
        style = f"label, text=factor{letter(label.tint)}"
    text = in_line(label.digits, log=r"\log")
    text = text or printer(label.entry) + (r" + \cdots" if label.goes_on else "")
    return rf"\node[{style}] at ({label.x:.1f},{label.y:.1f}) {{$\displaystyle {text}$}};"


def _fitted(printer: Printer, unit: Unit) -> str:
    """A name, smaller where it would not fit into its unit."""
    text = printer(unit.label)
    width = printer.target.measure(text)
    scale = 1.0 if unit.wider else scale_within(width, unit.radius)
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
            label = "" if unit.label is None else _fitted(printer, unit)
            style += "" if unit.radius == RADIUS else f", minimum size={2 * unit.radius:.0f}pt"
            if unit.wider:
                style += (
                    f", rectangle, rounded corners={unit.radius:.0f}pt"
                    f", minimum width={2 * unit.radius + unit.wider:.0f}pt"
                )
                at = f"({unit.x + unit.wider / 2:.1f},{unit.y:.1f})"
            yield rf"\node[{style}] at {at} {{{label}}};"
