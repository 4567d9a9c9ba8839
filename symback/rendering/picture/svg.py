"""The drawing as SVG, which needs no font of its own and is legible on light and dark paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from html import escape

from sympy import Expr, Indexed

from symback.model.activations import ACTIVATIONS
from symback.notation import GREEK, Spelling, Style
from symback.printing import Printer
from symback.rendering.picture.labels import RADIUS, Mark, scale_within
from symback.rendering.picture.layout import Kind, Picture, Unit

__all__ = ["STYLE", "svg"]

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
.net circle{fill:var(--fill);stroke:var(--ink);stroke-width:1}
.net circle.bias{stroke-dasharray:2.5 2}
.net circle.path{stroke:var(--mark);stroke-width:1.8}
.net .paper{fill:var(--paper)}
.net text.marked{fill:var(--mark)}
.net .it{font-style:italic}
.net .dot{fill:var(--ink);stroke:none}
"""
"""Colours follow the reader's choice of light or dark."""

_SIZE, _SMALL = 11.0, 8.0
_TIP = 5.0
_SCRIPT = {"L": "ℒ", "E": "ℰ", "F": "ℱ", "B": "ℬ", "H": "ℋ", "I": "ℐ", "M": "ℳ", "R": "ℛ"}
_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "vec": "\u20d7"}


def svg(picture: Picture, printer: Printer, title: str, *, standalone: bool = True) -> str:
    """The drawing; inside a page it takes its style from the page.

    Args:
        picture: the layout.
        printer: its notation names what is drawn.
        title: what a reader is told who cannot see it.
        standalone: whether it is a file of its own.
    """
    width, height = f"{picture.width:.0f}", f"{picture.height:.0f}"
    names = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    out = [
        f'<svg{names} class="net" role="img" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}">',
        f"<title>{escape(title)}</title>",
    ]
    if standalone:
        out.append(f"<style>{STYLE}</style>")
        out.append(f'<rect width="{width}" height="{height}" fill="var(--paper)"/>')
    for edge in picture.edges:
        (x1, y1), (x2, y2) = edge.start, edge.end
        kind = f"edge {edge.mark}".strip()
        out.append(f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')
        if edge.has_tip:
            out.append(f'<path class="{kind.replace("edge", "tip")}" d="{_tip(x1, y1, x2, y2)}"/>')
    for unit in picture.units:
        out.extend(_unit(unit, printer))
    for label in picture.labels:
        runs = _runs(printer, label.entry)
        room = _width(runs) + 3.0
        corner = f'x="{label.x - room / 2:.1f}" y="{label.y - 7.5:.1f}"'
        out.append(f'<rect class="paper" {corner} width="{room:.1f}" height="15"/>')
        out.append(_text(label.x, label.y, runs, "marked" if label.mark is Mark.WORKED else ""))
    for head in picture.heads:
        out.append(_text(head.x, head.y, _function(head.function)))
    return "\n".join([*out, "</svg>"]) + "\n"


def _unit(unit: Unit, printer: Printer) -> Iterator[str]:
    x, y = f"{unit.x:.1f}", f"{unit.y:.1f}"
    match unit.kind:
        case Kind.DOTS | Kind.LAYERS:
            for step in (-6.0, 0.0, 6.0):
                across, down = (step, 0.0) if unit.kind is Kind.LAYERS else (0.0, step)
                place = f'cx="{unit.x + across:.1f}" cy="{unit.y + down:.1f}"'
                yield f'<circle class="dot" {place} r="1.4"/>'
            return
        case Kind.TARGET:
            pass
        case _:
            kind = "bias" if unit.kind is Kind.BIAS else str(unit.mark)
            yield f'<circle{_class(kind)} cx="{x}" cy="{y}" r="{RADIUS:.0f}"/>'
    if unit.kind is Kind.BIAS:
        yield _text(unit.x, unit.y, [("1", False, 0)])
    elif unit.label is not None:
        runs = _runs(printer, unit.label)
        yield _text(unit.x, unit.y, runs, scale=scale_within(_width(runs) / _SIZE))


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _tip(x1: float, y1: float, x2: float, y2: float) -> str:
    across, down = x2 - x1, y2 - y1
    length = (across**2 + down**2) ** 0.5
    ux, uy = across / length * _TIP, down / length * _TIP
    left = (x2 - ux - uy * 0.4, y2 - uy + ux * 0.4)
    right = (x2 - ux + uy * 0.4, y2 - uy - ux * 0.4)
    return f"M{x2:.1f} {y2:.1f}L{left[0]:.1f} {left[1]:.1f}L{right[0]:.1f} {right[1]:.1f}Z"


# Names as runs of text --------------------------------------------------------------------------

Run = tuple[str, bool, int]
"""Characters, whether they are italic, and whether they stand below (-1) or above (1)."""


def _runs(printer: Printer, entry: Expr) -> list[Run]:
    if isinstance(entry, Indexed):
        spelling = printer.vocabulary.spell(str(entry.base.label), entry.indices)
    else:
        spelling = printer.vocabulary.spell(str(entry))
    return spelled(spelling)


def spelled(spelling: Spelling) -> list[Run]:
    """A spelling as runs of text."""
    base = GREEK.get(spelling.base, spelling.base)
    script = spelling.style is Style.SCRIPT and base in _SCRIPT
    if script:
        base = _SCRIPT[base]
    if spelling.accent:
        base = unicodedata.normalize("NFC", base + _ACCENTS[spelling.accent])
    italic = spelling.style not in (Style.WORD, Style.SCRIPT, Style.BOLD)
    runs: list[Run] = [(spelling.prefix + base + "′" * spelling.primes, italic, 0)]
    if spelling.below:
        runs.append((spelling.below, not spelling.below.replace(",", "").isdigit(), -1))
    if spelling.mark:
        # A number by itself could be taken for an exponent.
        mark = f"({spelling.mark})" if spelling.mark.isdigit() else spelling.mark
        runs.append((mark, False, 1))
    if spelling.above:
        runs.append(("".join(spelling.above), False, 1))
    return runs


def _function(name: str) -> list[Run]:
    known = ACTIVATIONS.get(name)
    text = GREEK.get(name, name) if known is None else known.text
    return [(text, len(text) == 1, 0)]


def _advance(characters: str) -> float:
    """The width of characters in ems, as fonts with serifs have it."""
    return sum(0.3 if c in ",.()′" else 0.95 if c == "W" else 0.5 for c in characters)


def _width(runs: list[Run]) -> float:
    scripts = [_advance(text) * _SMALL for text, _, shift in runs if shift]
    return sum(_advance(t) * _SIZE for t, _, shift in runs if not shift) + max(scripts, default=0.0)


def _text(x: float, y: float, runs: list[Run], kind: str = "", scale: float = 1.0) -> str:
    """Characters below and above share their place, so the second steps back by the first."""
    out, level, back = [], 0.0, 0.0
    for characters, italic, shift in runs:
        want = {0: 0.0, -1: 2.8, 1: -4.2}[shift] * scale
        attributes = [f'dy="{want - level:.1f}"'] if want != level else []
        size = (_SMALL if shift else _SIZE) * scale
        if shift or scale < 1.0:
            attributes.append(f'font-size="{size:.3g}"')
        if shift:
            if shift == 1 and back:
                attributes.append(f'dx="-{back:.1f}"')
            back = _advance(characters) * size
        if italic:
            attributes.append('class="it"')
        inner = escape(characters)
        out.append(f"<tspan {' '.join(attributes)}>{inner}</tspan>" if attributes else inner)
        level = want
    return f'<text{_class(kind)} x="{x:.1f}" y="{y + _SIZE * 0.33:.1f}">{"".join(out)}</text>'
