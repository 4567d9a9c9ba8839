"""Where the sections of a document begin, and which of them belong to one chapter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from symback.reading.finding.passage import Lines

__all__ = ["Heading", "chapters", "headings", "headings_of"]

Heading = tuple[int, int]
"""The line, from 1, on which a section begins, and its level: 1 for the highest."""

_ATX = r"(?:>\s*)*(?P<atx>#{1,6})\s+\S"
_TAG = r"<[hH](?P<tag>[1-6])[\s>]"
_FENCE = re.compile(r"\s*(?:>\s*)*(```|~~~)")
_MARKDOWN = re.compile(rf"{_ATX}|\s*{_TAG}")
_SETEXT = re.compile(r"\s*(?:(={3,})|-{3,})\s*$")
_LATEX = re.compile(r"\\(?P<name>chapter|(?:sub)*section|(?:sub)?paragraph)\*?\s*[\[{]")
_RST = re.compile(r"^\S.*\n([=\-~`'\"^_*+#])\1{2,}\s*$", re.MULTILINE)
_HTML = re.compile(_TAG)
_NOTEBOOK = re.compile(rf'"cell_type"\s*:\s*"(?P<cell>\w+)"|"\s*(?:{_ATX}|{_TAG})')
_JUPYTEXT = re.compile(r"^#\s+(?P<atx>#{1,6})\s+\S", re.MULTILINE)
_NAMES = "chapter section subsection subsubsection paragraph subparagraph".split()
_NEVER = 10**9
_Found = Iterator[tuple[int, int]]


def headings(text: str, kind: str) -> list[int]:
    """The lines, from 1, on which sections begin; plain text has none."""
    return [line for line, _ in headings_of(text, kind)]


def headings_of(text: str, kind: str) -> list[Heading]:
    """The headings of a document in order, with their levels."""
    find = _FINDERS.get(kind)
    if find is None:
        return []
    lines = Lines.of(text)
    return [(lines.position(offset).line, level) for offset, level in find(text)]


def chapters(found: Sequence[Heading]) -> list[range]:
    """The lines of sections that have sections of their own, the smaller ones first."""
    spans = []
    for at, (line, level) in enumerate(found):
        end = next((n for n in range(at + 1, len(found)) if found[n][1] <= level), len(found))
        if end > at + 1:
            spans.append(range(line, found[end][0] if end < len(found) else _NEVER))
    return sorted(spans, key=len)


def _markdown(text: str) -> _Found:
    offset, fence, before = 0, "", ""
    for line in text.splitlines(keepends=True):
        opening = _FENCE.match(line)
        if opening and (not fence or opening[1] == fence):
            fence = "" if fence else opening[1]
        elif not fence and (heading := _MARKDOWN.match(line)):
            yield offset, _level(heading)
        elif not fence and (rule := _SETEXT.match(line)) and re.match(r"\w", before):
            yield offset - len(before), 1 if rule[1] else 2
        before = "" if fence else line
        offset += len(line)


def _notebook(text: str) -> _Found:
    cell = ""
    for match in _NOTEBOOK.finditer(text):
        if match["cell"]:
            cell = match["cell"]
        elif cell == "markdown":
            yield match.start(), _level(match)


def _rst(text: str) -> _Found:
    """Underlined titles, whose levels are the order in which their signs come."""
    levels: dict[str, int] = {}
    for match in _RST.finditer(text):
        yield match.start(), levels.setdefault(match[1], len(levels) + 1)


def _by(pattern: re.Pattern[str]) -> Callable[[str], _Found]:
    return lambda text: ((match.start(), _level(match)) for match in pattern.finditer(text))


def _level(heading: re.Match[str]) -> int:
    """The level that a heading says itself: `###`, `<h3>`, `\\subsection`."""
    said = heading.groupdict()
    if said.get("name"):
        return _NAMES.index(said["name"]) + 1 if said["name"] in _NAMES else len(_NAMES)
    return len(said["atx"]) if said.get("atx") else int(said["tag"])


_FINDERS: dict[str, Callable[[str], _Found]] = {
    "markdown": _markdown,
    "latex": _by(_LATEX),
    "rst": _rst,
    "html": _by(_HTML),
    "notebook": _notebook,
    "jupytext": _by(_JUPYTEXT),
}
