"""From a derivation and what was proved of it to a handout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from symback.errors import InputError
from symback.notation import FOUNDING, Notation
from symback.records import dataclass
from symback.rendering.environment import environment
from symback.rendering.handout.characters import clean, lacking_in_pdflatex, named
from symback.rendering.handout.contents import Handout
from symback.rendering.handout.detail import SECTIONS, Detail, entries_for
from symback.rendering.handout.formats import HANDOUT_FORMATS, HandoutFormat
from symback.rendering.handout.html_page import HtmlPage
from symback.rendering.handout.in_numbers import InNumbers
from symback.rendering.handout.latex_page import LatexPage
from symback.rendering.handout.letters import with_letters
from symback.rendering.handout.page import HandoutPage
from symback.rendering.handout.typst_page import TypstPage
from symback.rendering.worked_entries import EntryName

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.calculus.second import Second
    from symback.verification.report import Report

__all__ = ["ENGINES", "Written", "write_handout"]

ENGINES = ("typst", "pdflatex")
"""What makes a PDF."""


@dataclass(frozen=True, slots=True)
class Written:
    """A handout as it goes into a file.

    Attributes:
        content: of the file.
        warnings: what its readers may miss, each a line.
        beside: further files that it refers to, by the end of their names.
    """

    content: bytes
    warnings: tuple[str, ...] = ()
    beside: tuple[tuple[str, bytes], ...] = ()


def write_handout(
    format: str,
    *,
    derivation: Derivation,
    report: Report | None,
    detail: Detail | str = Detail.STANDARD,
    weights: Sequence[EntryName] | str | None = None,
    title: str = "",
    authors: Sequence[str] = (),
    date: str = "",
    licence: str = "",
    notation: Notation | None = None,
    templates: Path | None = None,
    picture_name: str = "",
    tex: bool = False,
    fragment: bool = False,
    sections: Sequence[str] = (),
    in_numbers: InNumbers | None = None,
    second: Second | None = None,
    second_report: Report | None = None,
    verified_by: str = "",
) -> Written:
    """Write a handout, or for ``pdf`` the Typst that it is compiled from.

    Args:
        format: one of `HANDOUT_FORMATS`.
        derivation: what the chain rule found.
        report: what was proved of it; None leaves that part out.
        detail: how much it says.
        weights: the weights and biases to work out: names with an ``array`` and ``indices``,
            ``all``, or None for one of each array (for none of them, when brief).
        title: in place of the document's own.
        authors: below the title.
        date: below these, as it was typed: what is the same each time has none of its own.
        licence: at the foot.
        notation: how quantities are spelled; None for the project's own way.
        templates: a folder whose templates go before symback's own; they are code, and run in a
            sandbox.
        picture_name: for Markdown, the file that holds the drawing; empty leaves the drawing out.
        tex: in HTML, whether the LaTeX of each formula stands beside it, for programs that copy it.
        fragment: in LaTeX, whether it is to be put into a document of the user's.
        sections: the codes of the parts that it has, of `SECTIONS`; none for those of its level of
            detail.
        in_numbers: both passes in numbers, as a part of their own.
        second: a product of second order, as a part of its own.
        second_report: what was proved of it.
        verified_by: the command that shows every claim about a model of equations.

    Raises:
        InputError: for a format, a part or a weight that does not exist, or a template at fault.
        MissingToolError: for a package that the format needs.
    """
    if format not in HANDOUT_FORMATS:
        raise InputError(f"no format {format!r}", hint=f"known are {', '.join(HANDOUT_FORMATS)}")
    for section in sections:
        if section not in SECTIONS:
            raise InputError(f"no part {section!r}", hint=f"known are {', '.join(SECTIONS)}")
    contents = Handout(
        derivation,
        report,
        entries_for(derivation, Detail(detail), weights),
        notation=notation or FOUNDING,
        detail=Detail(detail),
        title=clean(title),
        authors=tuple(filter(None, map(clean, authors))),
        date=clean(date),
        licence=clean(licence),
        tex=tex,
        fragment=fragment,
        chosen=tuple(sections),
        asked=weights is not None,
        in_numbers=in_numbers,
        second=second,
        second_report=second_report,
        verified_by=verified_by,
    )
    output_format = HANDOUT_FORMATS[HANDOUT_FORMATS[format].source or format]
    page = _PAGES.get(output_format.name, HandoutPage)(output_format, contents)
    name = f"handout/handout.{output_format.suffix}.j2"
    drawing = f"<{quote(picture_name)}>" if picture_name else ""
    if output_format.name == "notebook":
        drawing = "attachment:network.svg"
    values = {"page": page, "doc": contents, "drawing": drawing}
    if templates is None:
        text = environment(output_format).get_template(name).render(values)
    else:
        from symback.rendering.handout.sandbox import rendered

        text = rendered(output_format, templates, name, values)
    if isinstance(page, LatexPage):
        text = with_letters(text, page.source_letters)
    warnings = _warnings(output_format, contents)
    if output_format.name == "notebook":
        from symback.rendering.handout.notebook import notebook

        text = notebook(text, _drawing(page, contents), page.cells)
    beside: tuple[tuple[str, bytes], ...] = ()
    if picture_name and contents.picture is not None:
        beside = ((picture_name, _drawing(page, contents).encode()),)
    return Written(text.encode(), warnings, beside)


_PAGES: dict[str, type[HandoutPage]] = {"html": HtmlPage, "latex": LatexPage, "typst": TypstPage}


def _drawing(page: HandoutPage, contents: Handout) -> str:
    """The network as a file of its own."""
    from symback.rendering.picture.svg import svg

    if contents.picture is None:
        return ""
    return svg(contents.picture, page.printer, page.picture_words())


def _warnings(output_format: HandoutFormat, contents: Handout) -> tuple[str, ...]:
    if output_format.name != "latex":
        return ()
    typed = (contents.title, *contents.authors, contents.date, contents.licence)
    lacking = lacking_in_pdflatex(" ".join(typed))
    if not lacking:
        return ()
    return (f"LaTeX's own fonts lack {named(lacking)}: each stands as its number in a box",)
