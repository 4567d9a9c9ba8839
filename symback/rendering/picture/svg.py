"""The drawing as SVG, which needs no font of its own and is legible on light and dark paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from symback.printing import Printer
from symback.rendering.picture.labels import Label, Mark, scale_within
from symback.rendering.picture.parts import Edge, Kind, Picture, Unit
from symback.rendering.picture.runs import (
    PRIMES,
    SIZE,
    SMALL,
    WIDE,
    Run,
    advance,
    function_run,
    in_line,
    quotient,
    runs_of,
    width_of,
)
from symback.rendering.picture.tints import TINTS, letter

__all__ = ["STYLE", "factor_style", "svg"]

STYLE = """\
.net{--ink:#1d1d22;--soft:#8a8a94;--paper:#fff;--mark:#b3261e;--fill:#fff}
@media (prefers-color-scheme:dark){
.net{--ink:#ececf1;--soft:#7d7d88;--paper:#16161a;--mark:#ff8a80;--fill:#16161a}}
.net text{fill:var(--ink);text-anchor:middle;font-family:"STIX Two Math","STIX Two Text",\
"Cambria Math","Latin Modern Math","Times New Roman",Times,serif;font-size:11px}
.net .edge{stroke:var(--soft);stroke-width:.8;fill:none}
.net .path{stroke:var(--mark);stroke-width:1.3}
.net .worked{stroke:var(--mark);stroke-width:2.4}
.net .tip{fill:var(--soft);stroke:none}
.net .tip.path,.net .tip.worked{fill:var(--mark)}
.net circle,.net .rim{fill:var(--fill);stroke:var(--ink);stroke-width:1}
.net circle.bias{stroke-dasharray:2.5 2}
.net circle.path,.net .rim.path{stroke:var(--mark);stroke-width:1.8}
.net .paper{fill:var(--paper)}
.net text.marked{fill:var(--mark)}
.net .bar{stroke:var(--ink);stroke-width:.6;fill:none}
.net .it{font-style:italic}
.net .dot{fill:var(--ink);stroke:none}
"""
"""Colours follow the reader's choice of light or dark."""

_TIP = 5.0

_SMALLER = 0.85
"""By so much the two sides of a fraction are set smaller."""

_LEGIBLE = 9.1
"""So many pixels the letters of a label have at least on a narrow screen."""

_COLUMN = 576.0
"""A drawing whose labels need more pixels than this is wider than others on a page."""


def factor_style(count: int) -> str:
    """The colours and strokes of factors, of a drawing and of formulas beside it.

    Args:
        count: how many of them there are.
    """
    used = TINTS[:count]

    def colours(dark: bool) -> str:
        return "".join(
            f".f{letter(n)}{{--f:{tint.dark if dark else tint.light}}}\n"
            for n, tint in enumerate(used, start=1)
        )

    strokes = "".join(
        f".net .edge.f{letter(n)}{{stroke-dasharray:{' '.join(map(str, tint.dashes))}}}\n"
        for n, tint in enumerate(used, start=1)
        if tint.dashes
    )
    every = ",".join(f".f{letter(n)}" for n in range(1, len(used) + 1))
    return (
        colours(False)
        + f"@media (prefers-color-scheme:dark){{\n{colours(True)}}}\n"
        + ".net .edge.factor{stroke:var(--f);stroke-width:1.4}\n"
        + ".net .tip.factor,.net text.factor{fill:var(--f)}.net .bar.factor{stroke:var(--f)}\n"
        + f"math :is({every}){{color:var(--f)}}\n"
        + strokes
    )


def _n(length: float) -> str:
    """A length to a tenth, with no more digits than it takes: a page has a thousand of them."""
    return f"{length:.1f}".removesuffix(".0")


def svg(picture: Picture, printer: Printer, title: str, *, standalone: bool = True) -> str:
    """The drawing; inside a page it takes its style from the page.

    Args:
        picture: the layout.
        printer: its notation names what is drawn.
        title: what a reader is told who cannot see it.
        standalone: whether it is a file of its own; inside a page its size is the least in which
            all its labels are legible.
    """
    whole = picture.whole
    width, height = f"{whole.width:.0f}", f"{whole.height:.0f}"
    names = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    out = [f"<title>{escape(title)}</title>"]
    if standalone:
        colours = factor_style(picture.way.tints) if picture.way else ""
        out.append(f"<style>{STYLE}{colours}</style>")
        out.append(f'<rect width="{width}" height="{height}" fill="var(--paper)"/>')
    for kind, edges in groupby(whole.edges, _kind):
        out.extend(_edges(kind, list(edges)))
    for unit in whole.units:
        out.extend(_unit(unit, printer))
    for label in whole.labels:
        out.extend(_label(label, printer))
    for head in whole.heads:
        out.append(_text(head.x, head.y, function_run(head.function)))
    size = 1.0 if standalone else _LEGIBLE / min(t.size for t in out if isinstance(t, _Text))
    kind = "net broad" if not standalone and whole.width * size > _COLUMN else "net"
    opening = (
        f'<svg{names} class="{kind}" role="img" viewBox="0 0 {width} {height}" '
        f'width="{whole.width * size:.0f}" height="{whole.height * size:.0f}">'
    )
    return "\n".join([opening, *out, "</svg>"]) + "\n"


class _Text(str):
    """Characters of a drawing, which know how large the largest of them are."""

    __slots__ = ("size",)
    size: float


def _kind(edge: Edge) -> str:
    return f"factor f{letter(edge.tint)}" if edge.tint else str(edge.mark)


def _edges(kind: str, edges: list[Edge]) -> Iterator[str]:
    """Edges of one kind as one path, and their tips as another: a page is small."""
    ends = [(*edge.start, *edge.end) for edge in edges]
    ways = "".join(f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}" for x1, y1, x2, y2 in ends)
    tips = "".join(_tip(*at) for at, edge in zip(ends, edges, strict=True) if edge.has_tip)
    yield f'<path class="{f"edge {kind}".strip()}" d="{ways}"/>'
    if tips:
        yield f'<path class="{f"tip {kind}".strip()}" d="{tips}"/>'


def _label(label: Label, printer: Printer) -> Iterator[str]:
    if label.digits:
        runs: list[Run] = [(in_line(label.digits).replace("-", "−"), False, 0)]
    else:
        runs = runs_of(printer, label.entry, deltas=label.is_beside)
    if not runs:
        return
    if label.goes_on:
        runs = [*runs, (" + ⋯", False, 0)]
    width = width_of(runs)
    if width > WIDE and (label.tint or label.is_beside) and (sides := quotient(runs)):
        yield from _fraction(label, sides)
        return
    if label.is_beside:
        x = max(label.x, width / 2 + 4.0)
        corner = f'x="{_n(x - width / 2)}" y="{_n(label.y - 5.5)}"'  # an edge may pass behind it
        yield f'<rect class="paper" {corner} width="{_n(width)}" height="11"/>'
        yield _text(x, label.y, runs, "beside")
        return
    room = width + 5.0
    corner = f'x="{_n(label.x - room / 2)}" y="{_n(label.y - 7.5)}"'
    yield f'<rect class="paper" {corner} width="{_n(room)}" height="15"/>'
    kind = "marked" if label.mark is Mark.WORKED else ""
    kind = f"factor f{letter(label.tint)}" if label.tint else kind
    yield _text(label.x, label.y, runs, kind)


def _unit(unit: Unit, printer: Printer) -> Iterator[str]:
    match unit.kind:
        case Kind.DOTS | Kind.LAYERS:
            for step in (-6.0, 0.0, 6.0):
                across, down = (step, 0.0) if unit.kind is Kind.LAYERS else (0.0, step)
                place = f'cx="{_n(unit.x + across)}" cy="{_n(unit.y + down)}"'
                yield f'<circle class="dot" {place} r="1.4"/>'
            return
        case Kind.TARGET:
            pass
        case _:
            kind = "bias" if unit.kind is Kind.BIAS else str(unit.mark)
            yield _rim(unit, kind)
    if unit.kind is Kind.BIAS:
        yield _text(unit.x, unit.y, [("1", False, 0)])
    elif unit.label is not None:
        runs = runs_of(printer, unit.label)
        scale = 1.0 if unit.wider else scale_within(width_of(runs) / SIZE, unit.radius)
        yield _text(unit.x + unit.wider / 2, unit.y, runs, scale=scale)


def _rim(unit: Unit, kind: str) -> str:
    """A circle, or as much longer to the right as its name needs."""
    x, y, radius = unit.x, unit.y, unit.radius
    if not unit.wider:
        return f'<circle{_class(kind)} cx="{_n(x)}" cy="{_n(y)}" r="{radius:.0f}"/>'
    corner = f'x="{_n(x - radius)}" y="{_n(y - radius)}"'
    size = f'width="{_n(2 * radius + unit.wider)}" height="{_n(2 * radius)}"'
    return f'<rect{_class(f"rim {kind}".strip())} {corner} {size} rx="{radius:.0f}"/>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _tip(x1: float, y1: float, x2: float, y2: float) -> str:
    across, down = x2 - x1, y2 - y1
    length = (across**2 + down**2) ** 0.5
    ux, uy = across / length * _TIP, down / length * _TIP
    left = (x2 - ux - uy * 0.4, y2 - uy + ux * 0.4)
    right = (x2 - ux + uy * 0.4, y2 - uy - ux * 0.4)
    return f"M{_n(x2)} {_n(y2)}L{_n(left[0])} {_n(left[1])}L{_n(right[0])} {_n(right[1])}Z"


def _fraction(label: Label, sides: tuple[list[Run], list[Run]]) -> Iterator[str]:
    """What is too wide for one line, above and below a bar."""
    x, y, scale = label.x, label.y, _SMALLER
    kind = f"factor f{letter(label.tint)}" if label.tint else "beside"
    bar = f"bar {kind}" if label.tint else "bar"
    half = max(map(width_of, sides)) * scale / 2
    corner = f'x="{_n(x - half - 1)}" y="{_n(y - 11)}"'
    yield f'<rect class="paper" {corner} width="{_n(2 * half + 2)}" height="22"/>'
    yield _text(x, y - 7.4 * scale, sides[0], kind, scale)
    yield f'<path class="{bar}" d="M{_n(x - half)} {_n(y)}H{_n(x + half)}"/>'
    yield _text(x, y + 6.8 * scale, sides[1], kind, scale)


def _text(x: float, y: float, runs: list[Run], kind: str = "", scale: float = 1.0) -> _Text:
    """Characters below and above share their place; what follows stands behind the wider ones."""
    out, level = [], 0.0
    pen = below = above = 0.0
    for characters, italic, shift in runs:
        want = {0: 0.0, -1: 2.8, 1: -4.2, PRIMES: 0.0}[shift] * scale
        size = (SMALL if shift in (-1, 1) else SIZE) * scale
        start = max(below, above) if not shift else below if shift < 0 else above
        end = start + advance(characters) * size
        attributes = [f'dy="{_n(want - level)}"'] if want != level else []
        if size != SIZE:
            attributes.append(f'font-size="{size:.3g}"')
        if abs(start - pen) > 0.05:
            attributes.append(f'dx="{_n(start - pen)}"')
        if italic:
            attributes.append('class="it"')
        inner = escape(characters.replace("φ", "ϕ"))  # as formulas beside it have this letter
        out.append(f"<tspan {' '.join(attributes)}>{inner}</tspan>" if attributes else inner)
        level, pen = want, end
        below = below if shift > 0 else end
        above = above if shift < 0 else end
    text = _Text(f'<text{_class(kind)} x="{_n(x)}" y="{_n(y + SIZE * 0.33)}">{"".join(out)}</text>')
    text.size = SIZE * scale
    return text
