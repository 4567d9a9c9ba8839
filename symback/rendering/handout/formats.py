"""The formats that a handout can be written in.

As in `symback.rendering.formats`: a format is almost pure data.  A PDF has no templates of its own:
it is compiled from the Typst, or from the LaTeX.
"""

from __future__ import annotations

from html import escape
from math import inf

from symback.printing.latex import LATEX
from symback.printing.spoken import SPOKEN_WORDS
from symback.printing.typst import TYPST, escape_typst
from symback.records import dataclass
from symback.rendering.formats import FORMATS, Format
from symback.rendering.handout.characters import escape_for_github, escape_for_pdflatex

__all__ = ["HANDOUT_FORMATS", "SPOKEN", "HandoutFormat"]


@dataclass(frozen=True, slots=True)
class HandoutFormat(Format):
    """A format of handouts.

    Attributes:
        source: the ending of the template that it is written through, where that is not its own.
        may_break: what stands in a user's long word where a line may be broken.
    """

    source: str = ""
    may_break: str = ""


def _as_handout(base: Format, **changes: object) -> HandoutFormat:
    fields = {name: getattr(base, name) for name in Format.__slots__}
    return HandoutFormat(**(fields | changes))


SPOKEN = _as_handout(FORMATS["text"], target=SPOKEN_WORDS, room=inf)
"""Formulas in words, for who cannot see them; no handout is written in it."""

_MARKDOWN = FORMATS["markdown"]

_SCREEN = 44.0
"""The room in GitHub's and Jupyter's column, whose mathematics is larger than the text."""

HANDOUT_FORMATS: dict[str, HandoutFormat] = {
    entry.name: entry
    for entry in (
        _as_handout(_MARKDOWN, room=_SCREEN, escape=escape_for_github),
        _as_handout(FORMATS["latex"], escape=escape_for_pdflatex, may_break=r"\allowbreak{}"),
        HandoutFormat("html", "html", LATEX, escape, room=46.0),
        # Jupyter keeps its mathematics from Markdown by itself, and knows dollars alone.
        _as_handout(_MARKDOWN, name="notebook", suffix="ipynb", inline="${}$", room=_SCREEN),
        HandoutFormat("typst", "typ", TYPST, escape_typst, room=43.5, may_break="#sym.zws;"),
        HandoutFormat("pdf", "pdf", TYPST, escape_typst, room=43.5, source="typst"),
    )
}
