"""From the blocks of a page to a document in any format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from symback.errors import MissingToolError
from symback.install import install_hint
from symback.model.equations import Model
from symback.notation import Notation
from symback.records import dataclass
from symback.rendering.environment import environment
from symback.rendering.formats import ASCII_TEXT, FORMATS, PAGE_WIDTH, Format
from symback.rendering.handout.formats import HANDOUT_FORMATS
from symback.rendering.teaching.settings import TextSetting, setting_for
from symback.teaching.blocks import PageContents

__all__ = ["PAGE_FORMATS", "Look", "sentences", "write_page", "write_pages"]

PAGE_FORMATS = ("text", "markdown", "latex", "html", "typst", "pdf", "notebook")
"""Every format that a page of blocks can be written in."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page of text looks.

    Attributes:
        ascii: whether it is to do without Unicode.
        width: the number of columns.
    """

    ascii: bool = False
    width: int = PAGE_WIDTH


def sentences(output_format: Format) -> Mapping[str, str]:
    """The sentence of every code."""
    module: Any = environment(output_format).get_template("teaching/words.j2").module
    found: Mapping[str, str] = module.sentences
    return found


def write_page(
    contents: PageContents,
    format: str,
    *,
    model: Model | None,
    notation: Notation | None = None,
    ascii: bool = False,
    width: int = PAGE_WIDTH,
) -> tuple[bytes, tuple[str, ...]]:
    """Write a page.

    Args:
        contents: its blocks.
        format: one of `PAGE_FORMATS`.
        model: whose quantities are printed.
        notation: how they are spelled, the project's own by default.
        ascii: for text, whether to do without Unicode.
        width: for text, the number of columns.

    Returns:
        The document, and what its reader may miss.

    Raises:
        MissingToolError: where a PDF, HTML or notebook needs a package that is not installed.
    """
    source = _source(contents, format, model, notation, Look(ascii, width))
    if format == "pdf":
        from symback.rendering.handout.pdf import pdf_from_typst

        return pdf_from_typst(source, "")
    return source, ()


def write_pages(
    pages: Sequence[tuple[PageContents, str, Look]],
    *,
    model: Model | None,
    notation: Notation | None = None,
) -> list[tuple[bytes, tuple[str, ...]]]:
    """Write several pages, each with its format and look; PDFs are compiled beside one another.

    Returns and raises as `write_page`.
    """
    from concurrent.futures import ThreadPoolExecutor

    sources = [_source(contents, format, model, notation, look) for contents, format, look in pages]
    if not any(format == "pdf" for _, format, _ in pages):
        return [(source, ()) for source in sources]
    from symback.rendering.handout.pdf import pdf_from_typst

    with ThreadPoolExecutor(2) as pool:
        waiting = [
            pool.submit(pdf_from_typst, source, "") if format == "pdf" else None
            for source, (_, format, _) in zip(sources, pages, strict=True)
        ]
        return [
            (source, ()) if future is None else future.result()
            for source, future in zip(sources, waiting, strict=True)
        ]


def _source(
    contents: PageContents, format: str, model: Model | None, notation: Notation | None, look: Look
) -> bytes:
    """What a template makes of a page; of a PDF, its Typst."""
    chosen = format_of(format, ascii=look.ascii)
    page = setting_for(chosen, sentences(chosen), model, notation, look.width)
    contents = replace(contents, blocks=tuple(map(page.in_order, contents.blocks)))
    if format == "notebook":
        return _notebook(contents, page)
    template = environment(chosen).get_template(f"teaching/page.{_SUFFIX[format]}.j2")
    text = template.render(page=page, contents=contents)
    return (page.finished(text) if isinstance(page, TextSetting) else text).encode()


_SUFFIX = {
    "text": "txt", "markdown": "md", "latex": "tex", "html": "html", "typst": "typ", "pdf": "typ",
}  # fmt: skip


def format_of(format: str, *, ascii: bool = False) -> Format:
    """The data of a format."""
    if format == "text":
        return ASCII_TEXT if ascii else FORMATS["text"]
    return HANDOUT_FORMATS[format]


def _notebook(contents: PageContents, page: Any) -> bytes:
    """A notebook: a cell for each heading and what follows it."""
    try:
        import nbformat
    except ImportError:
        raise MissingToolError(
            "a notebook needs nbformat, which is not installed",
            hint=install_hint("notebook"),
        ) from None
    template = environment(HANDOUT_FORMATS["markdown"]).get_template("teaching/page.md.j2")
    text = template.render(page=page, contents=contents)
    parts: list[str] = []
    for line in text.splitlines():
        if line.startswith("#") or not parts:
            parts.append("")
        parts[-1] += line + "\n"
    cells = []
    for number, part in enumerate(parts):
        cell = nbformat.v4.new_markdown_cell(part.strip())
        cell["id"] = f"part-{number}"
        cells.append(cell)
    book = nbformat.v4.new_notebook(cells=cells)
    return (json.dumps(book, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
