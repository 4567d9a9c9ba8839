"""From a derivation and what was proved of it to a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from symback.errors import InputError
from symback.notation import FOUNDING, Notation
from symback.rendering.document import Document
from symback.rendering.environment import environment
from symback.rendering.formats import ASCII_TEXT, FORMATS
from symback.rendering.page import Page
from symback.rendering.terminal import Terminal
from symback.rendering.worked_entries import EntryName, chosen_entries

if TYPE_CHECKING:
    from symback.calculus.derivation import Derivation
    from symback.model.equations import Model
    from symback.verification.report import Report
    from symback.verification.stated import Judged

__all__ = ["DOCUMENTS", "render", "render_claims"]

DOCUMENTS: dict[str, tuple[str, ...]] = {
    "derivation": ("text", "latex", "markdown", "numpy", "json"),
    "verification": ("text", "json"),
}
"""Every document, with the formats that it can be written in."""


ONE_WORKED = ("text", "latex", "markdown")
"""Formats in which one hidden weight is worked out, unless more is asked: the others go alike."""

_READ_ON_PAPER = ("latex", "markdown")
"""Formats that are read page by page: they are no longer than a handout, unless more is asked."""


def render(
    document: str,
    format: str,
    *,
    derivation: Derivation,
    report: Report | None,
    weights: Sequence[EntryName] | str | None = None,
    ascii: bool = False,
    color: bool = False,
    width: int = 80,
    notation: Notation | None = None,
    judged: Sequence[Judged] = (),
) -> str:
    """Write a document about a derivation.

    Args:
        document: ``derivation``, or ``verification`` for what was proved alone.
        format: one of `FORMATS`.
        derivation: what the chain rule found.
        report: what was proved of it; None leaves that part out.
        weights: the weights and biases to work out one by one: names with an ``array`` and
            ``indices``, ``all``, or None for one hidden weight, as in a handout; in JSON
            None is for all where they are few and else one of each array.
        ascii: for text, whether to do without Unicode.
        color: for text, whether to use a terminal's colours.
        width: for text, the number of columns.
        notation: how quantities are spelled, the project's own by default; names in code do not
            depend on it.
        judged: for a verification, what came of the claims that stand beside a model.

    Raises:
        InputError: for a document or format that does not exist, an unknown weight, or a notation
            that spells two quantities alike.
        TooLargeError: for more worked weights than anybody would read.
    """
    if document not in DOCUMENTS:
        raise InputError(f"no document {document!r}", hint=f"known are {', '.join(DOCUMENTS)}")
    if format not in DOCUMENTS[document]:
        raise InputError(
            f"{document} is not written as {format!r}",
            hint=f"possible are {', '.join(DOCUMENTS[document])}",
        )
    output_format = ASCII_TEXT if format == "text" and ascii else FORMATS[format]
    shortened = document == "derivation" and weights is None and format in _READ_ON_PAPER
    entries = chosen_entries(derivation, weights) if document == "derivation" else ()
    one = document == "derivation" and weights is None and format in ONE_WORKED
    if one and entries:
        from symback.rendering.handout.detail import entries_for

        entries = entries_for(derivation, "standard", None)
    contents = Document(derivation, report, entries, notation or FOUNDING, tuple(judged), shortened)
    if format == "json":
        from symback.rendering.data import as_json

        return as_json(document, contents)
    if format == "numpy":
        from symback.emission import emit

        return emit(derivation)
    page = (
        Terminal(output_format, contents, width, color=color)
        if format == "text"
        else Page(output_format, contents, output_format.room)
    )
    template = environment(output_format).get_template(f"{document}.{output_format.suffix}.j2")
    text: str = template.render(page=page, doc=contents)
    return text


def render_claims(
    model: Model,
    judged: Sequence[Judged],
    format: str = "text",
    *,
    ascii: bool = False,
    color: bool = False,
    width: int = 80,
    notation: Notation | None = None,
    readings: Sequence[tuple[str, tuple[str, ...]]] = (),
) -> str:
    """Write what came of claims about a model, without its derivation.

    Args:
        model: what they are about.
        judged: the claims with their verdicts.
        format: ``text`` or ``json``.
        ascii: whether to do without Unicode.
        color: whether to use a terminal's colours.
        width: the number of columns.
        notation: how quantities are spelled.
        readings: how what they leave open was read: codes, each with names.
    """
    from symback.calculus.derivation import Derivation

    output_format = ASCII_TEXT if ascii else FORMATS["text"]
    contents = Document(Derivation(model, ()), None, (), notation or FOUNDING, tuple(judged))
    if format == "json":
        from symback.rendering.data import claims_as_json

        return claims_as_json(contents, readings)
    page = Terminal(output_format, contents, width, color=color)
    template = environment(output_format).get_template("claims.txt.j2")
    text: str = template.render(page=page, doc=contents, readings=readings)
    return text
