"""Where the sections of a document begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from symback.reading.finding.passage import Lines

__all__ = ["headings"]

_ATX = r"(?:>\s*)*#{1,6}\s+\S"
_FENCE = re.compile(r"\s*(?:>\s*)*(```|~~~)")
_TAG = r"<h[1-6][\s>]"
_MARKDOWN = re.compile(rf"{_ATX}|\s*(?i:{_TAG})")
_SETEXT = re.compile(r"\s*(?:={3,}|-{3,})\s*$")
_LATEX = re.compile(r"\\(?:chapter|(?:sub)*section|(?:sub)?paragraph)\*?\s*[\[{]")
_RST = re.compile(r"^\S.*\n([=\-~`'\"^_*+#])\1{2,}\s*$", re.MULTILINE)
_HTML = re.compile(_TAG, re.IGNORECASE)
_NOTEBOOK = re.compile(rf'"cell_type"\s*:\s*"(\w+)"|"\s*(?:{_ATX}|(?i:{_TAG}))')
_JUPYTEXT = re.compile(r"^#\s+#{1,6}\s+\S", re.MULTILINE)


def headings(text: str, kind: str) -> list[int]:
    """The lines, from 1, on which sections begin; plain text has none."""
    find = _FINDERS.get(kind)
    if find is None:
        return []
    lines = Lines.of(text)
    return [lines.position(offset).line for offset in find(text)]


def _markdown(text: str) -> Iterator[int]:
    offset, fence, before = 0, "", ""
    for line in text.splitlines(keepends=True):
        opening = _FENCE.match(line)
        if opening and (not fence or opening[1] == fence):
            fence = "" if fence else opening[1]
        elif not fence and _MARKDOWN.match(line):
            yield offset
        elif not fence and _SETEXT.match(line) and re.match(r"\w", before):
            yield offset - len(before)
        before = "" if fence else line
        offset += len(line)


def _notebook(text: str) -> Iterator[int]:
    cell = ""
    for match in _NOTEBOOK.finditer(text):
        if match[1]:
            cell = match[1]
        elif cell == "markdown":
            yield match.start()


def _by(pattern: re.Pattern[str]) -> Callable[[str], Iterator[int]]:
    return lambda text: (match.start() for match in pattern.finditer(text))


_FINDERS: dict[str, Callable[[str], Iterator[int]]] = {
    "markdown": _markdown,
    "latex": _by(_LATEX),
    "rst": _by(_RST),
    "html": _by(_HTML),
    "notebook": _notebook,
    "jupytext": _by(_JUPYTEXT),
}
