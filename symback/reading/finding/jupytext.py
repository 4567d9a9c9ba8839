"""Mathematics in the comments of Python scripts, as jupytext writes notebooks (`# $$`)."""

from __future__ import annotations

import re

from symback.reading.finding import markdown
from symback.reading.finding.collecting import Collector
from symback.reading.finding.passage import Passage

_COMMENT = re.compile(r"[ \t]*#(?!!)[ ]?")
_MARKER = re.compile(r"[ \t]*#[ \t]*(?:%%|\+|-\s*$|\{\{\{|\}\}\})")
_QUOTES = re.compile(r"[ \t]*[rR]?(\"{3}|'{3})")


def find(passage: Passage, collector: Collector) -> None:
    """Collect the mathematics of each run of comment lines and of Markdown cells in quotes."""
    comments: list[Passage] = []
    start, text = 0, passage.text
    closing = ""
    markdown_cell = False
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end]
        comment = _COMMENT.match(line)
        quotes = _QUOTES.match(line) if markdown_cell and not closing else None
        if closing or quotes:
            closing = quotes[1] if quotes else closing
            begin = quotes.end() if quotes else 0
            stop = line.find(closing, begin)
            comments.append(passage.cut(start + begin, start + stop if stop >= 0 else end))
            closing = closing if stop < 0 else ""
        elif _MARKER.match(line):
            _flush(comments, collector)
            markdown_cell = "[markdown]" in line
        elif comment:
            comments.append(passage.cut(start + comment.end(), end))
        else:
            _flush(comments, collector)
        start = end
    _flush(comments, collector)


def _flush(comments: list[Passage], collector: Collector) -> None:
    if comments:
        markdown.find(Passage.join(comments), collector)
        collector.paragraph()
        comments.clear()
